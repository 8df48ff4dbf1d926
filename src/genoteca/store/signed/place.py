"""Where a catalogue lies: a folder here; one that is reached over the network is handed to the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from genoteca.errors import CatalogueError

__all__ = ["MOST_BYTES", "FolderPlace", "Place", "Progress"]

MOST_BYTES = 64 * 1024**2
"""Of one file that is read into memory: metadata or the index."""

Progress = Callable[[float, str], None]


class Place(Protocol):
    """Gives the files of a catalogue by their paths in it. What it gives is not trusted before it was verified."""

    def read(self, path: str) -> bytes:
        """Read a small file.

        Raises FileNotFoundError when there is none of that name, GenotecaError when it cannot be told or read.
        """

    def take(self, path: str, *, sha256: str, size: int, progress: Progress) -> Path:
        """Bring a large file of that digest and size (bytes) to this computer; it is only read there.

        Raises FileNotFoundError when there is none of that name, GenotecaError when it cannot be had.
        """

    def done(self, path: str) -> None:
        """Let go of a file that was brought; it was taken over."""


class FolderPlace:
    """A catalogue in a folder of this computer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes:
        """Read a small file. Raises FileNotFoundError, CatalogueError."""
        with self._inside(path).open("rb") as file:
            found = file.read(MOST_BYTES + 1)
        if len(found) > MOST_BYTES:
            raise CatalogueError(f"{path} of {self._folder} is larger than {MOST_BYTES} bytes")
        return found

    def take(self, path: str, *, sha256: str, size: int, progress: Progress) -> Path:  # noqa: ARG002 - it is here
        """Give a file where it lies. Raises FileNotFoundError."""
        return self._inside(path)

    def done(self, path: str) -> None:
        """Leave the file where it lies."""

    def _inside(self, path: str) -> Path:
        found = (self._folder / path).resolve()
        if not found.is_relative_to(self._folder.resolve()):
            raise CatalogueError(f"{path} leaves the folder of the catalogue {self._folder}")
        if not found.is_file():
            raise FileNotFoundError(path)
        return found
