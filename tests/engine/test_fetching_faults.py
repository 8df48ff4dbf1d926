"""Faults of publishers, met by the real client over http and from the Hub: right bytes in the end, or nothing."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from genoteca.engine.fetching import Fetcher, HubAccess, Retries
from genoteca.errors import FetchError
from genoteca.sdk.resources import Fetched

from .loopback_hub import DATASET, LoopbackHub, large
from .publisher import Answer, Publisher, corrupted, held, held_at, reset, serving, status, too_long, truncated

SIZE = 1 << 20
BODIES = tuple(bytes((n * 7 + place) % 251 for place in range(SIZE // 256)) * 256 for n in (1, 2, 3))
NAMES = tuple(f"chr{n}.parquet" for n in (1, 2, 3))
KILLS = 8
OFFLINE = r"not in the cache|stay offline"


@dataclass(frozen=True)
class Origin:
    """A publisher of three files of one size."""

    publisher: Publisher
    sources: tuple[str, ...]
    paths: tuple[str, ...]
    """Where the bodies are asked for."""
    hub: str = ""
    """Address of the Hub; empty: none."""

    def fetcher(self, cache: Path, *, stall: float = 60.0, attempts: int = 3, offline: bool = False) -> Fetcher:
        quick = Retries(attempts=attempts, first_pause=0.001, longest_pause=0.01, stall=stall)
        access = HubAccess(endpoint=self.hub) if self.hub else HubAccess()
        return Fetcher(cache, hosts=["127.0.0.1", "localhost"], retries=quick, hub=access, offline=offline)

    def get(self, cache: Path, *, stall: float = 60.0, attempts: int = 3) -> Fetched:
        """Fetch the first file, and hold it to its checksum."""
        told = "sha256:" + hashlib.sha256(BODIES[0]).hexdigest()
        own = self.fetcher(cache, stall=stall, attempts=attempts)
        return own.fetch(self.sources[0], checksum=told, progress=silence)

    def fail(self, *answers: Answer, file: int = 0) -> None:
        self.publisher.fail(self.paths[file], *answers)

    def child(self, cache: Path) -> subprocess.Popen[str]:
        """Fetch all three in a process of their own, which prints its progress."""
        command = [sys.executable, "-c", CHILD, str(cache), self.hub, *self.sources]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=["http", "hub"])
def origin(request: pytest.FixtureRequest) -> Iterator[Origin]:
    if request.param == "http":
        with serving(Publisher) as plain:
            sources = tuple(plain.offer(f"/{name}", body) for name, body in zip(NAMES, BODIES, strict=True))
            yield Origin(plain, sources, tuple(f"/{name}" for name in NAMES))
    else:
        with serving(LoopbackHub) as hub:
            commit = hub.commit(dict(zip(NAMES, BODIES, strict=True)))
            sources = tuple(f"hf://datasets/{DATASET}@{commit}/{name}" for name in NAMES)
            yield Origin(hub, sources, tuple(map(large, BODIES)), hub.address)


def silence(_fraction: float, _message: str) -> None:
    """Nobody listens."""


def whole(cache: Path) -> list[bytes]:
    """The files in the cache that are given out."""
    return [path.read_bytes() for path in (cache / "fetch").iterdir() if not path.suffix]


PASSING: dict[str, tuple[Answer, ...]] = {
    "cut short": (truncated(300_000),),
    "cut short again and again": (truncated(300_000), truncated(10), truncated(700_000)),
    "cut short at once": (truncated(0),),
    "reset": (reset(300_000),),
    "one wrong byte": (corrupted,),
    "longer than it is": (too_long,),
    **{f"answered {code}": (status(code), status(code)) for code in (408, 429, 500, 502, 503, 504)},
    "busy, then cut short, then busy": (status(503), truncated(500_000), status(429)),
}
"""Faults after which the next attempt may work."""


@pytest.mark.parametrize("fault", PASSING)
def test_after_a_passing_fault_the_right_bytes_arrive(tmp_path: Path, origin: Origin, fault: str) -> None:
    origin.fail(*PASSING[fault])
    got = origin.get(tmp_path, attempts=5)
    assert got.path.read_bytes() == BODIES[0]
    assert got.sha256 == hashlib.sha256(BODIES[0]).hexdigest()
    assert whole(tmp_path) == [BODIES[0]]
    assert len(origin.publisher.headers("range", origin.paths[0])) == len(PASSING[fault]) + 1


@pytest.mark.parametrize("fault", [truncated(300_000), reset(300_000), corrupted, too_long, status(503), status(429)])
def test_a_fault_that_stays_gives_nothing_away(tmp_path: Path, origin: Origin, fault: Answer) -> None:
    origin.fail(*[fault] * 9)
    with pytest.raises(FetchError):
        origin.get(tmp_path)
    assert whole(tmp_path) == []
    with pytest.raises(FetchError, match=OFFLINE):
        origin.fetcher(tmp_path, offline=True).fetch(origin.sources[0], progress=silence)


@pytest.mark.parametrize("code", [401, 403, 404, 410, 451])
def test_a_no_is_said_with_its_number_and_nothing_is_kept(tmp_path: Path, origin: Origin, code: int) -> None:
    origin.fail(*[status(code)] * 9)
    with pytest.raises(FetchError, match=str(code) if code != 403 else r"403|no longer honours"):
        origin.get(tmp_path)
    assert whole(tmp_path) == []
    # a Hub's address may have run out: a 403 behind its redirect is asked for anew
    asked = len(origin.publisher.headers("range", origin.paths[0]))
    assert asked == (3 if origin.hub and code == 403 else 1)


def test_a_body_that_stalls_is_given_up_and_goes_on_where_it_was(tmp_path: Path, origin: Origin) -> None:
    origin.fail(held(500_000))
    assert origin.get(tmp_path, stall=1).path.read_bytes() == BODIES[0]
    assert origin.publisher.headers("range", origin.paths[0]) == [None, "bytes=500000-"]


def test_a_set_with_one_bad_file_is_not_given_and_the_good_ones_are_not_sent_twice(
    tmp_path: Path, origin: Origin
) -> None:
    origin.fail(*[truncated(1000)] * 3, file=2)
    with pytest.raises(FetchError, match=NAMES[2]):
        origin.fetcher(tmp_path).fetch_all(origin.sources, progress=silence)
    assert [
        one.path.read_bytes() for one in origin.fetcher(tmp_path).fetch_all(origin.sources, progress=silence)
    ] == [*BODIES]
    assert [origin.publisher.sent[path] for path in origin.paths[:2]] == [SIZE, SIZE]


CHILD = """
import signal, sys
from pathlib import Path
from genoteca.engine.fetching import Fetcher, HubAccess

