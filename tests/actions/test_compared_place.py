"""A row of a comparison leads to the genome that carries it, in that genome's own build."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.genome.key import variant_keys
from genoteca.model.comparison import Comparison, Difference

FIRST, SECOND = "me/old", "me/new"
THERE = {"chrom": "2", "pos": 100, "ref": "G", "alt": "A"}


@pytest.fixture
def lifted(tmp_path: Path) -> Path:
    row = {**THERE, "from_chrom": "2", "from_pos": 90, "from_ref": "C", "from_alt": "T"}
    frame = pl.DataFrame([row], schema_overrides={"pos": pl.UInt32, "from_pos": pl.UInt32})
    path = tmp_path / "lifted.parquet"
    frame.with_columns(key=variant_keys(frame.select("chrom", "pos", "ref", "alt"))).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ({"difference": Difference.FIRST.value}, f"/variant/{FIRST}/2-90-C-T"),
        ({"difference": Difference.SECOND.value}, f"/variant/{SECOND}/2-100-G-A"),
        ({"difference": Difference.FIRST.value, "pos": 500}, f"/variant/{SECOND}/2-500-G-A"),
    ],
)
def test_of_two_builds_a_row_opens_in_the_build_of_the_genome_that_carries_it(
    desk: App, monkeypatch: pytest.MonkeyPatch, lifted: Path, row: dict[str, Any], address: str
) -> None:
    told = Comparison(first=FIRST, second=SECOND, build="GRCh38", lifted=FIRST)
    compared = SimpleNamespace(record=SimpleNamespace(metadata={"comparison": told.model_dump(mode="json")}))
    table = SimpleNamespace(row=lambda _number: {**THERE, **row})
    monkeypatch.setattr("genoteca.actions.comparing._stored", lambda *_: compared)
    monkeypatch.setattr("genoteca.actions.comparing._columns", lambda *_: [])
    monkeypatch.setattr("genoteca.actions.browsing.opened", lambda *_: table)
    stored = SimpleNamespace(path=lifted, record=SimpleNamespace(file=None))
    monkeypatch.setattr("genoteca.engine.records.current", lambda *_: stored)
    assert actions.compared_place(desk, FIRST, SECOND, 0) == address
