"""What a record says of the picked sample: its genotype, depths and qualities."""

from __future__ import annotations

import numpy as np
import polars as pl

from genoteca.genome.genotype import genotype_rows
from genoteca.genome.letters import Counts, Flags, Spans, categories, digits_end, numbers, spread_out
from genoteca.genome.records import parted
from genoteca.genome.sample_column import SampleColumn

__all__ = ["with_calls", "with_fields", "with_numbers"]

TEXTS = ("AF", "PS")
"""FORMAT keys that are read as text; each becomes a column with its name in lower case."""
NO_GENOTYPE = "no genotype (GT) for this sample"
UNREADABLE = "genotype cannot be read"
UNKNOWN_ALLELE = "genotype names an allele that the record does not have"

_NO_TEXT = pl.lit(None, pl.String)
_NO_COUNT = pl.lit(None, pl.UInt32)

_COUNTS = {
    "dp": "depths (DP)",
    "gq": "genotype qualities (GQ)",
    "min_dp": "block depths (MIN_DP)",
    "gqx": "genotype qualities (GQX)",
    "len": "block lengths (LEN)",
}

SHORT = 7
"""Letters of a genotype that fit into 64 bits beside their number."""


_USABLE = pl.col("highest") <= pl.col("alleles").cast(pl.Int64)
_REASON = (
    pl.when(pl.col("gt").is_null())
    .then(pl.lit(NO_GENOTYPE))
    .when(pl.col("ploidy").is_null())
    .then(pl.lit(UNREADABLE))
    .otherwise(pl.lit(UNKNOWN_ALLELE))
)


def with_fields(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what the sample's column holds, null where a record has none.

    `gt`: an Enum of the distinct texts. `af`, `ps`: text. For each of `_COUNTS` the whole number is in
    `<name>_number`, and `<name>` is the text of what is something else, a point apart. `ad_ref` and `ad_alt`: an AD
    of two whole numbers. `beyond_format`: the sample has more values than FORMAT names.
    """
    column = SampleColumn(frame.get_column("format"), frame.get_column("sample"))
    made: dict[str, pl.Series | pl.Expr] = {
        "gt": _genotypes(column),
        "beyond_format": pl.Series(column.beyond_format),
    }
    for key in TEXTS:
        texts = column.texts(key)
        made[key.lower()] = _NO_TEXT if texts is None else texts
    for name in _COUNTS:
        made |= _count(column, name)
    return frame.with_columns(**made, **_depths(column))


def with_calls(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the columns of `GENOTYPE_SCHEMA`; records without a usable genotype come second, with their `reason`."""
    texts = categories(frame.get_column("gt")).to_list()
    which = frame.get_column("gt").to_physical()
    called = frame.hstack(genotype_rows(texts).drop("gt")[which.fill_null(len(texts))])
    return parted(called, _USABLE, _REASON)


def with_numbers(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Complete the numbers of `_COUNTS`, and read `qual`; give also how many could not be read, by a warning's words.

    What is no number, or none that its column can hold, becomes null. A fraction of a count is rounded down: some
    callers write GQ with decimals although VCF says Integer.
    """
    odd = [name for name in _COUNTS if frame.get_column(name).null_count() < len(frame)]
    read = frame.with_columns(
        *(pl.coalesce(f"{name}_number", _whole(pl.col(name))).alias(f"{name}_number") for name in odd),
        qual_number=pl.col("qual").cast(pl.Float64, strict=False),
    )
    words = {"qual": "values of QUAL are no number and were left empty"}
    words |= {
        name: f"{said} are no number from 0 to 4,294,967,295 and were left empty" for name, said in _COUNTS.items()
    }
    return read, {words[name]: number for name, number in _unread(read, [*odd, "qual"]).items()}


def _whole(text: pl.Expr) -> pl.Expr:
    rounded = text.cast(pl.Float64, strict=False).floor().cast(pl.UInt32, strict=False)
    return pl.coalesce(text.cast(pl.UInt32, strict=False), rounded)


def _unread(frame: pl.DataFrame, names: list[str]) -> dict[str, int]:
    counted = frame.select(
        (pl.col(f"{name}_number").is_null() & (pl.col(name) != ".")).sum().alias(name) for name in names
    )
    return counted.row(0, named=True)


def _count(column: SampleColumn, name: str) -> dict[str, pl.Series | pl.Expr]:
    spans = column.spans(name.upper())
    if spans is None:
        return {f"{name}_number": _NO_COUNT, name: _NO_TEXT}
    letters = column.letters
    counts = numbers(letters.data, spans.begin, spans.end)
    number = _numbers(counts.plain, counts, spans.present)
    made: dict[str, pl.Series | pl.Expr] = {f"{name}_number": number, name: _NO_TEXT}
    if not counts.plain.all():
        point = (spans.end - spans.begin == 1) & (letters.data[spans.begin] == ord("."))
        odd = ~counts.plain & ~point
        if odd.any():
            made[name] = letters.texts(_those(spans, odd))
    return made


def _depths(column: SampleColumn) -> dict[str, pl.Series | pl.Expr]:
    spans = column.spans("AD")
    if spans is None:
        return {"ad_ref": _NO_COUNT, "ad_alt": _NO_COUNT}
    letters = column.letters.data
    comma = digits_end(letters, spans.begin)
    ref, alt = numbers(letters, spans.begin, comma), numbers(letters, comma + 1, spans.end)
    two = ref.plain & (letters[comma] == ord(",")) & alt.plain
    return {"ad_ref": _numbers(two, ref, spans.present), "ad_alt": _numbers(two, alt, spans.present)}


def _those(spans: Spans, these: Flags) -> Spans:
    """Give some of the pieces."""
    present = spans.present.copy()
    present[present] = these
    return Spans(spans.begin[these], spans.end[these], present)


def _numbers(good: Flags, counts: Counts, present: Flags) -> pl.Series:
    """Give the numbers that are `good`, null elsewhere."""
    values = pl.Series(counts.value)
    return spread_out(values if good.all() else _where(good, values), present)


def _where(there: Flags, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(there)).then(values)).to_series()


def _genotypes(column: SampleColumn) -> pl.Series | pl.Expr:
    """Give GT as an Enum of its distinct texts."""
    spans = column.spans("GT")
    if spans is None:
        return pl.lit(None, pl.Enum([]))
    length = spans.end - spans.begin
    if length.max() > SHORT:
        texts = column.letters.texts(spans)
        return texts.cast(pl.Enum(texts.drop_nulls().unique()))
    packed = length.astype(np.uint64) << np.uint64(8 * SHORT)
    for place in range(length.max()):
        letter = column.letters.data[spans.begin + place]
        letter[place >= length] = 0
        packed |= letter.astype(np.uint64) << np.uint64(8 * place)
    distinct = pl.Series(packed).unique().sort().to_numpy()
    kind = pl.Enum([code.to_bytes(8, "little")[: code >> 8 * SHORT].decode() for code in distinct.tolist()])
    codes = pl.Series(np.searchsorted(distinct, packed).astype(np.uint32)).cat.to(kind)
    return spread_out(codes, spans.present)
