"""Sites that a data module knows by their rsID only, from its tables to the answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.modules import COMBINATIONS, MODULE_TOML, write_module

from genoteca.annotate.by_rsid import NO_RSIDS
from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk import Outcome, data_plugin
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.panel_file import read_panel
from genoteca.sdk.table_spec import load_table_spec
from genoteca.sdk.testing import MakeSample, materialize_module

TOML = MODULE_TOML.replace('builds = ["GRCh38"]', 'builds = ["GRCh37", "GRCh38"]').replace(
    'genotypes = "genotypes.csv"', 'genotypes = "genotypes.csv"\nrsids = "rsid"'
)
SITES = """site,rsid,trait,chrom_GRCh38,pos_GRCh38,ref_GRCh38,alt_GRCh38,chrom_GRCh37,pos_GRCh37,ref_GRCh37,alt_GRCh37
milk,rs4988235,Lactase,2,135851076,G,A,,,,
wax,rs17822931,Earwax,16,48224287,C,T,16,48258198,C,T
"""
NOWHERE = "site,rsid,trait,ref,alt\nmilk,rs4988235,Lactase,G,A\nwax,rs17822931,Earwax,C,T\n"


def module(folder: Path, *, sites: str = SITES, toml: str = TOML) -> Path:
    return write_module(folder, toml=toml, sites=sites, combinations=COMBINATIONS)


def vcf(*records: str) -> str:
    head = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME"
    lines = ["\t".join([*record.split(), "60", "PASS", ".", "GT", "0/1"]) for record in records]
    return "\n".join(["##fileformat=VCFv4.2", head, *lines, ""])


HET_37 = "2 136608646 rs4988235 G A"


@pytest.mark.parametrize(
    ("build", "record", "match"),
    [("GRCh37", HET_37, "rsid"), ("GRCh38", "2 135851076 rs4988235 G A", "genotype")],
)
def test_the_rsid_is_asked_for_only_where_there_is_no_place(
    tmp_path: Path, genoteca_sample: MakeSample, build: str, record: str, match: str
) -> None:
    sample = genoteca_sample(vcf(record), build=build, kind="whole genome")
    made = materialize_module(data_plugin(module(tmp_path)), sample)
    assert made.failed_checks == []
    milk = made.table.filter(site=made.reference.filter(site_id="milk")["site"][0]).row(0, named=True)
    assert (milk["evidence"], milk["match"], milk["genotype"], milk["conclusion"]) == ("called", match, "A/G", "one")
    assert (milk["chrom"], milk["pos"]) == tuple(f(x) for f, x in zip((str, int), record.split()[:2], strict=True))


def test_a_module_without_any_place_answers_a_file_with_rsids(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    made = materialize_module(
        data_plugin(module(tmp_path, sites=NOWHERE)), genoteca_sample(vcf(HET_37), build="GRCh37")
    )
    assert made.failed_checks == []
    assert made.outcome is Outcome.ANSWERED
    assert made.record().sites == sum(made.evidence.values()) == 2
    assert (made.evidence["called"], made.evidence["not_covered"]) == (1, 1)


def test_what_an_rsid_cannot_tell_is_counted_in_the_record(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample(vcf(HET_37, "3 77 rs4988235 G A"), build="GRCh37")
    made = materialize_module(data_plugin(module(tmp_path, sites=NOWHERE)), sample)
    assert made.evidence["no_call"] == 1
    assert made.record().metadata["unusable"] == {"the file has several records with this rsID": 1}


def test_a_file_without_rsids_cannot_be_tested_and_says_why(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample(vcf("2 136608646 . G A"), build="GRCh37")
    made = materialize_module(data_plugin(module(tmp_path, sites=NOWHERE)), sample)
    assert (made.outcome, made.reason) == (Outcome.CANNOT_BE_TESTED, NO_RSIDS)
    assert made.table.is_empty()


def test_without_the_key_every_site_needs_its_place(tmp_path: Path) -> None:
    package = module(tmp_path, toml=TOML.replace('rsids = "rsid"\n', ""), sites=SITES.replace("rsid", "trait_id"))
    with pytest.raises(ManifestError, match="trait_id"):
        read_panel(package, load_table_spec(package), load_manifest(package), Build.GRCH37)


@pytest.mark.parametrize(
    ("given", "instead", "error", "said"),
    [
        ("rs4988235", "", ReferenceDataError, r"sites\.csv, line 2, column rsid: nothing was given, an rsID"),
        ("rs4988235", "i5000", ReferenceDataError, "'i5000' was given, an rsID, for the site has no place in GRCh37"),
        ("site,rsid,", "site,rs,", ManifestError, "has no column rsid"),
        ("G,A,,,,\n", "G,A,2,,,\n", ReferenceDataError, "column pos: nothing was given"),
    ],
)
def test_a_site_without_place_and_name_is_refused(
    tmp_path: Path, given: str, instead: str, error: type[Exception], said: str
) -> None:
    package = module(tmp_path, sites=SITES.replace(given, instead, 1))
    with pytest.raises(error, match=said):
        read_panel(package, load_table_spec(package), load_manifest(package), Build.GRCH37)


def test_only_genotypes_may_go_by_rsid(tmp_path: Path) -> None:
    wrong = TOML.replace('kind = "genotypes"', 'kind = "alleles"').replace('sites = "sites.csv"', 'alleles = "a.csv"')
    wrong = wrong.replace('genotypes = "genotypes.csv"\n', "").replace('combinations = "combinations.csv"\n', "")
    with pytest.raises(ManifestError, match="needs places"):
        load_table_spec(module(tmp_path, toml=wrong))
