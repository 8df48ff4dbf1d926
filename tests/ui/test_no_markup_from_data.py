"""What a module or a file says is text: the ways around that are not used anywhere in the desktop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENS = sorted((ROOT / "src" / "genoteca" / "ui").rglob("*.py"))
SCRIPTS = sorted((ROOT / "assets" / "ui").glob("*.js"))
STYLES = sorted((ROOT / "assets" / "ui").glob("*.css"))

FORBIDDEN = {
    "raw markup": r"sanitize\s*=\s*False|\bui\.html\(|\bui\.interactive_image\(",
    "markup in grid cells": r"html_columns",
    "scripts made of data": r"run_javascript\(|js_handler|add_body_html",
    "a head made in place": r"add_head_html\((?!_head\(\))",
    "a process that forks": r"cpu_bound",
    "a task nobody holds": r"asyncio\.create_task",
    "the old upload, which writes three times": r"\bui\.upload\(",
}


@pytest.mark.parametrize("way", FORBIDDEN)
def test_no_screen_uses(way: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SCREENS
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(FORBIDDEN[way], line)
    ]
    assert found == []


def test_every_option_that_the_browser_evaluates_is_a_name_of_our_own_script() -> None:
    written = "\n".join(script.read_text("utf-8") for script in SCRIPTS)
    defined = re.findall(r"window\.(genoteca|explorer) = \{(.+?)\};", written)
    assert {part for part, _ in defined} == {"genoteca", "explorer"}
    names = {f"{part}.{name.split(':')[0].strip()}" for part, names in defined for name in names.split(",")}
    evaluated = [
        (path.name, value)
        for path in SCREENS
        for value in re.findall(r'"(?::\w+)":\s*f?"([^"]+)"', path.read_text("utf-8"))
    ]
    assert evaluated
    assert {value for _, value in evaluated} <= names


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_own_script_writes_text_only(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, ROOT / "assets" / "ui" / "logo.svg"], ids=lambda path: path.name)
def test_our_own_files_name_no_other_host(path: Path) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text("utf-8")))
    assert addresses <= {"http://www.w3.org"}  # the name of SVG, never fetched
