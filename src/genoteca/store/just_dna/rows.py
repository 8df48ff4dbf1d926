"""The rows of a just-dna module, of whichever format: one shape, everything odd set aside with its reason."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from genoteca.errors import InputError
from genoteca.model.build import Build, chromosome
from genoteca.store.just_dna.facts import Facts
from genoteca.store.just_dna.formats import FLAGS, NUMBERS, TEXTS, VARIANTS
from genoteca.store.just_dna.sieve import NUMBER, Aside, Sieve
from genoteca.store.just_dna.texts import text_table

__all__ = ["IDENTITY", "content_of", "on_chromosomes", "read_rows"]

IDENTITY = ("rsid", "chrom", "start", "ref", "alts", "genotype", "variant_key", "locus_count", "min_quality")
RSID = r"^rs[1-9][0-9]{0,14}$"
_TRUE = ("true", "1", "yes")
_FALSE = ("false", "0", "no")


def read_rows(path: Path, facts: Facts, sieve: Sieve) -> tuple[pl.DataFrame, int, list[str]]:
    """Read variants.csv or weights.parquet.

    Gives the rows that can be used so far, how many there were, and the columns that are not read. A row has
    `number`; `rsid`, `chrom`, `start` (Int64, as given), `ref`, `alts` and `genotype` (lists of upper-case alleles),
    each null where it is not given; `variant_key`; and the content: TEXTS, NUMBERS (Float64), FLAGS (true or null).

    Raises:
        InputError: the table cannot be read, or has no column genotype.

    """
    table = text_table(path, sieve)
    read = len(table) + len(sieve.rows())
    if "genotype" not in table.columns or not {"rsid", "chrom"} & set(table.columns):
        raise InputError(
            f"{path.name} has the columns {', '.join(table.columns[1:11])}; expected: genotype, and rsid or chrom.",
            hint="Is this a just-dna module?",
        )
    foreign = [name for name in table.columns if name not in {*_KNOWN, NUMBER}]
    table = table.with_columns(
        pl.lit(None, pl.String).alias(name)
        for name in (*IDENTITY, *TEXTS, *NUMBERS, *FLAGS)
        if name not in table.columns
    )
    table = _typed(table, sieve)
    table = _alleles(table.with_columns(_defaults(facts) if path.name == VARIANTS else []), sieve)
    table = sieve.drop(table, pl.col("min_quality").is_not_null(), Aside.QUALITY)
    return table.drop("min_quality"), read, foreign


def content_of(table: pl.DataFrame) -> list[str]:
    """Name the columns of a table of rows that say something, in their order."""
    return [name for name in (*TEXTS, *NUMBERS, *FLAGS) if name in table.columns]


def on_chromosomes(table: pl.DataFrame, build: Build, sieve: Sieve) -> pl.DataFrame:
    """Fold the chromosomes' names, and set aside what lies on none, or outside of it."""
    folded = {name: chromosome(str(name)) for name in table["chrom"].unique().drop_nulls()}
    known = {name: chrom for name, chrom in folded.items() if chrom}
    table = sieve.drop(table, ~pl.col("chrom").is_in(list(known)), Aside.CHROMOSOME)
    table = table.with_columns(pl.col("chrom").replace(known))
    length = pl.col("chrom").replace_strict(build.lengths, return_dtype=pl.Int64)
    return sieve.drop(table, ~pl.col("start").is_between(1, length), Aside.OUTSIDE)


_KNOWN = frozenset(
    {*IDENTITY, *TEXTS, *NUMBERS, *FLAGS, "module", "end", "authored_ident", "locus_index", "phased"}
    | {"requires_callable", "callable_from", "quality_from"}
)
"""Columns that are read, or of which nothing would be left to say: the last three ask for evidence, which every
answer has here."""


_TYPES: dict[str, type[pl.DataType]] = {
    "start": pl.Int64,
    "locus_count": pl.Int64,
    "min_quality": pl.Float64,
    **dict.fromkeys(NUMBERS, pl.Float64),
}


def _typed(table: pl.DataFrame, sieve: Sieve) -> pl.DataFrame:
    for name, kind in _TYPES.items():
        table = sieve.drop(table, pl.col(name).is_not_null() & ~_number(name, kind), Aside.CELL)
        table = table.with_columns(pl.col(name).cast(pl.Float64).cast(kind))
    for name in FLAGS:
        text = pl.col(name).str.to_lowercase()
        table = sieve.drop(table, text.is_not_null() & ~text.is_in([*_TRUE, *_FALSE]), Aside.CELL)
        text = pl.col(name).str.to_lowercase()
        table = table.with_columns(pl.when(text.is_in(list(_TRUE))).then(pl.lit(value=True)).alias(name))
    return table.with_columns(
        rsid=pl.when(pl.col("rsid").str.to_lowercase().str.contains(RSID)).then(pl.col("rsid").str.to_lowercase())
    )


def _number(name: str, kind: type[pl.DataType]) -> pl.Expr:
    made = pl.col(name).cast(pl.Float64, strict=False)
    fits = made.is_finite() & (made.abs() < 1e15)
    if kind is pl.Int64:
        fits = fits & (made == made.round())
    return fits.fill_null(value=False)


def _defaults(facts: Facts) -> list[pl.Expr]:
    given = {"curator": facts.curator, "method": facts.method, "priority": facts.priority}
    return [pl.col(name).fill_null(text) for name, text in given.items() if text]


def _alleles(table: pl.DataFrame, sieve: Sieve) -> pl.DataFrame:
    """Make lists of `alts` and `genotype`; compiled, an item of `alts` may hold several joined by | or a comma."""
    table = table.with_columns(
        ref=pl.col("ref").str.to_uppercase(),
        alts=_items("alts", r"[,|/;\s]+"),
        genotype=_items("genotype", r"[/|]"),
    )
    count = pl.col("genotype").list.len()
    empty = pl.col("genotype").list.contains("")
    table = sieve.drop(table, pl.col("genotype").is_null() | ~count.is_between(1, 2) | empty, Aside.GENOTYPE)
    items = pl.col("alts").list.eval(pl.element().filter(pl.element() != ""))
    return table.with_columns(alts=items).with_columns(alts=pl.when(pl.col("alts").list.len() > 0).then("alts"))


def _items(name: str, separators: str) -> pl.Expr:
    return pl.col(name).str.to_uppercase().str.replace_all(separators, ",").str.split(",")
