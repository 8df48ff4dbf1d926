"""The data folder as one file, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.app import App
from genoteca.actions.browsing import unheard
from genoteca.actions.view import View
from genoteca.actions.words import counted, size_words
from genoteca.engine.at_rest import seal_at_rest
from genoteca.errors import InputError
from genoteca.settings import Layout

if TYPE_CHECKING:
    from genoteca.engine.backup.manifest import BackupManifest

__all__ = ["Backup", "asks_for_passphrase", "back_up", "backup_words", "check", "restore", "restore_beside"]

Progress = Callable[[float, int], None]
"""Takes the share that is done, 0 to 1, and the bytes so far."""


class Backup(View):
    """What a backup holds."""

    file: str
    bytes: int
    """Of the file."""
    encrypted: bool
    made: datetime
    app: str
    genomes: int
    outside: int
    """Genomes whose file lies outside of the data folder, and is not in the backup."""
    references: bool
    files: int
    contents: int
    """Bytes of all files in it."""
    aside: str = ""
    """Where the data folder that was there before a restore lies now."""


def back_up(
    app: App, target: Path, *, passphrase: str = "", references: bool = True, progress: Progress = unheard
) -> Backup:
    """Write a backup; the app may be open, and nothing may be at work.

    Raises:
        InputError: the file is there already, or would lie in the data folder, or a run is at work.
        DataFolderError: a file changed while it was read.

    """
    from genoteca.engine.backup.writing import write_backup

    if target.exists():
        raise InputError(f"There is already a file {target}.", hint="Choose another name, or delete it first.")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.", hint="Make it first, or choose another.")
    write_backup(app.layout, target, passphrase=passphrase, references=references, progress=progress)
    # What was just written is read again: a backup that cannot be restored is none.
    return check(target, passphrase=passphrase)


def asks_for_passphrase(source: Path) -> bool:
    """Whether a backup is encrypted.

    Raises:
        InputError: it is no backup, or not there.

    """
    from genoteca.engine.backup.sealed_stream import is_encrypted

    if not source.is_file():
        raise InputError(f"There is no file {source}.", hint="Check the name.")
    with source.open("rb") as file:
        return is_encrypted(file)


def check(source: Path, *, passphrase: str = "", progress: Progress = unheard) -> Backup:
    """Read a backup to its end, and compare every file with its hash; nothing is written.

    Raises:
        InputError: it is no backup, the passphrase is wrong, or it is not whole.
        DataFolderError: it is of a newer Genoteca.

    """
    from genoteca.engine.backup.restoring import check_backup

    encrypted = asks_for_passphrase(source)
    return _shown(source, check_backup(source, passphrase=passphrase, progress=progress), encrypted=encrypted)


def restore(
    source: Path, home: Path, *, passphrase: str = "", replace: bool = False, progress: Progress = unheard
) -> Backup:
    """Make a data folder of a backup, once it is known to be whole; one that is there is moved aside on request.

    Raises:
        InputError: it is no backup, the passphrase is wrong, it is not whole, or there is a data folder already.
        DataFolderError: the data folder is in use, or the backup is of a newer Genoteca.

    """
    from genoteca.engine.backup.restoring import restore_backup

    encrypted = asks_for_passphrase(source)
    manifest, aside = restore_backup(source, home, passphrase=passphrase, replace=replace, progress=progress)
    seal_at_rest(Layout(home))  # every byte was just compared
    shown = _shown(source, manifest, encrypted=encrypted)
    return shown.model_copy(update={"aside": str(aside) if aside else ""})


def restore_beside(
    app: App, source: Path, home: Path, *, passphrase: str = "", progress: Progress = unheard
) -> Backup:
    """Make a data folder of a backup in a new or an empty folder, while another one is open; nothing is moved aside.

    Raises:
        InputError: the folder is not empty, or lies in the one that is open; or as `restore`.
        DataFolderError: the backup is of a newer Genoteca.

    """
    if home.resolve().is_relative_to(app.layout.home.resolve()):
        raise InputError(
            f"{home} lies in the data folder that is open.",
            title="Choose another folder",
            hint="A new folder beside it, or on another disk.",
        )
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise InputError(
            f"There is already something in {home}; it is never written over.",
            title="Choose a new or an empty folder",
            hint="Type the name of a folder that is not there yet: it is made.",
        )
    return restore(source, home, passphrase=passphrase, progress=progress)


def backup_words(backup: Backup) -> list[str]:
    """Say what a backup holds."""
    genomes = "1 genome" if backup.genomes == 1 else f"{backup.genomes:,} genomes"
    told = [
        f"{backup.file}: {size_words(backup.bytes)}, {'encrypted' if backup.encrypted else 'NOT encrypted'}",
        f"{genomes}, {backup.files:,} files, {size_words(backup.contents)}; made {backup.made:%Y-%m-%d %H:%M} UTC",
        "Every file was compared with its hash",
    ]
    if not backup.references:
        told.append("Data of modules is not in it; it is fetched or made again when it is needed")
    if backup.outside:
        told.append(f"Not in it, because outside of the data folder: {counted(backup.outside, 'genome file')}")
    return told


def _shown(source: Path, manifest: BackupManifest, *, encrypted: bool) -> Backup:
    return Backup(
        file=str(source),
        bytes=source.stat().st_size,
        encrypted=encrypted,
        made=manifest.made,
        app=manifest.app,
        genomes=manifest.genomes,
        outside=manifest.outside,
        references=manifest.references,
        files=len(manifest.files),
        contents=sum(one.bytes for one in manifest.files.values()),
    )
