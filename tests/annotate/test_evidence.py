from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.annotate.worlds import World, block, record

from genoteca.annotate.covering import OTHER_REFERENCE
from genoteca.model.rules import Rules
from genoteca.model.sample import SampleKind, Sex


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["evidence"], row.get("genotype"), row.get("dosage")


def test_an_allele_of_the_record_that_is_not_carried_is_another_allele(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G,T", "0/2")])
    row = world.one("1:100 A>G")
    assert told(row) == ("other_allele", "A/T", 0)
    assert (row["line"], row["allele"]) == (1, 1)


def test_a_half_call_of_another_allele_leaves_the_allele_open(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "./1")])
    assert told(world.one("1:100 A>C")) == ("partial", "?/G", None)
    not_carried = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/.")])
    assert told(not_carried.one("1:100 A>G")) == ("partial", "A/?", None)


def test_a_second_record_completes_a_half_call(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "./1"), record(2, "1", 100, "A", "T", "0/1")]
    )
    assert told(world.one("1:100 A>G")) == ("called", "G/T", 1)


def test_a_duplicate_record_adds_no_copy(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1"), record(2, "1", 100, "A", "G", "0/1")]
    )
    row = world.one("1:100 A>G")
    assert told(row) == ("called", "A/G", 1)
    assert row["line"] == 1


def test_records_that_claim_too_many_copies_are_quoted(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "G", "1/1"), record(2, "1", 100, "A", "T", "0/1")]
    )
    assert told(world.one("1:100 A>C")) == ("partial", "G/G, A/T", None)


@pytest.mark.parametrize(
    ("given", "site"),
    [
        (("1", 100, "A", "G"), "1:100 C>G"),
        (("1", 100, "A", "T"), "1:100 C>G"),
        (("1", 99, "TA", "CG"), "1:100 C>G"),
        (("1", 100, "A", "G"), "1:100 CT>TT"),
        (("1", 100, "AT", "A"), "1:100 AG>A"),
        (("1", 98, "TTAT", "T"), "1:100 G>C"),
        (("1", 100, "A", "AT"), "1:100 C>CT"),
    ],
)
def test_a_record_of_another_reference_base_is_matched_with_nothing_and_counted(
    tmp_path: Path, given: tuple[str, int, str, str], site: str
) -> None:
    world = World(folder=tmp_path, records=[record(4, *given, "0/1")], blocks=[block(9, "1", 90, 110)])
    answer = world.ask(site)
    row = answer.frame().row(0, named=True)
    assert told(row) == ("no_call", None, None)
    assert (row["line"], row["row"]) == (4, None)
    assert answer.unusable == {OTHER_REFERENCE: 1}
    sparse = world.ask(site, dense=False)
    assert not len(sparse.frame())
    single = given == ("1", 100, "A", given[3]) and len(given[3]) == 1 and site in ("1:100 C>G", "1:100 CT>TT")
    assert sparse.unusable == ({OTHER_REFERENCE: 1} if single else {})


def test_a_record_of_the_right_reference_base_speaks_beside_one_of_another(tmp_path: Path) -> None:
    records = [record(1, "1", 100, "A", "G", "1/1"), record(2, "1", 100, "C", "G", "0/1")]
    row = World(folder=tmp_path, records=records).one("1:100 C>G")
    assert (told(row), row["line"]) == (("called", "C/G", 1), 2)


def test_a_site_under_a_heterozygous_deletion_is_not_inferred(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "A", "0/1")])
    assert told(world.one("1:101 C>T"))[0] == "not_covered"
    assert told(world.one("1:103 C>T"))[0] == "inferred"


def test_a_deletion_that_is_not_carried_hides_nothing(tmp_path: Path) -> None:
    records = [record(1, "1", 100, "ACG", "A,ACGT", "0/2")]
    assert told(World(folder=tmp_path, records=records).one("1:101 C>T"))[0] == "not_covered"
    asserted = World(folder=tmp_path, records=records, blocks=[block(3, "1", 101, 102)])
    assert told(asserted.one("1:101 C>T")) == ("reference", "C/C", 0)


def test_coverage_answers_under_a_heterozygous_deletion(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "A", "0/1")], blocks=[block(2, "1", 101, 200)])
    assert told(world.one("1:101 C>T")) == ("reference", "C/C", 0)


def test_a_homozygous_deletion_leaves_no_copy_of_the_site(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "A", "1/1")])
    assert told(world.one("1:101 C>T")) == ("other_allele", "*/*", 0)


