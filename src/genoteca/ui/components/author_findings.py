"""What was found in the rows of a table: by row and column, what must be mended first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from genoteca.ui import words
from genoteca.ui.components.boxes import box, said, stack
from genoteca.ui.components.notice import notice

if TYPE_CHECKING:
    from genoteca.actions.drafts import CheckedDraft, RowFinding

__all__ = ["show_findings"]

MOST_SHOWN = 100


def show_findings(checked: CheckedDraft) -> None:
    """Show how many rows are good, and every thing that is not as it must be."""
    doubtful = len(checked.findings) - checked.wrong
    rows = f"{words.count(checked.good)} of {words.count(checked.read)} rows are as they must be."
    if checked.wrong:
        title = f"{words.count(checked.wrong)} {'thing' if checked.wrong == 1 else 'things'} to mend"
        with notice("warn", title, f"{rows} Correct them in your table, save it, and check again."):
            pass
    elif doubtful:
        count = f"{words.count(doubtful)} {'row' if doubtful == 1 else 'rows'}"
        with notice("info", f"It can be used; look at {count}", rows):
            pass
    else:
        with notice("good", "Every row is as it must be", rows):
            pass
    _references(checked)
    if checked.findings:
        with box("findings").props("role=list aria-label='What was found'"):
            for finding in checked.findings[:MOST_SHOWN]:
                _line(finding)
        if len(checked.findings) > MOST_SHOWN:
            said(f"{words.count(len(checked.findings) - MOST_SHOWN)} more, once these are mended.", "faint")


def _references(checked: CheckedDraft) -> None:
    compared = " and ".join(checked.compared)
    said(
        f"The reference alleles were compared with the sequence of {compared}."
        if compared
        else "The reference alleles were not compared with the genome build's sequence: the module Reference "
        "sequence is not prepared for it.",
        "faint",
    )


def _line(finding: RowFinding) -> None:
    wrong = finding.level == "wrong"
    with box(f"finding {'wrong' if wrong else 'doubtful'}").props("role=listitem"):
        ui.icon("error" if wrong else "help").props(f"role=img aria-label={'Wrong' if wrong else 'Doubtful'}")
        with stack("tight grow"):
            said(f"Row {words.count(finding.line)} · {finding.column}", "strong")
            given = f"“{finding.given}”" if finding.given is not None else "Nothing"
            said(f"{given} stands there. Expected: {finding.expected}.")
            said(finding.hint, "faint")
