"""Twelve cases that every build must answer: real reader, real modules, real Dagster, from VCF text to the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import genoteca_clinvar.plugin as clinvar
from genoteca.model.build import Build
from genoteca.sdk import data_plugin
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.sdk.tiny_sample import TinySample

TRAITS = Path(__file__).resolve().parents[2] / "plugins" / "everyday-traits" / "src" / "genoteca_everyday_traits"

# In the form of ClinVar's VCF. Positions and alleles are facts; the variation numbers are this test's own.
CLINVAR = """##fileformat=VCFv4.1
##fileDate=2026-02-26
##source=ClinVar
##reference=GRCh38
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO
6\t26092913\t1\tG\tA\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;GENEINFO=HFE:3077
11\t5227002\t2\tT\tA\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;GENEINFO=HBB:3043
13\t32340300\t3\tGT\tG\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=reviewed_by_expert_panel;GENEINFO=BRCA2:675
X\t154536002\t4\tC\tT\t.\t.\tCLNSIG=Pathogenic;CLNREVSTAT=criteria_provided,_single_submitter;GENEINFO=G6PD:2539
"""


def vcf(*records: str, build: Build = Build.GRCH38, mt: int = 16569) -> str:
    """Write a VCF of one sample; a record is `chrom pos ref alt format values`."""
    contigs = [f"##contig=<ID=chr{c},length={n}>" for c, n in build.lengths.items() if c != "MT"]
    lines = []
    for record in records:
        chrom, pos, ref, alt, layout, values = record.split(" ")
        end = f"END={pos}" if "NON_REF" in alt and layout.endswith("MIN_DP") else "."
        lines.append("\t".join([f"chr{chrom}", pos, ".", ref, alt, "50", "PASS", end, layout, values]))
    head = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tCASE"
    return "\n".join(["##fileformat=VCFv4.2", *contigs, f"##contig=<ID=chrM,length={mt}>", head, *lines, ""])


def traits_of(sample: TinySample, **settings: Any) -> list[dict[str, Any]]:
    made = materialize_module(data_plugin(TRAITS), sample, settings=settings)
    assert made.failed_checks == []
    return made.table.to_dicts()


def by_rsid(rows: list[dict[str, Any]], rsid: str) -> dict[str, Any]:
    (found,) = [row for row in rows if row["rsid"] == rsid]
    return found


def apoe_in(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["trait"] == "APOE type"]


def clinvar_of(sample: TinySample, folder: Path) -> dict[str, dict[str, Any]]:
    source = folder / "clinvar.vcf"
    source.write_text(CLINVAR)
    made = materialize_module(clinvar, sample, settings={"source": str(source)})
    assert made.failed_checks == []
    return {str(row["variation_id"]): row for row in made.table.iter_rows(named=True)}


def test_1_the_grch37_reference_base_is_leiden(genoteca_sample: MakeSample) -> None:
    asserted = vcf("1 169519049 T <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30", build=Build.GRCH37)
    carried = vcf("1 169519049 T C GT:DP:GQ 1/1:30:60", build=Build.GRCH37)
    leiden = by_rsid(traits_of(genoteca_sample(asserted, build="GRCh37")), "rs6025")
    assert (leiden["evidence"], leiden["genotype"]) == ("reference", "T/T")
    assert "two" in leiden["conclusion"].lower()
    none = by_rsid(traits_of(genoteca_sample(carried, build="GRCh37")), "rs6025")
    assert (none["evidence"], none["genotype"]) == ("called", "C/C")
    assert leiden["effect"] != none["effect"]


def test_2_apoe_with_one_site_is_undetermined(genoteca_sample: MakeSample) -> None:
    one = vcf("19 44908684 T <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30")
    both = vcf(
        "19 44908684 T <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30", "19 44908822 C <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30"
    )
    (undetermined,) = apoe_in(traits_of(genoteca_sample(one), apoe=True))
    assert undetermined["evidence"] == "not_covered"
    assert undetermined["conclusion"] is None
    (determined,) = apoe_in(traits_of(genoteca_sample(both), apoe=True))
    assert determined["result"] == "ε3/ε3"
    assert apoe_in(traits_of(genoteca_sample(both))) == []


def test_3_another_allele_at_the_sickle_site_is_not_sickle(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    other = clinvar_of(genoteca_sample(vcf("11 5227002 T G GT:DP:GQ 0/1:30:60")), tmp_path)["2"]
    assert (other["evidence"], other["dosage"]) == ("other_allele", 0)
    sickle = clinvar_of(genoteca_sample(vcf("11 5227002 T A GT:DP:GQ 0/1:30:60")), tmp_path)["2"]
    assert (sickle["evidence"], sickle["dosage"]) == ("called", 1)


def test_4_an_asserted_o_deletion_is_homozygous_and_a_missing_call_is_none(genoteca_sample: MakeSample) -> None:
    asserted = vcf("9 133257521 T <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30")
    group_o = by_rsid(traits_of(genoteca_sample(asserted)), "rs8176719")
    assert (group_o["evidence"], group_o["genotype"]) == ("reference", "T/T")
    assert "O" in group_o["conclusion"]
    missing = by_rsid(traits_of(genoteca_sample(vcf("9 133257521 T TC GT:DP:GQ ./.:30:60"))), "rs8176719")
    assert (missing["evidence"], missing["conclusion"]) == ("no_call", None)


def test_5_a_deletion_is_found_after_trimming(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    sample = genoteca_sample(vcf("13 32340300 GTGG GGG GT:DP:GQ 0/1:30:60"))
    row = pl.read_parquet(sample.tables.variants).row(0, named=True)
    assert (row["pos"], row["ref"], row["alt"]) == (32340300, "GT", "G")
    found = clinvar_of(sample, tmp_path)["3"]
    assert (found["evidence"], found["match"]) == ("called", "allele")


def test_6_one_copy_of_hfe_is_worded_as_one_copy(genoteca_sample: MakeSample) -> None:
    hfe = by_rsid(traits_of(genoteca_sample(vcf("6 26092913 G A GT:DP:GQ 0/1:30:60"))), "rs1800562")
    assert (hfe["evidence"], hfe["genotype"]) == ("called", "A/G")
    assert "one copy" in hfe["conclusion"].lower()
    assert hfe["gate"]
    assert "affected" not in hfe["conclusion"].lower()


def test_7_a_male_on_x_is_hemizygous(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    sample = genoteca_sample(vcf("X 154536002 C T GT:DP:GQ 1/1:30:60"), sex="male")
    assert pl.read_parquet(sample.tables.variants)["zygosity"].to_list() == ["hemizygous"]
    assert clinvar_of(sample, tmp_path)["4"]["evidence"] == "called"


def test_8_another_mitochondrial_sequence_is_set_aside_with_its_reason(genoteca_sample: MakeSample) -> None:
    text = vcf("M 150 T C GT:DP:GQ 1:30:60", "2 135851076 G A GT:DP:GQ 0/1:30:60", mt=16571)
    intake = genoteca_sample(text).intake
    assert (intake.records_read, intake.records_kept) == (2, 1)
    (reason,) = intake.set_aside
    assert "16571" in reason or "16,571" in reason


def test_9_a_reference_block_without_quality_is_no_call(genoteca_sample: MakeSample) -> None:
    block = vcf("2 135851076 G <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:0:30")
    lactase = by_rsid(traits_of(genoteca_sample(block)), "rs4988235")
    assert (lactase["evidence"], lactase["genotype"], lactase["conclusion"]) == ("no_call", None, None)


def test_10_a_half_call_knows_at_least_one_allele(genoteca_sample: MakeSample) -> None:
    lactase = by_rsid(traits_of(genoteca_sample(vcf("2 135851076 G A GT:DP:GQ ./1:30:60"))), "rs4988235")
    assert lactase["evidence"] == "partial"
    assert sorted(lactase["genotype"].split("/")) == ["?", "A"]
    assert lactase["conclusion"] is None


def test_11_two_records_at_one_position_are_one_genotype(genoteca_sample: MakeSample) -> None:
    text = vcf("2 135851081 A G GT:DP:GQ 0/1:30:60", "2 135851081 A T GT:DP:GQ 0/1:30:60")
    arabian = by_rsid(traits_of(genoteca_sample(text)), "rs41380347")
    assert (arabian["genotype"], arabian["evidence"]) == ("G/T", "other_allele")


def test_12_a_star_is_a_deleted_copy(genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample(vcf("2 135851081 A G,* GT:DP:GQ 1/2:30:60"))
    (row,) = pl.read_parquet(sample.tables.variants).iter_rows(named=True)
    assert (row["alt"], row["dosage"], row["genotype"]) == ("G", 1, "G/*")
    assert sample.intake.alleles_set_aside == {"*": 1}
    beside = by_rsid(traits_of(genoteca_sample(vcf("6 26092913 G A,* GT:DP:GQ 1/2:30:60"))), "rs1800562")
    assert (beside["evidence"], beside["genotype"], beside["dosage"]) == ("called", "A/*", 1)
    assert beside["conclusion"] is None


def test_an_asserted_reference_that_failed_a_filter_is_marked(genoteca_sample: MakeSample) -> None:
    block = vcf("9 133257521 T <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:60:30")
    for text, filtered in ((block, False), (block.replace("PASS", "LowQual"), True)):
        group_o = by_rsid(traits_of(genoteca_sample(text)), "rs8176719")
        assert (group_o["evidence"], group_o["filtered"]) == ("reference", filtered)


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_every_authored_site_is_looked_at_in_both_builds(genoteca_sample: MakeSample, build: str) -> None:
    rows = traits_of(genoteca_sample(build=build))
    assert by_rsid(rows, "rs4988235")["genotype"] == "A/G"
    assert len(rows) >= 33
