"""INFO by the rules of VCF 4.3 and later: legal keys, declared fields, values with their special characters encoded.

Sections 1.2, 1.4.2 and 1.6.1 of https://samtools.github.io/hts-specs/VCFv4.3.pdf.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from genoteca.model.column import ANNOTATIONS, Column, ColumnType
from genoteca.model.module import fold

__all__ = [
    "BETWEEN",
    "MORE",
    "SITES",
    "SITE_CELLS",
    "InfoType",
    "Key",
    "ModuleKeys",
    "encoded",
    "header_text",
    "keys_of",
]

BETWEEN = "|"
"""Between the cells of a listed answer; within a value it is encoded."""
MORE = "MORE"
SITES = "SITES"
"""Endings of the keys for answers that are no value of an ALT allele; columns are lower case, so none has them."""
BESIDE = ("evidence", "match", "genotype", "dosage", "filtered")
"""What every module's answers say, beside its own columns."""
SITE_CELLS = ("evidence", "pos", "ref", "alt", "genotype", "filtered")

_SPECIAL = [*map(chr, range(0x21)), "\x7f", *'%,:;=|"']
_ENCODED = [f"%{ord(one):02X}" for one in _SPECIAL]
_MISSING = "."
ENCODED = "Percent-encoded as in VCF 4.3."


class InfoType(StrEnum):
    """The Type of an INFO field."""

    INTEGER = "Integer"
    FLOAT = "Float"
    STRING = "String"


_TYPES = {
    ColumnType.INTEGER: InfoType.INTEGER,
    ColumnType.POSITION: InfoType.INTEGER,
    ColumnType.COUNT: InfoType.INTEGER,
    ColumnType.STARS: InfoType.INTEGER,
    ColumnType.FLAG: InfoType.INTEGER,
    ColumnType.NUMBER: InfoType.FLOAT,
    ColumnType.FREQUENCY: InfoType.FLOAT,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One INFO field: a column of a module, a value for every ALT allele (Number=A)."""

    name: str
    column: Column
    type: InfoType

    def line(self, source: str, version: str) -> str:
        """Give its line in the header."""
        column = self.column
        told = [f"{column.label}.", column.description]
        if column.type is ColumnType.FLAG:
            told.append("1: yes, 0: no.")
        if column.unit:
            told.append(f"In {column.unit}.")
        if column.null:
            told.append(f"Missing: {column.null}.")
        if self.type is InfoType.STRING:
            told.append(ENCODED)
        return _line(self.name, "A", self.type, " ".join(filter(None, told)), source, version)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleKeys:
    """The INFO fields of one module."""

    prefix: str
    columns: Sequence[Key]

    def listed(self, ending: str) -> str:
        """Give the key of a field that lists answers."""
        return f"{self.prefix}_{ending}"

    def more_cells(self) -> list[str]:
        """Give the columns that an answer listed under `MORE` has."""
        return ["allele", "pos", "ref", "alt", *(key.column.name for key in self.columns)]

    def names(self) -> set[str]:
        """Give every key."""
        return {self.listed(MORE), self.listed(SITES), *(key.name for key in self.columns)}

    def lines(self, source: str, version: str) -> list[str]:
        """Give their lines in the header."""
        cells = BETWEEN.join(self.more_cells())
        more = (
            "Answers about what is carried here that no value of one ALT allele can hold: second and later ones "
            f"about an allele, and those where a lift swapped REF and ALT. Each as {cells} (alleles and place of the "
            f"module's site). {ENCODED}"
        )
        sites = (
            "Sites of the module that this record answers without carrying their allele. Each as "
            f"{BETWEEN.join(SITE_CELLS)} (alleles and place of the module's site). {ENCODED}"
        )
        return [
            *(key.line(source, version) for key in self.columns),
            _line(self.listed(MORE), ".", InfoType.STRING, more, source, version),
            _line(self.listed(SITES), ".", InfoType.STRING, sites, source, version),
        ]


def keys_of(
    module_id: str, columns: Sequence[Column], *, taken: Collection[str], large: Collection[str]
) -> ModuleKeys:
    """Give the fields of a module: what every answer says, then its own columns; all that begins with its prefix.

    `taken`: keys that are there already; `large`: columns with a whole number that VCF's 32 bits do not hold, which
    are texts.
    """
    beside = sorted((one for one in ANNOTATIONS if one.name in BESIDE), key=lambda one: BESIDE.index(one.name))
    shown = [*beside, *(one for one in columns if one.type not in (ColumnType.BYTES, ColumnType.KEY))]
    prefix = _free_prefix(module_id, [one.name for one in shown], taken)
    return ModuleKeys(
        prefix=prefix,
        columns=[
            Key(
                name=f"{prefix}_{one.name}",
                column=one,
                type=InfoType.STRING if one.name in large else _TYPES.get(one.type, InfoType.STRING),
            )
            for one in shown
        ],
    )


def _free_prefix(module_id: str, names: Sequence[str], taken: Collection[str]) -> str:
    """Give the module's id with `_` for `-`, and a number where that meets a key taken before.

    A file that was exported once and read again has the fields of that export: they stay what they were.
    """
    plain = fold(module_id)
    prefix, number = plain, 1
    while any(f"{prefix}_{name}" in taken for name in (MORE, SITES, *names)):
        number += 1
        prefix = f"{plain}_{number}"
    return prefix


def _line(name: str, number: str, kind: InfoType, told: str, source: str, version: str) -> str:
    return (
        f'##INFO=<ID={name},Number={number},Type={kind},Description="{header_text(told)}",'
        f'Source="{header_text(source)}",Version="{header_text(version)}">'
    )


def header_text(text: str) -> str:
    """Give a text as it stands between the quotes of a header line."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def encoded(values: pl.Expr) -> pl.Expr:
    """Encode texts as INFO values; an empty text is missing, and a lone dot is a text."""
    texts = values.str.replace_many(_SPECIAL, _ENCODED)
    return pl.when(texts == "").then(None).when(texts == _MISSING).then(pl.lit("%2E")).otherwise(texts)
