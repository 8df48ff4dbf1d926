from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.modules import MODULE_TOML, write_module

from genoteca.errors import ManifestError
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.table_spec import TableKind, load_table_spec


def test_a_manifest_is_read_from_module_toml(tmp_path: Path) -> None:
    made = load_manifest(write_module(tmp_path))
    assert (made.id, made.dense, made.columns[0].name) == ("two-sites", True, "trait")


def test_dense_is_taken_from_the_table(tmp_path: Path) -> None:
    folder = write_module(tmp_path, toml=MODULE_TOML.replace("dense = true", "dense = false"))
    assert load_manifest(folder).dense is False


@pytest.mark.parametrize(
    ("given", "instead", "said"),
    [
        ('id = "two-sites"', 'id = "Two Sites"', r"id: .*'Two Sites' is not a module id"),
        ('id = "two-sites"', 'id = "sample"', "id: .*'sample' is not a module id"),
        ('version = "1.0.0"', 'version = "one"', "version: .*'one'"),
        ('title = "Two sites"', "", "title: Field required"),
        ('category = "Traits"', 'category = "Traits"\ncolour = "red"', "colour: Extra inputs"),
        ('builds = ["GRCh38"]', 'builds = ["hg38"]', "builds.0: .*'hg38'"),
        ('name = "trait"', 'name = "genotype"', "columns declared twice, or under a name every module has: genotype"),
        ("schema = 1", "schema = [", "is not TOML"),
    ],
)
def test_a_wrong_manifest_says_file_key_and_what_was_given(
    tmp_path: Path, given: str, instead: str, said: str
) -> None:
    assert given in MODULE_TOML
    folder = write_module(tmp_path, toml=MODULE_TOML.replace(given, instead, 1))
    with pytest.raises(ManifestError, match=said) as caught:
        load_manifest(folder)
    assert "module.toml" in caught.value.message
    assert caught.value.hint


def test_a_folder_without_a_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"holds no module\.toml"):
        load_manifest(tmp_path)


def test_the_table_part_names_kind_and_files(tmp_path: Path) -> None:
    spec = load_table_spec(write_module(tmp_path))
    assert spec.kind is TableKind.GENOTYPES
    assert spec.files()["sites"] == "sites.csv"


@pytest.mark.parametrize(
    ("given", "instead", "said"),
    [
        ('kind = "genotypes"', 'kind = "scores"', "table.kind: .*'scores'"),
        ('sites = "sites.csv"', "", "names its sites"),
        ('sites = "sites.csv"', 'sites = "../sites.csv"', r"'\.\./sites\.csv' is not the name"),
        ('sites = "sites.csv"', 'sites = "sites.py"', r"'sites\.py' is not the name"),
        ("dense = true", 'regions = "r.csv"', "has no regions"),
        ("dense = true", "sparse = true", "table.sparse: Extra inputs"),
    ],
)
def test_a_wrong_table_part_is_refused(tmp_path: Path, given: str, instead: str, said: str) -> None:
    assert given in MODULE_TOML
    folder = write_module(tmp_path, toml=MODULE_TOML.replace(given, instead, 1))
    with pytest.raises(ManifestError, match=said):
        load_table_spec(folder)


def test_a_manifest_without_a_table_is_no_data_module(tmp_path: Path) -> None:
    toml = MODULE_TOML[: MODULE_TOML.index("[table]")] + MODULE_TOML[MODULE_TOML.index("[[columns]]") :]
    folder = write_module(tmp_path, toml=toml)
    assert load_manifest(folder).dense is True
    with pytest.raises(ManifestError, match=r"no part \[table\]"):
        load_table_spec(folder)
