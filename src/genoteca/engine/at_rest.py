"""Every file of the data folder that no record speaks of: sealed when it is left at rest, and compared with its seal.

`NOT_COMPARED` is the list of what has no seal, each with its reason; what stands neither there nor in a record is
sealed. A file without a seal was being written when its writer was killed, or is new: it is only looked at as far as
its kind can be (a database by SQLite itself, JSON and TOML by reading it), that is said, and it is sealed anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from genoteca.database import seal_database, write_ahead_log
from genoteca.engine.files import below, size_of
from genoteca.engine.write_ahead import wrong_in_log
from genoteca.seals import ENDING, mark_wrong, read_seal, seal_path, set_seal
from genoteca.settings import Layout

__all__ = [
    "NOT_COMPARED",
    "Finding",
    "files_at_rest",
    "heed_logs",
    "is_readable",
    "look_at",
    "reason_not_compared",
    "seal_at_rest",
]

NOT_COMPARED: Mapping[str, str] = {
    "cache/*": "It is made again whenever it is gone.",
    "logs/*": "Lines are added while something works; nothing is read from them.",
    "tmp/*": "It is on its way somewhere, and is removed at the next start.",
    "inbox/*": "Files a person put there are their own; they are compared from when they are added.",
    "forgetting/*": "It is there only while something is deleted.",
    "migrating/*": "It is there only while the data folder is brought up to date.",
    "starting": "It is there only while Genoteca starts.",
    "app.json": "It says where the open desktop is, and is written at every start.",
    "app.key": "It is the key of the open desktop; a damaged one opens nothing, and a new one is made.",
    "*.lock": "It holds nothing; that it is held is all it says.",
    "*-shm": "SQLite makes it of the log whenever it is gone.",
    "*-journal": "It is there only while SQLite makes a database, and undoes what a kill left half-written.",
    "*-wal": "It is looked at with its database: every part carries a sum of its own.",
    f"*{ENDING}": "A seal carries a sum of its own, and is read with what it seals.",
    "*.tmp": "A kill left it half-written; it is removed.",
    "modules/*/__pycache__/*": "Python makes it of the files beside it.",
    "modules/generation-*/site/*": "It is compared with the wheel that it was unpacked from; what the installer adds "
    "of its own says nothing to Genoteca.",
    "modules/wheels/*": "A wheel is compared with the sha256 that was installed.",
    "modules/environments/*/*/*": "Installed files are compared with the list that each package carries.",
}
"""By pattern of the path below the data folder."""
WRITTEN_BY_OTHERS = ("settings.toml", "dagster/*", "catalogue/*", "catalogue-keys/*")
"""What an editor, Dagster's own programs, or the library of signed lists write without knowing of seals."""
DATABASES = ".db"
NO_SEAL = "it is new, is in use at this moment, or was in use when Genoteca was ended hard"


class Finding(NamedTuple):
    """What was found of one file."""

    damaged: str = ""
    """What is wrong with it; empty: nothing is known to be."""
    unsealed: str = ""
    """Why it could not be compared; empty: it was."""


def reason_not_compared(place: str) -> str:
    """Say why a file has no seal; empty: it has one, or a record."""
    return next((why for pattern, why in NOT_COMPARED.items() if fnmatch(place, pattern)), "")


def files_at_rest(layout: Layout, *, genomes: bool = True) -> Iterator[Path]:
    """Give every file that is sealed or has a record; `genomes`: also of users and references, which have records."""
    skipped = {"cache", "logs", "tmp", "inbox"} | (set() if genomes else {"users", "references"})
    for folder, inside, names in os.walk(layout.home):
        top = Path(folder) == layout.home
        inside[:] = sorted(one for one in inside if not (top and one in skipped) and one not in ("site", "wheels"))
        for name in sorted(names):
            path = Path(folder, name)
            if not path.is_symlink() and not reason_not_compared(path.relative_to(layout.home).as_posix()):
                yield path


def seal_at_rest(layout: Layout) -> None:
    """Seal what is left at rest without a seal, as far as nobody writes it; users and references have records."""
    for path in files_at_rest(layout, genomes=False):
        if size_of(path) and not seal_path(path).exists():
            seal_file(path)
    for seal in (*layout.home.glob(f".*{ENDING}"), *below(layout.dagster, f".*{ENDING}")):
        if not seal.with_name(seal.name[1 : -len(ENDING)]).exists():
            seal.unlink(missing_ok=True)


