from __future__ import annotations

import pytest

from genoteca.genome.contigs import NOT_A_CHROMOSOME, OTHER_BUILD, OTHER_MITOCHONDRION, Contigs
from genoteca.genome.header import Contig, Header
from genoteca.model.build import CHROMOSOMES, Build


def _contigs(build: Build, **lengths: int) -> Contigs:
    contigs = {name: Contig(length=length, assembly="") for name, length in lengths.items()}
    return Contigs(Header(version="4.2", lines=2, contigs=contigs, meta=[], samples=["S"]), build)


@pytest.mark.parametrize(
    ("name", "chrom"),
    [("chr1", "1"), ("22", "22"), ("CHRX", "X"), ("NC_000007.14", "7"), ("CM000669.2", "7"), ("J01415.2", "MT")],
)
def test_names_of_a_chromosome_are_folded(name: str, chrom: str) -> None:
    assert _contigs(Build.GRCH38).place(name).chrom == chrom


@pytest.mark.parametrize("name", ["GL000220.1", "chrUn_KI270742v1", "hs37d5", "23", "../etc/passwd", "NC_000099.1"])
def test_other_contigs_are_named_as_such(name: str) -> None:
    assert _contigs(Build.GRCH38).place(name).reason == NOT_A_CHROMOSOME


def test_an_accession_of_another_build_is_not_folded() -> None:
    assert _contigs(Build.GRCH38).place("NC_000007.13").reason == OTHER_BUILD
    assert _contigs(Build.GRCH37).place("NC_000007.13").chrom == "7"
    assert _contigs(Build.NCBI36).place("NC_000007.13").reason == OTHER_BUILD


@pytest.mark.parametrize("number", range(1, 25))
def test_genbank_counts_the_chromosomes_from_cm000663_with_a_version_for_each_build(number: int) -> None:
    name, chrom = f"CM000{662 + number}", CHROMOSOMES[number - 1]
    assert _contigs(Build.GRCH37).place(f"{name}.1").chrom == chrom
    assert _contigs(Build.GRCH38).place(f"{name}.2").chrom == chrom
    assert _contigs(Build.GRCH38).place(f"{name}.1").reason == OTHER_BUILD
    assert _contigs(Build.GRCH37).place(f"{name}.2").reason == OTHER_BUILD
    assert _contigs(Build.GRCH38).place(f"{name}.3").reason == OTHER_BUILD


def test_genbank_accessions_of_other_genomes_are_no_chromosomes() -> None:
    assert _contigs(Build.GRCH38).place("CM000994.2").reason == NOT_A_CHROMOSOME


def test_the_mitochondrion_is_told_by_its_length() -> None:
    assert _contigs(Build.GRCH38, chrM=16571).place("chrM").reason == OTHER_MITOCHONDRION
    assert _contigs(Build.GRCH37, chrM=16569).place("chrM").chrom == "MT"


def test_without_a_length_the_custom_of_the_name_decides() -> None:
    assert _contigs(Build.GRCH37).place("chrM").reason == OTHER_MITOCHONDRION
    assert _contigs(Build.GRCH37).place("MT").chrom == "MT"
    assert _contigs(Build.GRCH38).place("chrM").chrom == "MT"
    assert _contigs(Build.NCBI36).place("MT").reason == OTHER_MITOCHONDRION
