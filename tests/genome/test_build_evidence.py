from __future__ import annotations

import pytest

from genoteca.genome.build_evidence import build_of_header
from genoteca.genome.header import Header, parse_header
from genoteca.model.build import Build


def _header(*lines: str) -> Header:
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    return parse_header([line.encode() for line in ("##fileformat=VCFv4.2", *lines, columns)], "x.vcf")


@pytest.mark.parametrize(
    ("line", "build"),
    [
        ("##contig=<ID=chr1,length=248956422>", Build.GRCH38),
        ("##contig=<ID=1,length=249250621,assembly=B37>", Build.GRCH37),
        ("##contig=<ID=1,length=247249719>", Build.NCBI36),
        ("##contig=<ID=1,assembly=b37>", Build.GRCH37),
        ("##reference=file:///data/Homo_sapiens_assembly38/GRCh38.fa", Build.GRCH38),
        ("##reference=ftp://ftp.completegenomics.com/ReferenceFiles/build37.fa.bz2", Build.GRCH37),
        ("##reference=hs37d5.fa", Build.GRCH37),
        ("##reference=file:///ref/human_g1k_v37.fasta", Build.GRCH37),
        ("##reference=hg18.fa", Build.NCBI36),
        ("##source_GENOME_REFERENCE=NCBI build 37", Build.GRCH37),
        ('##GATKCommandLine=<ID=HC,CommandLine="HC --reference /x/human_g1k_v37.20.21.fa -I b.bam">', Build.GRCH37),
    ],
)
def test_the_header_tells_the_build(line: str, build: Build) -> None:
    told, evidence = build_of_header(_header(line))
    assert told is build
    assert evidence


@pytest.mark.parametrize(
    "line",
    [
        "##source=x",
        "##dataSource=phyloP,version:hg19",
        "##contig=<ID=MT,length=16569>",
        "##contig=<ID=1,length=1000>",
        "##reference=sub37/x.fa",
    ],
)
def test_a_header_that_does_not_say_gives_no_build(line: str) -> None:
    told, evidence = build_of_header(_header(line))
    assert told is None
    assert evidence


def test_a_header_that_contradicts_itself_gives_no_build_and_says_so() -> None:
    told, evidence = build_of_header(_header("##contig=<ID=1,length=248956422>", "##reference=hg19.fa"))
    assert told is None
    assert "hg19" in evidence
    told, evidence = build_of_header(_header("##reference=hg19.fa", "##assembly=GRCh38"))
    assert told is None
    assert "contradicts" in evidence


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"file:///{'run/' * 40}hg38/v0/Homo_sapiens_assembly38.fasta", "…/hg38/v0/Homo_sapiens_assembly38.fasta."),
        (f"{'x' * 80}_hg38", "…hg38."),
        (f"hg38/{'x' * 80}", f"=hg38/{'x' * 55}…."),
        ("file:///ref/hg38.fa", "=file:///ref/hg38.fa."),
    ],
)
def test_of_a_long_path_the_evidence_shows_what_names_the_build(value: str, shown: str) -> None:
    build, evidence = build_of_header(_header(f"##reference={value}"))
    assert build is Build.GRCH38
    assert evidence.endswith(shown)
