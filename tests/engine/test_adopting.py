"""New answers are taken or left whole, with all that build on each other; and by themselves where nothing differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.engine import files, held, records
from genoteca.engine.adopting import finish_everywhere, leave_together, settle_run, take_together, together
from genoteca.engine.change_making import settle_changes
from genoteca.engine.samples import write_sample
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.model.sample import Sample, SampleId, SampleKind, SourceFile
from genoteca.model.scale import Scale
from genoteca.sdk.made_with import COLUMNS, plain_columns
from genoteca.settings import Layout

KEY, OLD, NEW = "anna/g1", "0" * 8, "1" * 8
CHAIN = ("reference-module", "middle", "top")
REQUIRES: dict[str, list[str]] = {
    "reference-module": [],
    "middle": ["reference-module"],
    "top": ["middle"],
    "apart": [],
}
CLASS = AnnotationColumn(
    name="klass", label="Class", type=ColumnType.CATEGORY, scale=Scale(weighty=(("bad",),), light=(("good",),))
)
SAMPLE = Sample(
    id=SampleId(user="anna", sample="g1"), user_name="Anna", sample_name="g1", build=Build.GRCH38, build_evidence="",
    source=SourceFile(path="/nowhere.vcf", name="nowhere.vcf", kept="in place", bytes=1),
    kind=SampleKind.WHOLE_GENOME, added=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
GATE = AnnotationColumn(name="gate", label="Asks first")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


def answer(
    layout: Layout,
    module: str,
    run: str,
    klass: str = "good",
    *,
    evidence: str = "called",
    gate: str = "",
    **more: Any,
) -> Record:
    """Write an answer of one row, made of those of the same run that it builds on, compared as a worker does."""
    path = records.record_path(layout, [module, "annotations"], KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = (CLASS, GATE) if gate else (CLASS,)
    row = {"chrom": "1", "pos": 1, "ref": "A", "alt": "G", "evidence": evidence, "klass": klass}
    table = records.dataset_path(path, run)
    pl.DataFrame(
        [row | ({"gate": gate} if gate else {})], schema=polars_schema((*ANNOTATIONS, *columns))
    ).write_parquet(table)
    built_on = {f"{one}/annotations": digest(layout, one, run) for one in REQUIRES[module]}
    usual: dict[str, Any] = {
        "asset": [module, "annotations"],
        "partition": KEY,
        "run": run,
        "created": datetime.now(UTC),
        "file": table.name,
        "rows": 1,
        "bytes": table.stat().st_size,
        "sha256": files.sha256_of(table),
        "code_version": "1",
        "data_version": run,
        "build": "GRCh38",
        "inputs": {f"{module}/reference": run} | built_on,
        "outcome": Outcome.ANSWERED,
        "sites": 1,
        "metadata": {COLUMNS: plain_columns(columns)},
    }
    record = Record(**(usual | more))
    if run == NEW:
        held.hold(path, record)
    else:
        records.write_record(path, record)
    settle_changes(layout, module, KEY)
    return record


def digest(layout: Layout, module: str, run: str) -> str:
    path = records.record_path(layout, [module, "annotations"], KEY)
    return records.read_record(path.with_name(f"annotations-{run}.json")).sha256


def run(**told: Any) -> Run:
    request = RunRequest(
        kind=RunKind.ANNOTATE, partition=KEY, assets=[], held=True, settles=True, requires=REQUIRES, **told
    )
    return Run(id=NEW, request=request, status=RunStatus.RUNNING, queued=datetime.now(UTC))


def in_force(layout: Layout) -> dict[str, str]:
    """By module: the run whose answers are in force, and `+` where others wait."""
    found = {}
    for module in REQUIRES:
        now = records.current(layout, [module, "annotations"], KEY)
        if now is not None:
            waits = held.held(layout, [module, "annotations"], KEY)
            found[module] = now.record.run[0] + ("+" if waits else "")
    return found


def test_all_that_build_on_each_other_are_taken_or_left_together(layout: Layout) -> None:
    for module in REQUIRES:
        answer(layout, module, OLD)
        answer(layout, module, NEW, "bad")
    for module in CHAIN:
        assert together(layout, KEY, REQUIRES, module) == list(CHAIN)
        assert together(layout, KEY, dict.fromkeys(REQUIRES, ()), module) == list(CHAIN), "their records tell it too"
    assert together(layout, KEY, REQUIRES, "apart") == ["apart"]
    leave_together(layout, KEY, ["apart"], run=NEW)
    assert together(layout, KEY, REQUIRES, "apart") == []
    left = held.refused(layout, "apart", KEY)
    assert (left.data_version if left else "", held.refused(layout, "top", KEY)) == (NEW, None)
    take_together(layout, KEY, CHAIN, run=NEW)
    assert in_force(layout) == dict.fromkeys(CHAIN, "1") | {"apart": "0"}


@pytest.mark.parametrize("take", [True, False])
def test_a_kill_at_any_write_leaves_a_chain_whole(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, *, take: bool
) -> None:
    for module in CHAIN:
        answer(layout, module, OLD)
        answer(layout, module, NEW, "bad")
    folder = layout.sample("anna", "g1")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    class KilledError(Exception):
        """The process is gone."""

    def dies(after: int) -> Callable[[Path, Path], Path]:
        left = iter(range(after))

        def move(beside: Path, target: Path) -> Path:
            if next(left, None) is None:
                raise KilledError
            return real(beside, target)

        return move

    real, unlink, seen, after = Path.replace, Path.unlink, set[str](), 0
    while True:
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            unlink(path)
        for path, content in before.items():
            path.write_bytes(content)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", dies(after))
            if not take:
                patch.setattr(Path, "unlink", counting(unlink, iter(range(after)), KilledError))
            died = True
            with suppress(KilledError):
                decide = take_together if take else leave_together
                decide(layout, KEY, CHAIN, run=NEW)
                died = False
        finish_everywhere(layout)
        states = {*in_force(layout).values()}
        assert len(states) == 1, (after, in_force(layout))
        seen |= states
        if not died:
            break
        after += 1
    assert seen == {"0+", "1" if take else "0"}
    assert after > len(CHAIN)


def counting(unlink: Any, left: Iterator[int], killed: type[Exception]) -> Any:
    """A deletion that is the last thing before the end of the process, sooner or later."""

    def remove(path: Path, **how: Any) -> None:
        if path.suffix != ".tmp" and next(left, None) is None:
            raise killed
        unlink(path, **how)

    return remove


def test_what_is_damaged_is_not_taken_nor_anything_with_it(layout: Layout) -> None:
    for module in CHAIN:
        answer(layout, module, OLD)
        answer(layout, module, NEW, "bad")
    table = records.dataset_path(records.record_path(layout, ["top", "annotations"], KEY), NEW)
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    with pytest.raises(DatasetError, match="is not what was written"):
        take_together(layout, KEY, CHAIN, run=NEW)
    assert in_force(layout) == dict.fromkeys(CHAIN, "0+")


@pytest.mark.parametrize(
    ("older", "newer", "closed", "taken"),
    [
        ({}, {}, False, True),
        ({}, {"klass": "bad"}, False, False),
        ({"evidence": "reference"}, {"evidence": "reference", "klass": "bad"}, False, True),  # not carried
        ({"evidence": "reference"}, {}, False, False),
        ({}, {}, True, False),  # nobody looks behind a gate, so nobody can say that nothing changed
        ({"gate": "Read this."}, {"gate": "Read this."}, False, False),
        ({}, {"gate": "Read this."}, False, False),
        ({}, {"inputs": {"apart/reference": OLD}}, True, True),  # of the very same
        ({"outcome": Outcome.CANNOT_BE_TESTED, "reason": "no chain"}, {"klass": "bad"}, True, True),
        ({}, {"outcome": Outcome.CANNOT_BE_TESTED, "reason": "no chain"}, False, False),
        ({}, {"build": "GRCh37"}, False, False),
    ],
)
def test_new_answers_are_taken_by_themselves_only_where_nothing_about_the_person_differs(
    layout: Layout, older: dict[str, Any], newer: dict[str, Any], *, closed: bool, taken: bool
) -> None:
    write_sample(layout, SAMPLE)
    answer(layout, "apart", OLD, **older)
    answer(layout, "apart", NEW, **newer)
    assert settle_run(layout, run(closed=["apart"] if closed else [])) == (["apart"] if taken else [])
    assert in_force(layout) == {"apart": "1" if taken else "0+"}


def test_what_builds_on_what_waits_waits_as_well_and_what_it_builds_on_does_not(layout: Layout) -> None:
    for module, klass in (("reference-module", "good"), ("middle", "bad"), ("top", "good")):
        answer(layout, module, OLD)
        answer(layout, module, NEW, klass)
    assert settle_run(layout, run()) == ["reference-module"]
    assert in_force(layout) == {"reference-module": "1", "middle": "0+", "top": "0+"}
    assert together(layout, KEY, REQUIRES, "middle") == ["middle", "top"]


def test_of_a_killed_run_what_was_compared_is_settled_and_the_rest_is_not_kept(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(layout, "reference-module", OLD)
    answer(layout, "apart", OLD)
    answer(layout, "reference-module", NEW)
    with monkeypatch.context() as killed:
        killed.setattr("tests.engine.test_adopting.settle_changes", lambda *_: None)
        answer(layout, "apart", NEW, "bad")
    assert settle_run(layout, run(), whole=False) == ["reference-module"]
    assert in_force(layout) == {"reference-module": "1", "apart": "0"}


def test_a_preview_decides_nothing(layout: Layout) -> None:
    answer(layout, "apart", OLD)
    answer(layout, "apart", NEW)
    preview = run()
    preview.request = preview.request.model_copy(update={"settles": False})
    assert settle_run(layout, preview) == []
    assert in_force(layout) == {"apart": "0+"}


def test_a_damaged_answer_in_force_gives_way(layout: Layout) -> None:
    answer(layout, "apart", OLD)
    table = records.dataset_path(records.record_path(layout, ["apart", "annotations"], KEY), OLD)
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    answer(layout, "apart", NEW, "bad")
    assert settle_run(layout, run()) == ["apart"]
    assert in_force(layout) == {"apart": "1"}


def test_what_waits_and_is_damaged_gives_way_to_the_next_answer(layout: Layout) -> None:
    answer(layout, "apart", OLD)
    answer(layout, "apart", NEW, "bad")
    path = records.record_path(layout, ["apart", "annotations"], KEY)
    waiting = path.with_name(f"annotations-{NEW}.json")
    waiting.write_bytes(waiting.read_bytes()[:-60])
    path.with_name("annotations-22222222.json").symlink_to("gone")  # listed, and gone before it is read
    with pytest.raises(DatasetError, match="is damaged"):
        held.held(layout, ["apart", "annotations"], KEY)
    held.drop(path.parent)
    assert held.held(layout, ["apart", "annotations"], KEY) is None
    assert in_force(layout) == {"apart": "0"}
    assert not list(path.parent.glob(f"*{NEW}*"))
