from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.publish import publish_alleles, verify_published, write_published
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.inspect import inspect_file
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import Sex

GENOMES = [
    "PG_NA12878_hg38-chr21.vcf.gz",
    "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz",
    "ashk-trio.vcf.gz",
]


@pytest.mark.real_data
@pytest.mark.parametrize("name", GENOMES)
def test_a_genome_asked_for_its_own_alleles_carries_those_it_carries(
    tmp_path: Path, shared_data: Path, name: str
) -> None:
    path = shared_data / "02-sample-vcfs" / name
    facts = inspect_file(path)
    build = facts.build or Build.GRCH37
    variants, coverage = tmp_path / "variants.parquet", tmp_path / "coverage.parquet"
    intake = read_genome(
        path,
        pick=facts.samples[0],
        build=build,
        sex=Sex.UNSTATED,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=tmp_path / "structural.parquet",
        progress=lambda _fraction, _message: None,
    )
    rows = pl.read_parquet(variants)
    reference = tmp_path / "reference.parquet"
    write_published(publish_alleles(rows.select("chrom", "pos", "ref", "alt")), reference)
    verify_published(reference)
    sample = SampleTables(variants=variants, coverage=coverage, build=build, kind=intake.kind)
    answers = [
        annotate_alleles(reference, sample, columns=[], dense=True, engine=engine) for engine in ("polars", "duckdb")
    ]
    assert_frame_equal(answers[0].frame(), answers[1].frame())
    carried = rows.filter(pl.col("dosage") >= 1).select("key", "ref", "alt").unique()
    answered = answers[0].frame().filter(pl.col("evidence").is_in(["called", "partial"]))
    off_mt = answered.filter((pl.col("chrom") != "MT") & (pl.col("match") == "allele"))
    assert len(carried) > 1000
    assert len(off_mt.join(carried, on=["key", "ref", "alt"], how="semi")) == len(carried)
    assert answers[0].compared == answers[0].agreeing > 1000
