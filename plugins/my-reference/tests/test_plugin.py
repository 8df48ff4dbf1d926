from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genoteca.sdk import ModuleContext, check_module
from genoteca_my_reference import plugin

PACKAGE = Path(plugin.__file__).parent
PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def context(**settings: str) -> ModuleContext:
    return ModuleContext(module_id="my-reference", version="1.0.0", data_version="1", settings=settings)


def test_the_module_keeps_every_rule() -> None:
    findings = check_module(plugin, folder=PACKAGE)
    assert not [finding for finding in findings if not finding.ok]
    assert len(findings) > 5


def test_the_manifest_and_the_distribution_agree() -> None:
    told = tomllib.loads(PROJECT.read_text())["project"]
    manifest = plugin.describe_module()
    assert told["version"] == manifest.version
    assert told["license"] == manifest.licence.code
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_my_reference.plugin"}


def test_describing_the_module_loads_no_dagster() -> None:
    code = (
        "import sys; from genoteca_my_reference.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0


def test_without_a_file_it_has_no_columns_and_is_not_set_up() -> None:
    assert plugin.describe_columns(context(source="")) == ()
    assert not context().settled(plugin.describe_module()).is_set_up


def test_columns_and_builds_are_those_of_the_chosen_file(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text("chrom\tpos_GRCh37\tpos_GRCh38\tgene\n1\t5\t6\tABC\n")
    told = context(source=str(path))
    assert [column.name for column in plugin.describe_columns(told)] == ["own_variant", "gene"]
    assert list(plugin.describe_builds(told)) == ["GRCh37", "GRCh38"]


@pytest.mark.parametrize("words", ["Nothing is guessed", "For several files at once", "does not know how good it is"])
def test_a_person_is_told_before_installing(words: str) -> None:
    assert words in plugin.describe_module().description
