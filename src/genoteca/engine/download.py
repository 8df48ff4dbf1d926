"""One download on the disk: the part that grows, what is known of it, and the moment it becomes the file."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from genoteca.engine.checksum import BLOCK, Checksum, digests
from genoteca.engine.disk import require_room
from genoteca.engine.files import write_private
from genoteca.engine.refusals import refusal
from genoteca.errors import FetchError

if TYPE_CHECKING:
    import httpx

__all__ = [
    "NOT_NOW",
    "Copy",
    "DamagedError",
    "Facts",
    "NotNowError",
    "accept",
    "agrees",
    "place",
    "receive",
    "require_checksum",
    "retry_after",
    "shown",
    "verified",
]

NOT_NOW = frozenset({408, 425, 429, 500, 502, 503, 504})
CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+)")

Say = Callable[[str, float], None]
"""Takes what is being done now, and how far it is (0 to 1)."""


class NotNowError(Exception):
    """This attempt failed in a way that the next one may not."""

    def __init__(self, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait
        """Seconds that the publisher asks to wait."""


class DamagedError(FetchError):
    """What arrived is not what the checksum says."""

    title = "The file is not what its checksum says"


class Facts(BaseModel):
    """What is known of a download, kept beside it; beside a part: of the file it is a part of."""

    url: str
    etag: str = ""
    last_modified: str = ""
    bytes: int = 0
    sha256: str = ""
    md5: str = ""
    git_sha1: str = ""
    held_to: str = ""
    """The publisher's checksum that it was verified with, as `md5:…`; empty: it names none."""

    def digest(self, name: str) -> str:
        """Give the digest of that name, in lower-case hex; empty: not taken."""
        return {"sha256": self.sha256, "md5": self.md5, "git-sha1": self.git_sha1}[name]

    @property
    def validator(self) -> str:
        """What proves that the publisher's file is still the same: a strong ETag, else its date."""
        return self.last_modified if not self.etag or self.etag.startswith("W/") else self.etag

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


class Copy:
    """The places of one download in the cache.

    `key` names it: an address, or the digest of contents that never change, which need no proof that a part is a part
    of the same file.
    """

    def __init__(self, folder: Path, key: str, *, fixed: bool = False) -> None:
        self._fixed = fixed
        self.file = folder / hashlib.sha256(key.encode()).hexdigest()
        self.lock, self.facts = self.file.with_suffix(".lock"), self.file.with_suffix(".json")
        self.part, self.part_facts = self.file.with_suffix(".part"), self.file.with_suffix(".part.json")

    def part_size(self) -> int:
        """Bytes that are already there of an unfinished download."""
        return self.part.stat().st_size if self.part.exists() else 0

    def drop_part(self) -> None:
        """Forget an unfinished download."""
        self.part.unlink(missing_ok=True)
        self.part_facts.unlink(missing_ok=True)

    def resume(self) -> dict[str, str]:
        """Headers that ask for the rest, where it can be told that it is the rest of the same file."""
        asked = {"Range": f"bytes={self.part_size()}-"}
        begun = _read_facts(self.part_facts)
        if not self.part_size() or not begun or not (self._fixed or begun.validator):
            return {}
        return asked if self._fixed else {**asked, "If-Range": begun.validator}

    def kept(self) -> Facts | None:
        """Facts of the whole file in the cache; None: there is none, or it is damaged."""
        facts = _read_facts(self.facts)
        if facts is None or not self.file.exists() or self.file.stat().st_size != facts.bytes:
            return None
        return facts if digests(self.file, "sha256")["sha256"] == facts.sha256 else None

    def keep_part(self, facts: Facts) -> None:
        """Make the verified part the file: its bytes first, then its name, then its facts."""
        with self.part.open("rb+") as handle:
            os.fsync(handle.fileno())
        self.facts.unlink(missing_ok=True)
        self.part.replace(self.file)
        write_private(self.facts, facts.model_dump_json())
        self.part_facts.unlink(missing_ok=True)


