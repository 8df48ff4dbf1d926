"""Reading a genome: a file becomes a variants table, a coverage table and the reconciliation of every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from genoteca.errors import GenomeFileError
from genoteca.genome.arrays import START, ArrayLayout, layout_of, read_array
from genoteca.genome.caller import caller_of
from genoteca.genome.calls import with_calls, with_fields, with_numbers
from genoteca.genome.contigs import Contigs
from genoteca.genome.coverage import COVERAGE_SCHEMA, coverage_rows
from genoteca.genome.declared import beyond_format, broken_promises
from genoteca.genome.header import Header, parse_header
from genoteca.genome.inspect import HEAD, facts_of
from genoteca.genome.key import POSITION_SHIFT
from genoteca.genome.kind import kind_after_reading
from genoteca.genome.left_align import REACH
from genoteca.genome.listed import listed_classes
from genoteca.genome.memory import keep_freed_memory
from genoteca.genome.one_copy import against_the_sex, outside_par
from genoteca.genome.order import CONFLICT, POSITION_NUMBER, Order, Repeats
from genoteca.genome.records import RecordParser, judged
from genoteca.genome.reference_check import CONTRADICTS, ReferenceCheck, unknown_places, warning_of
from genoteca.genome.sequence import ReferenceSequence
from genoteca.genome.sorted_table import EVERYTHING, Layout, SortedTable
from genoteca.genome.spread import SpreadCount
from genoteca.genome.stream import GenomeText
from genoteca.genome.structural import LAYOUT as STRUCTURAL_LAYOUT
from genoteca.genome.structural import StructuralTable, mixed_lines, symbolic_part
from genoteca.genome.tally import Tally
from genoteca.genome.variants import VARIANTS_SCHEMA, variant_rows
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts, Intake
from genoteca.model.sample import Sex

__all__ = ["Limits", "read_genome"]

Progress = Callable[[float, str], None]


_VARIANTS = Layout(
    schema=VARIANTS_SCHEMA,
    order=pl.col("key"),
    delta=("key", "pos", "line"),
    statistics=("key", "chrom", "pos", "qual", "dosage", "depth", "genotype_quality", "allele_fraction", "line"),
    dictionary=(
        *("chrom", "ref", "alt", "filter", "genotype", "zygosity", "dosage", "ploidy", "missing", "allele"),
        *("phase_set", "depth", "genotype_quality", "allele_depth", "allele_fraction"),
    ),
)
_COVERAGE = Layout(
    schema=COVERAGE_SCHEMA,
    order=pl.col("chrom").to_physical().cast(pl.UInt64) * (1 << 32) + pl.col("start").cast(pl.UInt64),
    delta=("start", "end", "line"),
    statistics=("chrom", "start", "end"),
    dictionary=("chrom", "evidence", "depth", "genotype_quality", "filter"),
)

_UNCALLED = (pl.col("highest") <= 0) | (pl.col("sequences") == 0)
"""Calls no ALT allele, or lists none that is a sequence."""
_CALLED = (
    (pl.col("sequences") > 0)
    & (pl.col("missing") < pl.col("ploidy"))
    & ((pl.col("highest") > 0) | (pl.col("missing") > 0))
)
"""Lists a sequence, and is neither hom-ref nor wholly missing; half a call of the reference is both."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """From which genotype quality (GQ) and depth (MIN_DP, else DP) a file's 0/0 counts as reference."""

    reference_quality: int = 20
    reference_depth: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class _Request:
    path: Path
    member: str | None
    pick: str | None
    build: Build
    sex: Sex
    limits: Limits
    variants: Path
    coverage: Path
    structural: Path
    sequence: ReferenceSequence | None
    decompose: bool
    progress: Progress


