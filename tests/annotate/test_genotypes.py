from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.annotate.worlds import World, block, record

from genoteca.annotate.answer import Answer
from genoteca.annotate.covering import OTHER_REFERENCE
from genoteca.annotate.genotypes import Panel, annotate_genotypes, ordered_genotype
from genoteca.errors import ReferenceDataError
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.sample import SampleKind, Sex

COLUMNS = [Column(name=name, label=name) for name in ("gene", "conclusion", "pmids")]

SITES = {
    "leiden": ("1", 169549811, "C", "T", False),
    "lct": ("2", 135851076, "G", "A", True),
    "abo": ("9", 133257521, "T", "TC", False),
    "rs429358": ("19", 44908684, "T", "C", False),
    "rs7412": ("19", 44908822, "C", "T", False),
    "three": ("20", 1000, "A", "G,T", True),
    "ins": ("21", 1000, "CTT", "C,CT", True),
    "x": ("X", 5_000_000, "C", "T", True),
}
AUTHORED = {
    "leiden": ["C/C", "C/T", "T/T"],
    "lct": ["A/A", "G/A", "G/G"],
    "abo": ["T/T", "T/TC", "TC/TC"],
    "three": ["A/A", "A/G", "A/T", "G/G", "G/T"],
    "ins": ["CTT/CTT", "CT/CTT", "C/CTT", "C/CT"],
    "x": ["C", "T", "C/C", "C/T"],
}
APOE = {
    ("T/T", "C/C"): "e3/e3", ("T/C", "C/C"): "e3/e4", ("C/T", "C/T"): "e2/e4, phase assumed", ("T/T", "C/T"): "e2/e3",
}  # fmt: skip


def panel(*wanted: str, build_37: bool = False) -> Panel:
    names = wanted or tuple(SITES)
    rows = []
    for number, name in enumerate(names):
        chrom, pos, ref, alt, infer = ("1", 169519049, "T", "C", False) if build_37 else SITES[name]
        rows.append(
            {"site": number, "site_id": name, "chrom": chrom, "pos": pos, "ref": ref, "alt": alt, "infer": infer,
             "gene": name.upper()}
        )  # fmt: skip
    genotypes = [
        {"site_id": name, "genotype": genotype, "conclusion": f"{name} is {ordered_genotype(genotype)}"}
        for name in names
        for genotype in AUTHORED.get(name, ())
    ]
    combinations = [
        {"combination": "apoe", "members": f"rs429358={a};rs7412={b}", "opt_in": "apoe", "conclusion": says}
        for (a, b), says in APOE.items()
        if "rs7412" in names
    ]
    schema = {"site_id": pl.String, "genotype": pl.String, "conclusion": pl.String}
    return Panel(
        sites=pl.DataFrame(rows),
        genotypes=pl.DataFrame(genotypes, schema=schema),
        combinations=pl.DataFrame(combinations),
    )


def ask(world: World, *wanted: str, opted_in: str = "apoe") -> Answer:
    return annotate_genotypes(panel(*wanted), world.tables(), columns=COLUMNS, opted_in=frozenset(opted_in.split()))


def one(world: World, site: str) -> dict[str, Any]:
    answer = ask(world, site)
    assert answer.sites == 1
    return answer.frame().row(0, named=True)


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["evidence"], row["genotype"], row["conclusion"]


def test_a_called_genotype_gets_its_conclusion_whatever_its_order_and_phase(tmp_path: Path) -> None:
    for genotype in ("0/1", "1|0", "0|1"):
        row = one(World(folder=tmp_path, records=[record(5, "2", 135851076, "G", "A", genotype)]), "lct")
        assert told(row) == ("called", "A/G", "lct is A/G")
        assert (row["dosage"], row["line"], row["row"], row["match"]) == (1, 5, 0, "genotype")
        assert row["gene"] == "LCT"
        assert row["pmids"] is None


