"""Importing a just-dna module, as a person does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.store.just_dna.workshop import ROWS, specification

from .conftest import Seen


@pytest.mark.long
def test_a_just_dna_module_is_looked_over_and_installed(
    desktop: str, page: Page, seen: Seen, pictures: Path, tmp_path: Path
) -> None:
    bare = {**ROWS[0], "rsid": "rs5", "chrom": "", "start": "", "ref": "", "alts": "", "phenotype": "<b>x</b>"}
    source = specification(tmp_path / "three_sites", [*ROWS, bare])
    page.goto(desktop)
    page.get_by_role("link", name="Store").first.click()
    page.get_by_role("button", name="Import a just-dna module").click()
    page.get_by_label("Where it is").fill(str(tmp_path / "nothing"))
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("There is no").wait_for()
    page.get_by_label("Where it is").fill(str(source))
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("Install Three sites?").wait_for()
    page.get_by_text("5 read, 4 in use, 1 set aside").wait_for()
    page.get_by_text("only an rsID, and the module does not say where it lies").wait_for()
    page.get_by_text("free for any use, naming the source (CC BY 4.0)").wait_for()
    page.screenshot(path=pictures / "import-just-dna.png")
    page.get_by_role("button", name="Leave it").click()
    page.get_by_role("button", name="Import a just-dna module").click()
    page.get_by_label("Where it is").fill(str(source))
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("Install Three sites?").wait_for()
    page.get_by_role("button", name="Install", exact=True).last.click()
    page.get_by_text("Look it up").wait_for()
    page.screenshot(path=pictures / "imported-just-dna.png")
    assert seen.complaints == []
    assert seen.hosts == {"127.0.0.1"}