def test_a_deletion_from_before_takes_the_other_copy(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 99, "CAT", "C", "0/1"), record(2, "1", 100, "A", "G", "0/1")]
    )
    assert told(world.one("1:100 A>G")) == ("called", "G/*", 1)


def test_an_insertion_at_the_position_is_a_record_without_the_base_change(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "AT", "0/1")])
    row = world.one("1:100 A>G")
    assert told(row) == ("other_allele", "A/AT", 0)
    assert row["match"] == "position"


def test_a_base_change_at_its_anchor_says_nothing_of_a_deletion(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1")])
    assert told(world.one("1:100 AC>A"))[0] == "not_covered"


def test_another_deletion_at_the_position_is_another_allele(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "A", "0/1")])
    assert told(world.one("1:100 AC>A")) == ("other_allele", "ACG/A", 0)


def test_a_change_within_a_longer_substitution_is_found_and_marked(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "TCT", "0/1")])
    found = world.one("1:102 G>T")
    assert told(found) == ("called", "G/T", 1)
    assert found["match"] == "decomposed"
    assert told(world.one("1:101 C>T")) == ("other_allele", "C/C", 0)


def test_a_longer_substitution_made_of_single_ones_is_left_open(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path, records=[record(1, "1", 100, "A", "T", "0/1"), record(2, "1", 101, "C", "G", "0/1")]
    )
    assert told(world.one("1:100 AC>TG"))[0] == "partial"
    assert told(world.one("1:100 AC>GG"))[0] == "other_allele"


def test_a_complex_allele_over_a_site_leaves_it_open(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "ACG", "TT", "0/1")])
    assert told(world.one("1:101 C>T")) == ("partial", "ACG/TT", None)


@pytest.mark.parametrize(
    ("blocks", "evidence"),
    [
        ([(95, 102)], "reference"),
        ([(95, 100), (101, 102)], "reference"),
        ([(100, 101), (90, 105)], "reference"),
        ([(95, 101)], "not_covered"),
        ([(101, 110)], "not_covered"),
        ([(95, 100), (102, 105)], "not_covered"),
    ],
)
def test_a_site_is_reference_only_where_blocks_hold_all_of_it(
    tmp_path: Path, blocks: list[tuple[int, int]], evidence: str
) -> None:
    made = [block(line, "1", start, end) for line, (start, end) in enumerate(blocks, 1)]
    world = World(folder=tmp_path, blocks=made, kind=SampleKind.GVCF)
    assert world.one("1:100 ACG>A")["evidence"] == evidence


def test_a_no_call_anywhere_in_a_site_wins_over_reference(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "1", 90, 200), block(2, "1", 102, 102, "no_call")])
    row = world.one("1:100 ACG>A")
    assert (row["evidence"], row["line"]) == ("no_call", 2)
    assert world.one("1:100 AC>A")["evidence"] == "reference"


def test_blocks_of_one_chromosome_say_nothing_of_another(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "1", 1, 248_956_422)], kind=SampleKind.GVCF)
    assert world.one("2:1 A>G")["evidence"] == "not_covered"
    assert world.one("1:248956422 A>G")["evidence"] == "reference"


NEAR = [
    record(line, chrom, pos, "A", "G", "0/1")
    for line, (chrom, pos) in enumerate(
        [("1", 20_000), ("6", 29_000_000), ("X", 5_000_000), ("Y", 5_000_000), ("MT", 300)], 1
    )
]


@pytest.mark.parametrize(
    ("allele", "evidence"),
    [
        ("1:10000 C>T", "inferred"),
        ("1:30000 C>T", "inferred"),
        ("1:9999 C>T", "not_covered"),
        ("1:30001 C>T", "not_covered"),
        ("1:21000 C>CT", "not_covered"),
        ("1:21000 CT>C", "not_covered"),
        ("1:21000 CT>GA", "not_covered"),
        ("1:21000 C>T uninferable", "not_covered"),
        ("1:21000 C>T always", "not_covered"),
        ("6:29000100 C>T", "not_covered"),
        ("X:5000100 C>T", "inferred"),
        ("Y:5000100 C>T", "not_covered"),
        ("MT:310 C>T", "not_covered"),
        ("2:20000 C>T", "not_covered"),
    ],
)
def test_silence_means_reference_only_near_a_carried_variant_and_only_for_plain_sites(
    tmp_path: Path, allele: str, evidence: str
) -> None:
    world = World(folder=tmp_path, records=NEAR)
    assert world.one(allele)["evidence"] == evidence


