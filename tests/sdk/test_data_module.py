from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.modules import MODULE_TOML, write_module

from genoteca.errors import CheckError
from genoteca.sdk import data_plugin
from genoteca.sdk.testing import MakeSample, materialize_module

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"

PLACES = """
schema = 1
id = "places"
title = "Places"
summary = "A little table of places."
version = "1.0.0"
data_version = "3"
category = "Tests"
builds = ["GRCh37", "GRCh38"]
licence = { code = "Apache-2.0", data = "CC-BY-4.0" }
authors = [{ name = "An author" }]
sources = [{ name = "A paper", url = "https://doi.org/10.1038/ng826", citation = "A paper, 2002." }]
[[columns]]
name = "meaning"
label = "Meaning"
description = "What it means."
[table]
"""


def places(folder: Path, table: str, content: str) -> Path:
    package = folder / "places"
    package.mkdir()
    (package / "module.toml").write_text(PLACES + table)
    (package / "places.csv").write_text(content)
    return package


def test_genotypes_are_answered_end_to_end(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    made = materialize_module(data_plugin(write_module(tmp_path)), genoteca_sample())
    assert made.failed_checks == []
    said = {row["trait"]: (row["evidence"], row["conclusion"]) for row in made.table.iter_rows(named=True)}
    assert said == {"Lactase": ("called", "one"), "Earwax": ("reference", "wet")}
    assert made.record("reference").data_version == "2026-11-01"
    digests = made.record("reference").metadata["tables"]
    assert isinstance(digests, dict)
    assert set(digests) == {"sites.csv", "genotypes.csv", "combinations.csv"}


def test_a_setting_opts_in_to_the_combinations_of_its_name(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    module = data_plugin(write_module(tmp_path))
    made = materialize_module(module, genoteca_sample(), settings={"pair": True})
    both = made.table.filter(trait="Both").row(0, named=True)
    assert (both["conclusion"], both["evidence"]) == ("milk and wet", "called")
    assert made.record().sites == 3


def test_a_setting_the_module_does_not_have_is_refused(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    with pytest.raises(CheckError, match="No setting of two-sites: pears"):
        materialize_module(data_plugin(write_module(tmp_path)), genoteca_sample(), settings={"pears": True})


@pytest.mark.parametrize(("dense", "rows"), [("true", 2), ("false", 1)])
def test_alleles_are_answered_end_to_end(tmp_path: Path, genoteca_sample: MakeSample, dense: str, rows: int) -> None:
    content = "build,chrom,pos,ref,alt,meaning\n" + "".join(
        f"{build},{place},{meaning}\n"
        for build, place, meaning in [
            ("GRCh37", "2,136608646,G,A", "milk"),
            ("GRCh37", "16,48258198,C,T", "wax"),
            ("GRCh38", "1,5,C,T", "elsewhere"),
        ]
    )
    folder = places(tmp_path, f'kind = "alleles"\nalleles = "places.csv"\ndense = {dense}\n', content)
    made = materialize_module(data_plugin(folder), genoteca_sample(build="GRCh37"))
    assert made.failed_checks == []
    assert len(made.reference) == 2
    assert len(made.table) == rows
    assert made.table.filter(evidence="called")["meaning"].to_list() == ["milk"]
    assert (made.record().licence, made.record().data_version) == ("CC-BY-4.0", "3")


def test_regions_are_answered_end_to_end(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    content = "build,chrom,start,end,meaning\nGRCh38,2,135851000,135851100,near milk\nGRCh38,3,1,100,none\n"
    folder = places(tmp_path, 'kind = "regions"\nregions = "places.csv"\ndense = false\n', content)
    made = materialize_module(data_plugin(folder), genoteca_sample())
    assert made.failed_checks == []
    assert made.table.select("pos", "evidence", "match", "meaning").rows() == [
        (135851000, "called", "interval", "near milk")
    ]


def test_the_shipped_traits_answer_in_both_builds(genoteca_sample: MakeSample) -> None:
    module = data_plugin(PLUGINS / "everyday-traits" / "src" / "genoteca_everyday_traits")
    for build in ("GRCh37", "GRCh38"):
        made = materialize_module(module, genoteca_sample(build=build))
        assert made.failed_checks == []
        said = {row["rsid"]: row for row in made.table.iter_rows(named=True)}
        assert said["rs4988235"]["evidence"] == "called"
        assert said["rs17822931"]["evidence"] == "reference"
        assert said["rs17822931"]["conclusion"]


def test_a_plugin_is_read_again_each_time_it_is_asked(tmp_path: Path) -> None:
    folder = write_module(tmp_path)
    plugin = data_plugin(folder)
    assert plugin.describe_module().title == "Two sites"
    (folder / "module.toml").write_text(MODULE_TOML.replace('"Two sites"', '"Two places"'))
    assert plugin.describe_module().title == "Two places"
