"""Writing a backup: a tar stream in flat memory, databases by SQLite's own backup, every file with its sha256."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from genoteca import __version__
from genoteca.engine.backup.manifest import DATA, MANIFEST, SUM, BackupEntry, BackupManifest
from genoteca.engine.backup.sealed_stream import SealedWriter
from genoteca.engine.files import atomic_path, below, private_folder, size_of, sweep_beside
from genoteca.engine.index import RunIndex
from genoteca.engine.samples import all_samples
from genoteca.errors import DataFolderError, InputError
from genoteca.model.run import RunStatus
from genoteca.seals import ENDING
from genoteca.settings import DATA_FOLDER_VERSION, Layout

__all__ = ["write_backup"]

LEFT_OUT = frozenset({"cache", "tmp", "logs", "forgetting", "migrating", "app.json", "app.key", "starting"})
"""At the top of the data folder: what is disposable, or true of this computer only."""
BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")
"""In a backup all of it is in the database, which is then another file than was sealed: its seal stays out too."""
PIECE = 1 << 20

Progress = Callable[[float, int], None]
"""Takes the share that is done, 0 to 1, and the bytes so far; what it raises ends the work."""


def write_backup(
    layout: Layout, target: Path, *, passphrase: str = "", references: bool = True, progress: Progress
) -> BackupManifest:
    """Write everything that cannot be had again, and the data of modules where `references` says so.

    The app may be open; no run may be at work, for what it writes would be there in parts.

    Raises:
        InputError: the file would lie in the data folder, or a run is at work, or began meanwhile.
        DataFolderError: a file changed while it was read.

    """
    if target.resolve().is_relative_to(layout.home.resolve()):
        raise InputError(f"{target} lies in the data folder itself.", hint="Choose a place outside of it.")
    _require_idle(layout)
    before = _newest_run(layout)
    manifest = _manifest(layout, references=references)
    sweep_beside(target)
    with atomic_path(target) as beside:
        with beside.open("xb") as file:
            beside.chmod(0o600)
            _Backup(layout, file, passphrase, manifest, progress).write()
        _require_idle(layout)
        if _newest_run(layout) != before:
            raise InputError(
                "A run began and ended while the backup was written.",
                title="The backup was not finished",
                hint="Make it again while nothing is at work.",
            )
    return manifest


def _require_idle(layout: Layout) -> None:
    if RunIndex(layout.database).with_status(RunStatus.RUNNING, RunStatus.CANCELLING):
        raise InputError(
            "A run is at work: what it writes would be in the backup in parts.",
            title="Not while a run is at work",
            hint="Wait until it is over, or cancel it on the Runs page.",
        )


def _newest_run(layout: Layout) -> list[tuple[str, str]]:
    return [(run.id, run.status) for run in RunIndex(layout.database).list(limit=50) if run.status.over]


def _manifest(layout: Layout, *, references: bool) -> BackupManifest:
    samples = list(all_samples(layout))
    return BackupManifest(
        app=__version__,
        data_folder=DATA_FOLDER_VERSION,
        made=datetime.now(UTC),
        genomes=len(samples),
        outside=sum(sample.source.kept == "in place" for sample in samples),
        references=references,
    )


class _Backup:
    def __init__(
        self, layout: Layout, file: IO[bytes], passphrase: str, manifest: BackupManifest, progress: Progress
    ) -> None:
        self._layout, self._manifest, self._progress = layout, manifest, progress
        self._stream = SealedWriter(file, passphrase)
        self._known: dict[tuple[int, int], str] = {}
        self._total, self._done = 0, 0

    def write(self) -> None:
        """Write files, then the manifest, then its sum."""
        paths = list(self._paths())
        self._total = sum(size_of(path) for path in paths if path.is_file()) or 1
        stream: Any = self._stream  # what tarfile needs of a file is `write`
        with tarfile.open(mode="w|", fileobj=stream, format=tarfile.PAX_FORMAT, bufsize=PIECE) as archive:
            for path in paths:
                self._add(archive, path)
            text = self._manifest.text()
            for name, data in ((MANIFEST, text), (SUM, self._manifest.sum_of(text))):
                archive.addfile(_entry(name, len(data)), io.BytesIO(data))
        self._stream.close()

    def _paths(self) -> Iterator[Path]:
        for path in below(self._layout.home):
            top = path.relative_to(self._layout.home).parts[0]
            if (
                top in LEFT_OUT
                or top.endswith(".lock")
                or path.name.endswith((*BESIDE_A_DATABASE, f".db{ENDING}", ".tmp", ".lock"))
            ):
                continue
            if top == "references" and not self._manifest.references:
                continue
            if path.is_symlink() or path.is_file():
                yield path

    def _add(self, archive: tarfile.TarFile, path: Path) -> None:
        place = path.relative_to(self._layout.home).as_posix()
        if path.is_symlink():
            self._note_link(path, place)
        elif path.suffix == ".db":
            with tempfile.TemporaryDirectory(dir=private_folder(self._layout.temporary), prefix="backup-") as folder:
                copy = Path(folder) / "copy.db"
                _copy_database(path, copy)
                with copy.open("rb") as file:
                    self._add_file(archive, file, place)
        elif (kept := _opened(path, place)) is not None:
            with kept as file:
                told = os.fstat(file.fileno())
                first = self._known.setdefault((told.st_dev, told.st_ino), place)
                if first != place:
                    self._manifest.files[place] = self._manifest.files[first].model_copy(update={"same_as": first})
                else:
                    self._add_file(archive, file, place)

    def _note_link(self, path: Path, place: str) -> None:
        """Note a symbolic link that stays within the data folder; another one says nothing elsewhere."""
        leads = path.resolve()
        if leads.is_relative_to(self._layout.home.resolve()):
            self._manifest.links[place] = Path(os.path.relpath(leads, path.parent.resolve())).as_posix()

    def _add_file(self, archive: tarfile.TarFile, file: IO[bytes], place: str) -> None:
        size = os.fstat(file.fileno()).st_size
        heard = _Heard(file, size, self._hear)
        try:
            archive.addfile(_entry(DATA + place, size), heard)  # type: ignore[arg-type]
        except OSError as error:
            raise _unread(place, error) from error
        self._manifest.files[place] = BackupEntry(bytes=size, sha256=heard.digest.hexdigest())

    def _hear(self, size: int) -> None:
        self._done += size
        self._progress(min(self._done / self._total, 1.0), self._done)


class _Heard:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes], size: int, hear: Callable[[int], None]) -> None:
        self._file, self._left, self._hear = file, size, hear
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        self.digest.update(data)
        self._hear(len(data))
        return data


def _opened(path: Path, place: str) -> IO[bytes] | None:
    """Open a file; None: it is a seal that was taken away by who writes what it sealed."""
    try:
        return path.open("rb")
    except OSError as error:
        if isinstance(error, FileNotFoundError) and path.name.endswith(ENDING):
            return None
        raise _unread(place, error) from error


def _unread(place: str, error: OSError) -> DataFolderError:
    return DataFolderError(
        f"{place} could not be read whole: {error}.", hint="Was it changed meanwhile? Make the backup again."
    )


def _copy_database(path: Path, copy: Path) -> None:
    """Copy a database as SQLite does it: a state that was once committed, whoever writes meanwhile."""
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=1000)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    told = tarfile.TarInfo(name)
    told.size, told.mode = size, 0o600
    return told
