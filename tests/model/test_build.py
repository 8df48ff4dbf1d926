from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.model.build import CHROMOSOMES, MT_LENGTH, RANK, Build, build_of_lengths, chromosome, mhc, par


def test_ranks_run_from_1_to_25_in_the_order_of_the_chromosomes() -> None:
    assert [RANK[name] for name in CHROMOSOMES] == list(range(1, 26))
    assert RANK["X"] == 23
    assert RANK["MT"] == 25


@pytest.mark.parametrize("build", list(Build))
def test_every_build_has_every_chromosome_within_28_bits(build: Build) -> None:
    assert tuple(build.lengths) == CHROMOSOMES
    assert all(0 < length < 2**28 for length in build.lengths.values())


def test_known_lengths_are_those_of_their_build() -> None:
    assert Build.GRCH37.lengths["1"] == 249250621
    assert Build.GRCH38.lengths["22"] == 50818468
    assert Build.GRCH37.lengths["MT"] == Build.GRCH38.lengths["MT"] == MT_LENGTH


@pytest.mark.parametrize("build", list(Build))
@given(names=st.sets(st.sampled_from([name for name in CHROMOSOMES if name != "MT"]), min_size=1))
def test_any_chromosome_tells_its_build(build: Build, names: set[str]) -> None:
    assert build_of_lengths({name: build.lengths[name] for name in names}) is build


def test_the_mitochondrion_and_mixed_lengths_tell_nothing() -> None:
    assert build_of_lengths({}) is None
    assert build_of_lengths({"MT": MT_LENGTH}) is None
    assert build_of_lengths({"1": Build.GRCH37.lengths["1"], "2": Build.GRCH38.lengths["2"]}) is None
    assert build_of_lengths({"GL000220.1": 161802}) is None


@given(st.sampled_from(CHROMOSOMES), st.sampled_from(["", "chr", "Chr", "CHR"]))
def test_a_chromosome_is_folded_whatever_its_prefix(name: str, prefix: str) -> None:
    assert chromosome(prefix + name) == name
    assert chromosome(prefix + name.lower()) == name


@pytest.mark.parametrize("contig", ["", "chr", "0", "23", "chr1_KI270706v1_random", "GL000220.1", "Un", "1 "])
def test_other_contigs_are_no_chromosome(contig: str) -> None:
    assert chromosome(contig) is None


def test_m_is_mt() -> None:
    assert chromosome("chrM") == "MT"


@pytest.mark.parametrize("build", [Build.GRCH37, Build.GRCH38])
def test_regions_lie_on_their_chromosomes(build: Build) -> None:
    regions = [*par(build), mhc(build)]
    assert len(regions) == 5
    for region in regions:
        assert region is not None
        assert 1 <= region.start < region.end <= build.lengths[region.chrom]


def test_pseudoautosomal_regions_of_x_and_y_are_equally_long() -> None:
    for build in (Build.GRCH37, Build.GRCH38):
        x, y = ([r.end - r.start for r in par(build) if r.chrom == chrom] for chrom in ("X", "Y"))
        assert x == y
    assert par(Build.NCBI36)[0] == ("X", 1, 2_709_520)
    assert mhc(Build.NCBI36) == ("6", 28_585_776, 33_556_332)
