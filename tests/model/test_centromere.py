"""Centromeres lie inside their chromosomes, and where the short arm is known to be short."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from genoteca.model.build import CHROMOSOMES, Build, par
from genoteca.model.centromere import centromere

BUILDS = (Build.GRCH37, Build.GRCH38)
ACROCENTRIC = ("13", "14", "15", "21", "22")


@pytest.mark.parametrize("build", BUILDS)
def test_every_chromosome_but_the_mitochondrion_has_one_inside_it(build: Build) -> None:
    for chrom in CHROMOSOMES[:-1]:
        found = centromere(build, chrom)
        assert found is not None
        assert found.chrom == chrom
        assert 1 < found.start < found.end < build.lengths[chrom]
        assert not any(one.chrom == chrom and one.start <= found.end and found.start <= one.end for one in par(build))
    assert centromere(build, "MT") is None
    assert centromere(Build.NCBI36, "1") is None


@pytest.mark.parametrize("build", BUILDS)
def test_the_short_arm_is_the_first_and_shortest_where_satellites_stand(build: Build) -> None:
    for chrom in CHROMOSOMES[:-1]:
        found = centromere(build, chrom)
        assert found is not None
        assert found.start <= 1.02 * (build.lengths[chrom] - found.end), chrom  # p is the short arm; 1 is even
    for chrom in ACROCENTRIC:
        found = centromere(build, chrom)
        assert found is not None
        assert found.start < 20_000_000


@pytest.mark.real_data
def test_the_lengths_that_are_drawn_are_those_of_real_files(shared_data: Path) -> None:
    files = {
        Build.GRCH38: "02-sample-vcfs/NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz",
        Build.GRCH37: "02-sample-vcfs/NA12878_NIST2.19_wholegenome_indels.vcf.gz",
    }
    for build, name in files.items():
        with gzip.open(shared_data / name, "rt") as file:
            head = [line for line in (next(file) for _ in range(400)) if line.startswith("##contig=")]
        told = dict(re.findall(r"ID=(?:chr)?([0-9XY]+),.*?length=(\d+)", "".join(head)))
        assert len(told) >= 22, name
        assert {chrom: int(length) for chrom, length in told.items() if chrom in CHROMOSOMES} == {
            chrom: build.lengths[chrom] for chrom in told if chrom in CHROMOSOMES
        }
