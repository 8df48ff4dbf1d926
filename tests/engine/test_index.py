from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genoteca.engine.index import RunIndex
from genoteca.engine.last_runs import last_runs
from genoteca.engine.outside_log import OutsideLog
from genoteca.errors import NotFoundError
from genoteca.model.outside import Asked
from genoteca.model.run import Line, LineKind, Run, RunKind, RunRequest, RunStatus


@pytest.fixture
def index(tmp_path: Path) -> RunIndex:
    return RunIndex(tmp_path / "data" / "app.db")


def request(partition: str | None = "anna/g1", *after: str) -> RunRequest:
    return RunRequest(kind=RunKind.IMPORT, partition=partition, assets=[["sample", "source"]], after=list(after))


def line(run: Run, kind: LineKind = LineKind.LOG, asset: str | None = None, message: str = "") -> Line:
    return Line(run_id=run.id, seq=0, time=datetime.now(UTC), kind=kind, asset=asset, message=message)


def test_runs_are_claimed_in_the_order_they_were_queued(index: RunIndex) -> None:
    first, second = index.enqueue(request()), index.enqueue(request())
    claimed = [index.claim_next(), index.claim_next()]
    assert [run.id for run in claimed if run] == [first.id, second.id]
    assert all(run and run.status is RunStatus.RUNNING and run.started for run in claimed)
    assert index.claim_next() is None


def test_a_run_whose_answers_wait_to_be_taken_says_nothing_of_where_a_module_stands(index: RunIndex) -> None:
    asked = RunRequest(kind=RunKind.ANNOTATE, partition="anna/g1", assets=[["m", "annotations"]], modules=["m"])
    first = index.enqueue(asked)
    index.enqueue(asked.model_copy(update={"held": True}))
    assert last_runs(index, ["m"])["anna/g1", "m"].id == first.id


def test_a_run_waits_for_those_it_comes_after_however_they_end(index: RunIndex) -> None:
    first = index.enqueue(request())
    second = index.enqueue(request("anna/g1", first.id))
    third = index.enqueue(request())
    assert index.claim_next() == index.get(first.id)
    claimed = index.claim_next()
    assert claimed is not None
    assert claimed.id == third.id
    assert index.claim_next() is None
    index.update(first.id, status=RunStatus.FAILED)
    claimed = index.claim_next()
    assert claimed is not None
    assert claimed.id == second.id


def test_a_run_after_one_that_was_forgotten_is_not_held_up(index: RunIndex) -> None:
    second = index.enqueue(request("anna/g1", "no-such-run"))
    claimed = index.claim_next()
    assert claimed is not None
    assert claimed.id == second.id


def test_no_run_is_claimed_twice_by_many_threads(index: RunIndex) -> None:
    wanted = {index.enqueue(request()).id for _ in range(20)}
    claimed: list[str] = []

    def work() -> None:
        while (run := index.claim_next()) is not None:
            claimed.append(run.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 20
    assert set(claimed) == wanted


def test_a_queued_run_is_cancelled_at_once_and_a_running_one_is_asked_to_stop(index: RunIndex) -> None:
    running, queued = index.enqueue(request()), index.enqueue(request())
    index.claim_next()
    assert index.cancel(queued.id).status is RunStatus.CANCELLED
    assert index.get(queued.id).ended is not None
    assert index.cancel(running.id).status is RunStatus.CANCELLING


def test_a_run_that_is_over_stays_as_it_ended(index: RunIndex) -> None:
    run = index.enqueue(request())
    index.update(run.id, status=RunStatus.SUCCEEDED, ended=datetime.now(UTC))
    assert index.cancel(run.id).status is RunStatus.SUCCEEDED
    assert index.update(run.id, status=RunStatus.RUNNING, message="x").status is RunStatus.SUCCEEDED


def test_lines_are_numbered_and_read_from_where_the_reader_was(index: RunIndex) -> None:
    run = index.enqueue(request())
    numbers = [index.add_line(line(run, message=str(n))).seq for n in range(3)]
    assert numbers == [1, 2, 3]
    assert [one.message for one in index.lines(run.id, after=1)] == ["1", "2"]


def test_progress_overtakes_the_progress_before_it(index: RunIndex) -> None:
    run = index.enqueue(request())
    index.add_line(line(run, LineKind.STARTED, "a/b"))
    for n in range(5):
        index.add_line(line(run, LineKind.PROGRESS, "a/b", str(n)))
    index.add_line(line(run, LineKind.PROGRESS, "a/c", "other"))
    assert [(one.seq, one.message) for one in index.lines(run.id)] == [(1, ""), (6, "4"), (7, "other")]


def test_the_beginning_of_an_id_is_enough_when_only_one_run_has_it(index: RunIndex) -> None:
    run = index.enqueue(request())
    assert index.get(run.id[:8]) == run
    with pytest.raises(NotFoundError, match="no run"):
        index.get("zzzz")
    with pytest.raises(NotFoundError):
        index.get(run.id[:3])


def test_runs_are_listed_newest_first_and_by_sample(index: RunIndex) -> None:
    mine = [index.enqueue(request("anna/g1")).id for _ in range(2)]
    other = index.enqueue(request("anna/g10")).id
    assert [run.id for run in index.list()] == [other, *reversed(mine)]
    assert [run.id for run in index.list("anna/g1")] == list(reversed(mine))
    assert len(index.list(limit=1)) == 1


def test_forgetting_a_sample_leaves_the_others(index: RunIndex) -> None:
    mine, other = index.enqueue(request("anna/g1")), index.enqueue(request("anna/g10"))
    index.add_line(line(mine))
    index.add_line(line(other))
    requests = OutsideLog(index.database)
    requests.add(Asked("https://example.org/a", 1, "200"), purpose="Data", run_id=mine.id)
    assert index.forget_sample("anna/g1") == [mine.id]
    assert [run.id for run in index.list()] == [other.id]
    assert index.lines(mine.id) == []
    assert len(index.lines(other.id)) == 1
    assert [one.run_id for one in requests.newest()] == [None]


def test_the_token_changes_with_every_write(index: RunIndex) -> None:
    before = index.token()
    index.enqueue(request())
    between = index.token()
    index.enqueue(request())
    assert len({before, between, index.token()}) == 3


def test_the_database_is_for_its_owner_only(index: RunIndex) -> None:
    index.enqueue(request())
    assert index.database.stat().st_mode & 0o777 == 0o600
    assert index.database.parent.stat().st_mode & 0o777 == 0o700
