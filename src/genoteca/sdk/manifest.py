"""Reading `module.toml`, the manifest of a module as a file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genoteca.errors import ManifestError
from genoteca.model.module import ModuleManifest

__all__ = ["MANIFEST_FILE", "complaint", "load_manifest", "read_toml"]

MANIFEST_FILE = "module.toml"


def load_manifest(folder: Path) -> ModuleManifest:
    """Read the manifest from `module.toml` of a package folder; its part `[table]` is read by `TableSpec`.

    Raises:
        ManifestError: no such file, not TOML, or a key that is missing, unknown or not valid.

    """
    told = read_toml(folder)
    table = told.pop("table", {})
    if isinstance(table, dict) and "dense" in table:
        told["dense"] = table["dense"]
    try:
        return ModuleManifest.model_validate(told)
    except ValidationError as error:
        raise complaint(error, folder / MANIFEST_FILE) from error


def read_toml(folder: Path) -> dict[str, Any]:
    """Read `module.toml` of a package folder as it stands.

    Raises:
        ManifestError: no such file, or not TOML.

    """
    path = folder / MANIFEST_FILE
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ManifestError(
            f"{folder} holds no {MANIFEST_FILE}.", hint=f"Put a {MANIFEST_FILE} into the module's package folder."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} is not TOML: {error}.", hint="TOML is described at https://toml.io.") from error


def complaint(error: ValidationError, path: Path, *, inside: str = "") -> ManifestError:
    """Say every key that pydantic refused, where it stands and what was given."""
    lines = []
    for fault in error.errors(include_url=False):
        key = ".".join([*filter(None, [inside]), *(str(part) for part in fault["loc"])])
        given = "" if fault["type"] in {"missing", "extra_forbidden"} else f" (given: {fault['input']!r})"
        lines.append(f"{key or 'the table'}: {fault['msg']}{given}")
    return ManifestError(
        f"{path}: {'; '.join(lines)}.", hint="The keys of a manifest are listed in the help page for module authors."
    )
