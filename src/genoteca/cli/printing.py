"""How the command line prints: one JSON document, or words and tables for a person."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from genoteca.errors import GenotecaError

__all__ = ["print_error", "print_json", "print_records", "print_table", "say", "status"]

SCHEMA = 1

WIDE = 160
"""Columns of output that goes to a file or another program, which wraps nothing."""


def _console(*, error: bool = False) -> Console:
    terminal = (sys.stderr if error else sys.stdout).isatty()
    return Console(stderr=error, highlight=False, soft_wrap=True, width=None if terminal else WIDE)


def say(text: str) -> None:
    """Print a line for a person; nothing in it is read as markup."""
    _console().print(Text(text))


def status(text: str) -> None:
    """Print a passing line beside the output proper."""
    _console(error=True).print(Text(text, style="dim"))


def print_json(**values: Any) -> None:
    """Print one JSON document with its schema number."""
    document = {"schema": SCHEMA, **{name: _plain(value) for name, value in values.items()}}
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; every cell is text."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    _console().print(table)


def print_records(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print one block per row: its first cell, then every other that is not empty under its label."""
    for row in rows:
        say(str(row[0] or "-"))
        for column, cell in zip(columns[1:], row[1:], strict=True):
            if cell is not None:
                say(f"  {column}: {cell}")


def print_error(error: GenotecaError, *, as_json: bool, verbose: bool) -> None:
    """Print an error with its title and hint; the traceback only when asked for."""
    if as_json:
        kind = type(error).__name__
        print_json(error={"kind": kind, "title": error.title, "message": error.message, "hint": error.hint})
    console = _console(error=True)
    console.print(Text(error.title, style="bold red"))
    console.print(Text(error.message))
    if error.hint:
        console.print(Text(error.hint, style="dim"))
    if verbose:
        sys.stderr.write("".join(traceback.format_exception(error)))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
