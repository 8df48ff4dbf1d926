"""What a sample is told of its carried recessive alleles, made as the app makes it, on ClinVar's own answers."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.sdk import Carried, Evidence, Outcome, Sex, Tone, check_module
from genoteca.sdk.materialized import Materialized
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_carrier_screening import panel, plugin
from genoteca_carrier_screening.judging import Kind, _kind, _once
from genoteca_carrier_screening.telling import _meaning
from genoteca_clinvar import plugin as clinvar

FEW = Path(__file__).with_name("few.vcf")
PACKAGE = Path(plugin.__file__).parent
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1,length=248956422>
##contig=<ID=5,length=181538259>
##contig=<ID=7,length=159345973>
##contig=<ID=11,length=135086622>
##contig=<ID=13,length=114364328>
##contig=<ID=X,length=156040895>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	me
"""
DELTA = ("7", 117559590, "ATCT", "A")
G551D = ("7", 117587806, "G", "A")
SICKLE = ("11", 5227002, "T", "A")
FABRY = ("X", 101398942, "C", "T")
SMN1 = ("5", 70951946, "G", "T")


def asked(
    make: MakeSample, *calls: tuple[tuple[str, int, str, str], str], sex: str = "unstated", source: Path = FEW
) -> Materialized:
    """Ask ClinVar, then the panel, about a whole genome that lists these differences."""
    rows = [f"{c}\t{p}\t.\t{r}\t{a}\t50\tPASS\t.\tGT:PS\t{gt}\n" for (c, p, r, a), gt in calls]
    sample = make(HEADER + "".join(rows), kind="whole genome", sex=sex)
    built_on = materialize_module(clinvar, sample, settings={"source": str(source)})
    return materialize_module(plugin, sample, built_on=[built_on])


def carried(made: Materialized) -> dict[str, tuple[str, str]]:
    """Give gene and finding of every carried allele, by ClinVar's number."""
    rows = made.table.filter(pl.col("finding").is_not_null())
    return {row["variation_id"]: (row["gene"], row["finding"]) for row in rows.to_dicts()}


def told(made: Materialized, gene: str) -> Any:
    return next(one for one in made.report.findings if one.title.startswith(f"{gene} "))


def test_every_rule_of_the_house_is_kept() -> None:
    findings = check_module(plugin, folder=PACKAGE)
    assert [one for one in findings if not one.ok] == []


def test_the_list_has_the_113_genes_of_the_paper_each_once() -> None:
    genes = panel.panel()
    assert genes["gene"].n_unique() == len(genes) == 113
    assert genes["inheritance"].value_counts().sort("count").rows() == [("X-linked", 16), ("autosomal recessive", 97)]
    assert set(genes.filter(pl.col("told") != "all")["gene"]) >= {"SMN1", "FMR1", "HBA1", "HBA2", "CYP21A2", "GBA1"}
    assert genes.filter((pl.col("told") != "all") & pl.col("limit").is_null()).is_empty()


GENOME = (
    (("1", 155235252, "A", "G"), "./1:."),
    (SMN1, "1/1:."),
    (DELTA, "0|1:7"),
    (G551D, "1|0:7"),
    (("7", 117590000, "C", "T"), "0/1:."),
    (("11", 5227002, "T", "G"), "0/1:."),
    (("13", 20189546, "AC", "A"), "1/1:."),
    (("13", 32340300, "GT", "G"), "0/1:."),
)
"""One copy beside a missing one, a gene that is not judged, two alleles in trans, a conflict, another allele at the
place of sickle, two copies, and a gene outside the list."""


@pytest.fixture
def woman(genoteca_sample: MakeSample) -> Materialized:
    return asked(genoteca_sample, *GENOME, (FABRY, "0/1:."), sex="female")


def test_each_gene_is_told_by_its_copies_and_nobody_is_called_affected(woman: Materialized) -> None:
    assert woman.failed_checks == []
    assert carried(woman) == {
        "4288": ("GBA1", "at least one copy"),
        "9999901": ("SMN1", "not judged"),
        "7105": ("CFTR", "two alleles on different copies"),
        "7115": ("CFTR", "two alleles on different copies"),
        "17004": ("GJB2", "two copies"),
        "9999903": ("GLA", "one copy"),
    }
    # the other allele at the place of sickle, the conflict and the gene outside the list are no findings
    assert set(woman.table["variation_id"]) == {"4288", "9999901", "7105", "7115", "15333", "17004", "9999903"}
    assert {name: count for name, count in woman.evidence.items() if count} == {
        "called": 5, "partial": 1, "other_allele": 1
    }  # fmt: skip
    assert "affected" not in woman.report.model_dump_json().lower()


