"""Two people of a real family laid side by side, as bcftools isec and gtcheck count them."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from tests.real.oracles import bcftools, placed, put_in_order

from genoteca.annotate.comparing import Side, compare_genomes
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.comparison import Difference
from genoteca.model.sample import Sex
from genoteca.sdk import SampleTables

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed"),
]

SON, FATHER, MOTHER = "HG002", "HG003", "HG004"
D = Difference
ANY_REFERENCE = Limits(reference_quality=0, reference_depth=0)
"""Every 0/0 counts, as it does for bcftools."""


@pytest.fixture
def trio(shared_data: Path) -> Path:
    return shared_data / "02-sample-vcfs" / "ashk-trio.vcf.gz"


def side(path: Path, person: str, folder: Path) -> Side:
    variants, coverage, structural = (folder / f"{person}-{name}.parquet" for name in ("v", "c", "s"))
    intake = read_genome(
        path, pick=person, build=Build.GRCH37, sex=Sex.UNSTATED, limits=ANY_REFERENCE, variants=variants,
        coverage=coverage, structural=structural, progress=lambda *_: None,
    )  # fmt: skip
    return Side(tables=SampleTables(variants=variants, coverage=coverage, build=Build.GRCH37, kind=intake.kind))


def carried(path: Path, person: str, target: Path) -> Path:
    """What a person carries, one allele a record, trimmed."""
    split = bcftools("norm", "-m", "-any", given=bcftools("view", "-s", person, path))
    put_in_order(bcftools("view", "-i", 'GT~"1"', given=split), target)
    return target


def isec(one: Path, other: Path, which: str) -> int:
    told = bcftools("isec", which, "-w1", "-c", "none", one, other)
    return len({tuple(line.split("\t")[:5]) for line in told.splitlines() if not line.startswith("#")})


@pytest.mark.parametrize("parent", [FATHER, pytest.param(MOTHER, marks=pytest.mark.long)])
def test_what_is_shared_and_what_is_not_is_what_bcftools_isec_counts(trio: Path, tmp_path: Path, parent: str) -> None:
    told = compare_genomes(
        side(trio, SON, tmp_path), side(trio, parent, tmp_path), tmp_path / "compared.parquet", scratch=tmp_path
    )
    counts = sum(told.counts.values(), Counter[Difference]())
    mine, yours = (carried(trio, person, tmp_path / f"{person}.vcf.gz") for person in (SON, parent))
    assert counts[D.SPELLED] == 0
    assert counts[D.SAME] + counts[D.COPIES] + counts[D.PARTLY] == isec(mine, yours, "-n=2") > 5000
    assert counts[D.FIRST] + counts[D.SECOND_SILENT] == isec(mine, yours, "-C") > 1000
    assert counts[D.SECOND] + counts[D.FIRST_SILENT] == isec(yours, mine, "-C") > 1000


def test_genotypes_that_differ_are_those_that_bcftools_gtcheck_counts(trio: Path, tmp_path: Path) -> None:
    single = placed(bcftools("view", "-m2", "-M2", "-v", "snps", trio), tmp_path / "single.vcf.gz")
    told = compare_genomes(
        side(single, SON, tmp_path), side(single, FATHER, tmp_path), tmp_path / "compared.parquet", scratch=tmp_path
    )
    counts = sum(told.counts.values(), Counter[Difference]())
    checked = bcftools("gtcheck", "-u", "GT,GT", "-e", "0", "-p", f"{SON},{FATHER}", "-g", single, single)
    (line,) = [line.split("\t") for line in checked.splitlines() if line.startswith("DC")]
    assert counts[D.COPIES] + counts[D.FIRST] + counts[D.SECOND] == int(line[3]) > 3000
    # A father and his son: a quarter, and hardly a place where one has two letters that the other lacks.
    assert told.kinship is not None
    assert told.kinship.coefficient == pytest.approx(0.25, abs=0.02)
    assert told.kinship.opposite < told.kinship.both_heterozygous / 100


@pytest.mark.long
def test_father_and_mother_are_no_family_of_each_other(trio: Path, tmp_path: Path) -> None:
    single = placed(bcftools("view", "-m2", "-M2", "-v", "snps", trio), tmp_path / "single.vcf.gz")
    told = compare_genomes(
        side(single, FATHER, tmp_path),
        side(single, MOTHER, tmp_path),
        tmp_path / "compared.parquet",
        scratch=tmp_path,
    )
    assert told.kinship is not None
    assert told.kinship.coefficient is not None
    assert told.kinship.coefficient < 0.0884
