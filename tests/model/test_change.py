"""What a comparison counts: nothing that stays closed, and nothing that every release changes a little."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from genoteca.model.change import Change, Changes, Generation, Tally, notable
from genoteca.model.column import AnnotationColumn, ColumnType
from genoteca.model.scale import Scale

SIDE = Generation(run="1", created=datetime(2026, 1, 1, tzinfo=UTC), release="a")
SCALE = Scale(weighty=(("bad",),), unsettled=("unsure",), light=(("good",),))


def test_rows_behind_a_gate_are_counted_once_it_was_opened() -> None:
    shut = Tally(carried={Change.RAISED: 1}, others={Change.NEW: 2})
    changes = Changes(before=SIDE, after=SIDE, tally=Tally(carried={Change.GONE: 3}), closed={"Read this.": shut})
    assert changes.told() == Tally(carried={Change.GONE: 3})
    assert changes.told(["Another."]) == changes.told()
    assert changes.told(["Read this."]) == Tally(carried={Change.RAISED: 1, Change.GONE: 3}, others={Change.NEW: 2})


@pytest.mark.parametrize(
    ("scale", "dense", "worth"), [(SCALE, True, 1), (SCALE, False, 1), (None, True, 6), (None, False, 0)]
)
def test_worth_a_look_is_what_a_module_says_of_the_person(scale: Scale | None, dense: bool, worth: int) -> None:
    changes = Changes(before=SIDE, after=SIDE, scale=scale, dense=dense)
    assert notable(changes, Tally(carried={Change.UP: 1, Change.REST: 5}, others={Change.RAISED: 9})) == worth


def test_a_scale_names_each_class_once_and_only_those_of_its_column() -> None:
    assert SCALE.places == {"bad": 0, "unsure": 1, "good": 2}
    with pytest.raises(ValidationError, match="named twice in a scale: bad"):
        Scale(weighty=(("bad",),), light=(("bad",),))
    with pytest.raises(ValidationError, match="names what is not among its values: good, unsure"):
        AnnotationColumn(name="k", label="K", type=ColumnType.CATEGORY, values=("bad",), scale=SCALE)
    with pytest.raises(ValidationError, match="only a category has a scale"):
        AnnotationColumn(name="k", label="K", scale=SCALE)
