"""`genoteca lineage`, `genoteca lock` and `genoteca reproduce`: of what something was made, and making it again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from genoteca.actions.locking import lock, read_lock, write_lock
from genoteca.actions.reproducing import Reproduced, reproduce
from genoteca.actions.tracing import AnswerTrace, Trace, trace
from genoteca.actions.words import release_words
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, say, status
from genoteca.cli.samples import Key
from genoteca.cli.session import Json, session

__all__ = ["lineage", "lock_", "reproduce_"]

SHORT = 16
"""Letters of a digest that a person compares."""


def lineage(
    context: typer.Context,
    key: Key,
    module: Annotated[str, typer.Argument(metavar="[MODULE]", help="One module; all when none.")] = "",
    as_json: Json = False,
) -> None:
    """Say of what a genome's results were made: file, reader, references, modules, runs, every version and hash."""
    with session(context).app() as app:
        told = trace(app, key, module)
    if as_json:
        print_json(**told.model_dump(mode="json"))
        return
    for line in _file_lines(told):
        say(line)
    for one in told.answers:
        for line in _answer_lines(one):
            say(line)


def lock_(
    context: typer.Context,
    key: Key,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there.")] = None,
) -> None:
    """Write every version and hash from which another computer makes the same results, byte by byte."""
    with session(context).app() as app:
        if output is None:
            sys.stdout.write(lock(app, key).text())
        else:
            status(f"Written: {write_lock(app, key, output.expanduser())}")


def reproduce_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="LOCK", help="A file that `genoteca lock` wrote.")],
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="The genome file that it was made from.")],
    user: Annotated[str, typer.Option("--user", help="Whose genome it shall be here; else as in the lock.")] = "",
    as_json: Json = False,
) -> None:
    """Make the results that a lock file names again, here, and compare them; exit code 1 if any is another one."""
    locked = read_lock(file.expanduser())
    with session(context).app(executing=True) as app:
        told = reproduce(app, locked, source, lambda run: follow(app, run, quiet=as_json), user=user)
    if as_json:
        print_json(**told.model_dump(mode="json"), identical=told.identical)
    else:
        for line in _comparison(told):
            say(line)
    if not told.identical:
        raise typer.Exit(1)


def _file_lines(told: Trace) -> list[str]:
    source = told.source
    lines = [
        f"{told.name} ({told.sample})",
        f"File: {source.name}, {source.build}, {source.kind}, sha256 {source.sha256 or 'not known'}",
    ]
    if source.reader:
        lines.append(f"Reader: version {source.reader}{_settings(source.limits)}")
    return lines + [
        f"  {one.asset}: sha256 {one.sha256[:SHORT]}…, run {one.run[:8]}, {one.made:%Y-%m-%d %H:%M}"
        for one in told.tables
    ]


def _answer_lines(one: AnswerTrace) -> list[str]:
    versions = one.table.versions
    lines = [
        f"{one.title} ({one.module})",
        f"  Module: version {one.module_version}, data {one.module_data_version}, contents {one.digest[:SHORT]}…"
        + _settings(one.settings),
    ]
    if used := one.reference:
        commit = f", commit {used.commit}" if used.commit else ""
        gone = "" if used.there else "; it is not stored any more"
        release = f"release {release_words(used.release)}{commit}, {used.build or one.table.build}"
        lines.append(f"  Reference: {release}, sha256 {used.sha256[:SHORT]}…{gone}")
    lines += [f"  Built on the answers of {name}: sha256 {digest[:SHORT]}…" for name, digest in one.requires.items()]
    if one.limits:
        lines.append(f"  Limits:{_settings(one.limits).removeprefix(';')}")
    lines.append(
        f"  Result: sha256 {one.table.sha256[:SHORT]}…, code {versions.code_version}, data {versions.data_version}, "
        f"columns {versions.schema_version or 'none'}, run {one.table.run[:8]}, {one.table.made:%Y-%m-%d %H:%M}"
    )
    return lines + [f"  Out of date: {reason.words}" for reason in one.reasons]


def _settings(told: dict[str, object] | object) -> str:
    pairs = told.items() if isinstance(told, dict) else ()
    shown = ", ".join(f"{name} {'all' if value is None else value}" for name, value in pairs)
    return f"; {shown}" if shown else ""


def _comparison(told: Reproduced) -> list[str]:
    lines = [
        f"{one.what}: {one.found or 'not there'}; the lock file says {one.locked or 'nothing'}"
        for one in told.differences
    ]
    if told.identical:
        return [*lines, f"Identical: {told.tables} tables of {told.sample}, byte by byte."]
    wrong = sum(one.result for one in told.differences)
    return [*lines, f"Not identical: {wrong} of what the lock file names for {told.sample}."]
