"""Fetching what a reference is made from: over https, from the Hugging Face Hub, or a file on this computer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from genoteca.engine.asking import Asker, Retries, UnreachableError
from genoteca.engine.checksum import Checksum, digests
from genoteca.engine.download import Facts, require_checksum
from genoteca.engine.fetch_cache import FetchCache, not_there
from genoteca.engine.hub import SCHEME, Hub, HubAccess, HubFile, HubSource
from genoteca.engine.hub_notes import HubNotes
from genoteca.engine.order import Order, Share
from genoteca.errors import FetchError
from genoteca.model.outside import OnRequest
from genoteca.sdk.progress import Progress
from genoteca.sdk.resources import Fetched

__all__ = ["Fetcher", "HubAccess", "Retries"]

PATIENT = Retries()
PUBLIC_HUB = HubAccess()


class Fetcher:
    """Fetch what a module's manifest allows; implements the SDK's `Fetch`.

    `hosts` are the hosts that may be asked: the manifest's, and that of an address the user set. `force` asks for
    the whole file even where the cache has it; `offline` never asks. A copy in the cache is taken while the
    publisher's checksum, ETag or date says that it is current, or while the publisher cannot be reached.
    """

    def __init__(
        self,
        cache: Path,
        *,
        hosts: Collection[str],
        offline: bool = False,
        force: bool = False,
        on_request: OnRequest | None = None,
        retries: Retries = PATIENT,
        hub: HubAccess = PUBLIC_HUB,
    ) -> None:
        self._offline = offline
        self._hub_offline = offline or hub.offline
        self._force = force
        self._asker = Asker(hosts, on_request=on_request, retries=retries)
        self._cache = FetchCache(cache / "fetch", self._asker, force=force)
        self._hub = Hub(hub, self._asker)
        self._notes = HubNotes(cache / "fetch")

    def fetch(
        self, source: str, *, checksum: str = "", checksum_url: str = "", size: int = 0, progress: Progress
    ) -> Fetched:
        """Fetch an https address or a file of the Hub, or take a local file as it is, without copying it.

        `checksum` is `sha256:…` or `md5:…`; `checksum_url` names the publisher's .md5 or .sha256 file; `size` is how
        many bytes an https address must have, 0: not known. A file of the
        Hub (`hf://datasets/OWNER/NAME@COMMIT/path`) is held to the digest that its commit names as well.

        Raises:
            FetchError: not reachable, not on the list of hosts, no room, or the checksum says no.

        """
        expected = Checksum.parse(checksum)
        if source.startswith(SCHEME):
            order = self._hub_orders([source], progress)[source]
            fetched = self._cache.take(order, offline=self._hub_offline)
            _require_digest(fetched.path, source, expected)
            self._drop_older([source])
            return fetched
        if "://" not in source:
            return _local(Path(source).expanduser(), expected, progress)
        self._asker.admit(source)
        order = Order(
            source=source,
            address=source,
            expected=expected,
            checksum_url=checksum_url,
            bytes=size,
            progress=progress,
        )
        return self._cache.take(order, offline=self._offline)

    def fetch_all(self, sources: Sequence[str], *, progress: Progress) -> list[Fetched]:
        """Fetch a set of files, in their order: all of them are given, or none.

        Room for all of it is checked before the first byte; what arrived of a set that could not be finished waits in
        the cache. Once it is whole, what the same files of the Hub were at other commits is removed. Progress is that
        of the set: in bytes where their sizes are known before, else in files.

        Raises:
            FetchError: as `fetch`, for the first file that cannot be had.

        """
        orders = self._hub_orders([source for source in sources if source.startswith(SCHEME)], progress)
        self._cache.require_room(orders.values())
        sizes = [_size(source, orders) for source in sources]
        weights = [1] * len(sources) if None in sizes else [size or 1 for size in sizes]
        fetched = list[Fetched]()
        for number, source in enumerate(sources):
            start, width = (sum(part) / sum(weights) for part in (weights[:number], weights[number : number + 1]))
            share = Share(progress, start, width, f"file {number + 1} of {len(sources)}, {source.rpartition('/')[2]}")
            if source in orders:
                orders[source].progress = share
                fetched.append(self._cache.take(orders[source], offline=self._hub_offline))
            else:
                fetched.append(self.fetch(source, progress=share))
        self._drop_older(orders)
        return fetched

    def require_room(self, sizes: Mapping[str, int]) -> None:
        """Check that the disk has room for what is not there yet of these addresses, by their sizes in bytes.

        Raises:
            FetchError: it has not.

        """
        orders = (
            Order(source=source, address=source, expected=None, bytes=size, progress=_unheard)
            for source, size in sizes.items()
            if "://" in source
        )
        self._cache.require_room(list(orders))

    def forget(self, source: str) -> None:
        """Remove the copy of an https address from the cache; the user's own files and the Hub's stay."""
        if "://" in source and not source.startswith(SCHEME):
            self._cache.drop(source)

    def pin(self, source: str, *, progress: Progress) -> str:
        """Give a source of the Hub at the commit that its revision stands for now; offline: stood for last.

        Raises:
            FetchError: there is no such revision, or it may not be read; offline: it was never asked for.

        """
        asked = HubSource.parse(source)
        if asked.pinned:
            return source
        before = self._notes.commit(asked)
        if self._hub_offline:
            if not before:
                raise not_there(f"The commit of {source}")
            return str(asked.at(before))
        try:
            commit = self._hub.commit(asked, lambda message: progress(0.0, message))
        except UnreachableError:
            if not before or self._force:
                raise
            progress(0.0, f"the Hub cannot be reached; taking commit {before[:8]}, which {asked.revision} was last")
            return str(asked.at(before))
        self._notes.keep_commit(asked, commit)
        return str(asked.at(commit))

    def present(self, sources: Sequence[str], *, progress: Progress) -> list[str]:
        """Give those of one Hub dataset's files, all at one commit, that are there; offline: that were seen before.

        Raises:
            FetchError: a source is not pinned, or the dataset may not be read; offline: none was seen before.

        """
        wanted = {source: HubSource.parse(source).require_pinned() for source in sources}
        if self._hub_offline:
            known = [source for source, asked in wanted.items() if self._notes.file(str(asked))]
            if not known:
                raise not_there(sources[0])
            return known
        for file in self._hub.present(list(wanted.values()), lambda message: progress(0.0, message)):
            self._notes.keep_file(file)
        return [source for source, asked in wanted.items() if self._notes.file(str(asked))]

    def _hub_orders(self, sources: Sequence[str], progress: Progress) -> dict[str, Order]:
        """Give the orders of files of the Hub, with the digests that their commits name."""
        wanted = {source: HubSource.parse(source).require_pinned() for source in sources}
        unknown = [source for text, source in wanted.items() if self._notes.file(text) is None]
        if unknown and self._hub_offline:
            raise not_there(", ".join(map(str, unknown)))
        for repo, revision in dict.fromkeys((one.repo, one.revision) for one in unknown):
            asked = [one for one in unknown if (one.repo, one.revision) == (repo, revision)]
            for file in self._hub.files(asked, lambda message: progress(0.0, message)):
                self._notes.keep_file(file)
        return {text: self._order(source, self._notes.file(text), progress) for text, source in wanted.items()}

    def _drop_older(self, sources: Collection[str]) -> None:
        """Remove other commits' versions of files that are there: a large dataset is not kept twice."""
        files = [file for source in sources if (file := self._notes.file(source))]
        for checksum in self._notes.drop_older(files) if files else ():
            self._cache.drop(checksum)

    def _order(self, source: HubSource, file: HubFile | None, progress: Progress) -> Order:
        if file is None:
            raise FetchError(f"What was noted of {source} cannot be read back.", hint="Is the disk sound? Try again.")
        return Order(
            source=str(source),
            address=self._hub.address(source),
            expected=Checksum.parse(file.checksum),
            progress=progress,
            bytes=file.bytes,
            release=source.revision,
            credential=self._hub.credential,
        )


