"""What a person takes back or does once more: an upload, a run, a module, a version; and the second way to export."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest
from playwright.sync_api import Page, Route

from genoteca.settings import assets_folder

DEMO = assets_folder() / "demo" / "demo-genome.vcf.gz"
TRAITS = Path(__file__).resolve().parents[2] / "plugins" / "everyday-traits"
HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n##FORMAT=<ID=GT,Number=1,Type=String,Description=GT>\n"
)

pytestmark = pytest.mark.browser


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def genome(path: Path, *people: str, records: int = 1) -> Path:
    """Write a genome of one chromosome on GRCh38."""
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *people]
    calls = "\t".join("0/1" for _ in people)
    lines = (f"1\t{1000 + 10 * number}\t.\tA\tG\t50\tPASS\t.\tGT\t{calls}\n" for number in range(records))
    with path.open("w") as file:
        file.write(HEAD + "\t".join(columns) + "\n")
        file.writelines(lines)
    return path


def start(desktop: str, page: Page, place: str) -> None:
    """Open the desktop with its key, then one of its places."""
    page.goto(desktop)
    page.goto(f"{desktop.partition('/?')[0]}/{place.lower()}")


@pytest.mark.long
def test_the_filtered_view_is_exported_as_parquet_without_what_is_still_hidden(
    desktop: str, page: Page, seen: Seen, tmp_path: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**")
    rows = page.locator(".ag-center-cols-container .ag-row")
    rows.first.wait_for()
    assert page.get_by_role("button", name="Clear filters").count() == 0

    page.locator(".ag-floating-filter-button-button").nth(2).click()
    page.locator(".set-filter").get_by_text("Called").click()
    page.get_by_text(re.compile(r"^\d+ of \d+ rows$")).wait_for()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_text("As Parquet, for analysis").click()
    assert download.value.suggested_filename == "demo-synthetic-everyday-traits.parquet"
    download.value.save_as(tmp_path / "view.parquet")
    table = pl.read_parquet(tmp_path / "view.parquet")
    assert table["evidence"].unique().to_list() == ["called"]
    assert table["gate"].null_count() == table.height > 0
    page.get_by_text("What is hidden until you ask is left out.").wait_for()

    page.get_by_role("button", name="Clear filters").click()
    page.get_by_text(re.compile(r"^\d+ rows$")).wait_for()
    page.get_by_role("button", name="Clear filters").wait_for(state="hidden")
    rows.get_by_text("Your file could not tell.").first.wait_for()
    assert seen.complaints == []


@pytest.mark.long
def test_an_answer_that_comes_late_does_not_undo_the_filter(desktop: str, page: Page, tmp_path: Path) -> None:
    """The rows without a filter arrive after those with it: what is exported must be what is shown."""
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**")
    place = page.url
    held: list[Route] = []

    def hold(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        if asked["filter"] or held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/rows", hold)
    page.goto(place)
    page.locator(".ag-floating-filter-button-button").nth(2).click()
    page.locator(".set-filter").get_by_text("Called").click()
    shown = page.get_by_text(re.compile(r"^\d+ of \d+ rows$"))
    shown.wait_for()
    with page.expect_response("**/api/rows"):
        held[0].continue_()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_text("As Parquet, for analysis").click()
    download.value.save_as(tmp_path / "view.parquet")
    assert pl.read_parquet(tmp_path / "view.parquet")["evidence"].unique().to_list() == ["called"]
    assert shown.count() == 1


def test_an_upload_is_cancelled_and_leaves_nothing(one_desktop: str, home: Path, page: Page, tmp_path: Path) -> None:
    start(one_desktop, page, "Genomes")
    page.locator(".drop").wait_for()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 50_000})
    page.locator("input[type=file]").set_input_files(genome(tmp_path / "long.vcf", "anna", records=100_000))
    page.locator(".drop.busy").get_by_role("button", name="Cancel").click()
    page.get_by_text("Drop a genome file here").wait_for()
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})

    page.locator("input[type=file]").set_input_files(DEMO)
    page.get_by_role("button", name="Leave it").click()
    page.get_by_text("Drop a genome file here").wait_for()
    assert list((home / "tmp").iterdir()) == []


def test_a_run_is_cancelled_and_tried_again(one_desktop: str, page: Page, seen: Seen, tmp_path: Path) -> None:
    start(one_desktop, page, "Genomes")
    page.locator("input[type=file]").set_input_files(genome(tmp_path / "long.vcf", "anna", records=400_000))
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Reading was cancelled").wait_for()
    page.get_by_role("button", name="Read it again").wait_for()

    page.get_by_role("link", name="Runs", exact=True).click()
    page.locator(".run-line", has_text="Cancelled").get_by_role("link").click()
    page.locator(".pill", has_text="Cancelled").wait_for()
    page.locator(".log > *").first.wait_for()
    assert page.locator(".log .bad").count() == 0
    page.get_by_role("button", name="Run again").click()
    page.locator(".sheet").get_by_text("The genome file is read again from its beginning").wait_for()
    page.locator(".sheet").get_by_role("button", name="Run again").click()
    page.locator(".run-over .pill", has_text="Done").first.wait_for()
    page.get_by_role("link", name="Genomes", exact=True).click()
    page.get_by_text("400,000 records read").wait_for()
    assert seen.complaints == []


def test_a_module_is_updated_to_the_shipped_version_and_removed(
    one_desktop: str, page: Page, seen: Seen, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    shutil.copytree(TRAITS, older, ignore=shutil.ignore_patterns("__pycache__", "build", "dist", "*.egg-info"))
    for name in ("pyproject.toml", "src/genoteca_everyday_traits/module.toml"):
        text = (older / name).read_text("utf-8")
        assert re.search(r'(?m)^version = "1\.', text)
        (older / name).write_text(re.sub(r'(?m)^version = "[^"]+"', 'version = "0.9.0"', text, count=1), "utf-8")

    start(one_desktop, page, "Store")
    page.get_by_role("button", name="Install from a file").click()
    page.get_by_label("Or type where it lies").fill(str(older))
    page.get_by_label("Or type where it lies").press("Enter")
    page.get_by_text(str(older), exact=True).wait_for()
    page.get_by_role("button", name="Use this folder").click()
    page.locator(".sheet").get_by_text("Install Everyday traits?").wait_for()
    page.locator(".sheet").get_by_role("button", name="Install").click()
    card = page.locator(".module-card", has_text="Everyday traits")
    card.get_by_role("button", name="Update").click()
    card.get_by_text("Installed").wait_for()
    card.get_by_role("link", name="Everyday traits").click()
    page.get_by_text("At a glance").wait_for()
    assert page.get_by_text("0.9.0").count() == 0

    page.get_by_role("tab", name="Data and settings").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".sheet").get_by_role("button", name="Keep it").click()
    page.locator(".q-dialog .sheet").wait_for(state="detached")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.locator(".sheet").get_by_role("button", name="Remove", exact=True).click()
    page.locator(".module-card", has_text="Everyday traits").get_by_role("button", name="Install").wait_for()
    assert seen.complaints == []


@pytest.mark.long
def test_every_person_of_one_file_is_added_without_sending_it_again(
    desktop: str, page: Page, seen: Seen, tmp_path: Path
) -> None:
    start(desktop, page, "Genomes")
    page.locator("input[type=file]").set_input_files(genome(tmp_path / "family.vcf", "anna", "ben", "cleo"))
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_text("anna added.").wait_for()
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_text("anna and ben added.").wait_for()
    page.get_by_role("button", name="Done").click()
    page.get_by_text("Drop a genome file here").wait_for()
    for name in ("anna", "ben"):
        page.get_by_role("button", name=f"Delete {name}").wait_for()
    page.get_by_text("1 record read").nth(1).wait_for()
    assert page.get_by_role("button", name="Delete cleo").count() == 0
    assert list((tmp_path / "home" / "tmp").glob("*.genome")) == []
    assert seen.complaints == []
