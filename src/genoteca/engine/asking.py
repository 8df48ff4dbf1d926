"""Asking publishers: whom, how often, how long to wait; every request is recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from genoteca.engine.checksum import BLOCK
from genoteca.engine.download import NotNowError, shown
from genoteca.errors import FetchError
from genoteca.model.outside import Asked, OnRequest

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["LOOPBACK", "NO_ANSWER", "Asker", "Credential", "Retries", "UnreachableError"]

Got = TypeVar("Got")

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
REDIRECTS = 5
NO_ANSWER = "no answer"
"""Outcome of a request that nobody answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """How often a publisher is asked again, and how long to wait in between."""

    attempts: int = 5
    """In a row without a new MiB: a slow line that moves on is not given up."""
    first_pause: float = 1.0
    """Seconds; doubled every time."""
    longest_pause: float = 60.0
    """Seconds; a publisher that asks for more (Retry-After) is not waited for."""
    stall: float = 60.0
    """Seconds without a byte after which a connection counts as dead."""

    def pause(self, failures: int, asked: float) -> float | None:
        """Seconds to wait after so many failures in a row; None: give up."""
        pause = max(asked, min(self.first_pause * 2 ** (failures - 1), self.longest_pause))
        return None if failures >= self.attempts or pause > self.longest_pause else pause


class Credential(NamedTuple):
    """A token, and the only place that it is shown to: never to a host that this one redirects to."""

    home: httpx.URL
    token: str

    def headers(self, url: httpx.URL) -> dict[str, str]:
        """Headers that show the token, where this is its home."""
        at_home = (url.scheme, url.host, url.port) == (self.home.scheme, self.home.host, self.home.port)
        return {"Authorization": f"Bearer {self.token}"} if self.token and at_home else {}


class UnreachableError(FetchError):
    """The publisher could not be reached however often it was asked."""


class Asker:
    """Ask the hosts that may be asked; a name that begins with `*.` stands for every host below it."""

    def __init__(self, hosts: Collection[str], *, on_request: OnRequest | None, retries: Retries) -> None:
        self.retries = retries
        self._hosts = frozenset(host.lower() for host in hosts)
        self._on_request = on_request

    def persist(
        self,
        what: str,
        attempt: Callable[[], Got],
        *,
        say: Callable[[str], None],
        size: Callable[[], int] = lambda: 0,
    ) -> Got:
        """Try until it works, or until it failed too often without `size` getting any larger.

        Raises:
            UnreachableError: it failed too often, or asks for a longer pause than one waits for.

        """
        failures = 0
        while True:
            before = size()
            try:
                return attempt()
            except NotNowError as error:
                failures = 1 if size() - before >= BLOCK else failures + 1
                pause = self.retries.pause(failures, error.wait)
                if pause is None:
                    raise _unreachable(what, error, failures) from error
                say(f"{error}; trying again in {pause:.0f} s")
                time.sleep(pause)

    @contextmanager
    def get(
        self, address: str, headers: dict[str, str], *, credential: Credential | None = None, method: str = "GET"
    ) -> Iterator[httpx.Response]:
        """Ask for an address (`HEAD`: what is said of it only), following redirects to hosts that may be asked."""
        for hop in range(REDIRECTS):
            url = self.admit(address)
            with self._one(method, url, headers | (credential.headers(url) if credential else {})) as response:
                if not response.has_redirect_location:
                    if hop and response.status_code == 403:
                        raise NotNowError(f"{url.host} no longer honours the address that it was asked with")
                    yield response
                    return
                address = str(response.url.join(response.headers["location"]))
        raise FetchError(f"{shown(address)}: redirected more than {REDIRECTS} times.", hint="Set another source.")

    @contextmanager
    def _one(self, method: str, url: httpx.URL, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Send one request, and record it however it ends."""
        import httpx  # a twelfth of what the desktop loads before it stands, for what it seldom does

        asked = {"Accept-Encoding": "identity", "User-Agent": "genoteca", **headers}
        received, outcome = 0, NO_ANSWER
        try:
            # a proxy named in the environment is for the world outside
            outside = url.host not in LOOPBACK
            timeout = httpx.Timeout(self.retries.stall, connect=15)
            with (
                httpx.Client(verify=_trusted(environment=outside), timeout=timeout, trust_env=outside) as client,
                client.stream(method, url, headers=asked) as response,
            ):
                outcome = str(response.status_code)
                try:
                    yield response
                finally:
                    received = response.num_bytes_downloaded
        except httpx.TransportError as error:
            outcome = outcome if outcome == NO_ANSWER else f"{outcome}, broken off"
            raise NotNowError(f"{url.host}: {str(error) or type(error).__name__}") from error
        finally:
            self.record(str(url), received, outcome)

    def record(self, address: str, received: int, outcome: str) -> None:
        """Record a request that was made, with the bytes of its answer."""
        if self._on_request:
            self._on_request(Asked(shown(address), received, outcome))

    def admit(self, address: str) -> httpx.URL:
        """Check that an address may be asked.

        Raises:
            FetchError: it is no https address, or of a host that is not on the list.

        """
        import httpx

        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise FetchError(f"{address!r}: {error}.", hint="Set an https address, or the path of a file.") from error
        if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
            raise FetchError(
                f"{shown(address)} is not fetched: only https addresses are.",
                hint="Set an https address, or the path of a file on this computer.",
            )
        if not self._may_ask(url.host):
            raise FetchError(
                f"{url.host} is not asked: the module may ask {', '.join(sorted(self._hosts)) or 'no host'} only.",
                title="The module may not ask this host",
                hint="A module's manifest names its hosts under permissions.network.",
            )
        return url

    def _may_ask(self, host: str) -> bool:
        above = host.split(".")
        return host in self._hosts or any(
            f"*.{'.'.join(above[part:])}" in self._hosts for part in range(1, len(above) - 1)
        )


@cache
def _trusted(*, environment: bool) -> ssl.SSLContext:
    """Give the certificates that are trusted, of a file that the environment may name or not.

    Read once in a process: it takes 30 ms, and every client that is given none reads them anew.
    """
    import httpx

    return httpx.create_ssl_context(trust_env=environment)


def _unreachable(what: str, error: NotNowError, attempts: int) -> UnreachableError:
    times = "once" if attempts == 1 else f"{attempts} times"
    later = f" The publisher asks to wait {error.wait:.0f} s." if error.wait > 1 else ""
    return UnreachableError(
        f"{shown(what)} could not be fetched, tried {times}: {error}.{later}",
        hint="Check the network and start the run again: what arrived is kept. Or set a local file as the source.",
    )
