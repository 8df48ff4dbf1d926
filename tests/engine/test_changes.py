"""What changed is written with the answers that changed it, outlives them, and what waits changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from genoteca.engine import change_making, held, records
from genoteca.engine.change_reading import classes_of
from genoteca.engine.changes import changed_in, changes_table, comparisons, unmade
from genoteca.engine.files import write_private
from genoteca.engine.io import ParquetIO
from genoteca.engine.variant.rows import answers_about
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.change import Change, Changes
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.evidence import Outcome
from genoteca.model.scale import Scale
from genoteca.model.variant import VariantName
from genoteca.sdk import Dataset
from genoteca.sdk.made_with import COLUMNS, plain_columns
from genoteca.settings import Layout

SAMPLES = dg.DynamicPartitionsDefinition(name="samples")
KEY = "anna/g1"
CLASS = AnnotationColumn(
    name="klass", label="Class", type=ColumnType.CATEGORY, scale=Scale(weighty=(("bad",),), light=(("good",),))
)


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("samples", [KEY])
        yield instance


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


def answer(classes: dict[int, str], release: str, **told: Any) -> Dataset:
    """An answer: the class of each carried position."""
    rows = [
        {"chrom": "1", "pos": pos, "ref": "A", "alt": "G", "evidence": "called", "klass": klass}
        for pos, klass in classes.items()
    ]
    table = pl.DataFrame(rows, schema=polars_schema((*ANNOTATIONS, CLASS)))
    usual: dict[str, Any] = {"build": Build.GRCH38, "outcome": Outcome.ANSWERED, "sites": len(rows)}
    return Dataset(table=table, release=release, metadata={COLUMNS: plain_columns((CLASS,))}, **(usual | told))


@pytest.fixture
def commit(layout: Layout, instance: dg.DagsterInstance) -> Any:
    """Commit an answer as a worker does; gives the run."""

    def store(made: Dataset, *, waits: bool = False, keep: int = records.KEEP) -> str:
        @dg.asset(key=["t", "annotations"], partitions_def=SAMPLES, io_manager_key="genoteca_io")
        def annotations() -> Any:
            return made

        io = ParquetIO(layout, held=waits, keep=keep)
        return dg.materialize(
            [annotations], instance=instance, partition_key=KEY, resources={"genoteca_io": io}
        ).run_id

    return store


def told(layout: Layout, *, waits: bool = False) -> list[Changes]:
    return [changed_in(one.record) for one in comparisons(layout, "t", KEY, held=waits)]


def test_what_changed_is_there_with_the_answers_and_outlives_every_one_of_them(layout: Layout, commit: Any) -> None:
    for number in range(6):
        commit(answer({1: "good" if number % 2 else "bad", 2: "good"}, f"r{number}"))
    found = told(layout)
    assert [(one.before.release, one.after.release) for one in found] == [(f"r{n}", f"r{n + 1}") for n in range(5)]
    assert [one.tally.carried for one in found] == [{Change.DOWN: 1}, {Change.RAISED: 1}] * 2 + [{Change.DOWN: 1}]
    assert len(records.history(layout, ["t", "annotations"], KEY)) == records.KEEP
    kept = [changes_table(layout, "t", KEY, one.after.run) is not None for one in found]
    assert kept == [False, False, True, True, True]
    classes = [pl.read_parquet(one.path) for one in comparisons(layout, "t", KEY)]
    assert [table.select("pos", "class_before", "class_after").row(0) for table in classes][:2] == [
        (1, "bad", "good"), (1, "good", "bad"),
    ]  # fmt: skip
    assert all(records.verified(one) for one in comparisons(layout, "t", KEY))


def test_as_many_answers_and_comparisons_are_kept_as_is_set_also_by_taking_what_waits(
    layout: Layout, commit: Any
) -> None:
    for number in range(5):
        commit(answer({1: f"c{number}"}, f"r{number}"), waits=number == 4, keep=9)
    held.take(layout, "t", KEY, keep=9)
    kept = records.history(layout, ["t", "annotations"], KEY)
    assert [one.release for one in kept] == ["r4", "r3", "r2", "r1", "r0"]
    assert all(changes_table(layout, "t", KEY, one.after.run) for one in told(layout))


def test_what_a_kill_left_uncompared_is_made_up_for(
    layout: Layout, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(answer({1: "good"}, "a"))
    with monkeypatch.context() as killed:
        killed.setattr("genoteca.engine.io.settle_changes", lambda *_, **_kept: None)
        commit(answer({1: "bad"}, "b"))
    assert unmade(layout, "t", KEY)
    assert told(layout) == []
    change_making.settle_changes(layout, "t", KEY)
    assert not unmade(layout, "t", KEY)
    assert [one.tally.carried for one in told(layout)] == [{Change.RAISED: 1}]


@pytest.mark.parametrize("alt", [None, "C,G"])
def test_the_classes_of_a_variant_are_those_of_the_answers_that_its_page_shows(
    layout: Layout, commit: Any, alt: str | None
) -> None:
    for klass in ("good", "bad"):
        made = answer({1: klass, 2: klass}, klass)
        assert isinstance(made.table, pl.DataFrame)
        made.table = made.table.with_columns(alt=pl.lit(alt, pl.String))
        commit(made)
    name = VariantName.parse("1-1-A-G")
    now = records.current(layout, ["t", "annotations"], KEY)
    assert now is not None
    assert [row["klass"] for row in answers_about(now.path, name, ())] == ["bad"]
    (rows,) = classes_of([one.path for one in comparisons(layout, "t", KEY)], name)
    assert [(row["class_before"], row["class_after"]) for row in rows] == [("good", "bad")]
    assert classes_of([one.path for one in comparisons(layout, "t", KEY)], VariantName.parse("1-3-A-G")) == [[]]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"build": Build.GRCH37}, {}, "read as GRCh37 before"),
        ({"outcome": Outcome.CANNOT_BE_TESTED, "reason": "no chain"}, {}, "could not be tested: no chain"),
        ({}, {"outcome": Outcome.CANNOT_BE_TESTED, "reason": "no chain"}, "cannot be tested: no chain"),
    ],
)
def test_answers_that_cannot_be_compared_say_why_and_claim_no_change(
    layout: Layout, commit: Any, before: dict[str, Any], after: dict[str, Any], words: str
) -> None:
    commit(answer({1: "good"}, "a", **before))
    commit(answer({1: "bad"}, "b", **after))
    (found,) = told(layout)
    assert words in found.why_not
    assert found.tally.total == 0


def test_a_damaged_older_table_is_said_to_be_and_the_new_answers_stand(layout: Layout, commit: Any) -> None:
    commit(answer({1: "good"}, "a"))
    older = records.current(layout, ["t", "annotations"], KEY)
    assert older is not None
    content = bytearray(older.path.read_bytes())
    content[len(content) // 3] ^= 1
    older.path.write_bytes(content)
    commit(answer({1: "bad"}, "b"))
    assert "damaged" in told(layout)[0].why_not
    now = records.current(layout, ["t", "annotations"], KEY)
    assert now is not None
    assert now.record.release == "b"


def snapshot(layout: Layout) -> str:
    """The record in force, byte by byte."""
    return (layout.users / "anna" / "g1" / "t" / "annotations.json").read_text()


def test_what_waits_changes_nothing_until_it_is_taken(layout: Layout, commit: Any) -> None:
    commit(answer({1: "good"}, "a"))
    before = snapshot(layout)
    run = commit(answer({1: "bad"}, "b"), waits=True)
    assert snapshot(layout) == before
    assert [one.release for one in records.history(layout, ["t", "annotations"], KEY)] == ["a"]
    assert (told(layout), [one.tally.carried for one in told(layout, waits=True)]) == ([], [{Change.RAISED: 1}])
    held.take(layout, "t", KEY)
    now = records.current(layout, ["t", "annotations"], KEY)
    assert now is not None
    assert (now.record.run, now.record.release, records.is_held(now.record)) == (run, "b", False)
    assert (len(told(layout)), told(layout, waits=True)) == (1, [])
    assert held.held(layout, ["t", "annotations"], KEY) is None


def test_taking_survives_a_kill_behind_every_write(
    layout: Layout, commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(answer({1: "good"}, "a"))
    commit(answer({1: "bad"}, "b"), waits=True)
    folder = layout.users / "anna" / "g1" / "t"
    files = {path: path.read_bytes() for path in folder.iterdir()}

    class KilledError(Exception):
        """The process is gone."""

    for allowed in range(6):
        for path, content in files.items():
            path.write_bytes(content)
        written = iter(range(allowed))

        def killed(path: Path, text: str, written: Iterator[int] = written) -> None:
            if next(written, None) is None:
                raise KilledError
            write_private(path, text)

        with monkeypatch.context() as patch:
            patch.setattr(records, "write_private", killed)
            with suppress(KilledError):
                held.take(layout, "t", KEY)
        in_force = json.loads(snapshot(layout))["release"]
        assert in_force == ("b" if allowed else "a")
        held.finish(layout, "t", KEY)
        waits = held.held(layout, ["t", "annotations"], KEY)
        assert (waits is None, len(told(layout))) == ((True, 1) if allowed else (False, 0))


def test_what_is_left_is_gone_whole_and_newer_answers_end_the_wait(layout: Layout, commit: Any) -> None:
    commit(answer({1: "good"}, "a"))
    folder = layout.users / "anna" / "g1" / "t"
    before = {path.name for path in folder.iterdir()}
    commit(answer({1: "bad"}, "b"), waits=True)
    held.drop(folder)
    assert {path.name for path in folder.iterdir()} == before
    commit(answer({1: "bad"}, "b"), waits=True)
    commit(answer({1: "bad", 2: "good"}, "c"))
    assert held.held(layout, ["t", "annotations"], KEY) is None
    assert [(one.before.release, one.after.release) for one in told(layout)] == [("a", "c")]
    with pytest.raises(DatasetError, match="No answers of t wait"):
        held.take(layout, "t", KEY)


def test_what_waits_and_was_damaged_is_not_taken(layout: Layout, commit: Any) -> None:
    commit(answer({1: "good"}, "a"))
    commit(answer({1: "bad"}, "b"), waits=True)
    waiting = held.held(layout, ["t", "annotations"], KEY)
    assert waiting is not None
    waiting.path.write_bytes(waiting.path.read_bytes()[:-1] + b"?")
    before = snapshot(layout)
    with pytest.raises(DatasetError, match="is not what was written"):
        held.take(layout, "t", KEY)
    assert snapshot(layout) == before
