from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from genoteca.engine.fetching import Fetcher, Retries
from genoteca.errors import FetchError
from genoteca.model.outside import Asked
from genoteca.sdk.resources import Fetch, Fetched

from .publisher import (
    Publisher,
    corrupted,
    held,
    other_piece,
    publishing,
    redirected,
    reset,
    status,
    too_long,
    truncated,
    without_length,
)

BODY = bytes(range(256)) * 4096
PATH = "/clinvar.vcf.gz"
QUICK = Retries(attempts=3, first_pause=0.001, longest_pause=0.01)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as running:
        running.offer(PATH, BODY)
        yield running


def silence(_fraction: float, _message: str) -> None:
    """Nobody listens."""


def fetcher(cache: Path, **more: object) -> Fetcher:
    return Fetcher(cache, **{"hosts": ["127.0.0.1"], "retries": QUICK, **more})  # type: ignore[arg-type]


def get(cache: Path, publisher: Publisher, checksum: str = "", checksum_url: str = "", **more: object) -> Fetched:
    own = fetcher(cache, **more)
    return own.fetch(publisher.address + PATH, checksum=checksum, checksum_url=checksum_url, progress=silence)


def md5(body: bytes = BODY) -> str:
    return "md5:" + hashlib.md5(body).hexdigest()  # noqa: S324 - what publishers publish


def files(cache: Path) -> set[str]:
    return {path.suffix for path in (cache / "fetch").iterdir()} - {".lock"}


def test_the_fetcher_is_what_the_sdk_promises(tmp_path: Path) -> None:
    promised: Fetch = fetcher(tmp_path)
    assert callable(promised.fetch)


def test_a_file_arrives_whole_with_its_hash_and_date(tmp_path: Path, publisher: Publisher) -> None:
    seen: list[tuple[float, str]] = []
    got = fetcher(tmp_path).fetch(publisher.address + PATH, progress=lambda f, m: seen.append((f, m)))
    assert got.path.read_bytes() == BODY
    assert (got.sha256, got.bytes) == (hashlib.sha256(BODY).hexdigest(), len(BODY))
    assert got.release == "Thu, 26 Feb 2026 08:00:00 GMT"
    assert not got.from_cache
    assert files(tmp_path) == {"", ".json"}
    assert seen[-1] == (1.0, "1.0 of 1.0 MB")
    assert [f for f, _ in seen] == sorted(f for f, _ in seen)


def test_a_second_fetch_takes_the_copy_after_asking_whether_it_is_current(
    tmp_path: Path, publisher: Publisher
) -> None:
    first = get(tmp_path, publisher)
    second = get(tmp_path, publisher)
    assert second.from_cache
    assert (second.sha256, second.path) == (first.sha256, first.path)
    assert publisher.headers("if-none-match") == [None, publisher.files[PATH].etag]


def test_a_new_release_replaces_the_copy(tmp_path: Path, publisher: Publisher) -> None:
    get(tmp_path, publisher)
    publisher.offer(PATH, BODY[::-1])
    got = get(tmp_path, publisher)
    assert not got.from_cache
    assert got.path.read_bytes() == BODY[::-1]


def test_force_asks_for_the_whole_file_again(tmp_path: Path, publisher: Publisher) -> None:
    get(tmp_path, publisher)
    got = get(tmp_path, publisher, force=True)
    assert not got.from_cache
    assert publisher.headers("if-none-match") == [None, None]


@pytest.mark.parametrize("fault", [truncated(300_000), reset(300_000)])
def test_a_broken_connection_is_resumed_where_it_broke(tmp_path: Path, publisher: Publisher, fault: object) -> None:
    publisher.fail(PATH, fault)  # type: ignore[arg-type]
    got = get(tmp_path, publisher, md5())
    assert got.path.read_bytes() == BODY
    first, second = publisher.headers("range")
    assert first is None
    # a reset may throw away what was on its way, so that the second request starts anew
    assert second is None or 0 < int(second.removeprefix("bytes=").removesuffix("-")) <= 300_000


def test_a_truncated_body_is_never_the_file(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, *[truncated(1000)] * 3)
    with pytest.raises(FetchError, match="could not be fetched, tried 3 times"):
        get(tmp_path, publisher)
    assert "" not in files(tmp_path)