@dataclass(slots=True)
class _Reading:
    """One pass over a file."""

    request: _Request
    header: Header
    parser: RecordParser
    contigs: Contigs
    variants: SortedTable
    coverage: SortedTable
    structural: StructuralTable
    repeats: Repeats
    order: Order = field(default_factory=Order)
    tally: Tally = field(default_factory=Tally)
    spread: SpreadCount = field(default_factory=SpreadCount)
    kept: int = 0
    carried: Counter[str] = field(default_factory=Counter)
    against_sex: int = 0
    """Calls of two different alleles where the stated sex has one copy."""
    check: ReferenceCheck | None = None

    def take(self, block: bytes) -> None:
        """Read one block of records."""
        first = self.parser.read + 1
        frame, aside = judged(self.parser.parse(block), self.contigs)
        symbolic, aside = symbolic_part(aside)
        self._take_symbolic(block, first, symbolic)
        frame = self.tally.keep((frame, aside))
        frame = frame.with_columns(number=POSITION_NUMBER)
        self.order.watch(frame)
        if frame.is_empty():
            return
        frame = self.tally.keep(with_calls(with_fields(frame)))
        frame = self.tally.keep(self.repeats.part(frame))
        frame, unread = with_numbers(frame)
        self.tally.note(unread)
        self.tally.note(beyond_format(frame))
        wrong = frame.clear()
        if self.check is not None:
            frame, wrong = self.check.part(frame)
            self.tally.keep((frame, wrong))
        self.kept += len(frame)
        self.tally.alleles.update(listed_classes(frame))
        self.structural.take(block, first, mixed_lines(frame))
        self._store(frame, unknown_places(wrong).select(frame.columns))

    def _take_symbolic(self, block: bytes, first: int, symbolic: pl.DataFrame) -> None:
        """Take the records that list structural ALTs only; `first` is the number of the block's first line."""
        if symbolic.is_empty():
            return
        odd = self.structural.take(block, first, symbolic.get_column("line"))
        kept = self.tally.keep((symbolic.join(odd, on="line", how="anti"), odd))
        self.kept += len(kept)
        self.tally.alleles.update(listed_classes(kept))

    def _store(self, frame: pl.DataFrame, unknown: pl.DataFrame) -> None:
        """Store the rows of records; those of `unknown` tell of their places that nothing is known."""
        request = self.request
        called = frame.select(_CALLED).to_series()
        rows = variant_rows(frame, called, request.build, request.sex, request.sequence, decompose=request.decompose)
        # Trimming moves a variant to the right only, so nothing that follows can come before the last record read;
        # left-aligning seldom moves it further than the reach, and then the table is put in order at the end.
        reach = 0 if request.sequence is None else REACH
        settled = max(self.order.last - reach, 0) << POSITION_SHIFT if self.order.kept else EVERYTHING
        self.variants.add(rows.table, settled=settled)
        self.spread.take(rows.table)
        carried = rows.table.get_column("chrom").filter(rows.carried).value_counts()
        self.carried.update(dict(carried.iter_rows()))
        self.against_sex += _against_sex(rows.table, request)
        uncalled = frame.filter(_UNCALLED | pl.col("line").is_in(rows.unknown.implode()))
        told = [part for part in (uncalled, unknown, _left_alone(frame, rows.unchanged)) if not part.is_empty()]
        if not told:
            return
        limits = request.limits
        blocks = coverage_rows(pl.concat(told).lazy(), quality=limits.reference_quality, depth=limits.reference_depth)
        self.coverage.add(blocks, settled=EVERYTHING)


