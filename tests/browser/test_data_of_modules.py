"""The data of a module on its page: fetched with progress, cancelled, updated, chosen, deleted."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest
from playwright.sync_api import Page, expect
from tests.engine.loopback_hub import LoopbackHub, large
from tests.engine.publisher import held, serving

DATASET = "just-dna-seq/ensembl_variations"
FILE = "data/homo_sapiens-chrMT.parquet"

pytestmark = pytest.mark.browser


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def parquet(frequency: float) -> bytes:
    """A chromosome's file with one record, as the dataset has them."""
    file = io.BytesIO()
    row = {"chrom": "MT", "start": 73, "end": 73, "id": "rs869183622", "ref": "A", "alt": "G", "TSA": "SNV"}
    known = {"MA": "G", "MAF": frequency, "E_Freq": True}
    pl.DataFrame(
        [row | known], schema_overrides={"start": pl.UInt32, "end": pl.UInt32, "MAF": pl.Float32}
    ).write_parquet(file)
    return file.getvalue()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LoopbackHub]:
    """A Hub that the desktop is told of before it starts."""
    with serving(LoopbackHub) as running:
        running.elsewhere = running.address
        running.commit({FILE: parquet(0.25)}, DATASET)
        home = tmp_path / "home"
        home.mkdir(mode=0o700)
        (home / "settings.toml").write_text(f'hf_endpoint = "{running.address}"\n')
        yield running


def picture(page: Page, pictures: Path, name: str) -> None:
    """Take the page in light and dark, wide and narrow."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 860})
            page.evaluate("window.scrollTo(0, 0)")
            page.screenshot(path=pictures / f"{name}-{scheme}-{width}.png")
            card = page.locator(".card", has=page.get_by_role("heading", name="Data", exact=True))
            if card.count():
                card.last.screenshot(path=pictures / f"{name}-card-{scheme}-{width}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 860})


@pytest.mark.long
def test_data_is_fetched_cancelled_updated_chosen_and_deleted(
    hub: LoopbackHub, desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.get_by_role("link", name="Store", exact=True).click()
    card = page.locator(".module-card", has_text="Ensembl variation")
    card.get_by_role("button", name="Install").click()
    card.get_by_text("Installed").wait_for()
    card.get_by_role("link", name="Ensembl variation").click()
    page.get_by_role("tab", name="Data and settings").click()

    page.set_viewport_size({"width": 390, "height": 860})
    hub.fail(large(parquet(0.25)), held(100))
    data = page.locator(".card", has=page.get_by_role("heading", name="Data", exact=True)).last
    data.get_by_role("button", name="Fetch GRCh38").click()
    page.get_by_text(re.compile("file 1 of 1")).first.wait_for()
    expect(page.get_by_role("button", name="Cancel")).to_be_in_viewport()
    picture(page, pictures, "module-data-fetching")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("What arrived is kept").wait_for()
    hub.may_go_on.set()
    first = hub.main[DATASET]
    data.get_by_role("button", name="Fetch GRCh38").click()
    data.get_by_text(first[:8]).wait_for()
    data.locator(".pill", has_text="Used").wait_for()

    data.get_by_role("button", name="Check for newer data now").click()
    data.get_by_text("What the publisher had when it was asked").wait_for()
    second = hub.commit({FILE: parquet(0.5)}, DATASET)
    data.get_by_role("button", name="Check for newer data now").click()
    data.get_by_text(f"Ensembl variation {first[:8]} → {second[:8]} (GRCh38)").wait_for()
    picture(page, pictures, "module-data-newer")
    page.get_by_role("link", name="Store", exact=True).click()
    card.get_by_text("Newer data").wait_for()
    card.get_by_role("link", name="Ensembl variation").click()
    page.get_by_role("tab", name="Data and settings").click()
    data.get_by_role("button", name="Fetch it for GRCh38").click()
    newer = data.locator(".release", has_text=second[:8])
    newer.locator(".pill", has_text="Used").wait_for()

    data.get_by_role("button", name="Use this one").click()
    data.locator(".release", has_text=first[:8]).get_by_text("Chosen by you").wait_for()
    picture(page, pictures, "module-data-chosen")
    data.get_by_role("button", name="Use the newest again").click()
    newer.locator(".pill", has_text="Used").wait_for()
    data.get_by_role("button", name=f"Delete release {first} from the disk").click()
    page.locator(".sheet").get_by_role("button", name="Delete").click()
    data.get_by_text(first[:8]).wait_for(state="detached")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Look for newer data of modules").wait_for()
    picture(page, pictures, "settings-newer")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


@pytest.mark.long
def test_what_is_up_to_date_is_kept_unless_it_is_asked_for_again(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**")
    page.get_by_role("link", name="Genomes", exact=True).click()
    page.get_by_role("link", name="Annotate").or_(page.get_by_role("button", name="Annotate")).first.click()
    page.get_by_text("Everything is up to date").wait_for()
    page.get_by_text("More choices").click()
    page.get_by_text("Answers whose file, module, data").wait_for()
    page.locator(".q-checkbox").first.click()
    picture(page, pictures, "annotate-choices")
    page.get_by_role("button", name="Annotate").click()
    page.get_by_text("Up to date, kept as it was").wait_for()
    picture(page, pictures, "annotate-kept")

    page.reload()
    page.get_by_text("More choices").click()
    page.get_by_label("How it is looked up").click()
    page.get_by_text("With less memory (DuckDB)").click()
    page.get_by_text("Do again what is up to date").click()
    page.get_by_role("button", name="Annotate").click()
    page.get_by_text("Every module has answered").wait_for()
    assert page.get_by_text("Up to date, kept as it was").count() == 0
    assert seen.complaints == []
