"""Annotations made of another module's annotations: a panel that picks from ClinVar's answers and judges them.

The other module looked the sample up; nothing is looked up twice. What it could not test, this one cannot either, and
its answers are named among the inputs, so that the one is out of date when the other is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.answer import Answer
from genoteca.errors import CheckError
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, LIFTED, Column
from genoteca.model.evidence import Evidence, Outcome
from genoteca.model.module import ModuleManifest
from genoteca.model.record import CheckResult, Severity
from genoteca.model.sample import Sample
from genoteca.sdk import progress, verdicts
from genoteca.sdk.answering import chains_there
from genoteca.sdk.assets import SAMPLE_INPUTS
from genoteca.sdk.chains import lifted_from
from genoteca.sdk.closed import counted_apart
from genoteca.sdk.code_version import annotations_version
from genoteca.sdk.context import filled_settings
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.made_with import COLUMNS, plain_columns
from genoteca.sdk.planned import Plan, made_by, planned_asset
from genoteca.sdk.progress import Progress
from genoteca.sdk.reference_verdicts import BEYOND, beyond, not_looked_at
from genoteca.sdk.resources import PATHS, Stored
from genoteca.sdk.testable import why_not_testable

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.annotate.sample_tables import SampleTables

__all__ = ["CHECKS", "Derive", "DeriveRequest", "derived_answer", "derived_asset"]

CHECKS = {
    "schema": "Columns and types as declared.",
    "ranges": "Values within the declared limits.",
    "built_on": "What it is made of passed its own checks.",
    "cardinality": "No answer lost, none doubled.",
    **BEYOND,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DeriveRequest:
    """Answer one sample from what another module answered."""

    manifest: ModuleManifest
    answers: Stored
    """The other module's annotations of this sample: Parquet and record."""
    reference: Stored
    """The module's own table, for everyone."""
    sample_tables: SampleTables
    settings: Mapping[str, JsonValue]
    """Every declared setting: the user's value, else the default."""
    progress: Progress


Derive = Callable[[DeriveRequest], Answer]


def derived_asset(
    manifest: ModuleManifest,
    *,
    source: str,
    derive: Derive,
    code_version: str = "",
    settings: Mapping[str, JsonValue] | None = None,
) -> dg.AssetsDefinition:
    """Make the asset `[id, "annotations"]` from `[source, "annotations"]`, partitioned by sample.

    `source`: a module that the manifest names under `requires`. Genoteca asks it first, in the same run, and calls
    `derive` only where it answered. `code_version`: of the module's code; empty: its version.

    Raises:
        CheckError: the manifest does not require `source`.

    """
    if source not in manifest.requires:
        raise CheckError(f"{manifest.id} builds on {source}.", hint=f'Write requires = ["{source}"] in the manifest.')

    def work(context: Any) -> Dataset:
        return _derived(manifest, source, derive, filled_settings(manifest, settings or {}), context)

    plan = Plan(
        name="annotations",
        description=manifest.summary,
        code_version=annotations_version(code_version or manifest.version),
        checks=CHECKS,
        columns=(*ANNOTATIONS, *manifest.columns),
        deps=(*SAMPLE_INPUTS, [manifest.id, "reference"], [source, "annotations"]),
        partitioned=True,
        made_by=made_by(manifest, settings or {}) | {COLUMNS: plain_columns(manifest.columns)},
    )
    return planned_asset(manifest, plan, work)


def derived_answer(request: DeriveRequest, table: pl.DataFrame) -> Answer:
    """Make an answer of rows picked from the other module's: every row is a site, counted under its evidence.

    `table`: columns of `ANNOTATIONS` and those of the manifest; `site` is numbered anew, in the order of the rows.
    Where the other module's sites were lifted, what the lift says of each is kept.
    """
    more = LIFTED if "lifted" in request.answers.record.metadata else ()
    schema = polars_schema((*ANNOTATIONS, *request.manifest.columns, *more))
    numbered = table.drop("site", strict=False).with_row_index("site")
    shaped = numbered.select(pl.col(name).cast(kind) for name, kind in schema.items())
    counts = dict(shaped["evidence"].cast(pl.String).value_counts().iter_rows())
    return Answer(
        table=shaped,
        sites=shaped.height,
        evidence={kind.value: int(counts.get(kind.value, 0)) for kind in Evidence},
        filtered=int(shaped["filtered"].fill_null(value=False).sum()),
        compared=0,
        agreeing=0,
    )


