"""The overview of a genome and its reports by mouse and by keyboard: opened, closed again, made, read, deleted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page, expect

from genoteca import actions
from genoteca.actions import AddSample
from genoteca.errors import InputError
from genoteca.model.run import RunStatus
from genoteca.settings import Settings, bundled_plugins
from genoteca.store.quarantine import Quarantine

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)  # as long as everything else waits (conftest.py)

KEY = "anna/genome"
CARRIER = "carrier-screening"
GENOME = """##fileformat=VCFv4.2
##contig=<ID=7,length=159345973>
##contig=<ID=13,length=114364328>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	anna
7	117559590	.	ATCT	A	50	PASS	.	GT	0/1
13	32340300	.	GT	G	50	PASS	.	GT	0/1
"""


class Seen(Protocol):
    """What the browser asked for and complained of (conftest.py)."""

    hosts: set[str]
    complaints: list[str]


def prepare(folder: Path) -> Path:
    """Make a data folder with a genome, ClinVar from a file of its own, and a module that asks first."""
    shutil.copy(bundled_plugins() / "acmg-secondary-findings" / "tests" / "few.vcf", folder / "clinvar.vcf")
    (folder / "anna.vcf").write_text(GENOME, "utf-8")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        for module in ("clinvar", CARRIER):
            actions.install_module(app, module)
        actions.configure_module(app, "clinvar", {"source": str(folder / "clinvar.vcf")})
        added = AddSample(path=str(folder / "anna.vcf"), user="anna", sample="genome", build="GRCh38")
        _, run = actions.add_sample(app, added)
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
        run = actions.annotate(app, KEY, [CARRIER])
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
    finally:
        actions.close(app)
    return folder / "home"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("overview"))


@pytest.fixture(scope="module")
def address(home: Path, opened: Callable[[Path], AbstractContextManager[str]]) -> Iterator[str]:
    """Address, with its key, of a desktop on the prepared data folder."""
    with opened(home) as address:
        yield address


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_what_is_serious_opens_on_request_closes_again_and_stands_in_a_report_only_if_asked(
    address: str, page: Page, seen: Seen, pictures: Path
) -> None:
    base = address.split("/?")[0]
    page.goto(address)
    page.goto(f"{base}/results/{KEY}")
    page.get_by_role("heading", name="In short").wait_for()
    page.get_by_text("Nothing found does not mean no risk", exact=False).first.wait_for()
    for closed in ("Cystic fibrosis", "CFTR"):
        assert page.get_by_text(closed).count() == 0
    assert page.locator(".chromosome-link").count() == 0

    page.get_by_role("button", name="Show me Carrier screening").click()
    page.get_by_role("heading", name=re.compile("CFTR · Cystic fibrosis")).wait_for()
    seven = page.get_by_role("link", name=re.compile("^Chromosome 7: 1 finding"))
    seven.wait_for()
    assert str(seven.get_attribute("href")).startswith(f"/explore/{KEY}?where=%7B%22and%22")
    seven.click()
    page.wait_for_url(f"**/explore/{KEY}?where=*")
    page.get_by_text("Only rows where", exact=False).get_by_text("Chromosome is 7", exact=False).wait_for()
    page.get_by_text("1 of 2 rows").wait_for()
    page.goto(f"{base}/results/{KEY}")
    page.get_by_role("button", name="Show me ClinVar").click()
    page.get_by_role("heading", name=re.compile("^BRCA2")).wait_for()

    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        for width, height in ((1280, 860), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=pictures / f"overview-{look}-{width}.png", full_page=True)
            assert fits(page), f"the overview scrolls sideways at {width}"
    page.set_viewport_size({"width": 1280, "height": 860})

    page.get_by_role("button", name="Hide again ClinVar").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show me ClinVar").wait_for()
    assert page.get_by_role("heading", name=re.compile("^BRCA2")).count() == 0

    page.get_by_role("button", name="Report", exact=True).click()
    page.get_by_text("No report has been made").wait_for()
    make_report(page, with_opened=False)
    expect(page.locator(".kept-report")).to_have_count(0)  # all that was chosen is closed
    page.get_by_text("There is nothing to report").wait_for()
    page.get_by_role("button", name="Close").click()
    make_report(page, with_opened=True)
    page.locator(".kept-report").get_by_text("With what you opened").wait_for()
    page.screenshot(path=pictures / "reports.png")
    with page.expect_popup() as opened:
        page.get_by_role("link", name=re.compile("^Open the report")).click()
    report = opened.value
    report.get_by_role("heading", name="Genome report: genome").wait_for()
    report.get_by_role("heading", name=re.compile("CFTR · Cystic fibrosis")).wait_for()
    assert report.locator("script, img, link, iframe").count() == 0
    assert report.locator("#m-clinvar").count() == 0
    report.emulate_media(media="print")
    assert report.pdf(path=pictures / "report.pdf", prefer_css_page_size=True).startswith(b"%PDF")
    report.close()

    page.get_by_role("button", name=re.compile("^Delete the report")).click()
    page.get_by_role("button", name="Delete it").click()
    page.get_by_text("No report has been made").wait_for()
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}


def make_report(page: Page, *, with_opened: bool) -> None:
    """Go through the dialog."""
    page.get_by_role("button", name="Make a report").click()
    page.get_by_role("heading", name="Make a report").wait_for()
    if with_opened:
        page.get_by_label("Include what I opened").click()
    page.get_by_role("button", name="Make the report").click()


@pytest.fixture
def without_carrier(home: Path) -> Iterator[None]:
    """Set a module aside that has answered."""
    quarantine = Quarantine(Settings(home=home).layout.database)
    quarantine.put(CARRIER, "1.0.0", InputError("Its table cannot be read."))
    yield
    quarantine.clear(CARRIER)


@pytest.mark.usefixtures("without_carrier")
def test_a_module_that_is_set_aside_is_named_wherever_answers_are_read(address: str, page: Page, seen: Seen) -> None:
    page.goto(address)
    for place in ("/genomes", f"/results/{KEY}", f"/variant/{KEY}/13-32340300-GT-G", f"/report/{KEY}"):
        page.goto(address.split("/?")[0] + place)
        page.get_by_text("A module is set aside", exact=True).wait_for()
        page.get_by_role("link", name="Carrier screening: see why").wait_for()
    page.set_viewport_size({"width": 4000, "height": 860})  # the grid draws the columns that are in sight
    page.goto(f"{address.split('/?')[0]}/explore/{KEY}")
    page.get_by_role("button", name="it is set aside").wait_for()
    expect(page.locator(".ag-row .ag-cell", has_text="module set aside")).to_have_count(2)
    page.goto(f"{address.split('/?')[0]}/report/{KEY}")
    page.get_by_role("link", name="Carrier screening: see why").click()
    page.get_by_text("Its table cannot be read.").first.wait_for()
    assert seen.complaints == []