def test_a_part_of_a_release_that_was_replaced_is_not_continued(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, *[truncated(1000)] * 3)
    with pytest.raises(FetchError):
        get(tmp_path, publisher)
    publisher.offer(PATH, BODY[::-1])
    assert get(tmp_path, publisher).path.read_bytes() == BODY[::-1]
    assert publisher.headers("range")[-1] is not None


def test_a_part_without_etag_and_date_is_started_anew(tmp_path: Path, publisher: Publisher) -> None:
    publisher.files[PATH].etag = publisher.files[PATH].last_modified = ""
    publisher.fail(PATH, truncated(1000))
    assert get(tmp_path, publisher).path.read_bytes() == BODY
    assert publisher.headers("range") == [None, None]


def test_another_piece_than_asked_for_is_not_appended(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, truncated(1000), other_piece)
    assert get(tmp_path, publisher).path.read_bytes() == BODY


def test_a_wrong_length_is_an_error_and_not_a_file(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, *[too_long] * 3)
    with pytest.raises(FetchError):
        get(tmp_path, publisher, retries=Retries(attempts=1))
    assert "" not in files(tmp_path)


def test_a_body_without_a_length_arrives(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, without_length)
    assert get(tmp_path, publisher, md5()).path.read_bytes() == BODY


def test_a_corrupted_body_is_fetched_once_more(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, corrupted)
    assert get(tmp_path, publisher, md5()).path.read_bytes() == BODY
    assert len(publisher.requests) == 2


def test_a_body_that_stays_corrupted_is_refused_and_leaves_nothing(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, corrupted, corrupted)
    with pytest.raises(FetchError, match="was expected") as caught:
        get(tmp_path, publisher, md5())
    assert caught.value.title == "The file is not what its checksum says"
    assert files(tmp_path) == set()


def test_the_publishers_checksum_file_is_believed(tmp_path: Path, publisher: Publisher) -> None:
    url = publisher.offer(PATH + ".md5", f"{md5()[4:]}  /panfs/clinvar_20260226.vcf.gz\n".encode())
    publisher.fail(PATH, corrupted)
    assert get(tmp_path, publisher, checksum_url=url).path.read_bytes() == BODY
    assert [path for path, _ in publisher.requests] == [PATH + ".md5", PATH, PATH + ".md5", PATH]
    assert get(tmp_path, publisher, checksum_url=url).from_cache
    assert len(publisher.requests) == 5


def test_a_checksum_file_without_a_digest_is_an_error(tmp_path: Path, publisher: Publisher) -> None:
    url = publisher.offer(PATH + ".md5", b"<html>moved</html>")
    with pytest.raises(FetchError, match="no MD5 and no SHA-256"):
        get(tmp_path, publisher, checksum_url=url)


def test_a_copy_that_its_checksum_speaks_against_is_not_taken(tmp_path: Path, publisher: Publisher) -> None:
    get(tmp_path, publisher)
    with pytest.raises(FetchError, match="was expected"):
        get(tmp_path, publisher, md5(b"another release"))


