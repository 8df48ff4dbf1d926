"""The Hugging Face Hub: datasets pinned to a commit, and what their files are.

`huggingface_hub` is asked for facts only (commits, sizes, digests). Bodies go through our own download: over plain
HTTP the library accepts a damaged body of the right length, and begins anew after a kill.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from genoteca.engine.asking import LOOPBACK, NO_ANSWER, Asker, Credential
from genoteca.engine.checksum import GIT, Checksum
from genoteca.engine.download import NOT_NOW, NotNowError, retry_after
from genoteca.engine.refusals import refusal
from genoteca.errors import FetchError

if TYPE_CHECKING:
    import ssl

    import httpx2
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.hf_api import RepoFile

__all__ = ["CDN", "PUBLIC", "SCHEME", "Hub", "HubAccess", "HubFile", "HubSource"]

Got = TypeVar("Got")

SCHEME = "hf://"
PUBLIC = "https://huggingface.co"
CDN = "*.hf.co"
"""Hosts that the Hub sends the readers of large files to (https://huggingface.co/.well-known/meta.json)."""
SOURCE = re.compile(r"hf://datasets/(?P<repo>[\w.-]+/[\w.-]+)@(?P<revision>[\w.%-]+)/(?P<path>[^\\]*)", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True, slots=True)
class HubAccess:
    """How the Hub is asked."""

    endpoint: str = PUBLIC
    token: str = ""
    offline: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HubSource:
    """A file of a dataset at one revision."""

    repo: str
    """`owner/name`."""
    revision: str
    path: str

    @classmethod
    def parse(cls, text: str) -> HubSource:
        """Read `hf://datasets/OWNER/NAME@REVISION/path`.

        Raises:
            FetchError: it is written otherwise.

        """
        found = SOURCE.fullmatch(text)
        parts = found["path"].split("/") if found else []
        if not found or "." in parts or ".." in parts or "" in parts[:-1]:
            raise FetchError(
                f"{text!r} names no file of a dataset on the Hub.",
                hint="Write hf://datasets/OWNER/NAME@COMMIT/path, with the commit's 40 hex digits.",
            )
        return cls(repo=found["repo"], revision=found["revision"], path=found["path"])

    def __str__(self) -> str:
        return f"hf://datasets/{self.repo}@{self.revision}/{self.path}"

    @property
    def pinned(self) -> bool:
        """Whether the revision is a commit."""
        return COMMIT.fullmatch(self.revision) is not None

    def at(self, commit: str) -> HubSource:
        """The same path at a commit."""
        return replace(self, revision=commit)

    def require_pinned(self) -> HubSource:
        """Give it back if its revision is a commit.

        Raises:
            FetchError: it is a branch, a tag or a part of a commit.

        """
        if self.pinned:
            return self
        raise FetchError(
            f"{self} names the revision {self.revision!r}, which may stand for other files tomorrow: what is made of "
            "it could never be made again. Expected a commit of 40 hex digits.",
            title="This source is not pinned to a commit",
            hint="The dataset's page lists its commits under Files and versions.",
        )


class HubFile(BaseModel):
    """What the Hub says of a file at a commit; it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    bytes: int
    checksum: str
    """`sha256:…` of a large file (LFS), `git-sha1:…` of a small one."""


class Hub:
    """Ask one endpoint for the commits and files of datasets."""

    def __init__(self, access: HubAccess, asker: Asker) -> None:
        self._access = access
        self._asker = asker
        self.endpoint = access.endpoint.rstrip("/")

    @property
    def credential(self) -> Credential:
        """The token, for this endpoint only."""
        import httpx

        return Credential(httpx.URL(self.endpoint), self._access.token)

    def address(self, source: HubSource) -> str:
        """Address of a file's contents."""
        return f"{self.endpoint}/datasets/{source.repo}/resolve/{source.revision}/{quote(source.path)}"

    def commit(self, source: HubSource, say: Callable[[str], None]) -> str:
        """Ask for the commit that a revision stands for now.

        Raises:
            FetchError: there is none, or it may not be read.

        """

        def ask(api: HfApi) -> str:
            return _hex(str(api.dataset_info(source.repo, revision=source.revision).sha), COMMIT)

        return self._ask(source, ask, say)

    def files(self, sources: Sequence[HubSource], say: Callable[[str], None]) -> list[HubFile]:
        """Ask what files of one dataset, at one commit, are; in their order.

        Raises:
            FetchError: one is not there, or it may not be read.

        """
        told = {HubSource.parse(file.source).path: file for file in self.present(sources, say)}
        if absent := [source.path for source in sources if source.path not in told]:
            raise FetchError(
                f"{sources[0].repo} has no file {', '.join(absent)} at {sources[0].revision}.",
                hint="The dataset may have been laid out anew. Set an earlier commit, or look for an update.",
            )
        return [told[source.path] for source in sources]

    def present(self, sources: Sequence[HubSource], say: Callable[[str], None]) -> list[HubFile]:
        """Ask which files of one dataset, at one commit, are there; in their order.

        Raises:
            FetchError: the dataset may not be read, or has no such commit.

        """
        first = sources[0]
        paths = [source.path for source in sources]

        def ask(api: HfApi) -> dict[str, HubFile]:
            told = api.get_paths_info(first.repo, paths, revision=first.revision, repo_type="dataset")
            return _by_path(first, told)

        found = self._ask(first, ask, say)
        return [found[path] for path in paths if path in found]

    def _ask(self, source: HubSource, ask: Callable[[HfApi], Got], say: Callable[[str], None]) -> Got:
        return self._asker.persist(str(source), lambda: self._once(source, ask), say=say)

    def _once(self, source: HubSource, ask: Callable[[HfApi], Got]) -> Got:
        # loaded here: the library takes a third of a second, and most runs never ask the Hub
        import httpx2
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError

        host = self._asker.admit(self.endpoint).host
        api = HfApi(endpoint=self.endpoint, token=self._access.token or False, library_name="genoteca")
        try:
            with self._heard():
                return ask(api)
        except HfHubHTTPError as error:
            raise self._refused(source, error) from error
        except httpx2.TransportError as error:
            raise NotNowError(f"{host}: {str(error) or type(error).__name__}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # broken JSON, or JSON of another shape, as a proxy or a mirror may send it
            raise NotNowError(f"{host} gave an answer that is not the Hub's ({error})") from error

    def _refused(self, source: HubSource, error: HfHubHTTPError) -> Exception:
        response = error.response
        if response.status_code in NOT_NOW:
            told = f"{response.url.host} answered {response.status_code} {response.reason_phrase}"
            return NotNowError(told, wait=retry_after(response.headers.get("retry-after", "")))
        return refusal(
            str(source),
            response.status_code,
            reason=response.reason_phrase,
            code=response.headers.get("x-error-code", ""),
            token=bool(self._access.token),
        )

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Let the library ask only whom the module may ask, and record every request it makes."""
        import httpx2
        from huggingface_hub import set_client_factory

        sent: list[httpx2.Request] = []
        answered: dict[int, httpx2.Response] = {}

        def admit(request: httpx2.Request) -> None:
            self._asker.admit(str(request.url))
            sent.append(request)

        def hear(response: httpx2.Response) -> None:
            answered[id(response.request)] = response

        def client() -> httpx2.Client:
            outside = self.credential.home.host not in LOOPBACK
            return httpx2.Client(
                verify=_trusted(environment=outside),
                event_hooks={"request": [admit], "response": [hear]},
                follow_redirects=True,
                timeout=httpx2.Timeout(self._asker.retries.stall, connect=15),
                trust_env=outside,
            )

        set_client_factory(client)
        try:
            yield
        finally:
            for request in sent:
                response = answered.get(id(request))
                received = response.num_bytes_downloaded if response else 0
                outcome = str(response.status_code) if response else NO_ANSWER
                self._asker.record(str(request.url), received, outcome)


@cache
def _trusted(*, environment: bool) -> ssl.SSLContext:
    """Give the certificates that are trusted, read once in a process, as `asking` does for its own requests."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=environment)


def _by_path(at: HubSource, told: Iterable[object]) -> dict[str, HubFile]:
    from huggingface_hub.hf_api import RepoFile

    return {entry.path: _file(at, entry) for entry in told if isinstance(entry, RepoFile)}


def _file(at: HubSource, entry: RepoFile) -> HubFile:
    checksum = Checksum("sha256", entry.lfs.sha256) if entry.lfs else Checksum(GIT, entry.blob_id)
    _hex(checksum.digest, re.compile(r"[0-9a-f]{64}" if entry.lfs else COMMIT))
    source = HubSource.parse(str(replace(at, path=entry.path)))
    return HubFile(source=str(source), bytes=entry.lfs.size if entry.lfs else entry.size, checksum=str(checksum))


def _hex(text: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(text):
        raise ValueError(f"{text!r} is no digest")
    return text
