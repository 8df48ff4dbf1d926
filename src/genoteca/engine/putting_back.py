"""Putting back a small file of which a little is damaged: byte by byte what was written, or not at all.

A seal says what the whole file was. If a single bit of it flipped, each bit is tried until the seal fits. And a
record in force and its copy under its run are one text: where one is damaged, the other says it.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from genoteca.engine import records
from genoteca.engine.files import atomic_path
from genoteca.engine.sealing import is_sealed, own_seal, seal, unsealed
from genoteca.errors import DatasetError
from genoteca.seals import lift, read_seal, set_seal

__all__ = ["put_back", "what_was_written"]

MOST = 16 << 10
"""Bytes of a file in which every bit is tried: a second or two, growing with the square of the size."""
SEAL_LINE = 90
"""Bytes at the end of a JSON file in which its own seal stands."""


def put_back(path: Path, told: bytes) -> None:
    """Write what a damaged file held; a seal that lay beside it is set again."""
    sealed = _seal_beside(path) != ""
    lift(path)
    with atomic_path(path) as beside:
        beside.write_bytes(told)
    if sealed:
        set_seal(path)


def what_was_written(path: Path) -> bytes | None:
    """Give what a damaged file held: of a record, also from its twin; None: nothing says it any more."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    if beside := _seal_beside(path):
        return _by_one_bit(data, beside)
    return _of_twin(path, data) or _by_own_seal(data)


def _seal_beside(path: Path) -> str:
    """Give the sha256 of the seal beside a file; empty: there is none, or it is damaged."""
    with suppress(ValueError):
        if (told := read_seal(path)) is not None:
            return told.sha256
    return ""


def _by_own_seal(data: bytes) -> bytes | None:
    """Give a JSON text with its own seal as it was before one bit of it flipped, in the text or in the seal."""
    if len(data) > MOST or is_sealed(data):
        return None
    if told := own_seal(data):
        body = _by_one_bit(unsealed(data), told)
        if body is not None:
            return seal(body.decode("utf-8")).encode()
    for place in range(max(0, len(data) - SEAL_LINE), len(data)):
        for bit in range(8):
            tried = bytearray(data)
            tried[place] ^= 1 << bit
            if is_sealed(bytes(tried)):
                return bytes(tried)
    return None


def _by_one_bit(data: bytes, sha256: str) -> bytes | None:
    """Give the bytes of that sha256 that differ from `data` in one bit."""
    if len(data) > MOST:
        return None
    before = hashlib.sha256()
    for place, byte in enumerate(data):
        rest = data[place + 1 :]
        for bit in range(8):
            tried = before.copy()
            tried.update(bytes((byte ^ 1 << bit,)))
            tried.update(rest)
            if tried.hexdigest() == sha256:
                return data[:place] + bytes((byte ^ 1 << bit,)) + rest
        before.update(data[place : place + 1])
    return None


def _of_twin(path: Path, data: bytes) -> bytes | None:
    """Give the text of a record's twin: of a copy the record in force, if its run wrote it; of that its copy."""
    older = records.OLDER.fullmatch(path.stem)
    if older is not None:
        run, told = _whole(path.with_name(f"{older['asset']}.json"))
        return told if run and path.stem.endswith(f"-{run[:8]}") else None
    copies = (one for one in path.parent.glob(f"{path.stem}-*.json") if records.run_of(one, path.stem))
    return next((told for run, told in map(_whole, copies) if run and run.encode() in data), None)


def _whole(path: Path) -> tuple[str, bytes]:
    """Give the run and the text of a record that is what was written, and waits for nobody; else both are empty."""
    with suppress(DatasetError, OSError):
        data, record = path.read_bytes(), records.read_record(path)
        there = record.file is None or path.with_name(record.file).is_file()
        if is_sealed(data) and there and not records.is_held(record):
            return record.run, data
    return "", b""
