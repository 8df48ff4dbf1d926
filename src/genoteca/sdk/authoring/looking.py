"""Looking at a table that is to become a module: what its columns are, and what must still be said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, LIFTED, ColumnType
from genoteca.sdk.authoring.draft import PLACE_ROLES, ROLES_OF_KIND, Draft
from genoteca.sdk.authoring.sheet import is_workbook, sheet_as_text, sheets_of
from genoteca.sdk.own_table.columns import DBSNP, named_column
from genoteca.sdk.own_table.head import FileKind
from genoteca.sdk.own_table.look import look_at_table
from genoteca.sdk.own_table.seen import SeenColumn, TableLook
from genoteca.sdk.own_table.told import TableMatch, columns_setting
from genoteca.sdk.table_spec import TableKind

__all__ = ["DraftLook", "look_at_draft", "table_file"]

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/{}/"

NONE = "-"
"""Says of a role that no column has it."""

_ALIKE = {
    "genotype": ("genotype", "gt", "genotypes", "geno"),
    "rsid": ("rsid", "rs", "snp", "dbsnp", "rsnumber", "snpid", "marker", "variantid"),
    "strand": ("strand", "orientation"),
    "pmids": ("pmid", "pmids", "pubmed", "pubmedid", "pubmedids", "papers"),
}
_TAKEN = {column.name for column in (*ANNOTATIONS, *LIFTED)} | {
    "infer", "always", "strand", "build", "checked", "line", "described", "start", "end", "members", "opt_in",
    "combination", "gate",
}  # fmt: skip
"""Names that mean something of their own in the tables of a data module."""


class DraftLook(BaseModel):
    """A table as it would become a module."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: TableKind
    table: TableLook
    """The columns that are kept are those of the module; `places` say where a row lies, by build."""
    sheets: tuple[str, ...] = ()
    """Of a workbook; none: it is no workbook."""
    roles: dict[str, str]
    """Columns by role, of the first build."""
    missing: tuple[str, ...] = ()
    """What must be said before rows can be checked."""

    @property
    def builds(self) -> tuple[Build, ...]:
        """Give the builds that the table has places in."""
        return self.table.builds

    @property
    def kept(self) -> tuple[SeenColumn, ...]:
        """Give the columns that the module will have."""
        return self.table.kept


def table_file(draft: Draft, scratch: Path) -> Path:
    """Give the draft's table as a file of text; a workbook's sheet is written into `scratch`.

    Raises:
        InputError: there is no such file, or the workbook cannot be read.

    """
    path = Path(draft.source).expanduser()
    if not path.is_file():
        raise InputError(f"There is no file {path}.", hint="Choose an Excel, CSV, TSV, BED or Parquet file.")
    if not is_workbook(path):
        return path
    target = scratch / f"{path.stem}.tsv"
    sheet_as_text(path, draft.sheet, target)
    return target


def look_at_draft(draft: Draft, scratch: Path) -> DraftLook:
    """Look at the beginning of the draft's table.

    Raises:
        InputError: no such file, no table in it, or a column that it does not have.
        GenomeFileError: it is damaged.

    """
    path = table_file(draft, scratch)
    table = look_at_table(path, _settings(draft))
    if table.kind is FileKind.VCF:
        raise InputError(
            f"{path.name} is a VCF: it is used as it is.",
            title="This is a genome's or a reference's file",
            hint="Add it under Genomes, or set up the module My reference with it.",
        )
    extra = {role: column for role in _ALIKE if (column := _column(role, draft, table.names))}
    kind = draft.kind or _kind(table, extra)
    wanted = ROLES_OF_KIND[kind]
    place = {role: column for role, column in table.place.items() if role in wanted}
    roles = {role: column for role, column in (place | extra).items() if role in wanted}
    told = table.model_copy(update={"columns": _columns(table, roles, table.places), "file": Path(draft.source).name})
    source = Path(draft.source).expanduser()
    return DraftLook(
        kind=kind,
        table=told,
        sheets=sheets_of(source) if is_workbook(source) else (),
        roles=roles,
        missing=_missing(kind, roles, table, told.kept),
    )


def _settings(draft: Draft) -> Mapping[str, JsonValue]:
    place = {role: column for role, column in draft.roles.items() if role in PLACE_ROLES and column != NONE}
    match = {TableKind.REGIONS: TableMatch.INTERVAL, None: None}.get(draft.kind, TableMatch.ALLELE)
    columns = columns_setting(draft.columns) if draft.columns is not None else ""
    return {
        **place,
        "name": Path(draft.source).name,
        "build": str(draft.build) if draft.build else "",
        "match": str(match) if match else "",
        "columns": columns,
    }


def _column(role: str, draft: Draft, names: tuple[str, ...]) -> str:
    told = draft.roles.get(role, "")
    if told == NONE:
        return ""
    if told:
        return named_column(told, names, f"the role {role}")
    return next((name for name in names if re.sub(r"[^a-z0-9]", "", name.lower()) in _ALIKE[role]), "")


def _kind(table: TableLook, extra: Mapping[str, str]) -> TableKind:
    if table.match is TableMatch.INTERVAL:
        return TableKind.REGIONS
    return TableKind.GENOTYPES if "genotype" in extra else TableKind.ALLELES


def _columns(
    table: TableLook, roles: Mapping[str, str], places: Mapping[Build, Mapping[str, str]]
) -> tuple[SeenColumn, ...]:
    """Give the columns that may be kept: those that say where a row lies, or for whom, are not among them."""
    where = {column for place in places.values() for role, column in place.items() if role in roles}
    where |= {roles[role] for role in (*PLACE_ROLES, "genotype", "strand") if role in roles}
    papers, names = roles.get("pmids"), roles.get("rsid")
    made = []
    for column in table.columns:
        if column.source in where:
            continue
        changed: dict[str, object] = {"name": _own_name(column), "role": ""}
        if column.source == papers:
            changed |= {"name": "pmids", "type": ColumnType.LIST, "link": PUBMED, "label": "Papers"}
        if column.source == names:
            changed |= {"name": "rsid", "type": ColumnType.LINK, "link": DBSNP, "label": "dbSNP"}
        elif column.type is ColumnType.LINK:
            changed |= {"type": ColumnType.TEXT, "link": ""}
        if column.source in table.place.values() and column.source not in roles.values():
            changed |= {"kept": True}
        made.append(column.model_copy(update=changed))
    return tuple(made)


def _own_name(column: SeenColumn) -> str:
    """Give the file's own word for a column, unless it means something else in a module."""
    plain = column.name.removesuffix("_given")
    return column.name if plain in _TAKEN else plain


def _missing(
    kind: TableKind, roles: Mapping[str, str], table: TableLook, kept: tuple[SeenColumn, ...]
) -> tuple[str, ...]:
    needed = {
        TableKind.GENOTYPES: ("chrom", "pos", "ref", "alt", "genotype"),
        TableKind.ALLELES: ("chrom", "pos", "ref", "alt"),
        TableKind.REGIONS: ("chrom", "start", "end"),
    }[kind]
    missing = [f"which column is the {role}" for role in needed if role not in roles]
    if not missing and not table.builds:
        missing.append(f"the genome build: {table.build_evidence or 'the file says nothing of it'}")
    if not kept:
        missing.append("at least one column that says something")
    return tuple(missing)
