"""Two genomes side by side, against a plain comparison of dictionaries."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genoteca.annotate.comparing import Compared, Side, compare_genomes
from genoteca.annotate.comparing_chips import compare_chips
from genoteca.errors import InputError
from genoteca.genome.key import POSITION_SHIFT
from genoteca.model.build import RANK
from genoteca.model.comparison import Difference, KinshipCounts
from genoteca.model.evidence import Evidence
from genoteca.model.sample import SampleKind, Sex

from .worlds import World, block, record

D = Difference
REF = {pos: "ACGT"[pos % 4] for pos in range(1, 40)}


def side(folder: Path, **given: Any) -> Side:
    folder.mkdir(exist_ok=True)
    return Side(tables=World(folder=folder, **given).tables())


def compared(folder: Path, first: Side, second: Side) -> tuple[Compared, pl.DataFrame]:
    target = folder / "compared.parquet"
    told = compare_genomes(first, second, target, scratch=folder)
    return told, pl.read_parquet(target)


def counted(told: Compared) -> Counter[Difference]:
    return sum(told.counts.values(), Counter())


Site = tuple[str, str]
"""Genotype as GT, and ALT; a genotype of no ALT stands for what coverage says: `ref`, `no_call`."""


@st.composite
def genomes(draw: st.DrawFn) -> dict[int, Site]:
    found: dict[int, Site] = {}
    for pos in draw(st.sets(st.integers(1, 39), max_size=14)):
        others = [base for base in "ACGT" if base != REF[pos]]
        gt = draw(st.sampled_from(["0/1", "1/1", "./1", "1/2", "ref", "no_call"]))
        alts = others[:2] if gt == "1/2" else [draw(st.sampled_from(others))]
        found[pos] = (gt, ",".join(alts))
    return found


def world(folder: Path, genome: dict[int, Site]) -> Side:
    rows = [
        record(n, "7", pos, REF[pos], alt, gt)
        for n, (pos, (gt, alt)) in enumerate(sorted(genome.items()), 1)
        if "/" in gt
    ]
    blocks = [
        block(90 + pos, "7", pos, pos, "reference" if gt == "ref" else "no_call")
        for pos, (gt, _) in genome.items()
        if "/" not in gt
    ]
    return side(folder, records=rows, blocks=blocks, kind=SampleKind.GVCF)


def carried(genome: dict[int, Site]) -> dict[tuple[int, str], str]:
    """Every carried allele with its zygosity, `?` where it is half known."""
    found = {}
    for pos, (gt, alts) in genome.items():
        if "/" in gt:
            for number, alt in enumerate(alts.split(","), 1):
                if str(number) in gt:
                    found[pos, alt] = "?" if "." in gt else "hom" if gt == "1/1" else "het"
    return found


def stand(
    mine: dict[tuple[int, str], str], genome: dict[int, Site], only: Difference, silent: Difference
) -> Counter[Difference]:
    found: Counter[Difference] = Counter()
    theirs = carried(genome)
    for pos, _ in mine.keys() - theirs.keys():
        gt = genome.get(pos, ("", ""))[0]
        found[only if gt == "ref" or ("/" in gt and "." not in gt) else silent] += 1
    return found


def plain(one: dict[int, Site], other: dict[int, Site]) -> Counter[Difference]:
    first, second = carried(one), carried(other)
    found: Counter[Difference] = Counter()
    for allele in first.keys() & second.keys():
        pair = first[allele], second[allele]
        found[D.PARTLY if "?" in pair else D.SAME if pair[0] == pair[1] else D.COPIES] += 1
    found += stand(first, other, D.FIRST, D.SECOND_SILENT)
    return found + stand(second, one, D.SECOND, D.FIRST_SILENT)


@settings(max_examples=10, deadline=None)
@given(one=genomes(), other=genomes())
@example(one={1: ("0/1", "A")}, other={1: ("1/1", "A")})
@example(one={1: ("1/1", "A"), 2: ("0/1", "A")}, other={1: ("0/1", "A"), 2: ("0/1", "A")})
def test_the_counts_are_those_of_a_plain_comparison(one: dict[int, Site], other: dict[int, Site]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told, rows = compared(folder, world(folder / "a", one), world(folder / "b", other))
    expected = plain(one, other)
    assert counted(told) == expected
    assert len(rows) == sum(number for difference, number in expected.items() if difference is not D.SAME)
    assert rows["key"].is_sorted()
    assert Counter(map(D, rows["difference"].to_list())) == Counter(
        {d: n for d, n in expected.items() if d is not D.SAME}
    )


def test_a_genome_beside_itself_has_no_row_and_is_the_same_everywhere(tmp_path: Path) -> None:
    rows = [record(n, chrom, 100 * n, "A", "C", "0/1") for n, chrom in enumerate(["1", "2", "X", "MT"], 1)]
    one, same = side(tmp_path / "a", records=rows), side(tmp_path / "b", records=rows)
    told, table = compared(tmp_path, one, same)
    assert counted(told) == {D.SAME: 4}
    assert len(table) == 0
    assert set(told.counts) == {"1", "2", "X", "MT"}


def test_silence_is_read_as_no_difference_in_whole_genomes_only_and_never_for_indels(tmp_path: Path) -> None:
    near = record(1, "7", 5000, "G", "T", "0/1")
    mine = [near, record(2, "7", 9000, "A", "C", "0/1"), record(3, "7", 9100, "A", "AT", "0/1")]
    for kind, expected in (
        (SampleKind.WHOLE_GENOME, {D.SAME: 1, D.FIRST: 1, D.SECOND_SILENT: 1}),
        (SampleKind.EXOME, {D.SAME: 1, D.SECOND_SILENT: 2}),
    ):
        first = side(tmp_path / "a", records=mine, kind=kind)
        told, _ = compared(tmp_path, first, side(tmp_path / "b", records=[near], kind=kind))
        assert counted(told) == expected
    assert told.why[D.SECOND_SILENT] == {Evidence.NOT_COVERED: 2}


def test_a_man_s_only_copy_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    first = side(
        tmp_path / "a", records=[record(1, "X", 50_000_000, "A", "C", "1/1", zygosity="hemizygous")], sex=Sex.MALE
    )
    second = side(
        tmp_path / "b", records=[record(1, "X", 50_000_000, "A", "C", "1", zygosity="hemizygous")], sex=Sex.MALE
    )
    mother = side(tmp_path / "c", records=[record(1, "X", 50_000_000, "A", "C", "0/1", zygosity="heterozygous")])
    assert counted(compared(tmp_path, first, second)[0]) == {D.SAME: 1}
    assert counted(compared(tmp_path, first, mother)[0]) == {D.COPIES: 1}


def test_records_of_one_allele_that_contradict_each_other_leave_it_partly_known(tmp_path: Path) -> None:
    twice = [
        record(1, "7", 10, "A", "C", "0/1", zygosity="heterozygous"),
        record(2, "7", 10, "A", "C", "1/1", zygosity="homozygous"),
    ]
    once = [record(1, "7", 10, "A", "C", "0/1", zygosity="heterozygous")]
    told, _ = compared(tmp_path, side(tmp_path / "a", records=twice), side(tmp_path / "b", records=once))
    assert counted(told) == {D.PARTLY: 1}


def test_of_a_lifted_genome_the_other_s_own_variants_cannot_be_asked(tmp_path: Path) -> None:
    mine, yours = record(1, "7", 10, "A", "C", "0/1"), record(2, "7", 30, "G", "T", "0/1")
    first = side(tmp_path / "a", records=[mine], blocks=[block(9, "7", 20, 40)], kind=SampleKind.GVCF)
    second = side(tmp_path / "b", records=[yours], blocks=[block(9, "7", 1, 20)], kind=SampleKind.GVCF)
    assert counted(compared(tmp_path, first, second)[0]) == {D.FIRST: 1, D.SECOND: 1}
    lifted = Side(tables=first.tables, variants=first.tables.variants)
    told, _ = compared(tmp_path, lifted, second)
    assert counted(told) == {D.FIRST: 1, D.FIRST_SILENT: 1}
    assert told.kinship is None


def chip(folder: Path, calls: dict[int, str], no_call: tuple[int, ...] = (), *, plus: bool = True) -> Side:
    """A chip's file on chromosome 7; a genotype with `?` is half known."""
    from dataclasses import replace

    rows = [
        [
            record(n, "7", pos, "N", "C", "0/1")[0]
            | {
                "ref": None, "alt": None, "dosage": None, "genotype": letters, "missing": letters.count("?"),
                "zygosity": "heterozygous" if letters[0] != letters[-1] else "homozygous",
            }
        ]
        for n, (pos, letters) in enumerate(sorted(calls.items()), 1)
    ]  # fmt: skip
    made = side(folder, blocks=[block(80 + pos, "7", pos, pos, "no_call") for pos in no_call], kind=SampleKind.ARRAY)
    place = pl.col("pos").cast(pl.UInt64) * (1 << POSITION_SHIFT) + (RANK["7"] << 59)
    schema = pl.read_parquet(made.tables.variants).schema
    table = pl.DataFrame([row for part in rows for row in part], schema=schema).with_columns(key=place)
    table.sort("key").write_parquet(made.tables.variants)
    return replace(made, tables=replace(made.tables, plus_strand=plus))


