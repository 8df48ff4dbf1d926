from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from genoteca.sdk import Build, Fetched, Paths, Progress, ReferenceDataError, ReferenceRequest
from genoteca_liftover_chains.plugin import describe_module, make_chain
from genoteca_liftover_chains.source import CHAINS, PUBLISHER, Chain


@dataclass
class Shelf:
    """Gives the local file of an address's name, and remembers what was asked."""

    folder: Path
    asked: list[str] = field(default_factory=list)

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        self.asked.append(source)
        path = self.folder / source.rsplit("/", 1)[1]
        size = path.stat().st_size
        return Fetched(path=path, sha256="0" * 64, bytes=size, url=source, from_cache=False, release="")


def request(shelf: Shelf, scratch: Path, **settings: str) -> ReferenceRequest:
    return ReferenceRequest(
        manifest=describe_module(),
        build=Build.GRCH38,
        fetch=shelf,
        paths=cast("Paths", None),
        settings=settings,
        scratch=scratch,
        progress=lambda _fraction, _message: None,
    )


def named(source: Build, target: Build) -> Chain:
    return next(chain for chain in CHAINS if (chain.source, chain.target) == (source, target))


FORWARD = named(Build.GRCH37, Build.GRCH38)


def test_a_chain_of_ones_own_is_kept_as_it_is_and_names_what_it_provides(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(folder)
    made = make_chain(request(shelf, tmp_path, source=f"{folder}/"), chain=FORWARD)
    assert shelf.asked == [f"{folder}/GRCh37_to_GRCh38.chain.gz"]
    assert made.table == folder / "GRCh37_to_GRCh38.chain.gz"
    assert made.ending == ".chain.gz"
    assert made.metadata["provides"] == ["chain:GRCh37-GRCh38"]


def test_the_publisher_is_asked_and_another_content_is_refused(folder: Path, tmp_path: Path) -> None:
    shelf = Shelf(folder)
    with pytest.raises(ReferenceDataError, match="expected 1d691a18") as caught:
        make_chain(request(shelf, tmp_path), chain=FORWARD)
    assert caught.value.title == "The publisher's file is another one"
    assert shelf.asked == [f"{PUBLISHER}/GRCh37_to_GRCh38.chain.gz"]


def test_a_chain_of_other_builds_is_refused_under_any_name(folder: Path, tmp_path: Path) -> None:
    (folder / "GRCh37_to_GRCh38.chain.gz").rename(folder / "GRCh38_to_GRCh37.chain.gz")
    with pytest.raises(ReferenceDataError, match="249250621 bases, that of GRCh38 has 248956422"):
        make_chain(request(Shelf(folder), tmp_path, source=str(folder)), chain=named(Build.GRCH38, Build.GRCH37))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no gzip", "no gzip file"),
        (gzip.compress(b"chain 1 chrUn 5 + 0 5 chrUn 5 + 0 5 1\n5\n"), "names no chromosome"),
        (gzip.compress(b"chain 1 2 3\n"), "should have 12 or 13 fields"),
        (gzip.compress(b"chain 1\n" * 9)[:-9], "damaged"),
    ],
    ids=["text", "no chromosome", "no fields", "cut"],  # a gzip file holds the second in which it was made
)
def test_a_file_that_is_no_chain_is_refused(folder: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (folder / "GRCh37_to_GRCh38.chain.gz").write_bytes(content)
    with pytest.raises(ReferenceDataError, match=said):
        make_chain(request(Shelf(folder), tmp_path, source=str(folder)), chain=FORWARD)


@pytest.mark.real_data
@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_ensembls_chains_have_the_pinned_content(real: Path, tmp_path: Path, chain: Chain) -> None:
    made = make_chain(request(Shelf(real), tmp_path), chain=chain)
    assert made.metadata["provides"] == [chain.capability]
