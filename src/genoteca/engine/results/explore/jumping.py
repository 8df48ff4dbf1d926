"""Where a row stands in a view: by its place in the genome, a gene or an rsID."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from genoteca.engine.results.explore.building import POSITION_BITS
from genoteca.engine.results.explore.orders import Rows
from genoteca.engine.results.explore.rsids import is_rsid
from genoteca.engine.results.explore.table import View, WideTable
from genoteca.model.build import CHROMOSOMES, RANK
from genoteca.model.filter import All, Any_, Condition, Filter, Operator

__all__ = ["Jump", "jump"]

_PLACE = re.compile(r"(?i)^(?:chr)?(\d{1,2}|X|Y|M|MT)(?::([\d,.]+)(?:\s*(?:-|–|\.\.)\s*([\d,.]+))?)?$")
_VARIANT = re.compile(r"(?i)^(?:chr)?(\d{1,2}|X|Y|M|MT)[-:]([\d,]+)[-:]([ACGTN]+)[->:]([ACGTN]+)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Jump:
    """Where something stands in a view."""

    kind: Literal["place", "variant", "rsid", "gene"]
    words: str
    """`19:44,908,684`, `rs429358`, `APOE`: what was understood."""
    index: int | None
    """Where in the view it stands, from 0; None: nothing of it is shown."""
    found: bool
    """Whether it is that row; else the row is the next one after the place."""
    where: Filter | None
    """Shows its rows alone."""


def jump(table: WideTable, view: View, wanted: str) -> Jump:
    """Find a gene, an rsID, a place, a region or a variant (`19-44908684-T-C`) among the rows of a view."""
    text = wanted.strip()
    if match := _VARIANT.match(text):
        chrom, pos = _chromosome(match[1]), _number(match[2])
        if chrom:
            return _variant(table, view, chrom, pos, match[3].upper(), match[4].upper())
    if match := _PLACE.match(text):
        chrom = _chromosome(match[1])
        if chrom:
            return _region(table, view, chrom, match[2], match[3])
    return _rsid(table, view, text.lower()) if is_rsid(text) else _gene(table, view, text)


def _variant(table: WideTable, view: View, chrom: str, pos: int, ref: str, alt: str) -> Jump:
    where = _all(_is("chrom", chrom), _is("pos", pos), _is("ref", ref), _is("alt", alt))
    index = _first(table, view, where)
    words = f"{chrom}:{pos:,} {ref}>{alt}"
    next_one = _next(table, view, chrom, pos) if index is None else index
    return Jump(kind="variant", words=words, index=next_one, found=index is not None, where=where)


def _region(table: WideTable, view: View, chrom: str, first: str | None, last: str | None) -> Jump:
    start = _number(first) if first else 0
    end = _number(last) if last else None
    parts = [_is("chrom", chrom)]
    if first:
        parts.append(Condition(column="pos", op=Operator.AT_LEAST, value=start) if end else _is("pos", start))
    if end:
        parts.append(Condition(column="pos", op=Operator.AT_MOST, value=end))
    where = _all(*parts)
    words = f"chromosome {chrom}" if not first else f"{chrom}:{start:,}" + (f"–{end:,}" if end else "")
    index = _first(table, view, where)
    shown = _next(table, view, chrom, start) if index is None else index
    return Jump(kind="place", words=words, index=shown, found=index is not None, where=where)


def _rsid(table: WideTable, view: View, text: str) -> Jump:
    return _named(table, view, "rsid", text, table.about.identifiers)


def _gene(table: WideTable, view: View, text: str) -> Jump:
    names = [names["gene"] for names in table.about.names.values() if "gene" in names]
    return _named(table, view, "gene", text.upper() if text.islower() else text, names)


def _named(table: WideTable, view: View, kind: Literal["rsid", "gene"], text: str, names: Sequence[str]) -> Jump:
    """Find a name in any case, alone in its cell or among others (`BRCA1;NBR2`), never a part of another."""
    parts = [Condition(column=name, op=Operator.LISTS, value=text) for name in names]
    where = Any_.model_validate({"or": parts}) if parts else None
    index = _first(table, view, where) if where is not None else None
    return Jump(kind=kind, words=text, index=index, found=index is not None, where=where)


def _first(table: WideTable, view: View, where: Filter) -> int | None:
    """Give where the first row that fits a filter stands in a view; None: none is shown."""
    return _standing(table, view, table.find(view, where))


def _next(table: WideTable, view: View, chrom: str, pos: int) -> int | None:
    """Give where the first row at or after a place stands in a view in genome order; None: it is in another order."""
    if view.sort:
        return None
    return _standing(table, view, table.find_after(view, (RANK[chrom] << POSITION_BITS) + pos))


def _standing(table: WideTable, view: View, rows: Rows) -> int | None:
    if not len(rows):
        return None
    shown = table.shown(view)
    if not view.sort and not view.sites:
        return int(np.searchsorted(shown, rows[0]))
    wanted = np.zeros(table.about.total, np.bool_)
    wanted[rows] = True
    return int(wanted[shown].argmax())


def _chromosome(text: str) -> str:
    name = {"M": "MT"}.get(text.upper(), text.upper().lstrip("0"))
    return name if name in CHROMOSOMES else ""


def _number(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else 0


def _is(column: str, value: str | int) -> Condition:
    return Condition(column=column, op=Operator.EQUAL, value=value)


def _all(*parts: Filter) -> Filter:
    return All.model_validate({"and": list(parts)})
