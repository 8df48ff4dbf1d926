"""Fetching with a note of every file: what a reference was made from, and how a newer one is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from genoteca.sdk.beside import names_beside, noted_beside
from genoteca.sdk.progress import Progress
from genoteca.sdk.resources import Fetch, Fetched

__all__ = ["NotedFetch"]


class NotedFetch:
    """Fetches as `fetch` does, and notes what came. `notes()` goes into the record of what is made from it.

    `settings`: of the module. What lies in a folder that they name is noted as it is now, before anything is taken.
    """

    def __init__(self, fetch: Fetch, settings: Mapping[str, JsonValue]) -> None:
        self._fetch = fetch
        self._beside = names_beside(settings)
        self._files: dict[str, dict[str, JsonValue]] = {}
        self._pins: dict[str, str] = {}

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        """Fetch a file, and note it.

        Raises:
            FetchError: as the `Fetch` that it was given.

        """
        got = self._fetch.fetch(source, checksum=checksum, checksum_url=checksum_url, progress=progress)
        self._note(source, got, checksum_url)
        return got

    def fetch_all(self, sources: Sequence[str], *, progress: Progress) -> list[Fetched]:
        """Fetch a set of files, and note them.

        Raises:
            FetchError: as the `Fetch` that it was given.

        """
        found = self._fetch.fetch_all(sources, progress=progress)
        for source, got in zip(sources, found, strict=True):
            self._note(source, got, "")
        return found

    def require_room(self, sizes: Mapping[str, int]) -> None:
        """Check that the disk has room.

        Raises:
            FetchError: as the `Fetch` that it was given.

        """
        self._fetch.require_room(sizes)

    def forget(self, source: str) -> None:
        """Remove what was fetched from the disk; the note of it stays."""
        self._fetch.forget(source)

    def pin(self, source: str, *, progress: Progress) -> str:
        """Give a source of the Hub at its commit, and note which revision it was asked as.

        Raises:
            FetchError: as the `Fetch` that it was given.

        """
        pinned = self._fetch.pin(source, progress=progress)
        self._pins[pinned] = source
        return pinned

    def notes(self) -> dict[str, JsonValue]:
        """Give what a record keeps; empty where nothing was fetched.

        `files`: of each its `url` (of a file on this computer only its name, and when it was changed last as
        `modified_ns`, nanoseconds since 1970), `sha256`, `bytes`, `cached`, and as far as the publisher says them
        `checksum`, `etag`, `last_modified`, `checksum_url`. `pinned`: sources of the Hub, by what they were pinned
        to. `bytes_downloaded`: of those that came over the network this time. `beside`: see `noted_beside`.
        """
        files: list[JsonValue] = [dict(file) for file in self._files.values()]
        if not files:
            return {}
        fresh = [file for file in self._files.values() if not file["cached"] and "://" in str(file["url"])]
        notes: dict[str, JsonValue] = {
            "files": files,
            "bytes_downloaded": sum(size for file in fresh if isinstance(size := file["bytes"], int)),
        }
        used = [str(file["url"]) for file in self._files.values() if "modified_ns" in file]
        return notes | noted_beside(self._beside, used) | ({"pinned": dict(self._pins)} if self._pins else {})

    def _note(self, source: str, got: Fetched, checksum_url: str) -> None:
        remote = "://" in source
        told: dict[str, JsonValue] = {
            "url": got.url if remote else Path(source).name,
            "sha256": got.sha256,
            "bytes": got.bytes,
            "cached": got.from_cache,
        }
        if not remote:
            told["modified_ns"] = got.path.stat().st_mtime_ns
        said = {
            "checksum": got.checksum,
            "etag": got.etag,
            "last_modified": got.last_modified,
            "checksum_url": checksum_url,
        }
        # an address with a password or a query is kept without it, so nobody can be asked for it again
        whole = remote and got.url == source
        self._files[source] = told | ({name: value for name, value in said.items() if value} if whole else {})
