"""Joining a sample's variants and what its modules say: the plain function behind `sample/annotated`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import JsonValue

from genoteca.engine.resources import RunPaths
from genoteca.engine.results.formats import Format
from genoteca.engine.results.joined import JoinedModule, JoinedTable
from genoteca.engine.results.sinks import sink_of
from genoteca.model.column import ANNOTATIONS, LIFTED, Column
from genoteca.model.evidence import Outcome
from genoteca.model.module import ModuleManifest
from genoteca.model.record import CheckResult, Record
from genoteca.sdk import verdicts
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.made_with import columns_made_with
from genoteca.sdk.parquet import facts
from genoteca.sdk.progress import Progress
from genoteca.sdk.resources import Stored

__all__ = ["answer_columns", "joined_dataset", "joined_module", "why_closed", "why_not_joined"]


def joined_dataset(
    paths: RunPaths, partition: str, manifests: Sequence[ModuleManifest], progress: Progress
) -> Dataset:
    """Join the answers of these modules; those that have none of the variants as they are now are named with why.

    Answers that stay closed until the person asks are left out and counted, unless the run is to show them.
    """
    variants = paths.stored(["sample", "variants"], partition)
    inputs = {"sample/variants": variants.record.sha256}
    joined, left_out = list[JoinedModule](), dict[str, JsonValue]()
    for manifest in manifests:
        stored = paths.current([manifest.id, "annotations"], partition)
        why = why_not_joined(stored, variants) or ("" if paths.show_closed else why_closed(manifest, ()))
        if stored is None or why:
            left_out[manifest.id] = why
            continue
        inputs[f"{manifest.id}/annotations"] = stored.record.sha256
        joined.append(joined_module(manifest, stored, opened=None if paths.show_closed else frozenset()))
    table = JoinedTable(variants.path, joined)
    path = paths.scratch() / "annotated.parquet"
    rows = _written(table, path, progress)
    metadata: Mapping[str, JsonValue] = {
        "modules": {name: counts.model_dump(mode="json") for name, counts in table.counts.items()},
        "left_out": left_out,
    }
    return Dataset(
        table=path,
        columns=table.columns,
        build=paths.sample(partition).build,
        inputs=inputs,
        checks=[verdicts.schema(table.columns, facts(path)[0]), _reconciles(table, rows, path)],
        metadata=dict(metadata),
    )


def joined_module(manifest: ModuleManifest, stored: Stored, *, opened: frozenset[str] | None = None) -> JoinedModule:
    """Give a module's stored answers as the wide table takes them."""
    return JoinedModule(
        module=manifest.id,
        title=manifest.title,
        release=stored.record.release or stored.record.data_version,
        path=stored.path,
        columns=answer_columns(manifest, stored.record),
        opened=opened,
    )


def answer_columns(manifest: ModuleManifest, record: Record) -> list[Column]:
    """Give the columns that a module's stored answers were made with; lifted ones end with what the lift says."""
    return [*ANNOTATIONS, *columns_made_with(record, manifest), *(LIFTED if "lifted" in record.metadata else ())]


def why_not_joined(stored: Stored | None, variants: Stored) -> str:
    """Say why a module's answers cannot stand beside these variants; empty: they can."""
    if stored is None:
        return "not looked up yet"
    if stored.record.outcome is Outcome.CANNOT_BE_TESTED:
        return f"cannot be tested: {stored.record.reason}"
    if stored.record.inputs.get("sample/variants") != variants.record.sha256:
        return "the genome was read again since; look it up again"
    return ""


def why_closed(manifest: ModuleManifest, opened: Collection[str] | None) -> str:
    """Say why nothing of a module stands beside the variants: it asks first. Empty: it does not, or it was opened.

    `opened`: the gates that the person has opened; None: whatever there is.
    """
    if opened is None or not manifest.gate or manifest.gate in opened:
        return ""
    return "it stays closed until you ask to see it"


def _written(table: JoinedTable, path: Path, progress: Progress) -> int:
    sink = sink_of(Format.PARQUET, path, table.columns, [])
    try:
        for frame in table.frames():
            sink.write(frame)
            progress(sink.rows / max(table.rows, 1), f"{sink.rows:,} of {table.rows:,} rows joined")
        sink.close()
    except BaseException:
        sink.discard()
        raise
    return sink.rows


def _reconciles(table: JoinedTable, rows: int, path: Path) -> CheckResult:
    found = pq.read_metadata(path).num_rows
    told = f"{table.rows} rows promised ({table.variants} of them variants), {rows} written, {found} found."
    good = table.rows == rows == found and all(one.reconciles for one in table.counts.values())
    return CheckResult(name="reconciles", passed=good, description=told)