def _derived(
    manifest: ModuleManifest, source: str, derive: Derive, settings: Mapping[str, JsonValue], context: Any
) -> Dataset:
    paths, partition = getattr(context.resources, PATHS), context.partition_key
    sample: Sample = paths.sample(partition)
    answers: Stored = paths.stored([source, "annotations"], partition)
    reference: Stored = paths.reference(manifest.id, lifted_from(manifest, sample.build) or sample.build)
    inputs = {
        **paths.sample_inputs(partition),
        f"{manifest.id}/reference": reference.record.sha256,
        f"{source}/annotations": answers.record.sha256,
    }
    made = Dataset(
        table=None,
        columns=_columns(manifest, answers),
        data_version=manifest.data_version,
        build=sample.build,
        release=_release(reference, source, answers),
        licence=manifest.licence.data,
        inputs=inputs,
    )
    lifting = sample.build not in manifest.builds
    if reason := why_not_testable(manifest, sample, chains_there(paths) if lifting else ()):
        return _not_tested(manifest, made, reason)
    if answers.record.outcome is not Outcome.ANSWERED:
        return _not_tested(manifest, made, f"{source} cannot test it: {answers.record.reason}")
    request = DeriveRequest(
        manifest=manifest,
        answers=answers,
        reference=reference,
        sample_tables=paths.sample_tables(partition),
        settings=settings,
        progress=progress.report,
    )
    answer = derive(request)
    done = _answered(manifest, made, answer, answers)
    if done.outcome is Outcome.ANSWERED:
        done.checks += beyond(manifest, done, answer, paths=paths, partition=partition, reference=reference)
    return done


def _answered(manifest: ModuleManifest, made: Dataset, answer: Answer, answers: Stored) -> Dataset:
    if answer.untestable:
        return _not_tested(manifest, made, answer.untestable)
    told = answers.record.metadata
    made.table = answer.table
    made.outcome = Outcome.ANSWERED
    made.sites, made.evidence, made.filtered = answer.sites, dict(answer.evidence), answer.filtered
    made.checks = [
        verdicts.schema(made.columns, answer.scan().collect_schema()),
        verdicts.as_warning(verdicts.ranges(made.columns, answer.scan())),
        _built_on(answers),
        verdicts.cardinality(answer, dense=manifest.dense),
    ]
    # what the other module was asked with holds for what is picked from its answers
    made.metadata |= {name: told[name] for name in ("limits", "lifted", "unusable") if name in told}
    made.metadata |= counted_apart(answer.scan(), made.columns)
    return made


def _built_on(answers: Stored) -> CheckResult:
    failed = [check.name for check in answers.record.checks if check.failed]
    name = "/".join(answers.record.asset)
    told = f"{name}: did not pass {', '.join(failed)}." if failed else f"{name} passed every check."
    return CheckResult(name="built_on", passed=not failed, description=told, severity=Severity.WARN)


def _not_tested(manifest: ModuleManifest, made: Dataset, reason: str) -> Dataset:
    told = "Not looked at: this sample cannot be tested."
    made.columns = (*ANNOTATIONS, *manifest.columns)
    made.table = pl.DataFrame(schema=polars_schema(made.columns))
    made.outcome, made.reason = Outcome.CANNOT_BE_TESTED, reason
    made.sites = 0 if manifest.dense else None
    made.checks = [not_looked_at(name, told) for name in CHECKS]
    return made


def _columns(manifest: ModuleManifest, answers: Stored) -> Sequence[Column]:
    more = LIFTED if "lifted" in answers.record.metadata else ()
    return (*ANNOTATIONS, *manifest.columns, *more)


def _release(reference: Stored, source: str, answers: Stored) -> str:
    """Name both releases: the list's own, and that of what it was looked up in."""
    own = reference.record.release or reference.record.data_version
    return f"{own}, {source} {answers.record.release or answers.record.data_version}"
