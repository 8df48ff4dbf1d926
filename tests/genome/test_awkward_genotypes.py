"""Genotypes as callers really write them: kept as called, never counted twice, never lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.model.build import Build
from genoteca.model.sample import Sex

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.genome.conftest import Read, Reader

CALL = ("genotype", "dosage", "ploidy", "missing", "zygosity", "phased")


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("./1", ("?/G", 1, 2, 1, None, False)),
        ("1/.", ("G/?", 1, 2, 1, None, False)),
        (".|1", ("?|G", 1, 2, 1, None, True)),
        ("0/.", ("A/?", 0, 2, 1, None, False)),
        ("1", ("G", 1, 1, 0, "hemizygous", False)),
        ("1|1", ("G|G", 2, 2, 0, "homozygous", True)),
        ("|0|1", ("A|G", 1, 2, 0, "heterozygous", True)),
        ("/0|1", ("A|G", 1, 2, 0, "heterozygous", True)),
        ("0/1|1", ("A/G/G", 2, 3, 0, "heterozygous", False)),
        ("1/1/1/1", ("G/G/G/G", 4, 4, 0, "homozygous", False)),
        ("0/1/.", ("A/G/?", 1, 3, 1, None, False)),
        ("0/0/0/0/0/1", ("A/A/A/A/A/G", 1, 6, 0, "heterozygous", False)),
    ],
)
def test_half_haploid_and_polyploid_calls_are_kept_as_called(
    read_records: Reader, called: str, expected: tuple[Any, ...]
) -> None:
    row = read_records(f"1 1000 A G GT {called}").variants.row(0, named=True)
    assert tuple(row[name] for name in CALL) == expected


@pytest.mark.parametrize(
    ("called", "evidence"),
    [("0", "reference"), ("0|0", "reference"), ("0/0/0", "reference"), (".", "no_call"), ("./././.", "no_call")],
)
def test_a_reference_of_any_ploidy_is_coverage(read_records: Reader, called: str, evidence: str) -> None:
    read = read_records(f"X 5000000 A G GT:DP:GQ {called}:30:60")
    assert read.coverage.select("start", "evidence").rows() == [(5_000_000, evidence)]
    assert read.variants.is_empty()


@pytest.mark.parametrize("build", [Build.GRCH37, Build.GRCH38])
def test_a_males_sex_chromosomes_are_kept_as_called_and_read_by_region(read_records: Reader, build: Build) -> None:
    """X: the first base after PAR1; both sides of the border are called alike, and mean two copies and one."""
    border = {Build.GRCH37: 2_699_520, Build.GRCH38: 2_781_479}[build]
    rows = read_records(
        f"X {border} A G GT 1/1",
        f"X {border + 1} A G GT 1/1",
        f"X {border + 2} A G GT 1",
        f"X {border + 3} A G GT 0/1",
        "Y 20000 A G GT 0/1",
        "Y 8000000 A G GT 1/1",
        "chrM 1000 A G GT:AF 1/1:0.4" if build is Build.GRCH38 else "MT 1000 A G GT:AF 1/1:0.4",
        build=build,
        sex=Sex.MALE,
    ).variants
    assert rows.select("genotype", "dosage", "zygosity").rows() == [
        ("G/G", 2, "homozygous"),
        ("G/G", 2, "hemizygous"),
        ("G", 1, "hemizygous"),
        ("A/G", 1, "heterozygous"),
        ("A/G", 1, "heterozygous"),
        ("G/G", 2, "hemizygous"),
        ("G/G", None, None),
    ]


def test_every_row_of_a_record_keeps_its_phase_set(read_records: Reader) -> None:
    rows = read_records(
        "1 1000 A G,T GT:PS 1|2:1000", "1 1100 A G GT:PS 0|1:1000", "1 1200 A G GT:PS 0/1:.", "1 1300 A G GT 0|1"
    ).variants
    assert rows["phase_set"].to_list() == ["1000", "1000", "1000", None, None]
    assert rows["phased"].to_list() == [True, True, True, False, True]


def test_lower_case_is_the_same_allele(read_records: Reader) -> None:
    read = read_records(
        "1 1000 acg a,Acg,ACt,<non_ref> GT 1/3",
        "1 2000 a c GT:DP:GQ 0/0:30:60",
        "1 3000 n <non_ref> GT:DP:GQ 0/0:30:60",
    )
    rows = read.variants.sort("allele").select("pos", "ref", "alt", "dosage", "genotype").rows()
    assert rows[0] == (1000, "ACG", "A", 1, "A/ACT")
    assert rows[-1] == (1002, "G", "T", 1, "A/ACT")
    assert read.coverage["evidence"].to_list() == ["reference", "no_call"]


@pytest.mark.parametrize("between", [(), ("1 5000 A T GT 0/1", "2 10 A T GT 0/1", "1 900 A T GT 0/1")])
@pytest.mark.parametrize("again", ["A C", "a C", "A c", "a c"])
def test_a_duplicate_is_found_whatever_its_case_and_its_place(
    read_records: Reader, again: str, between: tuple[str, ...]
) -> None:
    read = read_records("1 1000 A C GT 0/1", *between, f"1 1000 {again} GT 1|0")
    assert read.intake.set_aside["duplicate record"].first_lines == [len(between) + 2]
    assert len(read.variants.filter(read.variants["pos"] == 1000)) == 1
    assert read.intake.reconciles


def test_a_deleted_copy_counts_as_known(read_records: Reader) -> None:
    rows = read_records(
        "1 1000 A *,G GT 1/2", "1 1100 A *,G GT 2|2", "1 1200 A G,* GT ./2", "1 1300 A G,<*:DEL> GT 1/2"
    ).variants
    assert rows.select("alt", "genotype", "dosage", "missing", "zygosity").rows() == [
        ("G", "*/G", 1, 0, "heterozygous"),
        ("G", "G|G", 2, 0, "homozygous"),
        ("G", "?/*", 0, 1, None),
        ("G", "G/<*:DEL>", 1, 0, "heterozygous"),
    ]


def test_a_contig_in_pieces_comes_out_whole(read_records: Reader) -> None:
    records = [
        "1 100 A C GT 0/1",
        "1 900 . N <DEL> . . END=950 GT 0/1",
        "2 50 A C GT:DP:GQ 0/0:30:60",
        "1 500 A C GT 1/1",
        "1 300 . N <DEL> . . END=350 GT 0/1",
        "2 10 A C GT:DP:GQ 0/0:30:60",
        "1 100 A C GT 0/1",
    ]
    read = read_records(*records)
    assert read.variants.select("chrom", "pos", "line").rows() == [("1", 100, 1), ("1", 500, 4)]
    assert read.structural.select("chrom", "start", "line").rows() == [("1", 300, 5), ("1", 900, 2)]
    assert read.coverage.select("chrom", "start", "line").rows() == [("2", 10, 6), ("2", 50, 3)]
    assert read.intake.set_aside["duplicate record"].first_lines == [7]


ALTERNATES = st.lists(
    st.sampled_from(
        ["C", "g", "AT", "ACGTACGT", "*", "<*:DEL>", "<NON_REF>", "<*>", "<DEL>", "<CN0>", "A[2:70[", ".A", "R", "N"]
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(",".join)
CALLED = st.tuples(
    st.lists(st.sampled_from([".", "0", "1", "2", "3", "4"]), min_size=1, max_size=4), st.sampled_from("/|")
).map(lambda told: told[1].join(told[0]))
RECORD = st.tuples(
    st.sampled_from(["1", "chr1", "2", "X", "chrM", "GL1"]),
    st.integers(0, 60),
    st.sampled_from(["A", "a", "ACG", "N", "R"]),
    st.one_of(st.just("."), ALTERNATES),
    st.sampled_from([".", "END=70", "END=3", "SVLEN=-9,9", "SVTYPE=DEL;END=x", "CHR2=X;END=4"]),
    CALLED,
)


@given(st.lists(RECORD, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_that_is_kept_stands_in_a_table(
    write_vcf: Callable[..., Path], read_file: Reader, records: list[tuple[Any, ...]]
) -> None:
    lines = [
        f"{chrom} {pos} . {ref} {alt} 50 PASS {info} GT:DP:GQ {called}:30:60"
        for chrom, pos, ref, alt, info, called in records
    ]
    read: Read = read_file(write_vcf(*lines))
    assert read.intake.reconciles
    assert read.intake.records_read == len(records)
    aside = {line for one in read.intake.set_aside.values() for line in one.first_lines}
    tables = (read.variants, read.coverage, read.structural)
    found = {line for table in tables for line in table["line"].to_list()}
    assert found == set(range(1, len(records) + 1)) - aside


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz",
        "bioc-VariantAnnotation/chr7-sub.vcf.gz",
        "bioc-VariantAnnotation/h1187-10k.vcf.gz",
        "gatk/NA12878.MT.g.vcf",
        "talos-trio/joint.vcf.bgz",
        "x-chromosome.vcf",
    ],
)
def test_every_record_kept_of_a_real_file_stands_in_a_table(shared_data: Path, read_file: Reader, name: str) -> None:
    from genoteca.genome.inspect import inspect_file

    path = shared_data / "02-sample-vcfs" / name
    facts = inspect_file(path)
    read = read_file(path, pick=facts.samples[0], build=facts.build or Build.GRCH37)
    tables = (read.variants, read.coverage, read.structural)
    assert len({line for table in tables for line in table["line"].to_list()}) == read.intake.records_kept
