"""What one rule found in a module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genoteca.errors import GenotecaError
from genoteca.sdk.toml_lines import line_of_key

__all__ = ["Broken", "Finding", "broken_by", "look"]

MANIFEST_FILE = "module.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The verdict of one rule."""

    rule: str
    """Name of the rule."""
    ok: bool
    message: str
    """What was found; when it is broken: what was given, what was expected, where."""
    hint: str = ""
    """What to do about it; empty when all is well."""
    file: str = ""
    """The file it is about; empty: it is about none."""
    line: int = 0
    """Its line, from 1; 0: the file as a whole."""

    @property
    def place(self) -> str:
        """Write file and line as editors and terminals know them."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Broken(Exception):  # noqa: N818 - a verdict on its way to its Finding, never shown as an error
    """A rule that is not kept."""

    def __init__(
        self, message: str, *, hint: str = "", key: tuple[str | int, ...] = (), at: tuple[str, int] | None = None
    ) -> None:
        """`key`: the key of `module.toml` that it is about; `at`: file and line, where it is about another file."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.key = key
        self.at = at


def broken_by(error: GenotecaError) -> Broken:
    """Take an error for a broken rule."""
    return Broken(error.message, hint=error.hint, at=error.at)


def look(rule: Callable[..., str], *subjects: object, manifest_text: str = "") -> Finding:
    """Apply a rule. It returns what it saw, or raises Broken; its name is its function's.

    `manifest_text`: `module.toml` as it stands, to find the line of a key; empty: there is none.
    """
    name = rule.__name__.replace("_", " ")
    try:
        return Finding(rule=name, ok=True, message=rule(*subjects))
    except Broken as broken:
        file, line = broken.at or ("", 0)
        if broken.key and manifest_text:
            file, line = MANIFEST_FILE, line_of_key(manifest_text, broken.key)
        return Finding(rule=name, ok=False, message=broken.message, hint=broken.hint, file=file, line=line)
