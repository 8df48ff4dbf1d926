from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest

from genoteca.annotate.answer import Answer
from genoteca.model.evidence import Evidence
from genoteca.model.record import CheckResult, Record
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.reference_verdicts import MATCH_RATE, PublisherAsked, beyond
from genoteca.sdk.resources import Paths, Stored

from .modules import manifest

WHEN = datetime(2026, 3, 5, tzinfo=UTC)


def record(**changes: Any) -> Record:
    told: dict[str, Any] = {
        "asset": ["little", "reference"], "partition": None, "run": "r", "created": WHEN, "file": None, "rows": 1,
        "bytes": 1, "sha256": "now", "code_version": "1", "data_version": "7", "release": "2026-02",
    }  # fmt: skip
    return Record(**{**told, **changes})


def other(rate: float, reference: str = "now") -> Record:
    """Give the record of another genome's answer."""
    return record(inputs={"little/reference": reference}, metadata={MATCH_RATE: rate})


@dataclass
class Around:
    """What there is beside one answer: other genomes, and what the publisher said."""

    others: list[Record] = field(default_factory=list)
    asked: PublisherAsked | None = None
    number: int = 100_000

    def carried(self, partition: str) -> int:
        return self.number

    def alike(self, asset: list[str], partition: str) -> list[Record]:
        return self.others

    def publisher_asked(self, reference: Stored) -> PublisherAsked | None:
        return self.asked


def judged(around: Around, *, silent: int = 10, sites: int = 100, **changes: Any) -> tuple[CheckResult, ...]:
    """Judge an answer of so many sites, of which the file says nothing of some."""
    counts: dict[str, int] = {Evidence.NOT_COVERED: silent, Evidence.REFERENCE: sites - silent}
    answer = Answer(
        table=pl.DataFrame({"site": range(sites)}), sites=sites, evidence=counts, filtered=0, compared=0, agreeing=0
    )
    made = Dataset(table=None)
    reference = Stored(path=Path("x"), record=record())
    told = manifest(**changes)
    return tuple(beyond(told, made, answer, paths=cast("Paths", around), partition="a/b", reference=reference))


@pytest.mark.parametrize(("silent", "verdict"), [(10, "passed"), (50, "passed"), (60, "warning"), (99, "warning")])
def test_the_share_that_could_be_told_is_held_against_other_genomes(silent: int, verdict: str) -> None:
    found, _ = judged(Around(others=[other(rate) for rate in (0.8, 0.88, 0.95)]), silent=silent)
    assert found.verdict == verdict
    assert "0.880" not in found.description, "it is a figure of one of the others"


@pytest.mark.parametrize(
    "around",
    [
        Around(),
        Around(others=[other(0.9), other(0.9)]),
        Around(others=[other(0.9, reference="another release") for _ in range(9)]),
    ],
)
def test_without_enough_like_it_nothing_is_judged(around: Around) -> None:
    found, _ = judged(around)
    assert found.verdict == "not evaluated"


def test_of_an_answer_that_stays_closed_no_share_is_told() -> None:
    around = Around(others=[other(0.9) for _ in range(5)])
    assert judged(around)[0].verdict == "passed"
    closed, _ = judged(around, gate="This may weigh on you.")
    assert closed.verdict == "not evaluated"
    assert not any(letter.isdigit() for letter in closed.description)


def test_a_sparse_module_is_judged_by_rows_for_each_variant_carried() -> None:
    around = Around(others=[other(0.001) for _ in range(3)])
    assert judged(around, dense=False)[0].verdict == "passed"  # 100 rows of 100,000
    around.number = 10_000
    assert judged(around, dense=False)[0].verdict == "warning"
    around.number = 0  # nobody counted
    assert judged(around, dense=False)[0].verdict == "not evaluated"


def test_freshness_is_what_the_publisher_last_said() -> None:
    assert judged(Around())[1].verdict == "not evaluated"
    current = judged(Around(asked=PublisherAsked(when=WHEN, newer=False)))[1]
    assert current.verdict == "passed"
    old = judged(Around(asked=PublisherAsked(when=WHEN, newer=True, release="2026-03")))[1]
    assert old.verdict == "warning"
    assert old.description == "2026-02: the publisher has 2026-03, as of 2026-03-05."
    assert not old.blocks
