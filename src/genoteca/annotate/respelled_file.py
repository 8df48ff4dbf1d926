"""Names of the files in which it is kept how a reference of alleles is spelled once it is left-aligned."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

__all__ = ["respelled_file", "sweep_respelled"]

METHOD = 1
"""Raised when left-alignment gives another spelling: what was kept is then found anew."""


def respelled_file(folder: Path, reference: Path, sequence: Path) -> Path:
    """Give the file for a reference under a sequence; the name tells either from what stood there before."""
    return folder / f"respelled-{METHOD}-{_identity(reference)}-{_identity(sequence)}.parquet"


def sweep_respelled(folder: Path, present: Iterable[Path]) -> list[Path]:
    """Remove, and give, the files whose reference or sequence is not `present` any more, and those left half-written.

    Only where no annotation is at work: it may be writing one.
    """
    if not folder.is_dir():
        return []
    known = {_identity(path) for path in present if path.is_file()}
    gone = [path for path in folder.iterdir() if not _is_used(path, known)]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _is_used(path: Path, known: set[str]) -> bool:
    parts = path.stem.split("-")
    return path.suffix == ".parquet" and parts[:-2] == ["respelled", str(METHOD)] and known.issuperset(parts[-2:])


def _identity(path: Path) -> str:
    """Tell a file from others, and from what stood under its name before."""
    found = path.stat()
    return blake2b(f"{path}|{found.st_size}|{found.st_mtime_ns}".encode(), digest_size=12).hexdigest()
