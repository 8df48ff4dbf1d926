"""Rows that cannot be used are set aside with their reason; those that repeat, differ or are ambiguous are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.sdk import data_plugin
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.store.just_dna.sieve import Aside

from .workshop import ROWS, compiled, genotypes, imported, sites, specification, write_csv

GOOD: dict[str, Any] = {
    "rsid": "", "chrom": "3", "start": 1000, "ref": "C", "alts": "T", "genotype": "C/T", "weight": "",
    "state": "risk", "conclusion": "good", "gene": "G", "phenotype": "", "category": "", "min_quality": "",
    "clinvar": "",
}  # fmt: skip
INFO = '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
HEAD = f"##fileformat=VCFv4.2\n{INFO}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"


def report_of(folder: Path, *rows: dict[str, Any], resolution: str = "") -> Any:
    """Import a specification of a good row and these."""
    source = specification(
        folder / "rows", [GOOD, *({**GOOD, "start": 2000 + n, **row} for n, row in enumerate(rows))]
    )
    if resolution:
        (source / "resolution.csv").write_text(resolution)
    return imported(source, folder / "out")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"chrom": "", "start": ""}, Aside.NO_IDENTIFIER),
        ({"chrom": "", "start": "", "rsid": "i5000"}, Aside.NO_IDENTIFIER),
        ({"chrom": "", "start": "", "rsid": "rs5"}, Aside.NO_POSITION),
        ({"start": "", "rsid": "rs5"}, Aside.NO_POSITION),
        ({"start": "12.5"}, Aside.CELL),
        ({"start": "many"}, Aside.CELL),
        ({"weight": "heavy"}, Aside.CELL),
        ({"weight": "nan"}, Aside.CELL),
        ({"weight": "inf"}, Aside.CELL),
        ({"clinvar": "perhaps"}, Aside.CELL),
        ({"chrom": "25"}, Aside.CHROMOSOME),
        ({"chrom": "GL000220.1"}, Aside.CHROMOSOME),
        ({"start": "0"}, Aside.OUTSIDE),
        ({"start": "-5"}, Aside.OUTSIDE),
        ({"start": "999999999"}, Aside.OUTSIDE),
        ({"ref": ""}, Aside.NO_REFERENCE),
        ({"alts": "", "genotype": "C/C"}, Aside.NO_ALTERNATIVE),
        ({"alts": "C", "genotype": "C/C"}, Aside.NO_ALTERNATIVE),
        ({"alts": "<DEL>", "genotype": "C/C"}, Aside.NO_ALTERNATIVE),
        ({"ref": "N"}, Aside.LETTERS),
        ({"genotype": "C/<DEL>"}, Aside.LETTERS),
        ({"genotype": "C/-"}, Aside.LETTERS),
        ({"genotype": ""}, Aside.GENOTYPE),
        ({"genotype": "C/T/T"}, Aside.GENOTYPE),
        ({"genotype": "C/"}, Aside.GENOTYPE),
        ({"genotype": "CT"}, Aside.FOREIGN),
        ({"genotype": "A/G"}, Aside.FOREIGN),
        ({"genotype": "C/G"}, Aside.FOREIGN),
        ({"min_quality": "20"}, Aside.QUALITY),
        ({"start": 1000}, Aside.REPEAT),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(
    tmp_path: Path, row: dict[str, Any], reason: Aside
) -> None:
    report = report_of(tmp_path, row)
    assert report.set_aside == {reason.value: 1}
    assert [one["conclusion"] for one in genotypes(tmp_path / "out")] == ["good"]
    gone = pl.read_parquet(tmp_path / "out" / "set_aside.parquet")
    assert gone["number"].to_list() == [2]
    assert f"- 1: {reason.value}." in (tmp_path / "out" / "README.md").read_text()


def test_a_row_with_another_number_of_cells_is_not_read_one_column_off(tmp_path: Path) -> None:
    source = specification(tmp_path / "rows", [GOOD])
    with (source / "variants.csv").open("a") as file:
        file.write(",4,5,C,T,C/T,,risk,an unquoted, comma,G,,,,\n,5,6,C,T\n")
    assert imported(source, tmp_path / "out").set_aside == {Aside.RAGGED.value: 2}


def test_names_of_chromosomes_are_folded_and_alleles_are_upper_case(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"chrom": "chrX", "ref": "c", "alts": "t", "genotype": "t/c"}, {"chrom": "chrM"})
    assert report.set_aside == {}
    assert [(row["chrom"], row["ref"], row["alt"]) for row in sites(tmp_path / "out")][1:] == [
        ("X", "C", "T"),
        ("MT", "C", "T"),
    ]


def test_on_y_and_mt_two_alike_alleles_are_one_as_well(tmp_path: Path) -> None:
    report_of(tmp_path, {"chrom": "MT", "genotype": "T/T", "conclusion": "mt"}, {"genotype": "T/T"})
    spelled = [(row["site"].split("-")[1], row["genotype"]) for row in genotypes(tmp_path / "out")]
    assert spelled == [("3", "C/T"), ("MT", "T/T"), ("3", "T/T"), ("MT", "T")]


def test_an_indel_is_trimmed_and_its_genotypes_with_it(tmp_path: Path) -> None:
    row = {"ref": "GTGG", "alts": "GGG", "genotype": "GGG/GTGG"}
    report_of(tmp_path, row)
    assert {key: sites(tmp_path / "out")[1][key] for key in ("pos", "ref", "alt")} == {
        "pos": 2000, "ref": "GT", "alt": "G",
    }  # fmt: skip
    assert genotypes(tmp_path / "out")[1]["genotype"] == "G/GT"


def test_alternatives_that_no_row_names_are_those_of_the_sites_genotypes(tmp_path: Path) -> None:
    common = {"alts": "", "start": 3000}
    report_of(tmp_path, {**common, "genotype": "C/C"}, {**common, "genotype": "C/T"}, {**common, "genotype": "A/T"})
    assert [row["alt"] for row in sites(tmp_path / "out")] == ["T", "A,T"]
    assert len(genotypes(tmp_path / "out")) == 4


def test_phase_says_nothing_at_one_site(tmp_path: Path) -> None:
    report_of(tmp_path, {"genotype": "T|C"})
    assert genotypes(tmp_path / "out")[1]["genotype"] == "C/T"


def test_rows_that_differ_are_all_told_in_one_marked_row(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        {"start": 5000, "conclusion": "good for you", "state": "protective", "weight": "0.5", "phenotype": "one"},
        {"start": 5000, "conclusion": "bad for you", "state": "risk", "weight": "-0.5", "phenotype": "two"},
        {"start": 5000, "conclusion": "bad for you", "state": "risk", "weight": "-0.5", "phenotype": "two"},
    )
    assert (report.rows_kept, report.set_aside, report.contradictions) == (3, {Aside.REPEAT.value: 1}, 1)
    (row,) = (row for row in genotypes(tmp_path / "out") if "-5000-" in row["site"])
    assert (row.get("weight"), row["state"], row["phenotype"]) == (None, "conflicting", "one; two")
    assert "(1) protective, weight 0.5: good for you (2) risk, weight -0.5: bad for you" in row["conclusion"]
    assert row["caution"] == "The module says 2 different things of this genotype; all of them are shown."


RESOLUTION = """variant_key,rsid,chrom,start,ref,alts,genome_build,locus_index,status
rs5,rs5,4,100,A,AG,GRCh38,0,resolved
rs5,rs5,4,100,AG,A,GRCh38,1,resolved
rs6,rs6,5,200,C,"A,T",GRCh38,0,resolved
rs7,rs7,6,300,C,T,GRCh37,0,resolved
rs8,rs8,6,300,C,T,GRCh38,0,not_found
"""


def test_an_rsid_is_resolved_by_the_modules_own_table_of_the_same_build(tmp_path: Path) -> None:
    bare = {"chrom": "", "start": "", "ref": "", "alts": ""}
    report = report_of(
        tmp_path,
        {**bare, "rsid": "rs6", "genotype": "C/T"},
        {**bare, "rsid": "rs7", "genotype": "C/T"},
        {**bare, "rsid": "rs8", "genotype": "C/T"},
        resolution=RESOLUTION,
    )
    assert report.set_aside == {Aside.NO_POSITION.value: 2}
    site = sites(tmp_path / "out")[1]
    assert (site["rsid"], site["chrom"], site["pos"], site["alt"]) == ("rs6", "5", 200, "A,T")


def test_an_rsid_with_two_places_is_two_marked_sites_and_never_a_reference_genotype(tmp_path: Path) -> None:
    bare = {"chrom": "", "start": "", "ref": "", "alts": "", "rsid": "rs5"}
    report = report_of(
        tmp_path,
        {**bare, "genotype": "AG/AG", "conclusion": "two copies of the duplication"},
        {**bare, "genotype": "A/AG", "conclusion": "one copy"},
        resolution=RESOLUTION,
    )
    assert (report.shared, report.rows_kept, report.set_aside) == (2, 3, {})
    marked = [row for row in sites(tmp_path / "out") if row["caution"]]
    assert [(row["ref"], row["alt"]) for row in marked] == [("A", "AG"), ("AG", "A")]
    said = {(row["site"].rpartition("-")[2], row["genotype"]): row for row in genotypes(tmp_path / "out")}
    assert {key: row["conclusion"] for key, row in said.items() if key[0] != "C>T"} == {
        ("A>AG", "AG/AG"): "two copies of the duplication",
        ("A>AG", "A/AG"): "one copy",
        ("AG>A", "A/AG"): "one copy",
    }
    assert all("names several places" in row["caution"] for key, row in said.items() if key[0] != "C>T")


def test_a_carrier_of_the_reference_at_an_ambiguous_rsid_is_told_nothing_false(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    bare = {"chrom": "", "start": "", "ref": "", "alts": "", "rsid": "rs5"}
    report_of(tmp_path, {**bare, "genotype": "AG/AG", "conclusion": "pathogenic"}, resolution=RESOLUTION)
    vcf = HEAD.replace("#CHROM", '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="R">\n##FORMAT=<ID=GQ,Number=1,'
                       'Type=Integer,Description="Q">\n#CHROM')  # fmt: skip
    vcf += "4\t100\t.\tAG\t.\t50\tPASS\t.\tGT:DP:GQ\t0/0:40:99\n"
    made = materialize_module(data_plugin(tmp_path / "out"), genoteca_sample(vcf))
    rows = made.table.filter(rsid="rs5")
    assert rows["conclusion"].to_list() == [None] * len(rows)


def test_compiled_rows_of_an_expanded_rsid_are_marked_by_their_count_of_places(tmp_path: Path) -> None:
    rows = [{**row, "locus_count": 2 if row["rsid"] == "rs4988235" else 1} for row in ROWS]
    report = imported(compiled(tmp_path / "six", "0.6", rows), tmp_path / "out")
    assert report.shared == 1
    assert [row["rsid"] for row in sites(tmp_path / "out") if row["caution"]] == ["rs4988235"]


def test_two_rsids_at_one_place_stay_two_sites(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    report_of(tmp_path, {"rsid": "rs5", "start": 1000}, {"rsid": "rs6", "start": 1000, "conclusion": "other"})
    vcf = HEAD + "3\t1000\t.\tC\tT\t50\tPASS\t.\tGT\t0/1\n"
    made = materialize_module(data_plugin(tmp_path / "out"), genoteca_sample(vcf))
    assert made.failed_checks == []
    assert sorted(made.table["conclusion"]) == ["good", "good", "other"]


def test_facts_of_several_rows_are_joined_and_never_multiply_a_genotype(tmp_path: Path) -> None:
    source = compiled(tmp_path / "many", "0.4")
    facts = pl.read_parquet(source / "annotations.parquet")
    more = facts.with_columns(phenotype=pl.lit("another"), gene=pl.lit("GENE2"))
    pl.concat([facts, more, more]).write_parquet(source / "annotations.parquet")
    (source / "manifest.json").unlink()
    report = imported(source, tmp_path / "out")
    assert (report.rows_kept, report.genotypes) == (len(ROWS), len(ROWS))
    assert genotypes(tmp_path / "out")[0]["phenotype"] == "Folate; another"
    assert sites(tmp_path / "out")[0]["gene"] == "MTHFR; GENE2"


def test_studies_of_other_sites_are_counted_and_not_joined(tmp_path: Path) -> None:
    studies = [
        {"rsid": "", "chrom": "3", "start": "1000", "pmid": "PMID 111; 222", "conclusion": "by place"},
        {"rsid": "rs999", "chrom": "", "start": "", "pmid": "333", "conclusion": "of another site"},
        {"rsid": "", "chrom": "chr3", "start": "1000", "pmid": "", "conclusion": "without PMID"},
    ]
    source = specification(tmp_path / "rows", [GOOD], studies=studies)
    report = imported(source, tmp_path / "out")
    assert (report.studies_read, report.studies_kept) == (3, 2)
    (site,) = sites(tmp_path / "out")
    assert site["pmids"] == "111;222"
    assert site["study_findings"] == "PMID 111, 222: by place | a paper without PMID: without PMID"


cells = st.sampled_from(
    ["", "A", "C", "T", "A/C", "C/T", "CT", "rs7", "3", "7", "MT", "100", "101", "x", "0.5", "C|T"]
)
row_of_cells = st.fixed_dictionaries(
    {
        "rsid": st.sampled_from(["", "rs7", "rs8", "bad"]),
        "chrom": st.sampled_from(["3", "chr7", "MT", "", "Q"]),
        "start": st.sampled_from(["100", "101", "", "x"]),
        "ref": st.sampled_from(["C", "CT", "", "N"]),
        "alts": st.sampled_from(["T", "A,T", "", "C", "<DEL>"]),
        "genotype": cells,
        "weight": st.sampled_from(["", "0.5", "-1", "x"]),
        "state": st.sampled_from(["risk", "protective", ""]),
        "conclusion": st.sampled_from(["one", "two", ""]),
    }
)


@given(rows=st.lists(row_of_cells, max_size=12))
def test_rows_read_are_always_rows_kept_and_rows_set_aside(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    first = {name: GOOD[name] for name in ("rsid", "chrom", "start", "ref", "alts", "genotype", "weight", "state")}
    write_csv(folder / "variants.csv", [{**first, "conclusion": "good"}, *rows])
    report = imported(folder, folder / "out")
    assert report.rows_read == len(rows) + 1
    written = pl.read_parquet(folder / "out" / "genotypes.parquet")
    assert written.select("site", "genotype").is_duplicated().sum() == 0
    assert len(written) >= 1
