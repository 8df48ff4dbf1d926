from __future__ import annotations

import sys
from pathlib import Path

import pytest

from genoteca.model.module import Tier
from genoteca.store.catalogue import Offer, bundled_catalogue, offer, search, updates

from .workshop import Shop, data_folder, project


def shelf(folder: Path) -> Path:
    project(folder / "milk", "milk-traits", code="")
    project(folder / "tiny", "tiny-code", code="raise RuntimeError('imported')\n")
    (folder / "notes").mkdir()
    return folder


def test_the_shelf_is_read_without_importing_anything(tmp_path: Path) -> None:
    entries = bundled_catalogue(shelf(tmp_path))
    assert [(entry.id, entry.tier) for entry in entries] == [("milk-traits", Tier.DATA), ("tiny-code", Tier.CODE)]
    assert not {"tiny_code_module", "milk_traits_module"} & sys.modules.keys()
    milk = entries[0]
    assert (milk.distribution, milk.version) == ("milk-traits-dist", "1.0.0")
    assert milk.readme.startswith("# milk-traits")
    assert milk.icon_svg().startswith("<svg")
    assert milk.genes == ("LCT",)
    assert milk.package_bytes > 0


@pytest.mark.parametrize("text", ["milk", "MILK traits", "lct", "made in it", "tiny"])
def test_search_looks_through_title_summary_tags_and_genes(tmp_path: Path, text: str) -> None:
    found = search(bundled_catalogue(shelf(tmp_path)), text)
    assert found
    assert search(found, f"{text} zebra") == []


def test_search_keeps_one_category_and_all_words(tmp_path: Path) -> None:
    entries = bundled_catalogue(shelf(tmp_path))
    assert [entry.id for entry in search(entries, "tiny code")] == ["tiny-code"]
    assert search(entries, category="Health") == []
    assert search(entries, category="Traits") == search(entries, "") == entries


def test_a_module_that_cannot_be_read_is_left_out_and_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf(tmp_path)
    manifest = tmp_path / "tiny" / "src" / "tiny_code_module" / "module.toml"
    manifest.write_text("id = 3")
    assert [entry.id for entry in bundled_catalogue(tmp_path)] == ["milk-traits"]
    assert str(tmp_path / "tiny") in caplog.text


def test_an_update_is_a_newer_version_or_changed_contents(shop: Shop, tmp_path: Path) -> None:
    source = project(tmp_path / "shelf" / "milk", "milk-traits", code="")
    (entry,) = bundled_catalogue(tmp_path / "shelf")
    assert offer(entry, None) is Offer.INSTALL
    prepared = shop.generations.prepare(shop.bundled(entry))
    module = shop.generations.install(prepared, check=shop.check)
    assert offer(entry, module) is Offer.INSTALLED
    assert updates([entry], [module]) == []
    (source / "README.md").write_text("# Changed\n")
    assert offer(entry, module) is Offer.UPDATE
    project(source, "milk-traits", "1.10.0", code="")
    (newer,) = bundled_catalogue(tmp_path / "shelf")
    assert updates([newer], [module]) == [newer]


def test_what_came_from_a_file_is_updated_by_version_only(shop: Shop, tmp_path: Path) -> None:
    project(tmp_path / "shelf" / "milk", "milk-traits", "1.9.0", code="")
    (entry,) = bundled_catalogue(tmp_path / "shelf")
    same = shop.install(data_folder(tmp_path / "same", version="1.9.0"))
    assert offer(entry, same) is Offer.INSTALLED
    newer = shop.install(data_folder(tmp_path / "newer", version="1.10.0"))
    assert offer(entry, newer) is Offer.INSTALLED
