"""What the author has said of a table so far; whatever is not said is found out from it, or asked for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from genoteca.model.build import Build
from genoteca.sdk.own_table.told import KeptColumn
from genoteca.sdk.table_spec import TableKind

__all__ = ["LICENCES", "MARK", "PLACE_ROLES", "ROLES_OF_KIND", "Draft"]

MARK = "made in the app"
"""Tag of every module that was made of a table here."""
PLACE_ROLES = ("chrom", "pos", "ref", "alt", "start", "end")
ROLES_OF_KIND = {
    TableKind.GENOTYPES: ("chrom", "pos", "ref", "alt", "genotype", "rsid", "strand", "pmids"),
    TableKind.ALLELES: ("chrom", "pos", "ref", "alt", "rsid", "pmids"),
    TableKind.REGIONS: ("chrom", "start", "end", "pmids"),
}
"""What a column may be, by the kind of the table."""

LICENCES = {
    "CC0-1.0": "Public domain: anyone may use it for anything",
    "CC-BY-4.0": "Anyone may use it who names the author",
    "CC-BY-NC-4.0": "Anyone may use it who names the author, not for business",
    "LicenseRef-not-stated": "Not stated: for myself",
}
"""Licences of the data that the form offers, by their SPDX name."""


class Draft(BaseModel):
    """A data module in the making. Empty: not said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = ""
    """The table: a file on this computer."""
    sheet: str = ""
    """Of a workbook; empty: its first."""
    kind: TableKind | None = None
    build: Build | None = None
    roles: dict[str, str] = {}
    """Columns of the file by role; "-": none, whatever its columns are called."""
    columns: tuple[KeptColumn, ...] | None = None
    """What the module says of a row; None: every column that has no role."""
    id: str = ""
    title: str = ""
    summary: str = ""
    author: str = ""
    category: str = "Traits"
    licence: str = "LicenseRef-not-stated"
    source_name: str = ""
    source_url: str = ""
    citation: str = ""
    arrays: bool = False
    """Whether it may be asked of data of arrays (23andMe, AncestryDNA)."""
    infer: bool = False
    """Whether a whole genome's silence near a site may be read as the reference."""
