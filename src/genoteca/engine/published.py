"""Small things that a publisher says of a file, without the file: its checksum, its state, its first lines."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from genoteca.engine.asking import Asker
from genoteca.engine.checksum import Checksum
from genoteca.engine.download import accept, shown
from genoteca.errors import FetchError
from genoteca.sdk.checksum_file import published_digest

if TYPE_CHECKING:
    import httpx

__all__ = ["first_text", "published_checksum", "state_of"]

SMALL = 1 << 16
"""Bytes of a checksum file, or of the beginning of a large file, that are looked at."""
GZIP = b"\x1f\x8b"


def published_checksum(asker: Asker, source: str, checksum_url: str) -> Checksum:
    """Read the digest of `source` in the publisher's checksum file.

    Raises:
        FetchError: the file is not there, or holds no digest of it.
        NotNowError: the publisher is busy.

    """
    with asker.get(checksum_url, {}) as response:
        accept(response)
        text = _at_most(response, SMALL).decode("latin-1")
    name = urlsplit(source).path.rpartition("/")[2]
    found = published_digest(text, name)
    if not found:
        raise FetchError(
            f"{shown(checksum_url)} holds no MD5 and no SHA-256 digest of {name}.",
            hint="The publisher may have moved its checksum file. Try again later, or set another source.",
        )
    return Checksum("sha256" if len(found) == 64 else "md5", found)


def state_of(asker: Asker, address: str) -> tuple[str, str]:
    """Give ETag and Last-Modified of a file, without its body; empty: not said.

    Raises:
        FetchError: it is not there, or may not be had.
        NotNowError: the publisher is busy.

    """
    with asker.get(address, {}, method="HEAD") as response:
        accept(response)
        return response.headers.get("etag", ""), response.headers.get("last-modified", "")


def first_text(asker: Asker, address: str) -> str:
    """Give the first lines of a file, plain or gzip: as many as stand in its first 64 KiB.

    Raises:
        FetchError: it is not there, or may not be had.
        NotNowError: the publisher is busy.

    """
    with asker.get(address, {"Range": f"bytes=0-{SMALL - 1}"}) as response:
        if response.status_code != 206:
            accept(response)
        begin = _at_most(response, SMALL)
    if begin.startswith(GZIP):
        begin = _unpacked(begin)
    return begin.decode("utf-8", "replace")


def _at_most(response: httpx.Response, size: int) -> bytes:
    text = b""
    for block in response.iter_raw():
        text += block
        if len(text) >= size:
            break
    return text[:size]


def _unpacked(begin: bytes) -> bytes:
    """Unpack as much of a gzip file as there is of it; bgzip makes many members, one after the other."""
    text = b""
    while begin.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            text += member.decompress(begin)
        except zlib.error:
            break
        begin = member.unused_data
    return text
