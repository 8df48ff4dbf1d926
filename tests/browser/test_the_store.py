"""The store: searched and narrowed, a set installed as one, a catalogue added, and every change taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

from genoteca import actions
from genoteca.settings import Settings

pytestmark = pytest.mark.browser
LOOKS = (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390))


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def picture(page: Page, pictures: Path, name: str) -> None:
    """Take the page in light and dark, wide and narrow; nothing has to be scrolled sideways."""
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 860})
        page.screenshot(path=pictures / f"{name}-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 860})


def start(desktop: str, page: Page, address: str) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="I understand").click()
    page.goto(desktop.partition("/?")[0] + address)


def test_modules_are_found_narrowed_down_and_read_about(desktop: str, page: Page, seen: Seen, pictures: Path) -> None:
    start(desktop, page, "/store")
    cards = page.locator(".module-card")
    cards.first.wait_for()
    picture(page, pictures, "gallery")
    page.get_by_label("Search modules").press_sequentially("herc2 colour", delay=20)
    expect(cards).to_have_count(1)
    expect(page.get_by_label("Search modules")).to_have_value("herc2 colour")
    expect(page).to_have_url(re.compile("text=herc2"))
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("button", name=re.compile("^Foundations")).click()
    page.get_by_label("Kind").click()
    page.get_by_role("option", name=re.compile("Program")).click()
    cards.filter(has_text="Reference sequence").wait_for()
    expect(cards.filter(has_text="ClinVar")).to_have_count(0)

    cards.filter(has_text="Liftover chains").get_by_role("link").click()
    page.get_by_role("tab", name="About").wait_for()
    page.go_back()
    expect(cards.filter(has_text="ClinVar")).to_have_count(0)
    page.get_by_role("button", name="Clear all").click()
    cards.filter(has_text="Everyday traits").get_by_role("link").click()
    page.get_by_role("tab", name="What it says").focus()
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Example rows").wait_for()
    picture(page, pictures, "detail")
    page.get_by_role("tab", name="Permissions").click()
    page.get_by_text("Data: free for any use (CC0)").wait_for()
    picture(page, pictures, "permissions")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def test_what_a_module_builds_on_is_installed_with_it(desktop: str, page: Page, seen: Seen, pictures: Path) -> None:
    page.goto(desktop)
    page.get_by_role("link", name="Store", exact=True).click()
    cards = page.locator(".module-card")
    carrier = cards.filter(has=page.get_by_role("link", name="Carrier screening"))
    carrier.get_by_role("button", name="Install").click()
    page.get_by_text("Carrier screening builds on ClinVar").wait_for()
    picture(page, pictures, "builds-on")
    page.get_by_role("button", name="Not now").click()
    carrier.get_by_role("button", name="Install").click()
    page.get_by_role("button", name="Install both").click()
    for title in ("Carrier screening", "ClinVar"):
        cards.filter(has=page.get_by_role("link", name=title, exact=True)).get_by_text("Installed").wait_for()
    assert seen.complaints == []


@pytest.mark.long
def test_a_set_is_installed_as_one_and_decides_what_the_results_show(
    desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    page.goto(desktop)
    page.get_by_role("button", name="Try it with the demo genome").click()
    page.wait_for_url("**/results/**")
    table = page.url
    page.get_by_role("link", name="Store", exact=True).click()
    first = page.locator(".preset-card", has_text="A first look")
    first.get_by_role("button", name="Install 1 module").click()
    first.get_by_text("In use").wait_for()
    page.goto(table)
    page.get_by_text("Preset “A first look”").wait_for()
    shown = page.locator(".ag-header-cell-text")
    expect(shown.first).to_have_text("Trait")
    expect(shown.filter(has_text="Direction")).to_have_count(0)
    picture(page, pictures, "results-preset")
    page.get_by_role("button", name="Leave the preset").click()
    shown.filter(has_text="Direction").wait_for()
    assert seen.complaints == []


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed catalogue in a folder, with two versions of one module."""
    monkeypatch.setenv("GENOTECA_HOME", str(tmp_path / "publisher"))
    app = actions.open_app(Settings())
    modules, out = tmp_path / "modules", tmp_path / "catalogue"
    modules.mkdir()
    (folder,) = {path.parent for path in actions.new_module(modules / "tea-time") if path.name == "pyproject.toml"}
    (manifest,) = folder.glob("src/*/module.toml")
    for version in ("0.1.0", "1.1.0"):
        for path in (folder / "pyproject.toml", manifest):
            text = re.sub(r'(?m)^version = "[^"]+"', f'version = "{version}"', path.read_text("utf-8"), count=1)
            path.write_text(text, "utf-8")
        (manifest.parent / "CHANGELOG.md").write_text(f"# Changes\n\n## {version}\n\n- What is new in {version}.\n")
        actions.build_catalogue(app, modules, out, name="Tea lovers")
        actions.sign_catalogue(app, out, keys=tmp_path / "keys")
    actions.close(app)
    return out


@pytest.mark.long
def test_a_catalogue_is_added_a_version_chosen_pinned_updated_and_taken_back(
    catalogue: Path, desktop: str, page: Page, seen: Seen, pictures: Path
) -> None:
    start(desktop, page, "/settings/modules")
    page.get_by_role("button", name="Add a catalogue").click()
    page.get_by_label("Where it is").fill(str(catalogue))
    page.get_by_role("button", name="Look at it").click()
    page.get_by_text("The fingerprint of its key").wait_for()
    picture(page, pictures, "catalogue-add")
    page.get_by_role("button", name="It is the same: add it").click()
    page.get_by_role("button", name="Refresh Tea lovers").wait_for()

    page.get_by_role("link", name="Store", exact=True).click()
    page.locator(".module-card", has_text="Tea time").get_by_role("link").click()
    page.get_by_role("tab", name="Versions").click()
    page.get_by_text("What is new in 1.1.0.").wait_for()
    page.get_by_role("button", name="Install 0.1.0").click()
    page.get_by_role("button", name="Pin to 0.1.0").click()
    page.get_by_text("Updates pass it by.").wait_for()
    picture(page, pictures, "versions")
    page.get_by_role("button", name="Let it be updated again").click()
    page.get_by_label("1 update", exact=True).wait_for()
    page.get_by_role("button", name="Update", exact=True).click()
    page.get_by_role("button", name="Pin to 1.1.0").wait_for()

    page.goto(page.url.partition("/store")[0] + "/settings/modules")
    page.get_by_text("Tea time 0.1.0 → 1.1.0").wait_for()
    picture(page, pictures, "history")
    page.get_by_role("button", name="Take the last change back").click()
    now = page.locator(".release", has=page.get_by_text("Now", exact=True))
    now.get_by_text("Tea time 0.1.0 installed").wait_for()
    page.get_by_role("button", name="Remove Tea lovers").click()
    page.locator(".sheet").get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Refresh Tea lovers").wait_for(state="detached")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
