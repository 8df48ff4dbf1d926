"""Rows of an array file as frames: what each says, where it lies, and why it may have to be set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from genoteca.genome.arrays.calls import MINUS, call_table
from genoteca.genome.arrays.layout import ArrayLayout
from genoteca.genome.contigs import NOT_A_CHROMOSOME, Contigs
from genoteca.genome.header import Header
from genoteca.genome.records import BEYOND, BLANK, COLUMNS, POSITION, parted, readable
from genoteca.model.build import Build, par

__all__ = ["ArrayParser", "judged", "placed"]

COMMENT = "comment line among the rows"
NO_POSITION = "the row gives an identifier without a position"
NOT_PLACED = "PAR says neither X nor Y, whose positions differ"
NOT_IN_PAR = "called pseudoautosomal, but outside those regions of X"
UNREADABLE = "genotype cannot be read"
STRAND = "strand is neither + nor -"

_NUMBERED = {"23": "X", "24": "Y", "25": "X", "XY": "X", "26": "MT"}
"""PLINK's numbers of the chromosomes, which AncestryDNA uses as well; 25 (XY) counts along X
(https://www.cog-genomics.org/plink/1.9/input)."""
_PSEUDOAUTOSOMAL = ("25", "XY")
_PLACE_IN_ID = r"^(?:chr)?([0-9XYMT]{1,2}):(\d+)"

_NO_HEADER = Header(version="", lines=0, contigs={}, meta=[], samples=[])


@dataclass(slots=True)
class ArrayParser:
    """Cuts blocks of text into columns; the first block still has the lines before the first row."""

    layout: ArrayLayout
    read: int = 0
    """Rows so far; the next line has this number plus one."""
    _begun: bool = False

    def parse(self, block: bytes) -> pl.DataFrame:
        """Give one row per line, all text: `line`, `id`, `chrom_text`, `pos_text`, `text` (the genotype), `narrow`.

        `text` is null where a column is absent; `narrow` tells rows with a wrong number of columns. `strand` is null
        where the layout has none.
        """
        body = self._plain(block)
        if not body:
            return self._named(pl.LazyFrame(schema={"line": pl.UInt32, **dict.fromkeys(self._all(), pl.String)}))
        rows = pl.scan_csv(
            body,
            has_header=False,
            separator=self.layout.separator,
            quote_char=None,
            schema=dict.fromkeys(self._all(), pl.String),
            row_index_name="line",
            row_index_offset=self.read + 1,
            missing_columns="insert",
            extra_columns="ignore",
        )
        frame = self._named(rows)
        self.read += len(frame)
        return frame

    def _all(self) -> list[str]:
        return [*(f"column_{n}" for n in range(self.layout.width)), "beyond"]

    def _plain(self, block: bytes) -> bytes:
        """Take away the header, the quotes and a doubled separator: none of them holds anything."""
        if not self._begun:
            self._begun = True
            block = block.removeprefix(b"\xef\xbb\xbf")
            block = block.split(b"\n", self.layout.header_lines)[-1] if self._reaches(block) else b""
        block = readable(block).replace(b'"', b"").replace(b"\r\n", b"\n")
        if self.layout.separator == " ":
            return re.sub(rb"(?m)^ +| +$", b"", re.sub(rb"[\t ]+", b" ", block))
        if self.layout.separator == "\t" and (b"\t\t" in block or b"\t " in block):
            return re.sub(rb"[^\n]*\t[\t ][^\n]*", self._undoubled, block)
        return block

    def _reaches(self, block: bytes) -> bool:
        return block.count(b"\n") >= self.layout.header_lines

    def _undoubled(self, found: re.Match[bytes]) -> bytes:
        """Join doubled separators of a row that has more columns than the others."""
        line = found[0]
        return re.sub(rb" *\t[\t ]*", b"\t", line) if line.count(b"\t") >= self.layout.width else line

    def _named(self, rows: pl.LazyFrame) -> pl.DataFrame:
        columns = self.layout.columns
        told = {name: pl.col(f"column_{index}").str.strip_chars() for name, index in columns.items()}
        if "genotype" in told:
            text = told["genotype"]
        else:
            text = pl.concat_str(told["allele1"], pl.lit("/"), told["allele2"])
        last = pl.col(f"column_{self.layout.width - 1}")
        strand = told.get("strand", pl.lit(None, pl.String))
        return rows.select(
            "line",
            id=told["id"],
            chrom_text=told["chrom"] if "chrom" in told else told["id"].str.extract(_PLACE_IN_ID, 1),
            pos_text=told["pos"] if "pos" in told else told["id"].str.extract(_PLACE_IN_ID, 2),
            text=pl.when(strand == "-").then(pl.lit(MINUS) + text).otherwise(text),
            strand=strand,
            narrow=last.is_null() | pl.col("beyond").is_not_null(),
            blank=pl.all_horizontal(pl.col(name).is_null() for name in self._all()),
        ).collect(engine="in-memory")


def placed(frame: pl.DataFrame, build: Build) -> pl.DataFrame:
    """Add `chrom`, `pos` (1-based), the chromosome's `length` and `contig_reason`."""
    texts = frame.get_column("chrom_text").drop_nulls().unique().to_list()
    contigs = Contigs(_NO_HEADER, build)
    names = [_NUMBERED.get(text.upper().removeprefix("CHR"), text) for text in texts]
    table = contigs.table(names).select(pl.Series("chrom_text", texts, pl.String), "chrom", "length", "contig_reason")
    return frame.join(table, on="chrom_text", how="left", maintain_order="left").with_columns(
        pos=pl.col("pos_text").cast(pl.UInt32, strict=False)
    )


def judged(frame: pl.DataFrame, layout: ArrayLayout, build: Build) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows that say something of a place from those that are set aside, which get a `reason`.

    The kept ones get `chrom`, `pos` and the columns of `CALL_SCHEMA`.
    """
    calls = call_table(frame.get_column("text").drop_nulls().unique().to_list())
    told = placed(frame, build).join(calls, on="text", how="left", maintain_order="left")
    return parted(told.with_columns(reason=_reason(layout, build)), pl.col("reason").is_null(), pl.col("reason"))


def _reason(layout: ArrayLayout, build: Build) -> pl.Expr:
    upper = pl.col("chrom_text").str.to_uppercase()
    by_id = "chrom" not in layout.columns
    without_place = pl.col("pos_text").is_null() | pl.col("chrom_text").is_null()
    wrong = pl.col("narrow") | pl.col("text").is_null() | (by_id & pl.col("id").is_null())
    return (
        pl.when("blank")
        .then(pl.lit(BLANK))
        .when(pl.col("id").str.starts_with("#").fill_null(value=False))
        .then(pl.lit(COMMENT))
        .when(wrong)
        .then(pl.lit(COLUMNS))
        .when(without_place)
        .then(pl.lit(NO_POSITION if by_id else COLUMNS))
        .when(upper == "PAR")
        .then(pl.lit(NOT_PLACED))
        .when(pl.col("chrom").is_null())
        .then(pl.coalesce("contig_reason", pl.lit(NOT_A_CHROMOSOME)))
        .when(pl.col("pos").is_null() | (pl.col("pos") == 0))
        .then(pl.lit(POSITION))
        .when(pl.col("pos") > pl.col("length"))
        .then(pl.lit(BEYOND))
        .when(upper.is_in(_PSEUDOAUTOSOMAL) & ~_in_par(build))
        .then(pl.lit(NOT_IN_PAR))
        .when(_strand_is_odd(layout))
        .then(pl.lit(STRAND))
        .when(pl.col("genotype").is_null())
        .then(pl.lit(UNREADABLE))
    )


def _in_par(build: Build) -> pl.Expr:
    """Whether a position of X is pseudoautosomal; where a build's regions are not kept, the file is believed."""
    regions = [region for region in par(build) if region.chrom == "X"]
    if not regions:
        return pl.lit(value=True)
    return pl.any_horizontal(pl.col("pos").is_between(region.start, region.end) for region in regions)


def _strand_is_odd(layout: ArrayLayout) -> pl.Expr:
    if "strand" not in layout.columns:
        return pl.lit(value=False)
    return ~pl.col("strand").is_in(["+", "-"]).fill_null(value=False)
