"""Writing `module.toml`: the manifest and its table, in the order in which one reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from genoteca.model.module import ModuleManifest

__all__ = ["manifest_toml"]


def manifest_toml(manifest: ModuleManifest, table: Mapping[str, object]) -> str:
    """Write a manifest, and what stands under `[table]`; keys with their default are left out."""
    told = manifest.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    told.pop("dense", None)
    told = {"schema": 1, **told}
    columns, sources, authors = (told.pop(name, []) for name in ("columns", "sources", "authors"))
    lines = [f"{name} = {_value(value)}" for name, value in told.items()]
    lines += _part("[table]", table)
    for name, parts in (("authors", authors), ("sources", sources), ("columns", columns)):
        for part in parts:
            lines += _part(f"[[{name}]]", part)
    return "\n".join(lines) + "\n"


def _part(header: str, values: Mapping[str, object]) -> list[str]:
    return ["", header, *(f"{name} = {_value(value)}" for name, value in values.items())]


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, str):
        # A JSON string is a basic string of TOML, but for DEL and for characters beyond 16 bits.
        return re.sub("\x7f", "\\\\u007f", json.dumps(value, ensure_ascii=False))
    return json.dumps(value)
