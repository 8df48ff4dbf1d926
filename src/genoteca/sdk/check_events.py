"""Verdicts handed to Dagster, and the end of a table that one of them speaks against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from genoteca.errors import DatasetError
from genoteca.model.evidence import Outcome
from genoteca.model.record import CheckResult, Severity

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.sdk.dataset import Dataset

__all__ = ["blocked_by", "check_events", "refuse"]


def check_events(asset: Sequence[str], checks: Iterable[CheckResult]) -> Iterator[dg.AssetCheckResult]:
    """Give the verdicts as Dagster takes them; of a check that was not evaluated there is none."""
    import dagster as dg

    severities = {Severity.ERROR: dg.AssetCheckSeverity.ERROR, Severity.WARN: dg.AssetCheckSeverity.WARN}
    for check in checks:
        if check.evaluated:
            yield dg.AssetCheckResult(
                asset_key=list(asset),
                check_name=check.name,
                passed=check.passed,
                severity=severities[check.severity],
                description=check.description,
            )


def blocked_by(dataset: Dataset) -> list[CheckResult]:
    """Give the checks for which a table is not taken; one that says it cannot be tested holds nothing to stop."""
    if dataset.outcome is Outcome.CANNOT_BE_TESTED:
        return []
    return [check for check in dataset.checks if check.blocks]


def refuse(asset: Sequence[str], checks: Sequence[CheckResult]) -> DatasetError:
    """Say why a table is not taken."""
    name = "/".join(asset)
    told = " ".join(f"{check.name.replace('_', ' ')}: {check.description}" for check in checks)
    return DatasetError(
        f"{name} did not pass its checks. {told}",
        title="A check did not pass",
        hint="It was not taken, and nothing is made from it: what was there before stands.",
    )
