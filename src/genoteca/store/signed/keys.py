"""The private keys of a catalogue that is published from here: one file for each role, for its owner's eyes only."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Collection
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner

from genoteca.errors import CatalogueError

__all__ = ["ROLES", "check_apart", "key_of", "make_keys", "next_key", "take_next_keys"]

NEXT = ".next"
ROLES = ("root", "targets", "snapshot", "timestamp")


def check_apart(keys: Path, served: Path) -> None:
    """Refuse to keep keys where they would be served with the catalogue. Raises CatalogueError."""
    if keys.resolve().is_relative_to(served.resolve()):
        raise CatalogueError(
            f"The keys would lie in {keys}, inside the folder {served} that everybody can read.",
            hint="Choose a folder outside of it with --keys.",
        )


def make_keys(folder: Path) -> None:
    """Make a key (Ed25519) for each role that has none; the folder is its owner's alone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for role in ROLES:
        if not _path(folder, role).exists():
            _make(_path(folder, role))


def next_key(folder: Path, role: str) -> CryptoSigner:
    """Make the key that is to follow a role's; it does so by `take_next_keys`, once the root names it.

    Raises CatalogueError.
    """
    path = _path(folder, f"{role}{NEXT}")
    path.unlink(missing_ok=True)
    _make(path)
    return _load(path)


def take_next_keys(folder: Path, named: Collection[str]) -> None:
    """Put the next keys in the place of those they follow, where they are among the public keys `named` by the root.

    Raises CatalogueError.
    """
    for role in ROLES:
        path = _path(folder, f"{role}{NEXT}")
        if path.exists() and _load(path).public_key.keyval["public"] in named:
            path.replace(_path(folder, role))


def key_of(folder: Path, role: str) -> CryptoSigner | None:
    """Load the key of a role; None: it is not there (the root key may well be kept elsewhere).

    Raises CatalogueError when others can read it, or it is none.
    """
    path = _path(folder, role)
    return _load(path) if path.exists() else None


def _make(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(CryptoSigner.generate_ed25519().private_bytes)


def _load(path: Path) -> CryptoSigner:
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise CatalogueError(f"{path} can be read by others than its owner.", hint=f"Run: chmod 600 {path}")
    try:
        return CryptoSigner(load_pem_private_key(path.read_bytes(), password=None))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CatalogueError(f"{path} is no private key in PEM form: {error}") from error


def _path(folder: Path, role: str) -> Path:
    return folder / f"{role}.pem"
