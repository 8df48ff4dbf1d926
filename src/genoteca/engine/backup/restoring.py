"""Restoring a backup: unpacked beside, compared with its manifest, and only then put in place."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout
from pydantic import ValidationError

from genoteca.engine.backup.manifest import DATA, MANIFEST, SUM, BackupManifest, safe_path
from genoteca.engine.backup.sealed_stream import SealedReader
from genoteca.engine.files import private_folder, sweep_beside
from genoteca.errors import DataFolderError, InputError
from genoteca.settings import DATA_FOLDER_VERSION, Layout

__all__ = ["check_backup", "restore_backup"]

PIECE = 1 << 20
MOST_MANIFEST = 1 << 30

Progress = Callable[[float, int], None]
"""Takes the share that is done, 0 to 1, and the bytes so far; what it raises ends the work."""


def check_backup(source: Path, *, passphrase: str = "", progress: Progress) -> BackupManifest:
    """Read a backup to its end and compare everything with its manifest; nothing is written.

    Raises:
        InputError: it is no backup, the passphrase is wrong, or it is not whole.

    """
    return _read(source, passphrase, None, progress)


def restore_backup(
    source: Path, home: Path, *, passphrase: str = "", replace: bool = False, progress: Progress
) -> tuple[BackupManifest, Path | None]:
    """Make a data folder of a backup; gives its manifest, and where the folder that was there lies now.

    `replace`: a data folder that is there is moved aside, never overwritten.

    Raises:
        InputError: it is no backup, the passphrase is wrong, it is not whole, or there is a data folder.
        DataFolderError: the data folder is in use, or the backup is of a newer Genoteca.

    """
    taken = home.exists() and any(home.iterdir())
    if taken and not replace:
        raise InputError(
            f"There is already something in {home}.",
            title="There is a data folder already",
            hint="Restore to another folder with --home, or say --replace: the one that is there is moved aside.",
        )
    if taken:
        _require_closed(Layout(home))
    parent = private_folder(home.absolute().parent)
    sweep_beside(parent / home.name)
    staging = parent / f".{home.name}.{os.getpid()}-{uuid.uuid4().hex}.tmp"
    staging.mkdir(mode=0o700)
    try:
        manifest = _read(source, passphrase, staging, progress)
        aside = _put_in_place(staging, home, taken=taken)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest, aside


def _put_in_place(staging: Path, home: Path, *, taken: bool) -> Path | None:
    """Put the folder where it belongs; give where what was there lies now."""
    aside = None
    if taken:
        aside = home.with_name(f"{home.name}.before-{datetime.now():%Y%m%d-%H%M%S}")  # noqa: DTZ005 - a name to read
        home.rename(aside)
    elif home.exists():
        home.rmdir()
    staging.rename(home)
    return aside


def _require_closed(layout: Layout) -> None:
    for place in (layout.app_lock, layout.worker_lock):
        try:
            FileLock(place, mode=0o600).acquire(timeout=0).lock.release()
        except Timeout as error:
            raise DataFolderError(
                f"{layout.home} is in use.", title="Close Genoteca first", hint="Then restore the backup."
            ) from error


def _read(source: Path, passphrase: str, staging: Path | None, progress: Progress) -> BackupManifest:
    total = source.stat().st_size or 1
    found, rest = dict[str, tuple[int, str]](), dict[str, bytes]()
    with source.open("rb") as file:
        stream = SealedReader(file, passphrase)
        try:
            with tarfile.open(mode="r|", fileobj=stream, bufsize=PIECE) as archive:  # type: ignore[call-overload]
                for entry in archive:
                    data = archive.extractfile(entry)
                    if data is None or not entry.isreg():
                        raise InputError(f"The backup holds {entry.name!r}, which is no file.")
                    if entry.name.startswith(DATA):
                        place = safe_path(entry.name.removeprefix(DATA)).as_posix()
                        found[place] = _unpack(data, staging / place if staging else None)
                        progress(min(file.tell() / total, 1.0), file.tell())
                    elif entry.name in (MANIFEST, SUM) and entry.size < MOST_MANIFEST:
                        rest[entry.name] = data.read()
            while stream.read(PIECE):  # to the end, so that what is cut off there is noticed as well
                pass
        except (tarfile.TarError, EOFError) as error:
            raise _not_whole(f"it cannot be read to its end ({error})") from error
    manifest = _compared(rest, found)
    if staging is not None:
        _make_links(manifest, staging)
    return manifest


def _unpack(data: IO[bytes], target: Path | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    file = None
    if target is not None:
        private_folder(target.parent)
        file = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    try:
        while piece := data.read(PIECE):
            digest.update(piece)
            size += len(piece)
            if file is not None:
                file.write(piece)
        if file is not None:
            file.flush()
            os.fsync(file.fileno())
    finally:
        if file is not None:
            file.close()
    return size, digest.hexdigest()


def _compared(rest: dict[str, bytes], found: dict[str, tuple[int, str]]) -> BackupManifest:
    """Compare what was read with what the backup says that it holds."""
    text = rest.get(MANIFEST, b"")
    if not text or rest.get(SUM) != BackupManifest.sum_of(text):
        raise _not_whole("its list of contents is missing or damaged")
    try:
        manifest = BackupManifest.model_validate_json(text)
    except ValidationError as error:
        raise _not_whole("its list of contents cannot be read") from error
    if manifest.data_folder > DATA_FOLDER_VERSION:
        raise DataFolderError(
            f"The backup is of a data folder of version {manifest.data_folder}; this Genoteca knows "
            f"{DATA_FOLDER_VERSION}.",
            hint="Restore it with the newer Genoteca that wrote it.",
        )
    told = {place: (one.bytes, one.sha256) for place, one in manifest.files.items() if not one.same_as}
    wrong = sorted(place for place in told.keys() | found.keys() if told.get(place) != found.get(place))
    if wrong:
        raise _not_whole(f"{wrong[0]} is missing, too much, or not what was written ({len(wrong)} such files)")
    return manifest


def _make_links(manifest: BackupManifest, staging: Path) -> None:
    for place, entry in manifest.files.items():
        if entry.same_as:
            target, first = staging / safe_path(place), staging / safe_path(entry.same_as)
            private_folder(target.parent)
            try:
                target.hardlink_to(first)
            except OSError:  # a file system without such links
                shutil.copyfile(first, target)
    for place, leads in manifest.links.items():
        link = staging / safe_path(place)
        if not (link.parent / leads).resolve().is_relative_to(staging.resolve()):
            raise _not_whole(f"{place} leads out of the data folder")
        private_folder(link.parent)
        link.symlink_to(leads)


def _not_whole(why: str) -> InputError:
    return InputError(
        f"The backup is not whole: {why}. Nothing was restored.",
        title="This backup is damaged",
        hint="Use another copy of it.",
    )
