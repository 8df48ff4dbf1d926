from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.annotate.worlds import World, block, record

from genoteca.annotate import by_rsid
from genoteca.annotate.answer import Answer
from genoteca.annotate.genotypes import Panel, annotate_genotypes
from genoteca.model.column import Column
from genoteca.model.sample import SampleKind, Sex

COLUMNS = [Column(name="says", label="says")]
TEXT = dict.fromkeys(("site_id", "ref", "alt", "by_rsid"), pl.String)
PLACED = ("placed", "1", 500, "C", "T", None)


def panel(*named: tuple[str, str, str], placed: bool = False, members: str = "") -> Panel:
    """Sites known by rsID (`rsid, ref, alt`), each genotype of two authored except the homozygous ALT."""
    sites: list[tuple[Any, ...]] = [(f"{rsid}.{ref}{alt}", None, None, ref, alt, rsid) for rsid, ref, alt in named]
    sites += [PLACED] if placed else []
    rows = [
        dict(zip(("site_id", "chrom", "pos", "ref", "alt", "by_rsid"), site, strict=True))
        | {"site": n, "infer": False}
        for n, site in enumerate(sites)
    ]
    genotypes = [
        {"site_id": row["site_id"], "genotype": genotype, "says": genotype}
        for row in rows
        for genotype in (f"{row['ref']}/{row['ref']}", f"{row['ref']}/{row['alt'].split(',')[0]}")
    ]
    combination = {"combination": "both", "members": members, "opt_in": None, "says": "together"}
    return Panel(
        sites=pl.DataFrame(rows, schema_overrides=TEXT | {"chrom": pl.String, "pos": pl.UInt32}),
        genotypes=pl.DataFrame(genotypes),
        combinations=pl.DataFrame([combination] if members else []),
    )


def ask(world: World, asked: Panel) -> Answer:
    return annotate_genotypes(asked, world.tables(), columns=COLUMNS, opted_in=frozenset())


def one(world: World, *site: str) -> dict[str, Any]:
    answer = ask(world, panel((site[0], site[1], site[2])))
    assert answer.sites == sum(answer.evidence.values()) == 1
    row = answer.frame().row(0, named=True)
    return row | {"reasons": answer.unusable, "untestable": answer.untestable}


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["evidence"], row["match"], row["genotype"], row["dosage"], row["says"]


def world(tmp_path: Path, *records: list[dict[str, Any]], **more: Any) -> World:
    return World(folder=tmp_path, records=records, **more)


@pytest.mark.parametrize(
    ("genotype", "expected"),
    [
        ("0/1", ("called", "rsid", "A/G", 1, "A/G")),
        ("1|0", ("called", "rsid", "A/G", 1, "A/G")),
        ("1/1", ("called", "rsid", "G/G", 2, None)),
        ("./1", ("partial", "rsid", "G/?", 1, None)),
        ("0/.", ("partial", "rsid", "A/?", None, None)),
    ],
)
def test_a_record_that_bears_the_rsid_answers_marked(tmp_path: Path, genotype: str, expected: Any) -> None:
    row = one(world(tmp_path, record(7, "3", 900, "A", "G", genotype, id="rs5")), "rs5", "A", "G")
    assert told(row) == expected
    assert (row["chrom"], row["pos"], row["line"], row["row"], row["key"]) == ("3", 900, 7, 0, None)
    assert row["reasons"] == {}


def test_one_of_several_names_is_the_rsid_and_a_longer_number_is_not(tmp_path: Path) -> None:
    both = world(tmp_path, record(1, "3", 900, "A", "G", "0/1", id="COSM1;rs5"))
    assert one(both, "rs5", "A", "G")["evidence"] == "called"
    longer = world(tmp_path, record(1, "3", 900, "A", "G", "0/1", id="rs55"))
    row = one(longer, "rs5", "A", "G")
    assert (row["evidence"], row["match"], row["chrom"], row["untestable"]) == ("not_covered", None, None, "")


def test_where_ref_and_alt_are_swapped_the_letters_decide(tmp_path: Path) -> None:
    swapped = world(tmp_path, record(1, "3", 900, "G", "A", "1/1", id="rs5"))
    assert told(one(swapped, "rs5", "A", "G")) == ("called", "rsid", "A/A", 0, "A/A")


@pytest.mark.parametrize(
    ("site", "records", "reason"),
    [
        (("A", "G"), [("3", 900, "A", "T", "0/1")], by_rsid.SEVERAL_ALLELES),
        (("A", "G"), [("3", 900, "A", "G,T", "0/1")], by_rsid.SEVERAL_ALLELES),
        (("A", "G"), [("3", 900, "C", "G", "0/1")], by_rsid.SEVERAL_ALLELES),
        (("A", "G"), [("3", 900, "A", "AG", "0/1")], by_rsid.SEVERAL_ALLELES),
        (("A", "G"), [("3", 900, "A", "G", "0/1"), ("8", 20, "A", "G", "0/1")], by_rsid.SEVERAL_RECORDS),
        (("A", "G"), [("3", 900, "A", "G", "0/1"), ("3", 900, "A", "T", "0/1")], by_rsid.SEVERAL_RECORDS),
        (("A", "T"), [("3", 900, "A", "T", "0/1")], by_rsid.EITHER_STRAND),
        (("C", "G"), [("3", 900, "C", "G", "1/1")], by_rsid.EITHER_STRAND),
        (("A", "AT"), [("3", 900, "A", "AT", "0/1")], by_rsid.NOT_ONE_BASE),
        (("A", "G"), [("MT", 900, "A", "G", "0/1")], by_rsid.MITOCHONDRIAL),
    ],
)
def test_what_could_mean_two_things_answers_nothing_and_is_counted(
    tmp_path: Path, site: tuple[str, str], records: list[tuple[Any, ...]], reason: str
) -> None:
    rows = [record(line, *given, id="rs5") for line, given in enumerate(records, 1)]
    row = one(world(tmp_path, *rows), "rs5", *site)
    assert told(row) == ("no_call", None, None, None, None)
    assert row["reasons"] == {reason: 1}


