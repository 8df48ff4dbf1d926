"""`genoteca backup`, `genoteca restore` and `genoteca verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from genoteca.actions import backing_up
from genoteca.actions.app import App
from genoteca.actions.verifying import Damaged, Verified, make_again, not_compared_words
from genoteca.actions.verifying import verify as verify_all
from genoteca.actions.words import size_words
from genoteca.cli.following import follow
from genoteca.cli.printing import print_json, say, status
from genoteca.cli.session import Json, session
from genoteca.errors import GenotecaError, InputError

__all__ = ["backup", "restore", "verify"]

FromStdin = Annotated[
    bool, typer.Option("--passphrase-from-stdin", help="Read the passphrase from the first line of the input.")
]


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; outside of the data folder.")],
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Encrypt it; the passphrase is asked for.")
    ] = False,
    passphrase_from_stdin: FromStdin = False,
    without_references: Annotated[
        bool, typer.Option("--without-references", help="Leave out data of modules, which can be had again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the whole data folder into one file, and read it again to see that it is whole."""
    word = _passphrase(from_stdin=passphrase_from_stdin, asked=passphrase, again=True)
    with session(context).app() as app:
        made = backing_up.back_up(app, file.absolute(), passphrase=word, references=not without_references)
    _tell(made, as_json=as_json)
    if not made.encrypted and not as_json:
        say("Whoever can read this file can read the genomes in it. --passphrase encrypts it.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `genoteca backup` wrote.")],
    passphrase_from_stdin: FromStdin = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move the data folder that is there aside; it is not deleted.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only see whether the backup is whole; write nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a data folder of a backup (--home says where), once every byte of it is known to be whole."""
    asked = backing_up.asks_for_passphrase(file)
    word = _passphrase(from_stdin=passphrase_from_stdin, asked=asked, again=False)
    if check:
        _tell(backing_up.check(file, passphrase=word), as_json=as_json)
        return
    home = session(context).settings().home
    made = backing_up.restore(file, home, passphrase=word, replace=replace)
    _tell(made, as_json=as_json)
    if not as_json:
        say(f"Restored to {home}")
        if made.aside:
            say(f"What was there lies in {made.aside}")


def verify(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="[U/S]", help="Only this sample.", show_default=False)] = "",
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make again what is damaged.")] = False,
    as_json: Json = False,
) -> None:
    """Compare every stored file with its hash; exit code 1 if a bit of any is not what was written."""
    with session(context).app(executing=rebuild) as app:
        found = verify_all(app, key)
        made = [_made_again(app, one, quiet=as_json) for one in found.damage] if rebuild else []
        left = verify_all(app, key) if made else found
    if as_json:
        print_json(verified=found, made_again=made, left=left.damage)
    else:
        for line in _verified_words(found, left if made else None):
            say(line)
    if not left.whole:
        raise typer.Exit(1)


def _verified_words(found: Verified, left: Verified | None) -> list[str]:
    pace = f" at {found.bytes / found.seconds / 1e9:.1f} GB/s" if found.seconds > 1 else ""
    lines = [f"{found.files:,} files, {size_words(found.bytes)}, {found.seconds:.1f} s{pace}"]
    for one in found.damage:
        lines.append(one.message)
        lines.append(f"  {one.advice or f'genoteca verify --rebuild {_would(one)}'}")
    if found.complete:
        lines.append("Every byte is as it was written")
    elif found.not_compared:
        lines.append(not_compared_words(found))
        lines += [f"  {one.place}: {one.why}" for one in found.not_compared]
    if left is not None:
        lines.append(f"{len(left.damage)} are still damaged" if left.damage else "Nothing is damaged any more")
    return lines


def _would(one: Damaged) -> str:
    if one.known:
        return "puts it back, byte by byte"
    return "makes it again" if one.current else "drops it: it is not in force"


def _made_again(app: App, damaged: Damaged, *, quiet: bool) -> dict[str, str]:
    """Make one thing again, and say how that went."""
    try:
        run = make_again(app, damaged)
    except GenotecaError as error:
        return {"place": damaged.place, "run": "", "told": f"{error.message} {error.hint}"}
    told = follow(app, run, quiet=quiet).status.value if run else "put back" if damaged.known else "dropped"
    return {"place": damaged.place, "run": run, "told": told}


def _passphrase(*, from_stdin: bool, asked: bool, again: bool) -> str:
    """Get a passphrase: from the input, or from the person; empty: none is wanted."""
    if not from_stdin:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=again, err=True)) if asked else ""
    word = sys.stdin.readline().rstrip("\r\n")
    if not word:
        raise InputError("The input holds no passphrase.", hint="Write it as the first line.")
    return word


def _tell(made: backing_up.Backup, *, as_json: bool) -> None:
    if as_json:
        print_json(backup=made)
        return
    for line in backing_up.backup_words(made):
        say(line)
    status("Keep it where this computer's disk cannot take it along.")
