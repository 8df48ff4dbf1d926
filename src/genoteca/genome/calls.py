"""What a record says of the picked sample: its genotype, depths and qualities."""

from __future__ import annotations

import polars as pl

from genoteca.genome.genotype import genotype_table
from genoteca.genome.records import one_value, parted

__all__ = ["with_calls", "with_fields", "with_numbers"]

FIELDS = ("GT", "AD", "DP", "GQ", "AF", "PS", "MIN_DP", "GQX", "LEN")
"""The FORMAT keys that are read; each becomes a text column with its name in lower case."""
FEW_FORMATS = 16

NO_GENOTYPE = "no genotype (GT) for this sample"
UNREADABLE = "genotype cannot be read"
UNKNOWN_ALLELE = "genotype names an allele that the record does not have"

_COUNTS = {
    "dp": "depths (DP)",
    "gq": "genotype qualities (GQ)",
    "min_dp": "block depths (MIN_DP)",
    "gqx": "genotype qualities (GQX)",
    "len": "block lengths (LEN)",
}


def with_fields(frame: pl.DataFrame) -> pl.DataFrame:
    """Add one text column per key of `FIELDS`, null where the record has none; rows may change their order.

    FORMAT differs from row to row: each distinct one is cut at its own places.
    """
    form = one_value(frame.get_column("format"))
    if form is not None:
        return frame.with_columns(_cut(form))
    formats = frame.get_column("format").unique()
    if len(formats) > FEW_FORMATS:
        return _with_any_format(frame, formats.to_list())
    parts = frame.partition_by("format")
    return pl.concat([part.with_columns(_cut(part.get_column("format")[0])) for part in parts], rechunk=True)


def with_calls(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the columns of `GENOTYPE_SCHEMA`; records without a usable genotype come second, with their `reason`."""
    gts = frame.get_column("gt").drop_nulls().unique().to_list()
    called = frame.join(genotype_table(gts), on="gt", how="left", maintain_order="left")
    reason = (
        pl.when(pl.col("gt").is_null())
        .then(pl.lit(NO_GENOTYPE))
        .when(pl.col("ploidy").is_null())
        .then(pl.lit(UNREADABLE))
        .otherwise(pl.lit(UNKNOWN_ALLELE))
    )
    return parted(called, pl.col("highest") <= pl.col("alleles").cast(pl.Int64), reason)


def with_numbers(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Read the counts of `_COUNTS` and `qual` as numbers; give also how many could not be read, by a warning's words.

    What is no number, or none that its column can hold, becomes null. A fraction of a count is rounded down: some
    callers write GQ with decimals although VCF says Integer.
    """
    read = frame.with_columns(
        *(pl.col(name).cast(pl.UInt32, strict=False).alias(f"{name}_number") for name in _COUNTS),
        qual_number=pl.col("qual").cast(pl.Float64, strict=False),
    )
    odd = _unread(read)
    if any(odd[name] for name in _COUNTS):
        floors = {name: pl.col(name).cast(pl.Float64, strict=False).floor() for name in _COUNTS}
        read = read.with_columns(
            pl.coalesce(f"{name}_number", floor.cast(pl.UInt32, strict=False)).alias(f"{name}_number")
            for name, floor in floors.items()
        )
        odd = _unread(read)
    words = {"qual": "values of QUAL are no number and were left empty"}
    words |= {
        name: f"{said} are no number from 0 to 4,294,967,295 and were left empty" for name, said in _COUNTS.items()
    }
    return read, {words[name]: number for name, number in odd.items()}


def _unread(frame: pl.DataFrame) -> dict[str, int]:
    counted = frame.select(
        (pl.col(f"{name}_number").is_null() & (pl.col(name) != ".")).sum().alias(name) for name in (*_COUNTS, "qual")
    )
    return counted.row(0, named=True)


def _cut(form: str) -> list[pl.Expr]:
    keys = form.split(":")
    places = {key: keys.index(key) for key in FIELDS if key in keys}
    parts = pl.col("sample").str.splitn(":", max(places.values(), default=0) + 2)
    return [
        (parts.struct.field(f"field_{places[key]}") if key in places else pl.lit(None, pl.String)).alias(key.lower())
        for key in FIELDS
    ]


def _with_any_format(frame: pl.DataFrame, formats: list[str]) -> pl.DataFrame:
    keys = [form.split(":") for form in formats]
    places = {f"at_{key}": [form.index(key) if key in form else None for form in keys] for key in FIELDS}
    table = pl.DataFrame(
        {"format": formats, **places}, schema={"format": pl.String} | dict.fromkeys(places, pl.UInt32)
    )
    parts = pl.col("sample").str.split(":")
    return (
        frame.join(table, on="format", how="left", maintain_order="left")
        .with_columns(parts.list.get(pl.col(f"at_{key}"), null_on_oob=True).alias(key.lower()) for key in FIELDS)
        .drop(places)
    )
