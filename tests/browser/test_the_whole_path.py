"""The whole path by mouse in a real browser: install, add a genome, annotate, open a row, export."""

from __future__ import annotations

import csv
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from genoteca.settings import assets_folder

DEMO = assets_folder() / "demo" / "demo-genome.vcf.gz"

pytestmark = pytest.mark.browser


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


@pytest.fixture
def as_for_a_user(tmp_path: Path, opened: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """Address, with its key, of a desktop as a user has it, on an empty data folder."""
    with opened(tmp_path / "home", standby=True) as address:
        yield address


def drop(page: Page, path: Path) -> None:
    """Drop a file on the page as a mouse does."""
    page.locator(".drop").wait_for()
    page.evaluate(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name));
            const how = { dataTransfer: carried, bubbles: true, cancelable: true };
            const zone = document.querySelector(".drop");
            for (const kind of ["dragenter", "dragover", "drop"]) zone.dispatchEvent(new DragEvent(kind, how));
        }""",
        [path.name, b64encode(path.read_bytes()).decode()],
    )


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_install_add_annotate_open_a_row_and_export_by_mouse(
    as_for_a_user: str, page: Page, seen: Seen, pictures: Path
) -> None:
    def picture(name: str) -> None:
        page.screenshot(path=pictures / f"{name}.png")

    page.emulate_media(reduced_motion="no-preference")  # also what moves is as for a user
    page.goto(as_for_a_user)
    page.get_by_role("button", name="I understand").click()
    picture("1-welcome")

    page.get_by_role("link", name="Store").click()
    traits = page.locator(".module-card", has_text="Everyday traits")
    traits.get_by_role("button", name="Install").click()
    traits.get_by_text("Installed").wait_for()
    picture("2-store")

    page.get_by_role("link", name="Genomes").click()
    drop(page, DEMO)
    page.get_by_label("Name of this genome").fill("First one")
    picture("3-preview")
    page.get_by_role("button", name="Add this genome").click()
    page.locator(".pill", has_text="records read").wait_for()
    picture("4-genome")

    page.get_by_role("button", name="Annotate").click()
    page.get_by_label("Look up with Everyday traits").wait_for()
    page.get_by_role("button", name="Annotate").click()
    page.get_by_role("button", name="See the results").wait_for()
    picture("5-annotated")
    page.get_by_role("button", name="See the results").click()
    page.get_by_role("button", name="Open").click()

    rows = page.locator(".ag-center-cols-container .ag-row")
    rows.get_by_text("Duffy positive").wait_for()
    picture("6-table")
    rows.filter(has_text="Duffy positive").locator(".ag-cell").first.click()
    page.get_by_text("Where this comes from").wait_for()
    page.locator(".drawer").hover()  # waits until it has slid in
    picture("7-row")
    assert page.locator(".lineage > div").count() >= 4
    page.get_by_role("button", name="Close").click()

    page.get_by_label("Search in the table").fill("Duffy")
    page.get_by_text(re.compile(r"^1 of \d+ rows$")).wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_text("As CSV, for a spreadsheet").click()
    with Path(download.value.path()).open(newline="") as file:
        exported = list(csv.DictReader(file))
    assert [row["effect"] for row in exported] == ["Duffy positive"]

    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def test_the_demo_is_on_screen_after_one_click_and_the_gate_opens_on_request(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**")
    page.get_by_label("Search in the table").fill("factor V Leiden")
    page.get_by_text(re.compile(r"^1 of \d+ rows$")).wait_for()  # until then other hidden answers stand first
    hidden = page.locator(".hidden-answer")
    hidden.first.wait_for()
    assert page.get_by_text("No factor V Leiden").count() == 0
    hidden.first.click()
    page.get_by_role("button", name="Show me").click()
    page.locator(".drawer").get_by_text("No factor V Leiden").wait_for()
    page.get_by_role("button", name="Close").click()
    page.locator(".ag-row").get_by_text("No factor V Leiden").wait_for()

    addresses = {
        name: desktop.split("/?")[0] + path
        for name, path in {
            "welcome": "/welcome",
            "store": "/store",
            "module": "/store/clinvar",
            "genomes": "/genomes",
            "results": "/results",
            "table": urlsplit(page.url).path,
            "runs": "/runs",
            "settings": "/settings",
        }.items()
    }
    for name, address in addresses.items():
        page.set_viewport_size({"width": 390, "height": 844})  # opened on a phone, then turned into each other look
        page.goto(address)
        page.locator("#page [role=heading]").first.wait_for()
        if name == "table":
            page.locator(".ag-row .ag-cell").get_by_text("Folate enzyme MTHFR 677").first.wait_for()
        for width, height in ((390, 844), (1280, 860)):
            page.set_viewport_size({"width": width, "height": height})
            for look in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if look == "dark" else "light")
                if name == "table":
                    page.locator(".ag-row .ag-cell").get_by_text("Folate enzyme MTHFR 677").first.wait_for()
                    box = page.locator(".ag-body-viewport").bounding_box()
                    assert box is not None
                    assert box["height"] > 200
                page.screenshot(path=pictures / f"{name}-{look}-{width}.png")
                assert fits(page), f"{name} scrolls sideways at {width}"
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def test_a_file_is_chosen_sent_with_a_name_kept_and_deleted_without_a_trace(
    desktop: str, page: Page, seen: Seen, tmp_path: Path
) -> None:
    page.goto(desktop)
    with page.expect_navigation():
        page.get_by_role("link", name="Genomes").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "no genome.vcf", "mimeType": "text/plain", "buffer": b"dear diary\n"}
    )
    page.get_by_text("This genome file cannot be read").wait_for()
    page.get_by_text("no genome.vcf does not begin with").wait_for()

    page.locator("input[type=file]").set_input_files(DEMO)
    page.get_by_role("button", name="Leave it").click()
    page.locator(".drop").wait_for()
    assert list((tmp_path / "home" / "tmp").iterdir()) == []

    page.locator("input[type=file]").set_input_files(DEMO)
    page.get_by_role("button", name="Add this genome").click()
    page.locator(".pill", has_text="records read").wait_for()
    page.get_by_role("button", name=re.compile("^Delete ")).click()
    page.get_by_role("button", name="Delete everything").click()
    receipt = page.locator(".q-dialog", has_text="The key of this receipt")
    receipt.get_by_text("Deleted. Nothing of it is left.").wait_for()
    receipt.get_by_role("button", name="Close").click()
    receipt.wait_for(state="hidden")
    expect(page.get_by_role("button", name=re.compile("^Genome: "))).to_have_count(0)  # the header names none either
    assert list((tmp_path / "home").rglob("*.genome")) == []
    assert not list((tmp_path / "home" / "users").rglob("*.parquet"))
    assert seen.complaints == []
