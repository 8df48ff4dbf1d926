"""A file of the user's own: looked at before it is used, and what became of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, JsonValue

from genoteca.actions.app import App
from genoteca.actions.settling import changed_settings, local_source
from genoteca.engine import records
from genoteca.errors import NotFoundError
from genoteca.sdk.own_table.told import TYPES, KeptColumn, columns_setting
from genoteca.store.installed import InstalledModule, installed_modules

if TYPE_CHECKING:
    from genoteca.sdk.own_table.seen import TableLook

__all__ = ["TYPES", "KeptColumn", "OwnTableRead", "columns_setting", "look_at_own_table", "read_of_own_table"]

Progress = Callable[[float, str], None]


class OwnTableRead(BaseModel):
    """What became of the rows of a file, in one genome build."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build: str
    release: str
    rows_read: int
    listed: int
    kept: int
    repeats: int
    set_aside: dict[str, int]
    first_lines: dict[str, list[int]]
    reference_checked: bool


def look_at_own_table(
    app: App,
    module_id: str,
    values: Mapping[str, JsonValue],
    *,
    progress: Progress = lambda _fraction, _message: None,
) -> TableLook | None:
    """Look at the file that a module would read under changed settings; None: none is chosen. Nothing is kept.

    Raises:
        NotFoundError: the module is not installed.
        InputError: the file is not there, is no table, or a setting cannot be used.
        FetchError: its address cannot be fetched.

    """
    from genoteca.sdk.own_table.look import look_at_table  # loads Polars, which a page without a table does without

    settings = changed_settings(app, _module(app, module_id), values)
    if not settings.get("source"):
        return None
    at_hand = local_source(app, settings, progress)
    return look_at_table(Path(str(at_hand["source"])), at_hand)


def read_of_own_table(app: App, module_id: str) -> list[OwnTableRead]:
    """Say what became of the rows of a module's file, for every build it was read in."""
    found = []
    for stored in records.for_everyone(app.layout, module_id):
        told = stored.record.metadata
        if "rows_read" in told and "listed" in told:
            counts = {name: told.get(name) for name in OwnTableRead.model_fields if name in told}
            known = {"build": str(stored.record.build), "release": stored.record.release}
            found.append(OwnTableRead.model_validate(counts | known))
    return found


def _module(app: App, module_id: str) -> InstalledModule:
    found = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    if found is None:
        raise NotFoundError(f"{module_id!r} is not installed.", hint=f"Run: genoteca modules install {module_id}")
    return found
