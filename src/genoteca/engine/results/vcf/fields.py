"""The answers of a stretch of records as the text that goes into their INFO."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from genoteca.engine.results.vcf.info import BETWEEN, MORE, SITE_CELLS, SITES, Key, ModuleKeys, encoded
from genoteca.errors import DatasetError
from genoteca.model.column import ColumnType
from genoteca.model.evidence import Evidence

__all__ = ["info_texts"]

_MISSING = "."
_NONE = pl.Schema({"line": pl.UInt32, "info": pl.String})


def info_texts(answers: pl.DataFrame, keys: ModuleKeys, alternates: pl.Series) -> pl.DataFrame:
    """Give `line` and `info` (fields joined by `;`) of every line that has an answer.

    `answers` are sorted by line, the first of an ALT allele before its further ones; `alternates`: of each of them,
    how many ALT alleles its record has.

    Raises:
        DatasetError: an answer names an ALT allele that its record does not have.

    """
    table = answers.with_columns(alternates=alternates)
    beyond = table.filter((pl.col("allele") > pl.col("alternates")) & pl.col("on_alt"))
    if len(beyond):
        line, allele = beyond.row(0, named=True)["line"], beyond.row(0, named=True)["allele"]
        raise DatasetError(
            f"An answer is about ALT allele {allele} of record {line:,}, which has fewer.",
            hint="Read the genome again, and look it up again.",
        )
    about = table.filter("on_alt")
    is_first = pl.struct("line", "allele").is_first_distinct()
    called = ~pl.col("on_alt") & (pl.col("evidence") == Evidence.CALLED.value)
    parts = [
        _per_allele(about.filter(is_first), keys.columns),
        _listed(pl.concat([about.filter(~is_first), table.filter(called)]), keys.listed(MORE), keys.more_cells()),
        _listed(table.filter(~pl.col("on_alt") & ~called), keys.listed(SITES), SITE_CELLS),
    ]
    told = pl.concat([part for part in parts if len(part)] or [pl.DataFrame(schema=_NONE)])
    return told.group_by("line", maintain_order=True).agg(pl.col("info").str.join(";"))


def _per_allele(about: pl.DataFrame, keys: Sequence[Key]) -> pl.DataFrame:
    """Give the fields with a value for every ALT allele; a field that says nothing of any of them is left out."""
    if about.is_empty():
        return pl.DataFrame(schema=_NONE)
    flags = {key.column.name: key.column.type is ColumnType.FLAG for key in keys}
    cells = [_text(name, flag=flag).alias(f"{name}") for name, flag in flags.items()]
    values = about.select(
        "line", "alternates", "allele", *(one.alias(f"={name}") for one, name in zip(cells, flags, strict=True))
    )
    single = pl.col("alternates") == 1
    names = [f"={name}" for name in flags]
    parts = [values.filter(single).select("line", *names), _grid(values.filter(~single), names)]
    fields = [pl.format(f"{key.name}={{}}", name) for key, name in zip(keys, names, strict=True)]
    whole = pl.concat_str(fields, separator=";", ignore_nulls=True)
    return pl.concat(parts).select("line", info=whole).filter(pl.col("info") != "")


def _grid(values: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Give one value per ALT allele, in their order, with a dot where there is none."""
    if values.is_empty():
        return values.select("line", *names)
    every = values.select("line", "alternates").unique()
    every = every.with_columns(allele=pl.int_ranges(1, pl.col("alternates") + 1, dtype=pl.UInt32)).explode("allele")
    grid = every.join(values.drop("alternates"), on=["line", "allele"], how="left").sort("line", "allele")
    lists = [
        pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).fill_null(_MISSING).str.join(",")).alias(name)
        for name in names
    ]
    return grid.group_by("line", maintain_order=True).agg(*lists)


def _listed(answers: pl.DataFrame, field: str, cells: Sequence[str]) -> pl.DataFrame:
    """Give answers as the values of one field, each with its cells side by side."""
    if answers.is_empty():
        return pl.DataFrame(schema=_NONE)
    flags = {name for name in cells if answers.schema[name] == pl.Boolean}
    texts = [_text(name, flag=name in flags).fill_null(_MISSING) for name in cells]
    told = answers.select("line", cell=pl.concat_str(texts, separator=BETWEEN))
    lines = told.group_by("line", maintain_order=True).agg(pl.col("cell").str.join(","))
    return lines.select("line", info=pl.format(f"{field}={{}}", "cell"))


def _text(name: str, *, flag: bool) -> pl.Expr:
    plain = pl.col(name)
    return encoded((plain.cast(pl.UInt8) if flag else plain).cast(pl.String))
