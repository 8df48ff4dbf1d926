"""Fetching what a reference is made from: a publisher's file over https, or a file on this computer.

A download grows in `<cache>/fetch/<sha256 of the address>.part` and is renamed only when it is whole and verified,
so a kill at any moment leaves either nothing, a part that the next try goes on with, or the whole file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
from filelock import FileLock

from genoteca.engine.download import (
    BLOCK,
    Checksum,
    Copy,
    DamagedError,
    Facts,
    NotNowError,
    accept,
    digests,
    disk_errors,
    receive,
    require_checksum,
    shown,
    verified,
)
from genoteca.errors import FetchError
from genoteca.sdk.progress import Progress
from genoteca.sdk.resources import Fetched

__all__ = ["Fetcher", "OnRequest", "Retries"]

Got = TypeVar("Got")

OnRequest = Callable[[str, str, int], None]
"""Takes host, address and bytes received of every request."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
REDIRECTS = 5
TIMEOUT = httpx.Timeout(60, connect=15)
CHECKSUM_FILE = 1 << 16
"""Bytes of a publisher's checksum file that are looked at."""
PUBLISHED_DIGEST = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{32})(?![0-9a-fA-F])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """How often a publisher is asked again, and how long to wait in between."""

    attempts: int = 5
    """In a row without a new MiB: a slow line that moves on is not given up."""
    first_pause: float = 1.0
    """Seconds; doubled every time."""
    longest_pause: float = 60.0
    """Seconds; a publisher that asks for more (Retry-After) is not waited for."""

    def pause(self, failures: int, asked: float) -> float | None:
        """Seconds to wait after so many failures in a row; None: give up."""
        pause = max(asked, min(self.first_pause * 2 ** (failures - 1), self.longest_pause))
        return None if failures >= self.attempts or pause > self.longest_pause else pause


PATIENT = Retries()


class UnreachableError(FetchError):
    """The publisher could not be reached however often it was asked."""


