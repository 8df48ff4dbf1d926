"""Seals: the sha256 of a file at rest, kept beside it, so that a flipped bit in it is found.

A seal stands only while nobody writes: it is set when a file is left at rest, and taken away before the first write,
which first looks whether the file still is what was sealed. After a kill, a file that was being written has no seal;
that says nothing of it but that. `.app.db.seal` seals `app.db`: sha256, bytes, time of the last change (in ns), and
what was found wrong, if anything was; a line of its own says that nobody changed the seal itself.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENDING", "Seal", "check_and_lift", "lift", "mark_wrong", "read_seal", "seal_path", "set_seal"]

ENDING = ".seal"
DATABASE = ".db"
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
PATIENCE = 5.0
"""Seconds that reading a database waits for who writes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """What a file was when it was left at rest."""

    sha256: str
    """Empty: it was never sealed, and something was found wrong with it."""
    bytes: int
    mtime_ns: int
    wrong: str = ""
    """What was found wrong before the file was written to; empty: nothing."""

    def fits(self, path: Path) -> bool:
        """Whether the file is what was sealed, by every byte.

        Raises:
            sqlite3.OperationalError: it is a database, and another has it for itself.

        """
        try:
            return path.stat().st_size == self.bytes and _sha256(path) == self.sha256
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in BUSY:
                raise
            return False  # it is none any more

    def was_rewritten(self, path: Path) -> bool:
        """Whether something has written the file since, as its time says; a bit that decays changes no time."""
        told = path.stat()
        return (told.st_size, told.st_mtime_ns) != (self.bytes, self.mtime_ns)


def seal_path(path: Path) -> Path:
    """Say where the seal of a file lies."""
    return path.with_name(f".{path.name}{ENDING}")


def read_seal(path: Path) -> Seal | None:
    """Give the seal of a file; None: it has none.

    Raises:
        ValueError: it is damaged.

    """
    try:
        body, _, own = seal_path(path).read_bytes().rpartition(b"\n")
    except FileNotFoundError:
        return None
    if own.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():
        raise ValueError(f"the seal of {path.name} is damaged")
    sha256, size, mtime_ns, wrong = body.decode("utf-8").split(" ", 3)
    return Seal(sha256=sha256, bytes=int(size), mtime_ns=int(mtime_ns), wrong=wrong)


def set_seal(path: Path) -> None:
    """Seal a file that is at rest: nobody may be able to write it meanwhile, or a writer takes the seal away."""
    before = path.stat()
    _write(path, Seal(sha256=_sha256(path), bytes=before.st_size, mtime_ns=before.st_mtime_ns))
    after = path.stat()
    if (after.st_ino, after.st_size, after.st_mtime_ns) != (before.st_ino, before.st_size, before.st_mtime_ns):
        lift(path)  # it was written while it was read


def lift(path: Path) -> None:
    """Take a seal away, for good even if the power fails now: what comes next changes the file."""
    seal = seal_path(path)
    try:
        seal.unlink()
    except FileNotFoundError:
        return
    if os.name != "nt":  # Windows knows no such call
        folder = os.open(seal.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def check_and_lift(path: Path) -> None:
    """Take a seal away before the first write; a file that is not what was sealed keeps a seal that says so."""
    try:
        seal = read_seal(path)
    except ValueError:  # nothing can be compared with it
        seal = None
    if seal is not None and seal.wrong:
        return
    if seal is None or _may_fit(seal, path):
        lift(path)
    elif _still(seal, path):
        mark_wrong(path, "it was not what had been sealed when it was opened", seal)


def _still(seal: Seal, path: Path) -> bool:
    """Tell whether a seal is the one that lies there: another who writes takes it away first, and then may write."""
    try:
        return read_seal(path) == seal
    except ValueError:
        return False


def _may_fit(seal: Seal, path: Path) -> bool:
    try:
        return seal.fits(path)
    except sqlite3.OperationalError:  # it could not be compared: that says nothing against it
        return True


def mark_wrong(path: Path, wrong: str, seal: Seal | None = None) -> None:
    """Remember what was found wrong with a file, for whoever asks; it stays until the file is made again."""
    told = " ".join(wrong.split())
    sha256, size, mtime_ns = (seal.sha256, seal.bytes, seal.mtime_ns) if seal else ("-", 0, 0)
    _write(path, Seal(sha256=sha256, bytes=size, mtime_ns=mtime_ns, wrong=told))


def _write(path: Path, seal: Seal) -> None:
    body = f"{seal.sha256} {seal.bytes} {seal.mtime_ns} {seal.wrong}".encode()
    target = seal_path(path)
    beside = target.with_name(f"{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body + b"\n" + hashlib.sha256(body).hexdigest().encode())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    if path.suffix == DATABASE:
        # SQLite's locks belong to the process: closing any other handle of the file would let go of those of every
        # connection in it (https://www.sqlite.org/howtocorrupt.html, 2.2), so SQLite itself reads it.
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()  # says why, if it cannot be read
            return hashlib.sha256(connection.serialize()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