def seal_file(path: Path) -> None:
    """Seal one file, a database under its own lock; one that is written or gone meanwhile stays without."""
    with suppress(OSError, sqlite3.Error):
        if path.suffix == DATABASES:
            seal_database(path)
        else:
            set_seal(path)


def heed_logs(layout: Layout) -> None:
    """Look at the logs that a kill left, before SQLite opens them: it passes over what is damaged, and removes them.

    Where somebody is at work the logs are theirs, and whole.
    """
    left = [log for log in (*layout.home.glob("*.db-wal"), *below(layout.dagster, "*.db-wal")) if size_of(log)]
    if not left:
        return
    with suppress(Timeout), FileLock(layout.worker_lock, mode=0o600).acquire(timeout=0):
        for log in left:
            _heed_log(log.with_name(log.name.removesuffix("-wal")))


def _heed_log(database: Path) -> None:
    """Look at one log while nobody can write it, and before it is moved into its database."""
    with suppress(sqlite3.Error), closing(_alone(database)) as connection:
        if told := wrong_in_log(write_ahead_log(database)):
            mark_wrong(database, told)
        connection.execute("ROLLBACK")


def _alone(database: Path) -> sqlite3.Connection:
    """Open a database so that nobody can write or seal it."""
    connection = sqlite3.connect(database, timeout=30, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except BaseException:
        connection.close()
        raise
    return connection


def look_at(layout: Layout, path: Path) -> Finding:
    """Compare a file with its seal; without one, look at it as far as its kind can be looked at, and seal it."""
    place = path.relative_to(layout.home).as_posix()
    found = _look_at_database(path, place) if path.suffix == DATABASES else _compared(path, place)
    if found.unsealed and not found.damaged:
        seal_file(path)
    return found


def is_readable(database: Path) -> bool:
    """Whether SQLite can read all of a database."""
    try:
        with closing(_alone(database)) as connection:
            return not _wrong_inside(connection)
    except sqlite3.DatabaseError:
        return False


def _look_at_database(path: Path, place: str) -> Finding:
    """Look at a database and its log while nobody can write it."""
    try:
        with closing(_alone(path)) as connection:
            told = wrong_in_log(write_ahead_log(path))
            found = Finding(damaged=told) if told else _compared(path, place)
            if found.unsealed:
                found = found._replace(damaged=_wrong_inside(connection))
            connection.execute("ROLLBACK")
            return found
    except sqlite3.DatabaseError as error:
        if (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_BUSY:
            return Finding(unsealed="something else wrote it all the time")
        found = _compared(path, place)
        return found if found.damaged else Finding(damaged=f"SQLite cannot read it: {error}")


def _compared(path: Path, place: str) -> Finding:
    try:
        seal = read_seal(path)
    except ValueError:
        return Finding(damaged=_unreadable(path), unsealed="its seal is damaged")
    if seal is None:
        return Finding(damaged=_unreadable(path), unsealed=NO_SEAL)
    if seal.wrong:
        return Finding(damaged=seal.wrong)
    if seal.fits(path):
        if seal.was_rewritten(path):  # the same bytes at another time: the folder was copied
            set_seal(path)
        return Finding()
    if seal.was_rewritten(path) and any(fnmatch(place, pattern) for pattern in WRITTEN_BY_OTHERS):
        return Finding(damaged=_unreadable(path), unsealed="something else than Genoteca has written it since")
    return Finding(damaged=f"its sha256 is not {seal.sha256}, which it was sealed with")


def _wrong_inside(connection: sqlite3.Connection) -> str:
    (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if told == "ok" else f"SQLite says of it: {' '.join(str(told).split())}"


def _unreadable(path: Path) -> str:
    """Say whether a text that must be JSON or TOML is none; empty: it is, or is neither."""
    try:
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.suffix == ".toml":
            tomllib.loads(path.read_text("utf-8"))
    except ValueError as error:
        return f"it cannot be read ({error})"
    return ""