def test_two_chips_are_compared_letter_by_letter_where_both_name_them(tmp_path: Path) -> None:
    first = chip(tmp_path / "a", {10: "A/G", 20: "C/C", 30: "T/T", 40: "A/?"}, no_call=(50,))
    second = chip(tmp_path / "b", {10: "G/A", 20: "C/T", 40: "A/A", 50: "G/G"}, no_call=(60,))
    told = compare_chips(first, second, tmp_path / "out.parquet")
    assert counted(told) == {D.SAME: 1, D.COPIES: 1, D.PARTLY: 1, D.SECOND_SILENT: 1, D.FIRST_SILENT: 1}
    assert told.why[D.FIRST_SILENT] == {Evidence.NO_CALL: 1}
    assert told.why[D.SECOND_SILENT] == {Evidence.NOT_COVERED: 1}
    table = pl.read_parquet(tmp_path / "out.parquet")
    assert table.filter(pl.col("pos") == 20).select("first_genotype", "second_genotype").row(0) == ("C/C", "C/T")


def test_two_chips_of_which_one_names_no_strand_are_refused(tmp_path: Path) -> None:
    one, other = chip(tmp_path / "a", {10: "A/G"}), chip(tmp_path / "b", {10: "A/G"}, plus=False)
    with pytest.raises(InputError, match="strand"):
        compare_chips(one, other, tmp_path / "out.parquet")