def read_genome(
    path: Path,
    *,
    pick: str | None,
    build: Build,
    sex: Sex,
    limits: Limits,
    variants: Path,
    coverage: Path,
    structural: Path,
    progress: Progress,
    member: str | None = None,
    sequence: ReferenceSequence | None = None,
    decompose: bool = False,
) -> Intake:
    """Read one sample of a VCF, or an array, into its tables (`VARIANTS`, `COVERAGE`, `STRUCTURAL`), each as Parquet.

    `pick` names the sample and is needed when the file has several; `member` names the file of an archive. Variants
    are sorted by key, coverage and structural variants by chromosome and start; memory stays flat. On failure none of
    the files is left behind.

    With the build's reference `sequence` indels are left-aligned, and a record whose REF contradicts it is set aside:
    its place is covered as `no_call`, so that nothing is matched and nothing inferred there. With `decompose` an
    exchange of several bases (MNV) becomes one row per base that differs.

    Raises:
        GenomeFileError: neither VCF nor array, damaged, without genotypes, `pick` names none of its samples, or REF
            contradicts the sequence too often for the file to be of this build.

    """
    request = _Request(
        path=path,
        member=member,
        pick=pick,
        build=build,
        sex=sex,
        limits=limits,
        variants=variants,
        coverage=coverage,
        structural=structural,
        sequence=sequence,
        decompose=decompose,
        progress=progress,
    )
    keep_freed_memory()
    with GenomeText(path, member) as text:
        if layout := layout_of(text.start(START), path.name):
            return _read_array(request, text, layout)
    intake = _read_once(request, sorted_file=True)
    if intake is None:
        progress(0.0, "the records are not in order: reading them once more")
        intake = _read_once(request, sorted_file=False)
    if intake is None:
        raise AssertionError("a reading that remembers every record needs no order")
    return intake


def _read_array(request: _Request, text: GenomeText, layout: ArrayLayout) -> Intake:
    variants = SortedTable(request.variants, _VARIANTS)
    coverage = SortedTable(request.coverage, _COVERAGE)
    structural = SortedTable(request.structural, STRUCTURAL_LAYOUT)
    try:
        structural.close()  # an array tells of none
        return read_array(
            text,
            layout,
            build=request.build,
            sex=request.sex,
            variants=variants,
            coverage=coverage,
            progress=request.progress,
        )
    except BaseException:
        for table in (variants, coverage, structural):
            table.discard()
        raise


def _read_once(request: _Request, *, sorted_file: bool) -> Intake | None:
    """Read the file; None when it was hoped to be sorted and is not."""
    with GenomeText(request.path, request.member) as text:
        header = parse_header(text.header(), request.path.name)
        blocks = text.blocks()
        first = next(blocks, b"")
        facts = facts_of(request.path, text, header, first[:HEAD])
        sample = _picked(facts, request.pick)
        text.warnings.extend(broken_promises(header, first[:HEAD], sample))
        variants = SortedTable(request.variants, _VARIANTS)
        coverage = SortedTable(request.coverage, _COVERAGE)
        contigs = Contigs(header, request.build)
        structural = StructuralTable(request.structural, contigs=contigs, column=9 + sample, sex=request.sex)
        tables = (variants, coverage, structural.table)
        reading = _Reading(
            request=request,
            header=header,
            parser=RecordParser(
                columns=9 + len(header.samples),
                sample=9 + sample,
                with_info=facts.gvcf or header.declares("INFO", "END") or header.declares("FORMAT", "MIN_DP"),
            ),
            contigs=contigs,
            variants=variants,
            coverage=coverage,
            structural=structural,
            repeats=Repeats(remember=not sorted_file),
            check=None if request.sequence is None else ReferenceCheck(request.sequence),
        )
        finished = False
        try:
            for block in _chained(first, blocks):
                reading.take(block)
                if sorted_file and not reading.order.kept:
                    return None
                request.progress(0.98 * text.fraction, f"{reading.parser.read:,} records read")
            for table in tables:
                table.close()
            if reading.check is not None:
                reading.check.require(request.path.name)
            finished = True
        except GenomeFileError as error:
            raise _after_records(error, reading.parser.read) from error
        finally:
            if not finished:
                for table in tables:
                    table.discard()
        request.progress(1.0, f"{reading.parser.read:,} records read")
        return _intake(reading, facts, text)


