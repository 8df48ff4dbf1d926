"""Feeding a backfill: bounded, nothing twice, nothing lost, whatever ends how and whenever it dies."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoteca.engine.automation.backfills import Backfills
from genoteca.engine.automation.feeding import MOST_TRIES, Found, Hands, feed, next_up
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.automation import Backfill, BackfillState, Cell, CellState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WAITS, DONE = Found(state=CellState.WAITING), Found(state=CellState.DONE)


class Queue:
    """A queue that works a run when it is told to, and notes every look-up that was made."""

    def __init__(self, *, dies_at: int = -1) -> None:
        self.waiting: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.made: list[tuple[str, str]] = []
        self.ends: dict[str, CellState] = {}
        self.most_waiting = 0
        self._dies_at, self._steps = dies_at, 0

    def step(self) -> None:
        """Die here, once."""
        self._steps += 1
        if self._steps == self._dies_at:
            raise KeyboardInterrupt

    def look(self, sample: str, modules: Sequence[str]) -> Mapping[str, Found]:
        at_work = {(key, module): run for run, (key, asked) in self.waiting.items() for module in asked}
        return {one: self._stands(sample, one, at_work) for one in modules}

    def _stands(self, sample: str, module: str, at_work: Mapping[tuple[str, str], str]) -> Found:
        if run := at_work.get((sample, module)):
            return Found(state=CellState.QUEUED, run=run)
        return DONE if (sample, module) in self.made else WAITS

    def queue(self, sample: str, modules: Sequence[str]) -> str:
        self.step()
        run = f"run-{len(self.ends) + len(self.waiting):04}"
        self.waiting[run] = (sample, tuple(modules))
        self.most_waiting = max(self.most_waiting, len(self.waiting))
        self.step()
        return run

    def work(self, end: CellState = CellState.DONE) -> None:
        """End the oldest run."""
        run = next(iter(self.waiting))
        sample, modules = self.waiting.pop(run)
        self.ends[run] = end
        if end is CellState.DONE:
            self.made += [(sample, module) for module in modules]

    def ended(self, run: str, modules: Sequence[str]) -> Mapping[str, Found] | None:
        return dict.fromkeys(modules, Found(state=self.ends[run])) if run in self.ends else None

    @property
    def hands(self) -> Hands:
        return Hands(look=self.look, queue=self.queue, ended=self.ended)


def feed_once(table: Backfills, backfill: Backfill, queue: Queue) -> list[Cell]:
    def save(changed: Sequence[Cell]) -> None:
        queue.step()
        table.save(backfill.id, changed)
        queue.step()

    return feed(backfill, table.cells(backfill.id), queue.hands, save=save)


def start(database: Path, genomes: int = 3, modules: int = 2, at_once: int = 2) -> tuple[Backfills, Backfill]:
    table = Backfills(database)
    samples, names = [f"p/s{n:02}" for n in range(genomes)], [f"m{n}" for n in range(modules)]
    return table, table.start(samples, names, at_once=at_once, now=NOW)


def test_no_more_runs_wait_than_were_set_and_each_is_of_one_genome(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=5, modules=3)
    queue = Queue()
    while not all(cell.state.over for cell in feed_once(table, backfill, queue)):
        queue.work()
    assert queue.most_waiting == 2
    assert len(queue.ends) == 5
    assert sorted(queue.made) == [(f"p/s{s:02}", f"m{m}") for s in range(5) for m in range(3)]
    assert table.get(backfill.id).counts == {CellState.DONE: 15}


@settings(max_examples=40)
@given(dies_at=st.integers(1, 40), at_once=st.integers(1, 4), interrupted=st.booleans())
def test_killed_at_any_step_nothing_is_made_twice_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, dies_at: int, at_once: int, interrupted: bool
) -> None:
    table, backfill = start(tmp_path_factory.mktemp("killed") / "app.db", at_once=at_once)
    queue = Queue(dies_at=dies_at)
    for _ in range(40):
        try:
            cells = feed_once(table, backfill, queue)
        except KeyboardInterrupt:
            # the run at work dies with it, and is begun anew
            if interrupted and queue.waiting:
                queue.work(CellState.WAITING)
            continue
        if all(cell.state.over for cell in cells):
            break
        queue.work()
    assert sorted(queue.made) == [(f"p/s{s:02}", f"m{m}") for s in range(3) for m in range(2)]
    assert table.get(backfill.id).counts == {CellState.DONE: 6}


def test_what_is_up_to_date_is_not_queued_and_leaves_room_for_what_is_not(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=4, modules=1, at_once=1)
    queue = Queue()
    queue.made += [("p/s00", "m0"), ("p/s01", "m0")]
    cells = feed_once(table, backfill, queue)
    assert [cell.state.value for cell in cells] == ["done", "done", "queued", "waiting"]
    assert [sample for sample, _ in queue.waiting.values()] == ["p/s02"]


def test_what_another_run_makes_already_is_waited_for_and_not_queued(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=1, modules=2)
    queue = Queue()
    queue.waiting["theirs"] = ("p/s00", ("m0",))
    cells = feed_once(table, backfill, queue)
    assert [(cell.module, cell.run, cell.own) for cell in cells] == [
        ("m0", "theirs", False),
        ("m1", "run-0001", True),
    ]
    assert queue.waiting["run-0001"] == ("p/s00", ("m1",))


def test_what_cannot_be_queued_has_failed_with_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=2, modules=1)
    queue = Queue()

    def refuse_one(sample: str, modules: Sequence[str]) -> str:
        if sample == "p/s00":
            raise InputError("The file of p/s00 could not be read.")
        return queue.queue(sample, modules)

    hands = Hands(look=queue.look, queue=refuse_one, ended=queue.ended)
    cells = feed(backfill, table.cells(1), hands, save=lambda changed: table.save(1, changed))
    assert [(cell.state, cell.reason) for cell in cells] == [
        (CellState.FAILED, "The file of p/s00 could not be read."),
        (CellState.QUEUED, ""),
    ]


def test_what_became_of_a_run_and_cannot_be_read_has_failed_and_the_others_go_on(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=2, modules=1, at_once=1)
    queue = Queue()
    feed_once(table, backfill, queue)
    queue.work()

    def damaged(_run: str, _modules: Sequence[str]) -> None:
        raise DatasetError("The record is damaged.")

    hands = Hands(look=queue.look, queue=queue.queue, ended=damaged)
    cells = feed(backfill, table.cells(1), hands, save=lambda changed: table.save(1, changed))
    assert [(cell.state, cell.reason) for cell in cells] == [
        (CellState.FAILED, "The record is damaged."),
        (CellState.QUEUED, ""),
    ]


def test_what_dies_each_time_is_given_up_and_said_so(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db", genomes=1, modules=1)
    queue = Queue()
    for _ in range(MOST_TRIES):
        feed_once(table, backfill, queue)
        queue.work(CellState.WAITING)
    (cell,) = feed_once(table, backfill, queue)
    assert (cell.state, cell.reason) == (CellState.FAILED, "It was interrupted 3 times.")


def test_a_paused_one_takes_in_what_ends_and_queues_nothing(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db")
    queue = Queue()
    feed_once(table, backfill, queue)
    queue.work()
    cells = feed_once(table, backfill.model_copy(update={"at_once": 0}), queue)
    assert [cell.state.value for cell in cells] == ["done", "done", "queued", "queued", "waiting", "waiting"]
    assert len(queue.waiting) == 1


def test_one_that_is_over_stays_as_it_ended_and_an_unknown_one_is_said_to_be(tmp_path: Path) -> None:
    table, backfill = start(tmp_path / "app.db")
    assert table.change(backfill.id, BackfillState.PAUSED).state is BackfillState.PAUSED
    assert table.change(backfill.id, BackfillState.DONE, ended=NOW).ended == NOW
    assert table.change(backfill.id, BackfillState.GOING).state is BackfillState.DONE
    assert [one.id for one in table.list(BackfillState.GOING)] == []
    with pytest.raises(NotFoundError, match="no backfill 7"):
        table.get(7)


@given(states=st.lists(st.sampled_from(CellState), max_size=20), at_once=st.integers(0, 5))
def test_what_comes_next_never_exceeds_the_bound(states: list[CellState], at_once: int) -> None:
    cells = [
        Cell(place=place, sample=f"p/{place // 2}", module=str(place % 2), state=state, run=f"r{place // 2}")
        for place, state in enumerate(states)
    ]
    at_work = {cell.run for cell in cells if cell.state is CellState.QUEUED}
    groups = next_up(cells, at_once)
    assert len(groups) <= max(at_once - len(at_work), 0)
    assert all(len({cell.sample for cell in group}) == 1 for group in groups)
    assert all(cell.state is CellState.WAITING for group in groups for cell in group)