def test_a_checksum_in_another_form_is_refused(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(FetchError, match="is not a checksum"):
        get(tmp_path, publisher, "crc32:00000000")


def test_not_found_is_said_at_once(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(FetchError, match=r"/gone answered 404 Not Found") as caught:
        fetcher(tmp_path).fetch(publisher.address + "/gone", progress=silence)
    assert "source" in caught.value.hint
    assert len(publisher.requests) == 1


def test_a_busy_publisher_is_asked_again(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, status(503), status(503))
    said: list[str] = []
    fetcher(tmp_path).fetch(publisher.address + PATH, progress=lambda _f, m: said.append(m))
    assert len(publisher.requests) == 3
    assert sum("503" in message and "trying again" in message for message in said) == 2


def test_too_many_requests_waits_as_long_as_asked(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    publisher.fail(PATH, status(429, {"Retry-After": "7"}))
    get(tmp_path, publisher, retries=Retries(attempts=3, first_pause=0.001, longest_pause=10))
    assert waited == [7.0]


@pytest.mark.parametrize("asked", ["3600", "Thu, 01 Jan 2099 00:00:00 GMT"])
def test_a_publisher_that_asks_for_an_hour_or_more_is_not_waited_for(
    tmp_path: Path, publisher: Publisher, asked: str
) -> None:
    publisher.fail(PATH, status(429, {"Retry-After": asked}))
    with pytest.raises(FetchError, match=r"tried once.*asks to wait \d{4,} s"):
        get(tmp_path, publisher)


def test_offline_takes_the_copy_without_asking(tmp_path: Path, publisher: Publisher) -> None:
    get(tmp_path, publisher)
    asked = len(publisher.requests)
    assert get(tmp_path, publisher, offline=True).from_cache
    assert len(publisher.requests) == asked


def test_offline_without_a_copy_says_so(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(FetchError, match="stay offline") as caught:
        get(tmp_path, publisher, offline=True)
    assert caught.value.title == "Not available offline"
    assert not publisher.requests


def test_a_publisher_that_is_down_leaves_the_copy_in_use(tmp_path: Path, publisher: Publisher) -> None:
    get(tmp_path, publisher)
    publisher.fail(PATH, *[status(503)] * 3)
    assert get(tmp_path, publisher).from_cache


def test_a_damaged_copy_is_fetched_again(tmp_path: Path, publisher: Publisher) -> None:
    got = get(tmp_path, publisher)
    got.path.write_bytes(b"x" + BODY[1:])
    again = get(tmp_path, publisher)
    assert not again.from_cache
    assert again.path.read_bytes() == BODY


def test_a_host_the_manifest_does_not_name_is_not_asked(tmp_path: Path, publisher: Publisher) -> None:
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 is not asked: the module may ask ftp\.ncbi\.nlm\.nih\.gov"):
        get(tmp_path, publisher, hosts=["ftp.ncbi.nlm.nih.gov"])
    assert not publisher.requests


def test_a_redirect_does_not_lead_to_another_host(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, redirected("https://elsewhere.example/clinvar.vcf.gz"))
    with pytest.raises(FetchError, match=r"elsewhere\.example is not asked"):
        get(tmp_path, publisher)


def test_a_redirect_within_the_hosts_is_followed(tmp_path: Path, publisher: Publisher) -> None:
    publisher.offer("/archive.gz", b"archived")
    publisher.fail(PATH, redirected("/archive.gz"))
    assert get(tmp_path, publisher).path.read_bytes() == b"archived"


def test_a_redirect_in_a_circle_ends(tmp_path: Path, publisher: Publisher) -> None:
    publisher.fail(PATH, *[redirected(PATH)] * 9)
    with pytest.raises(FetchError, match="redirected more than"):
        get(tmp_path, publisher)


@pytest.mark.parametrize("address", ["http://example.org/a", "ftp://127.0.0.1/a", "file:///etc/hostname"])
def test_only_https_leaves_this_computer(tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchError, match="only https"):
        fetcher(tmp_path, hosts=["example.org", "127.0.0.1", ""]).fetch(address, progress=silence)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError):
        fetcher(tmp_path).fetch("https://127.0.0.1:notaport/a", progress=silence)


def test_a_password_in_an_address_is_never_shown(tmp_path: Path, publisher: Publisher) -> None:
    recorded: list[str] = []
    own = fetcher(tmp_path, on_request=lambda asked: recorded.append(asked.address))
    secret = publisher.address.replace("//", "//me:secret@") + "/gone?token=secret"
    with pytest.raises(FetchError) as caught:
        own.fetch(secret, progress=silence)
    assert "secret" not in caught.value.message + str(recorded)


def test_every_request_is_recorded_with_its_bytes(tmp_path: Path, publisher: Publisher) -> None:
    recorded: list[Asked] = []
    publisher.fail(PATH, status(503))
    get(tmp_path, publisher, on_request=recorded.append)
    url = publisher.address + PATH
    assert recorded == [(url, 0, "503"), (url, len(BODY), "200")]


def test_a_request_that_reaches_nobody_is_recorded_too(tmp_path: Path) -> None:
    recorded: list[Asked] = []
    with publishing() as gone:
        address = gone.address
    own = fetcher(tmp_path, on_request=recorded.append, retries=Retries(attempts=1))
    with pytest.raises(FetchError, match="could not be fetched, tried once"):
        own.fetch(address + PATH, progress=silence)
    assert recorded == [(address + PATH, 0, "no answer")]


def test_a_full_disk_is_seen_before_the_download(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
    with pytest.raises(FetchError, match="needs 1 MB more") as caught:
        get(tmp_path, publisher)
    assert caught.value.title == "There is not enough room on the disk"
    assert files(tmp_path) == set()


def test_a_cache_that_cannot_be_written_is_said_in_words(tmp_path: Path, publisher: Publisher) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    with pytest.raises(FetchError) as caught:
        get(tmp_path / "cache", publisher)
    assert caught.value.title == "The download cannot be stored"


KILLED = """
import sys
from pathlib import Path
from genoteca.engine.fetching import Fetcher
Fetcher(Path(sys.argv[1]), hosts=["127.0.0.1"]).fetch(sys.argv[2], progress=lambda f, m: print(f, flush=True))
"""


def test_a_killed_download_goes_on_where_it_was(tmp_path: Path, publisher: Publisher) -> None:
    half = len(BODY) // 2
    publisher.fail(PATH, held(half))
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path, publisher.address + PATH], stdout=subprocess.PIPE
    )
    assert child.stdout
    for line in child.stdout:
        if float(line) >= 0.5:
            break
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert files(tmp_path) == {".part", ".json"}
    publisher.may_go_on.set()

    assert get(tmp_path, publisher, md5()).path.read_bytes() == BODY
    resumed = publisher.headers("range")[-1]
    assert resumed is not None
    assert 0 < int(resumed.removeprefix("bytes=").removesuffix("-")) <= half


def test_a_download_killed_just_before_its_end_is_not_fetched_again(tmp_path: Path, publisher: Publisher) -> None:
    got = get(tmp_path, publisher)
    got.path.rename(got.path.with_suffix(".part"))
    got.path.with_suffix(".json").rename(got.path.with_suffix(".part.json"))
    recorded: list[Asked] = []
    again = get(tmp_path, publisher, md5(), on_request=recorded.append)
    assert again.path.read_bytes() == BODY
    assert [asked.bytes for asked in recorded] == [0]


def test_a_local_file_is_taken_where_it_lies(tmp_path: Path) -> None:
    own = tmp_path / "own.vcf"
    own.write_bytes(BODY)
    got = fetcher(tmp_path, offline=True).fetch(str(own), checksum=md5(), progress=silence)
    assert got.path == own
    assert (got.sha256, got.bytes, got.from_cache) == (hashlib.sha256(BODY).hexdigest(), len(BODY), False)
    assert not (tmp_path / "fetch").exists()


@pytest.mark.parametrize(("name", "said"), [("nowhere.vcf", r"nowhere\.vcf: No such file"), ("", "directory")])
def test_a_local_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FetchError, match=said) as caught:
        fetcher(tmp_path).fetch(str(tmp_path / name), progress=silence)
    assert caught.value.title == "The source file cannot be read"


def test_a_local_file_with_another_checksum_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.vcf"
    own.write_bytes(BODY)
    with pytest.raises(FetchError, match="was expected"):
        fetcher(tmp_path).fetch(str(own), checksum=md5(b"other"), progress=silence)


def test_of_a_list_of_checksums_the_line_of_the_file_counts(tmp_path: Path, publisher: Publisher) -> None:
    other = "0" * 32
    listed = f"{other}  hg38.fa.gz\n{other}  x{PATH[1:]}\n{md5()[4:].upper()} *./{PATH.rpartition('/')[2]}\n"
    url = publisher.offer("/md5sum.txt", listed.encode())
    assert get(tmp_path, publisher, checksum_url=url).path.read_bytes() == BODY


def test_a_list_of_checksums_without_the_file_verifies_nothing(tmp_path: Path, publisher: Publisher) -> None:
    url = publisher.offer("/md5sum.txt", f"{md5()[4:]}  a.gz\n{md5()[4:]}  b.gz\n".encode())
    with pytest.raises(FetchError, match="no SHA-256 digest of"):
        get(tmp_path, publisher, checksum_url=url)
    assert not [name for name in files(tmp_path) if name.endswith(".gz")]
