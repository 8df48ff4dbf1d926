from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from genoteca.genome.inspect import inspect_file
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RECORD = "1 100 . A C 50 PASS . GT 0/1"


def test_the_head_of_a_file_is_told(write_vcf: Callable[..., Path]) -> None:
    path = write_vcf(RECORD, header=("##source=synthetic demo", "##contig=<ID=1,length=248956422>"))
    facts = inspect_file(path)
    assert facts.format == "VCF 4.2"
    assert facts.compression == "none"
    assert facts.samples == ["S"]
    assert facts.build is Build.GRCH38
    assert facts.header_lines == 4
    assert facts.bytes == path.stat().st_size
    assert facts.has_genotypes
    assert facts.synthetic
    assert not facts.gvcf
    assert facts.kind is SampleKind.PANEL


@pytest.mark.parametrize(
    ("record", "header"),
    [
        ("1 100 . A <NON_REF> . . END=200 GT 0/0", ()),
        ("1 100 . A C,<*> 50 PASS . GT 0/1", ()),
        ("1 100 . A . . PASS DP=3;END=200 GT 0/0", ()),
        (RECORD, ("##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)",)),
    ],
)
def test_reference_blocks_make_a_gvcf(write_vcf: Callable[..., Path], record: str, header: tuple[str, ...]) -> None:
    facts = inspect_file(write_vcf(record, header=header))
    assert facts.gvcf
    assert facts.kind is SampleKind.GVCF


def test_a_deletion_with_an_end_makes_no_gvcf(write_vcf: Callable[..., Path]) -> None:
    assert not inspect_file(write_vcf("1 100 . A <DEL> 50 PASS END=200 GT 0/1")).gvcf


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("##DRAGENCommandLine=<ID=x,CommandLine=--vc-target-bed Twist_Exome.bed>", SampleKind.EXOME),
        ("##source=WES pipeline", SampleKind.EXOME),
        ('##INFO=<ID=EX,Number=1,Type=Float,Description="gnomAD exomes">', SampleKind.PANEL),
        ("##GATKCommandLine=<ID=HC,CommandLine=--capture-assembly-failure-bam false>", SampleKind.PANEL),
    ],
)
def test_an_exome_is_told_by_how_it_was_made(write_vcf: Callable[..., Path], line: str, kind: SampleKind) -> None:
    assert inspect_file(write_vcf(RECORD, header=(line,))).kind is kind


def test_files_without_genotypes_are_told(write_vcf: Callable[..., Path]) -> None:
    sites = inspect_file(write_vcf("1 100 . A C 50 PASS .", samples=()))
    counts = inspect_file(write_vcf("1 100 . A C 50 PASS . AU:CU 1:2"))
    for facts in (sites, counts):
        assert not facts.has_genotypes
        assert facts.kind is SampleKind.NO_GENOTYPES


def test_a_file_without_records_may_have_genotypes(write_vcf: Callable[..., Path]) -> None:
    assert inspect_file(write_vcf()).has_genotypes


def test_nothing_told_gives_no_build(write_vcf: Callable[..., Path]) -> None:
    facts = inspect_file(write_vcf(RECORD))
    assert facts.build is None
    assert "does not say" in facts.build_evidence
