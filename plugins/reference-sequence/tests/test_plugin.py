from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from genoteca.sdk import check_module
from genoteca_reference_sequence import plugin

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
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_reference_sequence.plugin"}


def test_it_answers_for_no_sample_and_provides_a_sequence_for_every_build_it_has() -> None:
    manifest = plugin.describe_module()
    assert not manifest.annotates
    assert manifest.provides == tuple(f"sequence:{build}" for build in manifest.builds)


def test_describing_the_module_loads_neither_dagster_nor_polars() -> None:
    code = (
        "import sys; from genoteca_reference_sequence.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0
