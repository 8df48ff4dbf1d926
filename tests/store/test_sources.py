from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.errors import InputError, InstallError, NotFoundError
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.record import InstallOrigin
from genoteca.store.sources import SourceKind, install_source

from .workshop import Shop, data_folder, forge, project


def test_an_id_of_the_catalogue_is_the_bundled_module(tmp_path: Path) -> None:
    project(tmp_path / "milk", "milk-traits", code="")
    source = install_source("milk-traits", bundled_catalogue(tmp_path))
    assert (source.kind, source.origin, source.path) == (SourceKind.PROJECT, InstallOrigin.BUNDLED, tmp_path / "milk")
    assert source.digest() != ""


def test_a_wheel_a_project_and_a_data_folder_are_told_apart(tmp_path: Path) -> None:
    wheel, code, data = forge(tmp_path / "w"), project(tmp_path / "p"), data_folder(tmp_path / "d")
    kinds = [install_source(str(path), []).kind for path in (wheel, code, data)]
    assert kinds == [SourceKind.WHEEL, SourceKind.PROJECT, SourceKind.DATA]
    assert {install_source(str(path), []).origin for path in (wheel, code, data)} == {InstallOrigin.FILE}


def test_an_unknown_id_names_the_nearest(tmp_path: Path) -> None:
    project(tmp_path / "milk", "milk-traits", code="")
    with pytest.raises(NotFoundError) as raised:
        install_source("milk_trait", bundled_catalogue(tmp_path))
    assert raised.value.hint == "Did you mean milk-traits?"
    with pytest.raises(NotFoundError) as raised:
        install_source("zebra", bundled_catalogue(tmp_path))
    assert raised.value.hint == "The catalogue holds: milk-traits."


def test_a_folder_without_a_module_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"neither pyproject\.toml nor module\.toml"):
        install_source(str(tmp_path), [])


def test_a_file_of_another_kind_is_refused_where_it_is_looked_into(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "genome.vcf").write_text("##fileformat=VCFv4.3\n")
    with pytest.raises(InstallError, match="not a wheel"):
        shop.prepare(tmp_path / "genome.vcf")
