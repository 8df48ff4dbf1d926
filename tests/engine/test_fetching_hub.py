"""Fetching from the Hugging Face Hub: the real client, asking a hub on this computer."""

from __future__ import annotations

import shutil
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from genoteca.engine.fetching import Fetcher, HubAccess, Retries
from genoteca.errors import FetchError
from genoteca.model.outside import Asked
from genoteca.sdk.resources import Fetch, Fetched

from .loopback_hub import DATASET, LoopbackHub, git_id, large, sha256, small
from .publisher import Answer, corrupted, held, redirected, reset, serving, status, truncated

BODY = bytes(range(256)) * 4096
OTHER = BODY[::-1] + b"x" * 1000
CARD = b"# Variants\n"
SECRET, WRONG = "hf_made-up", "hf_another"
QUICK = Retries(attempts=3, first_pause=0.001, longest_pause=0.01)


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with serving(LoopbackHub) as running:
        running.commit({"data/1.parquet": BODY, "data/2.parquet": OTHER, "README.md": CARD})
        yield running


def silence(_fraction: float, _message: str) -> None:
    """Nobody listens."""


def source(hub: LoopbackHub, path: str = "data/1.parquet", revision: str = "") -> str:
    return f"hf://datasets/{DATASET}@{revision or hub.main[DATASET]}/{path}"


def info(hub: LoopbackHub) -> str:
    return f"/api/datasets/{DATASET}/paths-info/{hub.main[DATASET]}"


def fetcher(cache: Path, hub: LoopbackHub, *, token: str = "", hub_offline: bool = False, **more: object) -> Fetcher:
    access = HubAccess(endpoint=hub.address, token=token, offline=hub_offline)
    given = {"hosts": ["127.0.0.1", "localhost"], "retries": QUICK, "hub": access, **more}
    return Fetcher(cache, **given)  # type: ignore[arg-type]


def get(cache: Path, hub: LoopbackHub, path: str = "data/1.parquet", **more: object) -> Fetched:
    return fetcher(cache, hub, **more).fetch(source(hub, path), progress=silence)  # type: ignore[arg-type]


def bodies(cache: Path) -> list[Path]:
    """Whole files in the cache."""
    return [path for path in (cache / "fetch").iterdir() if not path.suffix]


def test_a_large_file_is_held_to_the_sha256_of_its_commit(tmp_path: Path, hub: LoopbackHub) -> None:
    promised: Fetch = fetcher(tmp_path, hub)
    got = promised.fetch(source(hub), progress=silence)
    assert got.path.read_bytes() == BODY
    assert (got.sha256, got.bytes, got.from_cache) == (sha256(BODY), len(BODY), False)
    assert (got.url, got.release) == (source(hub), hub.main[DATASET])


