"""A file or an archive that holds more than one genome, and one that holds none."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Page

HEAD = "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"

pytestmark = pytest.mark.browser


class Seen(Protocol):
    """What the browser complained of (conftest.py)."""

    complaints: list[str]


def text(*people: str, form: str = "GT", value: str = "0/1") -> str:
    """Write a VCF of one record."""
    names = "".join(f"\t{name}" for name in people)
    return f"{HEAD}{COLUMNS}{names}\n1\t1000\t.\tA\tG\t50\tPASS\t.\t{form}" + f"\t{value}" * len(people) + "\n"


def give(one_desktop: str, page: Page, path: Path) -> None:
    """Open the desktop with its key, and choose a file."""
    page.goto(one_desktop)
    page.goto(f"{one_desktop.partition('/?')[0]}/genomes")
    page.locator("input[type=file]").set_input_files(path)


def test_two_of_three_people_are_added_in_one_go(one_desktop: str, page: Page, seen: Seen, tmp_path: Path) -> None:
    path = tmp_path / "trio.vcf"
    path.write_text(text("mother", "father", "child"))
    give(one_desktop, page, path)
    whose = page.get_by_label("Whose genome in the file")
    whose.click()
    page.locator(".q-menu .q-item", has_text="child").click()
    page.keyboard.press("Escape")
    page.get_by_text("2 of 3 chosen").wait_for()
    assert not page.get_by_label("Name of this genome").is_visible()
    page.get_by_role("button", name="Add these 2 genomes").click()
    page.get_by_text("mother and child added.").wait_for()
    page.get_by_role("button", name="Done").click()
    for name in ("mother", "child"):
        page.get_by_role("button", name=f"Delete {name}").wait_for()
    assert page.get_by_role("button", name="Delete father").count() == 0
    assert seen.complaints == []


def test_the_genome_of_an_archive_is_asked_for(
    one_desktop: str, home: Path, page: Page, seen: Seen, tmp_path: Path
) -> None:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("anna.vcf", text("anna"))
        archive.writestr("ben.vcf", text("ben"))
        archive.writestr("readme.txt", "Dear customer")
    give(one_desktop, page, path)
    page.get_by_text("holds 2 genome files").wait_for()
    assert page.get_by_role("button", name="Open this one").is_disabled()
    page.get_by_text("ben.vcf").click()
    page.get_by_role("button", name="Open this one").click()
    page.get_by_role("button", name="Add this genome").click()
    page.get_by_text("ben added. The archive holds other genomes").wait_for()
    page.get_by_role("button", name="Open this one").click()
    page.get_by_role("button", name="Add this genome").click()
    for name in ("anna", "ben"):
        page.get_by_role("button", name=f"Delete {name}").wait_for()
    assert list((home / "tmp").glob("*.genome")) == []
    assert seen.complaints == []


def test_a_file_without_genotypes_cannot_be_added(
    one_desktop: str, home: Path, page: Page, seen: Seen, tmp_path: Path
) -> None:
    path = tmp_path / "somatic.vcf"
    path.write_text(text("TUMOR", form="AU:CU", value="1:2"))
    give(one_desktop, page, path)
    page.get_by_text("without saying who carries them").wait_for()
    page.get_by_text("germline VCF").wait_for()
    assert page.get_by_role("button", name="Add this genome").count() == 0
    page.get_by_role("button", name="Leave it").click()
    page.get_by_text("Drop a genome file here").wait_for()
    assert list((home / "tmp").glob("*.genome")) == []
    assert seen.complaints == []
