"""Quality figures of small files by hand, and of real ones against counts that bcftools made."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome import quality as quality_module
from genoteca.genome.bases import CoveredBases
from genoteca.genome.quality import quality_of
from genoteca.genome.sex import sex_evidence
from genoteca.model.build import Build
from genoteca.model.quality import Quality
from genoteca.model.sample import Sex

if TYPE_CHECKING:
    from tests.genome.conftest import Reader

RECORDS = (
    "chr1 10000 . A G 50 PASS . GT:DP:GQ:AD 0/1:30:99:15,15",
    "chr1 10005 . C A 50 low;depth . GT:DP:GQ:AD 1/1:4:12:0,4",
    "chr1 10010 . A T,G 50 low . GT:DP:GQ:AD 1/2:20:40:0,10,10",
    "chr1 10020 . AT A 50 . . GT:DP:GQ:AD 0/1:40:60:36,4",
    "chr1 10030 . A AC 50 . . GT 0/1",
    "chr1 10040 . AC GT 50 PASS . GT 0/1",
    "chr2 500 . C T 50 PASS . GT:DP:GQ 0/0:30:50",
    "chr2 600 . C T 50 PASS . GT:DP:GQ 0/0:3:50",
    "chrM 100 . C T 50 PASS . GT:AF 0/1:0.05",
    "chrM 200 . C T 50 PASS . GT:AF 0/1:0.5",
)


def _quality(tmp_path: Path, build: Build = Build.GRCH38) -> Quality:
    return quality_of(tmp_path / "variants.parquet", tmp_path / "coverage.parquet", build=build)


def test_every_carried_allele_is_counted_once_under_what_it_is(read_records: Reader, tmp_path: Path) -> None:
    read_records(*RECORDS)
    quality = _quality(tmp_path)
    assert (quality.records, quality.alleles) == (7, 8)
    assert (quality.snvs, quality.insertions, quality.deletions, quality.mnvs) == (5, 1, 1, 1)
    assert quality.multi_allelic == 1
    # A>G, A>G of the two-allele record; C>A, A>T. The mitochondrial C>T is left out.
    assert (quality.transitions, quality.transversions) == (2, 2)
    assert quality.spectrum == {"C>A": 1, "C>G": 0, "C>T": 0, "T>A": 1, "T>C": 2, "T>G": 0}
    assert (quality.heterozygous, quality.homozygous) == (5, 1)
    assert quality.heterozygous_ratio == 5
    assert sum(one.variants for one in quality.chromosomes) == quality.alleles
    assert sum(sum(one.density) for one in quality.chromosomes) == quality.alleles


def test_a_value_that_the_file_does_not_give_is_counted_as_not_given(read_records: Reader, tmp_path: Path) -> None:
    read_records(*RECORDS)
    quality = _quality(tmp_path)
    assert (quality.depth.given, quality.depth.without) == (5, 3)
    assert quality.depth.median == 20
    assert dict(zip(quality.depth.starts, quality.depth.counts, strict=True))[20] == 2
    assert (quality.genotype_quality.given, quality.genotype_quality.without) == (5, 3)
    balance = dict(zip(quality.balance.starts, quality.balance.counts, strict=True))
    assert (balance[0.1], balance[0.5], quality.balance.without) == (1, 3, 2)


def test_filters_are_counted_by_name_and_by_verdict(read_records: Reader, tmp_path: Path) -> None:
    read_records(*RECORDS)
    filters = _quality(tmp_path).filters
    assert (filters.passed, filters.without, filters.failed) == (3, 2, 3)
    assert filters.names == {"low": 3, "depth": 1}


def test_bases_are_counted_by_what_the_file_says_of_them(read_records: Reader, tmp_path: Path) -> None:
    read_records(*RECORDS)
    first, second = _quality(tmp_path).chromosomes[:2]
    assert (first.variant_bases, first.reference_bases, first.no_call_bases) == (8, 0, 0)
    assert (second.variant_bases, second.reference_bases, second.no_call_bases) == (0, 1, 1)
    shares = _quality(tmp_path).shares
    assert shares.reference + shares.no_call + shares.variant + shares.silent == pytest.approx(1)
    assert shares.variant == pytest.approx(9 / sum(Build.GRCH38.lengths.values()))


def test_a_file_without_a_variant_has_figures_and_no_ratio(read_records: Reader, tmp_path: Path) -> None:
    read_records("chr2 500 . C T 50 PASS . GT:DP:GQ 0/0:30:50")
    quality = _quality(tmp_path)
    assert (quality.records, quality.alleles, quality.multi_allelic) == (0, 0, 0)
    assert quality.transition_ratio is None
    assert quality.heterozygous_ratio is None
    assert quality.depth.median is None


def test_calls_without_a_ref_are_counted_and_make_no_ratio(read_records: Reader, tmp_path: Path) -> None:
    """What an array's calls look like in the table."""
    read_records("chr1 10000 A G GT 0/1", "chr1 10005 C A GT 1/1")
    table = pl.read_parquet(tmp_path / "variants.parquet")
    table = table.with_columns(
        ref=pl.lit(None, pl.String), alt=pl.lit(None, pl.String), dosage=pl.lit(None, pl.UInt32)
    )
    table.write_parquet(tmp_path / "variants.parquet")
    quality = _quality(tmp_path)
    assert (quality.unresolved, quality.snvs, quality.transition_ratio) == (2, 0, None)
    assert (quality.heterozygous, quality.homozygous) == (1, 1)


