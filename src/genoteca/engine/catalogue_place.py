"""A catalogue on a web server or in a dataset of the Hub: read by our own requests, every one of them noted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from genoteca.engine.asking import Asker, Credential, Retries
from genoteca.engine.download import accept
from genoteca.engine.fetching import Fetcher
from genoteca.engine.hub import CDN, Hub, HubAccess, HubSource
from genoteca.errors import FetchError
from genoteca.model.outside import OnRequest
from genoteca.sdk.progress import Progress

if TYPE_CHECKING:
    import httpx

__all__ = ["Access", "HubPlace", "WebPlace"]

IMPATIENT = Retries(attempts=2, first_pause=0.5, stall=30)
"""A person waits for a catalogue, and what was verified before is there anyway."""
MOST_BYTES = 64 * 1024**2
ABSENT = frozenset({403, 404, 410})
"""What servers answer for a file that is not there; stores of objects say 403."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """How catalogues are asked for."""

    cache: Path
    offline: bool
    on_request: OnRequest
    hub: HubAccess


class WebPlace:
    """A folder that a web server serves: https, or http on this computer."""

    def __init__(self, address: str, access: Access) -> None:
        self._base = address.rstrip("/")
        self._offline = access.offline
        hosts = [urlsplit(address).hostname or ""]
        self._asker = Asker(hosts, on_request=access.on_request, retries=IMPATIENT)
        self._fetcher = Fetcher(
            access.cache, hosts=hosts, offline=access.offline, on_request=access.on_request, retries=IMPATIENT
        )

    def read(self, path: str) -> bytes:
        """Read a small file.

        Raises:
            FileNotFoundError: there is none.
            FetchError: offline, not reachable, or too large.

        """
        _require_online(self._base, offline=self._offline)
        return _read(self._asker, f"{self._base}/{quote(path)}")

    def take(self, path: str, *, sha256: str, size: int, progress: Progress) -> Path:
        """Download a large file, going on where an earlier try ended.

        Raises:
            FetchError: it cannot be had, or is of other bytes.

        """
        source = f"{self._base}/{quote(path)}"
        return self._fetcher.fetch(source, checksum=f"sha256:{sha256}", size=size, progress=progress).path

    def done(self, path: str) -> None:
        """Remove the download."""
        self._fetcher.forget(f"{self._base}/{quote(path)}")


class HubPlace:
    """A dataset of the Hub at one commit."""

    def __init__(self, repo: str, access: Access, *, commit: str = "") -> None:
        """`commit`: 40 hex digits; empty: `pinned` must come first."""
        self._at = HubSource(repo=repo, revision=commit or "main", path="")
        self._offline = access.offline or access.hub.offline
        hosts = [urlsplit(access.hub.endpoint).hostname or "", CDN]
        self._asker = Asker(hosts, on_request=access.on_request, retries=IMPATIENT)
        self._hub = Hub(access.hub, self._asker)
        self._fetcher = Fetcher(
            access.cache,
            hosts=hosts,
            offline=access.offline,
            on_request=access.on_request,
            retries=IMPATIENT,
            hub=access.hub,
        )

    def pinned(self) -> str:
        """Pin it to the commit that it is at now, unless it is pinned; gives the commit.

        Raises:
            FetchError: offline, not reachable, or no such dataset.

        """
        if not self._at.pinned:
            _require_online(self._at.repo, offline=self._offline)
            self._at = self._at.at(self._hub.commit(self._at, _unsaid))
        return self._at.revision

    def read(self, path: str) -> bytes:
        """Read a small file.

        Raises:
            FileNotFoundError: there is none.
            FetchError: offline, not reachable, or too large.

        """
        _require_online(self._at.repo, offline=self._offline)
        source = HubSource(repo=self._at.repo, revision=self.pinned(), path=path)
        return _read(self._asker, self._hub.address(source), self._hub.credential)

    def take(self, path: str, *, sha256: str, size: int, progress: Progress) -> Path:  # noqa: ARG002 - the Hub says it
        """Download a large file, going on where an earlier try ended.

        Raises:
            FetchError: it cannot be had, or is of other bytes.

        """
        source = HubSource(repo=self._at.repo, revision=self.pinned(), path=path)
        return self._fetcher.fetch(str(source), checksum=f"sha256:{sha256}", progress=progress).path

    def done(self, path: str) -> None:
        """Leave the download: the cache is disposable, and another commit may have the same file."""


def _read(asker: Asker, address: str, credential: Credential | None = None) -> bytes:
    def attempt() -> bytes | None:
        with asker.get(address, {}, credential=credential) as response:
            if _absent(response):
                return None
            accept(response)
            found = bytearray()
            for block in response.iter_raw():
                found += block
                if len(found) > MOST_BYTES:
                    raise FetchError(f"{address} is larger than {MOST_BYTES} bytes.", hint="This is no catalogue.")
            return bytes(found)

    found = asker.persist(address, attempt, say=_unsaid)
    if found is None:
        raise FileNotFoundError(address)
    return found


def _absent(response: httpx.Response) -> bool:
    # The Hub says by a code of its own whether a file, the dataset or the right to read it is missing.
    return response.status_code in ABSENT and response.headers.get("x-error-code", "") in {"", "EntryNotFound"}


def _require_online(what: str, *, offline: bool) -> None:
    if offline:
        raise FetchError(
            f"{what} is not asked: Genoteca is set to stay offline.",
            title="Not available offline",
            hint="Allow the internet in the settings. What was read of the catalogue before is shown meanwhile.",
        )


def _unsaid(_message: str) -> None:
    """Nobody listens: it is over in a moment."""
