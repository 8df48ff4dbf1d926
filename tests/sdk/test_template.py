from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genoteca.errors import InputError
from genoteca.sdk import check_module, data_plugin
from genoteca.sdk.template import TEMPLATES, write_template


def test_the_template_is_a_module_that_keeps_every_rule(tmp_path: Path) -> None:
    written = write_template(tmp_path / "new", "milk-and-honey")
    folder = tmp_path / "new" / "src" / "genoteca_milk_and_honey"
    assert {path.name for path in written} >= {"README.md", "pyproject.toml", "module.toml", "test_milk_and_honey.py"}
    assert [finding for finding in check_module(data_plugin(folder), folder=folder) if not finding.ok] == []
    assert data_plugin(folder).describe_module().title == "Milk and honey"
    project = tomllib.loads((tmp_path / "new" / "pyproject.toml").read_text())["project"]
    assert project["name"] == "genoteca-milk-and-honey"
    assert project["entry-points"]["genoteca"] == {"milk-and-honey": "genoteca_milk_and_honey"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_of_the_templates_name_is_left(tmp_path: Path, template: str) -> None:
    for path in write_template(tmp_path / "new", "milk-and-honey", template):
        left = path.as_posix().removeprefix(tmp_path.as_posix()) + path.read_text("utf-8")
        assert not [word for word in ("my-module", "my_module", "My module") if word in left]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_templates_own_tests_pass_as_generated(tmp_path: Path, template: str) -> None:
    write_template(tmp_path / "new", "fresh", template)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error"],
        cwd=tmp_path / "new",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 passed" in done.stdout
    assert "failed" not in done.stdout


def test_an_unknown_template_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no template 'odd'") as caught:
        write_template(tmp_path / "new", "fresh", "odd")
    assert all(name in caught.value.hint for name in TEMPLATES)


@pytest.mark.parametrize("name", ["Fresh", "sample", "x", "9lives", "../up", "a_b", ""])
def test_a_name_that_is_no_module_id_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="is not a module id"):
        write_template(tmp_path / "new", name)
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(InputError, match="is there already"):
        write_template(tmp_path, "fresh")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
