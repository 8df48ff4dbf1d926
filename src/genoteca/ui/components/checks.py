"""The checks of a table in words: what was looked at, what does not hold, and what could not be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nicegui import ui

from genoteca.model.record import CheckResult, Severity
from genoteca.ui.components.notice import notice
from genoteca.ui.components.plots import table

__all__ = ["check_name", "checks_box", "failed_checks"]

NAMES = {
    "schema": "Columns as declared",
    "ranges": "Values within their limits",
    "sorted": "In order",
    "reconciles": "Every record accounted for",
    "reference_bases": "Letters of the reference genome",
    "reference_alleles": "Letters of the reference genome",
    "ti_tv": "Ti/Tv as usual",
    "het_hom": "Het/hom as usual",
    "cardinality": "No answer lost, none doubled",
    "built_on": "What it builds on",
    "match_rate": "Share told, beside other genomes",
    "freshness": "Nothing newer from the publisher",
}
VERDICTS = {"passed": "Passed", "warning": "Worth a look", "failed": "Not passed", "not evaluated": "Not looked at"}


def check_name(name: str) -> str:
    """Say in words what a check looks at; one of a module's own keeps its name."""
    return NAMES.get(name, name.replace("_", " "))


def failed_checks(checks: Sequence[CheckResult]) -> None:
    """Show what does not hold."""
    for check in checks:
        if check.failed:
            word = "A check did not pass" if check.severity is Severity.ERROR else "Worth a look"
            with notice("warn", f"{word}: {check_name(check.name)}", check.description):
                pass


def checks_box(checks: Mapping[str, Sequence[CheckResult]]) -> None:
    """Show every check of some tables, by the table's name; nothing where there is none."""
    counted = Counter(VERDICTS[check.verdict] for those in checks.values() for check in those)
    if not counted:
        return
    told = ", ".join(f"{counted[word]} {word.lower()}" for word in VERDICTS.values() if counted[word])
    with ui.expansion(f"Checks: {told}"):
        several = len(checks) > 1
        table(
            [*(["Of"] if several else []), "What was looked at", "Verdict", "What was found"],
            [
                [
                    *([of] if several else []),
                    check_name(check.name),
                    VERDICTS[check.verdict],
                    check.description,
                ]
                for of, those in checks.items()
                for check in those
            ],
        )