def _left_alone(frame: pl.DataFrame, unchanged: pl.DataFrame) -> pl.DataFrame:
    """Give bases within decomposed MNVs as records that call the reference, for the coverage table."""
    if unchanged.is_empty():
        return frame.clear()
    records = frame.drop("pos", "ref").join(unchanged, on="line", how="inner")
    called = {name: pl.lit(0, frame.schema[name]) for name in ("highest", "missing")}
    return records.with_columns(**called).select(frame.columns)


def _against_sex(table: pl.DataFrame, request: _Request) -> int:
    """Count the records that the stated sex contradicts; genotypes are cut only where one copy is expected."""
    if request.sex is not Sex.MALE:
        return 0
    single = table.filter(outside_par(request.build))
    return single.filter(against_the_sex(request.build, request.sex)).get_column("line").n_unique()


def _intake(reading: _Reading, facts: FileFacts, text: GenomeText) -> Intake:
    tally = reading.tally
    measured = kind_after_reading(facts, reading.header, reading.spread.found(), reading.request.build)
    return Intake(
        records_read=reading.parser.read,
        records_kept=reading.kept,
        set_aside=tally.reasons,
        alleles_set_aside=dict(tally.alleles),
        rows=reading.variants.rows,
        coverage_rows=reading.coverage.rows,
        structural_rows=reading.structural.table.rows,
        structural_carried=reading.structural.carried,
        carried=sum(reading.carried.values()),
        reference_agreement=reading.check.agreement if reading.check else None,
        header_lines=reading.header.lines,
        kind=measured.kind,
        kind_evidence=measured.evidence,
        caller=caller_of(reading.header),
        warnings=[*text.warnings, *_warnings(reading, facts, unfinished=text.unfinished), *tally.warnings()],
    )


def _warnings(reading: _Reading, facts: FileFacts, *, unfinished: bool) -> Iterator[str]:
    build, conflicts = reading.request.build, reading.tally.reasons.get(CONFLICT)
    if unfinished:
        last = f"The last line (record {reading.parser.read:,})" if reading.parser.read else "The header"
        yield f"{last} does not end with a line break: the file may have been cut."
    if facts.build not in (None, build):
        yield f"It was read as {build}, as asked, although the file says otherwise: {facts.build_evidence}"
    if not reading.order.kept:
        yield "The records of the file are not in order; they were sorted."
    if reading.against_sex:
        calls = "1 call" if reading.against_sex == 1 else f"{reading.against_sex:,} calls"
        are = "is" if reading.against_sex == 1 else "are"
        where = "on X and Y outside the pseudoautosomal regions"
        yield f"{calls} {where} {are} heterozygous, which a male genome cannot be."
    if wrong := reading.tally.reasons.get(CONTRADICTS):
        yield warning_of(wrong, build)
    if conflicts:
        many = "1 record repeats" if conflicts.records == 1 else f"{conflicts.records:,} records repeat"
        yield f"{many} an earlier one with another genotype; the first was kept."


def _picked(facts: FileFacts, pick: str | None) -> int:
    """Index of the sample that is read."""
    if not facts.has_genotypes:
        raise GenomeFileError(
            f"{facts.name} has no genotypes: this file lists variants, not what a person carries.",
            title="This file has no genotypes",
            hint="A list of sites or a tumour's somatic calls is not a person's genome. Ask its maker for the "
            "germline VCF with a genotype (GT) column.",
        )
    names = facts.samples
    if pick is None and len(names) == 1:
        return 0
    if pick in names:
        return names.index(pick)
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10:,} more" if len(names) > 10 else "")
    given = "none was picked" if pick is None else f"{pick!r} is not among them"
    raise GenomeFileError(
        f"{facts.name} holds {len(names):,} samples and {given}: {shown}.",
        title="Which sample is it?",
        hint="Pick one of the samples in the file.",
    )


def _chained(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from blocks


def _after_records(error: GenomeFileError, records: int) -> GenomeFileError:
    return GenomeFileError(
        f"{error.message} {records:,} records were read before that; none was kept.",
        title=error.title,
        hint=error.hint,
    )