@dataclass(kw_only=True, slots=True)
class Order:
    """One file as it was asked for."""

    source: str
    expected: Checksum | None
    checksum_url: str
    progress: Progress
    fraction: float = 0.0

    def say(self, message: str, fraction: float | None = None) -> None:
        """Report progress; without a fraction, the last one stands."""
        self.fraction = self.fraction if fraction is None else fraction
        self.progress(self.fraction, message)


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
    ) -> None:
        self._folder = cache / "fetch"
        self._hosts = frozenset(host.lower() for host in hosts)
        self._offline = offline
        self._force = force
        self._on_request = on_request
        self._retries = retries

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        """Fetch an https address, or take a local file as it is, without copying it.

        `checksum` is `sha256:…` or `md5:…`; `checksum_url` names the publisher's .md5 or .sha256 file.

        Raises:
            FetchError: not reachable, not on the list of hosts, no room, or the checksum says no.

        """
        order = Order(source=source, expected=Checksum.parse(checksum), checksum_url=checksum_url, progress=progress)
        if "://" not in source:
            return _local(Path(source).expanduser(), order)
        self._admit(source)
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy = Copy(self._folder, source)
            with FileLock(copy.lock):
                return self._remote(order, copy)

    def _remote(self, order: Order, copy: Copy) -> Fetched:
        kept = copy.kept()
        if kept and order.expected and not order.expected.agrees(kept):
            kept = None
        if self._offline:
            return _fetched(copy, _required(kept, order), from_cache=True)
        try:
            made = self._refresh(order, copy, kept)
        except UnreachableError:
            if kept is None or self._force:
                raise
            order.say(f"the publisher cannot be reached; taking the copy of {kept.last_modified or 'an earlier day'}")
            made = None
        return _fetched(copy, made) if made else _fetched(copy, _required(kept, order), from_cache=True)

    def _refresh(self, order: Order, copy: Copy, kept: Facts | None) -> Facts | None:
        """Download what the cache does not have; None: what it has is current."""
        try:
            return self._download(order, copy, kept)
        except DamagedError:
            # the release may have been replaced between its checksum and its file: read both once more
            return self._download(order, copy, kept)

    def _download(self, order: Order, copy: Copy, kept: Facts | None) -> Facts | None:
        expected = order.expected or self._published(order)
        if kept and expected and expected.agrees(kept) and not self._force:
            return None
        current = None if expected or self._force else kept
        return self._persist(order, copy.part_size, lambda: self._attempt(order, copy, current, expected))

    def _published(self, order: Order) -> Checksum | None:
        """Read the digest in the publisher's checksum file; None: there is no such file."""
        if not order.checksum_url:
            return None
        text = self._persist(order, lambda: 0, lambda: self._small_text(order.checksum_url))
        found = PUBLISHED_DIGEST.search(text)
        if not found:
            raise FetchError(
                f"{shown(order.checksum_url)} holds no MD5 and no SHA-256 digest.",
                hint="The publisher may have moved its checksum file. Try again later, or set another source.",
            )
        return Checksum("sha256" if len(found[0]) == 64 else "md5", found[0].lower())

    def _small_text(self, address: str) -> str:
        with self._get(address, {}) as response:
            accept(response)
            text = b""
            for block in response.iter_raw():
                text += block
                if len(text) >= CHECKSUM_FILE:
                    break
        return text.decode("latin-1")

    def _persist(self, order: Order, size: Callable[[], int], attempt: Callable[[], Got]) -> Got:
        """Try until it works, or until it failed too often without getting any further."""
        failures = 0
        while True:
            before = size()
            try:
                return attempt()
            except NotNowError as error:
                failures = 1 if size() - before >= BLOCK else failures + 1
                pause = self._retries.pause(failures, error.wait)
                if pause is None:
                    raise _unreachable(order.source, error, failures) from error
                order.say(f"{error}; trying again in {pause:.0f} s")
                time.sleep(pause)

    def _attempt(self, order: Order, copy: Copy, current: Facts | None, expected: Checksum | None) -> Facts | None:
        """Ask once. None: the publisher says that `current` is current."""
        headers = copy.resume() or (current.conditions() if current else {})
        with self._get(order.source, headers) as response:
            if response.status_code == 304 and current:
                return None
            facts = Facts(
                url=shown(order.source),
                etag=response.headers.get("etag", ""),
                last_modified=response.headers.get("last-modified", ""),
            )
            receive(response, copy, facts, order.say)
        return verified(copy, facts, expected)

    @contextmanager
    def _get(self, address: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Ask for an address, following redirects to hosts that may be asked."""
        for _ in range(REDIRECTS):
            with self._one(self._admit(address), headers) as response:
                if not response.has_redirect_location:
                    yield response
                    return
                address = str(response.url.join(response.headers["location"]))
        raise FetchError(f"{shown(address)}: redirected more than {REDIRECTS} times.", hint="Set another source.")

    @contextmanager
    def _one(self, url: httpx.URL, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Send one request, and record it however it ends."""
        asked = {"Accept-Encoding": "identity", "User-Agent": "genoteca", **headers}
        received = 0
        try:
            # a proxy named in the environment is for the world outside
            with (
                httpx.Client(timeout=TIMEOUT, trust_env=url.host not in LOOPBACK) as client,
                client.stream("GET", url, headers=asked) as response,
            ):
                try:
                    yield response
                finally:
                    received = response.num_bytes_downloaded
        except httpx.TransportError as error:
            raise NotNowError(f"{url.host}: {str(error) or type(error).__name__}") from error
        finally:
            if self._on_request:
                self._on_request(url.host, shown(str(url)), received)

    def _admit(self, address: str) -> httpx.URL:
        """Check that an address may be asked."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise FetchError(f"{address!r}: {error}.", hint="Set an https address, or the path of a file.") from error
        if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
            raise FetchError(
                f"{shown(address)} is not fetched: only https addresses are.",
                hint="Set an https address, or the path of a file on this computer.",
            )
        if url.host not in self._hosts:
            raise FetchError(
                f"{url.host} is not asked: the module may ask {', '.join(sorted(self._hosts)) or 'no host'} only.",
                title="The module may not ask this host",
                hint="A module's manifest names its hosts under permissions.network.",
            )
        return url


def _local(path: Path, order: Order) -> Fetched:
    """Take a file on this computer as it is."""
    order.say(f"reading {path.name}", 0.0)
    try:
        size = path.stat().st_size
        sha256, md5 = digests(path)
    except OSError as error:
        raise FetchError(
            f"{path}: {error.strerror or error}.",
            title="The source file cannot be read",
            hint="Check the path in the module's settings, and that you may read the file.",
        ) from error
    require_checksum(Facts(url=str(path), bytes=size, sha256=sha256, md5=md5), order.expected)
    order.say(f"read {path.name}", 1.0)
    return Fetched(path=path.resolve(), sha256=sha256, bytes=size, url=str(path), from_cache=False, release="")


def _required(kept: Facts | None, order: Order) -> Facts:
    if kept:
        return kept
    raise FetchError(
        f"{shown(order.source)} is not in the cache, and Genoteca is set to stay offline.",
        title="Not available offline",
        hint="Allow the network in the settings, or set a local file as the module's source.",
    )


def _unreachable(address: str, error: NotNowError, attempts: int) -> UnreachableError:
    times = "once" if attempts == 1 else f"{attempts} times"
    later = f" The publisher asks to wait {error.wait:.0f} s." if error.wait > 1 else ""
    return UnreachableError(
        f"{shown(address)} could not be fetched, tried {times}: {error}.{later}",
        hint="Check the network and start the run again: what arrived is kept. Or set a local file as the source.",
    )


def _fetched(copy: Copy, facts: Facts, *, from_cache: bool = False) -> Fetched:
    return Fetched(
        path=copy.file,
        sha256=facts.sha256,
        bytes=facts.bytes,
        url=facts.url,
        from_cache=from_cache,
        release=facts.last_modified,
    )
