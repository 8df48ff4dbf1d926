"""Blocks of VCF text as frames: one row per line, with what it says and why it may have to be set aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from genoteca.genome.alternates import alternates_table
from genoteca.genome.contigs import Contigs
from genoteca.genome.letters import are_sequences, coded
from genoteca.genome.schema import CHROM

__all__ = [
    "BLANK",
    "COLUMNS",
    "NONE_ASIDE",
    "POSITION",
    "REFERENCE",
    "RecordParser",
    "judged",
    "one_value",
    "parted",
    "readable",
]

NONE_ASIDE = pl.DataFrame(schema={"line": pl.UInt32, "reason": pl.String})

FIXED = ("contig", "pos_text", "id", "ref", "alt", "qual", "filter", "info", "format")

BLANK = "blank line"
COLUMNS = "wrong number of columns"
POSITION = "POS is not a positive whole number"
BEYOND = "position beyond the end of the chromosome"
REFERENCE = "REF is not made of A, C, G, T"


@dataclass(slots=True)
class RecordParser:
    """Cuts blocks of text into columns.

    `columns`: how many the header names; `sample`: index of the one that is read; `with_info`: whether INFO is kept.
    """

    columns: int
    sample: int
    with_info: bool
    read: int = 0
    """Records so far; the next line has this number plus one."""

    def parse(self, block: bytes) -> pl.DataFrame:
        """Give one row per line, all text: the fixed columns, `sample`, `line`, and `beyond` (a column too many).

        `pos` is the number in POS; `plain_ref` and `plain_alt` tell whether REF and ALT are one upper-case sequence.
        """
        named = [*FIXED, *(f"other_{n}" for n in range(len(FIXED), self.columns)), "beyond"]
        named[self.sample] = "sample"
        wanted = [name for name in (*FIXED, "sample", "beyond") if name != "info" or self.with_info]
        frame = (
            pl.scan_csv(
                readable(block),
                has_header=False,
                separator="\t",
                quote_char=None,
                schema=dict.fromkeys(named, pl.String),
                row_index_name="line",
                row_index_offset=self.read + 1,
                missing_columns="insert",
                extra_columns="ignore",
            )
            .select("line", *wanted)
            .with_columns(pos=pl.col("pos_text").cast(pl.UInt32, strict=False))
            .collect(engine="in-memory")
            .rechunk()  # it comes in ten pieces, over which every later step would go one by one
        )
        self.read += len(frame)
        plain_ref, plain_alt = (are_sequences(frame.get_column(name)) for name in ("ref", "alt"))
        no_alt = frame.get_column("alt").is_null()
        return frame.with_columns(plain_ref=pl.Series(plain_ref), plain_alt=pl.Series(plain_alt) | no_alt)


def readable(block: bytes) -> bytes:
    """Replace bytes that are not UTF-8 (Latin-1 in an INFO field); plain ASCII is not copied."""
    return block if block.isascii() else block.decode("utf-8", "replace").encode()


def judged(frame: pl.DataFrame, contigs: Contigs) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the records that may be kept, as far as their fixed columns tell, from those that are set aside.

    The kept ones get `chrom`, `pos` and what ALT lists (`ALTERNATES_SCHEMA`), and REF in upper case; the others
    `reason`.
    """
    frame = _with_alternates(_placed(frame, contigs))
    if not frame["plain_ref"].all():
        frame = frame.with_columns(pl.col("ref").str.to_uppercase())
        without_alternate = (pl.col("sequences") == 0) & pl.col("ref").str.contains("^[ACGTN]+$")
        frame = frame.with_columns(plain_ref=pl.col("ref").str.contains("^[ACGT]+$") | without_alternate)
    return parted(frame, _SOUND, _REASON)


def parted(frame: pl.DataFrame, sound: pl.Expr, reason: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the rows that are sound, and the others with their `reason`; nothing is copied when all are."""
    good = frame.select(sound.alias("good")).to_series().fill_null(value=False)
    if good.all():
        return frame, NONE_ASIDE
    return frame.filter(good), frame.filter(~good).with_columns(reason=reason)


def _placed(frame: pl.DataFrame, contigs: Contigs) -> pl.DataFrame:
    name = one_value(frame.get_column("contig"))
    if name is not None:
        chrom, length, reason = contigs.place(name)
        return frame.with_columns(
            chrom=pl.lit(chrom, CHROM), length=pl.lit(length, pl.UInt32), contig_reason=pl.lit(reason, pl.String)
        )
    texts = frame.get_column("contig")
    if texts.null_count():
        table = contigs.table(texts.drop_nulls().unique().to_list())
        return frame.join(table, on="contig", how="left", maintain_order="left")
    names, codes = coded(texts)
    return frame.hstack(contigs.table(names).drop("contig").select(pl.all().gather(codes)))


def one_value(texts: pl.Series) -> str | None:
    """Give the text that every row holds, None when they differ; most blocks have one contig and one FORMAT."""
    first: str | None = None if texts.is_empty() else texts[0]
    return first if first is not None and not texts.null_count() and (texts == first).all() else None


def _with_alternates(frame: pl.DataFrame) -> pl.DataFrame:
    """Classify ALT once per distinct text; most records list one plain sequence and need no look-up."""
    alleles, sequences = np.ones(len(frame), np.uint32), np.ones(len(frame), np.uint32)
    reasons: pl.Expr | pl.Series = pl.lit(None, pl.String)
    rows = np.flatnonzero(~frame.get_column("plain_alt").to_numpy())
    if len(rows):
        odd = frame.get_column("alt").gather(rows)
        texts, codes = coded(odd)
        table = alternates_table(texts)
        alleles[rows] = table.get_column("alleles").to_numpy()[codes]
        sequences[rows] = table.get_column("sequences").to_numpy()[codes]
        if table.get_column("alt_reason").null_count() < len(table):
            place = np.full(len(frame), len(table))
            place[rows] = codes
            reasons = table.get_column("alt_reason").extend_constant(None, 1).gather(place)
    return frame.with_columns(alleles=pl.Series(alleles), sequences=pl.Series(sequences), alt_reason=reasons)


_SOUND = (
    pl.col("sample").is_not_null()
    & pl.col("format").is_not_null()
    & pl.col("beyond").is_null()
    & pl.col("chrom").is_not_null()
    & (pl.col("pos") > 0)
    & (pl.col("pos") + pl.col("ref").str.len_bytes() - 1 <= pl.col("length"))
    & pl.col("plain_ref")
    & pl.col("alt").is_not_null()
    & pl.col("alt_reason").is_null()
).fill_null(value=False)


_REASON = (
    pl.when(pl.all_horizontal(pl.col("contig", "pos_text", "id", "ref", "sample").is_null()))
    .then(pl.lit(BLANK))
    .when(
        ~pl.all_horizontal(pl.col("contig", "pos_text", "ref", "alt", "format", "sample").is_not_null())
        | pl.col("beyond").is_not_null()
    )
    .then(pl.lit(COLUMNS))
    .when(pl.col("contig_reason").is_not_null())
    .then(pl.col("contig_reason"))
    .when(pl.col("pos").is_null() | (pl.col("pos") == 0))
    .then(pl.lit(POSITION))
    .when(pl.col("pos") + pl.col("ref").str.len_bytes() - 1 > pl.col("length"))
    .then(pl.lit(BEYOND))
    .when(~pl.col("plain_ref"))
    .then(pl.lit(REFERENCE))
    .otherwise(pl.col("alt_reason"))
)
