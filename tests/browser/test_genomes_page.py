"""Genomes by mouse and keyboard: dropped anywhere, looked at before they are kept, described, and two compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import MINUTE, Seen

pytestmark = pytest.mark.browser

HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=GT>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}\n"
)


def genome(path: Path, name: str, genotypes: dict[int, str]) -> Path:
    """Write a file with one call A>G per place."""
    lines = [f"1\t{pos}\t.\tA\tG\t50\tPASS\t.\tGT:DP:GQ\t{gt}:30:60\n" for pos, gt in sorted(genotypes.items())]
    path.write_text(HEAD.format(name=name) + "".join(lines))
    return path


def drop(page: Page, *paths: Path, only_over: bool = False) -> None:
    """Drag files of this computer into the middle of the window, as a hand does, and let them go."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", *([] if only_over else ["drop"])):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})


def test_files_dropped_anywhere_are_looked_at_added_described_and_compared(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    anna = genome(tmp_path / "anna.vcf", "ANNA", {1000: "0/1", 2000: "1/1", 3000: "0/1", 4000: "0/0"})
    ben = genome(tmp_path / "ben.vcf", "BEN", {1000: "0/1", 2000: "0/1", 3000: "./.", 4000: "1/1"})
    (tmp_path / "reads.bam").write_bytes(b"BAM\1")
    (tmp_path / "a folder").mkdir()
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.goto(f"{desktop.split('/?')[0]}/settings")
    page.get_by_role("heading", name="Settings", exact=True).wait_for()

    drop(page, anna, only_over=True)
    page.get_by_text("Drop it to look at it").wait_for()
    page.screenshot(path=pictures / "drop-over.png")
    drop(page, anna, tmp_path / "a folder", tmp_path / "reads.bam", ben)
    page.get_by_text("This is a folder.").wait_for()
    page.get_by_text("These are raw reads of a sequencer.").wait_for()
    page.screenshot(path=pictures / "drop-refused.png")
    expect(page.locator(".drop-anywhere .close")).to_be_focused()
    page.keyboard.press("Enter")

    page.get_by_text("1 more file after this").wait_for()
    page.get_by_text("Reading takes").wait_for()
    page.get_by_text("assumed: nothing like it was read here yet").wait_for()
    page.get_by_text("Up to 67 MB for its tables").wait_for()
    page.get_by_text("GRCh38:").wait_for()
    page.screenshot(path=pictures / "drop-preview.png", full_page=True)
    page.get_by_role("button", name="Add this genome").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of this genome")).to_have_value("BEN")
    page.get_by_label("Name of this genome").fill("Ben 2026")
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_role("heading", name="Drop a genome file here").or_(
        page.get_by_text("Drop a genome file here")
    ).wait_for()
    expect(page).to_have_url(f"{desktop.split('/?')[0]}/genomes")

    page.get_by_role("heading", name="Your genomes").wait_for()
    expect(page.locator(".pill", has_text="records read")).to_have_count(2, timeout=MINUTE)
    whose = page.get_by_role("button", name=re.compile("^Genome: "))  # in the header, without another page
    expect(whose).to_contain_text("me / Ben 2026")
    page.get_by_role("button", name="Describe Ben 2026: names, sex, notes").click()
    page.get_by_label("Name of this genome").fill("Ben")
    page.get_by_label("Whose it is to you").fill("my brother")
    page.get_by_label("Chromosomal sex").click()
    page.get_by_role("option", name="Male (XY)").click()
    page.get_by_text("One X and one Y").wait_for()
    page.get_by_text("Nothing has to be made again.").wait_for()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("me (my brother)").wait_for()
    expect(whose.get_by_text("me / Ben", exact=True)).to_be_visible()
    page.screenshot(path=pictures / "genomes-two.png", full_page=True)

    page.get_by_role("button", name="Compare Ben with another genome").click()
    page.get_by_role("combobox", name="Second genome").click()
    page.get_by_role("option", name="me / ANNA").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator(".tile", has_text="Same genotype").get_by_text("1", exact=True).wait_for()
    page.get_by_text("1 are only in Ben: for 1 the file of ANNA states another genotype").wait_for()
    page.get_by_text("1 are in ANNA, and the file of Ben cannot speak of them: it made no call at 1").wait_for()
    page.get_by_text("Of 3 differences of which both files state a genotype, 1 (33.33%)").wait_for()
    page.get_by_text("3 rows").wait_for()
    page.locator(".ag-cell", has_text="the first cannot say").wait_for()
    assert page.get_by_text("It cannot be told from these two files").count() == 0
    page.get_by_role("button", name="Show me").click()
    page.get_by_text("It cannot be told from these two files").wait_for()
    page.screenshot(path=pictures / "compare.png", full_page=True)
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
