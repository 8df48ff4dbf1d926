"""Runs, settings and help: with the mouse, with the keyboard, and as narrow as a phone."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page

from genoteca.engine.index import RunIndex
from genoteca.engine.outside_log import OutsideLog
from genoteca.model.outside import Asked
from genoteca.model.run import Line, LineKind, Run, RunKind, RunRequest, RunStatus

pytestmark = pytest.mark.browser

MANY = 1200
TROUBLE = {
    "title": "The download did not succeed",
    "message": "It could not be fetched: rs429358 of ludmila is C/T.",
    "hint": "Check the network and start the run again.",
    "detail": 'File "/data/ludmila/genome.vcf", line 3',
}


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def fill(home: Path) -> Run:
    """Make a data folder with many runs, the last of them failed, and two pages of requests; gives the last run."""
    start = datetime.now(UTC) - timedelta(days=30)
    runs = [_run(number, start + timedelta(minutes=number)) for number in range(MANY)]
    index, log = RunIndex(home / "app.db"), OutsideLog(home / "app.db")
    index.restore(runs)
    last = runs[-1]
    for kind, asset, at in (
        (LineKind.STARTED, "clinvar/annotations", 1),
        (LineKind.DONE, "clinvar/annotations", 4),
        (LineKind.STARTED, "everyday-traits/annotations", 4),
        (LineKind.FAILED, "everyday-traits/annotations", 9),
    ):
        time = (last.started or start) + timedelta(seconds=at)
        index.add_line(Line(run_id=last.id, seq=0, time=time, kind=kind, asset=asset, detail={"rows": 7}))
    for number in range(30):
        log.add(Asked(f"https://example.org/{number}", number, "200"), purpose="Data of ClinVar")
    (home / "cache" / "fetch").mkdir(parents=True)
    (home / "cache" / "fetch" / "a.bin").write_bytes(b"0" * 3_000_000)
    return last


def _run(number: int, begun: datetime) -> Run:
    failed = number == MANY - 1
    modules = ["clinvar", "everyday-traits"] if number % 2 else ["clinvar"]
    assets = [[module, "annotations"] for module in modules]
    return Run(
        id=str(uuid.uuid4()),
        request=RunRequest(kind=RunKind.ANNOTATE, partition="anna/g1", assets=assets, modules=modules),
        status=RunStatus.FAILED if failed else RunStatus.SUCCEEDED,
        queued=begun,
        started=begun,
        ended=begun + timedelta(seconds=10),
        failed_assets={"everyday-traits/annotations": TROUBLE} if failed else {},
    )


def test_help_runs_and_settings_are_used_with_mouse_keyboard_and_on_a_phone(
    opened: Callable[[Path], AbstractContextManager[str]], page: Page, seen: Seen, tmp_path: Path
) -> None:
    """One desktop for all of it: starting one takes longer than most of what is done here."""
    last = fill(tmp_path / "home")
    with opened(tmp_path / "home") as address:
        take_the_tour(page, address)
        look_into_runs(page, last)
        use_the_settings(page, tmp_path / "home")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def take_the_tour(page: Page, address: str) -> None:
    """Walk it with keys, leave it, take it again at the width of a phone; then search the help."""
    page.goto(address.replace("/?", "/welcome?"))
    offered = page.get_by_role("button", name="Take the tour")
    offered.press("Enter")
    card = page.get_by_role("dialog")
    for number in range(1, 6):
        card.get_by_text(f"Step {number} of 5").wait_for()
        assert page.locator(".tour-ring").is_visible()
        assert page.evaluate("document.activeElement.id") == "tour-title"
        assert page.locator(".tour-act").last.evaluate("one => getComputedStyle(one).display") == "block"
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    offered.wait_for(state="hidden")
    page.reload()
    page.get_by_role("button", name="Try it with the demo genome").wait_for()
    assert offered.count() == 0

    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("link", name="Help on this page").click()
    page.get_by_role("heading", name="First steps").wait_for()
    page.get_by_role("link", name="‹ All help").click()
    offered.click()
    for number in range(1, 6):
        card.get_by_text(f"Step {number} of 5").wait_for()
        inside, ring = card.bounding_box(), page.locator(".tour-ring").bounding_box()
        assert inside
        assert ring
        assert 0 <= inside["x"] <= inside["x"] + inside["width"] <= 390
        assert 0 <= inside["y"] <= inside["y"] + inside["height"] <= 800
        apart = inside["y"] + inside["height"] <= ring["y"] or ring["y"] + ring["height"] <= inside["y"]
        assert apart, f"step {number} lies over what it points at"
        card.get_by_role("button", name="Done" if number == 5 else "Next").click()
    card.wait_for(state="detached")

    page.get_by_label("Search the help").fill("gvcf")
    page.locator(".found-help").get_by_role("link", name="gVCF", exact=True).click()
    page.wait_for_url("**/help/glossary#gvcf")
    page.wait_for_function("document.activeElement.id === 'gvcf'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 860})


def look_into_runs(page: Page, last: Run) -> None:
    """Narrow down, turn pages, come back by the address, open the steps, one run, and what can be done with it."""
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_text(f"1–50 of {MANY:,} runs").wait_for()
    page.get_by_role("button", name="Older").click()
    page.get_by_text(f"51–100 of {MANY:,} runs").wait_for()
    assert "page=1" in page.url
    page.get_by_label("Search runs").fill("traits")
    page.get_by_text(f"1–50 of {MANY // 2:,} runs").wait_for()
    page.get_by_role("button", name=re.compile("^Failed 1")).press("Enter")
    page.get_by_text("1–1 of 1 run").wait_for()
    page.reload()
    page.get_by_text("1–1 of 1 run").wait_for()

    page.get_by_role("button", name=re.compile("^Steps of")).press("Enter")
    bars = page.locator(".timeline").get_by_role("img")
    bars.first.wait_for()
    told = [bars.nth(at).get_attribute("aria-label") for at in (0, 1)]
    assert told == ["From 1.0 s to 4.0 s of 9.0 s", "From 4.0 s to 9.0 s of 9.0 s"]

    page.locator(".run-line").get_by_role("link").press("Enter")
    page.wait_for_url(f"**/runs/{last.id}")
    page.get_by_text("The request as it is kept").click()
    page.locator(".raw", has_text='"kind": "annotate"').wait_for()
    page.get_by_role("button", name="Copy for a bug report").click()
    report = page.get_by_role("region", name="The text that will be copied")
    report.wait_for()
    assert not re.search("rs429358|ludmila|C/T|genome.vcf", report.inner_text())
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open in Dagster").click()
    page.locator(".sheet", has_text=f"/runs/{last.id}").get_by_text("dagster-ui").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run again").click()
    page.locator(".sheet", has_text="It cannot be run again").wait_for()
    page.keyboard.press("Escape")


def use_the_settings(page: Page, home: Path) -> None:
    """Count, clean, save and clear the list, and write numbers in another way."""
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_text("1–25 of 30 requests").wait_for()
    page.get_by_role("button", name="Count what it takes").click()
    page.get_by_text(re.compile("in all; .* are free")).wait_for()
    page.get_by_role("button", name="Clean the cache").click()
    page.get_by_text("Downloads of reference data: 3.0 MB").wait_for()
    page.get_by_role("button", name="Empty what is ticked").click()
    page.get_by_role("button", name="Free 3.0 MB").click()
    page.get_by_text("3.0 MB were freed.").wait_for()
    assert not (home / "cache" / "fetch").exists()

    with page.expect_download() as download:
        page.get_by_role("button", name="Save the list").click()
    download.value.save_as(home.parent / "list.csv")
    with (home.parent / "list.csv").open(newline="") as file:
        assert [row["address"] for row in csv.DictReader(file)][::29] == [
            "https://example.org/0",
            "https://example.org/29",
        ]
    page.get_by_role("button", name="Clear the list").click()
    page.get_by_role("button", name="Clear it").click()
    page.get_by_text("Nothing was asked so far.").wait_for()

    page.get_by_label("Numbers and dates").click()
    with page.expect_navigation():
        page.get_by_role("option", name=re.compile(r"^1 234 567\.8")).click()
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_text("1–50 of 1\u202f200 runs").wait_for()
    page.get_by_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d · took 10 s")).first.wait_for()