def test_structural_variants_are_counted_by_type_where_they_are_carried(read_records: Reader, tmp_path: Path) -> None:
    read_records("chr1 10000 A G GT 0/1")
    structural = tmp_path / "structural.parquet"
    pl.DataFrame({"type": ["DEL", "DEL", "DUP"], "dosage": [1, 0, 2]}).write_parquet(structural)
    quality = quality_of(
        tmp_path / "variants.parquet", tmp_path / "coverage.parquet", build=Build.GRCH38, structural=structural
    )
    assert quality.structural == {"DEL": 1, "DUP": 1}
    assert quality.structural_listed == 3


def test_figures_do_not_depend_on_how_many_rows_are_read_at_once(
    read_records: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_records(*RECORDS)
    at_once = _quality(tmp_path)
    monkeypatch.setattr(quality_module, "PART", 2)
    assert _quality(tmp_path) == at_once


STRETCHES = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60), st.integers(0, 30)), max_size=30)


@given(STRETCHES, st.integers(1, 5))
def test_covered_bases_are_those_of_a_set_whatever_the_parts(
    stretches: list[tuple[int, int, int]], part: int
) -> None:
    ordered = sorted((rank, start, start + more) for rank, start, more in stretches)
    covered = CoveredBases()
    for begin in range(0, len(ordered), part):
        rows = pl.DataFrame(
            ordered[begin : begin + part], schema=dict.fromkeys(("rank", "start", "end"), pl.Int64), orient="row"
        )
        covered.add(*(rows[name].to_numpy() for name in ("rank", "start", "end")))
    for rank, name in enumerate(("1", "2", "3")):
        bases = {base for other, start, end in ordered if other == rank for base in range(start, end + 1)}
        assert covered.of(name) == len(bases)


@pytest.mark.parametrize(
    ("heterozygous", "homozygous", "carried_y", "reference_y", "usual", "pattern"),
    [
        (60_000, 40_000, 900, 0, 1.6, "XX"),
        (2_000, 60_000, 5_000, 0, 1.6, "XY"),
        (2_000, 60_000, 0, 20_000_000, 1.6, "XY"),
        (2_000, 60_000, 0, 0, 1.6, None),
        (60_000, 40_000, 20_000, 0, 1.6, None),
        (60_000, 40_000, 900, 20_000_000, 1.6, None),
        (10_000, 50_000, 5_000, 0, 1.6, None),
        (60, 39, 0, 0, 1.6, None),
        (0, 200, 30, 0, 0.03, None),
        (0, 200, 30, 0, None, None),
    ],
)
def test_two_patterns_are_told_apart_and_nothing_else_is(
    heterozygous: int, homozygous: int, carried_y: int, reference_y: int, usual: float | None, pattern: str | None
) -> None:
    told = sex_evidence(
        heterozygous=heterozygous, homozygous=homozygous, carried_y=carried_y, reference_y=reference_y, usual=usual
    )
    assert told.pattern == pattern
    assert told.why


