"""The texts beside a module's tables: YAML and JSON by hands unknown, read as plain values and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from genoteca.errors import InputError

__all__ = ["Document", "front_matter", "read_json", "read_yaml"]

MOST = 16 << 20
"""Bytes of a text; manifest.json of the largest published module has 86 kB."""


class Document:
    """A mapping of which nothing is believed: a value of another type than asked for is as good as none."""

    def __init__(self, told: object) -> None:
        self.told: Mapping[str, Any] = told if isinstance(told, dict) else {}

    def part(self, name: str) -> Document:
        """Give a mapping inside; empty where there is none."""
        return Document(self.told.get(name))

    def parts(self, name: str) -> list[Document]:
        """Give a list of mappings; a mapping that is not one is left out."""
        told = self.told.get(name)
        return [Document(one) for one in told if isinstance(one, dict)] if isinstance(told, list) else []

    def texts(self, name: str) -> list[str]:
        """Give a list of texts."""
        told = self.told.get(name)
        return [one.strip() for one in told if isinstance(one, str) and one.strip()] if isinstance(told, list) else []

    def text(self, *names: str) -> str:
        """Give the first of these that is a text or a number, on one line."""
        for name in names:
            told = self.told.get(name)
            if isinstance(told, str | int | float) and not isinstance(told, bool) and str(told).strip():
                return " ".join("".join(c if c.isprintable() else " " for c in str(told)).split())
        return ""


def read_yaml(path: Path) -> Document:
    """Read YAML without any of its tags that make objects.

    Raises:
        InputError: it is no text, no YAML, or too large.

    """
    return _read(path, "YAML", yaml.safe_load)


def read_json(path: Path) -> Document:
    """Read JSON.

    Raises:
        InputError: it is no text, no JSON, or too large.

    """
    return _read(path, "JSON", json.loads)


def front_matter(text: str) -> Document:
    """Read the YAML at the head of a dataset's card; empty where there is none, or it is not YAML."""
    head, _, rest = text.replace("\r\n", "\n").partition("---\n")
    body, closed, _ = rest.partition("\n---")
    if head.strip() or not closed:
        return Document(None)
    try:
        return Document(yaml.safe_load(body))
    except (yaml.YAMLError, RecursionError, ValueError):
        return Document(None)


def _read(path: Path, kind: str, parse: Callable[[str], Any]) -> Document:
    try:
        if path.stat().st_size > MOST:
            raise InputError(f"{path.name} has more than {MOST:,} bytes.", hint="It is no description of a module.")
        return Document(parse(path.read_text("utf-8-sig")))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise InputError(
            f"{path.name} cannot be read as {kind}: {type(error).__name__}: {error}",
            hint="Get the module again, or tell its author.",
        ) from error
