"""Exchanges of several bases, taken apart."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.genome.mnv import sliced_genotype

if TYPE_CHECKING:
    from .conftest import Read, Reader, Writer

HEADER = ("##contig=<ID=1,length=248956422>", '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">')


def told(read: Read) -> list[tuple[int, str, str, str, int, int]]:
    return read.variants.select("pos", "ref", "alt", "genotype", "dosage", "line").rows()


def test_an_exchange_stays_whole_unless_it_is_asked_to_be_taken_apart(read_records: Reader) -> None:
    record = "1 100 ACG TCA GT 0/1"
    assert told(read_records(record)) == [(100, "ACG", "TCA", "ACG/TCA", 1, 1)]
    assert told(read_records(record, decompose=True)) == [(100, "A", "T", "A/T", 1, 1), (102, "G", "A", "G/A", 1, 1)]


def test_what_a_row_says_beside_its_alleles_stays(read_records: Reader) -> None:
    record = "1 100 TACG TTCA GT:AD:DP:GQ:PS 0|1:9,21:30:99:77"
    whole, apart = read_records(record), read_records(record, decompose=True)
    kept = [name for name in whole.variants.columns if name not in ("key", "pos", "ref", "alt", "genotype")]
    assert apart.variants.select(kept).unique().rows() == whole.variants.select(kept).rows()
    assert apart.intake.rows == 2
    assert apart.intake.reconciles


def test_a_base_that_two_alleles_of_a_record_have_is_one_row_with_both_copies(read_records: Reader) -> None:
    read = read_records("1 200 AT GC,AC GT:AD 1|2:1,12,15", decompose=True)
    assert told(read) == [(200, "A", "G", "G|A", 1, 1), (201, "T", "C", "C|C", 2, 1)]
    rows = read.variants.select("zygosity", "allele_depth", "allele_fraction").rows()
    assert rows == [("heterozygous", 12, pytest.approx(12 / 28)), ("homozygous", 27, pytest.approx(27 / 28))]


def test_a_deletion_beside_it_takes_its_copy_out(read_records: Reader) -> None:
    read = read_records("1 400 AT GC,A GT 1/2", decompose=True)
    assert told(read) == [(400, "A", "G", "G/A", 1, 1), (400, "AT", "A", "GC/A", 1, 1), (401, "T", "C", "C/*", 1, 1)]


@pytest.mark.parametrize(
    ("genotype", "offset", "base"),
    [
        ("AT/GC", 0, "A/G"),
        ("AT|A", 1, "T|*"),
        ("?/GC", 1, "?/C"),
        ("<NON_REF>/GC", 1, "<NON_REF>/C"),
        ("*/GC", 0, "*/G"),
        ("AT/ATG", 0, "A/A"),
        ("AT/CCC", 1, "T/?"),
        ("GC", 0, "G"),
    ],
)
def test_a_genotype_at_one_base(genotype: str, offset: int, base: str) -> None:
    assert sliced_genotype("AT", genotype, offset) == base


@pytest.mark.parametrize(("quality", "evidence"), [(99, "reference"), (3, "no_call")])
def test_the_base_in_between_is_told_by_the_coverage(read_records: Reader, quality: int, evidence: str) -> None:
    record = f"1 100 ACGT TCAT GT:DP:GQ 0/1:30:{quality}"
    assert read_records(record).coverage.is_empty()
    read = read_records(record, decompose=True)
    assert read.coverage.select("start", "end", "evidence", "line").rows() == [(101, 101, evidence, 1)]


def test_a_base_in_between_that_another_allele_changes_is_no_reference(read_records: Reader) -> None:
    read = read_records("1 100 ACG TCA,AGG GT:DP:GQ 1/2:30:99", decompose=True)
    assert read.coverage.is_empty()
    assert told(read)[1] == (101, "C", "G", "TCA/AGG", 1, 1)


def test_rows_stay_sorted_where_records_overlap(read_records: Reader) -> None:
    read = read_records("1 100 ACGT TCGA GT 0/1", "1 101 C G GT 0/1", "1 102 G C GT 0/1", decompose=True)
    assert read.variants["key"].is_sorted()
    assert [row[0] for row in told(read)] == [100, 101, 102, 103]


RECORD = st.integers(2, 4).flatmap(
    lambda length: st.tuples(
        *[st.text("ACGT", min_size=length, max_size=length)] * 3,
        st.sampled_from(["0/1", "1/1", "1|2", "2|1", "0/2", "./1", "2/2"]),
    )
)


@pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORD.filter(lambda one: len(set(one[:3])) == 3), min_size=1, max_size=8))
def test_bases_and_copies_are_those_of_bcftools(
    records: list[tuple[str, str, str, str]], write_vcf: Writer, read_file: Reader
) -> None:
    lines = [
        f"1 {100 * n} . {ref} {alt},{other} 50 PASS . GT {genotype}"
        for n, (ref, alt, other, genotype) in enumerate(records, 1)
    ]
    path = write_vcf(*lines, header=HEADER)
    ours = read_file(path, decompose=True).variants.filter(pl.col("dosage") > 0)
    assert Counter(ours.select("pos", "ref", "alt", "dosage").rows()) == _atomized(path)


def _atomized(path: Path) -> Counter[tuple[int, str, str, int]]:
    said = subprocess.run(["bcftools", "norm", "--atomize", str(path)], check=True, capture_output=True, text=True)
    found: Counter[tuple[int, str, str, int]] = Counter()
    for line in said.stdout.splitlines():
        if line[0] != "#":
            _, pos, _, ref, alts, *_, genotype = line.split("\t")
            called = genotype.replace("|", "/").split("/")
            for number, alt in enumerate(alts.split(","), 1):
                if alt != "*" and str(number) in called:
                    found[int(pos), ref, alt, called.count(str(number))] += 1
    return found
