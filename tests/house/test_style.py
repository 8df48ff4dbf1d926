"""The house's own rules, run by the same command as every other test."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {
    "pyproject.toml",
    "src",
    "plugins",
    "tests",
    "assets",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "uv.lock",
    ".ci",
    ".gitignore",
}


def tool(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: the tracked files are not known")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def sources() -> Iterator[Path]:
    yield from (ROOT / "src").rglob("*.py")
    yield from (path for path in (ROOT / "plugins").rglob("*.py") if "tests" not in path.parts)


def test_ruff_finds_nothing() -> None:
    tool("ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    tool("ruff", "format", "--check", ".")


def test_mypy_strict_finds_nothing() -> None:
    tool("mypy")


def test_the_floors_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "plugins").glob("*/src")))},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_plugins_import_only_the_sdk_of_ours() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources()
        if path.is_relative_to(ROOT / "plugins")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"\s*(from|import) genoteca(?!_)", line)
        and not re.match(r"\s*(from|import) genoteca\.sdk\b", line)
    ]
    assert foreign == []


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_the_environment_is_read_in_settings_only() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"os\.environ|os\.getenv|\bgetenv\(", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["src/genoteca/settings.py"]


def test_the_lock_names_the_public_index_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


def test_nothing_else_stands_at_the_top() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def test_no_machine_path_is_tracked() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.suffix not in {".gz", ".png", ".lock"} and path != Path(__file__)
        if (match := re.search(r"/(?:work|root|farm|home)/[a-z]+", path.read_text(encoding="utf-8", errors="ignore")))
    ]
    assert found == []


def test_every_dependency_says_why_it_is_here() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    block = lines[start + 1 : lines.index("]", start)]
    named = [n for n, line in enumerate(block) if line.strip().startswith('"')]
    unexplained = [
        block[n].strip()
        for n in named
        if not (block[n - 1].strip().startswith("#") or block[n - 2].strip().startswith("#"))
    ]
    assert unexplained == []


def test_the_version_stands_once() -> None:
    import genoteca

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == genoteca.__version__