def test_the_grch37_reference_base_is_leiden_twice(tmp_path: Path) -> None:
    """GRCh37's base at 1:169519049 is the risk allele."""
    asserted = World(folder=tmp_path, blocks=[block(1, "1", 169519000, 169519100)], build=Build.GRCH37)
    authored = panel("leiden", build_37=True)
    row = (
        annotate_genotypes(authored, asserted.tables(), columns=COLUMNS, opted_in=frozenset())
        .frame()
        .row(0, named=True)
    )
    assert told(row) == ("reference", "T/T", "leiden is T/T")
    changed = World(folder=tmp_path, records=[record(1, "1", 169519049, "T", "C", "1/1")], build=Build.GRCH37)
    row = (
        annotate_genotypes(authored, changed.tables(), columns=COLUMNS, opted_in=frozenset())
        .frame()
        .row(0, named=True)
    )
    assert told(row) == ("called", "C/C", "leiden is C/C")


def test_a_record_of_another_reference_base_concludes_nothing(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(3, "2", 135851076, "C", "A", "0/1")])
    answer = ask(world, "lct")
    row = answer.frame().row(0, named=True)
    assert (told(row), row["line"]) == (("no_call", None, None), 3)
    assert answer.unusable == {OTHER_REFERENCE: 1}


def test_an_asserted_insertion_site_is_homozygous_for_the_short_allele(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "9", 133257521, 133257521)], kind=SampleKind.GVCF)
    assert told(one(world, "abo")) == ("reference", "T/T", "abo is T/T")
    unread = World(folder=tmp_path, blocks=[block(1, "9", 133257521, 133257521, "no_call")], kind=SampleKind.ARRAY)
    assert told(one(unread, "abo")) == ("no_call", None, None)


def test_an_untrimmed_insertion_is_the_authored_one(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "9", 133257521, "TG", "TCG", "0/1")])
    assert told(one(world, "abo")) == ("called", "T/TC", "abo is T/TC")


def test_a_half_call_names_the_known_allele_first_and_concludes_nothing(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "A", "./1")])
    row = one(world, "lct")
    assert told(row) == ("partial", "A/?", None)
    assert row["dosage"] == 1


def test_an_allele_that_the_module_does_not_know_is_another_allele(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "T", "0/1")])
    assert told(one(world, "lct")) == ("other_allele", "G/T", None)
    beside = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "GT", "0/1")])
    assert told(one(beside, "lct")) == ("other_allele", "G/GT", None)


@pytest.mark.parametrize(
    ("records", "genotype", "dosage"),
    [
        ([("G", "A", "1")], "A", 1),
        ([("G", "A,*", "1/2")], "A/*", 1),
        ([("G", "A", "0/1"), ("G", "C", "0/1")], "A/C", 1),
        ([("G", "A", "1/1/1")], "A/A/A", 3),
    ],
)
def test_the_modules_allele_in_a_genotype_nobody_authored_is_called_without_conclusion(
    tmp_path: Path, records: list[tuple[str, str, str]], genotype: str, dosage: int
) -> None:
    made = [record(line, "2", 135851076, *fields) for line, fields in enumerate(records, 1)]
    row = one(World(folder=tmp_path, records=made), "lct")
    assert told(row) == ("called", genotype, None)
    assert (row["dosage"], row["match"]) == (dosage, "allele")


def test_an_authored_genotype_without_the_modules_allele_is_called(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "T", "0/1")])
    made = panel("lct")
    more = pl.DataFrame({"site_id": ["lct"], "genotype": ["G/T"], "conclusion": ["neither"]})
    authored = Panel(sites=made.sites, genotypes=pl.concat([made.genotypes, more]), combinations=made.combinations)
    answer = annotate_genotypes(authored, world.tables(), columns=COLUMNS, opted_in=frozenset())
    row = answer.frame().row(0, named=True)
    assert told(row) == ("called", "G/T", "neither")
    assert (row["dosage"], row["match"]) == (0, "genotype")


def test_records_that_contradict_each_other_carry_the_allele_and_conclude_nothing(tmp_path: Path) -> None:
    records = [record(1, "2", 135851076, "G", "A", "1/1"), record(2, "2", 135851076, "G", "T", "0/1")]
    row = one(World(folder=tmp_path, records=records), "lct")
    assert told(row) == ("called", "A/A, G/T", None)
    assert row["dosage"] == 2


