"""Presets: a named set of modules with what is shown of them, installable as one; and what was chosen to be shown."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from genoteca.database import connect
from genoteca.model.filter import Filter
from genoteca.model.module import ModuleId
from genoteca.settings import assets_folder

__all__ = ["ModuleView", "ModuleViews", "OfferedPreset", "Preset", "read_presets", "shipped_presets"]

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS module_views (
    module TEXT PRIMARY KEY, preset TEXT NOT NULL, title TEXT NOT NULL, columns TEXT NOT NULL, filter TEXT
);
"""


class Preset(BaseModel):
    """A set of modules, and which of their rows and columns are shown at first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    title: str = Field(min_length=2, max_length=60)
    summary: str = Field(min_length=10, max_length=240)
    modules: tuple[ModuleId, ...] = Field(min_length=1)
    filters: dict[ModuleId, Filter] = Field(default_factory=dict)
    """By module; of one that is not named every row is shown."""
    columns: dict[ModuleId, tuple[str, ...]] = Field(default_factory=dict)
    """By module, in their order; of one that is not named those that it shows itself."""

    @model_validator(mode="after")
    def _speaks_of_its_modules_only(self) -> Self:
        if foreign := sorted({*self.filters, *self.columns} - set(self.modules)):
            raise ValueError(f"filters or columns of what is not among its modules: {', '.join(foreign)}")
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedPreset:
    """A preset with whose it is."""

    preset: Preset
    catalogue: str = ""
    """Short name of the catalogue that offers it; empty: shipped with the app."""
    catalogue_name: str = ""

    @property
    def source(self) -> str:
        """What names this very preset: `ID@catalogue`, or the id alone."""
        return f"{self.preset.id}@{self.catalogue}" if self.catalogue else self.preset.id

    @property
    def title(self) -> str:
        """Its title, and whose it is where it did not come with the app."""
        return f"{self.preset.title} ({self.catalogue_name})" if self.catalogue else self.preset.title


class ModuleView(BaseModel):
    """What is shown of one module's results at first, and which preset says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: str
    preset: str
    """As `OfferedPreset.source`."""
    title: str
    """As `OfferedPreset.title`."""
    columns: tuple[str, ...] = ()
    """Empty: those that the module shows itself."""
    filter: Filter | None = None


def shipped_presets(folder: Path | None = None) -> list[Preset]:
    """List the presets shipped with the app (or lying in `folder`) by title.

    One that cannot be read is left out and named in the log.
    """
    found = []
    for path in sorted((folder or assets_folder() / "presets").glob("*.toml")):
        try:
            found.append(Preset.model_validate(tomllib.loads(path.read_text("utf-8"))))
        except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
            log.warning("%s is no preset: %s", path, error)
    return sorted(found, key=lambda preset: preset.title.casefold())


def read_presets(told: Iterable[object], *, where: str) -> list[Preset]:
    """Read the presets that a catalogue carries, each id once; one that cannot be read is left out and logged."""
    found: dict[str, Preset] = {}
    for one in told:
        try:
            preset = Preset.model_validate(one)
        except ValidationError as error:
            log.warning("a preset of %s is left out: %s", where, error)
            continue
        found.setdefault(preset.id, preset)
    return list(found.values())


class ModuleViews:
    """What is shown of modules' results at first, in `app.db`; one that is not named shows what it shows itself."""

    _FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
    _COLUMNS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])

    def __init__(self, database: Path) -> None:
        self._database = database

    def keep(self, offered: OfferedPreset) -> None:
        """Show of a preset's modules what it says, from now on."""
        preset = offered.preset
        rows = [
            (
                module,
                offered.source,
                offered.title,
                self._COLUMNS.dump_json(preset.columns.get(module, ())).decode(),
                self._FILTER.dump_json(asked, by_alias=True).decode()
                if (asked := preset.filters.get(module))
                else None,
            )
            for module in preset.modules
        ]
        with connect(self._database, SCHEMA) as connection:
            connection.executemany("INSERT OR REPLACE INTO module_views VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, module_id: str) -> ModuleView | None:
        """Give what is shown of a module by a preset; None: no preset says anything of it."""
        return self.all().get(module_id)

    def all(self) -> Mapping[str, ModuleView]:
        """Give every module of which a preset says what is shown."""
        with connect(self._database, SCHEMA) as connection:
            rows = connection.execute("SELECT * FROM module_views ORDER BY module").fetchall()
        return {
            row["module"]: ModuleView(
                module=row["module"],
                preset=row["preset"],
                title=row["title"],
                columns=self._COLUMNS.validate_json(row["columns"]),
                filter=self._FILTER.validate_json(row["filter"]) if row["filter"] else None,
            )
            for row in rows
        }

    def forget(self, module_id: str) -> None:
        """Show of a module what it shows itself."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM module_views WHERE module = ?", (module_id,))
