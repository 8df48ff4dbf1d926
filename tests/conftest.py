"""What every test may use: an own data folder, and the real genomes where they lie beside the checkout."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from tests.forking import Forking

from genoteca.settings import Settings

# How long an example takes says something of the machine's other work, nothing of the code.
hypothesis.settings.register_profile("genoteca", deadline=None, max_examples=60)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000)  # --hypothesis-profile=thorough
hypothesis.settings.load_profile("genoteca")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

LONG_FIRST = ("browser", "faults", "actions", "cli", "house", "real", "engine", "store")
"""Folders whose files take longest: begun last, one of them would keep one core busy while the others wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; within a file the order stays."""
    here = Path(__file__).resolve().parent

    def place(item: pytest.Item) -> int:
        inside = item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""
        return LONG_FIRST.index(inside) if inside in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=place)


def pytest_xdist_auto_num_workers() -> int:
    """Let one process more than there are processors run tests: many of them wait for a child or for the browser."""
    return (os.cpu_count() or 1) + 1


def pytest_configure() -> None:
    """Let the processes that tests start keep what Python compiles: each would compile this project anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """Take every test and library out of the garbage collector's sight: it would walk them hundreds of times."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let everything be taken down in order."""
    gc.unfreeze()


STARTED = ("faults", "engine/test_recovery.py", "sdk/isolated")
"""Where how a child starts is of interest: it starts there as it does for a user. Single tests say so by a mark."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Fork the children of a test, where nothing looks at how they start."""
    here = Path(__file__).resolve().parent
    started = item.get_closest_marker("started") or any(item.path.is_relative_to(here / place) for place in STARTED)
    with pytest.MonkeyPatch.context() as patch:
        if not started:
            patch.setattr(subprocess, "Popen", Forking)
        return (yield)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of an empty data folder; no standby worker outlives its test."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("GENOTECA_HOME", str(home))
    monkeypatch.setenv("GENOTECA_STANDBY_SECONDS", "0")
    return Settings()


@pytest.fixture
def shared_data() -> Path:
    """Folder of real genomes and references; a test that needs it says so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real genomes do not lie beside this checkout")
    return SHARED
