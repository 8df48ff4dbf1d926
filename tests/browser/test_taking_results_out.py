"""Everything known of a genome, taken out by mouse: as its own VCF with an index, and as a workbook."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.browser.test_the_whole_path import DEMO, Seen, fits

from genoteca.genome.stream import GenomeText

pytestmark = pytest.mark.browser


def downloaded(page: Page, button: str) -> tuple[str, Path]:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path())


def records(path: Path) -> list[list[bytes]]:
    with GenomeText(path) as text:
        text.header()
        return [line.split(b"\t") for block in text.blocks() for line in block.splitlines()]


def test_everything_is_exported_from_the_results_page_and_hidden_answers_stay_hidden(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**", timeout=3 * 60_000)  # installs, reads and looks up
    page.get_by_role("link", name="‹ Results").click()
    everything = page.get_by_role("button", name="Export everything")
    everything.wait_for()
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            everything.click()
            page.get_by_role("radio", name="VCF").click()
            page.get_by_role("radio", name="VCF", checked=True).wait_for()
            page.screenshot(path=pictures / f"export-{look}-{width}.png")
            page.get_by_role("button", name="Export", exact=True).click()
            page.get_by_text("The file is ready").wait_for()
            page.get_by_text("left out, hidden until you ask").wait_for()
            page.screenshot(path=pictures / f"exported-{look}-{width}.png")
            assert fits(page)
            if (look, width) != ("dark", 390):
                page.get_by_role("button", name="Close").click()
                page.get_by_text("The file is ready").wait_for(state="detached")
    name, file = downloaded(page, "Download")
    index_name, index = downloaded(page, "Download the index")
    assert (name, index_name) == ("demo-synthetic-all.vcf.gz", "demo-synthetic-all.vcf.gz.tbi")
    assert index.read_bytes()[:2] == b"\x1f\x8b"
    given, written = records(DEMO), records(file)
    assert [[*row[:7], *row[8:]] for row in written] == [[*row[:7], *row[8:]] for row in given]
    told = b"".join(row[7] for row in written)
    assert b"everyday_traits_conclusion=" in told
    assert b"leiden" not in told.lower()

    page.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 1280, "height": 860})
    page.get_by_role("button", name="Open").click()
    page.wait_for_url("**/everyday-traits")  # the page before has a button that exports everything
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_text("As VCF, beside your file's records").wait_for()
    page.screenshot(path=pictures / "export-menu.png")
    with page.expect_download() as download:
        page.get_by_text("As Excel").click()
    with zipfile.ZipFile(download.value.path()) as book:
        assert b"Not medical advice" in book.read("xl/worksheets/sheet2.xml")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
