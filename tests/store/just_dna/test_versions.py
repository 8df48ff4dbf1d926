"""Every version of the format says the same of the same module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.sdk import data_plugin, load_manifest
from genoteca.sdk.check import check_module
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.store.building import wheel_of_data_folder
from genoteca.store.wheels import inspect_wheel

from .workshop import SPEC, compiled, genotypes, imported, sites, specification, write_manifest

VERSIONS = ("0.1", "0.2", "0.4", "0.5", "0.6")

VCF = """##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	S
1	11796321	.	G	.	50	PASS	.	GT:DP:GQ	0/0:30:99
2	135851076	.	G	A	50	PASS	.	GT:DP:GQ	1/1:30:99
16	48224287	.	C	.	50	PASS	.	GT:DP:GQ	0/0:30:99
"""


def made(folder: Path, version: str) -> Path:
    """Write the module as a version has it, import it, and give the data module's folder."""
    source = folder / "three_sites"
    if version == "specification":
        specification(source)
    else:
        compiled(source, version)
    out = folder / "out"
    imported(source, out)
    return out


@pytest.mark.parametrize("version", ["specification", *VERSIONS])
def test_sites_and_genotypes_are_those_of_the_specification(tmp_path: Path, version: str) -> None:
    out = made(tmp_path, version)
    said = {(row["site"].split("-")[0], row["genotype"]): row for row in genotypes(out)}
    assert list(said) == [("rs1801133", "A/A"), ("rs1801133", "A/G"), ("rs4988235", "A/G"), ("rs17822931", "C/C")]
    assert [row["weight"] for row in said.values()] == [-1.2, -0.5, 0.5, 0.0]
    assert [row["state"] for row in said.values()] == ["risk", "risk", "protective", "neutral"]
    assert [row["phenotype"] for row in said.values()] == ["Folate", "Folate", "Lactase", "Earwax"]
    assert {row["curator"] for row in said.values()} == {"someone"}
    assert "flags_true" not in next(iter(said.values()))
    places = {row["rsid"]: (row["chrom"], row["pos"], row["ref"], row["alt"], row["gene"]) for row in sites(out)}
    assert places == {
        "rs1801133": ("1", 11796321, "G", "A", "MTHFR"),
        "rs4988235": ("2", 135851076, "G", "A", "MCM6"),
        "rs17822931": ("16", 48224287, "C", "T", "ABCC11"),
    }


@pytest.mark.parametrize("version", ["specification", *VERSIONS])
def test_studies_are_one_cell_of_a_site(tmp_path: Path, version: str) -> None:
    (row,) = (row for row in sites(made(tmp_path, version)) if row["rsid"] == "rs1801133")
    assert row["pmids"] == "9545397;21732829"
    assert row["p_values"] == "<0.001 (PMID 21732829)"
    assert row["populations"] == "European; Mixed"
    assert row["study_findings"].startswith("PMID 9545397: European; cohort; first | PMID 21732829: Mixed")


@pytest.mark.parametrize("version", ["specification", *VERSIONS])
def test_an_imported_module_keeps_every_rule_and_is_of_the_data_tier(tmp_path: Path, version: str) -> None:
    out = made(tmp_path, version)
    assert [found for found in check_module(data_plugin(out), folder=out) if not found.ok] == []
    wheel = inspect_wheel(wheel_of_data_folder(out, tmp_path / "wheel"), taken=())
    assert (wheel.tier, wheel.id) == ("data", "just-dna-three-sites")


@pytest.mark.parametrize("version", ["specification", *VERSIONS])
def test_a_genotype_without_a_row_is_told_to_whom_it_concerns(
    tmp_path: Path, genoteca_sample: MakeSample, version: str
) -> None:
    answered = materialize_module(data_plugin(made(tmp_path, version)), genoteca_sample(VCF))
    assert answered.failed_checks == []
    assert answered.evidence["called"] + answered.evidence["reference"] == 3
    said = {
        row["rsid"]: (row["genotype"], row["evidence"], row["conclusion"], row["described"])
        for row in answered.table.iter_rows(named=True)
    }
    untold = "genotype not described by this module"
    assert said == {
        "rs1801133": ("G/G", "reference", None, untold),
        "rs4988235": ("A/A", "called", None, untold),
        "rs17822931": ("C/C", "reference", "wet", "described"),
    }


