"""Real genomes exported as VCF, against bcftools on the same files."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from genoteca import actions
from genoteca.actions import AddSample, App
from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.annotate.sample_tables import SampleTables
from genoteca.engine.results.vcf import ModuleAnswers, SourceText, write_vcf
from genoteca.genome.inspect import inspect_file
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, AnnotationColumn, ColumnType
from genoteca.model.run import RunStatus
from genoteca.model.sample import Sex
from genoteca.settings import Settings

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed on this computer"),
]

OWN = [
    AnnotationColumn(name="note", label="Note"),
    AnnotationColumn(name="number", label="Number", type=ColumnType.INTEGER),
]
GENOMES = [
    ("PG_NA12878_hg38-chr21.vcf.gz", "plain"),
    ("PG_NA12878_hg38-chr21.vcf.gz", "bcf"),
    ("ashk-trio.vcf.gz", "plain"),
    ("ashk-trio.vcf.gz", "zip"),
    ("NA12878.prod.chr20snippet.g.vcf.gz", "plain"),
    ("talos-trio/joint.vcf.bgz", "plain"),
]


def bcftools(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bcftools", *map(str, arguments)], capture_output=True, text=True, check=True)


def as_given(path: Path, form: str, folder: Path) -> Path:
    if form == "bcf":
        bcftools("view", path, "-Ob", "-o", folder / "genome.bcf")
        return folder / "genome.bcf"
    if form == "zip":
        with zipfile.ZipFile(folder / "genome.zip", "w") as book:
            book.write(path, "inside/genome.vcf.gz")
        return folder / "genome.zip"
    return path


def as_file(table: object, path: Path) -> Path:
    """Give a module's answers as a file, whether they are one already or a frame."""
    if isinstance(table, Path):
        return table
    assert isinstance(table, pl.DataFrame)
    table.write_parquet(path)
    return path


@pytest.mark.parametrize(("name", "form"), GENOMES)
def test_bcftools_finds_the_same_records_and_every_answer_at_its_allele(
    tmp_path: Path, shared_data: Path, name: str, form: str
) -> None:
    original = shared_data / "02-sample-vcfs" / name
    path = as_given(original, form, tmp_path)
    facts = inspect_file(path)
    build, pick = facts.build or Build.GRCH37, facts.samples[-1]
    variants, coverage = tmp_path / "variants.parquet", tmp_path / "coverage.parquet"
    intake = read_genome(
        path,
        pick=pick,
        build=build,
        sex=Sex.UNSTATED,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=tmp_path / "structural.parquet",
        progress=lambda _fraction, _message: None,
    )
    alleles = pl.read_parquet(variants).select("chrom", "pos", "ref", "alt").unique(maintain_order=True)
    noted = alleles.with_row_index("number").with_columns(
        number=pl.col("number").cast(pl.Int64), note=pl.format("{}>{}; 100 %", "ref", "alt")
    )
    reference = tmp_path / "reference.parquet"
    write_published(publish_alleles(noted), reference)
    sample = SampleTables(variants=variants, coverage=coverage, build=build, kind=intake.kind)
    answer = annotate_alleles(reference, sample, columns=OWN, dense=True, engine="polars")
    stored = as_file(answer.table, tmp_path / "annotations.parquet")
    out, scratch = tmp_path / "out.vcf.gz", tmp_path / "scratch"
    scratch.mkdir()
    written = write_vcf(
        SourceText(path=path, member=None, pick=pick, build=build, records=intake.records_read),
        [ModuleAnswers(module="own", title="Own", release="1", path=stored, columns=[*ANNOTATIONS, *OWN], own=OWN)],
        out,
        scratch=scratch,
        packed=True,
        progress=lambda _fraction, _message: None,
    )
    assert written.index == ".tbi"
    assert written.records == written.counted == intake.records_read
    assert (
        bcftools("view", out, "-Ou", "-o", "/dev/null").stderr
        == bcftools("view", original, "-Ou", "-o", "/dev/null").stderr
    )
    keys = re.findall(r"^##INFO=<ID=(own_\w+)", bcftools("view", "-h", out).stdout, re.MULTILINE)
    stripped = bcftools("annotate", "--no-version", "-x", ",".join(f"INFO/{key}" for key in keys), out)
    source = bcftools("view", "--no-version", "-I", "-s", pick, original)
    same = [text.stdout.partition("#CHROM")[2] for text in (stripped, source)]
    assert same[0] == same[1]
    frame = pl.read_parquet(stored).filter(pl.col("evidence").cast(pl.String).is_in(["called", "partial"]))
    wanted = frame.filter(pl.col("match").cast(pl.String) != "position")["number"].sort().to_list()
    told = bcftools("query", "-f", "%INFO/own_number\n", out).stdout.split()
    assert sorted(int(one) for text in told for one in text.split(",") if one != ".") == wanted
    assert written.modules["own"].reconciles


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = actions.open_app(
        Settings(home=tmp_path_factory.mktemp("real") / "home", standby_seconds=0, offline=True)
    )
    actions.start(opened)
    try:
        yield opened
    finally:
        actions.close(opened)


@pytest.mark.long
def test_what_clinvar_says_of_a_gvcf_is_on_its_records_or_counted(
    app: App, shared_data: Path, tmp_path: Path
) -> None:
    clinvar = shared_data / "03-annotation-dbs/clinvar/clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    actions.install_module(app, "clinvar")
    actions.configure_module(app, "clinvar", {"source": str(clinvar)})
    genome = shared_data / "02-sample-vcfs" / "NA12878_GATK_wholegenome_thinned.hg38.g.vcf.gz"
    sample, run = actions.add_sample(app, AddSample(path=str(genome), user="real", sample="gvcf"))
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    run = actions.annotate(app, sample.key)
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    out = tmp_path / "out.vcf.gz"
    report = actions.export_sample(app, sample.key, format="vcf", output=out)
    counts = report.modules["clinvar"]
    assert counts.reconciles
    intake = actions.show_sample(app, sample.key).intake
    assert intake is not None
    assert report.rows == intake.records_read
    assert bcftools("view", out, "-Ou", "-o", "/dev/null").stderr == ""
    told = bcftools("query", "-f", "%INFO/clinvar_SITES\n", out).stdout.split()
    assert sum(len(text.split(",")) for text in told if text != ".") == counts.on_records > 1000
    table = actions.export_sample(app, sample.key, format="parquet", output=tmp_path / "out.parquet")
    assert table.rows == table.variants + counts.rows - counts.on_variants