@pytest.mark.parametrize(
    ("heterozygous", "homozygous", "carried_y", "usual", "pattern"),
    [
        (4_000, 12_000, 0, 0.4, "XX"),
        (30, 16_000, 2_000, 0.4, "XY"),
        (30, 16_000, 0, 0.4, None),
        (1_500, 14_500, 0, 0.4, None),
        (30, 16_000, 2_000, 0.05, None),
    ],
)
def test_a_chip_is_measured_by_its_own_autosomes(
    heterozygous: int, homozygous: int, carried_y: int, usual: float, pattern: str | None
) -> None:
    told = sex_evidence(
        heterozygous=heterozygous, homozygous=homozygous, carried_y=carried_y, reference_y=0, usual=usual, chip=True
    )
    assert told.pattern == pattern


def test_the_pseudoautosomal_regions_say_nothing_of_x(read_records: Reader, tmp_path: Path) -> None:
    read_records("chrX 20000 A G GT 0/1", "chrX 5000000 A G GT 1/1", "chrY 5000000 A G GT 1", sex=Sex.MALE)
    sex = _quality(tmp_path).sex
    assert (sex.x_heterozygous, sex.x_homozygous, sex.y_carried) == (0, 1, 1)


REAL = (
    "PG_NA12878_hg38-chr21.vcf.gz",
    "NA12878_NIST2.19_wholegenome_indels.vcf.gz",
    "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz",
    "NA12878.prod.chr20snippet.g.vcf.gz",
    "ashk-trio.vcf.gz",
    "bioc-VariantAnnotation/chr22.vcf.gz",
    "glow/CEUTrio.HiSeq.WGS.b37.NA12878.20.21.vcf",
    "gatk/gvcf.basepairResolution.vcf",
    "hail-1kg-chr22-gvcf/HG00187.hg38.g.vcf.gz",
    "1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz",
)


def _near(told: int) -> int:
    """How far counts may differ: of several alternatives in one record bcftools counts one, a repeat is left out."""
    return max(2, told // 400)


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_the_figures_of_real_genomes_are_those_that_bcftools_finds(
    name: str, shared_data: Path, read_file: Reader, tmp_path: Path
) -> None:
    folder = shared_data / "02-sample-vcfs"
    with (folder / "truth" / "facts.tsv").open(newline="") as file:
        facts = {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}[name]
    build = Build(facts["build"])
    intake = read_file(folder / name, pick=facts["first_sample"], build=build).intake
    assert intake.records_read == int(facts["records"])
    quality = _quality(tmp_path, build)
    # The truth counts the sites where the first sample carries a single base that is not the reference's.
    told = int(facts["first_sample_nonref_sites"])
    assert abs(_single_base_records(tmp_path) - told) <= _near(told)
    if shutil.which("bcftools") is None:
        pytest.skip("no bcftools is installed to compare Ti/Tv with")
    _homozygous, _heterozygous, transitions, transversions, indels = _counted(folder / name, facts["first_sample"])
    assert abs(quality.transitions - transitions) <= _near(transitions)
    assert abs(quality.transversions - transversions) <= _near(transversions)
    assert quality.transition_ratio == pytest.approx(transitions / transversions, rel=0.01)
    assert indels <= quality.insertions + quality.deletions <= indels + quality.multi_allelic + 2


def _single_base_records(tmp_path: Path) -> int:
    table = pl.scan_parquet(tmp_path / "variants.parquet").filter(pl.col("dosage") >= 1)
    single = table.filter((pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1))
    return int(single.select(pl.col("line").n_unique()).collect().item())


def _counted(path: Path, sample: str) -> list[int]:
    """Homozygous, heterozygous, transitions, transversions, indels, as `bcftools stats` counts them of one sample."""
    done = subprocess.run(["bcftools", "stats", "-s", sample, str(path)], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("PSC"))
    return [int(value) for value in line.split("\t")[4:9]]
