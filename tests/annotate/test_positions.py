from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.annotate.worlds import NOTE, World, record

from genoteca.annotate.answer import Answer
from genoteca.annotate.place_batches import publish_places
from genoteca.annotate.positions import annotate_positions
from genoteca.errors import DatasetError
from genoteca.model.sample import SampleKind


def ask(world: World, *places: tuple[str, int, str]) -> Answer:
    rows = [(chrom, pos, pos, note) for chrom, pos, note in places]
    frame = pl.DataFrame(rows, schema=["chrom", "start", "end", "note"], orient="row")
    path = world.folder / "places.parquet"
    publish_places([frame.cast({"start": pl.UInt32, "end": pl.UInt32})], path)
    return annotate_positions(path, world.tables(), columns=[NOTE])


def test_every_carried_variant_at_a_place_is_found_whatever_its_allele(tmp_path: Path) -> None:
    world = World(
        folder=tmp_path,
        records=[
            record(1, "1", 100, "A", "G,T", "1/2"),
            record(2, "1", 200, "CAA", "C", "0/1"),
            record(3, "1", 201, "A", "G", "0/0"),
            record(4, "2", 100, "A", "G", "1/1"),
        ],
    )
    answer = ask(world, ("1", 100, "one"), ("1", 100, "other"), ("1", 200, "del"), ("1", 201, "in"), ("2", 99, "no"))
    found = answer.frame().select("note", "line", "allele", "genotype", "dosage").rows()
    assert found == [
        ("one", 1, 1, "G/T", 1),
        ("one", 1, 2, "G/T", 1),
        ("other", 1, 1, "G/T", 1),
        ("other", 1, 2, "G/T", 1),
        ("del", 2, 1, "CAA/C", 1),
    ]
    assert set(answer.frame()["match"]) == {"position"}
    assert set(answer.frame()["evidence"]) == {"called"}
    assert answer.frame()["alt"].null_count() == len(answer.frame())
    assert answer.sites is None


def test_a_half_known_genotype_is_partial(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "./1")])
    assert ask(world, ("1", 100, "x")).frame().select("evidence", "genotype").rows() == [("partial", "?/G")]


def test_an_array_is_refused_as_it_names_no_variants(tmp_path: Path) -> None:
    world = World(folder=tmp_path, records=[record(1, "1", 100, "A", "G", "0/1")], kind=SampleKind.ARRAY)
    with pytest.raises(DatasetError, match="which of its alleles is the reference's"):
        ask(world, ("1", 100, "x"))
