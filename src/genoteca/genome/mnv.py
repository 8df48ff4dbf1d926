"""Exchanges of several bases (MNVs) taken apart into the single bases that differ.

As `bcftools norm --atomize` does (https://samtools.github.io/bcftools/bcftools.html#norm), for REF and ALT of one
length; insertions and deletions stay whole.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from genoteca.genome.alleles import trim
from genoteca.genome.key import with_keys

__all__ = ["UNCHANGED_SCHEMA", "Decomposed", "decomposed", "sliced_genotype"]

_LENGTH = pl.col("ref").str.len_bytes()
_LONG = (_LENGTH > 1) & (pl.col("alt").str.len_bytes() == _LENGTH)
_ONE = ("line", "pos", "ref", "alt")
"""What makes two rows the same allele of one record."""


UNCHANGED_SCHEMA = pl.Schema({"line": pl.UInt32(), "pos": pl.UInt32(), "ref": pl.String()})


class Decomposed(NamedTuple):
    """Variant rows without MNVs, and the bases in between that are the reference's in every allele of the genotype.

    `unchanged`: one row per such base (`UNCHANGED_SCHEMA`): no variant tells of it any more, the record still does.
    """

    rows: pl.DataFrame
    unchanged: pl.DataFrame


def decomposed(rows: pl.DataFrame) -> Decomposed:
    """Give one row per differing base of every MNV; other rows stay. The key is made anew, the order is not kept.

    `rows` are variants, trimmed, upper case, with `chrom`, `pos`, `ref`, `alt`, `key`, `genotype`, `copies`,
    `allele_depth`, `allele_fraction`, `line` and `allele`, and with `record_pos` and `record_ref` of the record as
    the file has it; those two are taken away. A base that two alleles of one record have is one row with the copies,
    depths and fractions of both.
    """
    long = rows.filter(_LONG)
    if long.is_empty():
        return Decomposed(rows.drop("record_pos", "record_ref"), pl.DataFrame(schema=UNCHANGED_SCHEMA))
    bases = _bases(long)
    pieces = bases.filter(pl.col("ref") != pl.col("alt"))
    beside = rows.filter(~_LONG)
    near = pl.col("line").is_in(long.get_column("line").unique().implode())
    joined = _summed(pl.concat([pieces, beside.filter(near).select(pieces.columns)]))
    made = with_keys(joined).select(rows.columns)
    return Decomposed(pl.concat([made, beside.filter(~near)]).drop("record_pos", "record_ref"), _unchanged(bases))


def _unchanged(bases: pl.DataFrame) -> pl.DataFrame:
    alleles = pl.col("genotype").str.replace_all("|", "/", literal=True).str.split("/")
    same = (alleles.list.unique().list.len() == 1) & (alleles.list.first() == pl.col("ref"))
    return bases.filter(same).select(pl.col(name).cast(kind) for name, kind in UNCHANGED_SCHEMA.items()).unique()


def _bases(long: pl.DataFrame) -> pl.DataFrame:
    """Give every base as a row, with the genotype at this base."""
    at = pl.int_ranges(0, _LENGTH, dtype=pl.UInt32)
    spread = long.with_columns(at=at).explode("at")
    base = [pl.col(name).str.slice(pl.col("at"), 1) for name in ("ref", "alt")]
    bases = spread.with_columns(*base, pos=pl.col("pos") + pl.col("at"))
    told = bases.select("record_ref", "genotype", offset=pl.col("pos") - pl.col("record_pos"))
    genotypes = [None if one[1] is None else sliced_genotype(*one) for one in told.iter_rows()]
    return bases.drop("at").with_columns(pl.Series("genotype", genotypes, dtype=pl.String))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """Join equal alleles of one record; a depth or fraction that one of them does not tell is not told."""
    own = {name: _sum(name) for name in ("copies", "allele_depth")}
    fraction = _sum("allele_fraction").clip(0, 1)
    rest = [name for name in rows.columns if name not in (*_ONE, *own, "allele_fraction")]
    return rows.group_by(_ONE, maintain_order=True).agg(
        *(pl.col(name).first() for name in rest),
        *(total.cast(rows.schema[name]).alias(name) for name, total in own.items()),
        fraction.alias("allele_fraction"),
    )


def _sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum())


@lru_cache(maxsize=4096)
def sliced_genotype(ref: str, genotype: str, offset: int) -> str:
    """Give the genotype of a record at one of its bases; `offset` counts from 0, `ref` is the record's REF.

    `*` where an allele takes the base out, `?` where it is not told; what is no sequence stays as it is.
    """
    mark = "|" if "|" in genotype else "/"
    return mark.join(_base(ref, allele, offset) for allele in genotype.split(mark))


def _base(ref: str, allele: str, offset: int) -> str:
    if not allele.isalpha():
        return allele
    start, old, new = trim(0, ref, allele)
    at = offset - start
    if not 0 <= at < len(old) or (at == 0 and old[0] == new[0]):
        return ref[offset]
    if len(old) == len(new):
        return new[at]
    return "*" if len(new) == 1 and old[0] == new[0] else "?"
