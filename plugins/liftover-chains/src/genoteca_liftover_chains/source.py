"""Where the chains come from, and whether a file is the chain that was asked for."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from genoteca.sdk import Build, Fetched, ReferenceDataError, ReferenceRequest, chromosome

__all__ = ["CHAINS", "PUBLISHER", "Chain", "fetch_chain"]

PUBLISHER = "https://ftp.ensembl.org/pub/assembly_mapping/homo_sapiens"

LARGEST = 64 << 20
"""Bytes of text; the largest of the chains has 3 MB."""
PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """One of the publisher's files."""

    source: Build
    target: Build
    sha256: str
    """Of the text within the gzip file: the same whoever compressed it. Taken from the copies that CrossMap keeps
    (https://github.com/liguowang/CrossMap, commit 2fefee44bcc2, chain_files/human)."""

    @property
    def name(self) -> str:
        """Name of the publisher's file, without its ending."""
        return f"{self.source}_to_{self.target}"

    @property
    def asset(self) -> str:
        """Name of the asset."""
        return f"{self.source}-{self.target}"

    @property
    def capability(self) -> str:
        """What it provides."""
        return f"chain:{self.asset}"


_37, _38, _36 = Build.GRCH37, Build.GRCH38, Build.NCBI36

CHAINS = (
    Chain(source=_37, target=_38, sha256="1d691a1876cad0f6bbb59265772040186bed73206273e30884f6c90789afd905"),
    Chain(source=_38, target=_37, sha256="0afac50aeafff62c8b48cff2378e03025f2c9e291ebc1e00c27024e3a22818b5"),
    Chain(source=_36, target=_37, sha256="5295c56c1b897ce7e79ff94ada982362600f47046f1c6a4538141cd987fc5f4a"),
    Chain(source=_37, target=_36, sha256="231b0fe30ee4ef9d1e12e428aa4c605c7ddf2c75217344b0ea2083da079fed18"),
    Chain(source=_36, target=_38, sha256="87d5323182d1d3565418305ca81877c0e3b64f54b2c761148a7623a82d5f5bc2"),
)


def fetch_chain(request: ReferenceRequest, chain: Chain) -> Fetched:
    """Fetch a chain from the publisher, or from where the user says, and look at all of it.

    Raises:
        FetchError: not reachable.
        ReferenceDataError: it is not the publisher's file, or a chain of other builds. A file from a place of the
            user's own may have another content, not other builds.

    """
    own = str(request.settings.get("source") or "").strip()
    source = f"{(own or PUBLISHER).rstrip('/')}/{chain.name}.chain.gz"
    fetched = request.fetch.fetch(source, progress=request.progress)
    digest, lines = _read(fetched)
    if not own and digest != chain.sha256:
        raise ReferenceDataError(
            f"{fetched.url}: the sha256 of its text is {digest}, expected {chain.sha256}.",
            title="The publisher's file is another one",
            hint="It may have come damaged: try again. Or name a file of your own in the settings of this module.",
        )
    _require_builds(lines, chain, fetched.url)
    return fetched


def _read(fetched: Fetched) -> tuple[str, list[bytes]]:
    """Give the sha256 of a gzip file's text, and its header lines."""
    digest, found, rest, size = hashlib.sha256(), list[bytes](), b"", 0
    try:
        for piece in _pieces(fetched):
            size += len(piece)
            digest.update(piece)
            *lines, rest = (rest + piece).split(b"\n")
            found += [line for line in lines if line.startswith(b"chain")]
            if size > LARGEST:
                raise ReferenceDataError(
                    f"{fetched.url} has more than {LARGEST >> 20} MB of text: no chain is as large."
                )
    except (OSError, EOFError, zlib.error) as error:
        raise ReferenceDataError(f"{fetched.url} is no gzip file, or a damaged one: {error}") from error
    return digest.hexdigest(), found


def _pieces(fetched: Fetched) -> Iterator[bytes]:
    with gzip.open(fetched.path) as text:
        while piece := text.read(PIECE):
            yield piece


def _require_builds(lines: list[bytes], chain: Chain, name: str) -> None:
    """Compare the lengths that the chain names with those of the chromosomes of both builds."""
    seen = 0
    for line in lines:
        fields = line.decode("ascii", "replace").split()
        if len(fields) < 12:
            raise ReferenceDataError(f"{name} is no chain file: {line[:80]!r} should have 12 or 13 fields.")
        for build, contig, length in ((chain.source, fields[2], fields[3]), (chain.target, fields[7], fields[8])):
            on = chromosome(contig)
            if on and on != "MT" and str(build.lengths[on]) != length:
                raise ReferenceDataError(
                    f"{name}: its chromosome {on} has {length} bases, that of {build} has {build.lengths[on]}.",
                    title="This chain is of other genome builds",
                    hint=f"The chain from {chain.source} to {chain.target} is needed, as {chain.name}.chain.gz.",
                )
            seen += on is not None
    if not seen:
        raise ReferenceDataError(f"{name} is no chain file: it names no chromosome.")
