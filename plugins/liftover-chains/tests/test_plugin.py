from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from genoteca.sdk import check_module
from genoteca_liftover_chains import plugin
from genoteca_liftover_chains.source import CHAINS, PUBLISHER

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
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_liftover_chains.plugin"}


def test_what_the_manifest_provides_is_what_there_is() -> None:
    assert set(plugin.describe_module().provides) == {chain.capability for chain in CHAINS}
    assert plugin.describe_module().permissions.network == (PUBLISHER.split("/")[2],)


def test_describing_the_module_loads_no_dagster() -> None:
    code = (
        "import sys; from genoteca_liftover_chains.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0
