"""What the installer asks of package indexes, read from what it says of itself when it is asked to (`uv --verbose`).

uv names every request before it sends it, and no request for what it has in its cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from genoteca.model.outside import Asked, OnRequest

__all__ = ["SAYING", "tell_requests", "without_log"]

SAYING = "--verbose"
"""The option that makes uv say it."""
BY_UV = "asked by the installer"
"""Outcome: uv does not say what became of each request; where one failed, the install did."""

_SENT = re.compile(r"Sending (?:fresh \w+|revalidation) request for: (?P<url>https?://\S+)")
_LOG = re.compile(r"\s*(TRACE|DEBUG|INFO) ")
_SECRET = re.compile(r"//[^/@]*@")


def tell_requests(lines: Iterable[str], on_request: OnRequest) -> None:
    """Tell of every request that uv said it sent."""
    for line in lines:
        if found := _SENT.search(line):
            address = _SECRET.sub("//", found["url"]).partition("?")[0].partition("#")[0]
            on_request(Asked(address, None, BY_UV))


def without_log(lines: Iterable[str]) -> list[str]:
    """Give what uv has to say to a person: its lines without those of its log."""
    return [line for line in lines if not _LOG.match(line)]
