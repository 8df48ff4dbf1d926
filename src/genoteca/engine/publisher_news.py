"""Asking publishers whether they have something newer than a reference was made from. Nothing is fetched.

Its record says how: addresses with their checksum files, ETags and dates, and sources of the Hub with the revision
that they were asked as. No code of a module runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genoteca.engine.asking import Asker, Retries
from genoteca.engine.hub import SCHEME, Hub, HubAccess, HubSource
from genoteca.engine.published import first_text, published_checksum, state_of
from genoteca.errors import FetchError
from genoteca.model.outside import OnRequest
from genoteca.model.record import Record

__all__ = ["News", "PublisherDesk", "can_be_asked", "is_newer"]

Got = TypeVar("Got")

QUICK = Retries(attempts=2, stall=20)
"""Somebody waits for the answer, and nothing is lost without it."""

Note = Mapping[str, JsonValue]


class News(BaseModel):
    """What a publisher has now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: str = ""
    """Its name, as far as it can be told without fetching it: a commit of the Hub, else a day; empty: not newer."""
    seen: dict[str, str] = Field(default_factory=dict)
    """What tells one state of a file from another, by its address without revision."""


class PublisherDesk:
    """Asks the publishers of references; `hosts` are those that the module may ask."""

    def __init__(
        self,
        hosts: Collection[str],
        *,
        hub: HubAccess,
        on_request: OnRequest | None = None,
        retries: Retries = QUICK,
    ) -> None:
        self._asker = Asker(hosts, on_request=on_request, retries=retries)
        self._hub_access = hub
        self._hub = Hub(hub, self._asker)

    def ask(self, record: Record) -> News:
        """Ask what there is now of the files that a reference was made from.

        Raises:
            FetchError: somebody cannot be reached, or says nothing that would tell.

        """
        files = _files(record)
        of_hub = [str(file["url"]) for file in files if _on_hub(file)]
        seen = {str(file["url"]): self._fingerprint(file) for file in files if not _on_hub(file)}
        commit = ""
        if of_hub:
            commit, states = self._at_hub(of_hub, _revisions(record))
            seen |= states
        if not is_newer([record], seen):
            return News(seen=seen)
        return News(release=commit or self._name(record, files), seen=seen)

    def _fingerprint(self, file: Note) -> str:
        address, checksum_url = str(file["url"]), str(file.get("checksum_url") or "")
        if checksum_url:
            return str(self._persist(address, lambda: published_checksum(self._asker, address, checksum_url)))
        etag, last_modified = self._persist(address, lambda: state_of(self._asker, address))
        told = _plain(etag) if file.get("etag") else last_modified
        if not told:
            raise FetchError(f"The publisher no longer says of {address} which state of it there is.")
        return told

    def _at_hub(self, sources: list[str], revisions: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """Give the commit that the revision is now, and the checksums of the files at it."""
        if self._hub_access.offline:
            raise FetchError("Genoteca is set never to ask the Hub.", title="Not available offline")
        known = HubSource.parse(sources[0])
        asked = HubSource.parse(revisions.get(known.revision, sources[0]))
        commit = asked.revision if asked.pinned else self._hub.commit(asked, _silence)
        now = [HubSource.parse(source).at(commit) for source in sources]
        return commit, {_place(file.source): file.checksum for file in self._hub.files(now, _silence)}

    def _name(self, record: Record, files: list[Note]) -> str:
        """Name what is newer: by the line that the module says its file has, else by the day it was published."""
        address = str(files[0]["url"])
        line = record.metadata.get("release_line")
        if isinstance(line, str) and line:
            found = re.search(line, self._persist(address, lambda: first_text(self._asker, address)), re.MULTILINE)
            if found:
                return found[1].strip()
        _, last_modified = self._persist(address, lambda: state_of(self._asker, address))
        try:
            return parsedate_to_datetime(last_modified).date().isoformat()
        except ValueError:
            return ""

    def _persist(self, address: str, attempt: Callable[[], Got]) -> Got:
        return self._asker.persist(address, attempt, say=_silence)


def can_be_asked(record: Record) -> bool:
    """Tell whether a publisher can be asked for something newer than this: it was fetched, and nothing pins it."""
    files, revisions = _files(record), _revisions(record)
    fixed = [HubSource.parse(asked).pinned for asked in revisions.values()]
    return bool(files) and all(_told(file) for file in files) and not any(fixed)


def is_newer(records: Collection[Record], seen: Mapping[str, str]) -> bool:
    """Tell whether what a publisher has is in none of these releases."""
    return bool(seen) and all(
        any(seen.get(_place(str(file["url"])), told) != told for file in _files(record) if (told := _told(file)))
        for record in records
    )


def _files(record: Record) -> list[Note]:
    """Give the notes of the files that came over the network."""
    files = record.metadata.get("files")
    told = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return [file for file in told if "://" in str(file.get("url"))]


def _told(file: Note) -> str:
    """Give what told, when it was fetched, one state of a file from another; empty: nothing did."""
    if _on_hub(file) or file.get("checksum_url"):
        return str(file.get("checksum") or "")
    return _plain(str(file.get("etag") or "")) or str(file.get("last_modified") or "")


def _revisions(record: Record) -> dict[str, str]:
    """Give how the sources of the Hub were asked for, by commit."""
    pinned = record.metadata.get("pinned")
    told = pinned.items() if isinstance(pinned, dict) else ()
    return {HubSource.parse(source).revision: str(asked) for source, asked in told}


def _on_hub(file: Note) -> bool:
    return str(file["url"]).startswith(SCHEME)


def _place(address: str) -> str:
    """An address, of the Hub without its revision."""
    if not address.startswith(SCHEME):
        return address
    source = HubSource.parse(address)
    return f"{SCHEME}datasets/{source.repo}/{source.path}"


def _plain(etag: str) -> str:
    """An ETag without the mark of a weak one: a server that compresses may say either of the same file."""
    return etag.removeprefix("W/")


def _silence(message: str) -> None:
    """Nobody watches: the answer comes in a second or not at all."""
