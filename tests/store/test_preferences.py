from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import JsonValue

from genoteca.errors import InputError
from genoteca.model.module import ModuleManifest
from genoteca.sdk import load_manifest
from genoteca.settings import Settings
from genoteca.store.preferences import Preferences, own_source

from .workshop import data_folder

SETTINGS = """
[settings.source]
type = "path_or_url"
[settings.stars]
type = "integer"
default = 1
[settings.strict]
type = "boolean"
[settings.note]
type = "text"
[settings.scope]
type = "choice"
choices = ["all", "pathogenic"]
default = "all"
"""


@pytest.fixture
def manifest(tmp_path: Path) -> ModuleManifest:
    folder = data_folder(tmp_path / "milk")
    path = folder / "module.toml"
    path.write_text(path.read_text() + SETTINGS)
    return load_manifest(folder)


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("stars", "3", 3),
        ("stars", 2, 2),
        ("strict", "yes", True),
        ("strict", "off", False),
        ("strict", False, False),
        ("note", "a, b", "a, b"),
        ("scope", "pathogenic", "pathogenic"),
        ("source", "https://example.org/x.vcf.gz", "https://example.org/x.vcf.gz"),
        ("source", "", ""),
    ],
)
def test_a_value_is_read_by_the_type_of_its_setting(
    settings: Settings, manifest: ModuleManifest, key: str, given: JsonValue, kept: JsonValue
) -> None:
    preferences = Preferences(settings.layout.database)
    assert preferences.set(manifest, key, given) == kept
    assert preferences.get("milk-traits") == {key: kept}
    assert preferences.values(manifest)[key] == kept


@pytest.mark.parametrize(
    ("key", "given", "why"),
    [
        ("stars", "many", "whole number"),
        ("stars", True, "whole number"),
        ("stars", 1.5, "whole number"),
        ("strict", "perhaps", "true or false"),
        ("note", 3, "text is expected"),
        ("scope", "some", "one of all, pathogenic"),
        ("source", "http://example.org/x.vcf", "https://"),
        ("source", "file:///x.vcf", "https://"),
        ("source", "no/such/file.vcf", "there is no file"),
        ("source", "no/such/{build}.vcf", "there is no folder"),
    ],
)
def test_a_value_of_another_type_is_refused_and_nothing_is_kept(
    settings: Settings, manifest: ModuleManifest, key: str, given: JsonValue, why: str
) -> None:
    preferences = Preferences(settings.layout.database)
    with pytest.raises(InputError, match=why):
        preferences.set(manifest, key, given)
    assert preferences.get("milk-traits") == {}


def test_a_path_that_stands_for_several_files_is_kept(
    settings: Settings, manifest: ModuleManifest, tmp_path: Path
) -> None:
    several = str(tmp_path / "{build}.vcf.gz")
    assert Preferences(settings.layout.database).set(manifest, "source", several) == several


def test_a_file_is_kept_with_its_whole_path(
    settings: Settings, manifest: ModuleManifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clinvar.vcf").write_text("")
    monkeypatch.chdir(tmp_path)
    kept = Preferences(settings.layout.database).set(manifest, "source", "clinvar.vcf")
    assert kept == str(tmp_path / "clinvar.vcf")


def test_an_unknown_key_names_the_nearest(settings: Settings, manifest: ModuleManifest) -> None:
    with pytest.raises(InputError, match="has no setting 'sorce'") as raised:
        Preferences(settings.layout.database).set(manifest, "sorce", "x")
    assert raised.value.hint == "Did you mean source?"


def test_defaults_hold_until_a_value_is_set_and_after_it_is_reset(
    settings: Settings, manifest: ModuleManifest
) -> None:
    preferences = Preferences(settings.layout.database)
    untouched = {"source": None, "stars": 1, "strict": None, "note": None, "scope": "all"}
    assert preferences.values(manifest) == untouched
    preferences.set(manifest, "stars", "4")
    assert preferences.values(manifest) == {**untouched, "stars": 4}
    preferences.reset("milk-traits", "stars")
    assert preferences.values(manifest) == untouched
    preferences.set(manifest, "note", "kept")
    preferences.forget("milk-traits")
    assert preferences.get("milk-traits") == {}


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ("/data/clinvar.vcf.gz", "/data/clinvar.vcf.gz"),
        ("https://example.org/clinvar.vcf.gz", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_a_file_on_this_computer_stands_in_place_of_a_publisher(
    manifest: ModuleManifest, source: JsonValue, own: str
) -> None:
    assert own_source(manifest, {"source": source, "note": "/data/clinvar.vcf.gz"}) == own