def test_an_allele_that_the_known_half_of_a_genotype_does_not_have_is_not_told_as_carried(
    genoteca_sample: MakeSample,
) -> None:
    half = asked(genoteca_sample, (SICKLE, "./0:."), (G551D, "./1:."))
    assert carried(half) == {"7115": ("CFTR", "at least one copy")}
    assert half.evidence["partial"] == 2


def test_the_report_says_what_each_finding_means_with_its_stars_and_what_was_not_judged(woman: Materialized) -> None:
    report = woman.report
    cftr = told(woman, "CFTR")
    assert (cftr.tone, cftr.evidence) == (Tone.CAUTION, (Evidence.CALLED,))
    assert ["4 of 4 stars" in line for line in cftr.details] == [True, False]
    assert told(woman, "GBA1").evidence == (Evidence.PARTIAL,)
    assert "GBAP1 is almost the same" in told(woman, "GBA1").text
    fabry = told(woman, "GLA")
    assert (fabry.tone, "each son has a chance of one in two" in fabry.text) == (Tone.NOTE, True)
    assert "the record also names the gene RPL36A-HNRNPH2" in fabry.details[0]
    assert {one.title.split(" ")[0] for one in report.findings} == {"GBA1", "CFTR", "GJB2", "GLA"}
    assert any(line.startswith("SMN1: ") and "nothing is concluded" in line for line in report.not_told)
    assert any(line.startswith("FMR1: ") and "Repeats cannot be read" in line for line in report.not_told)
    assert all(one.url.startswith("https://") for one in (*report.citations, *cftr.citations))


def test_a_males_x_is_the_only_copy(genoteca_sample: MakeSample) -> None:
    male = asked(genoteca_sample, (FABRY, "1:."), (SICKLE, "0/1:."), sex="male")
    assert carried(male) == {"9999903": ("GLA", "the only copy"), "15333": ("HBB", "one copy")}
    assert told(male, "GLA").tone is Tone.CAUTION


def test_a_males_one_x_written_as_two_unlike_copies_is_doubted_and_no_carriership(
    genoteca_sample: MakeSample,
) -> None:
    male = asked(genoteca_sample, (FABRY, "0/1:."), (SICKLE, "0/1:."), sex="male")
    assert carried(male) == {
        "9999903": ("GLA", "does not fit one X chromosome"), "15333": ("HBB", "one copy")
    }  # fmt: skip
    fabry = told(male, "GLA")
    assert fabry.tone is Tone.CAUTION
    assert "cannot be right as it stands" in fabry.text
    assert "confirmed by a clinical laboratory" in fabry.text
    assert not [words for words in ("one in four", "usually well", "One of your two copies") if words in fabry.text]
    assert "one in four" in told(male, "HBB").text


@pytest.mark.parametrize("kind", sorted(Kind))
@pytest.mark.parametrize("sex", sorted(Sex))
def test_nothing_on_the_x_chromosome_is_told_as_if_it_were_autosomal(kind: Kind, sex: Sex) -> None:
    f8 = panel.panel().row(by_predicate=pl.col("gene") == "F8", named=True)
    text = _meaning(kind, f8, sex)
    assert "one in four" not in text
    if kind in (Kind.ONE_COPY, Kind.AT_LEAST_ONE, Kind.SAME):
        assert "half of her children" in text
        assert "Some women with one copy have signs" in text
    assert ("sex, which is not stated" in text) is (
        sex is Sex.UNSTATED and kind not in (Kind.NOT_JUDGED, Kind.NO_FIT)
    )
    assert ("of which a male has one copy" in text) is (kind is Kind.ONLY_COPY and sex is not Sex.FEMALE)


@pytest.mark.parametrize(
    ("zygosities", "kind"),
    [
        (["heterozygous"], Kind.NO_FIT),
        ([""], Kind.NO_FIT),
        (["heterozygous", "heterozygous"], Kind.NO_FIT),
        (["hemizygous"], Kind.ONLY_COPY),
        (["homozygous"], Kind.ONLY_COPY),
        (["hemizygous", "heterozygous"], Kind.ONLY_COPY),
    ],
)
def test_one_x_has_only_copies_and_calls_that_do_not_fit_it(zygosities: list[str], kind: Kind) -> None:
    alleles = [
        Carried(row={"site": n, "chrom": "X"}, variant=n, line=n, zygosity=one, phase_set=None, haplotype=None)
        for n, one in enumerate(zygosities)
    ]
    assert _kind(alleles, one_x=True) is kind


