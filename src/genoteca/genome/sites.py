"""A VCF read as a reference: which alleles it lists and what its INFO says of them, no genotypes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.genome.alleles import trim_frame
from genoteca.genome.alternates import AlleleClass
from genoteca.genome.contigs import NOT_A_CHROMOSOME, OTHER_MITOCHONDRION, Contigs, Place
from genoteca.genome.header import Header, parse_header
from genoteca.genome.records import COLUMNS, POSITION, REFERENCE, readable
from genoteca.genome.schema import CHROM
from genoteca.genome.stream import GenomeText
from genoteca.model.build import MT_LENGTH, Build, chromosome

__all__ = ["SitesFile", "SitesScan", "read_sites", "scan_sites"]

FIXED = ("contig", "pos", "id", "ref", "alt", "qual", "filter", "info")

BATCH = 16 << 20
"""Bytes of text handled at once: some 30,000 records of ClinVar."""

NO_ALTERNATE = "no ALT allele"
NO_SEQUENCE = "ALT is not made of A, C, G, T"


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
        self._contigs = _Named(header) if build is None else Contigs(header, build)
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
        blank = _placed(_records(b".\t.\t.\t.\t.\t.\t.\t.\n", 0), self._contigs, Counter())
        return _alleles(blank, self._info, Counter())

    def batches(self, size: int = BATCH) -> Iterator[pl.DataFrame]:
        """Give the rows of `SitesFile.table` in the file's order, out of about `size` bytes of text at a time.

        Once: the text is read as it goes. Alleles of one record are never parted.

        Raises:
            GenomeFileError: the file is damaged.

        """
        for block in self._text.blocks(size):
            records = _records(block, self.records_read)
            self.records_read += len(records)
            yield _alleles(_placed(records, self._contigs, self._counted), self._info, self._counted)


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


def _records(block: bytes, read: int) -> pl.DataFrame:
    return pl.scan_csv(
        readable(block),
        has_header=False,
        separator="\t",
        quote_char=None,
        schema=dict.fromkeys(FIXED, pl.String),
        row_index_name="line",
        row_index_offset=read + 1,
        missing_columns="insert",
        extra_columns="ignore",
    ).collect()


def _placed(frame: pl.DataFrame, contigs: Contigs | _Named, set_aside: Counter[str]) -> pl.DataFrame:
    """Give the records with a chromosome, a position and a plain REF, and count the others."""
    names = frame.get_column("contig").drop_nulls().unique().to_list()
    places = [contigs.place(name) for name in names]
    chroms, reasons = [place.chrom for place in places], [place.reason for place in places]
    marked = frame.with_columns(
        chrom=pl.col("contig").replace_strict(names, chroms, default=None, return_dtype=CHROM),
        foreign=pl.col("contig").replace_strict(names, reasons, default=None, return_dtype=pl.String),
        pos=pl.col("pos").cast(pl.UInt32, strict=False),
        ref=pl.col("ref").str.to_uppercase(),
    ).with_columns(
        reason=pl.when(pl.any_horizontal(pl.col("contig", "ref", "alt").is_null()))
        .then(pl.lit(COLUMNS))
        .when(pl.col("foreign").is_not_null())
        .then("foreign")
        .when(pl.col("pos").fill_null(0) == 0)
        .then(pl.lit(POSITION))
        .when(~pl.col("ref").str.contains("^[ACGT]+$"))
        .then(pl.lit(REFERENCE))
    )
    return _counted(marked, set_aside)


class _Named:
    """Contigs of a file whose build the caller does not tell: by name only, for an accession would need the build."""

    def __init__(self, header: Header) -> None:
        self._header = header

    def place(self, name: str) -> Place:
        """Fold one contig name."""
        told, chrom = self._header.contigs.get(name), chromosome(name)
        if chrom == "MT" and told is not None and told.length not in (None, MT_LENGTH):
            return Place(None, 0, OTHER_MITOCHONDRION)
        return Place(chrom, 0, None if chrom else NOT_A_CHROMOSOME)


def _alleles(frame: pl.DataFrame, info: Sequence[str], set_aside: Counter[str]) -> pl.DataFrame:
    """One row per ALT that is a sequence; the others are counted."""
    listed = frame.with_columns(pl.col("alt").str.to_uppercase().str.split(","))
    rows = listed.with_columns(allele=pl.int_ranges(1, pl.col("alt").list.len() + 1, dtype=pl.UInt32))
    rows = rows.explode("alt", "allele").with_columns(
        reason=pl.when(pl.col("alt") == ".")
        .then(pl.lit(NO_ALTERNATE))
        .when(pl.col("alt") == AlleleClass.DELETED.value)
        .then(pl.lit("ALT is a deleted copy (*)"))
        .when(pl.col("alt").str.starts_with("<") | pl.col("alt").str.contains(r"[\[\]]"))
        .then(pl.lit("ALT is symbolic or a breakend"))
        .when(~pl.col("alt").str.contains("^[ACGT]+$"))
        .then(pl.lit(NO_SEQUENCE))
    )
    rows = _counted(rows, set_aside)
    rows = rows.with_columns(
        *_values(rows.get_column("info"), info),
        *(pl.when(pl.col(name) != ".").then(name).alias(name) for name in ("id", "filter")),
        qual=pl.col("qual").cast(pl.Float64, strict=False),
    )
    kept = ("line", "chrom", "pos", "id", "ref", "alt", "allele", "qual", "filter", *(key.lower() for key in info))
    return trim_frame(rows.select(kept), upper=True)


def _counted(frame: pl.DataFrame, set_aside: Counter[str]) -> pl.DataFrame:
    """Give the rows without a `reason` and count the others under theirs."""
    aside = frame.filter(pl.col("reason").is_not_null()).get_column("reason").value_counts()
    set_aside.update(dict(aside.iter_rows()))
    return frame.filter(pl.col("reason").is_null())


def _values(cells: pl.Series, keys: Sequence[str]) -> list[pl.Series]:
    """Cut INFO once and give the first value of every key; a key without a value is a flag."""
    # Half the CPU of looking through every entry once per key, and a third of a regular expression per key (ClinVar).
    if not keys:
        return []
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    entries = cells.alias("entry").str.split(";").to_frame().select(row.alias("row"), "entry").explode("entry")
    parted = entries.select("row", part=pl.col("entry").str.splitn("=", 2)).select(
        "row",
        key=pl.col("part").struct[0].cast(pl.Enum(keys), strict=False).to_physical(),
        value=pl.col("part").struct[1].fill_null("true"),
    )
    known = parted.filter(pl.col("key").is_not_null())
    rows, codes, values = known["row"].to_numpy(), known["key"].to_numpy(), known["value"]
    absent, values = len(values), values.extend_constant(None, 1)
    made = []
    for code, key in enumerate(keys):
        entry = np.flatnonzero(codes == code)[::-1]
        place = np.full(len(cells), absent, np.int64)
        place[rows[entry]] = entry
        made.append(values.gather(place).alias(key.lower()))
    return made
