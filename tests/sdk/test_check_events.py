from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dagster as dg
import polars as pl
import pytest

from genoteca.model.evidence import Outcome
from genoteca.model.record import CheckResult, Severity
from genoteca.sdk.check_events import blocked_by
from genoteca.sdk.dataset import Dataset
from genoteca.sdk.planned import Plan, planned_asset
from genoteca.sdk.resources import ENGINE, FETCH, IO_MANAGER, PATHS

from .modules import manifest

KEY = dg.AssetKey(["little", "reference"])
GOOD = CheckResult(name="rows", passed=True)
BAD = CheckResult(name="sorted", passed=False, description="Not sorted between rows 0 and 3.")
ODD = CheckResult(name="ti_tv", passed=False, description="0.50", severity=Severity.WARN)
UNSEEN = CheckResult(name="fresh", passed=True, description="Nobody was asked.", evaluated=False)


@dataclass
class Made:
    """What came of one materialization."""

    result: Any
    below: list[int]
    """The checks that the asset below was given, once for each time it was made."""

    def verdicts(self) -> dict[str, tuple[bool, str]]:
        found = self.result.get_asset_check_evaluations()
        return {one.check_name: (one.passed, one.severity.value) for one in found}


def made(*checks: CheckResult) -> Made:
    """Make an asset that gives these verdicts, and one below it."""
    dataset = Dataset(table=pl.DataFrame({"n": [1, 2, 3]}), checks=list(checks))
    plan = Plan(
        name="reference",
        description="",
        code_version="1",
        checks={check.name: "" for check in checks},
        columns=(),
        deps=(),
        partitioned=False,
        made_by={},
    )
    asset = planned_asset(manifest(), plan, lambda _context: dataset)
    below: list[int] = []

    @dg.asset(ins={"above": dg.AssetIn(key=KEY, input_manager_key=IO_MANAGER)})
    def under(above: Dataset) -> None:
        below.append(len(above.checks))

    in_memory: Any = dg.InMemoryIOManager
    resources = {PATHS: 1, FETCH: 1, ENGINE: 1, IO_MANAGER: in_memory()}
    return Made(dg.materialize([asset, under], resources=resources, raise_on_error=False), below)


def test_a_table_that_an_error_speaks_against_is_not_taken_and_stops_what_depends_on_it() -> None:
    found = made(GOOD, BAD, ODD)
    assert not found.result.success
    assert found.result.asset_materializations_for_node("little__reference") == []
    assert found.below == []
    assert found.verdicts() == {"rows": (True, "ERROR"), "sorted": (False, "ERROR"), "ti_tv": (False, "WARN")}
    failure = found.result.failure_data_for_node("little__reference")
    assert "sorted: Not sorted between rows 0 and 3." in failure.error.cause.message


def test_a_warning_is_shown_and_stops_nothing() -> None:
    found = made(GOOD, ODD)
    assert found.result.success
    assert found.below == [2]
    assert found.verdicts() == {"rows": (True, "ERROR"), "ti_tv": (False, "WARN")}


def test_of_what_was_not_looked_at_dagster_is_given_no_verdict() -> None:
    found = made(GOOD, UNSEEN)
    assert found.result.success
    assert found.below == [2]
    assert found.verdicts() == {"rows": (True, "ERROR")}
    assert (UNSEEN.verdict, UNSEEN.failed, UNSEEN.blocks) == ("not evaluated", False, False)


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_what_cannot_be_tested_holds_nothing_to_stop(outcome: Outcome | None) -> None:
    dataset = Dataset(table=None, checks=[GOOD, BAD], outcome=outcome)
    assert blocked_by(dataset) == ([] if outcome is Outcome.CANNOT_BE_TESTED else [BAD])
