"""Every row of the draft's table: where it lies and what it says, as text, with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.sdk.authoring.draft import PLACE_ROLES, ROLES_OF_KIND, Draft
from genoteca.sdk.authoring.looking import DraftLook, table_file
from genoteca.sdk.own_table.account import TableAccount
from genoteca.sdk.own_table.head import read_head
from genoteca.sdk.own_table.reading import OTHER_WIDTH, table_rows
from genoteca.sdk.own_table.told import MISSING

__all__ = ["MOST_ROWS", "ReadRows", "Row", "read_rows"]

MOST_ROWS = 200_000
"""A larger table is no list that someone looks after by hand: the module My reference reads it as it is."""

_SILENT = {*MISSING.lower().split(), ""}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the table; null: the cell says nothing."""

    line: int
    """Of the file, from 1; of a sheet its row."""
    places: Mapping[Build, Mapping[str, str | None]]
    """Cells by role, of every build."""
    told: Mapping[str, str | None]
    """Cells of the other roles."""
    says: Mapping[str, str | None]
    """Cells of the module's own columns, by their names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRows:
    """All rows of a table."""

    rows: tuple[Row, ...]
    read: int
    other_width: tuple[int, ...] = ()
    """The first lines with more or fewer cells than there are columns."""


def read_rows(draft: Draft, look: DraftLook, scratch: Path) -> ReadRows:
    """Read every row of the draft's table.

    Raises:
        InputError: it has too many rows, or cannot be read.
        GenomeFileError: it is damaged.

    """
    path = table_file(draft, scratch)
    wanted, account = _wanted(look), TableAccount()
    rows: list[Row] = []
    for frame in table_rows(path, read_head(path, Path(draft.source).name), wanted, account, lambda *_: None):
        if account.rows_read > MOST_ROWS:
            raise InputError(
                f"{look.table.file} has more than {MOST_ROWS:,} rows.",
                title="This table is too large to be written as a module here",
                hint="The module My reference looks up a large file as it is.",
            )
        rows += [_row(cells, look) for cells in frame.iter_rows(named=True)]
    return ReadRows(
        rows=tuple(rows), read=account.rows_read, other_width=tuple(account.first_lines.get(OTHER_WIDTH, ()))
    )


def _wanted(look: DraftLook) -> dict[str, str]:
    roles = ROLES_OF_KIND[look.kind]
    named = {
        f"{role}@{build}": column
        for build, place in look.table.places.items()
        for role, column in place.items()
        if role in roles
    }
    told = {f"told@{role}": column for role, column in look.roles.items() if role not in PLACE_ROLES}
    return named | told | {f"says@{column.name}": column.source for column in look.kept}


def _row(cells: Mapping[str, str | int | None], look: DraftLook) -> Row:
    said = {
        name: None if cell is None or str(cell).strip().lower() in _SILENT else " ".join(str(cell).split())
        for name, cell in cells.items()
    }
    return Row(
        line=int(cells["_line"] or 0),
        places={
            build: {role: said.get(f"{role}@{build}") for role in place} for build, place in look.table.places.items()
        },
        told={name[5:]: cell for name, cell in said.items() if name.startswith("told@")},
        says={name[5:]: cell for name, cell in said.items() if name.startswith("says@")},
    )
