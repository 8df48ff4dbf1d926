"""The columns of a file: their names, labels and types, and which are kept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from genoteca.errors import InputError
from genoteca.model.column import ANNOTATIONS, LIFTED, VARIANTS, ColumnType
from genoteca.sdk.own_table.kinds import kind_of_cells, parted, said
from genoteca.sdk.own_table.seen import SeenColumn
from genoteca.sdk.own_table.told import KeptColumn

__all__ = ["MOST_KEPT", "named_column", "plain_names", "seen_columns", "with_choice"]

MOST_KEPT = 60
"""Columns kept of a file with more, until the user chooses."""
EXAMPLES = 3

DBSNP = "https://www.ncbi.nlm.nih.gov/snp/?term={}"

_TAKEN = {column.name for column in (*ANNOTATIONS, *LIFTED, *VARIANTS)} | {
    "infer", "always", "start", "end", "gate", "caution", "trait", "title", "carried", "copies", "deleted", "on",
    "at", "interval_end", "listed", "own_variant",
    "asserted_by", "doubted", "one_copy", "order_given", "alts", "hit", "exact", "variant", "flipped", "swapped",
    "checked", "from_chrom", "from_pos", "from_ref", "from_alt", "turned", "part", "place",
}  # fmt: skip
"""Names that mean something else in the tables that a reference becomes and is joined with."""


def plain_names(given: Iterable[str]) -> list[str]:
    """Give every column a name as tables have them: small letters, digits and `_`, each once."""
    made: list[str] = []
    for name in given:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50] or "column"
        plain = plain if plain[0].isalpha() else f"c_{plain}"
        plain = f"{plain}_given" if plain in _TAKEN else plain
        again = sum(one == plain or re.fullmatch(rf"{plain}_\d+", one) is not None for one in made)
        made.append(f"{plain}_{again + 1}" if plain in made else plain)
    return made


def named_column(name: str, names: Sequence[str], what: str) -> str:
    """Give a column that the user named, in capital or small letters.

    Raises:
        InputError: the file has no such column; the nearest is named.

    """
    if name in names:
        return name
    alike = [one for one in names if one.lower().lstrip("#") == name.lower().lstrip("#")]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(name, names, n=1)
    raise InputError(
        f"The file has no column {name!r}, which {what} names; it has {', '.join(names[:60])}.",
        title="There is no such column",
        hint=f"Did you mean {near[0]}?" if near else "Take one of the columns of the file.",
    )


def seen_columns(
    rows: pl.DataFrame, roles: Mapping[str, str], missing: frozenset[str], *, beside: Iterable[str] = ()
) -> tuple[SeenColumn, ...]:
    """Give every column of a table by its first rows (text); those in `roles` are not kept unless in `beside`."""
    alt = next((name for name, role in roles.items() if role == "alt"), None)
    beside = set(beside)
    made = []
    for source, name in zip(rows.columns, plain_names(rows.columns), strict=True):
        cells = said(_cells(rows, source, alt), missing)
        kind = ColumnType.TEXT if source in beside else kind_of_cells(source, cells)
        rsids = kind is ColumnType.TEXT and len(cells) > 0 and cells.str.contains(r"^rs\d+$").all()
        made.append(
            SeenColumn(
                source=source,
                name=name,
                label=source.lstrip("#").replace("_", " ").strip() or source,
                type=ColumnType.LINK if rsids else kind,
                link=DBSNP if rsids else "",
                description=f"What the file says under {source}.",
                examples=tuple(cells.unique(maintain_order=True).head(EXAMPLES)),
                role=roles.get(source, ""),
                kept=source not in roles or source in beside,
            )
        )
    return tuple(made)


def _cells(rows: pl.DataFrame, name: str, alt: str | None) -> pl.Series:
    """Give the cells of a column, parted with the row's ALTs where that makes numbers of them."""
    if alt is None or alt == name:
        return rows[name]
    listed = pl.col(alt).fill_null("").str.replace_all(r"[|;]", ",").str.split(",")
    several = rows.select(name, _alts=listed).filter(pl.col("_alts").list.len() > 1)
    if several.is_empty():
        return rows[name]
    whole = rows.select(name, _alts=listed).with_columns(_allele=pl.int_ranges(0, pl.col("_alts").list.len()))
    parts = whole.explode("_allele").select(parted(name)).to_series()
    bare = parts.drop_nulls()
    numeric = bare.filter(bare.cast(pl.Float64, strict=False).is_null()).n_unique() <= EXAMPLES
    return parts if numeric else rows[name]


def with_choice(columns: tuple[SeenColumn, ...], chosen: tuple[KeptColumn, ...] | None) -> tuple[SeenColumn, ...]:
    """Keep the columns that the user chose, in that order and under those words; the others follow, not kept.

    Raises:
        InputError: the file has no such column.

    """
    if chosen is None:
        kept = [column.source for column in columns if column.kept][MOST_KEPT:]
        return tuple(one.model_copy(update={"kept": False}) if one.source in kept else one for one in columns)
    by_source = {column.source: column for column in columns}
    names = list(by_source)
    first = {named_column(one.column, names, "the list of columns"): one for one in chosen}
    made = [_chosen(by_source[source], said_of) for source, said_of in first.items()]
    rest = [one.model_copy(update={"kept": False}) for one in columns if one.source not in first]
    return (*made, *rest)


def _chosen(column: SeenColumn, said_of: KeptColumn) -> SeenColumn:
    kind = said_of.type or column.type
    told = {"label": said_of.label or column.label, "type": kind, "kept": True}
    return column.model_copy(update=told if kind is ColumnType.LINK else told | {"link": ""})
