"""The explorer by mouse and by keyboard: rows, jump, filters, genes, columns, what is closed, what is kept."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.test_the_whole_path import Seen, fits

pytestmark = pytest.mark.browser

KEY = "demo/synthetic"
POSITION = '.explorer .ag-header-row-column .ag-header-cell[col-id="pos"]'
ROWS = ".explorer .ag-center-cols-container .ag-row"


DRAWN = """() => {
    const shapes = { called: "answered" }, words = { called: "Called" };
    const silent = { variant: { text: "looked up, not in it", shape: "looked-up-and-absent", why: "Not listed." } };
    const params = { kind: "evidence", words, shapes, silent, filtered: "x_filtered" };
    const data = { row_kind: "variant", x_filtered: true };
    const told = window.explorer.cell({ ...params, data, value: "called" });
    const none = window.explorer.cell({ ...params, data: { row_kind: "variant" }, value: null });
    return [told.textContent, told.firstChild.className, none.textContent, none.firstChild.className, none.title];
}"""
ANSWER_SHOWN = "explorer.state().api.getColumn('everyday_traits_evidence').isVisible()"
LAID_OUT = "document.querySelector('[data-explorer]').addEventListener('layout', () => { window.laidOut = true; })"
WRITTEN = """() => {
    const { figures, share } = window.cells, english = [figures(1234.5)], body = document.body;
    body.dataset.formats = "iso-comma";
    english.push(figures(1234.5));
    body.dataset.formats = "english";
    return [...english, share(0.00004)];
}"""


def explored(desktop: str, page: Page, query: str = "") -> None:
    base = "{0.scheme}://{0.netloc}".format(urlsplit(desktop))
    page.goto(f"{base}/explore/{KEY}{query}")
    page.locator(f"{ROWS} .ag-cell").first.wait_for()


FAR_DOWN = """
() => {
  const { api } = explorer.state(), last = api.getDisplayedRowCount() - 1;
  api.ensureIndexVisible(last, "bottom");
  api.setFocusedCell(last, "genotype");
  return document.querySelector(".explorer .ag-body-viewport").scrollTop;
}
"""
TOP = "[document.querySelector('.explorer .ag-body-viewport').scrollTop, explorer.state().api.getFocusedCell()]"


def test_everything_of_a_genome_is_explored_in_one_table(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**", timeout=3 * 60_000)  # installs, reads and looks up
    explored(desktop, page)
    count = page.get_by_text("more at sites where you carry nothing")
    count.wait_for()
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            page.screenshot(path=pictures / f"explore-{look}-{width}.png")
            assert fits(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 860})

    # by keyboard: jump, Enter on the row it found, Escape
    jump = page.get_by_label("Jump to a gene, an rsID, a place or a variant")
    jump.fill("rs1801133")
    jump.press("Enter")
    page.get_by_text("At rs1801133.").wait_for()
    page.locator(".explorer .jumped-to").first.wait_for()
    page.keyboard.press("Tab")
    page.locator(".explorer .ag-cell-focus").press("Enter")
    page.get_by_role("link", name="Everything about this variant").wait_for()
    assert "/variant/demo/synthetic/1-11796321-" in str(
        page.get_by_role("link", name="Everything about this variant").get_attribute("href")
    )
    drawer = page.get_by_role("document")
    expect(drawer.get_by_text("MTHFR · rs1801133")).to_be_visible()
    expect(drawer.get_by_text("Key", exact=True)).to_be_hidden()
    drawer.get_by_text("Details for researchers").click()
    expect(drawer.get_by_text("Key", exact=True)).to_be_visible()
    page.screenshot(path=pictures / "explore-row.png")
    page.get_by_role("link", name="Everything about this variant").click()
    page.get_by_role("link", name="‹ Back to the explorer").click()
    page.wait_for_url(f"**/explore/{KEY}")
    page.locator(f"{ROWS} .ag-cell").first.wait_for()
    page.locator(f"{ROWS} .ag-cell").first.click()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Everything about this variant").wait_for(state="detached")

    # another order begins at its top, wherever one was; the row in focus is not fetched from afar
    assert page.evaluate(FAR_DOWN) > 0
    page.locator(".ag-header-cell[col-id=genotype] .ag-header-cell-label").click()
    page.locator(".explorer .ag-header-cell[col-id=genotype][aria-sort=ascending]").wait_for()
    page.locator(f"{ROWS}[row-index='0'] .ag-cell").first.wait_for()
    assert page.evaluate(TOP) == [0, None]
    page.get_by_role("button", name="Back to the genome's order").click()
    page.locator(".explorer .ag-header-cell[col-id=genotype][aria-sort=none]").wait_for()

    # sites, genes
    page.get_by_role("switch", name="Also sites where you carry nothing").click()
    count.wait_for(state="detached")
    page.wait_for_url("**sites=1**")
    page.locator(".explorer .ag-row.site-row").first.wait_for()
    stated = page.locator(".explorer .site-row .evidence", has_text="Reference").first.locator(".shape")
    assert str(stated.get_attribute("class")) == "shape reference"
    drawn = page.evaluate(DRAWN)
    assert drawn[:2] == ["Called· filtered", "shape answered"]
    assert drawn[2:] == ["looked up, not in it", "shape looked-up-and-absent", "Not listed."]
    assert page.evaluate(WRITTEN) == ["1,234.5", "1\u202f234,5", "1 in 25,000"]
    page.get_by_role("switch", name="By gene").click()
    heading = page.locator(".gene-heading").first
    heading.wait_for()
    heading.click()
    page.locator('.gene-heading[aria-expanded="true"]').wait_for()
    page.get_by_role("switch", name="By gene").click()
    page.locator(".gene-heading").first.wait_for(state="detached")

    the_columns_are_ones_own(page)

    # what is closed is found by nobody
    search = page.get_by_label("Search every text")
    search.fill("leiden")
    page.get_by_text("0 of 46 rows").wait_for()
    search.fill("lactase")
    page.get_by_text("2 of 46 rows").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_text("As CSV, for a spreadsheet").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    assert [row["pos"] for row in rows] == ["135851076", "135851081"]
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text("46 rows", exact=True).wait_for()
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}

    # a filter in the address, edited in the builder, saved; it and the order are there after a reload
    where = {"and": [{"column": "zygosity", "op": "=", "value": "homozygous"}]}
    explored(desktop, page, f"?where={quote(json.dumps(where))}")
    page.get_by_text("Only rows where Zygosity is homozygous.").wait_for()
    page.get_by_role("button", name="Filter", exact=True).click()
    page.locator(".builder .live", has_text="4").first.wait_for()
    page.get_by_role("checkbox", name="not").nth(1).click()
    page.locator(".builder .live", has_text="23").first.wait_for()
    page.screenshot(path=pictures / "explore-filter.png")
    page.get_by_role("button", name="Show these rows").click()
    page.get_by_text("Only rows where not (Zygosity is homozygous).").wait_for()
    page.get_by_role("button", name="Saved").click()
    page.get_by_role("button", name="Save this filter").click()
    page.get_by_label("Name").fill("Not twice")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as “Not twice”.").wait_for()
    page.locator(POSITION).click()
    expect(page.locator(POSITION)).to_have_attribute("aria-sort", "ascending")
    page.locator(POSITION).click()
    expect(page.locator(POSITION)).to_have_attribute("aria-sort", "descending")
    page.reload()
    page.get_by_text("Only rows where not (Zygosity is homozygous).").wait_for()
    expect(page.locator(POSITION)).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Saved").click()
    page.get_by_role("button", name="Not twice", exact=True).wait_for()
    assert seen.complaints == []


def title(page: Page, column: str) -> Locator:
    return page.locator(f'.explorer .ag-header-row-column .ag-header-cell[col-id="{column}"]')


def the_columns_are_ones_own(page: Page) -> None:
    """Copy a cell, pin a column, hide others by their module, and take a saved layout on again."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell = page.locator('.explorer .ag-row[row-index="0"] .ag-cell[col-id="ref"]')
    expect(cell).to_have_text(re.compile("^[ACGT]+$"))
    written = cell.inner_text()
    page.evaluate("explorer.state().api.setFocusedCell(0, 'ref')")
    page.keyboard.press("Control+C")
    page.get_by_text("The cell is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == written

    # what a title means, by keyboard: up from a cell, on to the glossary and back
    page.evaluate("explorer.state().api.setFocusedCell(0, 'genotype')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#title-meaning")).to_contain_text("Both of your alleles at a place")
    page.keyboard.press("?")
    expect(page.locator("#title-meaning").get_by_role("link", name="In the glossary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(title(page, "genotype")).to_be_focused()
    expect(page.get_by_role("tooltip")).to_have_count(0)

    # dragged to the left edge
    page.evaluate(LAID_OUT)
    pinned = page.locator('.explorer .ag-pinned-left-header .ag-header-row-column .ag-header-cell[col-id="alt"]')
    assert pinned.count() == 0
    edge = page.locator(POSITION).bounding_box()
    grip = title(page, "alt").bounding_box()
    assert edge
    assert grip
    page.mouse.move(grip["x"] + 30, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + 14, steps=12)
    pinned.wait_for()
    page.mouse.up()
    page.wait_for_function("window.laidOut")

    page.get_by_role("button", name="Saved").click()
    page.get_by_role("button", name="Save this layout").click()
    page.get_by_label("Name").fill("Changed letter first")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved as “Changed letter first”.").wait_for()

    # by module: the file's own, and a module's under its title
    page.get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    chooser.get_by_text("Everyday traits", exact=True).wait_for()
    chooser.get_by_label("Find a column").fill("everyday traits")
    evidence = chooser.get_by_role("checkbox", name="Evidence", exact=True)
    expect(evidence).to_have_count(1)  # of the module that was typed
    evidence.click()
    page.wait_for_function(f"!{ANSWER_SHOWN}")
    chooser.get_by_label("Find a column").fill("reference")
    chooser.get_by_role("checkbox", name="Reference allele", exact=True).click()
    expect(title(page, "ref")).to_have_count(0)
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Saved").click()
    page.get_by_role("button", name="Changed letter first", exact=True).click()
    title(page, "ref").wait_for()
    page.wait_for_function(ANSWER_SHOWN)
    pinned.wait_for()
