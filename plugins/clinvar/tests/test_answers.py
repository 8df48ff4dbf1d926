"""What a sample is told: the reference and the annotations, made as the app makes them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from genoteca.sdk import Outcome, ReferenceDataError
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_clinvar import plugin

if TYPE_CHECKING:
    from genoteca.sdk.materialized import Materialized

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1,length=248956422>
##contig=<ID=6,length=170805979>
##contig=<ID=13,length=114364328>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	me
"""
LEIDEN_OTHER = "1	169549811	.	C	G	50	PASS	.	GT	0/1\n"
HFE_HET = "6	26092913	.	G	A	50	PASS	.	GT	0/1\n"
BRCA2_LONG = "13	32340300	.	GTGG	GGG	50	PASS	.	GT	0/1\n"


@pytest.fixture
def answered(few: Path, genoteca_sample: MakeSample) -> Materialized:
    sample = genoteca_sample(HEADER + LEIDEN_OTHER + HFE_HET + BRCA2_LONG, kind="whole genome")
    return materialize_module(plugin, sample, settings={"source": str(few)})


def answer(made: Materialized, variation: str) -> dict[str, Any]:
    return made.table.filter(pl.col("variation_id") == variation).row(0, named=True)


def test_every_check_passes_and_the_release_is_named(answered: Materialized) -> None:
    assert answered.failed_checks == []
    assert answered.outcome is Outcome.ANSWERED
    assert answered.record().release == answered.record("reference").release == "2026-02-26"


def test_every_site_is_counted_under_its_evidence(answered: Materialized) -> None:
    assert answered.record().sites == sum(answered.evidence.values()) == 8


def test_one_copy_of_hfe_is_called_and_nothing_more_is_said(answered: Materialized) -> None:
    hfe = answer(answered, "9")
    assert (hfe["evidence"], hfe["genotype"], hfe["dosage"]) == ("called", "G/A", 1)
    assert hfe["significance_class"] == "pathogenic"


def test_an_indel_of_another_spelling_is_the_same_allele(answered: Materialized) -> None:
    brca2 = answer(answered, "9325")
    assert (brca2["evidence"], brca2["match"]) == ("called", "allele")


def test_another_allele_at_the_site_of_factor_v_leiden_is_not_it(answered: Materialized) -> None:
    assert answer(answered, "642")["evidence"] == "other_allele"


def test_a_pathogenic_site_of_which_the_file_says_nothing_has_a_row_and_is_never_inferred(
    answered: Materialized,
) -> None:
    silent = answered.table.filter(pl.col("of_note") & (pl.col("chrom").is_in(["3", "5"])))
    assert silent["variation_id"].to_list() == ["89945", "42248", "822"]
    assert set(silent["evidence"].to_list()) == {"not_covered"}
    assert answered.evidence.get("inferred", 0) == 0


def test_a_sample_of_grch37_is_not_answered_with_a_file_of_grch38(few: Path, genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample(HEADER.replace("248956422", "249250621") + HFE_HET, build="GRCh37", kind="whole genome")
    with pytest.raises(ReferenceDataError, match="is of GRCh38; GRCh37 was asked for"):
        materialize_module(plugin, sample, settings={"source": str(few)})


@pytest.mark.real_data
def test_na12878_has_none_of_the_alleles_of_the_release_of_2026(real: Path, genoteca_sample: MakeSample) -> None:
    gvcf = real.parents[1] / "02-sample-vcfs" / "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"
    release = real / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    sample = genoteca_sample(gzip.decompress(gvcf.read_bytes()).decode())
    made = materialize_module(plugin, sample, settings={"source": str(release)})
    assert made.failed_checks == []
    assert made.record().sites == sum(made.evidence.values()) == 50_443
    # the file was thinned: one block of 0/0 with GQ 0 lies over every one of these sites
    assert {name: count for name, count in made.evidence.items() if count} == {"no_call": 50_443}
    assert made.table["of_note"].sum() == made.reference["of_note"].sum()


@pytest.mark.parametrize(("half", "told"), [("./1", 1), ("./0", 0)])
def test_of_a_half_known_genotype_the_known_half_decides_whether_a_pathogenic_allele_is_told(
    few: Path, genoteca_sample: MakeSample, half: str, told: int
) -> None:
    record = f"13\t32340300\t.\tGT\tG\t50\tPASS\t.\tGT\t{half}\n"
    sample = genoteca_sample(HEADER + record, kind="whole genome")
    made = materialize_module(plugin, sample, settings={"source": str(few)})
    assert answer(made, "9325")["evidence"] == "partial"
    assert len(made.report.findings) == told
