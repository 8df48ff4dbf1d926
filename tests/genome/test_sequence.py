from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from genoteca.errors import DatasetError, ReferenceDataError
from genoteca.genome.sequence import SEQUENCE_SCHEMA, ReferenceSequence
from genoteca.genome.sequence_file import CHUNK, SequenceWriter, verify_sequence
from genoteca.model.build import Build

from .sequences import repetitive, written

MITOCHONDRION = repetitive(16569, 1)
LENGTH_21 = Build.GRCH38.lengths["21"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sequence") / "reference.parquet"


@pytest.fixture(scope="module")
def sequence(path: Path) -> ReferenceSequence:
    """Chromosomes given out of order; 21 knows bases at the edge of its second chunk."""
    known = "N" * (CHUNK - 4) + "ACGTTGCA"
    return written(path, cMT=MITOCHONDRION, c21=known)


def test_bases_are_found_by_their_place(sequence: ReferenceSequence) -> None:
    assert sequence.bases("MT", 1, 10) == MITOCHONDRION[:10]
    assert sequence.bases("MT", 16560, 16569) == MITOCHONDRION[-10:]
    assert sequence.bases("21", CHUNK - 4, CHUNK + 5) == "NACGTTGCAN"


def test_what_is_not_there_reads_as_n(sequence: ReferenceSequence) -> None:
    assert sequence.chromosomes == ("21", "MT")
    assert sequence.bases("MT", 16569, 16571) == MITOCHONDRION[-1] + "NN"
    assert sequence.bases("MT", 0, 1) == "N" + MITOCHONDRION[0]
    assert sequence.bases("1", 1000, 1003) == "NNNN"


def test_a_whole_chromosome_is_its_bases(sequence: ReferenceSequence) -> None:
    assert sequence.bases("MT", 1, 16569) == MITOCHONDRION
    assert len(sequence.bases("21", 1, LENGTH_21)) == LENGTH_21


def test_positions_may_come_in_any_order_and_shape(sequence: ReferenceSequence) -> None:
    asked = np.array([[CHUNK + 4, 1], [CHUNK, CHUNK + 1]])
    assert sequence.take("21", asked).tolist() == [[ord("A"), ord("N")], [ord("T"), ord("T")]]


def test_lower_case_becomes_upper_case_and_ambiguous_letters_become_n(tmp_path: Path) -> None:
    made = written(tmp_path / "s.parquet", cMT="acgtRyKMnN-*")
    assert made.bases("MT", 1, 12) == "ACGTNNNNNNNN"


def test_rows_are_of_65536_bases_in_groups_of_one_chromosome(path: Path, sequence: ReferenceSequence) -> None:
    table = pl.read_parquet(path)
    assert table.schema == SEQUENCE_SCHEMA
    assert table["chrom"].cast(pl.String).unique(maintain_order=True).to_list() == ["21", "MT"]
    assert table["start"].head(3).to_list() == [1, 65537, 131073]
    assert table["bases"].bin.size().max() == 16384
    verify_sequence(path)


def test_nothing_but_the_sequence_is_left_behind(path: Path, sequence: ReferenceSequence) -> None:
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("length", [16568, 16570])
def test_a_chromosome_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    with (
        pytest.raises(ReferenceDataError, match=f"has {length:,} bases; in GRCh38 it has 16,569"),
        SequenceWriter(tmp_path / "s.parquet", Build.GRCH38) as writer,
    ):
        writer.add("MT", [b"A" * length])
    assert list(tmp_path.iterdir()) == []


def test_a_chromosome_given_twice_is_refused(tmp_path: Path) -> None:
    with SequenceWriter(tmp_path / "s.parquet", Build.GRCH38) as writer:
        writer.add("MT", [MITOCHONDRION.encode()])
        with pytest.raises(ReferenceDataError, match="MT is there twice"):
            writer.add("MT", [MITOCHONDRION.encode()])


def test_another_table_is_no_sequence(tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    pl.DataFrame({"chrom": ["1"]}).write_parquet(other)
    with pytest.raises(DatasetError, match="its columns are chrom"):
        ReferenceSequence(other, Build.GRCH38)
    other.write_text("no table")
    with pytest.raises(DatasetError, match="is no reference sequence"):
        ReferenceSequence(other, Build.GRCH38)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[:-1] + rows[-1:] * 2, "does not follow"),
        (lambda rows: [(*rows[0][:3], rows[0][3][:-1], None)], "other bases than places"),
        (lambda rows: [(*rows[0][:2], 16568, rows[0][3][:-1], None)], "MT: 16,568"),
    ],
)
def test_a_broken_sequence_is_not_published(tmp_path: Path, change: object, words: str) -> None:
    path = tmp_path / "s.parquet"
    written(path, cMT=MITOCHONDRION)
    rows = change(pl.read_parquet(path).rows())  # type: ignore[operator]
    pl.DataFrame(rows, schema=SEQUENCE_SCHEMA, orient="row").write_parquet(path)
    with pytest.raises(ReferenceDataError, match=words):
        verify_sequence(path)
