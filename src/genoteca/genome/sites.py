"""A VCF read as a reference: which alleles it lists and what its INFO says of them, no genotypes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.genome.alleles import trim_frame
from genoteca.genome.alternates import AlleleClass
from genoteca.genome.contigs import NOT_A_CHROMOSOME, OTHER_MITOCHONDRION
from genoteca.genome.header import Contig, parse_header
from genoteca.genome.records import COLUMNS, POSITION, REFERENCE, readable
from genoteca.genome.schema import CHROM
from genoteca.genome.stream import GenomeText
from genoteca.model.build import MT_LENGTH, chromosome

__all__ = ["SitesFile", "read_sites"]

FIXED = ("contig", "pos", "id", "ref", "alt", "qual", "filter", "info")

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


def read_sites(path: Path, *, info: Sequence[str]) -> SitesFile:
    """Read the alleles of a VCF and these keys of their INFO.

    Raises:
        GenomeFileError: no VCF, or damaged.

    """
    with GenomeText(path) as text:
        lines = text.header()
        contigs = parse_header(lines, path.name).contigs
        set_aside: Counter[str] = Counter()
        parts: list[pl.DataFrame] = []
        read = 0
        for block in text.blocks():
            records = _records(block, read)
            read += len(records)
            parts.append(_alleles(_placed(records, contigs, set_aside), info, set_aside))
    empty = _alleles(_placed(_records(b".\t.\t.\t.\t.\t.\t.\t.\n", 0), {}, Counter()), info, Counter())
    table = pl.concat([empty, *parts], rechunk=True)
    return SitesFile(table, _by_key(lines), read, {reason: count for reason, count in set_aside.items() if count})


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


def _placed(frame: pl.DataFrame, contigs: dict[str, Contig], set_aside: Counter[str]) -> pl.DataFrame:
    """Give the records with a chromosome, a position and a plain REF, and count the others."""
    names = frame.get_column("contig").drop_nulls().unique().to_list()
    chroms = {name: _chromosome(name, contigs) for name in names}
    foreign = [name for name in names if chromosome(name) == "MT" and chroms[name] is None]
    marked = frame.with_columns(
        chrom=pl.col("contig").replace_strict(names, list(chroms.values()), default=None, return_dtype=CHROM),
        pos=pl.col("pos").cast(pl.UInt32, strict=False),
        ref=pl.col("ref").str.to_uppercase(),
    ).with_columns(
        reason=pl.when(pl.any_horizontal(pl.col("contig", "ref", "alt").is_null()))
        .then(pl.lit(COLUMNS))
        .when(pl.col("contig").is_in(foreign))
        .then(pl.lit(OTHER_MITOCHONDRION))
        .when(pl.col("chrom").is_null())
        .then(pl.lit(NOT_A_CHROMOSOME))
        .when(pl.col("pos").fill_null(0) == 0)
        .then(pl.lit(POSITION))
        .when(~pl.col("ref").str.contains("^[ACGT]+$"))
        .then(pl.lit(REFERENCE))
    )
    return _counted(marked, set_aside)


def _chromosome(name: str, contigs: dict[str, Contig]) -> str | None:
    told = contigs.get(name)
    chrom = chromosome(name)
    other = chrom == "MT" and told is not None and told.length not in (None, MT_LENGTH)
    return None if other else chrom


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
    rows = _counted(rows, set_aside).with_columns(entries=pl.col("info").str.split(";"))
    rows = rows.with_columns(
        *(_value(key).alias(key.lower()) for key in info),
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


def _value(key: str) -> pl.Expr:
    """Value of one INFO key, out of the `entries` of INFO; a key without a value is a flag."""
    # Cutting INFO once and looking through the pieces takes half the time of a regular expression per key (ClinVar).
    one = pl.element()
    entry = pl.col("entries").list.eval(one.filter(one.str.starts_with(f"{key}=") | (one == key))).list.first()
    return pl.when(entry == key).then(pl.lit("true")).otherwise(entry.str.slice(len(key) + 1))
