from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from genoteca.errors import InstallError, ManifestError
from genoteca.store.building import build_wheel, wheel_of_data_folder
from genoteca.store.digest import file_digest, source_digest

from .workshop import data_folder, project, snapshot


def test_the_same_source_gives_the_same_wheel(tmp_path: Path) -> None:
    one, two = project(tmp_path / "a" / "x"), project(tmp_path / "b" / "y")
    assert file_digest(build_wheel(one, tmp_path / "1")) == file_digest(build_wheel(two, tmp_path / "2"))
    assert source_digest(one) == source_digest(two)


def test_the_same_data_folder_gives_the_same_wheel(tmp_path: Path) -> None:
    one, two = data_folder(tmp_path / "a" / "x"), data_folder(tmp_path / "b" / "y")
    wheels = wheel_of_data_folder(one, tmp_path / "1"), wheel_of_data_folder(two, tmp_path / "2")
    assert file_digest(wheels[0]) == file_digest(wheels[1])


def test_the_source_is_only_read_and_its_tests_stay_behind(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    (source / "tests").mkdir()
    (source / "tests" / "test_tiny.py").write_text("")
    inner = source / "src" / "tiny_code_module" / "build"
    inner.mkdir()
    (inner / "__init__.py").write_text("")
    (inner.parent / "__pycache__").mkdir()
    (inner.parent / "__pycache__" / "plugin.cpython-311.pyc").write_bytes(b"")
    before = snapshot(source)
    wheel = build_wheel(source, tmp_path / "out")
    assert snapshot(source) == before
    with ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
    assert [name for name in names if "test" in name or "pycache" in name] == []
    assert {"tiny_code_module/module.toml", "tiny_code_module/build/__init__.py"} <= set(names)


def test_a_changed_table_changes_the_fingerprint_and_a_changed_test_does_not(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    before = source_digest(source)
    (source / "tests").mkdir()
    (source / "tests" / "test_tiny.py").write_text("")
    assert source_digest(source) == before
    (source / "src" / "tiny_code_module" / "alleles.csv").write_text("chrom\n")
    assert source_digest(source) != before


def test_a_build_tool_that_runs_code_is_not_used(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    pyproject = source / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"uv_build"', '"hatchling.build"'))
    with pytest.raises(InstallError, match=r"built by 'hatchling\.build'"):
        build_wheel(source, tmp_path / "out")


def test_a_build_backend_that_lies_in_the_project_is_not_used(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    pyproject = source / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("[build-system]", '[build-system]\nbackend-path = ["."]'))
    with pytest.raises(InstallError, match="alone is built"):
        build_wheel(source, tmp_path / "out")


def test_a_project_that_does_not_build_says_why(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    (source / "README.md").unlink()
    with pytest.raises(InstallError, match=r"cannot be built.*README\.md"):
        build_wheel(source, tmp_path / "out")


def test_a_pyproject_that_is_no_toml_says_where(tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    (source / "pyproject.toml").write_text("[build-system")
    with pytest.raises(InstallError, match=r"pyproject\.toml cannot be read"):
        build_wheel(source, tmp_path / "out")


def test_code_in_a_data_folder_is_named_and_refused(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "milk", run__py="print('hello')\n")
    with pytest.raises(InstallError, match=r"also holds run\.py"):
        wheel_of_data_folder(folder, tmp_path / "out")


def test_a_data_folder_with_a_bad_manifest_is_refused(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "milk", module__toml="id = 3\n")
    with pytest.raises(ManifestError):
        wheel_of_data_folder(folder, tmp_path / "out")
