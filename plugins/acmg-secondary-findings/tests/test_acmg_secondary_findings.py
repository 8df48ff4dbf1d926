"""What the list tells of a sample by its rules, made as the app makes it, on ClinVar's own answers."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from genoteca.sdk import Tone, check_module
from genoteca.sdk.materialized import Materialized
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_acmg_secondary_findings import panel, plugin
from genoteca_acmg_secondary_findings.judging import meant_by_the_list
from genoteca_clinvar import plugin as clinvar

FEW = Path(__file__).with_name("few.vcf")
PACKAGE = Path(plugin.__file__).parent
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
RELEASE = DATA / "03-annotation-dbs" / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
GENOME = DATA / "02-sample-vcfs" / "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"

HEADER = """##fileformat=VCFv4.2
##contig=<ID=1,length=248956422>
##contig=<ID=2,length=242193529>
##contig=<ID=6,length=170805979>
##contig=<ID=7,length=159345973>
##contig=<ID=13,length=114364328>
##contig=<ID=X,length=156040895>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	me
"""
MUTYH_1, MUTYH_2 = ("1", 45331556, "C", "T"), ("1", 45332803, "T", "C")
TTN_CUT, TTN_CHANGED = ("2", 178530000, "G", "A"), ("2", 178540000, "C", "T")
H63D, C282Y = ("6", 26090951, "C", "G"), ("6", 26092913, "G", "A")
CFTR = ("7", 117559590, "ATCT", "A")
BRCA2, UNCERTAIN = ("13", 32340300, "GT", "G"), ("13", 32350000, "A", "G")
GLA, ABCD1 = ("X", 101398942, "C", "T"), ("X", 153740000, "C", "T")
TOLD, IF_APART = "told by the list", "told, if on different copies"
UNSURE, NOT = "cannot be told", "carried, not told by the list"


def asked(make: MakeSample, *calls: tuple[tuple[str, int, str, str], str], sex: str = "unstated") -> Materialized:
    """Ask ClinVar, then the list, about a whole genome that lists these differences."""
    rows = [f"{c}\t{p}\t.\t{r}\t{a}\t50\tPASS\t.\tGT:PS\t{gt}\n" for (c, p, r, a), gt in calls]
    sample = make(HEADER + "".join(rows), kind="whole genome", sex=sex)
    built_on = materialize_module(clinvar, sample, settings={"source": str(FEW)})
    return materialize_module(plugin, sample, built_on=[built_on])


def verdicts(made: Materialized) -> dict[str, tuple[str, str]]:
    """Give gene and verdict of every carried allele, by ClinVar's number."""
    rows = made.table.filter(pl.col("verdict").is_not_null())
    return {row["variation_id"]: (row["gene"], row["verdict"]) for row in rows.to_dicts()}


def test_every_rule_of_the_house_is_kept() -> None:
    assert [one for one in check_module(plugin, folder=PACKAGE) if not one.ok] == []


def test_the_list_has_84_genes_and_grew_as_its_versions_say() -> None:
    genes = panel.panel()
    assert genes["gene"].n_unique() == len(genes) == 84
    since = dict(genes["since"].value_counts().iter_rows())
    # versions 3.0, 3.1, 3.2 and 3.3 had 73, 78, 81 and 84 genes
    assert since["1.0"] + since["2.0"] + since["3.0"] == 73
    assert (since["3.1"], since["3.2"], since["3.3"]) == (5, 3, 3)
    assert set(genes.filter(pl.col("since") == "3.3")["gene"]) == {"ABCD1", "CYP27A1", "PLN"}
    recessive = genes.filter(pl.col("inheritance") == "autosomal recessive")
    assert dict(recessive.select("gene", "rule").iter_rows()) == dict.fromkeys(
        ["ATP7B", "BTD", "CASQ2", "CYP27A1", "GAA", "MUTYH", "RPE65", "TRDN"], "two"
    ) | {"HFE": "C282Y twice"}


