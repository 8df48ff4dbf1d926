"""A genome's structural variants, found and read by mouse in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_the_whole_path import Seen, drop, fits

pytestmark = pytest.mark.browser

RECORDS = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1
chr1\t1500001\t<b>first</b>\tG\t<DEL>\t812\tPASS\tSVLEN=-3211\tGT:GQ\t0/1:50
chr1\t135851076\t.\tN\t<DUP>\t88\tPASS\tEND=135852568\tGT:CN\t./1:6
"""


@pytest.mark.long
def test_structural_variants_are_found_filtered_opened_and_exported(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    genome = tmp_path / "genome.vcf"
    genome.write_text(RECORDS)
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.get_by_role("link", name="Genomes").click()
    drop(page, genome)
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_role("link", name="2 large changes").click()
    rows = page.locator(".ag-center-cols-container .ag-row")
    rows.get_by_text("135,851,076", exact=True).wait_for()
    rows.get_by_text("1,503,212", exact=True).wait_for()
    assert fits(page)
    page.screenshot(path=pictures / "structural.png")
    rows.filter(has_text="DUP").locator(".ag-cell").first.click()
    page.get_by_text("record 2, line 6").wait_for()
    page.get_by_role("button", name="Close").click()
    page.get_by_label("Search in the table").fill("first")
    page.get_by_text("1 of 2 rows").wait_for()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_text("As TSV, with tabs").click()
    name, text = download.value.suggested_filename, Path(download.value.path()).read_text()
    assert name.endswith("-sample-structural.tsv")
    assert len(text.splitlines()) == 2
    assert "<b>first</b>" in text
    page.set_viewport_size({"width": 390, "height": 800})
    assert fits(page)
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
