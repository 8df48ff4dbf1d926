"""The lines of a VCF read for its sites: cut into columns, placed, parted into alleles; what cannot be is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import polars as pl

from genoteca.genome.alternates import AlleleClass
from genoteca.genome.contigs import NOT_A_CHROMOSOME, OTHER_MITOCHONDRION, Place
from genoteca.genome.header import Header
from genoteca.genome.records import BEYOND, COLUMNS, POSITION, REFERENCE, readable
from genoteca.genome.schema import CHROM
from genoteca.model.build import MT_LENGTH, chromosome

__all__ = ["FIXED", "NamedContigs", "Places", "alleles_listed", "info_texts", "placed", "site_lines"]

FIXED = ("contig", "pos", "id", "ref", "alt", "qual", "filter", "info")

NO_ALTERNATE = "no ALT allele"
NO_SEQUENCE = "ALT is not made of A, C, G, T"


class Places(Protocol):
    """Whatever folds contig names to chromosomes."""

    def place(self, name: str) -> Place:
        """Fold one contig name."""


def site_lines(block: bytes, read: int) -> pl.DataFrame:
    """Give one row per line, all text: the first eight columns, and `line`, its number after `read` others."""
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


def placed(frame: pl.DataFrame, contigs: Places, set_aside: Counter[str]) -> pl.DataFrame:
    """Give the records with a chromosome, a position on it and a plain REF, and count the others."""
    names = frame.get_column("contig").drop_nulls().unique().to_list()
    places = [contigs.place(name) for name in names]
    chroms, reasons = [place.chrom for place in places], [place.reason for place in places]
    lengths = [place.length or None for place in places]
    marked = frame.with_columns(
        chrom=pl.col("contig").replace_strict(names, chroms, default=None, return_dtype=CHROM),
        foreign=pl.col("contig").replace_strict(names, reasons, default=None, return_dtype=pl.String),
        length=pl.col("contig").replace_strict(names, lengths, default=None, return_dtype=pl.Int64),
        pos=pl.col("pos").cast(pl.UInt32, strict=False),
        ref=pl.col("ref").str.to_uppercase(),
    ).with_columns(
        reason=pl.when(pl.any_horizontal(pl.col("contig", "ref", "alt").is_null()))
        .then(pl.lit(COLUMNS))
        .when(pl.col("foreign").is_not_null())
        .then("foreign")
        .when(pl.col("pos").fill_null(0) == 0)
        .then(pl.lit(POSITION))
        .when(pl.col("pos").cast(pl.Int64) + pl.col("ref").str.len_bytes() - 1 > pl.col("length"))
        .then(pl.lit(BEYOND))
        .when(~pl.col("ref").str.contains("^[ACGT]+$"))
        .then(pl.lit(REFERENCE))
    )
    return _counted(marked, set_aside)


class NamedContigs:
    """Contigs of a file whose build the caller does not tell: by name only, for an accession would need the build."""

    def __init__(self, header: Header) -> None:
        self._header = header

    def place(self, name: str) -> Place:
        """Fold one contig name."""
        told, chrom = self._header.contigs.get(name), chromosome(name)
        if chrom == "MT" and told is not None and told.length not in (None, MT_LENGTH):
            return Place(None, 0, OTHER_MITOCHONDRION)
        return Place(chrom, 0, None if chrom else NOT_A_CHROMOSOME)


def alleles_listed(frame: pl.DataFrame, set_aside: Counter[str]) -> pl.DataFrame:
    """One row per ALT that is a sequence, with its number as `allele`, in upper case; the others are counted."""
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
    return _counted(rows, set_aside).with_columns(
        *(pl.when(pl.col(name) != ".").then(name).alias(name) for name in ("id", "filter")),
        qual=pl.col("qual").cast(pl.Float64, strict=False),
    )


def _counted(frame: pl.DataFrame, set_aside: Counter[str]) -> pl.DataFrame:
    """Give the rows without a `reason` and count the others under theirs."""
    aside = frame.filter(pl.col("reason").is_not_null()).get_column("reason").value_counts()
    set_aside.update(dict(aside.iter_rows()))
    return frame.filter(pl.col("reason").is_null())


def info_texts(cells: pl.Series, keys: Sequence[str], *, bare: str) -> list[pl.Series]:
    """Cut INFO once and give the first value of every key, under its name; null: absent, `bare`: without a value."""
    # Half the CPU of looking through every entry once per key, and a third of a regular expression per key (ClinVar).
    if not keys:
        return []
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    entries = cells.alias("entry").str.split(";").to_frame().select(row.alias("row"), "entry").explode("entry")
    parted = entries.select("row", part=pl.col("entry").str.splitn("=", 2)).select(
        "row",
        key=pl.col("part").struct[0].cast(pl.Enum(keys), strict=False).to_physical(),
        value=pl.col("part").struct[1].fill_null(bare),
    )
    known = parted.filter(pl.col("key").is_not_null())
    rows, codes, values = known["row"].to_numpy(), known["key"].to_numpy(), known["value"]
    absent, values = len(values), values.extend_constant(None, 1)
    made = []
    for code, key in enumerate(keys):
        entry = np.flatnonzero(codes == code)[::-1]
        place = np.full(len(cells), absent, np.int64)
        place[rows[entry]] = entry
        made.append(values.gather(place).alias(key))
    return made