def test_the_rules_part_what_is_told_from_what_is_only_carried(genoteca_sample: MakeSample) -> None:
    made = asked(
        genoteca_sample,
        (MUTYH_1, "0/1:."),
        (TTN_CUT, "0/1:."),
        (TTN_CHANGED, "0/1:."),
        (H63D, "1/1:."),
        (C282Y, "0/1:."),
        (CFTR, "0/1:."),
        (BRCA2, "0/1:."),
        (UNCERTAIN, "0/1:."),
        (GLA, "0/1:."),
        (ABCD1, "0/1:."),
        sex="female",
    )
    assert made.failed_checks == []
    assert verdicts(made) == {
        "5294": ("MUTYH", NOT),
        "9999911": ("TTN", TOLD),
        "9": ("HFE", NOT),
        "9325": ("BRCA2", TOLD),
        "9999903": ("GLA", TOLD),
        "9999914": ("ABCD1", UNSURE),
    }
    # a missense allele of TTN, H63D, a gene outside the list and an uncertain allele are not what the list means
    assert set(made.table["variation_id"]) == {"5293", "5294", "9999911", "9", "9325", "9999903", "9999914"}
    assert made.record().sites == sum(made.evidence.values()) == 7
    report = made.report
    fabry = next(one for one in report.findings if one.title.startswith("GLA"))
    assert "may pass it on to half of her children. Some women with one copy have signs" in fabry.text
    assert "not stated" not in fabry.text
    assert {one.title.split(" ")[0] for one in report.findings} == {"TTN", "BRCA2", "GLA", "ABCD1"}
    assert all(one.tone is Tone.CAUTION for one in report.findings)
    assert "tells of 3 of these genes in your genome, and of 1 more it could not be decided" in report.lead
    assert any("not told" in line and "HFE, MUTYH" in line for line in report.not_told)


def test_two_copies_two_alleles_and_a_males_only_x(genoteca_sample: MakeSample) -> None:
    male = asked(
        genoteca_sample, (MUTYH_1, "0/1:."), (MUTYH_2, "0/1:."), (C282Y, "1/1:."), (ABCD1, "1:."), sex="male"
    )
    assert verdicts(male) == {
        "5294": ("MUTYH", IF_APART),
        "5293": ("MUTYH", IF_APART),
        "9": ("HFE", TOLD),
        "9999914": ("ABCD1", TOLD),
    }
    cis = asked(genoteca_sample, (MUTYH_1, "0|1:5"), (MUTYH_2, "0|1:5"), (C282Y, "./1:."))
    assert verdicts(cis) == {"5294": ("MUTYH", NOT), "5293": ("MUTYH", NOT), "9": ("HFE", UNSURE)}


def test_a_males_one_x_written_as_two_unlike_copies_cannot_be_told(genoteca_sample: MakeSample) -> None:
    male = asked(genoteca_sample, (GLA, "0/1:."), (ABCD1, "1:."), (BRCA2, "0/1:."), sex="male")
    assert verdicts(male) == {"9999903": ("GLA", UNSURE), "9999914": ("ABCD1", TOLD), "9325": ("BRCA2", TOLD)}
    told = {one.title.split(" ")[0]: one.text for one in male.report.findings}
    assert "cannot be right as it stands" in told["GLA"]
    assert "list tells of one copy" not in told["GLA"]
    assert "cannot be right" not in told["ABCD1"]
    assert "X chromosome" not in told["BRCA2"]
    assert "tells of 2 of these genes in your genome, and of 1 more it could not be decided" in male.report.lead


def test_an_allele_of_two_genes_names_both_with_the_rule_of_each() -> None:
    answers = pl.LazyFrame(
        {
            "gene": ["ATP7B;BRCA2", "BRCA2;ATP7B", "MUTYH", "PALB2;BRCA2"],
            "significance_class": ["pathogenic"] * 4,
            "variation_id": ["1", "2", "3", "4"],
            "molecular_consequence": [None] * 4,
        },
        schema_overrides={"molecular_consequence": pl.String},
    )
    meant = meant_by_the_list(answers, panel.panel())
    assert meant.select("variation_id", "gene", "rule").rows() == [
        ("1", "BRCA2;ATP7B", "any;two"),
        ("2", "BRCA2;ATP7B", "any;two"),
        ("3", "MUTYH", "two"),
        ("4", "PALB2;BRCA2", "any;any"),
    ]
    assert meant["inheritance"][0] == "autosomal dominant;autosomal recessive"
    assert meant["condition"][0].count(" · ") == 1


