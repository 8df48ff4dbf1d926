"""Finding runs among many: what a page holds is what a plain look at every run would give."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from genoteca.engine.index import RunIndex
from genoteca.engine.run_finding import find_runs, named_in_runs, tally_runs
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.model.run_search import RunSearch, Word

SAMPLES = ("anna/g1", "anna/g10", "ben/100%", None)
MODULES = ("clinvar", "traits", "blood_groups")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> RunIndex:
    index = RunIndex(Path(tmp_path_factory.mktemp("many")) / "app.db")
    chance = random.Random(3)  # noqa: S311 - the same runs every time
    for _ in range(120):
        modules = chance.sample(MODULES, chance.randint(0, 3))
        request = RunRequest(
            kind=chance.choice(list(RunKind)), partition=chance.choice(SAMPLES), assets=[], modules=modules
        )
        run = index.enqueue(request)
        index.update(run.id, status=chance.choice(list(RunStatus)))
    return index


def everything(index: RunIndex) -> list[Run]:
    return index.list(limit=1000)


def test_filters_hold_together(index: RunIndex) -> None:
    search = RunSearch(sample="anna/g1", module="clinvar", statuses=[RunStatus.FAILED, RunStatus.SUCCEEDED])
    plain = [
        run.id
        for run in everything(index)
        if run.request.partition == "anna/g1"
        and "clinvar" in run.request.modules
        and run.status in (RunStatus.FAILED, RunStatus.SUCCEEDED)
    ]
    found, count = find_runs(index, search, limit=1000)
    assert plain
    assert ([run.id for run in found], count) == (plain, len(plain))


def test_pages_hold_every_run_once_newest_first(index: RunIndex) -> None:
    pages = [find_runs(index, RunSearch(), limit=50, skip=skip) for skip in (0, 50, 100)]
    assert [run.id for page, _ in pages for run in page] == [run.id for run in everything(index)]
    assert {count for _, count in pages} == {120}


def test_every_word_must_fit_and_any_meaning_of_it_is_enough(index: RunIndex) -> None:
    words = [Word(text="x", modules=["traits"], kinds=[RunKind.IMPORT]), Word(text="ANNA/g1")]
    plain = [
        run.id
        for run in everything(index)
        if ("traits" in run.request.modules or run.request.kind is RunKind.IMPORT)
        and (run.request.partition or "").startswith("anna/g1")
    ]
    found, count = find_runs(index, RunSearch(words=words), limit=1000)
    assert plain
    assert ([run.id for run in found], count) == (plain, len(plain))


def test_the_beginning_of_an_id_is_enough(index: RunIndex) -> None:
    run = everything(index)[7]
    found, _ = find_runs(index, RunSearch(words=[Word(text=run.id[:13])]), limit=10)
    assert [one.id for one in found] == [run.id]


@pytest.mark.parametrize(("text", "fits"), [("100%", True), ("1%0", False), ("_nna", False), ("'; DROP", False)])
def test_letters_with_a_meaning_in_sql_are_letters(index: RunIndex, text: str, *, fits: bool) -> None:
    found, _ = find_runs(index, RunSearch(words=[Word(text=text)]), limit=1000)
    assert bool(found) is fits
    assert {run.request.partition for run in found} <= {"ben/100%"}


def test_the_tally_counts_every_status_whatever_is_wanted(index: RunIndex) -> None:
    tally = tally_runs(index, RunSearch(statuses=[RunStatus.FAILED]))
    assert sum(tally.values()) == 120
    assert tally[RunStatus.FAILED] == sum(run.status is RunStatus.FAILED for run in everything(index))


def test_what_runs_name_can_be_chosen_from(index: RunIndex) -> None:
    samples, modules = named_in_runs(index)
    assert samples == sorted(name for name in SAMPLES if name)
    assert modules == sorted(MODULES)
