"""An array beside a module's alleles: what a VCF of the same genome would say, or no call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.annotate.worlds import ASKED, NOTE, allele_site

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.arrays import INSERTED, OTHER_STRAND, OUTSIDE, TWO_REFERENCES
from genoteca.annotate.genotypes import Panel, annotate_genotypes
from genoteca.annotate.matching import Engine
from genoteca.annotate.publish import publish_alleles, publish_regions, write_published
from genoteca.annotate.regions import annotate_regions
from genoteca.annotate.sample_tables import SampleTables
from genoteca.errors import DatasetError
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind, Sex

PLUS = "# oriented with respect to the plus strand\n"
NAMES = "# rsid\tchromosome\tposition\tgenotype\n"
VCF = (
    "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n"
)


def read(folder: Path, text: str, *, sex: Sex = Sex.UNSTATED) -> SampleTables:
    source, variants, coverage = folder / "source", folder / "variants.parquet", folder / "coverage.parquet"
    source.write_text(text)
    intake = read_genome(
        source,
        pick=None,
        build=Build.GRCH38,
        sex=sex,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=folder / "structural.parquet",
        progress=lambda fraction, message: None,
    )
    return SampleTables(
        variants=variants,
        coverage=coverage,
        build=Build.GRCH38,
        kind=intake.kind,
        plus_strand=intake.plus_strand,
        sex=sex,
    )


def array(folder: Path, *rows: str, head: str = PLUS, sex: Sex = Sex.UNSTATED) -> SampleTables:
    """Read an array of rows such as `1 101 AG`."""
    body = "".join(f"rs{n} {row}\n".replace(" ", "\t") for n, row in enumerate(rows, 1))
    return read(folder, head + NAMES + body, sex=sex)


def ask(folder: Path, sample: SampleTables, *alleles: str, dense: bool = True, engine: Engine = "polars") -> Answer:
    path = folder / "reference.parquet"
    write_published(publish_alleles(pl.DataFrame([allele_site(text) for text in alleles], schema=ASKED)), path)
    return annotate_alleles(path, sample, columns=[NOTE], dense=dense, engine=engine)


def one(answer: Answer) -> dict[str, Any]:
    return answer.frame().row(0, named=True) if len(answer.frame()) else {"evidence": "not_covered"}


@pytest.mark.parametrize(
    ("call", "evidence", "genotype", "dosage"),
    [
        ("AG", "called", "A/G", 1),
        ("GA", "called", "A/G", 1),
        ("GG", "called", "G/G", 2),
        ("AA", "reference", "A/A", 0),
        ("G", "partial", "G/?", 1),
        ("A", "partial", "A/?", None),
        ("--", "no_call", None, None),
        ("CC", "no_call", None, None),
        ("AC", "no_call", None, None),
        ("DD", "no_call", None, None),
        ("G-", "partial", "G/?", 1),
        ("A-", "partial", "A/?", None),
    ],
)
def test_the_module_supplies_the_reference_base(
    tmp_path: Path, call: str, evidence: str, genotype: str | None, dosage: int | None
) -> None:
    row = one(ask(tmp_path, array(tmp_path, f"1 500 {call}"), "1:500 A>G"))
    assert (row["evidence"], row["genotype"], row["dosage"]) == (evidence, genotype, dosage)
    assert (row["line"], row["ref"], row["alt"]) == (1, "A", "G")


def test_every_answer_leads_back_to_its_row_of_the_file_and_of_the_table(tmp_path: Path) -> None:
    sample = array(tmp_path, "2 700 CT", "1 400 AA", "1 500 GG", "1 300 CC")
    table = ask(tmp_path, sample, "1:500 A>G", "2:700 C>T", "1:300 C>A").frame()
    variants = pl.read_parquet(sample.variants)
    for row in table.filter(pl.col("evidence") == "called").iter_rows(named=True):
        source = variants.row(row["row"], named=True)
        assert (source["chrom"], source["pos"], source["line"]) == (row["chrom"], row["pos"], row["line"])
    assert table["line"].to_list() == [4, 3, 1]


def test_a_third_allele_is_judged_by_all_that_the_module_has_at_the_position(tmp_path: Path) -> None:
    sample = array(tmp_path, "1 500 GT")
    both = ask(tmp_path, sample, "1:500 A>G", "1:500 A>T").frame()
    assert both["evidence"].to_list() == ["called", "called"]
    assert both["genotype"].to_list() == ["G/T", "G/T"]
    other = ask(tmp_path, array(tmp_path, "1 500 AT"), "1:500 A>G", "1:500 A>T").frame()
    assert other["evidence"].to_list() == ["other_allele", "called"]
    alone = ask(tmp_path, sample, "1:500 A>G")
    assert alone.evidence["no_call"] == 1
    assert alone.unusable == {OUTSIDE: 1}


@pytest.mark.parametrize(
    ("alleles", "call", "head", "evidence"),
    [
        ("A>T", "AA", "", "no_call"),
        ("A>T", "TT", "", "no_call"),
        ("C>G", "G", "", "no_call"),
        ("C>G", "CC", "", "no_call"),
        ("A>T", "AT", "", "called"),
        ("A>G", "AA", "", "reference"),
        ("A>G", "GG", "", "called"),
        ("A>G", "TT", "", "no_call"),
        ("A>T", "AA", PLUS, "reference"),
        ("A>T", "TT", PLUS, "called"),
        ("C>G", "GG", PLUS, "called"),
        ("A>G", "TT", PLUS, "no_call"),
    ],
)
def test_two_equal_copies_that_fit_both_strands_cannot_be_told(
    tmp_path: Path, alleles: str, call: str, head: str, evidence: str
) -> None:
    answer = ask(tmp_path, array(tmp_path, f"1 500 {call}", head=head), f"1:500 {alleles}")
    assert one(answer)["evidence"] == evidence
    expected = {OTHER_STRAND: 1} if evidence == "no_call" and not head and call != "TT" else None
    if expected:
        assert answer.unusable == expected


def test_alleles_of_several_changes_may_fit_both_strands_together(tmp_path: Path) -> None:
    sample = array(tmp_path, "1 500 AG", head="")
    answer = ask(tmp_path, sample, "1:500 A>G", "1:500 A>C", "1:500 A>T")
    assert answer.evidence["no_call"] == 3
    assert answer.unusable == {OTHER_STRAND: 1}


def test_a_base_says_nothing_of_an_insertion_at_its_position(tmp_path: Path) -> None:
    for call in ("AA", "AG"):
        answer = ask(tmp_path, array(tmp_path, f"1 500 {call}"), "1:500 A>AT", "1:500 A>G", "1:500 AC>A")
        told = {row["alt"]: row["evidence"] for row in answer.frame().iter_rows(named=True)}
        assert set(told) == {"G"}
        assert answer.evidence["not_covered"] == 2


@pytest.mark.parametrize("call", ["--", "DI", "II", "DD", "I"])
def test_an_insertion_or_deletion_is_never_concluded_from_letters(tmp_path: Path, call: str) -> None:
    answer = ask(tmp_path, array(tmp_path, f"9 133257521 {call}"), "9:133257521 T>TC")
    assert one(answer)["evidence"] == "no_call"
    assert answer.unusable == ({} if call == "--" else {INSERTED: 1})


def test_a_base_beside_an_indel_probe_is_read_alone(tmp_path: Path) -> None:
    answer = ask(tmp_path, array(tmp_path, "1 500 AA", "1 500 DI"), "1:500 A>G", "1:500 A>AT")
    assert (answer.evidence["reference"], answer.evidence["not_covered"]) == (1, 1)


def test_contradicting_rows_are_no_call(tmp_path: Path) -> None:
    assert one(ask(tmp_path, array(tmp_path, "1 500 AA", "1 500 GG"), "1:500 A>G"))["evidence"] == "no_call"


def test_silence_is_never_read_as_reference(tmp_path: Path) -> None:
    sample = array(tmp_path, *(f"1 {pos} AG" for pos in range(400, 600, 2)))
    answer = ask(tmp_path, sample, "1:501 A>G", "1:503 A>G always")
    assert answer.evidence["not_covered"] == 2
    assert answer.frame()["evidence"].to_list() == ["not_covered"]


def test_x_in_a_male_y_in_a_female_and_the_mitochondrion(tmp_path: Path) -> None:
    rows = ("X 5000000 TT", "X 5000001 CT", "Y 6000000 A", "MT 73 G", "MT 100 AG", "MT 200 AA")
    sites = ("X:5000000 C>T", "X:5000001 C>T", "Y:6000000 A>G", "MT:73 A>G", "MT:100 A>G", "MT:200 A>G")
    told = {row["pos"]: row for row in ask(tmp_path, array(tmp_path, *rows, sex=Sex.MALE), *sites).frame().to_dicts()}
    assert [told[pos]["evidence"] for pos in (5000000, 5000001, 6000000, 73, 100, 200)] == [
        "called", "called", "reference", "called", "called", "reference",
    ]  # fmt: skip
    assert (told[5000000]["filtered"], told[5000001]["filtered"]) == (False, True)
    assert (told[6000000]["genotype"], told[73]["dosage"], told[200]["genotype"]) == ("A", None, "A")
    silent = array(tmp_path, "1 500 AA", sex=Sex.FEMALE)
    assert ask(tmp_path, silent, "Y:6000000 A>G").evidence["not_applicable"] == 1


def test_a_sparse_module_gets_carried_alleles_only_and_both_engines_agree(tmp_path: Path) -> None:
    sample = array(tmp_path, "1 500 AG", "1 600 CC", "1 700 --", "1 800 TT", head="")
    sites = ("1:500 A>G", "1:500 A>T", "1:600 C>T", "1:700 A>C", "1:800 C>T")
    tables = [ask(tmp_path, sample, *sites, dense=False, engine=engine).frame() for engine in ("polars", "duckdb")]
    assert tables[0].equals(tables[1])
    assert tables[0].select("pos", "alt", "dosage").rows() == [(500, "G", 1), (800, "T", 2)]


def test_alleles_that_fit_are_compared_in_place_of_reference_bases(tmp_path: Path) -> None:
    sample = array(tmp_path, "1 500 AG", "1 600 GG", "1 700 --", "1 800 DI")
    answer = ask(tmp_path, sample, "1:500 A>G", "1:600 C>T", "1:700 A>C", "1:800 C>T")
    assert (answer.compared, answer.agreeing) == (2, 1)


def test_regions_need_a_genome_that_names_its_variants(tmp_path: Path) -> None:
    regions = pl.DataFrame({"chrom": ["1"], "start": [1], "end": [900], "note": [""]})
    write_published(publish_regions(regions), tmp_path / "regions.parquet")
    with pytest.raises(DatasetError, match="does not say which of its alleles is the reference"):
        annotate_regions(tmp_path / "regions.parquet", array(tmp_path, "1 500 AG"), columns=[NOTE])


def test_a_panel_reads_genotypes_in_either_order(tmp_path: Path) -> None:
    panel = Panel(
        sites=pl.DataFrame(
            {"site": [0, 1], "site_id": ["a", "b"], "chrom": ["1", "1"], "pos": [500, 600], "ref": ["G", "T"],
             "alt": ["A", "TC"], "infer": [True, True]}
        ),
        genotypes=pl.DataFrame(
            {"site_id": ["a", "a", "a", "b"], "genotype": ["A/A", "A/G", "G/G", "T/T"], "note": ["2", "1", "0", "-"]}
        ),
        combinations=pl.DataFrame(),
    )  # fmt: skip
    for call, note in (("GA", "1"), ("AG", "1"), ("AA", "2"), ("GG", "0"), ("--", None), ("CC", None)):
        sample = array(tmp_path, f"1 500 {call}", "1 600 DI")
        told = annotate_genotypes(panel, sample, columns=[NOTE], opted_in=frozenset()).frame()
        assert told["note"].to_list() == [note, None]
        assert told["evidence"][1] == "no_call"


SITE = st.tuples(st.sampled_from("ACGT"), st.sampled_from("ACGT"), st.sampled_from("ACGT")).filter(
    lambda site: len(set(site)) == 3
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.tuples(SITE, st.sampled_from(["0/0", "0/1", "1/1", "1/2", "./.", "1", "0", "./1"])), min_size=1))
def test_an_array_says_what_a_vcf_of_the_same_genome_says(
    tmp_path: Path, told: list[tuple[tuple[str, str, str], str]]
) -> None:
    sites, rows, records = [], [], []
    for number, ((ref, alt, other), genotype) in enumerate(told):
        pos = 500 + 10 * number
        sites += [f"1:{pos} {ref}>{alt} always", f"1:{pos} {ref}>{other} always"]
        alleles = {"0": ref, "1": alt, "2": other, ".": "-"}
        rows.append(f"1 {pos} " + "".join(alleles[allele] for allele in genotype.split("/")))
        # One letter of an autosome's two copies is what a VCF writes as half a call.
        written = genotype if "/" in genotype else f"{genotype}/."
        records.append(f"1\t{pos}\t.\t{ref}\t{alt},{other}\t50\tPASS\t.\tGT:DP:GQ\t{written}:30:60\n")
    ours = ask(tmp_path, array(tmp_path, *rows), *sites)
    theirs = ask(tmp_path, read(tmp_path, VCF + "".join(records)), *sites)
    assert ours.evidence == theirs.evidence
    answered = ("chrom", "pos", "alt", "evidence", "dosage", "line")
    assert ours.frame().select(answered).equals(theirs.frame().select(answered))
    genotypes = zip(ours.frame()["genotype"], theirs.frame()["genotype"], strict=True)
    assert all(sorted(str(mine).split("/")) == sorted(str(other).split("/")) for mine, other in genotypes)


def test_two_reference_bases_at_one_position_are_told(tmp_path: Path) -> None:
    answer = ask(tmp_path, array(tmp_path, "1 500 AA"), "1:500 A>G", "1:500 C>G")
    assert answer.unusable == {TWO_REFERENCES: 1}
    assert answer.evidence["no_call"] == 2


@pytest.mark.real_data
def test_a_23andme_file_agrees_with_the_vcf_that_bcftools_made_of_it(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "07-dtc" / "bcftools-tsv2vcf"
    gold = [line.split() for line in (folder / "convert.23andme.vcf").read_text().splitlines() if line[0] != "#"]
    sample = read(tmp_path, PLUS + (folder / "convert.23andme").read_text())
    assert sample.kind is SampleKind.ARRAY
    sites = [
        f"{chrom}:{pos} {ref}>{alt if alt != '.' else _any_but(ref)} always" for chrom, pos, _, ref, alt, *_ in gold
    ]
    told = {(row["chrom"], row["pos"]): row for row in ask(tmp_path, sample, *sites).frame().to_dicts()}
    assert len(told) == len(gold) == 27
    for chrom, pos, _, ref, alt, *_, genotype in gold:
        row = told[chrom, int(pos)]
        if genotype == "./.":
            assert row["evidence"] == "no_call"
            continue
        alleles = [(ref, alt)[int(number)] for number in genotype.split("/")]
        assert row["evidence"] == ("reference" if set(alleles) == {ref} else "called")
        assert sorted(row["genotype"].split("/")) == sorted(alleles)
        assert row["dosage"] == genotype.count("1")


def _any_but(ref: str) -> str:
    return "C" if ref == "A" else "A"


def test_a_vcf_made_from_a_chip_is_answered_by_its_own_alleles(tmp_path: Path) -> None:
    chip = "".join(f'##FORMAT=<ID={name},Number=1,Type=Float,Description="">\n' for name in ("BAF", "LRR"))
    calls = ["600\t.\tAT\tA\t60\tPASS\t.\tGT\t1/1", "700\t.\tA\tAT\t60\tPASS\t.\tGT\t0/1"]
    calls += ["800\t.\tA\tG\t60\tPASS\t.\tGT\t0|1", "900\t.\tC\tG\t60\tLow\t.\tGT\t1/1"]
    text = VCF.replace("#CHROM", chip + "#CHROM") + "".join(f"1\t{call}\n" for call in calls)
    sample = read(tmp_path, text)
    assert sample.kind is SampleKind.ARRAY
    table = ask(tmp_path, sample, "1:600 AT>A", "1:700 A>AT", "1:800 A>G", "1:900 C>G").frame()
    assert table.select("pos", "evidence", "dosage", "filtered").rows() == [
        (600, "called", 2, False),
        (700, "called", 1, False),
        (800, "called", 1, False),
        (900, "called", 2, True),
    ]