def test_an_allele_of_two_genes_is_judged_and_told_in_each(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    # MUTYH's second allele as if it lay in BRCA2 too: one copy is enough there, in MUTYH it is the second of two
    text = FEW.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.split("\t")[2:3] == ["5293"])
    named = re.sub(r"GENEINFO=[^;]*", "GENEINFO=MUTYH:4595|BRCA2:675", line)
    both = tmp_path / "both.vcf"
    both.write_text(text.replace(line, named), "utf-8")
    rows = [f"{c}\t{p}\t.\t{r}\t{a}\t50\tPASS\t.\tGT:PS\t0/1:.\n" for c, p, r, a in (MUTYH_1, MUTYH_2)]
    sample = genoteca_sample(HEADER + "".join(rows), kind="whole genome")
    made = materialize_module(
        plugin, sample, built_on=[materialize_module(clinvar, sample, settings={"source": str(both)})]
    )
    assert made.failed_checks == []
    assert verdicts(made) == {"5294": ("MUTYH", IF_APART), "5293": ("BRCA2;MUTYH", TOLD)}
    told = made.table.filter(made.table["variation_id"] == "5293").row(0, named=True)
    assert told["verdicts"] == f"{TOLD};{IF_APART}"
    findings = {one.title.split(" ")[0]: one for one in made.report.findings}
    assert findings.keys() == {"BRCA2", "MUTYH"}
    assert (len(findings["BRCA2"].details), len(findings["MUTYH"].details)) == (1, 2)
    assert "tells of 1 of these genes in your genome, and of 1 more it could not be decided" in made.report.lead


def test_every_row_stands_behind_the_gate_and_nothing_found_is_told_with_its_denominator(
    genoteca_sample: MakeSample,
) -> None:
    made = asked(genoteca_sample, (CFTR, "0/1:."))
    assert made.manifest.gate
    assert made.table["gate"].unique().to_list() == [made.manifest.gate]
    assert verdicts(made) == {}
    report = made.report
    assert report.findings == ()
    assert report.lead.startswith("6 alleles that the list means were looked up in 5 of its 84 genes")
    assert "says nothing about any of them, so that none is ruled out" in report.lead
    assert any("in 78 genes" in line for line in report.not_told)
    assert "Nothing is known of C282Y in HFE: your file says nothing of it." in report.not_told


def pathogenic(genes: set[str]) -> Iterator[tuple[str, str, int, str, str]]:
    """Give number, place and alleles of the pathogenic records of these genes, by reading the file line by line."""
    for line in gzip.decompress(RELEASE.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            continue
        chrom, pos, number, ref, alt, _, _, info = line.rstrip("\n").split("\t")
        told = dict(part.split("=", 1) for part in info.split(";") if "=" in part)
        words = set(told.get("CLNSIG", "").replace("|", "/").split("/"))
        named = {one.split(":")[0] for one in told.get("GENEINFO", "").split("|")}
        if (
            named & genes
            and words & {"Pathogenic", "Likely_pathogenic"}
            and alt != "."
            and set(ref + alt) <= set("ACGT")
        ):
            yield number, chrom, int(pos), ref, alt


@pytest.mark.real_data
def test_on_a_real_genome_and_a_real_release_the_counts_are_those_of_a_plain_count(
    genoteca_sample: MakeSample,
) -> None:
    if not (RELEASE.is_file() and GENOME.is_file()):
        pytest.skip("the real files do not lie beside this checkout")
    wanted = list(pathogenic(set(panel.panel()["gene"])))
    assert len(wanted) > 5000
    # the real genome has none of them: one allele of PALB2 is planted among its records
    number, chrom, pos, ref, alt = next(one for one in wanted if one[1] == "16" and len(one[3]) == len(one[4]) == 1)
    lines = gzip.decompress(GENOME.read_bytes()).decode().splitlines(keepends=True)
    fields = lines[-1].split("\t")
    planted = "\t".join(
        [f"chr{chrom}", str(pos), ".", ref, alt, "50", "PASS", ".", "GT:DP:GQ", "0/1:30:99", *fields[10:]]
    )
    sample = genoteca_sample("".join([*lines, planted + "\n"]))
    built_on = materialize_module(clinvar, sample, settings={"source": str(RELEASE)})
    made = materialize_module(plugin, sample, built_on=[built_on])
    assert made.failed_checks == []
    assert sorted(made.table["variation_id"]) == sorted(one[0] for one in wanted)
    assert made.record().sites == sum(made.evidence.values()) == len(wanted)
    assert verdicts(made) == {number: ("PALB2", TOLD)}
    assert {name: count for name, count in made.evidence.items() if count}.keys() <= {
        "called",
        "other_allele",
        "no_call",
    }
