"""The chains' module against a server: what the publisher gives is kept, what is damaged on the way is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import genoteca_liftover_chains.source as chains
from genoteca.engine.fetching import Fetcher, Retries
from genoteca.errors import FetchError, GenotecaError, ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk.local_resources import LocalPaths
from genoteca.sdk.requests import ReferenceRequest
from genoteca_liftover_chains.plugin import describe_module, make_chain

from .publisher import Publisher, corrupted, publishing, status, truncated

NAME = "GRCh37_to_NCBI36.chain.gz"
CHAIN = next(chain for chain in chains.CHAINS if f"{chain.name}.chain.gz" == NAME)
QUICK = Retries(attempts=2, first_pause=0.001, longest_pause=0.01)


@pytest.fixture
def publisher(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing() as running:
        running.offer(f"/pub/{NAME}", (shared_data / "08-liftover" / "ensembl-chains" / NAME).read_bytes())
        monkeypatch.setattr(chains, "PUBLISHER", f"{running.address}/pub")
        yield running


def request(folder: Path) -> ReferenceRequest:
    return ReferenceRequest(
        manifest=describe_module(),
        build=Build.NCBI36,
        fetch=Fetcher(folder, hosts=["127.0.0.1"], retries=QUICK),
        paths=LocalPaths.__new__(LocalPaths),
        settings={},
        scratch=folder,
        progress=lambda _fraction, _message: None,
    )


@pytest.mark.real_data
def test_a_chain_comes_over_the_wire_and_is_verified(publisher: Publisher, tmp_path: Path) -> None:
    made = make_chain(request(tmp_path), chain=CHAIN)
    assert isinstance(made.table, Path)
    assert made.table.read_bytes() == publisher.files[f"/pub/{NAME}"].body
    assert made.release == "Thu, 26 Feb 2026 08:00:00 GMT"


@pytest.mark.real_data
def test_a_file_that_is_cut_on_the_way_is_fetched_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.fail(f"/pub/{NAME}", truncated(1000))
    assert make_chain(request(tmp_path), chain=CHAIN).ending == ".chain.gz"


@pytest.mark.real_data
def test_one_wrong_byte_is_never_kept(publisher: Publisher, tmp_path: Path) -> None:
    publisher.fail(f"/pub/{NAME}", corrupted)
    with pytest.raises(ReferenceDataError):
        make_chain(request(tmp_path), chain=CHAIN)


@pytest.mark.real_data
def test_a_publisher_without_the_file_is_told(publisher: Publisher, tmp_path: Path) -> None:
    publisher.fail(f"/pub/{NAME}", *[status(404)] * 3)
    with pytest.raises(FetchError) as caught:
        make_chain(request(tmp_path), chain=CHAIN)
    assert isinstance(caught.value, GenotecaError)
