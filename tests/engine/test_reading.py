from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from genoteca.engine import reading, records
from genoteca.engine.files import sha256_of
from genoteca.engine.reading import key_is_sorted, read_sample_file, source_dataset, stretches_are_sorted
from genoteca.engine.resources import RunPaths, Scope
from genoteca.engine.samples import read_sample, write_sample
from genoteca.errors import GenomeFileError
from genoteca.genome.schema import CHROM
from genoteca.model.record import Record
from genoteca.model.sample import SampleId, SampleKind
from genoteca.sdk import Dataset

from .workshop import Workshop


def silence(_: float, __: str) -> None:
    """Nobody listens."""


def read(workshop: Workshop, sample: SampleId) -> dict[str, Dataset]:
    """Read a sample as its asset does; the record of its source is written by hand."""
    known = read_sample(workshop.settings.layout, sample)
    path = records.record_path(workshop.settings.layout, ["sample", "source"], sample.key)
    record = Record(
        asset=["sample", "source"],
        partition=sample.key,
        run="0" * 8,
        created=known.added,
        file=None,
        rows=0,
        bytes=1,
        sha256="source-sha",
        code_version="1",
        data_version="",
    )
    records.write_record(path, record)
    return read_sample_file(RunPaths(workshop.settings, Scope()), sample.key, silence)


def test_the_source_is_recorded_with_size_and_checksum(workshop: Workshop) -> None:
    known = read_sample(workshop.settings.layout, workshop.genome())
    dataset = source_dataset(known, silence)
    assert dataset.table is None
    assert dataset.metadata["sha256"] == sha256_of(Path(known.source.path))
    assert dataset.metadata["bytes"] == known.source.bytes


def test_a_file_that_was_changed_is_refused(workshop: Workshop) -> None:
    known = read_sample(workshop.settings.layout, workshop.genome())
    with Path(known.source.path).open("a") as file:
        file.write("more")
    with pytest.raises(GenomeFileError, match="bytes; it had"):
        source_dataset(known, silence)


@pytest.mark.parametrize(
    ("kept", "told"), [("copy", "copy of the genome's file is damaged"), ("in place", "was changed")]
)
def test_a_file_of_the_same_size_that_is_another_one_is_not_read_again(
    workshop: Workshop, kept: Literal["copy", "in place"], told: str
) -> None:
    known = read_sample(workshop.settings.layout, workshop.genome())
    known = known.model_copy(update={"source": known.source.model_copy(update={"kept": kept})})
    path = Path(known.source.path)
    before = sha256_of(path)
    assert source_dataset(known, silence, before=before).metadata["sha256"] == before
    path.write_bytes(path.read_bytes().replace(b"0/1", b"1/1", 1))
    with pytest.raises(GenomeFileError, match="not what was read before") as refused:
        source_dataset(known, silence, before=before)
    assert told in refused.value.title


def test_a_genome_becomes_tables_that_pass_their_checks(workshop: Workshop) -> None:
    made = read(workshop, workshop.genome(records=30))
    verdicts = {check.name: check.verdict for check in made["variants"].checks}
    assert verdicts == {
        "schema": "passed", "ranges": "passed", "sorted": "passed", "reconciles": "passed",
        # no reference sequence is installed, and 30 records are too few
        "reference_bases": "not evaluated", "ti_tv": "not evaluated", "het_hom": "not evaluated",
    }  # fmt: skip
    assert list(made) == ["variants", "coverage", "structural"]
    for name in ("coverage", "structural"):
        assert {check.name for check in made[name].checks} == {"schema", "ranges", "sorted"}
    assert [check for dataset in made.values() for check in dataset.checks if not check.passed] == []
    assert made["variants"].inputs == {"sample/source": "source-sha"}
    assert isinstance(made["variants"].table, Path)
    assert pl.read_parquet(made["variants"].table).height == 30


def test_the_kind_that_the_whole_file_shows_is_written_down(workshop: Workshop) -> None:
    sample = workshop.genome()
    layout = workshop.settings.layout
    known = read_sample(layout, sample)
    write_sample(layout, known.model_copy(update={"kind": SampleKind.EXOME}))
    made = read(workshop, sample)
    intake = made["variants"].metadata["intake"]
    assert isinstance(intake, dict)
    assert read_sample(layout, sample).kind == intake["kind"]


def test_a_table_out_of_order_is_found_also_across_stretches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    path = tmp_path / "x.parquet"
    for keys, sorted_ in (([1, 2, 3, 4, 5], True), ([1, 3, 2, 4], False), ([3, 4, 1, 2], False), ([2, 1], False)):
        pl.DataFrame({"key": pl.Series(keys, dtype=pl.UInt64)}).write_parquet(path)
        assert key_is_sorted(path).passed is sorted_


def test_stretches_are_sorted_by_the_order_of_chromosomes_not_of_letters(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    for chroms, sorted_ in ((["2", "10", "X"], True), (["10", "2", "X"], False)):
        pl.DataFrame(
            {"chrom": pl.Series(chroms, dtype=CHROM), "start": pl.Series([5, 1, 1], dtype=pl.UInt32)}
        ).write_parquet(path)
        assert stretches_are_sorted(path).passed is sorted_
