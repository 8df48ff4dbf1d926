"""Lifting against what others say of the same variants in both builds."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.lifted_variants import lift_variants, oriented, variants_told_back
from genoteca.annotate.lifting import lift_alleles, told_back, withheld
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.annotate.record_bases import RecordBases
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.lift import Lift, LiftedSite, Reason, lift_site
from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.sites import read_sites
from genoteca.model.build import Build
from genoteca.model.column import LIFTED_VARIANTS, AnnotationColumn, ColumnType
from genoteca.model.sample import Sex

pytestmark = pytest.mark.real_data

GENOTYPE = [AnnotationColumn(name="truth", label="Truth", type=ColumnType.INTEGER, description="Copies in GRCh38.")]


@pytest.fixture
def chain(shared_data: Path) -> Callable[[str], Lift]:
    return lambda name: Lift([shared_data / "08-liftover" / "ensembl-chains" / f"{name}.chain.gz"])


def by_allele(path: Path) -> dict[str, tuple[str, int, str, str]]:
    """Place and alleles of every ClinVar allele ID in a table that was made of ClinVar's XML."""
    found = {}
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for line in lines:
            if not line.startswith("#"):
                chrom, pos, _, ref, alt, _, _, info = line.rstrip("\n").split("\t")[:8]
                if number := re.search(r"(?:^|;)ALLELE_ID=(\d+)", info):
                    found[number[1]] = (chrom, int(pos), ref, alt)
    return found


@pytest.mark.parametrize(
    ("name", "ending", "least"),
    [("clinvar_alleles_example_750_rows.single", "vcf", 500), ("clinvar_alleles.multi", "vcf.gz", 500)],
)
def test_clinvars_alleles_lift_where_clinvar_has_them(
    shared_data: Path, chain: Callable[[str], Lift], name: str, ending: str, least: int
) -> None:
    """Of 515 and 551 alleles in both builds every one lifts to its own place with its own alleles, both ways."""
    folder = shared_data / "03-annotation-dbs" / "clinvar" / "macarthur"
    old, new = (by_allele(folder / f"{name}.{build}.{ending}") for build in ("b37", "b38"))
    there, back = chain("GRCh37_to_GRCh38"), chain("GRCh38_to_GRCh37")
    shared = old.keys() & new.keys()
    assert len(shared) > least
    for number in shared:
        assert lifted(there, old[number]) == new[number]
        assert lifted(back, new[number]) == old[number]


def lifted(lift: Lift, allele: tuple[str, int, str, str]) -> tuple[str, int, str, str] | Reason:
    chrom, pos, ref, alt = allele
    site = lift_site(lift, (chrom, pos), ref, (alt,))
    return (site.chrom, site.pos, site.ref, site.alts[0]) if isinstance(site, LiftedSite) else site


def na12878(shared: Path, folder: Path) -> SampleTables:
    """NA12878 in GRCh37, every fortieth variant of the whole genome (NIST 2.19)."""
    variants, coverage, structural = (folder / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    path = shared / "02-sample-vcfs" / "NA12878_NIST2.19_wholegenome_indels.vcf.gz"
    intake = read_genome(
        path, pick=None, build=Build.GRCH37, sex=Sex.FEMALE, limits=Limits(), variants=variants, coverage=coverage,
        structural=structural, progress=lambda *_: None,
    )  # fmt: skip
    return SampleTables(variants=variants, coverage=coverage, build=Build.GRCH37, kind=intake.kind, sex=Sex.FEMALE)


def platinum(shared: Path, target: Path) -> Path:
    """Publish a module of GRCh38 alone: NA12878 on chromosome 21 (Platinum Genomes), with the copies she has."""
    path = shared / "02-sample-vcfs" / "PG_NA12878_hg38-chr21.vcf.gz"
    table = read_sites(path, info=[]).table
    copies: dict[tuple[int, int], int] = {}
    with gzip.open(path, "rt") as lines:
        for number, line in enumerate((line for line in lines if not line.startswith("#")), 1):
            genotype = re.split(r"[/|]", line.rstrip("\n").split("\t")[9].split(":")[0])
            for allele in range(1, 12):
                copies[number, allele] = genotype.count(str(allele))
    truth = [copies[number, allele] for number, allele in table.select("line", "allele").iter_rows()]
    frame = table.select("chrom", "pos", "ref", "alt").with_columns(pl.Series("truth", truth, dtype=pl.Int64))
    write_published(publish_alleles(frame.unique(["chrom", "pos", "ref", "alt"])), target)
    return target


def test_a_module_of_grch38_answers_na12878_in_grch37_as_her_grch38_genome_does(
    shared_data: Path, chain: Callable[[str], Lift], tmp_path: Path
) -> None:
    sample, reference = na12878(shared_data, tmp_path), platinum(shared_data, tmp_path / "reference.parquet")
    lift, bases, target = chain("GRCh38_to_GRCh37"), RecordBases(sample.variants), tmp_path / "lifted.parquet"
    sites = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=bases)
    answer = annotate_alleles(target, sample, columns=GENOTYPE, dense=True, engine="polars")
    unknown = withheld(answer, sites)
    sites = lift_alleles(reference, target, lift, source=Build.GRCH38, bases=bases, without=unknown)
    answer = annotate_alleles(target, sample, columns=GENOTYPE, dense=True, engine="polars")
    back = told_back(answer, sites, dense=True)
    assert back.sites == sum(back.evidence.values()) == len(pl.read_parquet(reference))
    assert not back.evidence["reference"] + back.evidence["inferred"]  # no sequence: nobody knows the base
    called = back.frame().filter(pl.col("evidence").cast(pl.String) == "called", pl.col("match") == "allele")
    agreeing = called.filter(pl.col("dosage").cast(pl.Int64) == pl.col("truth"))
    assert len(called) > 900
    assert len(agreeing) / len(called) > 0.98


def test_na12878s_variants_lift_to_grch38_where_her_grch38_genome_has_them(
    shared_data: Path, chain: Callable[[str], Lift], tmp_path: Path
) -> None:
    sample, reference = na12878(shared_data, tmp_path), platinum(shared_data, tmp_path / "reference.parquet")
    table, turned = tmp_path / "lifted.parquet", tmp_path / "oriented.parquet"
    made = lift_variants(sample.variants, table, chain("GRCh37_to_GRCh38"), None)
    rows = pl.scan_parquet(sample.variants).select(pl.len()).collect().item()
    assert made.rows + sum(made.set_aside.values()) == rows
    assert made.rows / rows > 0.98
    assert list(pl.read_parquet_schema(table)) == [column.name for column in LIFTED_VARIANTS]
    swapped = oriented(table, reference, turned)
    tables = SampleTables(variants=turned, coverage=sample.coverage, build=Build.GRCH38, kind=sample.kind)
    answer = annotate_alleles(reference, tables, columns=GENOTYPE, dense=False, engine="polars")
    back = variants_told_back(answer, turned, build=Build.GRCH38)
    agreeing = back.frame().filter(pl.col("dosage").cast(pl.Int64) == pl.col("truth"))
    assert len(back.frame()) > 900
    assert len(agreeing) / len(back.frame()) > 0.98
    assert swapped >= 0
    own = pl.read_parquet(sample.variants)
    for row in back.frame().head(50).iter_rows(named=True):
        variant = own.row(row["row"], named=True)
        assert (row["chrom"], row["pos"]) == (variant["chrom"], variant["pos"])
        assert row["line"] == variant["line"]
