"""In which line of a TOML file a key stands; the parsers of TOML do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["key_lines", "line_of_key"]

Key = tuple[str | int, ...]
"""As pydantic names a place: `("columns", 2, "label")`."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_PAIR = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")
_LONG = re.compile(r'"""|' + "'''")


def key_lines(text: str) -> dict[Key, int]:
    """Give the line (from 1) of every table header and every key that begins a line."""
    found: dict[Key, int] = {}
    counts = Counter[Key]()
    table: Key = ()
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        began_inside, inside = inside, _still_inside(line, inside)
        if began_inside:
            continue
        if header := _HEADER.match(line):
            table = _table(header[1], _parts(header[2]), counts)
            found.setdefault(table, number)
        elif pair := _PAIR.match(line):
            found.setdefault((*table, *_parts(pair[1])), number)
    return found


def line_of_key(text: str, key: Sequence[str | int]) -> int:
    """Give the line of a key, else of the nearest table it would stand in; 1 where there is none."""
    known = key_lines(text)
    return next((known[told] for n in range(len(key), 0, -1) if (told := tuple(key[:n])) in known), 1)


def _parts(text: str) -> Key:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _table(bracket: str, named: Key, counts: Counter[Key]) -> Key:
    """Number the tables of a list; a table below one of them belongs to the last."""
    made: Key = ()
    for n, part in enumerate(named, start=1):
        made = (*made, part)
        if n == len(named) and bracket == "[[":
            counts[made] += 1
        if counts[made]:
            made = (*made, counts[made] - 1)
    return made


def _still_inside(line: str, inside: str) -> str:
    """Tell which quotation mark of several lines is open after a line."""
    if not inside and line.lstrip().startswith("#"):
        return ""
    for mark in _LONG.findall(line):
        inside = "" if inside == mark else inside or mark
    return inside
