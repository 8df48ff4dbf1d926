from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.annotate.place_batches import publish_places, verify_places
from genoteca.annotate.publish import publish_regions
from genoteca.errors import ReferenceDataError

SCHEMA = {"chrom": pl.String, "start": pl.UInt32, "end": pl.UInt32, "note": pl.String}
PLACES = st.tuples(
    st.sampled_from(["1", "2", "X", "MT"]), st.integers(1, 60), st.integers(0, 30), st.sampled_from("ab")
).map(lambda row: (row[0], row[1], row[1] + row[2], row[3]))


def frame(rows: list[tuple[str, int, int, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@given(batches=st.lists(st.lists(PLACES, max_size=20), min_size=1, max_size=6).filter(any))
def test_batches_in_any_order_give_what_publishing_at_once_gives(
    batches: list[list[tuple[str, int, int, str]]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "places.parquet"
        count = publish_places((frame(batch) for batch in batches), path)
        verify_places(path)
        made = pl.read_parquet(path)
    whole = publish_regions(frame([row for batch in batches for row in batch]))
    assert made.select(whole.columns).equals(whole)
    assert count == len(whole)


def test_no_interval_is_no_reference(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="no intervals"):
        publish_places([frame([])], tmp_path / "places.parquet")


@pytest.mark.parametrize(
    "rows",
    [
        [(0, "1", 9, 10), (1, "1", 5, 10)],
        [(0, "1", 9, 8)],
        [(1, "1", 9, 10)],
        [(0, "2", 9, 10), (1, "1", 10, 10)],
    ],
)
def test_what_only_claims_to_be_published_is_found_out(tmp_path: Path, rows: list[tuple[int, str, int, int]]) -> None:
    path = tmp_path / "places.parquet"
    chroms = pl.Enum([*map(str, range(1, 23)), "X", "Y", "MT"])
    schema = pl.Schema({"site": pl.UInt32(), "chrom": chroms, "start": pl.UInt32(), "end": pl.UInt32()})
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)
    with pytest.raises(ReferenceDataError, match="row"):
        verify_places(path)
