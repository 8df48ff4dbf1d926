from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome import reading
from genoteca.genome.key import with_keys
from genoteca.genome.reference_check import CONTRADICTS
from genoteca.genome.sequence import ReferenceSequence
from genoteca.genome.stream import GenomeText

from .sequences import repetitive, written

if TYPE_CHECKING:
    from .conftest import Reader

START = "NNNNNACGTTTTTTTTGCACACACAG"
"""Chromosome 21 begins with it: TTTTTTTT from 9 to 16, CACACACA from 18 to 25."""


@pytest.fixture(scope="module")
def sequence(tmp_path_factory: pytest.TempPathFactory) -> ReferenceSequence:
    path = tmp_path_factory.mktemp("sequence") / "s.parquet"
    return written(path, c21=START + repetitive(200_000, 3), cMT=repetitive(16569, 5))


def test_indels_of_a_file_are_left_aligned(read_records: Reader, sequence: ReferenceSequence) -> None:
    records = ("chr21 14 TT T GT 0/1", "chr21 23 ACA A GT:AD 1/1:0,9", "chr21 25 A G GT 0/1")
    read = read_records(*records, sequence=sequence)
    told = read.variants.select("pos", "ref", "alt", "line", "dosage", "genotype").rows()
    assert told == [(8, "GT", "G", 1, 1, "TT/T"), (17, "GCA", "G", 2, 2, "A/A"), (25, "A", "G", 3, 1, "A/G")]
    assert read.variants["key"].to_list() == with_keys(read.variants)["key"].to_list()
    assert read.intake.reference_agreement == 1.0
    assert read.intake.warnings == []


def test_without_a_sequence_nothing_is_moved_or_said(read_records: Reader) -> None:
    read = read_records("chr21 14 TT T GT 0/1")
    assert read.variants.select("pos", "ref", "alt").rows() == [(14, "TT", "T")]
    assert read.intake.reference_agreement is None


def test_every_allele_of_a_record_is_aligned_on_its_own(read_records: Reader, sequence: ReferenceSequence) -> None:
    read = read_records("chr21 16 TG T,TGG,TTG GT:AD 2/3:1,2,3,4", sequence=sequence)
    told = read.variants.select("pos", "ref", "alt", "allele", "dosage", "allele_depth", "genotype").rows()
    assert told == [
        (8, "G", "GT", 3, 1, 4, "TGG/TTG"),
        (16, "T", "TG", 2, 1, 3, "TGG/TTG"),
        (16, "TG", "T", 1, 0, 2, "TGG/TTG"),
    ]


def test_a_record_that_contradicts_the_sequence_is_reported_and_its_place_is_a_no_call(
    read_records: Reader, sequence: ReferenceSequence
) -> None:
    read = read_records(
        "chr21 6 A G GT 0/1",
        "chr21 9 GTT G GT 1/1",
        "chr21 17 . G . . PASS . GT:GQ:DP 0/0:99:40",
        "chr21 18 . A . . PASS . GT:GQ:DP 0/0:99:40",
        sequence=sequence,
    )
    assert read.variants["line"].to_list() == [1]
    covered = read.coverage.select("start", "end", pl.col("evidence").cast(pl.String), "line").rows()
    assert (9, 11, "no_call", 2) in covered
    assert [evidence for _, _, evidence, line in covered if line == 4] == ["no_call"]
    aside = read.intake.set_aside[CONTRADICTS]
    assert (aside.records, aside.first_lines) == (2, [2, 4])
    assert read.intake.reconciles
    assert read.intake.reference_agreement == 0.5
    assert any(
        "2 records say another reference base" in told and "record 2, 4" in told for told in read.intake.warnings
    )


def test_unknown_bases_and_missing_chromosomes_contradict_nothing(
    read_records: Reader, sequence: ReferenceSequence
) -> None:
    read = read_records("chr21 3 A G GT 0/1", "chr20 500 A G GT 0/1", sequence=sequence)
    assert len(read.variants) == 2
    assert read.intake.reference_agreement is None


def test_a_file_of_another_build_is_refused(
    read_records: Reader, sequence: ReferenceSequence, tmp_path: Path
) -> None:
    bases = sequence.bases("21", 1, 2000)
    wrong = [f"chr21 {pos} {bases[pos + 4]} {_other(bases[pos + 4])} GT 0/1" for pos in range(30, 1000)]
    with pytest.raises(GenomeFileError, match="Of 970 records") as caught:
        read_records(*wrong, sequence=sequence)
    assert caught.value.title == "The file does not fit its genome build"
    assert not list(tmp_path.glob("*.parquet"))


@pytest.mark.parametrize("reach", [0, 2000])
def test_a_table_stays_sorted_when_indels_move_to_the_left_of_what_was_written(
    read_records: Reader, sequence: ReferenceSequence, monkeypatch: pytest.MonkeyPatch, reach: int
) -> None:
    monkeypatch.setattr(GenomeText.blocks, "__defaults__", (4096,))
    monkeypatch.setattr(reading, "REACH", reach)
    bases = sequence.bases("21", 1, 180_000)
    records = [f"chr21 {p} {bases[p - 1 : p + 1]} {bases[p - 1]} GT 0/1" for p in range(40, 150_000, 11)]
    read = read_records(*records, sequence=sequence)
    assert read.variants["key"].is_sorted()
    assert len(read.variants) == len(records)
    moved = read.variants.filter(pl.col("pos") < 40 + (pl.col("line").cast(pl.Int64) - 1) * 11)
    assert len(moved) > 1000


def _other(base: str) -> str:
    return "A" if base != "A" else "C"


def test_a_file_in_which_every_record_contradicts_keeps_none(
    read_records: Reader, sequence: ReferenceSequence
) -> None:
    read = read_records("chr21 9 G A GT 0/1", "chr21 11 C A GT 1/1", sequence=sequence)
    assert (read.intake.records_kept, len(read.variants)) == (0, 0)
    assert read.coverage["evidence"].cast(pl.String).to_list() == ["no_call", "no_call"]
    assert read.intake.reference_agreement == 0.0
