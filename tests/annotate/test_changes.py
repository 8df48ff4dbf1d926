"""Two answers laid side by side: nothing that differs is missed, nothing that is the same is told."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoteca.annotate.changes import Answered, Compared, compare_answers
from genoteca.engine.change_reading import first_rows
from genoteca.genome.schema import polars_schema
from genoteca.model.change import Change, Changes, Generation, Tally, change_columns, gates_in
from genoteca.model.column import ANNOTATIONS, LIFTED, AnnotationColumn, ColumnType
from genoteca.model.scale import Scale

SCALE = Scale(
    weighty=(("pathogenic",), ("likely pathogenic",)),
    unsettled=("uncertain", "conflicting"),
    light=(("benign",),),
    stars="stars",
)
CLASS = AnnotationColumn(name="klass", label="Class", type=ColumnType.CATEGORY, scale=SCALE)
STARS = AnnotationColumn(name="stars", label="Stars", type=ColumnType.STARS)
NAME = AnnotationColumn(name="name", label="Number", type=ColumnType.LINK, link="https://example.org/{}")
NOTE = AnnotationColumn(name="note", label="Note")
COLUMNS = (NAME, CLASS, STARS, NOTE)
ALLELE = ("chrom", "pos", "ref", "alt")


def row(pos: int | None = 5, chrom: str | None = "1", **told: Any) -> dict[str, Any]:
    """A row of an answer: called, heterozygous, unless told otherwise."""
    usual = {
        "chrom": chrom, "pos": pos, "ref": "A", "alt": "G", "genotype": "A/G", "dosage": 1, "filtered": False,
        "evidence": "called", "match": "allele",
    }  # fmt: skip
    return usual | told


def answer(
    folder: Path,
    name: str,
    rows: list[dict[str, Any]],
    columns: tuple[AnnotationColumn, ...] = COLUMNS,
    more: Any = (),
) -> Answered:
    """Write an answer; what numbers its rows is never the same twice."""
    schema = polars_schema((*ANNOTATIONS, *columns, *more))
    made = pl.DataFrame(rows, schema=schema, orient="row") if rows else pl.DataFrame(schema=schema)
    numbered = made.with_columns(site=pl.int_range(pl.len(), dtype=pl.UInt32) + len(name))
    path = folder / f"{name}.parquet"
    numbered.write_parquet(path)
    return Answered(path=path, columns=columns)


def compared(
    folder: Path, old: Answered, new: Answered, *, identity: tuple[str, ...] = ("name",), step: int = 1 << 17
) -> tuple[Compared, pl.DataFrame, pl.DataFrame]:
    told = compare_answers(
        old, new, identity=identity, changes=folder / "c.parquet", classes=folder / "k.parquet", step=step
    )
    return told, pl.read_parquet(folder / "c.parquet"), pl.read_parquet(folder / "k.parquet")


def changed(folder: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], **told: Any) -> list[dict[str, Any]]:
    """The rows of a comparison, in the order in which they are told."""
    _, rows, _ = compared(folder, answer(folder, "old", old), answer(folder, "newer", new), **told)
    return rows.sort("place", "level", "pos", nulls_last=True).to_dicts()


rows_drawn = st.lists(
    st.builds(
        row,
        pos=st.integers(1, 3),
        chrom=st.sampled_from(["1", "X"]),
        alt=st.sampled_from(["G", "T"]),
        name=st.sampled_from([None, "1", "2"]),
        klass=st.sampled_from([None, "pathogenic", "uncertain", "benign", "drug response"]),
        stars=st.sampled_from([None, 0, 1]),
        evidence=st.sampled_from(["called", "reference"]),
        note=st.sampled_from([None, "x", "y"]),
    ),
    max_size=7,
)


def values_of(rows: list[dict[str, Any]], name: str) -> Counter[tuple[Any, ...]]:
    """How often each site has each value of a column."""
    return Counter((*(one.get(part) for part in ALLELE), one.get(name)) for one in rows)


def applied(rows: list[dict[str, Any]], changes: pl.DataFrame, number: int, name: str, label: str) -> Counter[Any]:
    """The values that a column has once the changes are made to the older rows."""
    found = values_of(rows, name)
    for one in changes.to_dicts():
        site, kind = tuple(one[part] for part in ALLELE), one["change"]
        moved = kind in ("new", "gone") or label in (one["columns"] or "").split(";")
        found[(*site, one[f"before_{number}"])] -= int(moved and kind != "new")
        found[(*site, one[f"after_{number}"])] += int(moved and kind != "gone")
    return Counter({value: count for value, count in found.items() if count})


@settings(max_examples=25)
@given(rows_drawn, rows_drawn, st.sampled_from([("name",), ()]), st.integers(1, 9))
def test_the_changes_made_to_the_older_answer_give_the_newer_one(
    old: list[dict[str, Any]], new: list[dict[str, Any]], identity: tuple[str, ...], step: int
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sides = answer(folder, "old", old), answer(folder, "newer", new)
        told, changes, classes = compared(folder, *sides, identity=identity, step=step)
        assert changes.columns == [column.name for column in change_columns(told.columns)]
        for number, column in enumerate(told.columns):
            assert applied(old, changes, number, column.name, column.label) == values_of(new, column.name)
        assert told.tally.total == changes.height
        moved = changes.filter(pl.col("change").is_in(["new", "gone"]) | ~pl.col("change").is_in(["rest"]))
        assert classes.height >= moved.height

        _, mirrored, _ = compared(folder, sides[1], sides[0], identity=identity, step=step)
        swap = {"new": "gone", "gone": "new"}
        for one, other in (("before", "after"), ("after", "before")):
            assert Counter(
                (
                    swap.get(r["change"], "stayed"),
                    r["pos"], r["alt"], r[f"class_{one}"], r[f"stars_{one}"], r["columns"],
                )
                for r in changes.to_dicts()
            ) == Counter(
                (
                    r["change"] if r["change"] in swap else "stayed",
                    r["pos"], r["alt"], r[f"class_{other}"], r[f"stars_{other}"], r["columns"],
                )
                for r in mirrored.to_dicts()
            )  # fmt: skip


@settings(max_examples=10)
@given(rows_drawn, st.randoms())
def test_the_same_rows_in_any_order_are_no_change(rows: list[dict[str, Any]], random: Any) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, again = Path(place), list(rows)
        random.shuffle(again)
        told, changes, classes = compared(folder, answer(folder, "old", rows), answer(folder, "newer", again))
        assert (told.tally, told.closed, changes.height, classes.height) == (Tally(), {}, 0, 0)


def test_uncertain_to_pathogenic_comes_first_then_other_upgrades_downgrades_new_gone_and_the_rest(
    tmp_path: Path,
) -> None:
    was = ["benign", "uncertain", "pathogenic", "drug response", None, "benign", "benign", "likely pathogenic"]
    now = ["uncertain", "pathogenic", "benign", "other", None, None, "benign", "pathogenic"]
    old = [row(pos, name=str(pos), klass=klass, note="x") for pos, klass in enumerate(was)]
    new = [row(pos, name=str(pos), klass=klass, note="y") for pos, klass in enumerate(now)]
    told = changed(tmp_path, [*old, row(90, name="90")], [row(91, name="91"), *new])
    assert [(one["change"], one["pos"]) for one in told] == [
        ("raised", 1), ("up", 7), ("up", 0), ("down", 2), ("other", 3), ("other", 5), ("new", 91), ("gone", 90),
        ("rest", 6), ("rest", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("before", ["benign", "uncertain", "drug response", None])
def test_whatever_was_not_weighty_before_is_told_first_when_it_is_now(tmp_path: Path, before: str | None) -> None:
    (told,) = changed(tmp_path, [row(klass=before, name="7")], [row(klass="likely pathogenic", name="7")])
    assert (told["change"], told["class_before"], told["class_after"], told["columns"]) == (
        Change.RAISED, before, "likely pathogenic", "Class",
    )  # fmt: skip


def test_rows_of_one_allele_are_told_apart_by_what_the_module_names_and_never_guessed(tmp_path: Path) -> None:
    old = [row(name="1", klass="pathogenic"), row(name="2", klass="benign")]
    new = [row(name="2", klass="uncertain"), row(name="1", klass="pathogenic")]
    (told,) = changed(tmp_path, old, new)
    assert (told["change"], told["class_before"], told["class_after"]) == ("up", "benign", "uncertain")
    numbered_anew = changed(tmp_path, old, [row(name="1", klass="pathogenic"), row(name="3", klass="uncertain")])
    assert [one["change"] for one in numbered_anew] == ["new", "gone"]
    alone = changed(tmp_path, old[:1], [row(name="9", klass="benign")])
    assert [(one["change"], one["columns"]) for one in alone] == [("down", "Number;Class")]


def test_columns_that_only_one_answer_has_are_named_and_change_no_row(tmp_path: Path) -> None:
    added = AnnotationColumn(name="extra", label="Extra", type=ColumnType.NUMBER)
    old = answer(tmp_path, "old", [row(note="x", klass="benign")], (CLASS, NOTE))
    new = answer(tmp_path, "newer", [row(extra=1.5, klass="benign")], (CLASS, added))
    told, changes, _ = compared(tmp_path, old, new, identity=())
    assert (changes.height, told.added, told.removed) == (0, ["Extra"], ["Note"])


def test_a_number_that_is_now_stored_wider_is_the_same_number(tmp_path: Path) -> None:
    old = answer(
        tmp_path, "old", [row(note=None, n=3)], (AnnotationColumn(name="n", label="N", type=ColumnType.COUNT),)
    )
    new = answer(tmp_path, "newer", [row(n=3.0)], (AnnotationColumn(name="n", label="N", type=ColumnType.NUMBER),))
    assert compared(tmp_path, old, new, identity=())[1].is_empty()


def test_a_site_that_the_file_speaks_of_now_is_told_with_both_kinds_of_evidence(tmp_path: Path) -> None:
    silent = row(klass="benign", evidence="not_covered", genotype=None, dosage=None, filtered=None, match=None)
    (told,) = changed(tmp_path, [silent], [row(klass="benign")])
    assert (told["change"], told["carried"], told["evidence_before"], told["evidence_after"]) == (
        "rest", True, "not_covered", "called",
    )  # fmt: skip
    assert told["columns"].split(";") == ["Genotype", "Copies", "Filtered", "Evidence", "Matched by"]


def test_sites_that_could_not_be_lifted_are_known_by_where_they_came_from(tmp_path: Path) -> None:
    lost = [row(chrom=None, pos=None, lifted_from=f"GRCh37 1:{n} A>G", klass="benign") for n in (1, 2)]
    old = answer(tmp_path, "old", [row(3), *lost], more=LIFTED)
    new = answer(tmp_path, "newer", [lost[1] | {"klass": "pathogenic"}, row(3), lost[0]], more=LIFTED)
    told, changes, _ = compared(tmp_path, old, new)
    assert [(one["change"], one["lifted_from"]) for one in changes.to_dicts()] == [("raised", "GRCh37 1:2 A>G")]
    assert told.tally.carried == {Change.RAISED: 1}


def test_rows_behind_a_gate_are_counted_apart_from_all_others(tmp_path: Path) -> None:
    gate = AnnotationColumn(name="gate", label="Asks first")
    columns = (*COLUMNS, gate)
    shut = [row(1, gate="Read this.", klass="benign"), row(2, gate="", klass="benign")]
    old = answer(tmp_path, "old", shut, columns)
    new = answer(tmp_path, "newer", [{**one, "klass": "pathogenic"} for one in shut], columns)
    told, changes, classes = compared(tmp_path, old, new)
    assert told.tally == Tally(carried={Change.RAISED: 1})
    assert told.closed == {"Read this.": Tally(carried={Change.RAISED: 1})}
    assert sorted(changes["gate"].fill_null("")) == ["", "Read this."]
    assert classes.height == 2


@pytest.mark.parametrize("now_closed", [True, False])
def test_rows_that_one_of_two_versions_closes_stay_closed_in_the_comparison(tmp_path: Path, now_closed: bool) -> None:
    gated = (*COLUMNS, AnnotationColumn(name="gate", label="Asks first"))
    shut = [row(1, gate="Read this.", klass="benign"), row(2, gate="", klass="benign"), row(3, gate="Read this.")]
    with_it = answer(tmp_path, "with", shut, gated)
    plain = [{name: value for name, value in one.items() if name != "gate"} for one in shut[:2]]
    without = answer(tmp_path, "none", [{**one, "klass": "pathogenic"} for one in plain])
    sides = (without, with_it) if now_closed else (with_it, without)
    told, changes, classes = compared(tmp_path, *sides)
    assert told.tally.total == 1, "the open row"
    assert {gate: one.total for gate, one in told.closed.items()} == {"Read this.": 2}
    for table in (changes, classes):
        assert dict(table.select("pos", "gate").iter_rows()) == {1: "Read this.", 2: None, 3: "Read this."}
    assert (told.added, told.removed) == ([], [])


def test_a_row_whose_gate_is_another_one_now_stays_closed_behind_both(tmp_path: Path) -> None:
    gated = (*COLUMNS, AnnotationColumn(name="gate", label="Asks first"))
    old = answer(tmp_path, "old", [row(gate="First.", klass="benign", note="old")], gated)
    new = answer(tmp_path, "newer", [row(gate="Second.", klass="pathogenic", note="new")], gated)
    told, changes, classes = compared(tmp_path, old, new)
    ((gate, tally),) = told.closed.items()
    assert (gates_in(gate), tally.total, told.tally.total) == (["First.", "Second."], 1, 0)
    assert changes["gate"].to_list() == classes["gate"].to_list() == [gate]
    now = datetime.now(UTC)
    sides = {side: Generation(run=side, created=now, release=side) for side in ("before", "after")}
    summary = Changes(**sides, closed=told.closed)
    for opened in ([], ["First."], ["Second."]):
        assert first_rows(tmp_path / "c.parquet", opened, carried=True, limit=9) == []
        assert summary.told(opened).total == 0
    opened = ["Second.", "First."]
    assert [one["about"] for one in first_rows(tmp_path / "c.parquet", opened, carried=True, limit=9)] == [None]
    assert summary.told(opened).total == 1


@pytest.mark.parametrize(("columns", "about_you"), [(COLUMNS, False), ((NAME, STARS, NOTE), True)])
def test_what_is_concluded_of_a_genotype_without_a_difference_is_about_the_person_unless_it_is_an_allele_s_class(
    tmp_path: Path, columns: tuple[AnnotationColumn, ...], about_you: bool
) -> None:
    silent = {"evidence": "no_call", "note": "a"}
    old = [row(1, evidence="reference", note="a"), row(2, **silent)]
    new = [row(1, evidence="reference", note="b"), row(2, **silent | {"note": "b"})]
    told, _, _ = compared(tmp_path, answer(tmp_path, "old", old, columns), answer(tmp_path, "newer", new, columns))
    assert (sum(told.tally.carried.values()), told.tally.total) == (int(about_you), 2)
