"""Reading a sample's file into its tables: plain functions behind the core assets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import polars as pl

from genoteca.engine.capabilities import sequence_of
from genoteca.engine.files import require_room, sha256_of
from genoteca.engine.limits import LIMITS
from genoteca.engine.resources import RunPaths
from genoteca.errors import GenomeFileError
from genoteca.genome.quality import quality_of
from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.column import COVERAGE, STRUCTURAL, VARIANTS, Column
from genoteca.model.intake import Intake
from genoteca.model.quality import Quality
from genoteca.model.record import CheckResult, Severity
from genoteca.model.sample import Sample
from genoteca.model.usual_ratios import quality_checks
from genoteca.sdk import verdicts
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.progress import Progress

__all__ = [
    "QUALITY",
    "key_is_sorted",
    "read_sample_file",
    "source_dataset",
    "stretches_are_sorted",
]

QUALITY = "quality"
"""Name under which the record of the variants keeps the quality figures; they are no part of what Dagster is told."""

USUAL_AGREEMENT = 0.99
"""Against the right build all but a few letters agree; a file may know another patch of it."""

ENOUGH_LETTERS = 100
"""Records below which the share of agreeing letters is left to chance."""

CHUNK = 1_000_000
"""Rows looked at in one go by the checks, so that their memory does not grow with the genome."""


def source_dataset(sample: Sample, progress: Progress, *, before: str = "") -> Dataset:
    """Say what the genome file is: path, size, sha256; `before`: the one it had when it was read last, if it was.

    Raises:
        GenomeFileError: it is gone, or is another one than when it was added.

    """
    path = _unchanged(sample)
    progress(0.0, f"Computing the checksum of {sample.source.name}")
    digest = sha256_of(path)
    if before and digest != before:
        raise _other_bytes(sample, path, digest, before)
    return Dataset(
        table=None,
        build=sample.build,
        metadata={"path": str(path), "name": sample.source.name, "bytes": sample.source.bytes, "sha256": digest},
    )


def read_sample_file(paths: RunPaths, partition: str, progress: Progress) -> dict[str, Dataset]:
    """Read the file once; gives the Datasets `variants`, `coverage` and `structural`, Parquet in a scratch folder.

    Where an installed module has made the reference sequence of the build, REF is checked against it, indels are
    left-aligned, and the sequence is named among the inputs.

    Raises:
        GenomeFileError: the file is gone, changed or damaged.
        DataFolderError: the disk has no room for the tables.

    """
    sample = paths.sample(partition)
    path = _unchanged(sample)
    folder = paths.scratch()
    require_room(folder, sample.source.bytes, people=sample.source.samples)
    variants, coverage, structural = (folder / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    name = sequence_of(sample.build)
    stored = paths.capability(name)
    intake = read_genome(
        path,
        pick=sample.pick,
        build=sample.build,
        sex=sample.sex,
        limits=paths.limits(),
        variants=variants,
        coverage=coverage,
        structural=structural,
        progress=progress,
        member=sample.source.member,
        sequence=None if stored is None else ReferenceSequence(stored.path, sample.build),
        decompose=sample.decompose,
    )
    paths.remember_kind(sample, intake.kind)
    progress(1.0, "Measuring the quality")
    quality = quality_of(variants, coverage, build=sample.build, structural=structural)
    inputs = {"sample/source": paths.stored(["sample", "source"], partition).record.sha256}
    if stored is not None:
        inputs[name] = stored.record.sha256
    return {
        "variants": _variants(sample, variants, intake, quality, inputs),
        "coverage": _coverage(sample, coverage, paths.limits(), inputs),
        "structural": _stretches(sample, STRUCTURAL, structural, inputs),
    }


def _unchanged(sample: Sample) -> Path:
    path = Path(sample.source.path)
    if not path.is_file():
        raise GenomeFileError(
            f"{path} is gone; {sample.id.key} was added from it.",
            title="The genome file is gone",
            hint="Put it back where it was, or add the genome again from its new place.",
        )
    size = path.stat().st_size
    if size != sample.source.bytes:
        raise GenomeFileError(
            f"{path} has {size} bytes; it had {sample.source.bytes} when {sample.id.key} was added.",
            title="The genome file was changed",
            hint="Add the changed file as a new sample.",
        )
    return path


def _other_bytes(sample: Sample, path: Path, digest: str, before: str) -> GenomeFileError:
    """Say that a file of the same size is another one: read, it would change the genome without a word."""
    told = f"{path} is not what was read before: its sha256 is {digest}, it was {before}."
    if sample.source.kept == "copy":
        return GenomeFileError(
            f"{told} What was read before stands.",
            title="The copy of the genome's file is damaged",
            hint="Add the genome again from your own file, or restore a backup.",
        )
    return GenomeFileError(
        f"{told} What was read before stands.",
        title="The genome file was changed",
        hint="Put the file back as it was, or add the changed file as a new sample.",
    )


def _variants(sample: Sample, path: Path, intake: Intake, quality: Quality, inputs: dict[str, str]) -> Dataset:
    return Dataset(
        table=path,
        columns=VARIANTS,
        build=sample.build,
        inputs=inputs,
        checks=[
            *_table_checks(VARIANTS, path),
            key_is_sorted(path),
            _reconciles(intake),
            _reference_bases(sample.build, intake),
            *quality_checks(quality, intake.kind),
        ],
        metadata={"intake": intake.model_dump(mode="json"), QUALITY: quality.model_dump(mode="json")},
    )


def _coverage(sample: Sample, path: Path, limits: Limits, inputs: dict[str, str]) -> Dataset:
    return replace(_stretches(sample, COVERAGE, path, inputs), metadata={LIMITS: asdict(limits)})


def _stretches(sample: Sample, columns: Sequence[Column], path: Path, inputs: dict[str, str]) -> Dataset:
    checks = [*_table_checks(columns, path), stretches_are_sorted(path)]
    return Dataset(table=path, columns=columns, build=sample.build, inputs=inputs, checks=checks)


def _table_checks(columns: Sequence[Column], path: Path) -> list[CheckResult]:
    return [verdicts.schema(columns, pl.Schema(pl.read_parquet_schema(path))), _ranges(columns, path)]


def _ranges(columns: Sequence[Column], path: Path) -> CheckResult:
    """Check the declared limits of every column, a stretch of rows at a time."""
    limited = [one for one in columns if one.values or one.minimum is not None or one.maximum is not None]
    table = pl.scan_parquet(path).select(one.name for one in limited)
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    for start in range(0, max(rows, 1), CHUNK):
        verdict = verdicts.ranges(limited, table.slice(start, CHUNK).collect())
        if not verdict.passed:
            return verdict
    return verdict.model_copy(
        update={"description": f"The limits of {len(limited)} columns are kept by {rows} rows."}
    )


def key_is_sorted(path: Path) -> CheckResult:
    """Check that a variants table is sorted by key: joins lose matches silently when it is not."""
    return _sorted(path, pl.col("key"), "key")


def stretches_are_sorted(path: Path) -> CheckResult:
    """Check that a table of coverage or of structural variants is sorted by chromosome and start."""
    place = pl.col("chrom").to_physical().cast(pl.UInt64) * 2**32 + pl.col("start")
    return _sorted(path, place, "chromosome and start")


def _sorted(path: Path, value: pl.Expr, name: str) -> CheckResult:
    column = pl.scan_parquet(path).select(value.alias("value"))
    last, start = None, 0
    while (chunk := column.slice(start, CHUNK).collect()["value"]).len():
        if not chunk.is_sorted() or (last is not None and chunk[0] < last):
            told = f"Not sorted by {name} between rows {start} and {start + chunk.len()}."
            return CheckResult(name="sorted", passed=False, description=told)
        last, start = chunk[-1], start + chunk.len()
    return CheckResult(name="sorted", passed=True, description=f"Sorted by {name}, all {start} rows.")


def _reconciles(intake: Intake) -> CheckResult:
    aside = sum(one.records for one in intake.set_aside.values())
    told = f"{intake.records_read} read = {intake.records_kept} kept + {aside} set aside."
    return CheckResult(name="reconciles", passed=intake.reconciles, description=told)


def _reference_bases(build: Build, intake: Intake) -> CheckResult:
    """Check the file's REF against the installed sequence; a file of another build was refused while it was read."""
    name, share = "reference_bases", intake.reference_agreement
    if share is None:
        told = f"No reference sequence of {build} is installed, or the file states no reference letters."
        return CheckResult(name=name, passed=True, description=told, severity=Severity.WARN, evaluated=False)
    if intake.records_read < ENOUGH_LETTERS:
        told = f"{intake.records_read} records: fewer than {ENOUGH_LETTERS} do not tell."
        return CheckResult(name=name, passed=True, description=told, severity=Severity.WARN, evaluated=False)
    told = f"{share:.2%} of the letters looked at agree with {build}; usual is {USUAL_AGREEMENT:.0%} and more."
    return CheckResult(name=name, passed=share >= USUAL_AGREEMENT, description=told, severity=Severity.WARN)
