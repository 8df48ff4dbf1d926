"""Which field of INFO is which column: told by the header, for the names differ from release to release.

v2.1.1 writes popmax, male and oth; v3 writes popmax, XY and oth; v4 writes grpmax, XY and remaining, and in the joint
files `_joint` after the first word. What a header does not declare is absent, and said to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from genoteca.sdk import InfoField, ReferenceDataError, SiteHeader

__all__ = ["GROUPS", "Layout", "label_of", "layout_of"]

GROUPS = ("afr", "ami", "amr", "asj", "eas", "fin", "mid", "nfe", "sas", "remaining")
"""Genetic ancestry groups, as v4 names them; `remaining` was `oth`."""

Names = dict[str, tuple[str, ...]]
"""Names of INFO fields by column: the first that a header declares is the one."""

_NUCLEAR: Names = {
    "allele_count": ("AC",),
    "allele_number": ("AN",),
    "frequency": ("AF",),
    "homozygotes": ("nhomalt",),
    "allele_count_xy": ("AC_XY", "AC_male"),
    "allele_number_xy": ("AN_XY", "AN_male"),
    "outside_par": ("non_par", "nonpar"),
    "highest_group": ("grpmax", "popmax"),
    "highest_frequency": ("AF_grpmax", "AF_popmax"),
    "filtering_frequency": ("faf95",),
    "highest_filtering_frequency": ("fafmax_faf95_max", "faf95_popmax"),
    **{f"frequency_{group}": (f"AF_{group}",) for group in GROUPS[:-1]},
    "frequency_remaining": ("AF_remaining", "AF_oth"),
}
_JOINT: Names = {
    column: tuple(re.sub(r"^(AC|AN|AF|nhomalt|faf95)(?=_|$)", r"\1_joint", name) for name in names)
    for column, names in _NUCLEAR.items()
} | {
    "highest_group": ("grpmax_joint",),
    "highest_frequency": ("AF_grpmax_joint",),
    "highest_filtering_frequency": ("fafmax_faf95_max_joint",),
}
_MITOCHONDRIAL: Names = {
    "allele_number": ("AN",),
    "homoplasmic_count": ("AC_hom",),
    "heteroplasmic_count": ("AC_het",),
    "homoplasmic_frequency": ("AF_hom",),
    "heteroplasmic_frequency": ("AF_het",),
    "highest_heteroplasmy": ("max_hl",),
}
_REQUIRED = {
    "nuclear": ("allele_count", "allele_number", "frequency", "homozygotes"),
    "joint": ("allele_count", "allele_number", "frequency", "homozygotes"),
    "mitochondrial": tuple(_MITOCHONDRIAL),
}
_OF_EVERYBODY = frozenset(
    {
        "frequency",
        "highest_frequency",
        "filtering_frequency",
        "highest_filtering_frequency",
        "homoplasmic_frequency",
        "heteroplasmic_frequency",
        "highest_heteroplasmy",
    }
)
"""Rates that need the allele number of everybody."""
_NAMED = re.compile(r"gnomad\.(exomes|genomes|joint)\.[rv](\d+(?:\.\d+)*)\.sites", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The fields of one file."""

    kind: str
    """nuclear, joint or mitochondrial."""
    fields: dict[str, InfoField]
    """By column."""
    numbers: dict[str, InfoField]
    """By column of a rate: how many alleles it is a share of. Where those are none, v4 writes a rate of zero."""
    absent: tuple[str, ...]
    """Columns of which the header declares no field."""

    @property
    def info(self) -> list[InfoField]:
        """What is read of INFO."""
        return list(dict.fromkeys([*self.fields.values(), *self.numbers.values()]))

    def columns(self, rows: pl.DataFrame, label: str) -> pl.DataFrame:
        """Give alleles the columns that the file has; a share of no alleles is unknown, not zero."""
        made = (
            pl.when(pl.col(self.numbers[column].column) > 0).then(field.column).alias(column)
            if column in self.numbers
            else pl.col(field.column).alias(column)
            for column, field in self.fields.items()
        )
        return rows.select(
            *("chrom", "pos", "ref", "alt"),
            pl.col("filter").alias("gnomad_filter"),
            pl.col("id").alias("rsid"),
            *made,
            dataset=pl.lit(label),
        )


def layout_of(header: SiteHeader) -> Layout:
    """Tell how the fields of a file are named.

    Raises:
        ReferenceDataError: it is not one of gnomAD's files of sites.

    """
    kind, named = _kind_of(header)
    found = {column: field for column, names in named.items() if (field := _declared(header, names))}
    missing = [named[column][0] for column in _REQUIRED[kind] if column not in found]
    if missing:
        raise ReferenceDataError(
            f"{header.name} is not gnomAD's list of sites: its header declares no INFO field {', '.join(missing)}.",
            hint="Take a file of gnomAD v2.1.1, v3.1 or v4: gnomad.exomes.v4.1.sites.chr21.vcf.bgz and the like.",
        )
    numbers = {column: number for column, field in found.items() if (number := _number(header, found, column, field))}
    groups = {column for column in found if column.startswith("frequency_") and column not in numbers}
    return Layout(
        kind=kind,
        fields={column: field for column, field in found.items() if column not in groups},
        numbers=numbers,
        absent=tuple(column for column in named if column not in found or column in groups),
    )


def label_of(name: str, kind: str) -> str:
    """Say which data a file is by its name, as `v4.1 exomes`; by the name itself where that does not tell."""
    found = _NAMED.search(name)
    if found is None:
        return name
    return f"v{found[2]} {'mitochondria' if kind == 'mitochondrial' else found[1].lower()}"


def _kind_of(header: SiteHeader) -> tuple[str, Names]:
    if "AC_hom" in header.fields and "AF" not in header.fields:
        return "mitochondrial", _MITOCHONDRIAL
    if "AF_joint" in header.fields and "AF" not in header.fields:
        return "joint", _JOINT
    return "nuclear", _NUCLEAR


def _declared(header: SiteHeader, names: tuple[str, ...]) -> InfoField | None:
    return next((header.fields[name] for name in names if name in header.fields), None)


def _number(header: SiteHeader, found: dict[str, InfoField], column: str, field: InfoField) -> InfoField | None:
    """Give the field that says of how many alleles a rate is a share."""
    if column in _OF_EVERYBODY:
        return found["allele_number"]
    if column.startswith("frequency_"):
        return header.fields.get(field.name.replace("AF", "AN", 1))
    return None
