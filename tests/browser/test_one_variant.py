"""One variant's page, by mouse and by keyboard: its answers, a note, what stays closed, and the way to the next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_the_whole_path import Seen, fits

pytestmark = pytest.mark.browser

LACTASE, LEIDEN = "2-135851076-G-A", "1-169549811-C-T"


def test_a_variant_is_read_noted_opened_and_left_for_the_next(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**", timeout=3 * 60_000)
    walk(page, desktop.split("/?")[0], "demo/synthetic", pictures)
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def walk(page: Page, base: str, key: str, pictures: Path) -> None:
    """Go the whole way through the pages of variants of the demo genome; its table of traits is open."""
    # by mouse: from a row of the table to the page of its variant
    page.get_by_label("Search in the table").fill("rs4988235")
    page.get_by_text("1 of 51 rows").wait_for()
    page.locator(".ag-center-cols-container .ag-row", has_text="Lactase").click()
    page.get_by_role("link", name="Everything about this variant").click()
    page.wait_for_url(f"**/variant/**/{LACTASE}?from=everyday-traits&row=*")
    page.get_by_role("heading", name="2:135,851,076 G → A").wait_for()
    page.get_by_text("Your file has this allele or genotype").first.wait_for()
    page.get_by_text("demo-genome.vcf.gz: record 10, line 49").wait_for()
    assert page.locator(".record .own").inner_text().split()[-4:] == ["DP", "38", "GQ", "99"]
    assert page.locator("svg.lineage-picture.wide-only").get_attribute("role") == "img"
    assert page.locator("svg.wide-only text.title").all_text_contents()[:3] == [
        "File",
        "Variants",
        "Reference release",
    ]
    page.get_by_text("The same in words").click()
    page.locator(".lineage").get_by_text("row 5 of the variants table").wait_for()
    outside = page.locator(".variant a[target=_blank]", has_text="rs4988235").first
    assert outside.get_attribute("rel") == "noopener noreferrer"
    page.get_by_text("What the signs mean").click()
    for name in ("Answered", "Reference", "Inferred", "Not callable", "Not applicable", "Looked up and absent"):
        page.locator(".sign", has_text=name).first.wait_for()

    # by keyboard: a note with a tag
    page.get_by_role("button", name="Write a note").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Note", exact=True).fill("Milk <b>every</b> morning")
    page.keyboard.press("Tab")
    page.keyboard.type("food, check")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Milk <b>every</b> morning").wait_for()
    assert page.locator(".notes .pill div").all_inner_texts() == ["food", "check"]
    with page.expect_download() as taken:
        page.get_by_role("button", name="Export your note").click()
    assert "Milk <b>every</b> morning,food; check" in taken.value.path().read_text()
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            assert fits(page)
            page.screenshot(path=pictures / f"variant-{look}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})

    # on to the next variant of the list, and back to the list: the note stands beside its row
    page.get_by_role("link", name="Next variant ›").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/variant/(?!.*{LACTASE}).*from=everyday-traits"))
    page.locator(".variant .h1").wait_for()
    page.get_by_role("link", name="‹ Back to the list").click()
    page.get_by_label("Search in the table").fill("rs4988235")
    page.get_by_text("1 of 51 rows").wait_for()
    page.locator(".ag-center-cols-container .ag-row", has_text="Lactase").click()
    page.locator(".note-chips", has_text="food").wait_for()
    page.screenshot(path=pictures / "variant-drawer.png")

    # what stays closed tells nothing until it is opened
    page.goto(f"{base}/variant/{key}/{LEIDEN}")
    show = page.get_by_role("button", name="Show me")
    show.wait_for()
    assert page.locator(".genotype").count() == 0
    assert "record" not in page.locator(".variant").inner_text().lower()
    page.screenshot(path=pictures / "variant-closed.png")
    show.focus()
    page.keyboard.press("Enter")
    page.locator(".genotype").wait_for()
