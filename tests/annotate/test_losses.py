"""Under a structural deletion that is carried, silence is no reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.annotate.worlds import World, block, record

NEAR = record(1, "1", 5000, "A", "G", "0/1")
DELETION = {
    "chrom": "1",
    "start": 1000,
    "end": 2000,
    "type": "DEL",
    "dosage": 1,
    "alt": "<DEL>",
    "line": 2,
    "allele": 1,
}


def evidence(folder: Path, pos: int, *events: dict[str, Any], chrom: str = "1") -> str:
    world = World(folder=folder, records=[NEAR, record(3, "2", 5000, "A", "G", "0/1")], structural=events)
    return str(world.one(f"{chrom}:{pos} C>T")["evidence"])


@pytest.mark.parametrize(
    ("pos", "expected"),
    [(999, "inferred"), (1000, "not_covered"), (1500, "not_covered"), (2000, "not_covered"), (2001, "inferred")],
)
def test_nothing_is_inferred_under_a_carried_deletion(tmp_path: Path, pos: int, expected: str) -> None:
    assert evidence(tmp_path, pos, DELETION) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"type": "DEL:ME:ALU"},
        {"dosage": None},
        {"dosage": 0, "genotype": "?/?"},
        {"type": "CNV", "dosage": None, "copy_number": 1.0},
        {"type": "CNV", "dosage": 0, "copy_number": 0.0},
        {"type": "DUP", "dosage": 1, "copy_number": 1.4},
        {"filter": "MinQUAL"},
        {"type": "BND", "alt": "A[1:2000[", "mate_chrom": "1", "mate_pos": 2000, "end": 1000},
        {"type": "BND", "alt": "]1:1000]A", "mate_chrom": "1", "mate_pos": 1000, "start": 2000, "end": 2000},
    ],
)
def test_whatever_leaves_fewer_than_two_copies_stops_inference(tmp_path: Path, more: dict[str, Any]) -> None:
    assert evidence(tmp_path, 1500, DELETION | more) == "not_covered"
    assert evidence(tmp_path, 1500, DELETION | more, chrom="2") == "inferred"


@pytest.mark.parametrize(
    "more",
    [
        {"dosage": 0, "genotype": "C/C"},
        {"type": "DUP"},
        {"type": "INV"},
        {"type": "CNV", "copy_number": 2.0},
        {"type": "BND", "alt": "A[2:2000[", "mate_chrom": "2", "mate_pos": 2000, "end": 1000},
        {"type": "BND", "alt": "A]1:2000]", "mate_chrom": "1", "mate_pos": 2000, "end": 1000},
        {"type": "BND", "alt": "]1:2000]A", "mate_chrom": "1", "mate_pos": 2000, "end": 1000},
    ],
)
def test_what_takes_no_copy_away_does_not(tmp_path: Path, more: dict[str, Any]) -> None:
    assert evidence(tmp_path, 1500, DELETION | more) == "inferred"


def test_the_uncertain_ends_of_a_deletion_belong_to_it(tmp_path: Path) -> None:
    wide = DELETION | {"earliest_start": 900, "latest_end": 2100}
    assert [evidence(tmp_path, pos, wide) for pos in (899, 900, 2100, 2101)] == [
        "inferred",
        "not_covered",
        "not_covered",
        "inferred",
    ]


def test_deletions_within_each_other_are_one_stretch(tmp_path: Path) -> None:
    inner = DELETION | {"start": 1100, "end": 1200, "line": 4}
    assert evidence(tmp_path, 1900, DELETION, inner) == "not_covered"


def test_what_the_file_asserts_is_answered_under_a_deletion_too(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path,
        records=[NEAR, record(5, "1", 1500, "C", "T", "0/1")],
        blocks=[block(6, "1", 1600, 1700)],
        structural=[DELETION],
    )
    assert world.one("1:1500 C>T")["evidence"] == "called"
    assert world.one("1:1650 C>T")["evidence"] == "reference"
