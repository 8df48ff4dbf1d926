"""Renders the parts of the help pages that come from the code; cog calls these (see the comment in each page)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import typer.main
from typer.testing import CliRunner

from genoteca.cli import build
from genoteca.engine.at_rest import NOT_COMPARED
from genoteca.errors import GenotecaError
from genoteca.model.column import ANNOTATIONS, COVERAGE, STRUCTURAL, VARIANTS, Column
from genoteca.model.evidence import Evidence
from genoteca.model.module import Isolated
from genoteca.sdk import hookspecs
from genoteca.sdk.asset_rules import ASSET_RULES
from genoteca.sdk.check import _Module
from genoteca.sdk.file_rules import DATA_RULES, FILE_RULES
from genoteca.sdk.isolated.rules import ISOLATED_RULES
from genoteca.sdk.manifest_rules import MANIFEST_RULES
from genoteca.settings import Settings

__all__ = ["columns", "command_line", "evidence", "hooks", "isolated", "not_compared", "rules", "settings"]


def command_line() -> str:
    """Every command with its help, as a terminal of 100 columns prints it."""
    root = build(lambda settings, *, browser, announce, preview=None: None)
    parts = [(" ".join(("genoteca", *path)), _help(root, path)) for path in _commands(typer.main.get_command(root))]
    return "\n".join(f"### `{name}`\n\n```\n{told}\n```\n" for name, told in parts)


def settings() -> str:
    """One row per setting."""
    rows = [
        (f"`{name}`", f"`GENOTECA_{name.upper()}`", _default(name), (field.description or "").replace("\n", " "))
        for name, field in Settings.model_fields.items()
    ]
    return _table(("In settings.toml", "In the environment", "Default", "What it does"), rows)


def hooks(level: int = 3) -> str:
    """Every hook with its signature and docstring."""
    found = [one for _, one in inspect.getmembers(hookspecs, inspect.isfunction) if hasattr(one, "genoteca_spec")]
    named = [(f"{one.__name__}{inspect.signature(one)}".replace("'", ""), inspect.getdoc(one)) for one in found]
    return "\n".join(f"{'#' * level} `{name}`\n\n{told}\n" for name, told in named)


def rules() -> str:
    """One row per rule of the check, with what it asks."""
    first = inspect.getmembers(_Module, lambda one: inspect.isfunction(one) and one.__name__.startswith("its_"))
    whole = (*MANIFEST_RULES, *FILE_RULES, *DATA_RULES, *ISOLATED_RULES, *ASSET_RULES)
    found = [*(one for _, one in first), *whole]
    told = [(one.__name__.replace("_", " "), (inspect.getdoc(one) or "").replace("\n", " ")) for one in found]
    return _table(("Rule", "What it asks"), told)


def isolated() -> str:
    """One row per key of a manifest's part `[isolated]`."""
    rows = [
        (
            f"`{name}`",
            "" if field.is_required() or field.default == "" else f"`{field.default}`",
            (field.description or "").replace("\n", " "),
        )
        for name, field in Isolated.model_fields.items()
    ]
    return _table(("Key", "Default", "What it says"), rows)


def evidence() -> str:
    """One row per evidence."""
    rows = [(f"`{kind}`", kind.shape.value, kind.words) for kind in Evidence]
    return _table(("Evidence", "Shown as", "In words"), rows)


def columns(table: str) -> str:
    """One row per column of a table."""
    tables = {"variants": VARIANTS, "coverage": COVERAGE, "structural": STRUCTURAL, "annotations": ANNOTATIONS}
    declared: tuple[Column, ...] = tables[table]
    rows = [(f"`{c.name}`", c.type.value, c.description, c.null or "never") for c in declared]
    return _table(("Column", "Type", "What it holds", "Empty means"), rows)


def not_compared() -> str:
    """One row per kind of file that has no seal, with the reason."""
    return _table(("In the data folder", "Why"), [(f"`{pattern}`", why) for pattern, why in NOT_COMPARED.items()])


def errors() -> str:
    """Draw the error tree."""
    import genoteca.errors

    return f"```\n{(genoteca.errors.__doc__ or '').split('```')[1].strip()}\n```\n{GenotecaError.__doc__ or ''}"


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, (*path, name))


def _help(root: typer.Typer, path: tuple[str, ...]) -> str:
    told = CliRunner().invoke(root, [*path, "--help"], prog_name="genoteca", terminal_width=100)
    return told.output.strip()


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if name == "home":
        return "the system's own place"
    return "none" if field.default == "" else f"`{field.default}`".replace("False", "false")


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
