"""A list of one's own, chosen by mouse, its columns picked, and what it says read in the results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_the_whole_path import Seen, drop, fits

pytestmark = pytest.mark.browser

GENOME = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1
chr1\t1000100\t.\tA\tG\t50\tPASS\t.\tGT\t0/1
chr1\t1000200\t.\tC\tT\t50\tPASS\t.\tGT\t1/1
"""
LIST = """chrom\tposition\tref\talt\tscore\t<b>note</b>\tother
1\t1000100\tA\tG\t0.5\t=mine\tx
1\t1000200\tC\tA\t0.7\tanother allele\ty
"""


@pytest.mark.long
def test_a_list_is_chosen_understood_and_looked_up(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    genome, listed = tmp_path / "genome.vcf", tmp_path / "list.tsv"
    genome.write_text(GENOME)
    listed.write_text(LIST)
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.get_by_role("link", name="Genomes").click()
    drop(page, genome)
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_role("link", name="Store").click()
    page.get_by_role("link", name="My reference").click()
    page.get_by_role("button", name="Install").click()
    page.get_by_label(re.compile("A VCF, BCF")).fill(str(listed))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("It cannot be used yet").wait_for()
    assert page.get_by_role("button", name="Keep these settings").is_disabled()
    page.screenshot(path=pictures / "own-file-missing.png", full_page=True)
    page.get_by_label("Genome build", exact=True).click()
    page.get_by_role("option", name="GRCh38").click()
    page.get_by_text("GRCh38. You said so.").wait_for()
    first = page.get_by_role("region", name="The first rows of the file")
    assert first.get_by_text("Chromosome").count() == 1
    assert first.get_by_text("<b>note</b>").count() == 1
    page.get_by_label("Keep other").click()
    page.get_by_text("2 of 3 kept").wait_for()
    page.set_viewport_size({"width": 390, "height": 800})
    assert fits(page)
    page.screenshot(path=pictures / "own-file-narrow.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})
    page.get_by_role("button", name="Keep these settings").click()
    page.get_by_text("Kept. What was annotated before is now out of date.").wait_for()
    page.get_by_role("tab", name="What it says").click()
    page.get_by_text("What the file says under score.").wait_for()
    assert page.get_by_text("What the file says under other.").count() == 0
    page.get_by_role("link", name="Genomes").click()
    page.get_by_role("button", name="Annotate").click()
    page.get_by_role("button", name="Annotate").click()
    page.get_by_role("button", name="See the results").click()
    page.get_by_role("button", name="Open").click()
    rows = page.locator(".ag-center-cols-container .ag-row")
    rows.get_by_text("=mine", exact=True).wait_for()
    rows.get_by_text("1,000,100", exact=True).wait_for()
    assert rows.count() == 1
    assert fits(page)
    page.screenshot(path=pictures / "own-file-results.png")
    page.get_by_role("link", name="Store").click()
    page.get_by_role("link", name="My reference").click()
    page.get_by_text("What became of its rows (GRCh38)").wait_for()
    page.get_by_role("button", name="Another file beside it").click()
    page.get_by_label("What it shall be called").fill("Lab list")
    page.screenshot(path=pictures / "own-file-another.png")
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="Lab list").wait_for()
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
