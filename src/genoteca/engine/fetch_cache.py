"""The cache of downloads: a file is taken from it while it is current, else fetched into it.

A download grows in `<folder>/<sha256 of its key>.part` and is renamed only when it is whole and verified, so a kill
at any moment leaves either nothing, a part that the next try goes on with, or the whole file. The key is the address;
of a file of the Hub it is the digest that its commit names: another commit with the same file fetches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from genoteca.engine.asking import Asker, UnreachableError
from genoteca.engine.checksum import Checksum
from genoteca.engine.disk import disk_errors, require_room
from genoteca.engine.download import Copy, DamagedError, Facts, agrees, receive, shown, verified
from genoteca.engine.files import private_folder
from genoteca.engine.order import Order
from genoteca.engine.published import published_checksum
from genoteca.errors import FetchError
from genoteca.sdk.resources import Fetched

__all__ = ["FetchCache", "not_there"]

Got = TypeVar("Got")


class FetchCache:
    """Takes files from the cache, or fetches them into it. `force` fetches the whole file again."""

    def __init__(self, folder: Path, asker: Asker, *, force: bool) -> None:
        self._folder = folder
        self._asker = asker
        self._force = force

    def take(self, order: Order, *, offline: bool) -> Fetched:
        """Give a file, current and verified.

        Raises:
            FetchError: not reachable, no room, the checksum says no; offline: it is not in the cache.

        """
        with disk_errors(self._folder):
            private_folder(self._folder)
            copy = self._copy(order)
            with FileLock(copy.lock):
                return self._take(order, copy, offline=offline)

    def require_room(self, orders: Collection[Order]) -> None:
        """Check that the disk has room for what is not there yet of a set.

        Raises:
            FetchError: it has not.

        """
        with disk_errors(self._folder):
            private_folder(self._folder)
            copies = {order.key: (self._copy(order), order.bytes) for order in orders}.values()
            missing = (size - copy.part_size() for copy, size in copies if self._force or not copy.file.exists())
            require_room(self._folder, sum(missing))

    def drop(self, key: str) -> None:
        """Remove a file that is not wanted any more."""
        copy = Copy(self._folder, key)
        with FileLock(copy.lock):
            copy.drop_part()
            copy.facts.unlink(missing_ok=True)
            copy.file.unlink(missing_ok=True)

    def _copy(self, order: Order) -> Copy:
        return Copy(self._folder, order.key, fixed=order.fixed)

    def _take(self, order: Order, copy: Copy, *, offline: bool) -> Fetched:
        kept = copy.kept()
        if kept and order.expected and not agrees(order.expected, kept):
            kept = None
        if offline:
            return _fetched(order, copy, _required(kept, order), from_cache=True)
        try:
            made = self._refresh(order, copy, kept)
        except UnreachableError:
            if kept is None or self._force:
                raise
            order.say(f"the publisher cannot be reached; taking the copy of {kept.last_modified or 'an earlier day'}")
            made = None
        if made is None:
            return _fetched(order, copy, _required(kept, order), from_cache=True)
        return _fetched(order, copy, made, from_cache=False)

    def _refresh(self, order: Order, copy: Copy, kept: Facts | None) -> Facts | None:
        """Download what the cache does not have; None: what it has is current."""
        try:
            return self._download(order, copy, kept)
        except DamagedError:
            # the release may have been replaced between its checksum and its file: read both once more
            return self._download(order, copy, kept)

    def _download(self, order: Order, copy: Copy, kept: Facts | None) -> Facts | None:
        expected = order.expected or self._published(order)
        if kept and expected and agrees(expected, kept) and not self._force:
            return None
        current = None if expected or self._force else kept
        return self._persist(order, copy.part_size, lambda: self._attempt(order, copy, current, expected))

    def _published(self, order: Order) -> Checksum | None:
        """Read the digest in the publisher's checksum file; None: there is no such file."""
        if not order.checksum_url:
            return None
        return self._persist(
            order, lambda: 0, lambda: published_checksum(self._asker, order.source, order.checksum_url)
        )

    def _persist(self, order: Order, size: Callable[[], int], attempt: Callable[[], Got]) -> Got:
        return self._asker.persist(order.source, attempt, say=order.say, size=size)

    def _attempt(self, order: Order, copy: Copy, current: Facts | None, expected: Checksum | None) -> Facts | None:
        """Ask once. None: the publisher says that `current` is current."""
        headers = copy.resume() or (current.conditions() if current else {})
        with self._asker.get(order.address, headers, credential=order.credential) as response:
            if response.status_code == 304 and current:
                return None
            facts = Facts(
                url=shown(order.source),
                etag=response.headers.get("etag", ""),
                last_modified=response.headers.get("last-modified", ""),
                bytes=order.bytes,
            )
            receive(response, copy, facts, order.say)
        return verified(copy, facts, expected)


def not_there(what: str) -> FetchError:
    """Give the error for what is not in the cache when the network may not be asked."""
    return FetchError(
        f"{what} is not in the cache, and Genoteca is set to stay offline.",
        title="Not available offline",
        hint="Allow the network in the settings, or set a local file as the module's source.",
    )


def _required(kept: Facts | None, order: Order) -> Facts:
    if kept is None:
        raise not_there(shown(order.source))
    return kept


def _fetched(order: Order, copy: Copy, facts: Facts, *, from_cache: bool) -> Fetched:
    return Fetched(
        path=copy.file,
        sha256=facts.sha256,
        bytes=facts.bytes,
        url=shown(order.source),
        from_cache=from_cache,
        release=order.release or facts.last_modified,
        checksum=str(order.expected) if order.fixed else facts.held_to,
        etag=facts.etag,
        last_modified=facts.last_modified,
    )
