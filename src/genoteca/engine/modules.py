"""What a worker needs to know to load a module; the app holds only this, never the module's code."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from genoteca.engine.files import write_private
from genoteca.model.build import Build
from genoteca.model.column import AnnotationColumn
from genoteca.model.module import Tier
from genoteca.settings import Layout

__all__ = ["ModuleRef", "loaded_modules", "write_loaded_modules"]


class ModuleRef(BaseModel):
    """One installed module, as a worker finds it. Travels as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    tier: Tier
    site: Path | None = None
    """Generation's site folder, appended to `sys.path`; null: importable as it is."""
    entry: str
    """Entry point's value, `package.module:object`; of a data module only its package's name is used."""
    folder: Path
    """The installed package's folder: `module.toml`, tables, icon."""
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """As the user left them."""
    digest: str = ""
    """Of the code and tables that are installed; empty: not known."""
    provides: tuple[str, ...] = ()
    """Capabilities that its manifest names, as `sequence:GRCh38`."""
    environment: Path | None = None
    """Of an isolated module: the folder of its packages."""
    columns: tuple[AnnotationColumn, ...] | None = None
    """What it has under its settings; null: its manifest declares them."""
    builds: tuple[Build, ...] | None = None
    """As `columns`."""


_REFS = TypeAdapter(list[ModuleRef])


def loaded_modules(layout: Layout) -> list[ModuleRef]:
    """Give the modules that the Dagster UI shall show; none until an install wrote them down."""
    path = layout.modules / "loaded.json"
    return _REFS.validate_json(path.read_bytes()) if path.is_file() else []


def write_loaded_modules(layout: Layout, modules: list[ModuleRef]) -> None:
    """Write down which modules the Dagster UI shall show; after every install, removal and setting."""
    write_private(layout.modules / "loaded.json", _REFS.dump_json(modules, indent=1).decode())
