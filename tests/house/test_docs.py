"""What the help pages take from the code is what the code says."""

import subprocess
import sys
from pathlib import Path

import pytest

from genoteca.actions import help_page

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "plugins" / "README.md"
"""Also a help page: `writing-a-module`."""
PAGES = [*sorted((ROOT / "assets" / "help").glob("*.md")), GUIDE]


def test_there_are_help_pages() -> None:
    assert {page.stem for page in PAGES} >= {
        "command-line",
        "settings",
        "evidence",
        "data-folder",
        "what-can-i-open",
    }
    assert help_page("writing-a-module").text.startswith("A module says")


@pytest.fixture(scope="module")
def checked() -> str:
    """What cog says of all pages, filled by one process that imports the code once."""
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "-I", str(ROOT / "tests" / "house"), *map(str, PAGES)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0 or "(changed)" in told, told
    return told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_help_page_says_what_the_code_says(page: Path, checked: str) -> None:
    lines = [line for line in checked.splitlines() if line.startswith(f"Checking {page}")]
    assert len(lines) == 1, checked
    assert "(changed)" not in lines[0], f"{checked}\nRefresh it: uv run cog -r -I tests/house {page.name}"


def test_every_help_page_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"{page.relative_to(ROOT).as_posix()})" not in readme] == []


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install uv && uv run genoteca" in readme
    assert "pip install uv && uv run pytest" in readme
