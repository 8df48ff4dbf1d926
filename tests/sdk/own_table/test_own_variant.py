"""An interval or a position of one's own file names the genome's variant where the genome's own file has it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.annotate.answer import Answer
from genoteca.model.build import Build
from genoteca.sdk.dataset import Dataset, Written
from genoteca.sdk.lifted import answer_lifted
from genoteca.sdk.local_resources import LocalEngine, LocalPaths
from genoteca.sdk.requests import AnnotateRequest
from genoteca.sdk.resources import PROVIDES, Stored
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca_my_reference import plugin

HEAD = (
    "##fileformat=VCFv4.2\n##contig=<ID=21,length={length}>\n"
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME\n"
)
NEW = HEAD.format(length=Build.GRCH38.lengths["21"]) + "21\t40000012\t.\tA\tG\t60\tPASS\t.\tGT\t0/1\n"
OLD = HEAD.format(length=Build.GRCH37.lengths["21"]) + (
    "21\t40000500\t.\tT\tC\t60\tPASS\t.\tGT\t0/1\n"
    "21\t40000512\t.\tACC\tAC\t60\tPASS\t.\tGT\t1/1\n"
    "21\t40000515\t.\tA\tG,T\t60\tPASS\t.\tGT\t1/2\n"
)
# of GRCh38 40,000,001 to 40,000,100 stand 500 bases further on in GRCh37
CHAIN = (
    f"chain 1 21 {Build.GRCH38.lengths['21']} + 40000000 40000100 "
    f"21 {Build.GRCH37.lengths['21']} + 40000500 40000600 1\n100\n\n"
)
BED = "21\t40000010\t40000020\tmine\n"
POSITIONS = "chrom\tpos\tnote\n21\t40000012\tdeletion\n21\t40000015\tbase\n"


def stored(path: Path, asset: list[str], build: Build, metadata: dict[str, Any]) -> Stored:
    content = path.read_bytes()
    file = Written(file=path.name, rows=1, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    dataset = Dataset(table=path, build=build, metadata=metadata)
    return Stored(path=path, record=dataset.record(asset=asset, partition=None, run="run", written=file))


def lifted(make: MakeSample, folder: Path, file: Path, **told: str) -> pl.DataFrame:
    """Ask a genome of GRCh37 with a file of GRCh38."""
    made = materialize_module(plugin, make(NEW, build="GRCh38"), settings={"source": str(file), **told})
    table = folder / "reference.parquet"
    made.reference.write_parquet(table)
    old = make(OLD, build="GRCh37")
    paths = LocalPaths(old, folder, folder)
    (folder / "to37.chain").write_text(CHAIN)
    paths.datasets[("chains", "to37")] = stored(
        folder / "to37.chain", ["chains", "to37"], Build.GRCH37, {PROVIDES: "chain:GRCh38-GRCh37"}
    )
    request = AnnotateRequest(
        manifest=made.manifest,
        sample_tables=old.tables,
        reference=stored(table, ["my-reference", "reference"], Build.GRCH38, made.record("reference").metadata),
        settings={},
        engine=LocalEngine(old),
        progress=lambda _fraction, _message: None,
    )
    answer: Answer = answer_lifted(
        request, plugin.annotate, paths, partition=old.sample.id.key, scratch=folder
    ).answer
    return answer.frame()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "mine.hg38.bed",
            BED,
            [
                (40_000_511, "21:40000512 AC>A", 2),
                (40_000_511, "21:40000515 A>G", 3),
                (40_000_511, "21:40000515 A>T", 3),
            ],
        ),
        (
            "mine.hg38.tsv",
            POSITIONS,
            [
                (40_000_512, "21:40000512 AC>A", 2),
                (40_000_515, "21:40000515 A>G", 3),
                (40_000_515, "21:40000515 A>T", 3),
            ],
        ),
    ],
)
def test_a_lifted_file_names_the_variants_where_the_genomes_own_file_has_them(
    genoteca_sample: MakeSample, tmp_path: Path, name: str, text: str, expected: list[tuple[int, str, int]]
) -> None:
    (tmp_path / name).write_text(text)
    rows = lifted(genoteca_sample, tmp_path, tmp_path / name).sort("pos", "own_variant")
    assert rows.select("pos", "own_variant", "line").rows() == expected


def test_a_variant_is_named_in_the_genomes_build_and_its_place_in_the_file_in_the_files(
    genoteca_sample: MakeSample, tmp_path: Path
) -> None:
    (tmp_path / "mine.hg38.bed").write_text(BED)
    rows = lifted(genoteca_sample, tmp_path, tmp_path / "mine.hg38.bed")
    assert set(rows["lifted_from"]) == {"GRCh38 21:40000011-40000020"}
    own = pl.read_parquet(genoteca_sample(OLD, build="GRCh37").tables.variants)
    told = own.select(pl.format("{}:{} {}>{}", pl.col("chrom").cast(pl.String), "pos", "ref", "alt")).to_series()
    assert rows["own_variant"].to_list() == [told[row] for row in rows["row"]], (
        "`row` counts the genome's own variants"
    )
