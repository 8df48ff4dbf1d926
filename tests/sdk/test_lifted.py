"""Variants lifted for a sparse module are compared in the module's build, with that build's sequence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.genome.sequences import written
from tests.sdk.modules import manifest

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.lifted_variants import lift_variants
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.genome.lift import Lift
from genoteca.model.build import Build
from genoteca.sdk.dataset import Dataset, Written
from genoteca.sdk.lifted import answer_lifted, sequence_bases
from genoteca.sdk.local_resources import LocalEngine, LocalPaths
from genoteca.sdk.requests import AnnotateRequest
from genoteca.sdk.resources import PROVIDES, Stored
from genoteca.sdk.testing import MakeSample

RUN = "CATGTTTTTTTTGACCA"
"""TTTTTTTT from 5 to 12 in both builds; in GRCh37 it is five bases further on."""
CHAIN = "chain 1 21 48129895 + 5 22 21 46709983 + 0 17 1\n17\n\n"
VCF = """##fileformat=VCFv4.2
##contig=<ID=21,length=48129895>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME
21\t9\t.\tGT\tG\t60\tPASS\t.\tGT:DP:GQ\t0/1:30:99
"""


@pytest.fixture
def paths(genoteca_sample: MakeSample, tmp_path: Path) -> LocalPaths:
    """A sample of GRCh37 that was read with its sequence, and its variants lifted with that of GRCh38."""
    sample = genoteca_sample(VCF, build="GRCh37", kind="whole genome")
    own, other = tmp_path / "s37.parquet", tmp_path / "s38.parquet"
    written(own, Build.GRCH37, c21="ACACG" + RUN)
    written(other, Build.GRCH38, c21=RUN)
    paths = LocalPaths(replace(sample, tables=replace(sample.tables, sequence=own)), tmp_path, tmp_path)
    sequence = keep(paths, ["reference-sequence", "reference"], other, Build.GRCH38, {PROVIDES: "sequence:GRCh38"})
    (tmp_path / "to38.chain").write_text(CHAIN)
    lifted = tmp_path / "lifted.parquet"
    bases = sequence_bases(sequence, Build.GRCH38)
    assert lift_variants(sample.tables.variants, lifted, Lift([tmp_path / "to38.chain"]), bases).rows == 1
    keep(paths, ["sample", "lifted"], lifted, Build.GRCH38, inputs={"sequence:GRCh38": sequence.record.sha256})
    return paths


def keep(
    paths: LocalPaths,
    asset: list[str],
    path: Path,
    build: Build,
    metadata: dict[str, Any] | None = None,
    inputs: dict[str, str] | None = None,
) -> Stored:
    content = path.read_bytes()
    file = Written(file=path.name, rows=1, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    dataset = Dataset(table=path, build=build, metadata=metadata or {}, inputs=inputs or {})
    record = dataset.record(asset=asset, partition=None, run="run", written=file)
    paths.datasets[tuple(asset)] = Stored(path=path, record=record)
    return paths.datasets[tuple(asset)]


def ask(paths: LocalPaths, folder: Path, pos: int, ref: str, alt: str) -> pl.DataFrame:
    reference = folder / "reference.parquet"
    frame = pl.DataFrame([("21", pos, ref, alt)], schema=["chrom", "pos", "ref", "alt"], orient="row")
    write_published(publish_alleles(frame), reference)
    request = AnnotateRequest(
        manifest=manifest(builds=["GRCh38"], dense=False),
        sample_tables=paths.tiny.tables,
        reference=keep(paths, ["little", "reference"], reference, Build.GRCH38),
        settings={},
        engine=LocalEngine(paths.tiny),
        progress=lambda _fraction, _message: None,
    )

    def annotate(asked: AnnotateRequest) -> Answer:
        return annotate_alleles(
            asked.reference.path, asked.sample_tables, columns=[], dense=False, engine=asked.engine.choose(1)
        )

    partition = paths.tiny.sample.id.key
    return answer_lifted(request, annotate, paths, partition=partition, scratch=folder).answer.frame()


@pytest.mark.parametrize(("pos", "ref", "alt"), [(4, "GT", "G"), (11, "TT", "T")])
def test_a_deletion_is_found_in_any_spelling_of_the_other_build(
    paths: LocalPaths, tmp_path: Path, pos: int, ref: str, alt: str
) -> None:
    (row,) = ask(paths, tmp_path, pos, ref, alt).to_dicts()
    assert (row["evidence"], row["dosage"], row["lifted_from"]) == ("called", 1, f"GRCh38 21:{pos} {ref}>{alt}")


def test_without_the_sequence_of_the_other_build_the_spelling_decides(paths: LocalPaths, tmp_path: Path) -> None:
    del paths.datasets[("reference-sequence", "reference")]
    assert len(ask(paths, tmp_path, 4, "GT", "G")) == 1
    assert ask(paths, tmp_path, 11, "TT", "T").is_empty()
