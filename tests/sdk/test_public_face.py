from __future__ import annotations

import subprocess
import sys

import pytest

import genoteca.sdk


def test_every_public_name_is_there_and_sorted() -> None:
    assert list(genoteca.sdk.__all__) == sorted(genoteca.sdk.__all__)
    for name in genoteca.sdk.__all__:
        assert getattr(genoteca.sdk, name) is not None


def test_every_public_name_has_one_home() -> None:
    homes = [name for names in genoteca.sdk._HOMES.values() for name in names]
    assert sorted(homes) == sorted(genoteca.sdk.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no 'annotate_everything'"):
        genoteca.sdk.annotate_everything  # noqa: B018


def loaded_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_sdk_and_all_its_names_does_not_load_dagster() -> None:
    assert "dagster" not in loaded_after(
        "import genoteca.sdk as sdk\nfor name in sdk.__all__: getattr(sdk, name)\nimport genoteca.sdk.materialized"
    )


def test_the_pytest_plugin_and_a_manifest_load_neither_polars_nor_dagster() -> None:
    heavy = {"dagster", "polars", "duckdb", "pyarrow", "numpy"}
    assert not heavy & loaded_after("import genoteca.sdk.testing")
    assert not heavy & loaded_after("from genoteca.sdk import load_manifest, data_plugin, hookimpl, ModuleManifest")
