"""The sites of a VCF or BCF of any size as a reference: one row per ALT allele, with typed values of its INFO."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from genoteca.errors import GenomeFileError, ReferenceDataError
from genoteca.genome.contigs import Contigs, Place
from genoteca.genome.records import BEYOND
from genoteca.genome.site_build import BuildWitness
from genoteca.genome.site_header import SITE_COLUMNS, InfoField, SiteHeader, site_header
from genoteca.genome.site_lines import Places, alleles_listed, info_texts, placed, site_lines
from genoteca.genome.site_values import typed_values
from genoteca.genome.stream import GenomeText
from genoteca.model.build import Build

__all__ = ["SiteAccount", "site_batches"]

BATCH = 8 << 20
"""Bytes of text handled at once: some 15,000 records of ClinVar, 1,000 of gnomAD. Twice of it takes 100 MB more."""

NOT_ASKED_FOR = "on a chromosome that was not asked for"


@dataclass(kw_only=True, slots=True)
class SiteAccount:
    """What became of every record and every allele of the files that were read with it."""

    records_read: int = 0
    records_kept: int = 0
    """Records on a chromosome, with a position and a REF; each of their alleles is kept or set aside."""
    records_set_aside: Counter[str] = field(default_factory=Counter)
    """By reason."""
    alleles_read: int = 0
    """ALT alleles of the records kept; a record without one counts as one."""
    alleles_kept: int = 0
    alleles_set_aside: Counter[str] = field(default_factory=Counter)
    """By reason."""
    values_left_out: Counter[str] = field(default_factory=Counter)
    """Values that are not what the header declares, by field and reason: their cells are null."""
    build_evidence: list[str] = field(default_factory=list)
    """How it is known of each file that it is of the build asked for."""
    build_shown: bool = True
    """False: of a file nothing says which build it is in."""
    warnings: list[str] = field(default_factory=list)

    @property
    def set_aside(self) -> dict[str, int]:
        """Records and alleles together, by reason."""
        return dict(self.records_set_aside + self.alleles_set_aside)

    def require_sum(self) -> None:
        """Check that nothing was lost on the way.

        Raises:
            ReferenceDataError: kept and set aside are not what was read.

        """
        records = self.records_kept + self.records_set_aside.total()
        alleles = self.alleles_kept + self.alleles_set_aside.total()
        if (records, alleles) != (self.records_read, self.alleles_read):
            raise ReferenceDataError(
                f"{self.records_read} records were read, {records} accounted for; {self.alleles_read} alleles were "
                f"read, {alleles} accounted for: some are lost.",
                hint="This is a fault of the program, not of the file. Please report it.",
            )


def site_batches(
    path: Path,
    *,
    info: Sequence[str | InfoField],
    build: Build,
    account: SiteAccount,
    chromosomes: Collection[str] | None = None,
    progress: Callable[[float, str], None] | None = None,
    size: int = BATCH,
) -> Iterator[pl.DataFrame]:
    """Give the alleles of a VCF or BCF (plain, gzip, bgzip) in the file's order, in flat memory.

    One row per ALT that is a sequence: `chrom`, `pos` (1-based), `ref`, `alt` (in upper case, split, not trimmed),
    `id`, `qual`, `filter` (null: a dot), then a column per field of `info` (`InfoField.column`, `InfoField.dtype`):
    of Number=A the value of this ALT, of R too, of 1 the record's; of any other number the record's list as text.
    Null: absent, a dot, or not what the header declares. A flag is true or false. A field that the header does not
    declare can be asked for as an `InfoField`. Every record is counted in `account`, which is whole when the last
    frame was taken. `chromosomes`: only these; None: all.

    Raises:
        GenomeFileError: no VCF, damaged, or cut off.
        ReferenceDataError: of another build than `build`, or a field that the header does not declare.

    """
    with GenomeText(path) as text:
        lines = text.header()
        header = site_header(lines, path.name, _first_contigs(text))
        fields = [header.field(told) if isinstance(told, str) else told for told in dict.fromkeys(info)]
        reader = _Reader(header, fields, build, account, chromosomes)
        for block in text.blocks(size):
            rows = reader.read(block)
            if progress is not None:
                progress(text.fraction, f"{path.name}: {reader.records:,} records")
            yield rows
        _require_end(text)
        reader.finish(unfinished=text.unfinished)


class _Reader:
    """Reads the blocks of one file, in order."""

    def __init__(
        self,
        header: SiteHeader,
        fields: list[InfoField],
        build: Build,
        account: SiteAccount,
        chromosomes: Collection[str] | None,
    ) -> None:
        self._witness = BuildWitness(header, build, chromosomes)
        self._contigs: Places = _Asked(header, build, chromosomes)
        self._fields, self._account, self._name = fields, account, header.name
        self.records = 0

    def read(self, block: bytes) -> pl.DataFrame:
        """Give the alleles of some lines."""
        account, before = self._account, Counter[str]()
        lines = site_lines(block, self.records)
        self.records += len(lines)
        kept = (
            placed(lines, self._contigs, before)
            .with_row_index("record")
            .with_columns(alleles=pl.col("alt").str.count_matches(",", literal=True) + 1)
        )
        rows = alleles_listed(kept.drop("info"), account.alleles_set_aside)
        self._witness.look(rows, beyond=before[BEYOND])
        account.records_read += len(lines)
        account.records_kept += len(kept)
        account.records_set_aside.update(before)
        account.alleles_read += int(kept["alleles"].sum())
        account.alleles_kept += len(rows)
        texts = info_texts(kept["info"], [told.name for told in self._fields], bare="")
        values = (
            typed_values(told, text, rows, account.values_left_out)
            for told, text in zip(self._fields, texts, strict=True)
        )
        return rows.select(SITE_COLUMNS).with_columns(values)

    def finish(self, *, unfinished: bool) -> None:
        """Say at the end of the file how its build is known, and that it may end too early."""
        evidence = self._witness.require()
        self._account.build_evidence.append(f"{self._name}: {evidence}")
        self._account.build_shown &= self._witness.shown
        if unfinished:
            self._account.warnings.append(
                f"The last line of {self._name} has no line end: the file may have been cut off."
            )


class _Asked:
    """The contigs of a file, those that were not asked for apart."""

    def __init__(self, header: SiteHeader, build: Build, chromosomes: Collection[str] | None) -> None:
        self._contigs = Contigs(header.parsed, build)
        self._asked = chromosomes

    def place(self, name: str) -> Place:
        """Fold one contig name."""
        found = self._contigs.place(name)
        if self._asked is None or found.chrom is None or found.chrom in self._asked:
            return found
        return Place(None, 0, NOT_ASKED_FOR)


def _first_contigs(text: GenomeText) -> set[str]:
    """Names of the contigs of the first records, as far as they are read with the header."""
    lines = text.start(1 << 16).split(b"\n")
    return {line.split(b"\t", 1)[0].decode("utf-8", "replace") for line in lines if line}


def _require_end(text: GenomeText) -> None:
    if text.warnings:
        raise GenomeFileError(
            f"{text.path.name} is not whole: {text.warnings[0]}",
            hint="Copy or download the file again. If it is whole, pack it anew: bgzip writes the marker at the end.",
        )
