"""A genome's own page by mouse: its figures, what is shown on request, and limits tried before they are kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

HEAD = (
    "##fileformat=VCFv4.2\n##source=SomeCaller\n##contig=<ID=1,length=248956422>\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=GT>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def genome(path: Path) -> Path:
    """Write 200 calls: GQ from 0 to 99, one in ten without GQ, one in twenty failing the filter, one set aside."""
    lines = ["Un_1\t5\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\n"]
    for number in range(200):
        verdict = "low" if number % 20 == 0 else "PASS"
        values = "GT:DP:AD\t0/1:30:15,15" if number % 10 == 5 else f"GT:DP:AD:GQ\t0/1:30:15,15:{number // 2}"
        lines.append(f"1\t{1_000_000 + 9000 * number}\t.\tA\tG\t50\t{verdict}\t.\t{values}\n")
    lines.append("1\t5000000\t.\tC\tT\t.\t.\t.\tGT:DP:GQ\t0/0:30:50\n")
    path.write_text(HEAD + "".join(lines))
    return path


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.long
def test_the_page_is_read_the_gate_opened_and_limits_are_tried_and_kept(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Genomes", exact=True).click()
    page.locator("input[type=file]").set_input_files(genome(tmp_path / "small.vcf"))
    page.get_by_label("Name of this genome").fill("small")
    page.get_by_text("More choices").click()
    page.get_by_label("Take exchanges of several neighbouring bases apart").click()
    page.get_by_role("button", name="Add this genome").click()
    page.locator(".pill", has_text="records read").wait_for()
    page.get_by_text("The file, and what became of its records").click()
    page.get_by_text("Taken apart into single bases").wait_for()
    page.get_by_role("link", name="Coverage, quality and limits").click()

    for title in (
        "What this file is",
        "How much of the genome it covers",
        "Quality",
        "What was left out",
        "Your limits",
    ):
        page.get_by_role("heading", name=title, exact=True).wait_for()
    page.get_by_text("SomeCaller").wait_for()
    page.locator(".tile", has_text="One letter changed").get_by_text("200", exact=True).wait_for()
    # The file's own line of the record that was set aside: five of the header, then the first.
    page.locator(".figures", has_text="Look at these lines").get_by_text("6", exact=True).wait_for()
    page.locator(".plot svg").first.wait_for()
    assert page.locator(".plot[aria-label]").count() == page.locator(".plot").count() >= 4

    assert page.get_by_text("It cannot be told from this file.").count() == 0
    page.get_by_role("button", name="Show me").click()
    page.get_by_text("It cannot be told from this file.").wait_for()

    preview = page.locator(".preview")
    preview.get_by_text("10 of 200 variants").wait_for()
    page.get_by_label("Genotype quality (GQ) below").fill("20")
    preview.get_by_text("20 not judged: no GQ given").wait_for()
    preview.get_by_text("36 by genotype quality (GQ)").wait_for()
    preview.get_by_text("44 of 200 variants").wait_for()
    page.get_by_role("button", name="Keep these limits").click()
    page.get_by_text("Kept.").wait_for()
    page.reload()
    expect(page.get_by_label("Genotype quality (GQ) below")).to_have_value(re.compile(r"^20"))
    preview.get_by_text("44 of 200 variants").wait_for()
    page.get_by_role("button", name="Use the limits in Settings").click()
    preview.get_by_text("10 of 200 variants").wait_for()

    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for width, height in ((1280, 860), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.reload()
            page.locator(".plot svg").first.wait_for()
            preview.get_by_text("10 of 200 variants").wait_for()
            page.screenshot(path=pictures / f"genome-page-{look}-{width}.png", full_page=True)
            assert fits(page), f"the page scrolls sideways at {width}"
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


@pytest.mark.long
def test_other_limits_for_no_difference_offer_another_reading(
    desktop: str, page: Page, seen: Seen, tmp_path: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    with page.expect_navigation():
        page.get_by_role("link", name="Genomes", exact=True).click()
    page.locator("input[type=file]").set_input_files(genome(tmp_path / "small.vcf"))
    page.get_by_label("Name of this genome").fill("small")
    page.get_by_role("button", name="Add this genome").click()
    page.locator(".pill", has_text="records read").wait_for()

    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Reads from which the file’s “no difference here” counts").or_(
        page.get_by_label("Reads from which the file's “no difference here” counts")
    ).fill("31")
    page.get_by_text("Kept.").wait_for()
    page.get_by_role("link", name="Genomes", exact=True).click()
    page.get_by_text("This genome should be read again").wait_for()
    page.get_by_role("link", name="Coverage, quality and limits").click()
    page.get_by_role("button", name="Read it again").click()
    page.get_by_text("a genotype quality of 20 and 31 reads").wait_for()
    assert page.get_by_text("This genome should be read again").count() == 0
    assert seen.complaints == []
