"""INFO values as their header declares them: one per allele, of their type, percent encoding undone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from genoteca.genome.site_header import NUMBERS, PER_ALLELE, InfoField

__all__ = ["typed_values"]

# The eight characters that VCF encodes: 1.2 of https://samtools.github.io/hts-specs/VCFv4.5.pdf. ClinVar does so in
# VCF 4.1 already.
_ENCODED = {
    "%3A": ":",
    "%3B": ";",
    "%3D": "=",
    "%25": "%",
    "%2C": ",",
    "%0D": "\r",
    "%0A": "\n",
    "%09": "\t",
}


def typed_values(field: InfoField, texts: pl.Series, rows: pl.DataFrame, left_out: Counter[str]) -> pl.Series:
    """Give the values of a field, one per allele.

    `texts`: what every record says, null where it is absent and empty where it stands without a value. `rows`: one
    row per allele: `record`, the index of its text; `allele`, its ALT number; `alleles`, how many ALTs its record
    has. A value that is not what the header declares belongs to nothing that is known: it is null, and counted by its
    words in `left_out`.
    """
    given = texts.gather(rows["record"])
    if field.type == "Flag":
        return given.is_not_null().alias(field.column)
    if field.number in PER_ALLELE:
        given = _of_allele(field, given, rows, left_out)
    silent = given.is_in(["", "."])
    told = given.to_frame("told").select(pl.when(~silent).then("told")).to_series() if silent.any() else given
    made = _number(field, told, left_out) if field.dtype.is_numeric() else _decoded(told)
    return made.alias(field.column)


def _of_allele(field: InfoField, texts: pl.Series, rows: pl.DataFrame, left_out: Counter[str]) -> pl.Series:
    """Give the value of every allele out of its record's list; most lists have one value for one ALT."""
    reference = 1 if field.number == "R" else 0
    several = texts.str.contains(",", literal=True).fill_null(value=False) | (rows["alleles"] + reference > 1)
    place = pl.Series(np.flatnonzero(several.to_numpy()), dtype=pl.UInt32)
    if place.is_empty():
        return texts
    listed = (
        rows[place].select("allele", "alleles", text=texts[place]).with_columns(parts=pl.col("text").str.split(","))
    )
    of_allele = pl.col("parts").list.get(pl.col("allele").cast(pl.Int64) - 1 + reference, null_on_oob=True)
    fits = pl.col("parts").list.len() == pl.col("alleles") + reference
    silent = pl.col("text").is_null() | pl.col("text").is_in(["", "."])
    wrong = listed.filter(~fits & ~silent)
    if len(wrong):
        left_out[f"{field.name}: number of values is not that of the alleles"] += len(wrong)
    return texts.scatter(place, listed.select(pl.when(fits).then(of_allele)).to_series())


def _number(field: InfoField, texts: pl.Series, left_out: Counter[str]) -> pl.Series:
    values = texts.cast(NUMBERS[field.type], strict=False)
    wrong = values.null_count() - texts.null_count()
    if wrong:
        left_out[f"{field.name}: not {'a whole number' if field.type == 'Integer' else 'a number'}"] += wrong
    return values.fill_nan(None) if field.type == "Float" else values


def _decoded(texts: pl.Series) -> pl.Series:
    """Undo the percent encoding; what reads %25 is a percent sign, whatever follows it."""
    if not texts.str.contains("%", literal=True).any():
        return texts
    return texts.str.replace_many(list(_ENCODED), list(_ENCODED.values()), ascii_case_insensitive=True)
