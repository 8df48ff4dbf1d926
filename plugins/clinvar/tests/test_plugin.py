from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genoteca.sdk import check_module
from genoteca_clinvar import plugin

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
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_clinvar.plugin"}


def test_describing_the_module_loads_no_dagster() -> None:
    code = (
        "import sys; from genoteca_clinvar.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["significance_class", "of_note", "stars", "conditions", "gene", "variation_id"])
def test_what_a_person_looks_for_is_shown_first(name: str) -> None:
    assert name in {column.name for column in plugin.describe_module().shown_columns()}


def test_the_module_says_that_it_is_no_diagnosis() -> None:
    assert "not a diagnosis" in plugin.describe_module().description