def test_a_combination_is_not_concluded_from_a_genotype_nobody_authored(tmp_path: Path) -> None:
    records = [record(1, "19", 44908684, "T", "C,*", "1/2"), record(2, "19", 44908822, "C", "T", "0/1")]
    first, second, apoe = (
        ask(World(folder=tmp_path, records=records), "rs429358", "rs7412").frame().iter_rows(named=True)
    )
    assert told(first) == ("called", "C/*", None)
    assert told(second) == ("called", "C/T", None)
    assert told(apoe) == ("other_allele", "rs429358 C/*; rs7412 C/T", None)


def test_a_site_with_three_alleles_is_one_site(tmp_path: Path) -> None:
    split = World(
        folder=tmp_path, records=[record(1, "20", 1000, "A", "G", "0/1"), record(2, "20", 1000, "A", "T", "0/1")]
    )
    assert told(one(split, "three")) == ("called", "G/T", "three is G/T")
    together = World(folder=tmp_path, records=[record(1, "20", 1000, "A", "T,G", "1/2")])
    row = one(together, "three")
    assert told(row) == ("called", "G/T", "three is G/T")
    assert (row["key"], row["dosage"]) == (None, None)


def test_deletions_of_one_run_are_told_apart(tmp_path: Path) -> None:
    short = World(folder=tmp_path, records=[record(1, "21", 1000, "CTT", "CT", "0/1")])
    assert told(one(short, "ins")) == ("called", "CT/CTT", "ins is CT/CTT")
    both = World(folder=tmp_path, records=[record(1, "21", 1000, "CTT", "C,CT", "1/2")])
    assert told(one(both, "ins")) == ("called", "C/CT", "ins is C/CT")
    other = World(folder=tmp_path, records=[record(1, "21", 1000, "C", "CTTT", "0/1")])
    assert told(one(other, "ins"))[::2] == ("other_allele", None)


def test_silence_near_a_carried_variant_is_the_reference_genotype_and_marked_inferred(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135850000, "A", "G", "0/1")])
    assert told(one(world, "lct")) == ("inferred", "G/G", "lct is G/G")
    assert told(one(World(folder=tmp_path), "lct")) == ("not_covered", None, None)
    near_leiden = World(folder=tmp_path, records=[record(1, "1", 169549800, "A", "G", "0/1")])
    assert told(one(near_leiden, "leiden")) == ("not_covered", None, None)


def test_one_copy_is_looked_up_as_one_allele(tmp_path: Path) -> None:
    hemizygous = World(folder=tmp_path, records=[record(1, "X", 5_000_000, "C", "T", "1")], sex=Sex.MALE)
    assert told(one(hemizygous, "x")) == ("called", "T", "x is T")
    asserted = World(folder=tmp_path, blocks=[block(1, "X", 5_000_000, 5_000_000)], sex=Sex.MALE)
    assert told(one(asserted, "x")) == ("reference", "C", "x is C")


def test_every_site_has_a_row_and_is_counted(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "2", 135851076, "G", "A", "0/1")])
    answer = ask(world)
    assert answer.sites == len(SITES) + 1
    assert len(answer.frame()) == answer.sites == sum(answer.evidence.values())
    assert answer.evidence["not_covered"] == len(SITES)
    assert (answer.compared, answer.agreeing) == (1, 1)
    assert answer.frame()["site"].to_list() == list(range(len(SITES) + 1))


def test_apoe_with_one_site_missing_is_undetermined(tmp_path: Path) -> None:
    world = World(folder=tmp_path, blocks=[block(1, "19", 44908684, 44908684)], kind=SampleKind.GVCF)
    answer = ask(world, "rs429358", "rs7412")
    first, second, apoe = answer.frame().iter_rows(named=True)
    assert told(first) == ("reference", "T/T", None)
    assert told(second) == ("not_covered", None, None)
    assert told(apoe) == ("not_covered", None, None)
    assert apoe["site"] == 2


