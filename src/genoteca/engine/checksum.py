"""Checksums: the digest that a file must have, and the digests that it has."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from genoteca.errors import FetchError

__all__ = ["BLOCK", "GIT", "Checksum", "digests"]

BLOCK = 1 << 20

GIT = "git-sha1"
"""The id that git gives a file's contents: SHA-1 over `blob <bytes>`, a zero byte, and the contents."""

CHECKSUM = re.compile(rf"sha256:[0-9a-fA-F]{{64}}|md5:[0-9a-fA-F]{{32}}|{GIT}:[0-9a-fA-F]{{40}}")


class Checksum(NamedTuple):
    """A digest that a file must have."""

    name: str
    """`sha256`, `md5` or `git-sha1`."""
    digest: str

    def __str__(self) -> str:
        return f"{self.name}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Checksum | None:
        """Read `sha256:…`, `md5:…` or `git-sha1:…`; None: empty.

        Raises:
            FetchError: none of them.

        """
        if not text:
            return None
        if not CHECKSUM.fullmatch(text):
            raise FetchError(f"{text!r} is not a checksum.", hint="Write sha256: or md5: and the digest in hex.")
        name, _, digest = text.partition(":")
        return cls(name, digest.lower())


def digests(path: Path, *names: str) -> dict[str, str]:
    """Digests of a file by name, in lower-case hex, in one reading."""
    made = {name: _begun(name, path) for name in names}
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            for digest in made.values():
                digest.update(block)
    return {name: digest.hexdigest() for name, digest in made.items()}


def _begun(name: str, path: Path) -> hashlib._Hash:
    if name == GIT:
        return hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    return hashlib.new(name, usedforsecurity=False)