def test_an_allele_of_two_genes_is_told_in_each_by_what_that_gene_comes_to(
    genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    both = tmp_path / "both.vcf"
    both.write_text(FEW.read_text("utf-8").replace("CFTR:1080\n", "CFTR:1080|GJB2:2706\n", 1), "utf-8")
    made = asked(genoteca_sample, (DELTA, "0/1:."), (G551D, "0/1:."), sex="female", source=both)
    assert [one.title.split(" · ")[::2] for one in made.report.findings] == [
        ["CFTR", "two alleles, phase unknown"],
        ["GJB2", "one copy"],
    ]
    rows = made.table.filter(pl.col("finding").is_not_null())
    assert dict(rows.select("variation_id", "findings").iter_rows()) == {
        "7105": "two alleles, phase unknown;one copy",
        "7115": "two alleles, phase unknown",
    }


def test_nothing_found_is_told_with_what_was_looked_at(genoteca_sample: MakeSample) -> None:
    made = asked(genoteca_sample, (("1", 1000, "A", "G"), "0/1:."))
    report = made.report
    assert made.record().sites == sum(made.evidence.values()) == 7
    assert report.lead.startswith("7 alleles")
    assert "looked up in 6 of the 113 genes" in report.lead
    assert "says nothing about any of them, so that none is ruled out" in report.lead
    assert "has none" not in report.lead
    assert {one.label: one.count for one in report.counts}["sites looked up"] == 7
    assert any('is not read as "not carried": 7 of the 7' in line for line in report.not_told)
    assert any("Nothing at all is known of 6 genes" in line for line in report.not_told)
    assert any("in 107 genes" in line for line in report.not_told)


def test_a_sample_that_clinvar_cannot_test_is_not_tested_here_either(genoteca_sample: MakeSample) -> None:
    sample = genoteca_sample(HEADER + "1\t1000\t.\tA\tG\t50\tPASS\t.\tGT:PS\t0/1:.\n", kind="no genotypes")
    built_on = materialize_module(clinvar, sample, settings={"source": str(FEW)})
    made = materialize_module(plugin, sample, built_on=[built_on])
    assert made.outcome is Outcome.CANNOT_BE_TESTED
    assert "no genotypes" in made.reason
    assert made.report.lead == made.reason


@given(st.lists(st.sampled_from(["0/1", "1/1", "0/0", "./.", "./1"]), min_size=4, max_size=4))
def test_the_kind_of_a_finding_follows_from_the_copies(genotypes: list[str]) -> None:
    zygosity = {"0/1": "heterozygous", "1/1": "homozygous", "./1": ""}
    alleles = [
        Carried(
            row={"site": n, "chrom": "7"}, variant=n, line=n, zygosity=zygosity[one], phase_set=None, haplotype=None
        )
        for n, one in enumerate(genotypes)
        if one in zygosity
    ]
    if not alleles:
        return
    kind = _kind(_once([*alleles, *alleles]))  # ClinVar may name an allele twice
    if "1/1" in genotypes:
        assert kind is Kind.TWO_COPIES
    elif len(alleles) > 1:
        assert kind is Kind.UNKNOWN
    else:
        assert kind is (Kind.ONE_COPY if "0/1" in genotypes else Kind.AT_LEAST_ONE)


@pytest.mark.real_data
def test_on_a_real_genome_and_a_real_release_the_counts_are_those_of_a_plain_count(
    genoteca_sample: MakeSample,
) -> None:
    release = DATA / "03-annotation-dbs" / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    genome = DATA / "02-sample-vcfs" / "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"
    if not (release.is_file() and genome.is_file()):
        pytest.skip("the real files do not lie beside this checkout")
    sample = genoteca_sample(gzip.decompress(genome.read_bytes()).decode())
    built_on = materialize_module(clinvar, sample, settings={"source": str(release)})
    made = materialize_module(plugin, sample, built_on=[built_on])
    assert made.failed_checks == []
    # by hand: ACAT1 is the only gene of the list in this piece of ClinVar
    wanted = set()
    for line in gzip.decompress(release.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            continue
        _, _, number, ref, alt, _, _, info = line.rstrip("\n").split("\t")
        told = dict(part.split("=", 1) for part in info.split(";") if "=" in part)
        words = told.get("CLNSIG", "").replace("|", "/").split("/")
        genes = {one.split(":")[0] for one in told.get("GENEINFO", "").split("|")}
        if (
            "ACAT1" in genes
            and {"Pathogenic", "Likely_pathogenic"} & set(words)
            and alt != "."
            and set(ref + alt) <= set("ACGT")
        ):
            wanted.add(number)
    assert len(wanted) > 50
    assert set(made.table["variation_id"]) == wanted
    assert made.record().sites == sum(made.evidence.values()) == len(wanted)