@pytest.mark.parametrize(
    ("first", "second", "told_as"),
    [
        ("0/1", "", ("called", "rs429358 C/T; rs7412 C/C", "e3/e4")),
        ("0/1", "0/1", ("called", "rs429358 C/T; rs7412 C/T", "e2/e4, phase assumed")),
        ("", "", ("reference", "rs429358 T/T; rs7412 C/C", "e3/e3")),
        ("", "1|0", ("called", "rs429358 T/T; rs7412 C/T", "e2/e3")),
        ("1/1", "1/1", ("other_allele", "rs429358 C/C; rs7412 T/T", None)),
        ("./1", "0/1", ("partial", "rs429358 C/?; rs7412 C/T", None)),
    ],
)
def test_apoe_is_concluded_from_two_known_sites_only(
    tmp_path: Path, first: str, second: str, told_as: tuple[str, str, str | None]
) -> None:
    """An empty genotype stands for an asserted reference."""
    given = [(1, 44908684, "T", "C", first), (2, 44908822, "C", "T", second)]
    records = [record(line, "19", pos, ref, alt, genotype) for line, pos, ref, alt, genotype in given if genotype]
    blocks = [block(line, "19", pos, pos) for line, pos, _, _, genotype in given if not genotype]
    answer = ask(World(folder=tmp_path, records=records, blocks=blocks), "rs429358", "rs7412")
    assert told(answer.frame().row(2, named=True)) == told_as


def test_apoe_is_never_concluded_from_an_inferred_site(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "19", 44908684, "T", "C", "0/1")])
    loose = panel("rs429358", "rs7412")
    inferable = Panel(
        sites=loose.sites.with_columns(infer=True), genotypes=loose.genotypes, combinations=loose.combinations
    )
    answer = annotate_genotypes(inferable, world.tables(), columns=COLUMNS, opted_in=frozenset({"apoe"}))
    assert answer.frame()["evidence"].to_list() == ["called", "inferred", "not_covered"]
    assert answer.frame()["conclusion"].to_list() == [None, None, None]


def test_apoe_is_left_out_with_its_sites_until_it_is_asked_for(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "19", 44908684, "T", "C", "0/1")])
    answer = ask(world, "lct", "rs429358", "rs7412", opted_in="")
    assert answer.sites == 1
    assert answer.frame()["site"].to_list() == [0]


def test_a_panel_without_combinations_needs_no_columns_for_them(tmp_path: Path) -> None:
    assert ask(World(folder=tmp_path), "lct", "abo").sites == 2


def test_a_panel_with_two_answers_to_one_genotype_is_refused(tmp_path: Path) -> None:
    made = panel("lct")
    again = pl.concat([made.genotypes, made.genotypes.head(2).with_columns(genotype=pl.lit("A/G")).tail(1)])
    twice = Panel(sites=made.sites, genotypes=again, combinations=made.combinations)
    with pytest.raises(ReferenceDataError, match="lct A/G twice"):
        annotate_genotypes(twice, World(folder=tmp_path).tables(), columns=COLUMNS, opted_in=frozenset())


def test_a_panel_with_a_site_twice_is_refused(tmp_path: Path) -> None:
    made = panel("lct")
    twice = Panel(sites=pl.concat([made.sites, made.sites]), genotypes=made.genotypes, combinations=made.combinations)
    with pytest.raises(ReferenceDataError, match="site_id lct twice"):
        annotate_genotypes(twice, World(folder=tmp_path).tables(), columns=COLUMNS, opted_in=frozenset())


@pytest.mark.parametrize(
    ("members", "says"),
    [("rs429358=T/T;rs1=C/C", "needs rs1"), ("rs429358", "not of the form"), ("lct=A/A;rs7412=C/C", "in every row")],
)
def test_a_combination_that_cannot_be_read_is_refused(tmp_path: Path, members: str, says: str) -> None:
    made = panel("lct", "rs429358", "rs7412")
    broken = made.combinations.head(1).with_columns(members=pl.lit(members))
    rows = pl.concat([made.combinations, broken]) if "every" in says else broken
    wrong = Panel(sites=made.sites, genotypes=made.genotypes, combinations=rows)
    with pytest.raises(ReferenceDataError, match=says):
        annotate_genotypes(wrong, World(folder=tmp_path).tables(), columns=COLUMNS, opted_in=frozenset({"apoe"}))
