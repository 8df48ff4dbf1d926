from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.genome.conftest import Reader

HEADER = (
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=DS,Number=1,Type=Float,Description="Dosage">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">',
)


@pytest.mark.parametrize("value", ["0.5:3,4", ".:.", "1e-3:.,4", "nan:0,0", "-Inf:1,2", "0.5", ":"])
def test_numbers_and_missing_values_are_as_declared(read_records: Reader, value: str) -> None:
    read = read_records(f"1 100 A C GT:DS:AD 0/1:{value}", header=HEADER)
    assert read.intake.warnings == []
    assert len(read.variants) == 1


def test_a_word_where_a_number_was_declared_is_told_once_with_its_record(read_records: Reader) -> None:
    records = [f"1 {n} A C GT:DS:AD 0/1:{value}:1,2" for n, value in ((100, "0.5"), (200, "many"), (300, "few"))]
    read = read_records(*records, header=HEADER)
    assert read.intake.warnings == ["The header declares DS to be a number; record 2 says 'many'."]
    assert len(read.variants) == 3


def test_only_the_sample_that_is_read_is_looked_at(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf("1 100 . A C 50 PASS . GT:DS 0/1:0.5 0/1:odd", header=HEADER, samples=("A", "B"))
    assert read_file(path, pick="A").intake.warnings == []
    assert "'odd'" in read_file(path, pick="B").intake.warnings[0]


def test_values_beyond_those_that_format_names_are_told(read_records: Reader) -> None:
    read = read_records("1 100 A C GT:DS 0/1:0.5:7", "1 200 A C GT:DS 0/1:0.5", header=HEADER)
    assert read.intake.warnings == ["1 records have more values than FORMAT names; those beyond were ignored."]
    assert list(read.variants["genotype"]) == ["A/C", "A/C"]


def test_a_header_without_an_end_is_told(write_vcf: Callable[..., Path], read_file: Reader) -> None:
    path = write_vcf()
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    intake = read_file(path).intake
    assert intake.warnings == ["The header does not end with a line break: the file may have been cut."]
    assert intake.records_read == 0
