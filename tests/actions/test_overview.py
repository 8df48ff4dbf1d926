"""A genome at a glance: what is open is counted and told, what is closed is neither; what is missing has a reason."""

from __future__ import annotations

from typing import Any

import pytest

from genoteca import actions
from genoteca.actions import App, Overview, Query
from genoteca.actions.views import AnswerState
from genoteca.errors import NotFoundError
from genoteca.model.evidence import Shape

KEY = "demo/synthetic"
TRAITS = "everyday-traits"


@pytest.fixture(scope="module")
def told(desk: App) -> Overview:
    return actions.genome_overview(desk, KEY)


def rows(app: App, where: str) -> list[dict[str, Any]]:
    return actions.result_page(app, KEY, TRAITS, Query(where=actions.parse_where(where), limit=None)).rows


def test_findings_counts_and_pictures_agree_with_the_open_rows(desk: App, told: Overview) -> None:
    (traits,) = [one for one in told.modules if one.answer.module == TRAITS]
    open_ = rows(desk, "gate is empty")
    standing_out = [
        row
        for row in open_
        if row["strength"] in ("established", "strong")
        and row["effect_direction"] in ("increased", "decreased", "mixed")
        and row["conclusion"]
    ]
    assert traits.told == len(traits.findings) == len(standing_out) == traits.tally.rows > 5
    assert {chrom: sum(cells.values()) for chrom, cells in traits.tally.places.items()} == {
        chrom: sum(row["chrom"] == chrom for row in standing_out) for chrom in {row["chrom"] for row in standing_out}
    }
    carried = [row for row in open_ if row["evidence"] in ("called", "partial")]
    assert sum(traits.tally.classes.values()) == len([row for row in carried if row["strength"]])
    assert told.of_shape(Shape.ANSWERED) == len(carried)


def test_nothing_of_a_closed_row_is_told_until_its_gate_is_open(desk: App, told: Overview) -> None:
    closed = rows(desk, "gate is not empty")
    written = told.model_dump_json()
    said = [str(row["conclusion"]) for row in closed if row["conclusion"]]
    assert said
    assert not [words for words in said if words in written]
    called = next(row for row in closed if row["evidence"] == "called")
    opened = actions.genome_overview(desk, KEY, opened={TRAITS: {called["gate"]}})
    more = sum(row["gate"] == called["gate"] and row["evidence"] == "called" for row in closed)
    assert opened.of_shape(Shape.ANSWERED) == told.of_shape(Shape.ANSWERED) + more


def test_the_second_look_counts_nothing_anew_and_says_the_same(desk: App, told: Overview) -> None:
    kept = {path: path.stat().st_mtime_ns for path in (desk.layout.cache / "browse").glob("*.tally")}
    assert kept
    assert actions.genome_overview(desk, KEY) == told
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_module_that_has_not_answered_is_listed_with_its_reason(desk: App, told: Overview) -> None:
    assert [answer for answer in told.waiting if answer.module == TRAITS] == []
    actions.install_module(desk, "blood-groups")
    try:
        waiting = {answer.module: answer.state for answer in actions.genome_overview(desk, KEY).waiting}
        assert waiting == {"blood-groups": AnswerState.NOT_RUN}
    finally:
        actions.remove_module(desk, "blood-groups")


def test_a_genome_that_is_not_there_is_said_to_be_so(desk: App) -> None:
    with pytest.raises(NotFoundError):
        actions.genome_overview(desk, "demo/nobody")
    assert KEY in [sample.id.key for sample in actions.brief_samples(desk)]
