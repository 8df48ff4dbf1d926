"""The reference sequence over HTTP: the module's own code, the app's own fetching, a publisher on this computer."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from genoteca.engine.fetching import Fetcher
from genoteca.errors import FetchError
from genoteca.genome.sequence import ReferenceSequence
from genoteca.genome.sequence_file import verify_sequence
from genoteca.model.build import Build
from genoteca.sdk import Paths, ReferenceRequest
from genoteca_reference_sequence.plugin import describe_module, make_sequence

from .publisher import Publisher, corrupted, publishing

BASES = "".join(random.Random(4).choices("ACGT", k=16569))  # noqa: S311 - no secret


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as one:
        yield one


def request(folder: Path, **settings: str) -> ReferenceRequest:
    return ReferenceRequest(
        manifest=describe_module(),
        build=Build.GRCH38,
        fetch=Fetcher(folder / "cache", hosts=["127.0.0.1"]),
        paths=cast("Paths", None),
        settings=settings,
        scratch=folder,
        progress=lambda _fraction, _message: None,
    )


def test_a_fetched_sequence_is_published_and_read(tmp_path: Path, publisher: Publisher) -> None:
    body = gzip.compress(f">chrUn_KI270742v1\nACGT\n>chrM\n{BASES}\n".encode())
    source = publisher.offer("/hg38.fa.gz", body)
    digest = hashlib.md5(body).hexdigest()  # noqa: S324 - the publisher's kind of checksum
    publisher.fail("/hg38.fa.gz", corrupted)
    made = make_sequence(request(tmp_path, source=source, checksum=f"md5:{digest}"))
    path = cast("Path", made.table)
    verify_sequence(path)
    assert ReferenceSequence(path, Build.GRCH38).bases("MT", 1, 16569) == BASES


def test_what_the_checksum_speaks_against_is_not_published(tmp_path: Path, publisher: Publisher) -> None:
    source = publisher.offer("/hg38.fa", f">chrM\n{BASES}\n".encode())
    with pytest.raises(FetchError, match="was expected"):
        make_sequence(request(tmp_path, source=source, checksum=f"md5:{'0' * 32}"))
    assert not list(tmp_path.glob("*.parquet*"))