def accept(response: httpx.Response) -> None:
    """Refuse every answer but 200.

    Raises:
        NotNowError: the publisher is busy or broken for the moment.
        FetchError: it means no.

    """
    status, reason = response.status_code, response.reason_phrase
    if status in NOT_NOW:
        told = f"{response.url.host} answered {status} {reason}".strip()
        raise NotNowError(told, wait=retry_after(response.headers.get("retry-after", "")))
    if status != 200:
        code = response.headers.get("x-error-code", "")
        token = "authorization" in response.request.headers
        raise refusal(shown(str(response.url)), status, reason=reason, code=code, token=token)


def place(response: httpx.Response, copy: Copy) -> tuple[int, int | None]:
    """Tell where the body belongs, in bytes from the start, and how long the whole file is (None: not said).

    Raises:
        NotNowError: not the piece that was asked for; the part is dropped.

    """
    if response.status_code not in {206, 416}:
        accept(response)
        length = response.headers.get("content-length", "")
        return 0, int(length) if length.isdecimal() else None
    found = CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    # 416 names the length only: the part is whole when it is as long
    start = int(found[1] or found[2]) if found else None
    if found is None or start != copy.part_size():
        copy.drop_part()
        raise NotNowError("the publisher answered with another piece than was asked for")
    return start, int(found[2])


def receive(response: httpx.Response, copy: Copy, facts: Facts, say: Say) -> None:
    """Append the body to the part, or start the part anew.

    Raises:
        NotNowError: the body ended early, or is longer than was said.
        FetchError: the disk has no room for it.

    """
    offset, total = place(response, copy)
    if facts.bytes and total is not None and total != facts.bytes:
        copy.drop_part()
        raise NotNowError(f"the publisher offers {total} bytes of a file that it lists with {facts.bytes}")
    require_room(copy.part.parent, (total or 0) - offset)
    if not offset:
        copy.drop_part()
    write_private(copy.part_facts, facts.model_dump_json())
    total = facts.bytes or None if total is None else total
    if response.status_code != 416:
        _append(response, copy.part, offset, total, say)
    done = copy.part_size()
    if total is not None and done != total:
        if done > total:
            copy.drop_part()
        raise NotNowError(f"the download ended at {done} of {total} bytes")


def _append(response: httpx.Response, part: Path, done: int, total: int | None, say: Say) -> None:
    told = -1
    with part.open("ab") as handle:
        for block in response.iter_raw():
            handle.write(block)
            done += len(block)
            if total is not None and done > total:
                return  # a server that goes on without end fills no disk
            step = 100 * done // total if total else done // BLOCK
            if step != told:
                told = step
                say(_amount(done, total), done / total if total else 0.0)


def verified(copy: Copy, facts: Facts, expected: Checksum | None) -> Facts:
    """Verify the whole part and make it the file.

    Raises:
        DamagedError: the checksum says no; the part is dropped.

    """
    names = {"sha256", expected.name if expected else "md5"}
    found = {name.replace("-", "_"): digest for name, digest in digests(copy.part, *names).items()}
    held_to = str(expected) if expected else ""
    whole = facts.model_copy(update={"bytes": copy.part_size(), "held_to": held_to, **found})
    if expected and not agrees(expected, whole):
        copy.drop_part()
    require_checksum(whole, expected)
    copy.keep_part(whole)
    return whole


def require_checksum(facts: Facts, expected: Checksum | None) -> None:
    """Compare a file with the digest it must have.

    Raises:
        DamagedError: they differ.

    """
    if expected and not agrees(expected, facts):
        raise DamagedError(
            f"{facts.url} has the {expected.name} {facts.digest(expected.name)}; {expected.digest} was expected.",
            hint="It was damaged on the way, or replaced. Nothing of it is used. Try again later.",
        )


def agrees(expected: Checksum, facts: Facts) -> bool:
    """Whether a file has the digest that it must have."""
    return expected.digest == facts.digest(expected.name)


def shown(address: str) -> str:
    """Give an address as it may be shown and recorded: without a password and without a query."""
    return re.sub(r"//[^/@]*@", "//", address).partition("?")[0]


def retry_after(told: str) -> float:
    """Seconds that a Retry-After header asks to wait; 0: it does not ask, or not in a way that can be read."""
    told = told.strip()
    if told.isdecimal():
        return float(told)
    try:
        return max((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0


def _read_facts(path: Path) -> Facts | None:
    try:
        return Facts.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _amount(done: int, total: int | None) -> str:
    return f"{done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"{done / 1e6:.1f} MB"
