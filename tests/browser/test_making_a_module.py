"""A module made of a table that someone has, by mouse in a real browser: mended, tried, installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_the_whole_path import Seen, drop, fits

pytestmark = pytest.mark.browser

TABLE = """rsID,Gene,Chr,Position GRCh38,Ref,Alt,Genotype,What it says,PMID
rs4988235,MCM6,2,135851076,G,A,G/G,No copy <b>here</b>,11788828
rs4988235,MCM6,2,135851076,G,A,A/G,One copy,11788828
rs4988235,MCM6,2,135851076,G,A,A/A,Two copies,PMC11788828
"""
GENOME = """##fileformat=VCFv4.2
##contig=<ID=chr2,length=242193529>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1
chr2\t135851076\t.\tG\tA\t60\tPASS\t.\tGT\t0/1
"""
WORDS = {
    "Title": "Milk and me",
    "What it says, in a sentence": "Whether milk sugar is digested after childhood.",
    "Made by": "Nobody in particular",
    "Source of the facts": "Enattah et al. 2002",
    "Address of the source": "https://doi.org/10.1038/ng826",
}


@pytest.mark.long
def test_a_table_is_mended_tried_and_installed_as_a_module(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    table, genome = tmp_path / "milk.csv", tmp_path / "genome.vcf"
    table.write_text(TABLE)
    genome.write_text(GENOME)
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.get_by_role("link", name="Genomes").click()
    drop(page, genome)
    page.get_by_role("button", name="Add this genome").click()
    page.locator(".pill", has_text=re.compile("records? read")).wait_for()
    page.get_by_role("link", name="Store", exact=True).click()
    page.get_by_role("button", name="Make a module from a table").click()
    page.get_by_label("A file on this computer").fill(str(table))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("The first rows").wait_for()
    for label, words in WORDS.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_text("Nothing is missing.").wait_for()
    page.get_by_role("button", name="Check every row").click()
    page.get_by_text("1 thing to mend").wait_for()
    page.get_by_text("Row 4 · PMID").wait_for()
    assert page.get_by_role("button", name="Save and install").count() == 0
    page.screenshot(path=pictures / "author-findings.png", full_page=True)

    table.write_text(TABLE.replace("PMC", ""))
    page.get_by_role("button", name="Check every row").click()
    page.get_by_text("Every row is as it must be").wait_for()
    page.get_by_role("button", name="Try it").click()
    page.get_by_label("What it would say").get_by_text("One copy").wait_for()
    assert fits(page)
    page.screenshot(path=pictures / "author-tried.png", full_page=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as a wheel").click()
    assert download.value.suggested_filename == "genoteca_data_milk_and_me-1.0.0-py3-none-any.whl"
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=pictures / "author-dark.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 800})
    assert fits(page)
    page.screenshot(path=pictures / "author-narrow.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 860})
    page.get_by_role("button", name="Save and install").click()
    page.wait_for_url("**/store/milk-and-me")
    page.get_by_role("heading", name="Milk and me").wait_for()
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