def _size(source: str, orders: dict[str, Order]) -> int | None:
    """Bytes of a file; None: not known before it is asked for, or not there."""
    if source in orders:
        return orders[source].bytes
    path = Path(source).expanduser()
    return path.stat().st_size if "://" not in source and path.is_file() else None


def _unheard(_fraction: float, _message: str) -> None:
    """Nothing is fetched yet, so there is no progress."""


def _local(path: Path, expected: Checksum | None, progress: Progress) -> Fetched:
    """Take a file on this computer as it is."""
    progress(0.0, f"reading {path.name}")
    try:
        size = path.stat().st_size
        sha256 = digests(path, "sha256")["sha256"]
    except OSError as error:
        raise FetchError(
            f"{path}: {error.strerror or error}.",
            title="The source file cannot be read",
            hint="Check the path in the module's settings, and that you may read the file.",
        ) from error
    _require_digest(path, str(path), expected)
    progress(1.0, f"read {path.name}")
    return Fetched(path=path.resolve(), sha256=sha256, bytes=size, url=str(path), from_cache=False, release="")


def _require_digest(path: Path, source: str, expected: Checksum | None) -> None:
    if expected:
        found = digests(path, expected.name)[expected.name]
        require_checksum(Facts.model_validate({"url": source, expected.name.replace("-", "_"): found}), expected)