def test_a_variant_that_is_not_carried_infers_nothing(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/.")])
    assert world.one("1:500 C>T")["evidence"] == "not_covered"


@pytest.mark.parametrize("kind", [kind for kind in SampleKind if kind is not SampleKind.WHOLE_GENOME])
def test_only_a_variant_only_whole_genome_is_inferred_from(tmp_path: Path, kind: SampleKind) -> None:
    world = World(folder=tmp_path, records=NEAR, kind=kind)
    assert world.one("1:20100 C>T")["evidence"] == "not_covered"


def test_how_near_is_the_users_to_say(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR, rules=Rules(infer_within=50))
    assert world.one("1:20050 C>T")["evidence"] == "inferred"
    assert world.one("1:20051 C>T")["evidence"] == "not_covered"


def test_a_y_site_does_not_apply_to_a_female_sample(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=NEAR, sex=Sex.FEMALE)
    assert told(world.one("Y:5000100 C>T")) == ("not_applicable", None, None)
    assert world.one("Y:5000000 A>G")["evidence"] == "called"
    assert World(folder=tmp_path, records=NEAR, sex=Sex.MALE).one("Y:5000100 C>T")["evidence"] == "not_covered"


@pytest.mark.parametrize(
    ("site", "sex", "genotype"),
    [
        ("X:5000000 C>T", Sex.MALE, "C"),
        ("X:5000000 C>T", Sex.FEMALE, "C/C"),
        ("X:5000000 C>T", Sex.UNSTATED, "C/C"),
        ("X:20000 C>T", Sex.MALE, "C/C"),
        ("Y:5000000 C>T", Sex.MALE, "C"),
        ("MT:300 C>T", Sex.FEMALE, "C"),
        ("1:300 C>T", Sex.MALE, "C/C"),
    ],
)
def test_a_reference_genotype_has_as_many_copies_as_the_sample(
    tmp_path: Path, site: str, sex: Sex, genotype: str
) -> None:
    blocks = [block(1, chrom, 1, 16_000_000 if chrom != "MT" else 16569) for chrom in ("1", "X", "Y", "MT")]
    row = World(folder=tmp_path, blocks=blocks, sex=sex, kind=SampleKind.GVCF).one(site)
    assert (row["evidence"], row["genotype"]) == ("reference", genotype)
    assert row["dosage"] == (None if site.startswith("MT") else 0)


@pytest.mark.parametrize(
    ("fraction", "genotype", "evidence"),
    [
        (0.10, "0/1", "called"),
        (0.0999, "0/1", "other_allele"),
        (0.97, "1", "called"),
        (None, "0/1", "called"),
        (None, "./1", "partial"),
    ],
)
def test_a_mitochondrial_allele_is_carried_from_a_tenth(
    tmp_path: Path, fraction: float | None, genotype: str, evidence: str
) -> None:
    world = World(folder=tmp_path, records=[record(1, "MT", 3243, "A", "G", genotype, allele_fraction=fraction)])
    row = world.one("MT:3243 A>G")
    assert (row["evidence"], row["dosage"]) == (evidence, None)


def test_a_mitochondrial_deletion_without_a_fraction_is_read_from_its_record(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "MT", 300, "ACCC", "ACC", "0/1")])
    assert world.one("MT:300 AC>A")["evidence"] == "called"


@pytest.mark.parametrize(
    ("more", "filtered"),
    [
        ({}, False),
        ({"filter": None}, False),
        ({"filter": "."}, False),
        ({"filter": "q10;lowDP"}, True),
        ({"qual": 29.9}, True),
        ({"qual": 30.0}, False),
        ({"depth": 9}, True),
        ({"genotype_quality": 19}, True),
    ],
)
def test_a_weak_call_is_marked_and_kept(tmp_path: Path, more: dict[str, Any], filtered: bool) -> None:
    rules = Rules(min_quality=30, min_depth=10, min_genotype_quality=20)
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1", **more)], rules=rules)
    answer = world.ask("1:100 A>G")
    assert answer.frame()["filtered"].to_list() == [filtered]
    assert answer.filtered == int(filtered)
    assert answer.evidence["called"] == 1


