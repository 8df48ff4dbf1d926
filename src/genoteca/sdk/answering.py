"""Answering one sample: what was decided before the module's own function, and what is checked after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.answer import Answer
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, LIFTED, Column
from genoteca.model.evidence import Outcome
from genoteca.model.module import ModuleManifest
from genoteca.model.record import CheckResult
from genoteca.model.sample import Sample, SampleKind
from genoteca.sdk import progress, verdicts
from genoteca.sdk.chains import lifted_from, routes
from genoteca.sdk.closed import counted_apart, is_gated
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.lifted import answer_lifted
from genoteca.sdk.made_with import LOOKED_UP, PLACES
from genoteca.sdk.reference_verdicts import BEYOND, beyond, not_looked_at
from genoteca.sdk.requests import AnnotateRequest
from genoteca.sdk.resources import Paths, Stored
from genoteca.sdk.testable import why_not_testable

__all__ = ["CHECKS", "Annotate", "annotations_of", "chains_there"]

CHECKS = {
    "schema": "Columns and types as declared.",
    "ranges": "Values within the declared limits.",
    "reference_alleles": "The sample's reference bases are the module's.",
    "cardinality": "No answer lost, none doubled.",
    **BEYOND,
}

Annotate = Callable[[AnnotateRequest], Answer]


def annotations_of(
    manifest: ModuleManifest, annotate: Annotate, settings: Mapping[str, JsonValue], context: Any
) -> Dataset:
    """Answer the partition of a Dagster context, or say why it cannot be tested.

    `settings` holds every declared setting.
    """
    paths, partition = context.resources.genoteca_paths, context.partition_key
    sample: Sample = paths.sample(partition)
    inputs: dict[str, str] = paths.sample_inputs(partition)
    source = lifted_from(manifest, sample.build)
    if reason := why_not_testable(manifest, sample, chains_there(paths) if source else ()):
        return _not_tested(manifest, sample, inputs, reason)
    reference: Stored = paths.reference(manifest.id, source or sample.build)
    inputs = {**inputs, f"{manifest.id}/reference": reference.record.sha256}
    request = AnnotateRequest(
        manifest=manifest,
        sample_tables=paths.sample_tables(partition),
        reference=reference,
        settings=settings,
        engine=context.resources.genoteca_engine,
        progress=progress.report,
    )
    if source is None:
        answer = annotate(request)
        made = _answered(manifest, sample, inputs, answer, reference)
    else:
        lifted = answer_lifted(request, annotate, paths, partition=partition, scratch=paths.scratch())
        answer = lifted.answer
        made = _answered(manifest, sample, inputs | lifted.inputs, answer, reference, more=LIFTED)
        made.metadata["lifted"] = lifted.told
    made.metadata["limits"] = request.sample_tables.rules.plain()
    if made.outcome is Outcome.ANSWERED:
        made.checks += beyond(manifest, made, answer, paths=paths, partition=partition, reference=reference)
    return made


def chains_there(paths: Paths) -> list[str]:
    """Give the names of the chains that are there."""
    names = {name for one in Build for other in Build if one is not other for name in routes(one, other)[0]}
    return [name for name in sorted(names) if paths.capability(name) is not None]


def _answered(
    manifest: ModuleManifest,
    sample: Sample,
    inputs: dict[str, str],
    answer: Answer,
    reference: Stored,
    *,
    more: Sequence[Column] = (),
) -> Dataset:
    if answer.untestable:
        return _not_tested(manifest, sample, inputs, answer.untestable, reference=reference)
    agreement = verdicts.reference_alleles(answer)
    if not agreement.passed:
        reason = _disagreement(sample, answer)
        return _not_tested(manifest, sample, inputs, reason, agreement=agreement, reference=reference)
    columns = (*ANNOTATIONS, *manifest.columns, *more)
    return replace(
        _dataset(manifest, sample, inputs, reference),
        table=answer.table,
        columns=columns,
        outcome=Outcome.ANSWERED,
        sites=answer.sites,
        evidence=dict(answer.evidence),
        filtered=answer.filtered,
        checks=[
            verdicts.schema(columns, answer.scan().collect_schema()),
            # a limit that its author set too narrowly is no reason to take away all that a module says
            verdicts.as_warning(verdicts.ranges(columns, answer.scan())),
            verdicts.without_numbers(agreement) if is_gated(columns) else agreement,
            verdicts.cardinality(answer, dense=manifest.dense),
        ],
        metadata={
            "compared": answer.compared,
            "agreeing": answer.agreeing,
            "unusable": {**answer.unusable},
            **answer.told,
            **_looked_up(reference),
            **counted_apart(answer.scan(), columns),
        },
    )


def _looked_up(reference: Stored) -> dict[str, JsonValue]:
    """Say that places were looked up, where the reference is a table of intervals or positions."""
    names = set(pl.scan_parquet(reference.path).collect_schema().names())
    return {LOOKED_UP: PLACES} if "start" in names and "part" not in names else {}


def _disagreement(sample: Sample, answer: Answer) -> str:
    share = f"{answer.agreeing} of {answer.compared}"
    if sample.kind is SampleKind.ARRAY:
        return (
            f"The file's alleles are not those of {sample.build} at their positions ({share} are); it is of another "
            "genome build, or its alleles are on the other strand."
        )
    return (
        f"The file's reference bases do not agree with {sample.build} ({share}); "
        "it is probably of another genome build."
    )


def _not_tested(
    manifest: ModuleManifest,
    sample: Sample,
    inputs: dict[str, str],
    reason: str,
    *,
    agreement: CheckResult | None = None,
    reference: Stored | None = None,
) -> Dataset:
    told = "Not looked at: this sample cannot be tested."
    checks = [not_looked_at(name, told) for name in CHECKS]
    return replace(
        _dataset(manifest, sample, inputs, reference),
        table=pl.DataFrame(schema=polars_schema((*ANNOTATIONS, *manifest.columns))),
        outcome=Outcome.CANNOT_BE_TESTED,
        reason=reason,
        sites=0 if manifest.dense else None,
        checks=[agreement if agreement and check.name == agreement.name else check for check in checks],
    )


def _dataset(manifest: ModuleManifest, sample: Sample, inputs: dict[str, str], reference: Stored | None) -> Dataset:
    record = reference.record if reference else None
    return Dataset(
        table=None,
        columns=(*ANNOTATIONS, *manifest.columns),
        data_version=record.data_version if record else manifest.data_version,
        build=sample.build,
        release=record.release if record else "",
        licence=record.licence if record else manifest.licence.data,
        inputs=inputs,
    )
