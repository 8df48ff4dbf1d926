from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genoteca.sdk import check_module
from genoteca_ensembl_variation import plugin
from genoteca_ensembl_variation.source import CHROMOSOMES, DATASET, file_of

PACKAGE = Path(plugin.__file__).parent
PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_the_module_keeps_every_rule() -> None:
    findings = check_module(plugin, folder=PACKAGE)
    assert not [finding for finding in findings if not finding.ok]
    assert len(findings) > 5


def test_the_manifest_and_the_distribution_agree() -> None:
    told = tomllib.loads(PROJECT.read_text())["project"]
    manifest = plugin.describe_module()
    assert told["version"] == manifest.version
    assert told["license"] == manifest.licence.code
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_ensembl_variation.plugin"}


def test_describing_the_module_loads_no_dagster() -> None:
    code = (
        "import sys; from genoteca_ensembl_variation.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0


def test_a_file_is_expected_for_every_chromosome() -> None:
    assert len(CHROMOSOMES) == 25
    assert file_of("MT") == "homo_sapiens-chrMT.parquet"
    assert DATASET.removeprefix("hf://") in plugin.describe_module().sources[0].url


@pytest.mark.parametrize("words", ["Nothing here is a diagnosis", "14 GB", "insertions and deletions"])
def test_a_person_is_told_before_installing(words: str) -> None:
    assert words in plugin.describe_module().description


def test_no_column_repeats_what_is_noted_of_illness() -> None:
    names = " ".join(column.name + column.label for column in plugin.describe_module().columns).lower()
    assert not [word for word in ("clin", "pathogenic", "significance") if word in names]
