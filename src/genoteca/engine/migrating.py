"""Bringing an older data folder to the version that this app writes: the old state or the new one, never between.

A migration only says which files shall hold what. All of it is first written into `migrating/after`, beside a copy
of every file as it is (`migrating/before`); then a list is written, in one step, which says that all is there. Killed
before the list: the folder is as it was. Killed after: the next start goes on to the new state. Where putting the
files in place fails, every old one is put back. The file `version` changes last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict

from genoteca.engine import records
from genoteca.engine.files import private_folder, write_private
from genoteca.engine.forms import stored_form
from genoteca.engine.sealing import is_sealed, seal
from genoteca.errors import DataFolderError, DatasetError
from genoteca.settings import DATA_FOLDER_VERSION, Layout

__all__ = ["MIGRATIONS", "Migration", "bring_up_to_date", "version_of"]

Migration = Callable[[Layout], Iterator[tuple[Path, bytes]]]
"""Gives every file that changes, with what it shall hold; changes nothing itself."""

LIST = "list.json"


class Planned(BaseModel):
    """What is put in place: names in `after` and `before`, by path below the data folder."""

    model_config = ConfigDict(extra="forbid")

    to: int
    files: dict[str, str]


def seal_records(layout: Layout) -> Iterator[tuple[Path, bytes]]:
    """1 → 2: records, `sample.json` and `notes.json` carry their own sha256, so that `verify` sees a flipped bit.

    What cannot be read as a record is left as it is: it is damaged already, and is told of.
    """
    whole = [*records.record_files(layout, older=False), *records.record_files(layout, older=True)]
    for path in whole:
        try:
            records.read_record(path)
        except DatasetError:
            continue
        yield from _sealed(path)
    for name in sorted(records.NO_RECORDS):
        for path in sorted(layout.users.glob(f"*/*/{name}")):
            yield from _sealed(path)


def _sealed(path: Path) -> Iterator[tuple[Path, bytes]]:
    data = path.read_bytes()
    if is_sealed(data) is None and data.rstrip().endswith(b"\n}"):
        yield path, seal(data.decode("utf-8").rstrip()).encode("utf-8")


def tell_forms(layout: Layout) -> Iterator[tuple[Path, bytes]]:
    """2 → 3: records say in which form their table is, as the table itself tells; nothing is out of date by that."""
    for path in (*records.record_files(layout, older=False), *records.record_files(layout, older=True)):
        try:
            record = records.read_record(path)
        except DatasetError:
            continue
        form = stored_form(record.asset, path.with_name(record.file)) if record.file and not record.form else ""
        if form and is_sealed(path.read_bytes()):
            told = record.model_copy(update={"form": form})
            yield path, seal(told.model_dump_json(indent=1)).encode("utf-8")


MIGRATIONS: Mapping[int, Migration] = {1: seal_records, 2: tell_forms}
"""By the version they begin with; each leads to the next."""


def version_of(layout: Layout) -> int:
    """Give the version of a data folder.

    Raises:
        DataFolderError: a newer app wrote it, or the file `version` says nothing.

    """
    path = layout.home / "version"
    told = path.read_text("utf-8", errors="replace").strip()
    if not told.isdecimal():
        raise DataFolderError(
            f"{path} says {told!r}, which is no version.",
            title="The file that says the data folder's version is damaged",
            hint=f"If this Genoteca wrote the folder, write {DATA_FOLDER_VERSION} into it. Nothing was changed.",
        )
    if not 1 <= int(told) <= DATA_FOLDER_VERSION:
        raise DataFolderError(
            f"{layout.home} is of version {told!r}; this Genoteca knows versions 1 to {DATA_FOLDER_VERSION}.",
            title="This data folder is of a newer Genoteca",
            hint="Use the newer Genoteca that wrote it, or another folder with --home. Nothing was changed.",
        )
    return int(told)


def bring_up_to_date(layout: Layout, migrations: Mapping[int, Migration] = MIGRATIONS) -> list[int]:
    """Do every migration that is left, and finish one that was killed; give the versions that were reached.

    Raises:
        DataFolderError: a newer app wrote the folder, another process works on it, or a migration failed; in the last
            case everything is as it was.

    """
    reached = list[int]()
    if version_of(layout) == DATA_FOLDER_VERSION and not _staging(layout).exists():
        return reached
    with _alone(layout):
        if to := _finish(layout):
            reached.append(to)
        while (version := version_of(layout)) < DATA_FOLDER_VERSION:
            try:
                _stage(layout, version + 1, migrations[version](layout))
                _finish(layout)
            except (OSError, DatasetError, ValueError) as error:
                raise DataFolderError(
                    f"{layout.home} could not be brought from version {version} to {version + 1}: {error}",
                    title="The data folder could not be brought up to date",
                    hint="It is as it was. Is there room on the disk, and may you write there? Then try again.",
                ) from error
            reached.append(version + 1)
    return reached


class _alone:  # noqa: N801 - used as a word: with _alone(layout)
    """Nobody else may have the folder open: an older app would go on writing what it knows."""

    def __init__(self, layout: Layout) -> None:
        places = (layout.home / "migrating.lock", layout.worker_lock)
        self._locks = [FileLock(place, mode=0o600) for place in places]

    def __enter__(self) -> None:
        held = list[FileLock]()
        try:
            for lock in self._locks:
                lock.acquire(timeout=0)
                held.append(lock)
        except Timeout as error:
            for lock in held:
                lock.release()
            raise DataFolderError(
                "The data folder is of an older version, and another Genoteca has it open.",
                title="Close Genoteca first",
                hint="Close every window and command of Genoteca, then open it again: the folder is then brought up "
                "to date.",
            ) from error

    def __exit__(self, *_: object) -> None:
        for lock in reversed(self._locks):
            lock.release()


def _staging(layout: Layout) -> Path:
    return layout.home / "migrating"


def _stage(layout: Layout, to: int, changes: Iterator[tuple[Path, bytes]]) -> None:
    """Write everything beside; nothing of the folder itself changes."""
    after, before = (private_folder(_staging(layout) / name) for name in ("after", "before"))
    planned = Planned(to=to, files={})
    try:
        for number, (path, data) in enumerate(changes):
            name = f"{number}"
            (after / name).write_bytes(data)
            (after / name).chmod(0o600)
            if path.exists():
                shutil.copyfile(path, before / name)
            planned.files[path.relative_to(layout.home).as_posix()] = name
        _sync(after, before)
        write_private(_staging(layout) / LIST, planned.model_dump_json())
    except BaseException:
        shutil.rmtree(_staging(layout), ignore_errors=True)
        raise


def _finish(layout: Layout) -> int:
    """Put in place what is staged, if its list is whole; give the version that was reached, 0: none."""
    staging = _staging(layout)
    if not (staging / LIST).is_file():
        shutil.rmtree(staging, ignore_errors=True)
        return 0
    planned = Planned.model_validate_json((staging / LIST).read_bytes())
    for left in layout.home.glob(".version.*.tmp"):  # of a start that was killed here
        left.unlink()
    try:
        for place, name in planned.files.items():
            target = layout.home / place
            if (staging / "after" / name).exists():
                (staging / "after" / name).replace(private_folder(target.parent) / target.name)
    except OSError:
        _put_back(layout, planned)
        shutil.rmtree(staging, ignore_errors=True)
        raise
    write_private(layout.home / "version", f"{planned.to}\n")
    # the list goes first: a folder without one is thrown away
    (staging / LIST).unlink()
    shutil.rmtree(staging, ignore_errors=True)
    return planned.to


def _put_back(layout: Layout, planned: Planned) -> None:
    for place, name in planned.files.items():
        old = _staging(layout) / "before" / name
        target = layout.home / place
        if (_staging(layout) / "after" / name).exists():  # it never got there
            continue
        if old.exists():
            shutil.copyfile(old, target)
        else:
            target.unlink(missing_ok=True)


def _sync(*folders: Path) -> None:
    """Make what was written durable, once for all of it."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for folder in folders:
        for path in folder.iterdir():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
