"""The reference sequence on its whole way: installed, prepared from a file, used to read a genome."""

from __future__ import annotations

import gzip
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from genoteca import actions
from genoteca.actions import AddSample, App, SampleState
from genoteca.engine import records
from genoteca.errors import InputError, NotFoundError, RunError
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

MODULE = "reference-sequence"
BASES = "GTTTTTTC" + "".join(random.Random(4).choices("ACGT", k=16561))  # noqa: S311 - no secret
"""A made-up mitochondrion, the one chromosome that is short."""

HEADER = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##contig=<ID=chrM,length=16569>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0))
    actions.start(app)
    try:
        actions.install_module(app, MODULE)
        yield app
    finally:
        actions.close(app)


def genome(folder: Path) -> AddSample:
    path = folder / "genome.vcf"
    rows = ["chr1\t1000\t.\tA\tG", "chrM\t6\t.\tTT\tT", f"chrM\t9\t.\t{_other(BASES[8])}\tA"]
    path.write_text(HEADER + "".join(f"{row}\t50\tPASS\t.\tGT\t0/1\n" for row in rows))
    return AddSample(path=str(path), user="anna", sample="g1")


def _other(base: str) -> str:
    return "C" if base != "C" else "G"


def finished(app: App, run: str) -> None:
    done = app.executor.run_until_over(run)
    assert done.status is RunStatus.SUCCEEDED, actions.run_lines(app, run)


def places(app: App) -> list[tuple[int, str, str]]:
    stored = records.current(app.layout, ["sample", "variants"], "anna/g1")
    assert stored is not None
    return pl.read_parquet(stored.path).filter(pl.col("chrom") == "MT").select("pos", "ref", "alt").rows()


def test_a_genome_read_before_the_sequence_came_says_so_and_reads_better_the_second_time(
    app: App, tmp_path: Path
) -> None:
    sample, run = actions.add_sample(app, genome(tmp_path))
    finished(app, run)
    assert places(app) == [(6, "TT", "T"), (9, _other(BASES[8]), "A")]
    assert actions.show_sample(app, sample.key).why_read_again == ""
    assert [one.when for one in actions.show_module(app, MODULE).provided] == [None, None]

    body = gzip.compress(f">chrUn\nACGT\n>chrM\n{BASES}\n".encode())
    (tmp_path / "GRCh38.fa.gz").write_bytes(body)
    settings = {"source": f"{tmp_path}/{{build}}.fa.gz", "checksum": _md5(body)}
    actions.configure_module(app, MODULE, settings)
    finished(app, actions.prepare_module(app, MODULE, "GRCh38"))
    provided = {one.name: one for one in actions.show_module(app, MODULE).provided}
    assert provided["sequence:GRCh38"].when is not None
    assert provided["sequence:GRCh37"].when is None

    card = actions.show_sample(app, sample.key)
    assert card.state is SampleState.READY
    assert "before the reference sequence of GRCh38 was there" in card.why_read_again
    assert [answer.module for answer in card.answers] == [], "it answers for no sample"
    finished(app, actions.retry_run(app, run))
    card = actions.show_sample(app, sample.key)
    assert card.why_read_again == ""
    assert places(app) == [(1, "GT", "G")]
    assert card.intake is not None
    assert card.intake.reference_agreement == 0.5
    stored = records.current(app.layout, ["sample", "variants"], sample.key)
    sequence = records.latest_reference(app.layout, MODULE, "GRCh38")
    assert stored is not None
    assert sequence is not None
    assert stored.record.inputs["sequence:GRCh38"] == sequence.record.sha256


def test_a_file_that_its_checksum_speaks_against_provides_nothing(app: App, tmp_path: Path) -> None:
    body = f">chrM\n{BASES}\n".encode()
    (tmp_path / "MT.fa").write_bytes(body)
    settings = {"source": str(tmp_path / "MT.fa"), "checksum": _md5(body + b"x")}
    actions.configure_module(app, MODULE, settings)
    run = app.executor.run_until_over(actions.prepare_module(app, MODULE, "GRCh37"))
    with pytest.raises(RunError, match="was expected"):
        actions.require_prepared(run)
    assert [one.when for one in actions.show_module(app, MODULE).provided] == [None, None]


def test_only_what_a_module_has_is_prepared(app: App) -> None:
    with pytest.raises(InputError, match="has no 'NCBI36'"):
        actions.prepare_module(app, MODULE, "NCBI36")
    with pytest.raises(NotFoundError, match="clinvar"):
        actions.prepare_module(app, "clinvar", "GRCh38")


def test_there_is_nothing_to_annotate_with(app: App, tmp_path: Path) -> None:
    sample, run = actions.add_sample(app, genome(tmp_path))
    finished(app, run)
    with pytest.raises(InputError, match="No module is installed"):
        actions.annotate(app, sample.key)


def _md5(body: bytes) -> str:
    return f"md5:{hashlib.md5(body).hexdigest()}"  # noqa: S324 - the publisher's kind of checksum
