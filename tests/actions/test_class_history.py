"""The history of a class goes back comparison by comparison, and stops where one is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from genoteca.actions.class_history import _comparable
from genoteca.engine.changes import SUMMARY
from genoteca.model.change import Changes, Generation
from genoteca.model.record import Record
from genoteca.model.scale import Scale
from genoteca.sdk.resources import Stored

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def compared(before: str, after: str, why_not: str = "") -> Stored:
    one, other = (Generation(run=run, created=NOW, release=run) for run in (before, after))
    told = Changes(before=one, after=other, why_not=why_not, scale=Scale(weighty=(("pathogenic",),)))
    record = Record(
        asset=["clinvar", "classes"], partition="anna/one", run=after, created=NOW, file=None, rows=0, bytes=0,
        sha256="", code_version="1", data_version="", metadata={SUMMARY: told.model_dump(mode="json")},
    )  # fmt: skip
    return Stored(path=Path("classes.parquet"), record=record)


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ([("a", "b"), ("b", "c"), ("c", "d")], ["b", "c", "d"]),
        ([("a", "b"), ("c", "d"), ("d", "e")], ["d", "e"]),
        ([("a", "b"), ("b", "c", "another build"), ("c", "d")], ["d"]),
        ([("a", "b"), ("b", "c"), ("x", "y", "damaged")], []),
    ],
    ids=["a chain", "one is missing", "one was not made", "the last was not made"],
)
def test_only_what_follows_one_another_is_told(found: list[tuple[str, ...]], kept: list[str]) -> None:
    told = _comparable([compared(*one) for one in found])
    assert [changes.after.run for _, changes in told] == kept