@pytest.mark.parametrize(
    ("genotype", "more", "filtered"),
    [
        ("0/1", {"allele_fraction": 0.19}, True),
        ("0/1", {"allele_fraction": 0.81}, True),
        ("0/1", {"allele_fraction": 0.2}, False),
        ("0/1", {"allele_fraction": None}, False),
        ("1/1", {"allele_fraction": 1.0}, False),
        ("./1", {"allele_fraction": 0.1}, False),
        ("0/1", {"filter": "low"}, True),
        ("0/1", {"filter": "deep;low"}, True),
        ("0/1", {"filter": "deep"}, False),
    ],
)
def test_the_balance_of_two_letters_and_chosen_filters_mark_a_call(
    tmp_path: Path, genotype: str, more: dict[str, Any], filtered: bool
) -> None:
    rules = Rules(min_balance=0.2, failing=("low",))
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", genotype, **more)], rules=rules)
    assert world.one("1:100 A>G")["filtered"] is filtered


def test_only_chosen_filters_mark_what_the_file_asserts(tmp_path: Path) -> None:
    blocks = [block(1, "1", 90, 110, filter="deep"), block(2, "1", 200, 210, filter="low")]
    answer = World(folder=tmp_path, blocks=blocks, rules=Rules(failing=("low",))).ask("1:100 A>G", "1:205 A>G")
    assert answer.frame()["filtered"].to_list() == [False, True]


def test_a_passing_duplicate_speaks_before_a_filtered_one(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path,
        records=[record(1, "1", 100, "A", "G", "0/1", filter="q10"), record(2, "1", 100, "A", "G", "0/1")],
    )
    row = world.one("1:100 A>G")
    assert (row["filtered"], row["line"]) == (False, 2)


@pytest.mark.parametrize("evidence", ["reference", "no_call"])
@pytest.mark.parametrize(
    ("more", "filtered"),
    [
        ({}, False),
        ({"filter": "PASS"}, False),
        ({"filter": "."}, False),
        ({"filter": "RefCall"}, False),
        ({"filter": "LowQual"}, True),
        ({"filter": "RefCall;LowQual"}, True),
        ({"depth": 9}, True),
        ({"depth": 10, "genotype_quality": 20}, False),
        ({"genotype_quality": 19}, True),
    ],
)
def test_a_weak_assertion_of_the_file_is_marked_and_counted(
    tmp_path: Path, evidence: str, more: dict[str, Any], filtered: bool
) -> None:
    rules = Rules(min_quality=30, min_depth=10, min_genotype_quality=20)
    blocks = [block(1, "1", 90, 110, evidence, **more), block(2, "1", 200, 210, evidence, filter="PASS")]
    answer = World(folder=tmp_path, blocks=blocks, rules=rules).ask("1:100 A>G", "1:205 A>G", "1:5000 A>G always")
    assert answer.frame()["evidence"].to_list() == [evidence, evidence, "not_covered"]
    assert answer.frame()["filtered"].to_list() == [filtered, False, None]
    assert answer.filtered == int(filtered)


def test_one_filtered_block_of_several_marks_the_site_that_it_answers(tmp_path: Path) -> None:
    blocks = [block(1, "1", 90, 100), block(2, "1", 101, 110, filter="LowQual"), block(3, "1", 105, 105, "no_call")]
    answer = World(folder=tmp_path, blocks=blocks).ask("1:99 AC>A", "1:100 AC>A", "1:102 A>G", "1:105 A>G")
    assert answer.frame()["evidence"].to_list() == ["reference", "reference", "reference", "no_call"]
    assert answer.frame()["filtered"].to_list() == [False, True, True, False]


@pytest.mark.parametrize(
    ("chrom", "pos", "genotype", "sex", "filtered"),
    [
        ("X", 5_000_000, "0/1", Sex.MALE, True),
        ("X", 5_000_000, "1|0", Sex.MALE, True),
        ("Y", 5_000_000, "0/1", Sex.MALE, True),
        ("X", 5_000_000, "1/1", Sex.MALE, False),
        ("X", 5_000_000, "1", Sex.MALE, False),
        ("X", 5_000_000, "./1", Sex.MALE, False),
        ("X", 20_000, "0/1", Sex.MALE, False),
        ("1", 5_000_000, "0/1", Sex.MALE, False),
        ("X", 5_000_000, "0/1", Sex.FEMALE, False),
        ("X", 5_000_000, "0/1", Sex.UNSTATED, False),
    ],
)
def test_two_alleles_where_a_male_has_one_copy_are_marked(
    tmp_path: Path, chrom: str, pos: int, genotype: str, sex: Sex, filtered: bool
) -> None:
    world = World(folder=tmp_path, records=[record(1, chrom, pos, "A", "G", genotype)], sex=sex)
    row = world.one(f"{chrom}:{pos} A>G")
    assert (row["dosage"] >= 1, row["filtered"]) == (True, filtered)
    assert world.one(f"{chrom}:{pos} A>C")["filtered"] is filtered
