from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from genoteca.errors import ManifestError
from genoteca.model.module import Tier
from genoteca.store.installed import installed_modules

from .workshop import Shop, data_folder, project


def test_a_module_with_a_damaged_manifest_is_listed_as_broken_with_the_reason(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    (module.folder / "module.toml").write_text("id = [")
    (broken,) = installed_modules(shop.layout)
    assert broken.broken
    assert broken.id == "milk-traits"
    assert "TOML" in broken.problem
    with pytest.raises(ManifestError, match="TOML"):
        broken.sound_manifest()


def test_a_module_whose_manifest_names_another_is_broken(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    path = module.folder / "module.toml"
    path.write_text(path.read_text().replace('"milk-traits"', '"other-traits"'))
    assert installed_modules(shop.layout)[0].problem == (
        "It was installed as milk-traits, its manifest says other-traits"
    )


def test_a_module_whose_files_are_gone_is_listed_as_broken(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    shutil.rmtree(module.site)
    module.site.mkdir()
    (broken,) = installed_modules(shop.layout)
    assert broken.broken
    assert "gone" in broken.problem


def test_a_data_module_that_gained_code_is_code(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    (module.folder / "__init__.py").write_text("import os\n")
    assert installed_modules(shop.layout)[0].tier is Tier.CODE


def test_a_distribution_that_was_not_installed_by_the_store_is_no_module(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    stranger = module.site / "stranger-1.0.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (stranger / "entry_points.txt").write_text("[genoteca]\nstranger = stranger\n")
    assert [found.id for found in installed_modules(shop.layout)] == ["milk-traits"]


def test_byte_code_beside_a_data_module_does_not_change_its_tier(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(project(tmp_path / "milk", "milk-traits", code=""))
    (module.folder / "__pycache__").mkdir(exist_ok=True)
    (module.folder / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"\0")
    assert installed_modules(shop.layout)[0].tier is Tier.DATA
