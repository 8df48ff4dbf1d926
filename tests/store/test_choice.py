"""How a module is named, and which one is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.errors import InputError, InstallError, NotFoundError
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.choice import Wanted, chosen_version, named_entry, wanted_of
from genoteca.store.contents import changes_in
from genoteca.store.sources import install_source

from .workshop import data_folder, project


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("milk-traits", Wanted(id="milk-traits")),
        ("milk-traits@our-lab", Wanted(id="milk-traits", catalogue="our-lab")),
        ("milk-traits==1.2rc1", Wanted(id="milk-traits", version="1.2rc1")),
        ("milk-traits@our-lab==1.2.0", Wanted(id="milk-traits", catalogue="our-lab", version="1.2.0")),
        ("./milk-traits", None),
        ("milk_traits.whl", None),
        ("Milk", None),
    ],
)
def test_a_module_is_named_by_id_catalogue_and_version(text: str, wanted: Wanted | None) -> None:
    assert wanted_of(text) == wanted


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(InputError, match="is no version"):
        wanted_of("milk-traits==newest")


def test_a_shipped_module_has_the_one_version_it_has(tmp_path: Path) -> None:
    project(tmp_path / "shelf" / "milk", "milk-traits", code="")
    shelf = bundled_catalogue(tmp_path / "shelf")
    assert install_source("milk-traits@shipped==1.0", shelf).path == tmp_path / "shelf" / "milk"
    with pytest.raises(NotFoundError) as raised:
        install_source("milk-traits==1.1", shelf)
    assert raised.value.hint == "On offer: 1.0.0."
    with pytest.raises(NotFoundError, match="no catalogue 'lab'"):
        install_source("milk-traits@lab", shelf)


def test_a_shipped_module_for_another_app_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    project(tmp_path / "shelf" / "milk", "milk-traits", code="", requires_app=">=90")
    (entry,) = bundled_catalogue(tmp_path / "shelf")
    with pytest.raises(InstallError, match="needs Genoteca >=90"):
        chosen_version(entry)


def test_a_folder_whose_name_is_an_id_that_nobody_offers_is_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_folder(tmp_path / "milk-traits")
    monkeypatch.chdir(tmp_path)
    assert named_entry("milk-traits", []) is None
    assert install_source("milk-traits", []).path == tmp_path / "milk-traits"


@pytest.mark.parametrize(
    ("version", "said"),
    [("1.1.0", "Newer.\n\n### In detail\n\nMuch."), ("1.1", ""), ("1.0.0", "Older."), ("0.9", "")],
)
def test_a_changelog_is_read_by_version(version: str, said: str) -> None:
    text = (
        "# Changes\n\n## 1.1.0 (2026-11-01)\n\nNewer.\n\n### In detail\n\nMuch.\n\n## 1.0.0\nOlder.\n\n# Else\nNo.\n"
    )
    assert changes_in(text, version) == said
