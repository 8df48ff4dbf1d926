"""The rows of stored tables that speak of one variant. Row groups without it are not read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.annotate.calls import carried_mitochondrial
from genoteca.engine.results.about import about_variant
from genoteca.errors import InputError
from genoteca.genome.key import position_bounds
from genoteca.genome.schema import CHROM
from genoteca.model.variant import VariantName

__all__ = [
    "answers_about",
    "answers_touching",
    "calls_at",
    "carried_rows",
    "lifted_from_own",
    "named_by_key",
    "speaks_of",
    "tells_of_variants",
]

Row = dict[str, Any]
MOST = 1000
"""Answers of one module about one variant: a guard, far above what any has."""


def calls_at(variants: Path, chrom: str, pos: int) -> list[Row]:
    """Give the rows of a variants table at a position, each with `row`, its number there."""
    low, high = position_bounds(chrom, pos, pos)
    scan = pl.scan_parquet(variants, row_index_name="row").filter(pl.col("key").is_between(low, high))
    return _plain(scan)


def carried_rows(calls: Collection[Row]) -> set[int]:
    """Tell which rows of a variants table are carried, by `row`: on MT by the fraction, as copies mean nothing."""
    nuclear = {row["row"] for row in calls if row["chrom"] != "MT" and row["dosage"]}
    mitochondrial = [row for row in calls if row["chrom"] == "MT"]
    if not mitochondrial:
        return nuclear
    names = ("line", "alt", "genotype", "allele_fraction")
    schema = {"line": pl.UInt32, "alt": pl.String, "genotype": pl.String, "allele_fraction": pl.Float64}
    frame = pl.DataFrame([{name: row[name] for name in names} for row in mitochondrial], schema=schema)
    carried = carried_mitochondrial(frame)
    return nuclear | {row["row"] for row, is_carried in zip(mitochondrial, carried, strict=True) if is_carried}


def lifted_from_own(lifted: Path, chrom: str, pos: int, ref: str | None, alt: str | None) -> Row | None:
    """Give `chrom`, `pos`, `ref` and `alt` of a lifted variant in its genome's own build.

    Null alleles ask for the place alone. None: no variant was lifted there.
    """
    low, high = position_bounds(chrom, pos, pos)
    here = pl.col("key").is_between(low, high) & (pl.col("chrom").cast(pl.String) == chrom) & (pl.col("pos") == pos)
    if ref is not None and alt is not None:
        here &= (pl.col("ref") == ref) & (pl.col("alt") == alt)
    own = [pl.col(f"from_{name}").alias(name) for name in ("chrom", "pos", "ref", "alt")]
    found = _plain(pl.scan_parquet(lifted).filter(here).select(own).head(1))
    if not found or alt is not None:
        return found[0] if found else None
    return {**found[0], "ref": None, "alt": None}


def named_by_key(table: Path, key: int) -> VariantName | None:
    """Find the variant of a key in a table with `key`, `chrom`, `pos`, `ref` and `alt`; None: it is not in it.

    Raises:
        InputError: several long alleles have this key (theirs is a hash).

    """
    names = ("chrom", "pos", "ref", "alt")
    scan = pl.scan_parquet(table).filter(pl.col("key") == key).select(*names)
    found = scan.filter(pl.col("ref").is_not_null()).unique().collect()
    if len(found) > 1:
        raise InputError(
            f"{len(found)} variants share the key {key}: long alleles are named by a hash.",
            title="This does not name one variant",
            hint="Open the variant from the table that it stands in.",
        )
    return VariantName(**{name: found[name].cast(pl.String)[0] for name in names}) if len(found) else None


def answers_about(table: Path, name: VariantName, rows: Collection[int]) -> list[Row]:
    """Give a module's answers about a variant, each with `_row`, its number in the table.

    Those are the answers of the same alleles, those that the variant's rows of the sample's table carry, and those
    about the position as a whole. An answer of another allele or place that was only found by such a row is none.
    """
    return [row for row, about in _touching(table, name, rows) if about or speaks_of(row, name)]


def answers_touching(table: Path, name: VariantName, rows: Collection[int]) -> list[Row]:
    """Give the answers that a variant's genotype tells of, also those that speak of another allele it was found by.

    Each has `_row`, its number in the table.
    """
    return [row for row, _ in _touching(table, name, rows)]


def _touching(table: Path, name: VariantName, rows: Collection[int]) -> list[tuple[Row, bool]]:
    """Give the answers at the variant or found by its rows, and whether each is of what one of those rows carries."""
    here = (pl.col("chrom").cast(CHROM) == pl.lit(name.chrom, CHROM)) & (pl.col("pos") == name.pos)
    own = pl.col("row").is_in(list(rows)).fill_null(value=False)
    scan = pl.scan_parquet(table, row_index_name="_row")
    about = own & about_variant(scan.collect_schema().names())
    found = _plain(scan.filter(here | own).head(MOST).with_columns(_about=about))
    told = [(row, bool(row.pop("_about"))) for row in found]
    return [(row, about) for row, about in told if row["row"] in rows or speaks_of(row, name)]


def speaks_of(row: Row, name: VariantName) -> bool:
    """Tell whether an answer at the variant's place is about its allele, or about the place as a whole."""
    if row["chrom"] != name.chrom or row["pos"] != name.pos:
        return False
    if row["ref"] is None:  # of a stretch that begins here, or of the whole chromosome
        return False
    if not name.known or row["alt"] is None:
        return True
    return bool(row["ref"] == name.ref and set(row["alt"].split(",")) & set(name.alts))


def tells_of_variants(table: Path) -> bool:
    """Tell whether any answer of a table is about a variant or an allele, not about a stretch or a chromosome."""
    told = pl.col("row").is_not_null() | pl.col("alt").is_not_null()
    return bool(len(pl.scan_parquet(table).filter(told).select("row").head(1).collect()))


def _plain(scan: pl.LazyFrame) -> list[Row]:
    found = scan.collect()
    enums = [column for column, kind in found.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    return found.with_columns(pl.col(enums).cast(pl.String)).to_dicts()
