"""Importing does no work, and the screens and the command line never load Dagster."""

import functools
import subprocess
import sys

import pytest


@functools.cache
def loaded_by(statement: str) -> frozenset[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import genoteca.cli",
        "import genoteca.actions",
        "import genoteca.sdk",
        "import genoteca.engine.executor, genoteca.engine.index",
        "import genoteca.ui.server",
        "import genoteca.store",
    ],
)
def test_no_dagster_outside_the_workers(statement: str) -> None:
    assert "dagster" not in loaded_by(statement)


@pytest.mark.parametrize(
    "statement", ["import genoteca.cli", "import genoteca.actions", "import genoteca.engine.working"]
)
def test_no_nicegui_below_the_screens(statement: str) -> None:
    assert "nicegui" not in loaded_by(statement)


@pytest.mark.parametrize("statement", ["import genoteca.cli", "import genoteca.ui.server"])
def test_nothing_is_loaded_of_what_signs_catalogues_before_one_is_verified(statement: str) -> None:
    assert loaded_by(statement).isdisjoint({"tuf", "securesystemslib"})


def test_the_model_needs_no_table_library() -> None:
    modules = "build, column, evidence, filter, intake, module, record, run, sample"
    found = loaded_by(f"from genoteca.model import {modules}")
    assert found.isdisjoint({"polars", "duckdb", "pyarrow", "numpy"})
