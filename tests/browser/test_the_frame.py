"""The frame around every page: the palette, whose genome, what is going on, a phone's width, and who is kept out."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.browser.audit import barriers, hurried, sideways, unmarked

from genoteca import actions
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

pytestmark = pytest.mark.browser
Opened = Callable[[Path], AbstractContextManager[str]]

TRAITS = "everyday-traits"
ONE, OTHER = "demo/synthetic", "demo/other"
RUN = "run"
"""Name of the file beside the data folder that holds the id of the run that asked a module."""
PAGES = (
    "/",
    "/store",
    f"/store/{TRAITS}",
    *(f"/store/{TRAITS}?tab={tab}" for tab in ("says", "sources", "permissions", "versions", "data")),
    "/settings/modules",
    "/settings/keeping",
    "/author",
    "/genomes",
    f"/genomes/{ONE}",
    f"/genomes/{ONE}/annotate",
    f"/genomes/{ONE}/tables/variants",
    f"/results/{ONE}",
    f"/results/{ONE}/{TRAITS}",
    f"/report/{ONE}",
    f"/lineage/{ONE}",
    f"/changes/{ONE}",
    f"/variant/{ONE}/2-135851076-G-A",
    "/explore",
    f"/explore/{ONE}",
    "/compare",
    f"/compare?a={ONE}&b={OTHER}",
    "/runs",
    "/runs/{run}",
    "/automation",
    "/settings",
    "/help",
    "/help/getting-around",
    "/help/glossary",
    "/welcome",
    "/results/demo/nobody",
    "/no/such/page",
)
AT_ONCE = ("/store", f"/results/{ONE}/{TRAITS}")
"""Pages that are looked at in the short form: cards and fields, and the table."""
LOOKS = (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390))
expect.set_options(timeout=60_000)  # as long as everything else waits (conftest.py)
NARROW = (640, 390, 320)
"""Widths in CSS pixels: a window of 1280 at 200 %, a phone, the same window at 400 %."""
WEIGHTS = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .map((one) => [one.name, one.decodedBodySize])"""
"""Bytes of everything that a page was made of, by address."""
FIRST_PAGE = 1.5
"""Seconds in which the first page of an idle computer is there."""


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two genomes, one of which was asked about."""
    home = tmp_path_factory.mktemp("frame") / "home"
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    actions.start(app)
    try:
        actions.mark_notice_seen(app)
        actions.install_module(app, TRAITS)
        demo = actions.demo_genome(app)
        for request in (demo.model_copy(update={"sample": "other"}), demo):
            sample, run = actions.add_sample(app, request)
            assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
        run = actions.annotate(app, sample.key)
        (home.parent / RUN).write_text(run)
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    finally:
        actions.close(app)
    return home


@pytest.fixture
def desktop(prepared: Path, opened: Opened) -> Iterator[str]:
    with opened(prepared) as address:
        yield address


def at(desktop: str, address: str) -> str:
    return desktop.partition("/?")[0] + address


def whole(pages: tuple[str, ...], prepared: Path) -> list[str]:
    """Give the addresses with the id of the run in them."""
    run = (prepared.parent / RUN).read_text()
    return [address.format(run=run) for address in pages]


def there(page: Page) -> None:
    """Wait until a page is drawn, whose genome it is included, and nothing moves on it."""
    page.locator(".whose").wait_for()
    page.locator("#page").locator("[role=heading]").first.wait_for()
    page.locator("#page > .opening").wait_for(state="detached")
    if urlsplit(page.url).path == "/store":
        page.locator(".module-card").first.wait_for()
    if "/compare?" in page.url:
        page.get_by_role("heading", name="How closely related").wait_for()
    elif "/explore" in page.url or page.locator(".grid-box").count():  # the explorer's comes once it is made
        page.locator(".ag-row").first.wait_for()
    hurried(page)


def test_the_palette_the_genomes_and_the_messages_are_worked_by_keyboard_alone(
    desktop: str, page: Page, seen: Seen
) -> None:
    page.goto(desktop)
    page.goto(at(desktop, f"/results/{ONE}/{TRAITS}"))
    there(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=re.compile("^Find a gene"))
    expect(field).to_be_focused()
    field.press_sequentially("herc2")
    options = page.locator(".palette [role=option]")
    expect(options.first).to_contain_text("HERC2")
    expect(field).to_have_attribute("aria-activedescendant", "palette-0")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()

    page.keyboard.press("Control+k")
    field.press_sequentially("settings")
    expect(options.first).to_contain_text("Settings")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings*")
    there(page)
    page.get_by_role("switch", name="Developer mode").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Messages")).press("Enter")
    expect(page.get_by_role("dialog", name="Messages")).to_contain_text("Kept.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("^Messages"))).to_be_focused()

    page.goto(at(desktop, f"/results/{ONE}/{TRAITS}"))
    there(page)
    page.get_by_role("button", name=re.compile("^Genome: demo . synthetic")).press("Enter")
    page.get_by_role("menuitemradio", name=re.compile("demo . other")).press("Enter")
    page.wait_for_url(f"**/results/{OTHER}/{TRAITS}")
    page.goto(at(desktop, "/explore"))
    page.wait_for_url(f"**/explore/{OTHER}")
    page.locator(".ag-row").first.wait_for()  # also where the table is made only now
    page.goto(at(desktop, "/store"))
    expect(page.get_by_role("button", name=re.compile("^Genome: demo . other"))).to_be_visible()
    page.keyboard.press("Control+k")
    field.press_sequentially("chr2:135851000-135852000")
    expect(options.first).to_contain_text("demo / other")
    page.keyboard.press("Enter")
    page.locator(".explorer .jumped-to").first.wait_for()
    page.wait_for_url(f"**/explore/{OTHER}")  # what was jumped to is not jumped to at every start
    assert seen.hosts == {"127.0.0.1"}


def test_a_page_its_filters_order_and_columns_are_found_again_after_a_reload_and_a_restart(
    prepared: Path, opened: Opened, page: Page
) -> None:
    with opened(prepared) as desktop:
        page.goto(desktop)
        page.goto(at(desktop, f"/results/{ONE}/{TRAITS}"))
        there(page)
        page.get_by_label("Search in the table").fill("eye")
        page.wait_for_url(re.compile("view="))
        page.locator(".ag-header-cell-text", has_text="Trait").click()
        page.wait_for_url(re.compile("asc"))
        page.get_by_role("button", name="Columns").click()
        page.get_by_role("checkbox", name="Gene", exact=True).click()
        page.keyboard.press("Escape")
        left = page.evaluate("location.pathname + location.search")
        before = page.locator(".tools [aria-live]").inner_text()
        assert " of " in before
        page.reload()
        there(page)
        expect(page.locator(".tools [aria-live]")).to_have_text(before)
    with opened(prepared) as desktop:
        page.goto(desktop)
        there(page)
        assert page.evaluate("location.pathname + location.search") == left
        expect(page.locator(".tools [aria-live]")).to_have_text(before)
        expect(page.get_by_label("Search in the table")).to_have_value("eye")
        expect(page.locator(".ag-header-cell[aria-sort=ascending]")).to_contain_text("Trait")
        expect(page.locator(".ag-header-cell-text").filter(has_text=re.compile("^Gene$"))).to_have_count(0)
        where = {"column": "zygosity", "op": "=", "value": "homozygous"}
        page.goto(at(desktop, f"/explore/{ONE}?where={quote(json.dumps(where))}"))
        there(page)
        page.get_by_label("Search every text").fill("eye")
        page.wait_for_url("**text=eye**")
        counted = page.locator(".explorer-count")
        expect(counted).to_have_text("1 of 27 rows")
        before, left = counted.inner_text(), page.evaluate("location.pathname + location.search")
    with opened(prepared) as desktop:
        page.goto(desktop)
        there(page)
        assert page.evaluate("location.pathname + location.search") == left
        expect(counted).to_have_text(before)
        expect(page.get_by_label("Search every text")).to_have_value("eye")
        page.get_by_text("Only rows where Zygosity is homozygous.").wait_for()


EVERY_PAGE = pytest.param(PAGES, marks=[pytest.mark.long, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("pages", [AT_ONCE, EVERY_PAGE], ids=["short", "every page"])
def test_nothing_keeps_anybody_out_of_a_page_nor_makes_one_scroll_sideways(
    pages: tuple[str, ...], desktop: str, prepared: Path, page: Page, pictures: Path
) -> None:
    page.goto(desktop)
    wrong: list[str] = []
    for address in whole(pages, prepared):
        page.goto(at(desktop, address))
        there(page)
        wrong += unmarked(page)
        name = re.sub("[/?&=]", "-", address.strip("/")) or "start"
        for look, width in LOOKS:
            page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 860})
            page.screenshot(path=pictures / f"{name}-{look}-{width}.png")
            # in short each colour and each width once: what a page is made of is the same in all four
            if (look == "dark") != (width == LOOKS[-1][1]) or pages is PAGES:
                wrong += barriers(page)
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 860})
            wrong += [f"{address} at {width}: {one}" for one in sideways(page)]
        page.set_viewport_size({"width": 1280, "height": 860})
    assert wrong == [], "\n\n".join(wrong)


def test_the_palette_and_a_dialog_keep_nobody_out(desktop: str, page: Page) -> None:
    page.goto(desktop)
    page.goto(at(desktop, "/settings"))
    there(page)
    page.keyboard.press("Control+k")
    page.locator(".palette [role=option]").first.wait_for()
    wrong = barriers(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Check this installation").click()
    page.get_by_role("dialog", name="How this installation is").wait_for()
    wrong += barriers(page)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Check this installation")).to_be_focused()
    expect(page.locator(".q-dialog--seamless")).to_have_count(0)  # what is closing is nobody's any more
    page.locator(".whose").click()
    page.get_by_role("menuitem").first.wait_for()
    wrong += barriers(page)
    assert wrong == [], "\n\n".join(wrong)


def test_a_filter_is_built_and_taken_apart_in_a_window_as_narrow_as_a_phone(desktop: str, page: Page) -> None:
    page.goto(desktop)
    page.goto(at(desktop, f"/explore/{ONE}"))
    there(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Filter", exact=True).click()
    builder, rules = page.locator(".builder"), page.locator(".builder-rule")
    builder.get_by_role("button", name="Group").click()
    expect(rules).to_have_count(2)
    assert page.locator(".wide-sheet").evaluate("one => one.scrollWidth <= one.clientWidth")
    builder.get_by_role("button", name="Condition", exact=True).last.click()
    expect(rules).to_have_count(3)
    builder.get_by_role("button", name="Remove the condition").first.click()
    expect(rules).to_have_count(2)
    builder.get_by_role("button", name="Remove the group").click()
    expect(rules).to_have_count(1)
    ends = [page.get_by_role("button", name=name).bounding_box() for name in ("Cancel", "Show these rows")]
    assert len({box["y"] for box in ends if box}) == 1
    page.get_by_role("button", name="Show these rows").click()
    expect(builder).to_have_count(0)  # nothing that went wrong stands before it


@pytest.mark.long
@pytest.mark.timeout(900)
def test_nothing_keeps_anybody_out_of_what_opens_over_a_page(desktop: str, page: Page) -> None:
    page.goto(desktop)
    wrong: list[str] = []
    page.goto(at(desktop, f"/explore/{ONE}"))
    there(page)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.locator(".builder").wait_for()
    wrong += looked_at(page)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Find a column").wait_for()
    wrong += looked_at(page)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem").first.wait_for()
    wrong += looked_at(page)
    page.get_by_role("switch", name="By gene").click()
    page.locator(".gene-heading").first.wait_for()
    wrong += barriers(page)
    page.get_by_role("switch", name="By gene").click()
    page.locator(".gene-heading").first.wait_for(state="detached")
    page.locator(".explorer .ag-center-cols-container .ag-cell").first.click()
    page.locator(".drawer .saying, .drawer .facts").first.wait_for()
    wrong += looked_at(page)

    page.goto(at(desktop, f"/report/{ONE}"))
    there(page)
    page.get_by_role("button", name="Make a report").click()
    page.get_by_role("dialog", name="Make a report").wait_for()
    wrong += looked_at(page)
    page.goto(at(desktop, "/help"))
    there(page)
    page.get_by_role("button", name="Take the tour").click()
    page.locator(".tour-card").wait_for()
    wrong += looked_at(page)
    page.goto(at(desktop, "/results/demo/nobody"))
    page.get_by_role("button", name="Copy for a bug report").click()
    page.get_by_role("dialog", name="What will be copied").wait_for()
    hurried(page)
    wrong += looked_at(page)
    assert wrong == [], "\n\n".join(wrong)


def looked_at(page: Page) -> list[str]:
    """Give what keeps people out of what is open, in light and in dark, then close it."""
    found: list[str] = []
    # Under an open dialog axe-core takes what lies behind it for the ground of the words on its buttons; the pairs of
    # colours are held by tests/ui/test_look.py, and by every page.
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        found += barriers(page, without=("color-contrast",))
    page.emulate_media(color_scheme="light")
    page.keyboard.press("Escape")
    return found


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_weight_of_every_page_and_the_time_to_the_first_and_to_an_offer_are_printed(
    desktop: str, prepared: Path, page: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    """The times are for people to read; what is asserted holds on a slow computer too."""
    told = []
    begun = time.perf_counter()
    page.goto(desktop)
    there(page)
    told.append(f"first page, until it is drawn: {time.perf_counter() - begun:.2f} s (aim: {FIRST_PAGE} s)")
    for address in whole(PAGES, prepared):
        page.goto(at(desktop, address))
        there(page)
        weights = dict[str, int](page.evaluate(WEIGHTS))
        own = sum(size for url, size in weights.items() if urlsplit(url).path == urlsplit(address).path)
        told.append(f"{address}: {sum(weights.values()) / 1e6:.2f} MB, of it the page {own / 1e3:.0f} kB")
        assert own < 400_000, address
    taken = []
    for text in ("b", "br", "herc2", "rs4988235", "chr17:43,000,000-43,100,000", "settings", "") * 6:
        asked = f"/api/find?text={text}"
        begun = time.perf_counter()
        answer = page.request.get(at(desktop, asked))
        taken.append(1000 * (time.perf_counter() - begun))
        assert answer.ok, json.dumps(answer.json())
    taken.sort()
    half, most = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    told.append(f"offers of the palette: p50 {half:.0f} ms, p95 {most:.0f} ms (aim: 100 ms)")
    with capsys.disabled():
        print("", *told, sep="\n")  # noqa: T201 - figures for whoever runs it