def test_an_rsid_of_two_sites_of_the_module_answers_neither(tmp_path: Path) -> None:
    sample = world(tmp_path, record(1, "3", 900, "A", "G", "0/1", id="rs5"))
    answer = ask(sample, panel(("rs5", "A", "G"), ("rs5", "A", "C")))
    assert answer.frame()["evidence"].to_list() == ["no_call", "no_call"]
    assert answer.unusable == {by_rsid.SEVERAL_SITES: 2}


def test_several_alleles_that_are_all_the_sites_own_are_no_doubt(tmp_path: Path) -> None:
    sample = world(tmp_path, record(1, "3", 900, "A", "C,G", "1/2", id="rs5"))
    assert one(sample, "rs5", "A", "C,G")["evidence"] == "no_call"  # C and G are each other's complement
    other = world(tmp_path, record(1, "3", 900, "G", "A", "0/1", id="rs5"))
    row = one(other, "rs5", "A", "G")
    assert (row["genotype"], row["dosage"]) == ("A/G", 1)


def test_silence_and_blocks_say_nothing_of_a_site_without_a_place(tmp_path: Path) -> None:
    blocks = [block(1, chrom, 1, 1_000_000) for chrom in ("1", "3")]
    sample = world(tmp_path, record(1, "3", 900, "A", "G", "0/1", id="rs6"), blocks=blocks, kind=SampleKind.GVCF)
    assert told(one(sample, "rs5", "A", "G")) == ("not_covered", None, None, None, None)


def test_a_file_without_rsids_cannot_be_tested_when_nothing_has_a_place(tmp_path: Path) -> None:
    sample = world(tmp_path, record(1, "1", 500, "C", "T", "0/1", id="chr1_500"))
    assert ask(sample, panel(("rs5", "A", "G"))).untestable == by_rsid.NO_RSIDS
    beside = ask(sample, panel(("rs5", "A", "G"), placed=True))
    assert beside.untestable == ""
    assert beside.frame()["evidence"].to_list() == ["not_covered", "called"]
    assert beside.frame()["match"].to_list() == [None, "genotype"]


def test_a_filtered_record_is_marked(tmp_path: Path) -> None:
    sample = world(tmp_path, record(1, "3", 900, "A", "G", "0/1", id="rs5", filter="q10"))
    assert one(sample, "rs5", "A", "G")["filtered"] is True
    male = world(tmp_path, record(1, "X", 5_000_000, "A", "G", "0/1", id="rs5"), sex=Sex.MALE)
    assert one(male, "rs5", "A", "G")["filtered"] is True


def test_a_combination_is_never_concluded_from_an_rsid(tmp_path: Path) -> None:
    records = record(1, "3", 900, "A", "G", "0/1", id="rs5"), record(2, "1", 500, "C", "T", "0/1")
    asked = panel(("rs5", "A", "G"), placed=True, members="rs5.AG=A/G;placed=C/T")
    rows = ask(world(tmp_path, *records), asked).frame().to_dicts()
    assert [row["evidence"] for row in rows] == ["called", "called", "not_covered"]
    assert rows[2]["says"] is None


def chip(tmp_path: Path, *calls: tuple[str, str, int, str]) -> World:
    rows = [
        [
            record(line, chrom, pos, "A", "C", "0/1")[0]
            | {"id": rsid, "ref": None, "alt": None, "genotype": genotype, "dosage": None, "filter": None}
            | {"missing": genotype.count("?"), "allele": None}
        ]
        for line, (rsid, chrom, pos, genotype) in enumerate(calls, 1)
    ]
    return World(folder=tmp_path, records=rows, kind=SampleKind.ARRAY)


@pytest.mark.parametrize(
    ("genotype", "expected"),
    [
        ("A/G", ("called", "rsid", "A/G", 1, "A/G")),
        ("A/A", ("reference", "rsid", "A/A", 0, "A/A")),
        ("G/G", ("called", "rsid", "G/G", 2, None)),
        ("G/?", ("partial", "rsid", "G/?", 1, None)),
        ("C/T", ("no_call", None, None, None, None)),
    ],
)
def test_a_chip_answers_by_rsid_with_its_letters(tmp_path: Path, genotype: str, expected: Any) -> None:
    assert told(one(chip(tmp_path, ("rs5", "3", 900, genotype)), "rs5", "A", "G")) == expected