def test_the_certificates_that_are_trusted_are_read_once_for_all_requests(
    tmp_path: Path, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    get(tmp_path / "first", hub)

    def read_again(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ssl, "create_default_context", read_again)
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", read_again)
    assert get(tmp_path / "second", hub).path.read_bytes() == BODY


def test_a_small_file_is_held_to_the_id_that_git_gives_it(tmp_path: Path, hub: LoopbackHub) -> None:
    got = get(tmp_path, hub, "README.md")
    assert got.path.read_bytes() == CARD
    path = small(hub.main[DATASET], "README.md")
    hub.commit({"README.md": CARD + b"more\n"})
    hub.fail(small(hub.main[DATASET], "README.md"), corrupted, corrupted)
    with pytest.raises(FetchError, match=f"{git_id(CARD + b'more' + bytes([10]))} was expected"):
        get(tmp_path, hub, "README.md")
    assert hub.sent[path] == len(CARD)


@pytest.mark.parametrize("revision", ["main", "v1.0", "5d0c5e7", "D" * 40])
def test_a_revision_that_may_change_is_refused_with_the_reason(
    tmp_path: Path, hub: LoopbackHub, revision: str
) -> None:
    with pytest.raises(FetchError, match="may stand for other files tomorrow") as caught:
        fetcher(tmp_path, hub).fetch(source(hub, revision=revision), progress=silence)
    assert caught.value.title == "This source is not pinned to a commit"
    assert not hub.requests


@pytest.mark.parametrize(
    "text",
    [
        "hf://acme/variants@main/a",
        "hf://models/acme/variants@main/a",
        "hf://datasets/acme@main/a",
        "hf://datasets/acme/variants/a",
        "hf://datasets/acme/variants@main/../../etc/passwd",
        "hf://datasets/acme/variants@main/a//b",
        "hf://datasets/acme/variants@main/a\\b",
    ],
)
def test_a_source_that_names_no_file_is_refused(tmp_path: Path, hub: LoopbackHub, text: str) -> None:
    with pytest.raises(FetchError, match="names no file of a dataset on the Hub"):
        fetcher(tmp_path, hub).fetch(text, progress=silence)


def test_main_is_resolved_on_request_and_offline_it_is_what_it_was_last(tmp_path: Path, hub: LoopbackHub) -> None:
    first, own = hub.main[DATASET], fetcher(tmp_path, hub)
    assert own.pin(source(hub, revision="main"), progress=silence) == source(hub, revision=first)
    second = hub.commit({"data/1.parquet": OTHER})
    assert fetcher(tmp_path, hub, offline=True).pin(source(hub, revision="main"), progress=silence).count(first)
    assert own.pin(source(hub, revision="main"), progress=silence) == source(hub, revision=second)
    assert own.pin(source(hub, revision=first), progress=silence) == source(hub, revision=first)
    assert len(hub.requests) == 2


def test_a_hub_that_is_down_leaves_the_commit_of_last_time(tmp_path: Path, hub: LoopbackHub) -> None:
    asked = source(hub, revision="main")
    pinned = fetcher(tmp_path, hub).pin(asked, progress=silence)
    hub.fail(f"/api/datasets/{DATASET}/revision/main", *[status(503)] * 6)
    said: list[str] = []
    assert fetcher(tmp_path, hub).pin(asked, progress=lambda _f, m: said.append(m)) == pinned
    assert "which main was last" in said[-1]
    with pytest.raises(FetchError, match="tried 3 times"):
        fetcher(tmp_path / "new", hub).pin(asked, progress=silence)


def test_what_a_commit_holds_is_asked_once(tmp_path: Path, hub: LoopbackHub) -> None:
    get(tmp_path, hub)
    asked = len(hub.requests)
    again = get(tmp_path, hub)
    assert again.from_cache
    assert again.path.read_bytes() == BODY
    assert get(tmp_path, hub, hub_offline=True).from_cache
    assert len(hub.requests) == asked


def test_another_commit_with_the_same_file_does_not_fetch_it_again(tmp_path: Path, hub: LoopbackHub) -> None:
    get(tmp_path, hub)
    hub.commit({"README.md": b"# Other words\n"})
    got = get(tmp_path, hub)
    assert got.from_cache
    assert got.release == hub.main[DATASET]
    assert hub.sent[large(BODY)] == len(BODY)


def test_a_new_commits_file_takes_the_old_ones_place_once_it_is_whole(tmp_path: Path, hub: LoopbackHub) -> None:
    old = get(tmp_path, hub).path
    get(tmp_path, hub, "README.md")
    hub.commit({"data/1.parquet": CARD * 1000})
    hub.fail(large(CARD * 1000), *[truncated(100)] * 3)
    with pytest.raises(FetchError):
        get(tmp_path, hub)
    assert old.exists()
    new = get(tmp_path, hub).path
    assert new.read_bytes() == CARD * 1000
    assert not old.exists()
    assert len(bodies(tmp_path)) == 2


def test_a_file_that_another_path_names_too_is_kept(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.commit({"data/copy.parquet": BODY})
    kept = get(tmp_path, hub, "data/copy.parquet").path
    assert get(tmp_path, hub).path == kept
    hub.commit({"data/1.parquet": OTHER})
    get(tmp_path, hub)
    assert kept.read_bytes() == BODY


@pytest.mark.parametrize("fault", [truncated(300_000), reset(300_000)])
def test_a_broken_body_is_resumed_where_it_broke(tmp_path: Path, hub: LoopbackHub, fault: Answer) -> None:
    hub.files[large(BODY)].etag = hub.files[large(BODY)].last_modified = ""
    hub.fail(large(BODY), fault)
    assert get(tmp_path, hub).path.read_bytes() == BODY
    first, second = hub.headers("range", large(BODY))
    assert first is None
    # a reset may throw away what was on its way, so that the second request starts anew
    assert second is None or 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= 300_000


def test_a_body_that_stalls_is_given_up_and_resumed(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.fail(large(BODY), held(500_000))
    impatient = Retries(attempts=5, first_pause=0.001, longest_pause=0.01, stall=1)
    assert get(tmp_path, hub, retries=impatient).path.read_bytes() == BODY
    assert hub.headers("range", large(BODY)) == [None, "bytes=500000-"]


def test_a_damaged_body_of_the_right_length_is_fetched_once_more(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.fail(large(BODY), corrupted)
    assert get(tmp_path, hub).path.read_bytes() == BODY
    assert hub.headers("range", large(BODY)) == [None, None]


def test_a_body_that_stays_damaged_is_refused_and_leaves_nothing(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.fail(large(BODY), corrupted, corrupted)
    with pytest.raises(FetchError, match="was expected") as caught:
        get(tmp_path, hub)
    assert caught.value.title == "The file is not what its checksum says"
    assert bodies(tmp_path) == []


@pytest.mark.parametrize("other", [BODY + b"more", BODY[:-1]])
def test_a_body_of_another_length_than_listed_is_refused(tmp_path: Path, hub: LoopbackHub, other: bytes) -> None:
    hub.files[large(BODY)].body = other
    with pytest.raises(FetchError, match=f"offers {len(other)} bytes of a file that it lists with {len(BODY)}"):
        get(tmp_path, hub)
    assert bodies(tmp_path) == []


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_hub_is_asked_again(tmp_path: Path, hub: LoopbackHub, code: int) -> None:
    hub.fail(info(hub), status(code), status(code))
    hub.fail(small(hub.main[DATASET], "data/1.parquet"), status(code))
    hub.fail(large(BODY), status(code))
    assert get(tmp_path, hub).path.read_bytes() == BODY
    assert len(hub.headers("range", info(hub))) == 3


@pytest.mark.parametrize("what", ["facts", "body"])
def test_too_many_requests_waits_as_long_as_asked(
    tmp_path: Path, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    hub.fail(info(hub) if what == "facts" else large(BODY), status(429, {"Retry-After": "7"}))
    get(tmp_path, hub, retries=Retries(attempts=3, first_pause=0.001, longest_pause=10))
    assert waited == [7.0]


def test_an_answer_that_is_not_the_hubs_is_asked_for_again_and_then_told(tmp_path: Path, hub: LoopbackHub) -> None:
    def half(handler: object, _file: object) -> None:
        handler.reply(200, b'[{"type": "fi')  # type: ignore[attr-defined]

    def odd(handler: object, _file: object) -> None:
        handler.reply(200, b'[{"type": "file", "path": "data/1.parquet", "size": 1, "oid": "none"}]')  # type: ignore[attr-defined]

    hub.fail(info(hub), half)
    assert get(tmp_path, hub).path.read_bytes() == BODY
    hub.fail(info(hub), odd, half, odd)
    with pytest.raises(FetchError, match="gave an answer that is not the Hub's"):
        get(tmp_path / "new", hub)


def test_a_dataset_that_is_not_shown_asks_for_a_token(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.token = SECRET
    with pytest.raises(FetchError, match=r"401.*Without a token it is not there") as caught:
        get(tmp_path, hub)
    assert "HF_TOKEN" in caught.value.hint
    with pytest.raises(FetchError, match=r"404.*With this token it is not there") as wrong:
        get(tmp_path, hub, token=WRONG)
    assert WRONG not in wrong.value.message + wrong.value.hint
    assert get(tmp_path, hub, token=SECRET).path.read_bytes() == BODY
    assert len(hub.requests) == 5


def test_a_dataset_with_terms_says_that_they_must_be_accepted(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.gated = True
    with pytest.raises(FetchError, match=r"403 Forbidden.*accept its terms") as caught:
        get(tmp_path, hub, token=SECRET)
    assert caught.value.title == "The publisher asks you to accept its terms"


def test_a_file_that_is_not_there_is_named(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(FetchError, match=r"has no file data/3\.parquet at "):
        get(tmp_path, hub, "data/3.parquet")


def test_a_commit_that_is_not_there_is_said(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(FetchError, match=r"404 Not Found\. There is no such commit"):
        fetcher(tmp_path, hub).fetch(source(hub, revision="0" * 40), progress=silence)
    with pytest.raises(FetchError, match="There is no such commit"):
        fetcher(tmp_path, hub).pin(source(hub, revision="v9"), progress=silence)
    assert len(hub.requests) == 2


def test_an_address_that_ran_out_is_asked_for_anew(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.fail(large(BODY), truncated(300_000), status(403))
    assert get(tmp_path, hub).path.read_bytes() == BODY
    assert len(hub.headers("range", small(hub.main[DATASET], "data/1.parquet"))) == 3


def test_the_token_is_shown_to_the_hub_and_to_nobody_it_sends_us_to(tmp_path: Path, hub: LoopbackHub) -> None:
    hub.token = SECRET
    get(tmp_path, hub, token=SECRET)
    shown = {path: headers.get("authorization") for path, headers in hub.requests}
    assert shown == {
        info(hub): f"Bearer {SECRET}",
        small(hub.main[DATASET], "data/1.parquet"): f"Bearer {SECRET}",
        large(BODY): None,
    }


def test_a_host_that_the_hub_sends_us_to_must_be_one_that_may_be_asked(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(FetchError, match="localhost is not asked"):
        get(tmp_path, hub, hosts=["127.0.0.1"])
    hub.fail(small(hub.main[DATASET], "data/1.parquet"), redirected("https://us.cdn.hf.co/x"))
    with pytest.raises(FetchError) as caught:
        get(tmp_path, hub, hosts=["127.0.0.1", "*.hf.co.example"])
    assert "us.cdn.hf.co is not asked" in caught.value.message


@pytest.mark.parametrize(("host", "may"), [("us.aws.cdn.hf.co", True), ("hf.co", False), ("evilhf.co", False)])
def test_a_star_stands_for_every_host_below_a_name(tmp_path: Path, hub: LoopbackHub, host: str, may: bool) -> None:
    own = fetcher(tmp_path, hub, hosts=["*.hf.co"], offline=True)
    with pytest.raises(FetchError, match="stay offline" if may else "is not asked"):
        own.fetch(f"https://{host}/x", progress=silence)


def test_a_module_that_may_not_ask_the_hub_does_not(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 is not asked"):
        get(tmp_path, hub, hosts=["ftp.ncbi.nlm.nih.gov"])
    assert not hub.requests


def test_every_request_is_recorded_with_its_bytes(tmp_path: Path, hub: LoopbackHub) -> None:
    recorded: list[Asked] = []
    hub.fail(info(hub), status(503))
    get(tmp_path, hub, on_request=recorded.append)
    facts, path = hub.address + info(hub), small(hub.main[DATASET], "data/1.parquet")
    assert recorded == [
        (facts, 0, "503"),
        (facts, hub.sent[info(hub)], "200"),
        (hub.address + path, 0, "302"),
        (hub.elsewhere + large(BODY), len(BODY), "200"),
    ]


def test_a_hub_that_nobody_answers_for_is_recorded_and_told(tmp_path: Path) -> None:
    with serving(LoopbackHub) as gone:
        gone.commit({"data/1.parquet": BODY})
    recorded: list[Asked] = []
    with pytest.raises(FetchError, match="could not be fetched, tried 3 times"):
        get(tmp_path, gone, on_request=recorded.append)
    assert recorded == [(gone.address + info(gone), 0, "no answer")] * 3


def test_offline_nothing_is_asked(tmp_path: Path, hub: LoopbackHub) -> None:
    for own in (fetcher(tmp_path, hub, offline=True), fetcher(tmp_path, hub, hub_offline=True)):
        with pytest.raises(FetchError, match="stay offline") as caught:
            own.fetch(source(hub), progress=silence)
        assert source(hub) in caught.value.message
        with pytest.raises(FetchError, match=r"The commit of .* is not in the cache"):
            own.pin(source(hub, revision="main"), progress=silence)
    assert not hub.requests


def test_a_checksum_of_the_modules_own_is_compared_too(tmp_path: Path, hub: LoopbackHub) -> None:
    own = fetcher(tmp_path, hub)
    assert own.fetch(source(hub), checksum=f"sha256:{sha256(BODY)}", progress=silence).path.exists()
    with pytest.raises(FetchError, match="was expected"):
        own.fetch(source(hub), checksum="md5:" + "0" * 32, progress=silence)


PAIR = ("data/1.parquet", "data/2.parquet")


def test_a_set_arrives_whole_with_the_progress_of_the_whole(tmp_path: Path, hub: LoopbackHub) -> None:
    seen: list[tuple[float, str]] = []
    got = fetcher(tmp_path, hub).fetch_all(
        [source(hub, path) for path in PAIR], progress=lambda f, m: seen.append((f, m))
    )
    assert [one.path.read_bytes() for one in got] == [BODY, OTHER]
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    half = next(f for f, m in seen if m.startswith("file 2 of 2, 2.parquet"))
    assert half == pytest.approx(len(BODY) / (len(BODY) + len(OTHER)), abs=0.05)
    assert len(hub.headers("range", info(hub))) == 1


def test_of_a_set_only_what_is_asked_for_is_fetched(tmp_path: Path, hub: LoopbackHub) -> None:
    fetcher(tmp_path, hub).fetch_all([source(hub, PAIR[1])], progress=silence)
    assert hub.sent[large(BODY)] == 0
    assert hub.sent[large(OTHER)] == len(OTHER)


def test_half_a_set_is_never_given_and_what_arrived_is_not_fetched_again(tmp_path: Path, hub: LoopbackHub) -> None:
    asked = [source(hub, path) for path in PAIR]
    hub.fail(large(OTHER), *[truncated(500_000)] * 3)
    with pytest.raises(FetchError, match=r"2\.parquet could not be fetched"):
        fetcher(tmp_path, hub).fetch_all(asked, progress=silence)
    with pytest.raises(FetchError, match=r"2\.parquet is not in the cache"):
        fetcher(tmp_path, hub, offline=True).fetch_all(asked, progress=silence)
    got = fetcher(tmp_path, hub).fetch_all(asked, progress=silence)
    assert [one.from_cache for one in got] == [True, False]
    assert hub.sent[large(BODY)] == len(BODY)


def test_a_file_that_is_missing_ends_a_set_before_the_first_byte(tmp_path: Path, hub: LoopbackHub) -> None:
    with pytest.raises(FetchError, match=r"has no file data/3\.parquet"):
        fetcher(tmp_path, hub).fetch_all([source(hub), source(hub, "data/3.parquet")], progress=silence)
    assert hub.sent[large(BODY)] == 0


def test_room_for_the_whole_set_is_looked_for_before_the_first_byte(
    tmp_path: Path, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    # enough for either file, not for both
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=(64 << 20) + len(OTHER) + 1000))
    with pytest.raises(FetchError, match="needs 2 MB more") as caught:
        fetcher(tmp_path, hub).fetch_all([source(hub, path) for path in PAIR], progress=silence)
    assert caught.value.title == "There is not enough room on the disk"
    assert hub.sent[large(BODY)] == 0


def test_a_set_may_lie_on_this_computer(tmp_path: Path, hub: LoopbackHub) -> None:
    (tmp_path / "1.parquet").write_bytes(BODY)
    mixed = [str(tmp_path / "1.parquet"), source(hub, PAIR[1]), hub.address + large(BODY)]
    got = fetcher(tmp_path / "cache", hub).fetch_all(mixed, progress=silence)
    assert [one.sha256 for one in got] == [sha256(BODY), sha256(OTHER), sha256(BODY)]
