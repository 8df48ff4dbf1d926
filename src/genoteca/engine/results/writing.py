"""A sample's answers as one file: the wide table in a table format, or the sample's own VCF with INFO."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from genoteca.engine.files import sha256_of
from genoteca.engine.results.export import beside, require_counted
from genoteca.engine.results.formats import Format
from genoteca.engine.results.joined import JoinedTable
from genoteca.engine.results.sinks import counted_rows, sink_of
from genoteca.engine.results.vcf import ModuleAnswers, SourceText, write_vcf
from genoteca.engine.results.workbook import require_fitting
from genoteca.errors import DatasetError, GenomeFileError, InputError
from genoteca.model.export import ExportReport, ModuleExport
from genoteca.model.intake import Intake
from genoteca.model.sample import Sample, SampleKind
from genoteca.sdk.resources import Stored

__all__ = ["Told", "export_joined", "export_vcf", "source_text"]

PACKED = (".gz", ".bgz")
INDEXES = (".tbi", ".csi")

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What an export says of itself beside its rows."""

    sample: str
    about: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    not_included: Mapping[str, str] = field(default_factory=dict)


def export_joined(table: JoinedTable, kind: Format, target: Path, told: Told, progress: Progress) -> ExportReport:
    """Write the wide table; the rows promised, written and found in the finished file are the same.

    Raises:
        InputError: the folder is not there, or a workbook does not hold so many rows.
        DatasetError: the rows do not reconcile.

    """
    if kind is Format.XLSX:
        require_fitting(table.rows)
    with beside(target) as part:
        sink = sink_of(kind, part, table.columns, told.about)
        try:
            for frame in table.frames():
                sink.write(frame)
                progress(0.95 * sink.rows / max(table.rows, 1), f"{sink.rows:,} of {table.rows:,} rows written")
            sink.close()
        except BaseException:
            sink.discard()
            raise
        require_counted(table.rows, sink.rows)
        progress(0.95, "Counting the rows of the finished file")
        counted = counted_rows(kind, part)
        require_counted(sink.rows, counted)
    return ExportReport(
        sample=told.sample,
        format=kind.value,
        file=str(target),
        bytes=target.stat().st_size,
        rows=sink.rows,
        counted=counted,
        variants=table.variants,
        notes=list(told.notes),
        modules=table.counts,
        not_included=dict(told.not_included),
    )


def export_vcf(
    source: SourceText, modules: Sequence[ModuleAnswers], target: Path, told: Told, progress: Progress
) -> ExportReport:
    """Write the sample's own records with the answers in INFO, packed and with an index where the name ends in .gz.

    Raises:
        InputError: the folder is not there.
        DatasetError: the records do not reconcile.
        GenomeFileError: the source file is damaged.

    """
    with _scratch(target) as folder:
        part = folder / ("export.vcf.gz" if target.suffix in PACKED else "export.vcf")
        written = write_vcf(
            source,
            modules,
            part,
            scratch=folder,
            packed=target.suffix in PACKED,
            progress=progress,
            notes=[*told.notes, *(f"{name} is not in this file: {why}" for name, why in told.not_included.items())],
        )
        require_counted(written.records, written.counted)
        _require_reconciled(written.modules)
        for ending in INDEXES:  # an index of an older file would lead a reader astray
            target.with_name(target.name + ending).unlink(missing_ok=True)
        part.replace(target)
        index = target.with_name(target.name + written.index) if written.index else None
        if index is not None:
            part.with_name(part.name + written.index).replace(index)
    return ExportReport(
        sample=told.sample,
        format=Format.VCF.value,
        file=str(target),
        bytes=target.stat().st_size,
        rows=written.records,
        counted=written.counted,
        index=str(index) if index else "",
        notes=[*told.notes, *written.notes],
        left_out=written.left_out,
        modules=written.modules,
        not_included=dict(told.not_included),
    )


def source_text(sample: Sample, variants: Stored) -> SourceText:
    """Give the file that a sample's variants were read from, byte for byte as it was then.

    Raises:
        InputError: it is a chip's file, which has no records of VCF.
        GenomeFileError: it is gone or was changed.

    """
    if sample.kind is SampleKind.ARRAY:
        raise InputError(
            f"{sample.id.key} was read from a DNA chip's file. A VCF states the reference base of every record; "
            "a chip's file does not, and it lists the places that the chip looks at, not what differs.",
            title="A DNA chip cannot be written as VCF",
            hint="Choose Excel, CSV, TSV, JSON or Parquet.",
        )
    path = Path(sample.source.path)
    if not path.is_file():
        raise GenomeFileError(
            f"{path} is gone; {sample.id.key} was read from it, and a VCF keeps its records.",
            title="The genome file is gone",
            hint="Put it back where it was, or choose a table format: those need the app's own tables only.",
        )
    if sha256_of(path) != variants.record.inputs.get("sample/source"):
        raise GenomeFileError(
            f"{path} is not the file any more that {sample.id.key} was read from: its sha256 is another one.",
            title="The genome file was changed",
            hint="Put the old file back, or add the changed one as a new genome.",
        )
    return SourceText(
        path=path,
        member=sample.source.member,
        pick=sample.pick,
        build=sample.build,
        records=Intake.model_validate(variants.record.metadata["intake"]).records_read,
    )


@contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """Give a hidden folder beside `target`, for the owner only, removed at the end."""
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.", hint="Choose a folder that exists.")
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_reconciled(modules: Mapping[str, ModuleExport]) -> None:
    for name, counts in modules.items():
        if not counts.reconciles:
            raise DatasetError(f"Of {counts.rows:,} answers of {name} not every one is accounted for: {counts}.")