def test_a_chip_is_asked_about_the_other_s_alleles_and_its_other_calls_are_counted(tmp_path: Path) -> None:
    listed = side(
        tmp_path / "a",
        records=[
            record(1, "7", 10, "A", "G", "0/1"),
            record(2, "7", 30, "C", "T", "1/1"),
            record(3, "7", 90, "C", "T", "1/1"),
        ],
    )
    calls = chip(tmp_path / "b", {10: "A/G", 30: "C/T", 50: "G/G"})
    told, _ = compared(tmp_path, listed, calls)
    assert counted(told) == {D.SAME: 1, D.COPIES: 1, D.SECOND_SILENT: 1}
    assert list(told.set_aside.values()) == [1]
    assert counted(compared(tmp_path, calls, listed)[0]) == {D.SAME: 1, D.COPIES: 1, D.FIRST_SILENT: 1}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (KinshipCounts(both_heterozygous=100, first_heterozygous=100, second_heterozygous=100), 0.5),
        (KinshipCounts(both_heterozygous=50, first_heterozygous=100, second_heterozygous=100), 0.25),
        (KinshipCounts(both_heterozygous=40, opposite=20, first_heterozygous=100, second_heterozygous=100), 0.0),
        (KinshipCounts(both_heterozygous=60, opposite=5, first_heterozygous=100, second_heterozygous=120), 0.2),
        (KinshipCounts(first_heterozygous=100), None),
    ],
)
def test_the_kinship_coefficient_is_the_one_of_the_paper(counts: KinshipCounts, expected: float | None) -> None:
    assert counts.coefficient == (None if expected is None else pytest.approx(expected))


def test_kinship_is_counted_where_both_genotypes_are_known(tmp_path: Path) -> None:
    def rows(*told: tuple[int, str]) -> list[list[dict[str, Any]]]:
        zygosity = {"0/1": "heterozygous", "1/1": "homozygous"}
        return [record(pos, "7", pos, "A", "C", gt, zygosity=zygosity[gt]) for pos, gt in told]

    first = side(
        tmp_path / "a", records=rows((10, "0/1"), (20, "1/1"), (30, "0/1"), (40, "1/1")), kind=SampleKind.GVCF
    )
    blocks = [block(99, "7", 30, 40), block(98, "7", 50, 60, "no_call")]
    second = side(tmp_path / "b", records=rows((10, "0/1"), (20, "0/1")), blocks=blocks, kind=SampleKind.GVCF)
    told, _ = compared(tmp_path, first, second)
    assert told.kinship == KinshipCounts(both_heterozygous=1, opposite=1, first_heterozygous=2, second_heterozygous=2)
