"""Asking publishers for something newer, on a real server: nothing of the data is fetched."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue
from tests.engine.loopback_hub import DATASET, LoopbackHub
from tests.engine.publisher import Publisher, publishing, serving, status

from genoteca.engine.asking import Retries
from genoteca.engine.fetching import Fetcher, HubAccess
from genoteca.engine.publisher_news import News, PublisherDesk, can_be_asked, is_newer
from genoteca.errors import FetchError
from genoteca.model.record import Record
from genoteca.sdk.noted_fetch import NotedFetch

ONCE = Retries(attempts=1, stall=5)
PLACE = "/vcf/clinvar.vcf.gz"
LINE = r"^##fileDate=(.+)$"


def silence(fraction: float, message: str) -> None:
    """Take no note of progress."""


def vcf(day: str) -> bytes:
    """A release of 200 kB: its date in the second line, then what does not compress."""
    letters = random.Random(day).choices("ACGT", k=800_000)  # noqa: S311 - nobody's secret
    return gzip.compress(f"##fileformat=VCFv4.1\n##fileDate={day}\n{''.join(letters)}\n".encode())


def offer(publisher: Publisher, body: bytes, day: str = "26 Feb") -> str:
    address = publisher.offer(PLACE, body)
    publisher.files[PLACE].last_modified = f"Thu, {day} 2026 08:00:00 GMT"
    digest = hashlib.md5(body).hexdigest()  # noqa: S324 - the publisher's kind of checksum
    publisher.offer(f"{PLACE}.md5", f"{digest}  /somewhere/else/clinvar.vcf.gz\n".encode())
    return address


def record(notes: dict[str, JsonValue], **more: JsonValue) -> Record:
    return Record(
        asset=["clinvar", "reference"],
        partition=None,
        run="0" * 36,
        created=datetime.now(UTC),
        file=None,
        rows=1,
        bytes=1,
        sha256="0" * 64,
        code_version="1",
        data_version="1",
        metadata=notes | more,
    )


def made_from(cache: Path, source: str, *, checksum_url: str = "", release_line: str = "") -> Record:
    """The record of a reference that was made from one file."""
    fetch = NotedFetch(Fetcher(cache, hosts=["127.0.0.1"], retries=ONCE), {})
    fetch.fetch(source, checksum_url=checksum_url, progress=silence)
    return record(fetch.notes(), **({"release_line": release_line} if release_line else {}))


def asked(of: Record, heard: list[str] | None = None, hub: HubAccess | None = None) -> News:
    desk = PublisherDesk(
        ["127.0.0.1", "localhost"],
        hub=hub or HubAccess(),
        on_request=lambda asked: heard.append(asked.address) if heard is not None else None,
        retries=ONCE,
    )
    return desk.ask(of)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as running:
        yield running


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with serving(LoopbackHub) as running:
        yield running


def test_what_is_there_is_the_newest_and_only_the_checksum_file_is_read(tmp_path: Path, publisher: Publisher) -> None:
    source = offer(publisher, vcf("2026-02-26"))
    made = made_from(tmp_path, source, checksum_url=f"{source}.md5", release_line=LINE)
    before, heard = publisher.sent[PLACE], list[str]()
    news = asked(made, heard)
    assert not is_newer([made], news.seen)
    assert news.release == ""
    assert publisher.sent[PLACE] == before
    assert heard == [f"{source}.md5"]


def test_a_newer_file_is_named_by_its_own_line_from_its_first_64_kib(tmp_path: Path, publisher: Publisher) -> None:
    source = offer(publisher, vcf("2026-02-26"))
    made = made_from(tmp_path, source, checksum_url=f"{source}.md5", release_line=LINE)
    offer(publisher, vcf("2026-03-05"), day="12 Mar")
    before = publisher.sent[PLACE]
    news = asked(made)
    assert is_newer([made], news.seen)
    assert news.release == "2026-03-05"
    assert publisher.sent[PLACE] - before == 1 << 16


def test_a_release_that_is_there_beside_the_one_that_is_used_is_not_newer(
    tmp_path: Path, publisher: Publisher
) -> None:
    source = offer(publisher, vcf("2026-02-26"))
    older = made_from(tmp_path, source, checksum_url=f"{source}.md5")
    offer(publisher, vcf("2026-03-05"))
    newer = made_from(tmp_path, source, checksum_url=f"{source}.md5")
    seen = asked(older).seen
    assert is_newer([older], seen)
    assert not is_newer([older, newer], seen)


def test_without_a_checksum_file_the_etag_tells_and_the_day_names(tmp_path: Path, publisher: Publisher) -> None:
    source = offer(publisher, b"first")
    made = made_from(tmp_path, source)
    assert not is_newer([made], asked(made).seen)
    publisher.files[PLACE].etag = f"W/{publisher.files[PLACE].etag}"
    assert not is_newer([made], asked(made).seen), "a weak ETag names the same file"
    offer(publisher, b"second", day="05 Mar")
    before = publisher.sent[PLACE]
    news = asked(made)
    assert is_newer([made], news.seen)
    assert news.release == "2026-03-05"
    assert publisher.sent[PLACE] == before


def test_without_an_etag_the_date_tells(tmp_path: Path, publisher: Publisher) -> None:
    source = offer(publisher, b"first")
    publisher.files[PLACE].etag = ""
    made = made_from(tmp_path, source)
    assert not is_newer([made], asked(made).seen)
    offer(publisher, b"second", day="05 Mar")
    publisher.files[PLACE].etag = ""
    assert is_newer([made], asked(made).seen)


@pytest.mark.parametrize("code", [404, 403, 503])
def test_a_publisher_that_does_not_answer_is_an_error_and_not_up_to_date(
    tmp_path: Path, publisher: Publisher, code: int
) -> None:
    made = made_from(tmp_path, offer(publisher, b"first"))
    publisher.fail(PLACE, status(code))
    with pytest.raises(FetchError):
        asked(made)


def test_a_host_that_the_module_may_not_ask_is_not_asked(tmp_path: Path, publisher: Publisher) -> None:
    made = made_from(tmp_path, offer(publisher, b"first"))
    before = len(publisher.requests)
    with pytest.raises(FetchError, match="is not asked"):
        PublisherDesk(["example.org"], hub=HubAccess(), retries=ONCE).ask(made)
    assert len(publisher.requests) == before


def test_a_file_of_this_computer_and_a_secret_address_have_nobody_to_ask(
    tmp_path: Path, publisher: Publisher
) -> None:
    own = tmp_path / "own.vcf"
    own.write_text("x")
    made = made_from(tmp_path, str(own))
    assert not can_be_asked(made)
    told = {"url": "own.vcf", "sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1, "cached": False}
    assert made.metadata["files"] == [told | {"modified_ns": own.stat().st_mtime_ns}]
    publisher.offer(f"{PLACE}?key=secret", b"first")
    made = made_from(tmp_path, f"{publisher.address}{PLACE}?key=secret")
    assert not can_be_asked(made)
    assert "secret" not in made.model_dump_json()


def hub_record(cache: Path, hub: LoopbackHub, revision: str = "main") -> Record:
    access = HubAccess(endpoint=hub.address)
    fetch = NotedFetch(Fetcher(cache, hosts=["127.0.0.1", "localhost"], retries=ONCE, hub=access), {})
    pinned = fetch.pin(f"hf://datasets/{DATASET}@{revision}/data/", progress=silence)
    fetch.fetch_all([f"{pinned}1.parquet", f"{pinned}2.parquet"], progress=silence)
    return record(fetch.notes())


def test_a_new_commit_with_other_files_is_newer_and_one_with_the_same_is_not(
    tmp_path: Path, hub: LoopbackHub
) -> None:
    hub.commit({"data/1.parquet": b"one", "data/2.parquet": b"two"})
    made, access = hub_record(tmp_path, hub), HubAccess(endpoint=hub.address)
    assert can_be_asked(made)
    hub.commit({"README.md": b"better words"})
    assert not is_newer([made], asked(made, hub=access).seen)
    commit = hub.commit({"data/2.parquet": b"two, corrected"})
    news = asked(made, hub=access)
    assert is_newer([made], news.seen)
    assert news.release == commit
    with pytest.raises(FetchError, match="never to ask the Hub"):
        asked(made, hub=HubAccess(endpoint=hub.address, offline=True))


def test_who_keeps_to_one_commit_is_not_told_of_others(tmp_path: Path, hub: LoopbackHub) -> None:
    commit = hub.commit({"data/1.parquet": b"one", "data/2.parquet": b"two"})
    assert not can_be_asked(hub_record(tmp_path, hub, commit))
