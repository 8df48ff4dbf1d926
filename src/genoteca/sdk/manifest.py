"""Reading `module.toml`, the manifest of a module as a file."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from genoteca.errors import ManifestError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.toml_lines import line_of_key

__all__ = ["KEYS_HINT", "MANIFEST_FILE", "complaint", "faults", "load_manifest", "manifest_text", "read_toml"]

MANIFEST_FILE = "module.toml"
KEYS_HINT = "The keys of a manifest are listed in the help page for module authors."
LONG = 80
"""Letters of a value that a complaint repeats."""


def load_manifest(folder: Path) -> ModuleManifest:
    """Read the manifest from `module.toml` of a package folder; its part `[table]` is read by `TableSpec`.

    Raises:
        ManifestError: no such file, not TOML, or a key that is missing, unknown or not valid.

    """
    try:
        return _manifest_of((folder / MANIFEST_FILE).read_bytes())
    except ValidationError as error:
        raise complaint(error, folder / MANIFEST_FILE) from error
    except (OSError, ValueError):
        read_toml(folder)  # says what is wrong, and where
        raise


@lru_cache(maxsize=256)
def _manifest_of(text: bytes) -> ModuleManifest:
    """Read a manifest once, however often it is asked for: every page lists the modules several times."""
    told = tomllib.loads(text.decode("utf-8"))
    table = told.pop("table", {})
    if isinstance(table, dict) and "dense" in table:
        told["dense"] = table["dense"]
    return ModuleManifest.model_validate(told)


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
            f"{folder} holds no {MANIFEST_FILE}.",
            hint=f"Put a {MANIFEST_FILE} into the module's package folder.",
            at=(MANIFEST_FILE, 0),
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = re.search(r"line (\d+)", str(error))
        at = (MANIFEST_FILE, int(found[1]) if found else 0)
        raise ManifestError(
            f"{path} is not TOML: {error}.", hint="TOML is described at https://toml.io.", at=at
        ) from error


def manifest_text(folder: Path) -> str:
    """Give `module.toml` of a package folder as text; empty: there is none that can be read."""
    path = folder / MANIFEST_FILE
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def faults(error: ValidationError, path: Path, *, inside: str = "") -> list[tuple[int, str]]:
    """Give every key that pydantic refused: its line, and what is wrong with it."""
    text = manifest_text(path.parent)
    found = []
    for fault in error.errors(include_url=False):
        place = (*filter(None, [inside]), *fault["loc"])
        key = ".".join(str(part) for part in place)
        given = "" if fault["type"] in {"missing", "extra_forbidden"} else f" (given: {_short(fault['input'])})"
        found.append((line_of_key(text, place), f"{key or 'the table'}: {fault['msg']}{given}"))
    return found


def complaint(error: ValidationError, path: Path, *, inside: str = "") -> ManifestError:
    """Say every key that pydantic refused, in which line it stands and what was given."""
    found = faults(error, path, inside=inside)
    told = "; ".join(f"line {line}, {words}" for line, words in found)
    return ManifestError(f"{path}: {told}.", hint=KEYS_HINT, at=(MANIFEST_FILE, found[0][0]))


def _short(given: object) -> str:
    told = repr(given)
    return told if len(told) <= LONG else f"{told[:LONG]}…"
