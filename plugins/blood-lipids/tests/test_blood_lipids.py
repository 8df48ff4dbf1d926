"""The tables of blood fats agree with themselves and say of every genotype what they promise."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest

from genoteca.annotate.genotypes import annotate_genotypes
from genoteca.annotate.panel import Panel
from genoteca.genome.lift import Lift
from genoteca.model.build import Build
from genoteca.sdk import Outcome, check_module, data_plugin
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.panel_file import read_panel
from genoteca.sdk.table_spec import load_table_spec
from genoteca.sdk.testing import MakeSample, materialize_module

PLUGIN = Path(__file__).resolve().parents[1]
PACKAGE = PLUGIN / "src" / "genoteca_blood_lipids"
SHARED = PLUGIN.parents[1] / ".." / "shared" / "data"
BUILDS = ("GRCh37", "GRCh38")
FORBIDDEN = r"\byou should\b|\bmust\b|\baffected\b|\bsuffer|\bvictim|\bdiagnos|\bmutation\b|\babnormal|\bdefect"
GATED = {"APOB", "LPA"}
RARE = {"pcsk9-y142x", "pcsk9-c679x", "apob-r3527q", "apoc3-ivs2", "apoc3-r19x"}


def read(table: str) -> list[dict[str, str]]:
    with (PACKAGE / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SITES = read("sites.csv")
GENOTYPES = read("genotypes.csv")
BY_SITE = {row["site"]: row for row in SITES}


def possible(site: str, build: str = "GRCh38") -> list[str]:
    """Spell the genotypes of a site with 0, 1 and 2 copies of ALT, in that order."""
    row = BY_SITE[site]
    pairs = combinations_with_replacement((row[f"ref_{build}"], row[f"alt_{build}"]), 2)
    return ["/".join(sorted(pair)) for pair in pairs]


def vcf(build: str, genotypes: Mapping[str, str], *, call: str = "") -> str:
    """Write a VCF with these genotypes, alleles joined by `/`; `call`: what stands in place of every GT."""
    head = f"##fileformat=VCFv4.2\n##reference={build}\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n"
    lines = []
    for site, genotype in genotypes.items():
        row = BY_SITE[site]
        alleles = [row[f"ref_{build}"], row[f"alt_{build}"]]
        called = call or "/".join(sorted(str(alleles.index(allele)) for allele in genotype.split("/")))
        place = "\t".join(row[f"{name}_{build}"] for name in ("chrom", "pos"))
        lines.append(f"{place}\t.\t{alleles[0]}\t{alleles[1]}\t50\tPASS\t.\tGT:DP:GQ\t{called}:30:60\n")
    return head + "".join(lines)


@cache
def panel(build: str) -> Panel:
    return read_panel(PACKAGE, load_table_spec(PACKAGE), load_manifest(PACKAGE), Build(build))


def told(make: MakeSample, text: str, build: str = "GRCh38", kind: str | None = None) -> dict[str, dict[str, Any]]:
    """Give the answers to a file by their subject, without the engine around them."""
    columns = load_manifest(PACKAGE).columns
    tables = make(text, build=build, kind=kind).tables
    rows = annotate_genotypes(panel(build), tables, columns=columns, opted_in=frozenset()).frame().to_dicts()
    return {row["trait"]: row for row in rows}


def says(site: str, genotype: str) -> dict[str, str]:
    return next(row for row in GENOTYPES if (row["site"], row["genotype"]) == (site, genotype))


def test_the_module_keeps_every_rule() -> None:
    broken = [finding for finding in check_module(data_plugin(PACKAGE), folder=PACKAGE) if not finding.ok]
    assert broken == []


def test_every_genotype_of_every_site_is_authored_once() -> None:
    for site in BY_SITE:
        written = [row["genotype"] for row in GENOTYPES if row["site"] == site]
        assert sorted(written) == sorted(possible(site)) == sorted(possible(site, "GRCh37"))


def test_sentences_are_plain_and_cited() -> None:
    readme = (PLUGIN / "README.md").read_text(encoding="utf-8")
    for row in GENOTYPES:
        assert row["conclusion"].endswith(".")
        assert len(row["effect"]) <= 60
        assert not re.search(FORBIDDEN, row["conclusion"], re.IGNORECASE)
        assert f"PMID {row['pmids'].replace(';', ', ')}: " in row["checked"]
        assert all(f"[{pmid}]" in readme for pmid in row["pmids"].split(";"))
    assert all(f"| {row['site']} | {row['rsid']} |" in readme for row in SITES)
    assert all("lifted both ways, equal" in row["checked"] for row in SITES)


def test_what_may_weigh_on_a_person_is_closed_until_it_is_opened() -> None:
    for row in SITES:
        assert bool(row["gate"]) == (row["gene"] in GATED)
        assert not row["gate"] or row["gate"].endswith("Open it only if you want to know.")
        assert ("parents, brothers, sisters and children" in row["gate"]) == (row["gene"] == "APOB")
        assert row["gene"] not in GATED or row["infer"] == "false"


def test_a_carried_rare_variant_says_to_confirm_it_first_and_no_other_row_does() -> None:
    for row in GENOTYPES:
        carried = row["genotype"] != possible(row["site"])[0]
        assert bool(row["caution"]) == (carried and row["site"] in RARE)


def test_no_apob_variant_is_not_told_as_no_inherited_high_cholesterol() -> None:
    assert "does not exclude inherited high cholesterol" in says("apob-r3527q", "C/C")["conclusion"]


def test_the_neighbours_in_apoc3_are_told_apart(genoteca_sample: MakeSample) -> None:
    answers = told(genoteca_sample, vcf("GRCh38", {"apoc3-r19x": "C/T", "apoc3-ivs2": "G/G"}))
    assert answers["Triglycerides, APOC3 R19X"]["evidence"] == "called"
    assert answers["Triglycerides, APOC3 IVS2+1G>A"]["effect"] == "Usual at this site"


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("copies", [0, 1, 2])
def test_every_authored_genotype_is_told_in_both_builds(genoteca_sample: MakeSample, build: str, copies: int) -> None:
    genotypes = {site: possible(site, build)[copies] for site in BY_SITE}
    answers = told(genoteca_sample, vcf(build, genotypes), build)
    for site, genotype in genotypes.items():
        answer = answers[BY_SITE[site]["trait"]]
        expected = ("called" if copies else "reference", says(site, genotype)["conclusion"])
        assert (answer["evidence"], answer["conclusion"]) == expected


@pytest.mark.parametrize(("call", "evidence"), [("./.", "no_call"), ("./1", "partial")])
def test_what_was_not_called_whole_has_no_conclusion(genoteca_sample: MakeSample, call: str, evidence: str) -> None:
    answers = told(genoteca_sample, vcf("GRCh38", dict.fromkeys(BY_SITE, ""), call=call)).values()
    assert {(row["evidence"], row["conclusion"]) for row in answers} == {(evidence, None)}


def test_a_block_of_reference_of_no_quality_is_no_answer(genoteca_sample: MakeSample) -> None:
    text = vcf("GRCh38", {site: possible(site)[0] for site in BY_SITE}).replace("0/0:30:60", "0/0:30:0")
    answers = told(genoteca_sample, text).values()
    assert {(row["evidence"], row["conclusion"]) for row in answers} == {("no_call", None)}


def test_the_tiny_sample_of_an_author_is_answered_with_every_site_left_open(
    genoteca_sample: MakeSample,
) -> None:
    made = materialize_module(data_plugin(PACKAGE), genoteca_sample(build="GRCh37"))
    assert (made.outcome, made.failed_checks) == (Outcome.ANSWERED, [])
    assert {kind for kind, count in made.evidence.items() if count} == {"not_covered"}
    assert made.table["conclusion"].null_count() == len(made.table)


def test_silence_of_a_whole_genome_is_read_at_the_sites_marked_for_it_alone(genoteca_sample: MakeSample) -> None:
    beside = "".join(
        f"{row['chrom_GRCh38']}\t{int(row['pos_GRCh38']) + 700}\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\n" for row in SITES
    )
    answers = told(genoteca_sample, vcf("GRCh38", {}) + beside, kind="whole genome")
    inferred = {trait for trait, row in answers.items() if row["evidence"] == "inferred"}
    assert inferred == {row["trait"] for row in SITES if row["infer"] == "true"}
    assert {row["evidence"] for row in answers.values()} <= {"inferred", "not_covered"}


def test_the_manifest_and_the_distribution_agree() -> None:
    manifest = tomllib.loads((PACKAGE / "module.toml").read_text(encoding="utf-8"))
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert manifest["version"] == project["version"]
    assert project["entry-points"]["genoteca"] == {manifest["id"]: PACKAGE.name}
    assert manifest["licence"]["data"] == "CC0-1.0"
    assert f"## {manifest['version']}" in (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.real_data
@pytest.mark.parametrize(("source", "target"), [BUILDS, BUILDS[::-1]])
def test_every_site_lifts_to_its_place_in_the_other_build(source: str, target: str) -> None:
    path = SHARED / "08-liftover" / "ensembl-chains" / f"{source}_to_{target}.chain.gz"
    if not path.is_file():
        pytest.skip("the Ensembl chains are not in the data folder beside the checkout")
    lift = Lift([path])
    for row in SITES:
        spot = lift.base(row[f"chrom_{source}"], int(row[f"pos_{source}"]))
        assert spot == (row[f"chrom_{target}"], int(row[f"pos_{target}"]), True), row["site"]
