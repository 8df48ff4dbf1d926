"""A report section and a module's own filters on a page: every word shown as text, one click a filter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from genoteca.actions.view import Trouble
from genoteca.actions.views import ReportCard
from genoteca.model.evidence import Evidence
from genoteca.model.filter import Condition, Operator
from genoteca.model.report import Citation, ReportFinding, ReportSection, Tone
from genoteca.model.smart_filter import SmartFilter
from genoteca.ui.components.report import AT_FIRST, report_box
from genoteca.ui.components.smart_chips import SmartChips

HOSTILE = "<img src=x onerror=alert(1)>"
FINDING = ReportFinding(
    title=f"CFTR {HOSTILE}",
    text="One copy.",
    details=("7:117559590 ATCT>A",),
    tone=Tone.CAUTION,
    evidence=(Evidence.CALLED,),
    citations=(Citation(text="ClinVar 7105", url="https://www.ncbi.nlm.nih.gov/clinvar/variation/7105/"),),
)
SECTION = ReportSection(
    title="Carrier screening",
    lead=f"200 alleles were looked up. {HOSTILE}",
    findings=(FINDING,) * (AT_FIRST + 2),
    not_told=("SMN1: copies are not counted.",),
    paragraphs=("Nothing found is not nothing there.",),
)


@pytest.fixture
async def person() -> AsyncIterator[User]:
    async with user_simulation() as user:
        yield user


async def test_a_report_is_shown_as_text_with_its_denominator_evidence_and_what_was_not_told(person: User) -> None:
    @ui.page("/told")
    def told() -> None:
        card = ReportCard(module="x", title="X", section=SECTION, out_of_date="ClinVar was looked up again")
        report_box(card)

    await person.open("/told")
    for text in (SECTION.lead, FINDING.title, "Called", "ClinVar 7105", "2 more findings", "Out of date"):
        await person.should_see(text)
    for text in ("What could not be told", "How to read it", "ClinVar was looked up again"):
        await person.should_see(text)
    labels = [label.text for label in person.find(ui.label).elements]
    assert labels.count(FINDING.title) == AT_FIRST + 2


async def test_a_report_that_is_not_there_says_why(person: User) -> None:
    @ui.page("/missing")
    def missing() -> None:
        report_box(ReportCard(module="x", title="X", trouble=Trouble(title="Not written", message="It failed.")))

    await person.open("/missing")
    await person.should_see("Not written")
    await person.should_see("It failed.")


async def test_chips_narrow_together_and_let_go(person: User) -> None:
    where = Condition(column="evidence", op=Operator.EQUAL, value="called")
    filters = [
        SmartFilter(name=name, label=label, description="Only some of the rows.", where=where)
        for name, label in (("noted", "Of note"), ("unclear", "Not looked at"))
    ]
    seen: list[list[str]] = []

    @ui.page("/chips")
    def chips() -> None:
        made = SmartChips(filters, lambda names: seen.append(list(names)))
        ui.button("Clear", on_click=made.release)

    await person.open("/chips")
    person.find(marker="filter-unclear").click()
    person.find(marker="filter-noted").click()
    person.find(marker="filter-unclear").click()
    person.find("Clear").click()
    assert seen == [["unclear"], ["noted", "unclear"], ["noted"], []]
