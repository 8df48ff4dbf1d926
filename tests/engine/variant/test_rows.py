"""Rows of stored tables about one variant."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.engine.variant.listed import listed_in
from genoteca.engine.variant.rows import (
    answers_about,
    answers_touching,
    calls_at,
    carried_rows,
    lifted_from_own,
    named_by_key,
    tells_of_variants,
)
from genoteca.errors import InputError
from genoteca.genome.key import variant_keys
from genoteca.genome.schema import polars_schema
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.variant import VariantName

from .conftest import Tables

FREQUENCY = AnnotationColumn(name="frequency", label="Frequency", type=ColumnType.FREQUENCY)
HERE = VariantName.parse("2-100-G-A")


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    """A published reference of two alleles of chromosome 2; of the second silence may mean nothing."""
    frame = pl.DataFrame(
        {
            "chrom": ["2", "2"],
            "pos": [100, 300],
            "ref": ["G", "C"],
            "alt": ["A", "T"],
            "frequency": [0.25, 0.001],
            "always": [False, True],
        },
        schema_overrides={"pos": pl.UInt32},
    )
    path = tmp_path / "reference.parquet"
    write_published(publish_alleles(frame), path)
    return path


def test_the_rows_at_a_position_carry_their_number(tables: Tables) -> None:
    sample = tables(*(f"chr2 {at} . G A 50 PASS . GT:DP:GQ 0/1:30:99" for at in (50, 100, 150)))
    (row,) = calls_at(sample.variants, "2", 100)
    assert (row["row"], row["ref"], row["alt"], row["line"]) == (1, "G", "A", 2)
    assert calls_at(sample.variants, "2", 101) == []


def test_a_variant_is_found_by_its_key(tables: Tables) -> None:
    sample = tables("chr2 100 . G A 50 PASS . GT:DP:GQ 0/1:30:99")
    (row,) = calls_at(sample.variants, "2", 100)
    assert named_by_key(sample.variants, row["key"]) == HERE
    assert named_by_key(sample.variants, row["key"] + 2) is None


def test_a_reference_says_what_it_lists_and_where_silence_means_nothing(reference: Path) -> None:
    found = listed_in(reference, HERE, [FREQUENCY])
    assert [row["frequency"] for row in found.rows] == [0.25]
    assert (found.looked, found.infer) == (True, True)
    assert listed_in(reference, VariantName.parse("2-300-C-T"), [FREQUENCY]).infer is False


def test_what_a_reference_does_not_list_was_looked_up_only_where_it_has_the_chromosome(reference: Path) -> None:
    absent = listed_in(reference, VariantName.parse("2-100-G-T"), [FREQUENCY])
    elsewhere = listed_in(reference, VariantName.parse("7-100-G-T"), [FREQUENCY])
    assert (absent.looked, absent.rows, absent.infer) == (True, [], None)
    assert (elsewhere.looked, elsewhere.rows) == (False, [])


def answers(path: Path, *rows: dict[str, object]) -> Path:
    schema = polars_schema(ANNOTATIONS)
    blank: dict[str, object] = dict.fromkeys(schema)
    pl.DataFrame([blank | row for row in rows], schema=schema).write_parquet(path)
    return path


def test_answers_are_about_the_allele_its_row_or_the_place(tmp_path: Path) -> None:
    told = {"chrom": "2", "pos": 100, "ref": "G", "evidence": "called"}
    table = answers(
        tmp_path / "answers.parquet",
        told | {"site": 0, "alt": "A", "row": 7, "match": "allele"},
        told | {"site": 1, "alt": "T"},
        told | {"site": 2, "alt": "C,A"},
        {"site": 3, "chrom": "2", "pos": 40, "row": 7, "evidence": "called", "match": "interval"},
        {"site": 4, "chrom": "2", "pos": 100, "evidence": "not_covered"},
    )
    assert [row["site"] for row in answers_about(table, HERE, [7])] == [0, 2, 3]
    assert [row["_row"] for row in answers_about(table, HERE, [])] == [0, 2]
    assert tells_of_variants(table)
    whole = answers(tmp_path / "whole.parquet", {"site": 0, "chrom": "2", "pos": 1, "evidence": "called"})
    assert not tells_of_variants(whole)


@pytest.mark.parametrize(
    "found",
    [
        {"alt": "T", "evidence": "other_allele"},
        {"alt": "T", "evidence": "partial", "match": "position"},
        {"alt": "T", "evidence": "called", "match": "allele", "lift": "REF and ALT swapped"},
        {"pos": 105, "alt": "C", "evidence": "other_allele", "genotype": "*/C"},
    ],
)
def test_an_answer_of_another_allele_is_none_though_the_variants_row_found_it(
    tmp_path: Path, found: dict[str, object]
) -> None:
    row = {"site": 0, "chrom": "2", "pos": 100, "ref": "G", "row": 7, **found}
    table = answers(tmp_path / "answers.parquet", {name: value for name, value in row.items() if name != "lift"})
    if "lift" in row:
        pl.read_parquet(table).with_columns(lift=pl.lit(row["lift"])).write_parquet(table)
    assert answers_about(table, HERE, [7]) == []
    assert [one["row"] for one in answers_touching(table, HERE, [7])] == [7]


def test_what_a_variant_carries_is_about_it_however_the_module_spells_it(tmp_path: Path) -> None:
    row = {"site": 0, "chrom": "2", "pos": 99, "ref": "TG", "alt": "TA", "row": 7, "evidence": "called"}
    table = answers(tmp_path / "answers.parquet", row | {"match": "decomposed"}, row | {"site": 1, "match": "rsid"})
    assert [one["site"] for one in answers_about(table, HERE, [7])] == [0, 1]


def test_long_alleles_of_one_hash_are_not_guessed(tmp_path: Path) -> None:
    told = {"site": 0, "key": 99, "chrom": "2", "pos": 100, "ref": "G", "evidence": "called"}
    table = answers(tmp_path / "answers.parquet", told | {"alt": "A" * 40}, told | {"alt": "C" * 40})
    with pytest.raises(InputError, match="2 variants share the key 99"):
        named_by_key(table, 99)


def listing(path: Path, *sites: tuple[int, str, str]) -> Path:
    frame = pl.DataFrame(
        {
            "chrom": "2",
            "pos": [one[0] for one in sites],
            "ref": [one[1] for one in sites],
            "alt": [s[2] for s in sites],
        },
        schema_overrides={"pos": pl.UInt32},
    ).with_columns(frequency=pl.lit(0.5))
    write_published(publish_alleles(frame), path)
    return path


@pytest.mark.parametrize(
    ("asked", "undecided"),
    [
        ("2-100-CA-C", False),  # listed itself
        ("2-104-AA-A", True),  # the same deletion, further right in the run
        ("2-104-A-AA", False),  # an insertion
        ("2-104-AAA-A", False),  # two bases
        ("2-210-G-GTCAG", True),  # CAGT, turned
        ("2-210-G-GTGAC", False),  # other bases
        ("2-104-A-T", False),
        ("2-90000-AA-A", False),
    ],
)
def test_an_indel_written_at_another_place_of_a_repeat_is_not_called_absent(
    tmp_path: Path, asked: str, undecided: bool
) -> None:
    reference = listing(tmp_path / "indels.parquet", (100, "CA", "C"), (200, "T", "TCAGT"), (104, "A", "G"))
    found = listed_in(reference, VariantName.parse(asked), [FREQUENCY])
    assert (found.undecided, bool(found.rows)) == (undecided, asked == "2-100-CA-C")


def test_another_carried_allele_of_the_mitochondrion_is_one(tmp_path: Path) -> None:
    calls = [
        {
            "row": row,
            "chrom": "MT",
            "line": 5,
            "alt": alt,
            "genotype": "C/T",
            "dosage": None,
            "allele_fraction": share,
        }
        for row, alt, share in ((1, "C", 0.6), (2, "T", 0.3), (3, "A", 0.01))
    ]
    nuclear = {"row": 4, "chrom": "1", "line": 9, "alt": "A", "genotype": "A/G", "dosage": 1, "allele_fraction": None}
    assert carried_rows([*calls, nuclear, {**nuclear, "row": 5, "dosage": 0}]) == {1, 2, 4}


def test_a_lifted_variant_is_named_in_its_own_build(tmp_path: Path) -> None:
    row = {"chrom": "2", "pos": 100, "ref": "G", "alt": "A", "from_chrom": "2", "from_pos": 90, "from_ref": "C"}
    frame = pl.DataFrame([row | {"from_alt": "T"}], schema_overrides={"pos": pl.UInt32, "from_pos": pl.UInt32})
    path = tmp_path / "lifted.parquet"
    frame.with_columns(key=variant_keys(frame.select("chrom", "pos", "ref", "alt"))).write_parquet(path)
    own = {"chrom": "2", "pos": 90, "ref": "C", "alt": "T"}
    assert lifted_from_own(path, "2", 100, "G", "A") == own
    assert lifted_from_own(path, "2", 100, None, None) == own | {"ref": None, "alt": None}
    assert lifted_from_own(path, "2", 100, "G", "T") is None
