from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.engine.fetching import Fetcher
from genoteca.errors import FetchError

from .publisher import publishing

PATH = "/chr21.vcf.bgz"


def test_a_download_that_is_forgotten_is_off_the_disk_and_can_be_fetched_again(tmp_path: Path) -> None:
    own = tmp_path / "own.vcf"
    own.write_bytes(b"mine")
    with publishing() as publisher:
        publisher.offer(PATH, b"x" * 5000)
        fetcher = Fetcher(tmp_path, hosts=["127.0.0.1"])
        got = fetcher.fetch(publisher.address + PATH, progress=lambda _fraction, _message: None)
        fetcher.forget(publisher.address + PATH)
        assert not got.path.exists()
        assert {path.suffix for path in (tmp_path / "fetch").iterdir()} <= {".lock"}
        again = fetcher.fetch(publisher.address + PATH, progress=lambda _fraction, _message: None)
        assert again.path.read_bytes() == b"x" * 5000
        assert not again.from_cache
    fetcher.forget(str(own))
    assert own.read_bytes() == b"mine"


def test_room_is_looked_at_for_what_is_not_there_yet_of_a_whole_set(tmp_path: Path) -> None:
    with publishing() as publisher:
        publisher.offer(PATH, b"x" * 5000)
        fetcher = Fetcher(tmp_path, hosts=["127.0.0.1"])
        large = {publisher.address + PATH: 1 << 60}
        with pytest.raises(FetchError, match="MB are free"):
            fetcher.require_room(large)
        fetcher.require_room({publisher.address + PATH: 5000, "/a/file/of/mine.vcf": 1 << 60})
        fetcher.fetch(publisher.address + PATH, progress=lambda _fraction, _message: None)
        fetcher.require_room(large)  # it is there
