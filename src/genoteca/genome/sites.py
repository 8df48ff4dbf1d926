"""A VCF read as a reference: which alleles it lists and what its INFO says of them, no genotypes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.genome.alleles import trim_frame
from genoteca.genome.contigs import Contigs
from genoteca.genome.header import parse_header
from genoteca.genome.site_lines import NamedContigs, Places, alleles_listed, info_texts, placed, site_lines
from genoteca.genome.stream import GenomeText
from genoteca.model.build import Build

__all__ = ["SitesFile", "SitesScan", "read_sites", "scan_sites"]

BATCH = 16 << 20
"""Bytes of text handled at once: some 30,000 records of ClinVar."""


@dataclass(slots=True)
class SitesFile:
    """What a VCF lists.

    `table`: one row per ALT allele that is a sequence, trimmed: `line` (record number, 1-based), `chrom`, `pos`
    (1-based), `id`, `ref`, `alt`, `allele` (its ALT number, from 1), `qual`, `filter`, and one text column per asked
    INFO key in lower case, null when absent, "true" for a flag. A value per ALT stays as the record has it.
    `header`: every `##key=value`, by key. `set_aside`: by reason; records, and for ALT reasons alleles.
    """

    table: pl.DataFrame
    header: dict[str, list[str]]
    records_read: int
    set_aside: dict[str, int]


class SitesScan:
    """A VCF that is read a batch at a time, in flat memory.

    `header`: every `##key=value`, by key. `records_read` and `set_aside` (as in `SitesFile`) grow with every batch.
    """

    def __init__(self, text: GenomeText, *, info: Sequence[str], build: Build | None = None) -> None:
        lines = text.header()
        self.header = _by_key(lines)
        self.records_read = 0
        self._counted: Counter[str] = Counter()
        header = parse_header(lines, text.path.name)
        self._contigs: Places = NamedContigs(header) if build is None else Contigs(header, build)
        self._info = tuple(info)
        self._text = text

    @property
    def set_aside(self) -> dict[str, int]:
        """What was set aside so far, by reason."""
        return {reason: count for reason, count in self._counted.items() if count}

    @property
    def fraction(self) -> float:
        """Share of the file that has been read, 0 to 1."""
        return self._text.fraction

    def nothing(self) -> pl.DataFrame:
        """Give `SitesFile.table` without a row."""
        blank = placed(site_lines(b".\t.\t.\t.\t.\t.\t.\t.\n", 0), self._contigs, Counter())
        return _alleles(blank, self._info, Counter())

    def batches(self, size: int = BATCH) -> Iterator[pl.DataFrame]:
        """Give the rows of `SitesFile.table` in the file's order, out of about `size` bytes of text at a time.

        Once: the text is read as it goes. Alleles of one record are never parted.

        Raises:
            GenomeFileError: the file is damaged.

        """
        for block in self._text.blocks(size):
            records = site_lines(block, self.records_read)
            self.records_read += len(records)
            yield _alleles(placed(records, self._contigs, self._counted), self._info, self._counted)


@contextmanager
def scan_sites(path: Path, *, info: Sequence[str], build: Build | None = None) -> Iterator[SitesScan]:
    """Open a VCF of any size, to read its alleles and these keys of their INFO a batch at a time.

    With the `build` accessions are read as well (`NC_000001.11`, `CM000663.2`); those of another are set aside.

    Raises:
        GenomeFileError: no VCF.

    """
    with GenomeText(path) as text:
        yield SitesScan(text, info=info, build=build)


def read_sites(path: Path, *, info: Sequence[str], build: Build | None = None) -> SitesFile:
    """Read the alleles of a VCF and these keys of their INFO, all at once: a gigabyte for a million of ClinVar.

    `build` as for `scan_sites`.

    Raises:
        GenomeFileError: no VCF, or damaged.

    """
    with scan_sites(path, info=info, build=build) as scan:
        table = pl.concat([scan.nothing(), *scan.batches()])
    return SitesFile(table, scan.header, scan.records_read, scan.set_aside)


def _by_key(lines: list[bytes]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for line in lines[:-1]:
        key, _, value = line.decode("utf-8", "replace").removeprefix("##").partition("=")
        told.setdefault(key, []).append(value)
    return told


def _alleles(frame: pl.DataFrame, info: Sequence[str], set_aside: Counter[str]) -> pl.DataFrame:
    """One row per ALT that is a sequence, trimmed, with the text of these keys; the others are counted."""
    rows = alleles_listed(frame, set_aside)
    texts = info_texts(rows.get_column("info"), info, bare="true")
    rows = rows.with_columns(text.alias(text.name.lower()) for text in texts)
    kept = ("line", "chrom", "pos", "id", "ref", "alt", "allele", "qual", "filter", *(key.lower() for key in info))
    return trim_frame(rows.select(kept), upper=True)