def test_a_module_says_itself_what_it_is_called_and_of_which_version(tmp_path: Path) -> None:
    manifest = load_manifest(made(tmp_path, "0.6"))
    assert (manifest.title, manifest.version, manifest.builds) == ("Three sites", "1.2.0", ("GRCh38",))
    assert manifest.licence.data == "CC-BY-4.0"
    assert manifest.summary == "Three sites for a test. A just-dna module: 4 genotypes at 3 sites."


def test_the_oldest_tables_have_no_places_and_are_refused_with_the_reason(tmp_path: Path) -> None:
    source = tmp_path / "old"
    source.mkdir()
    rows = {"rsid": ["rs1801133"], "genotype": [["A", "A"]], "weight": [-1.0], "state": ["risk"]}
    pl.DataFrame(rows).write_parquet(source / "weights.parquet")
    with pytest.raises(Exception, match="1: only an rsID, and the module does not say where it lies"):
        imported(source, tmp_path / "out")


def test_up_to_0_4_a_flag_that_is_false_says_nothing_and_one_that_is_true_is_kept(tmp_path: Path) -> None:
    from .workshop import ROWS

    source = compiled(tmp_path / "flags", "0.4", [{**ROWS[0], "pathogenic": True, "clinvar": True}, *ROWS[1:]])
    imported(source, tmp_path / "out")
    assert [row["flags_true"] for row in genotypes(tmp_path / "out")] == ["in ClinVar;pathogenic", None, None, None]
    kinds: Any = load_manifest(tmp_path / "out").sample_kinds
    assert "array" not in kinds


def test_a_table_that_the_manifest_does_not_name_is_left_from_another_version(tmp_path: Path) -> None:
    source = compiled(tmp_path / "stale", "0.6")
    pl.DataFrame({"rsid": ["rs1801133"], "pmid": ["1"]}).write_parquet(source / "pgs.parquet")
    report = imported(source, tmp_path / "out")
    assert report.other_tables == ()
    assert "Not named by the module's manifest, and not read: pgs.parquet." in report.notes
    write_manifest(source)
    assert imported(source, tmp_path / "again").other_tables == ("pgs.parquet",)


def test_a_table_that_is_not_the_manifests_is_refused(tmp_path: Path) -> None:
    source = compiled(tmp_path / "changed", "0.6")
    table = pl.read_parquet(source / "weights.parquet").with_columns(weight=pl.lit(9.0))
    table.write_parquet(source / "weights.parquet")
    with pytest.raises(Exception, match=r"weights.parquet is not the file that manifest.json names"):
        imported(source, tmp_path / "out")


@pytest.mark.parametrize(
    ("stated", "told"),
    [("GRCh37", ("GRCh37",)), ("hg19", ("GRCh37",)), ("hg38", ("GRCh38",)), ("GRCh38", ("GRCh38",))],
)
def test_the_genome_build_is_the_modules(tmp_path: Path, stated: str, told: tuple[str, ...]) -> None:
    start = 26093141 if told == ("GRCh37",) else 26092913
    row = {"chrom": "6", "start": start, "ref": "G", "alts": "A", "genotype": "A/A", "state": "risk"}
    spec = SPEC.replace("GRCh38", stated)
    source = specification(tmp_path / "hfe", [{**row, "conclusion": "two", "gene": "HFE"}], spec=spec, studies=())
    report = imported(source, tmp_path / "out")
    assert load_manifest(tmp_path / "out").builds == told
    assert report.build_told_by == "stated by the module"


def test_a_build_that_is_not_known_is_refused(tmp_path: Path) -> None:
    source = specification(tmp_path / "t2t", spec=SPEC.replace("GRCh38", "T2T-CHM13v2.0"))
    with pytest.raises(Exception, match="T2T"):
        imported(source, tmp_path / "out")


def test_where_no_build_is_stated_the_formats_default_is_said_to_be_one(tmp_path: Path) -> None:
    source = specification(tmp_path / "bare", spec=SPEC.replace("genome_build: GRCh38\n", ""))
    assert imported(source, tmp_path / "out").build_told_by == "not stated: GRCh38 is the format's default"


def test_a_gene_for_which_this_house_asks_first_is_gated(tmp_path: Path) -> None:
    row = {"chrom": "6", "start": 26092913, "ref": "G", "alts": "A", "genotype": "A/A", "state": "risk"}
    rows = [
        {**row, "conclusion": "two", "gene": "HFE"},
        {**row, "start": 26092914, "conclusion": "x", "gene": "OF5A"},
    ]
    imported(specification(tmp_path / "hfe", rows, studies=()), tmp_path / "out")
    gates = [row["gate"] for row in sites(tmp_path / "out")]
    assert "haemochromatosis" in gates[0]
    assert gates[1] is None
