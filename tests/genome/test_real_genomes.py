"""Every real file, compared with what other tools found in it."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import polars as pl
import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from tests.genome.conftest import Reader

pytestmark = pytest.mark.real_data

WITHOUT_GENOTYPES = {"33alleles.vcf", "strelka_grch38_admix_pass_snvs.vcf.gz"}
SAYS_NOTHING = {"no contig/reference lines: only rsIDs+positions tell", "n/a"}

# bcftools stats counts only diploid SNP genotypes without a missing allele; these files call one or many copies.
OTHER_PLOIDY = {"gatk/NA12878.MT.g.vcf", "talos-trio/joint.vcf.bgz", "talos-trio/proband.vcf.bgz"}

GENOMES = (
    *("1000genomes/1kGP_high_coverage_Illumina.chr1.filtered.SNV_INDEL_SV_phased_panel-head-1000.vcf.gz",),
    *("1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz", "33alleles.vcf"),
    *("NA12878.prod.chr20snippet.g.vcf.gz", "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"),
    *("NA12878_NIST2.19_wholegenome_indels.vcf.gz", "PG_NA12878_hg38-chr21.vcf.gz", "ashk-trio.vcf.gz"),
    *("bioc-VariantAnnotation/chr22.vcf.gz", "bioc-VariantAnnotation/chr7-sub.vcf.gz"),
    *("bioc-VariantAnnotation/h1187-10k.vcf.gz", "gatk/NA12878.MT.g.vcf", "gatk/YRIoffspring.chr20snippet.g.vcf"),
    *("gatk/gvcf.basepairResolution.vcf", "glow/CEUTrio.HiSeq.WGS.b37.NA12878.20.21.vcf"),
    *("glow/NA12878_21_10002403.g.vcf", "hail-1kg-chr22-gvcf/HG00187.hg38.g.vcf.gz"),
    *("hail-1kg-chr22-gvcf/HG01058.hg38.g.vcf.gz", "hail-1kg-chr22-gvcf/HG03088.hg38.g.vcf.gz"),
    *("hail-1kg-chr22-gvcf/NA18507.hg38.g.vcf.gz", "hail-1kg-chr22-gvcf/NA18530.hg38.g.vcf.gz"),
    *("hail-1kg-chr22-gvcf/NA20760.hg38.g.vcf.gz", "long_line.g.vcf.gz", "non_ref_call.g.vcf.gz"),
    *("strelka_grch38_admix_pass_snvs.vcf.gz", "talos-trio/father.vcf.bgz", "talos-trio/joint.vcf.bgz"),
    *("talos-trio/mother.vcf.bgz", "talos-trio/proband.vcf.bgz", "x-chromosome.vcf"),
)


def _truth(shared_data: Path) -> dict[str, dict[str, str]]:
    with (shared_data / "02-sample-vcfs" / "truth" / "facts.tsv").open() as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


def test_no_file_of_the_truth_is_left_out(shared_data: Path) -> None:
    assert set(GENOMES) == set(_truth(shared_data))


@pytest.mark.parametrize("name", GENOMES)
def test_every_record_is_kept_or_set_aside(shared_data: Path, read_file: Reader, name: str) -> None:
    truth = _truth(shared_data)[name]
    path = shared_data / "02-sample-vcfs" / name
    if name in WITHOUT_GENOTYPES:
        with pytest.raises(GenomeFileError, match="no genotypes"):
            read_file(path, pick=truth["first_sample"], build=Build(truth["build"]))
        return
    read = read_file(path, pick=truth["first_sample"], build=Build(truth["build"]))
    assert read.intake.records_read == int(truth["records"])
    assert read.intake.reconciles
    assert read.intake.rows == len(read.variants)
    assert read.intake.coverage_rows == len(read.coverage)
    assert read.variants["key"].is_sorted()
    if name not in OTHER_PLOIDY:
        assert _snp_sites(read.variants) == int(truth["first_sample_nonref_sites"])


def _snp_sites(variants: pl.DataFrame) -> int:
    snp = (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1)
    return variants.filter(snp & (pl.col("missing") == 0) & (pl.col("dosage") > 0))["line"].n_unique()


@pytest.mark.parametrize("name", GENOMES)
def test_the_build_is_told_or_left_open(shared_data: Path, name: str) -> None:
    truth = _truth(shared_data)[name]
    facts = inspect_file(shared_data / "02-sample-vcfs" / name)
    expected = None if truth["build_evidence"] in SAYS_NOTHING else Build(truth["build"])
    assert facts.build is expected, facts.build_evidence
    assert len(facts.samples) == int(truth["samples"])
    assert facts.has_genotypes is (name not in WITHOUT_GENOTYPES)
    assert facts.gvcf is ((".g.vcf" in name and name != "long_line.g.vcf.gz") or "gvcf" in name)


@pytest.mark.parametrize("name", ["PG_NA12878_hg38-chr21.vcf.gz", "NA12878_NIST2.19_wholegenome_indels.vcf.gz"])
def test_part_of_a_genome_is_no_whole_genome(shared_data: Path, read_file: Reader, name: str) -> None:
    truth = _truth(shared_data)[name]
    intake = read_file(shared_data / "02-sample-vcfs" / name, build=Build(truth["build"])).intake
    assert intake.kind is SampleKind.PANEL


def test_weak_blocks_of_a_real_gvcf_are_no_call(shared_data: Path, read_file: Reader) -> None:
    read = read_file(shared_data / "02-sample-vcfs" / "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz")
    assert read.intake.kind is SampleKind.GVCF
    silent = read.coverage.filter(pl.col("genotype_quality") == 0)
    # 78,088 of the file's 0/0 blocks have GQ 0, by bcftools query.
    assert len(silent) >= 78_088
    assert set(silent["evidence"]) == {"no_call"}


@pytest.mark.parametrize("name", ["PG_NA12878_hg38-chr21.vcf.gz", "NA12878.prod.chr20snippet.g.vcf.gz"])
def test_genotypes_are_those_that_bcftools_reads(shared_data: Path, read_file: Reader, name: str) -> None:
    tool = which("bcftools")
    if tool is None:
        pytest.skip("bcftools is not on this machine")
    path = shared_data / "02-sample-vcfs" / name
    query = "[%TGT\t%GT]\t%POS\t%FILTER\n"
    told = subprocess.run([tool, "query", "-f", query, str(path)], check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in told.splitlines()]
    read = read_file(path, build=Build(_truth(shared_data)[name]["build"]))
    rows = read.variants.filter(pl.col("missing") == 0).unique("line").select("line", "genotype", "filter")
    assert len(rows) > 1000
    for line, genotype, filtered in rows.iter_rows():
        assert lines[line - 1][0] == genotype
        assert lines[line - 1][3] == (filtered or ".")
    called = {line for line, row in enumerate(lines, start=1) if set(row[1]) & set("123456789")}
    aside = {line for told in read.intake.set_aside.values() for line in told.first_lines}
    assert called - aside == set(read.variants.filter(pl.col("dosage") > 0)["line"])