class Cancelled(BaseException):
    pass

def cancel(number, frame):
    raise Cancelled

signal.signal(signal.SIGTERM, cancel)
hub = HubAccess(endpoint=sys.argv[2]) if sys.argv[2] else HubAccess()
own = Fetcher(Path(sys.argv[1]), hosts=["127.0.0.1", "localhost"], hub=hub)
try:
    own.fetch_all(sys.argv[3:], progress=lambda f, m: print(f, flush=True))
except Cancelled:
    print("cancelled", flush=True)
"""


def until(running: subprocess.Popen[str], fraction: float) -> None:
    assert running.stdout
    for line in running.stdout:
        if float(line) >= fraction:
            return
    pytest.fail(f"the fetch ended before {fraction}")


def moments(count: int) -> list[tuple[float, int, int]]:
    """Moments spread over the set: share of the whole, the file it falls in, and the byte of that file."""
    shares = [(number - 0.5) / count for number in range(1, count + 1)]
    return [(share, int(share * 3), int(share * 3 % 1 * SIZE)) for share in shares]


def test_a_set_killed_eight_times_is_never_half_given_and_right_in_the_end(tmp_path: Path, origin: Origin) -> None:
    for share, file, byte in moments(KILLS):
        origin.fail(held_at(byte), file=file)
        with origin.child(tmp_path) as running:
            until(running, share - 0.02)
            running.send_signal(signal.SIGKILL)
        assert sorted(whole(tmp_path)) == sorted(BODIES[:file])
        with pytest.raises(FetchError, match=OFFLINE):
            origin.fetcher(tmp_path, offline=True).fetch_all(origin.sources, progress=silence)
    origin.publisher.may_go_on.set()
    got = origin.fetcher(tmp_path).fetch_all(origin.sources, progress=silence)
    assert [one.path.read_bytes() for one in got] == [*BODIES]
    assert sum(origin.publisher.sent[path] for path in origin.paths) < 1.3 * 3 * SIZE


def test_a_set_is_cancelled_while_its_publisher_is_silent(tmp_path: Path, origin: Origin) -> None:
    origin.fail(held(SIZE // 2), file=1)
    with origin.child(tmp_path) as running:
        until(running, 0.48)
        running.send_signal(signal.SIGTERM)
        # the publisher is silent until the test is over: only the signal can end the child
        rest, _ = running.communicate()
    assert rest.splitlines()[-1] == "cancelled"
    assert whole(tmp_path) == [BODIES[0]]
    origin.publisher.may_go_on.set()
    got = origin.fetcher(tmp_path).fetch_all(origin.sources, progress=silence)
    assert [one.from_cache for one in got] == [True, False, False]
    assert [one.path.read_bytes() for one in got] == [*BODIES]


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Let no file grow beyond so many bytes, as a disk that fills up does; undone in the end."""
    resource = pytest.importorskip("resource", reason="this system does not limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_that_takes_no_more_midway_is_told_and_the_rest_follows_when_it_does(
    tmp_path: Path, origin: Origin, small_files: Callable[[int], None]
) -> None:
    small_files(400_000)
    with pytest.raises(FetchError) as caught:
        origin.get(tmp_path)
    assert caught.value.title == "The download cannot be stored"
    assert whole(tmp_path) == []
    small_files(2 * SIZE)
    assert origin.get(tmp_path).path.read_bytes() == BODIES[0]
