"""Real records, in the shape of the dataset, against bcftools on the same records."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.sdk import Build, trim
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_ensembl_variation import plugin

PIECES = (
    "01-vcf-conformance/polars-bio/vcf/ensembl.vcf",
    "01-vcf-conformance/polars-bio/vcf/ensembl-2.vcf",
    "03-annotation-dbs/dbsnp/dbsnp_135.b37.1000.vcf",
    "03-annotation-dbs/gatk-snippets/Homo_sapiens_assembly19.dbsnp135.chr1_1M.exome_intervals.vcf",
    "03-annotation-dbs/gatk-snippets/dbsnp_138.b37.20.10m-10m100.vcf",
    "03-annotation-dbs/gatk-snippets/dbsnp_138.b37.21.10m-10m100.vcf",
)
Line = tuple[str, int, str, str, str, str]


def lines(shared_data: Path) -> list[Line]:
    """Chromosome, position, identifier, REF, ALT and INFO of every record, in order.

    Some of the positions are of GRCh37: here they only stand beside each other, and no landmark is among them.
    """
    found = []
    for piece in PIECES:
        text = (shared_data / piece).read_text()
        cells = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
        found += [(c[0], int(c[1]), c[2], c[3], c[4], c[7]) for c in cells]
    return sorted(found, key=lambda line: (line[0], line[1]))


def as_dataset(shapes: Any, folder: Path, found: list[Line]) -> Iterator[Path]:
    for chrom, group in groupby(found, key=lambda line: line[0]):
        rows = []
        for _, pos, name, ref, alt, info in group:
            told = dict(entry.partition("=")[::2] for entry in info.split(";"))
            named = {key: told[key] for key in ("TSA", "MA", "AA") if key in told}
            flags = {key: True for key in told if key in shapes.flags}
            rows.append(shapes.record(chrom, pos, name, ref, alt.replace(",", "|"), **named, **flags))
        yield shapes.chromosome(folder, chrom, rows)


def vcf(found: list[Line], *, sample: bool) -> str:
    """The records as a VCF of sites, or of a genome that carries the last ALT of every third of them."""
    chroms = sorted({line[0] for line in found})
    head = ["##fileformat=VCFv4.2", *(f"##contig=<ID={c},length={Build.GRCH38.lengths[c]}>" for c in chroms)]
    if not sample:
        head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
        return "\n".join([*head, *(f"{c}\t{p}\t{i}\t{r}\t{a}\t.\t.\t." for c, p, i, r, a, _ in found)]) + "\n"
    head.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">')
    head.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme")
    carried = [f"{c}\t{p}\t.\t{r}\t{a.split(',')[-1]}\t50\tPASS\t.\tGT\t0/1" for c, p, _, r, a, _ in found[::3]]
    return "\n".join([*head, *carried]) + "\n"


def bcftools(*arguments: str | Path) -> str:
    return subprocess.run(["bcftools", *arguments], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def found(shared_data: Path) -> list[Line]:
    if not shutil.which("bcftools"):
        pytest.skip("bcftools is not on this computer")
    return lines(shared_data)


@pytest.mark.real_data
def test_the_answers_are_those_of_bcftools(
    shapes: Any, found: list[Line], tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    assert len(found) > 800
    assert len(list(as_dataset(shapes, tmp_path / "data", found))) > 1
    made = materialize_module(plugin, genoteca_sample(vcf(found, sample=True)), settings={"source": str(tmp_path)})
    assert made.failed_checks == []

    for name in ("sites", "genome"):
        (tmp_path / f"{name}.vcf").write_text(vcf(found, sample=name == "genome"))
        bcftools("view", "-Oz", "-o", tmp_path / f"{name}.vcf.gz", tmp_path / f"{name}.vcf")
        bcftools("index", tmp_path / f"{name}.vcf.gz")
    bcftools("norm", "-m", "-any", "-Oz", "-o", tmp_path / "split.vcf.gz", tmp_path / "sites.vcf.gz")
    bcftools("index", tmp_path / "split.vcf.gz")

    split = bcftools("query", "-f", "%CHROM\t%POS\t%REF\t%ALT\n", tmp_path / "split.vcf.gz").splitlines()
    listed = {
        (c, *trim(int(p), r, a)) for c, p, r, a in (line.split("\t") for line in split) if set(a) <= set("ACGT")
    }
    assert set(made.reference.select("chrom", "pos", "ref", "alt").rows()) == listed

    named = bcftools("annotate", "-a", tmp_path / "split.vcf.gz", "-c", "ID", tmp_path / "genome.vcf.gz")
    told = [line.split("\t")[:5] for line in named.splitlines() if not line.startswith("#")]
    expected = {(c, *trim(int(p), r, a)): name for c, p, name, r, a in told if name != "."}
    answers = {(c, p, r, a): (name, others) for c, p, r, a, name, others in _named(made.table)}
    assert answers.keys() == expected.keys()
    assert [key for key, name in expected.items() if name not in answers[key][0].split(";")] == []


def _named(table: pl.DataFrame) -> list[tuple[str, int, str, str, str, str]]:
    every = pl.concat_str("rsid", pl.col("other_ids").fill_null(""), separator=";").alias("every")
    return table.select("chrom", "pos", "ref", "alt", every, "other_ids").rows()
