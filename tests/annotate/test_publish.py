from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from genoteca.annotate import publish
from genoteca.annotate.publish import (
    ALLELE_SITE,
    publish_alleles,
    publish_batches,
    verify_published,
    write_published,
)
from genoteca.errors import ReferenceDataError
from genoteca.genome import sorted_table
from genoteca.genome.alleles import trim

ROWS = pl.DataFrame(
    {
        "chrom": ["X", "2", "2", "2", "2", "13"],
        "pos": [10, 500, 500, 500, 500, 32340300],
        "ref": ["a", "A", "A", "A", "A", "GTGG"],
        "alt": ["t", "T", "G", "G", "G", "GGG"],
        "note": ["x", "t", "one", "two", "one", "brca2"],
    }
)


def test_sites_are_trimmed_keyed_sorted_and_numbered() -> None:
    made = publish_alleles(ROWS)
    assert made.columns == [*ALLELE_SITE, "note"]
    assert made["key"].is_sorted()
    assert made["site"].to_list() == [0, 1, 2, 3, 4]
    assert made.select("chrom", "ref", "alt", "note").rows() == [
        ("2", "A", "G", "one"), ("2", "A", "G", "two"), ("2", "A", "T", "t"), ("13", "GT", "G", "brca2"),
        ("X", "A", "T", "x"),
    ]  # fmt: skip
    assert (made["infer"].all(), made["always"].any()) == (True, False)


def test_only_a_row_that_is_the_same_in_every_column_is_dropped() -> None:
    notes = publish_alleles(ROWS).filter(pl.col("alt") == "G", pl.col("chrom") == "2")["note"].to_list()
    assert notes == ["one", "two"]
    repeated_later = pl.concat([ROWS, ROWS])
    assert_frame_equal(publish_alleles(repeated_later), publish_alleles(ROWS))


def test_publishing_twice_is_publishing_once() -> None:
    once = publish_alleles(ROWS)
    assert_frame_equal(publish_alleles(once), once)


def test_flags_given_are_kept() -> None:
    given_flags = ROWS.with_columns(infer=pl.lit(value=False), always=pl.col("note") == "x")
    made = publish_alleles(given_flags)
    assert not made["infer"].any()
    assert made.filter("always")["note"].to_list() == ["x"]


def test_a_written_reference_is_verified_and_reads_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "reference.parquet"
    made = publish_alleles(ROWS)
    write_published(made, path)
    verify_published(path)
    assert_frame_equal(pl.read_parquet(path), made)
    group = pq.ParquetFile(path).metadata.row_group(0)
    encodings = {group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)}
    assert all("DELTA_BINARY_PACKED" in encodings[name] for name in ("site", "key", "pos"))


def swap_sites(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.reverse().with_columns(site=frame["site"])


DAMAGE: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "not sorted": swap_sites,
    "not numbered": lambda frame: frame.with_columns(pl.col("site") + 1),
    "not of its alleles": lambda frame: frame.with_columns(alt=pl.lit("C")),
    "not trimmed": lambda frame: frame.with_columns(pl.col("ref", "alt") + "T"),
    "absent or of another type": lambda frame: frame.with_columns(pl.col("pos").cast(pl.Int64)),
    "absent": lambda frame: frame.drop("always"),
    "empty cell": lambda frame: frame.with_columns(pl.lit(None, pl.Boolean).alias("infer")),
    "repeats another row": lambda frame: pl.concat([frame, frame.tail(1)]).with_columns(
        site=pl.int_range(pl.len(), dtype=pl.UInt32)
    ),
}


@pytest.mark.parametrize("says", DAMAGE)
def test_a_damaged_reference_is_refused(tmp_path: Path, says: str) -> None:
    path = tmp_path / "reference.parquet"
    write_published(DAMAGE[says](publish_alleles(ROWS)), path)
    with pytest.raises(ReferenceDataError, match=says):
        verify_published(path)


def test_a_repeat_across_two_parts_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "ROWS_A_GROUP", 2)
    path = tmp_path / "reference.parquet"
    made = publish_alleles(ROWS)
    write_published(made, path)
    verify_published(path)
    repeated = pl.concat([made.head(2), made.tail(-1)]).with_columns(site=pl.int_range(pl.len(), dtype=pl.UInt32))
    write_published(repeated, path)
    with pytest.raises(ReferenceDataError, match="row 2 repeats another row"):
        verify_published(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"chrom": "GL000191.1"}, "GL000191.1"),
        ({"alt": "<DEL>"}, "row 0: alt is '<DEL>'"),
        ({"ref": ""}, "row 0: ref is ''"),
        ({"pos": None}, "empty cells in pos"),
        ({"chrom": None}, "empty cells in chrom"),
    ],
)
def test_a_cell_without_a_usable_value_is_named(change: dict[str, str | None], says: str) -> None:
    with pytest.raises(ReferenceDataError, match=says):
        publish_alleles(ROWS.with_columns(**{name: pl.lit(value) for name, value in change.items()}))


def test_a_column_that_is_absent_is_named() -> None:
    with pytest.raises(ReferenceDataError, match="no column alt; it has chrom, pos, ref"):
        publish_alleles(ROWS.drop("alt"))


bases = st.text("ACGTacgtN", min_size=1, max_size=14)


@given(rows=st.lists(st.tuples(st.sampled_from(["1", "22", "MT"]), st.integers(1, 60), bases, bases), max_size=12))
def test_what_is_published_is_what_was_given(rows: list[tuple[str, int, str, str]]) -> None:
    frame = pl.DataFrame(
        rows, schema={"chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String}, orient="row"
    )
    made = publish_alleles(frame)
    want = {(chrom, *trim(pos, ref, alt)) for chrom, pos, ref, alt in rows}
    assert set(made.select("chrom", "pos", "ref", "alt").iter_rows()) == want
    assert len(made) == len(want)


def in_batches(frame: pl.DataFrame, sizes: list[int]) -> Iterator[pl.DataFrame]:
    """Cut a frame at these sizes, over and over; a size of 0 is an empty batch."""
    start = 0
    while start < len(frame):
        for size in [*sizes, 1]:
            yield frame[start : start + size]
            start += size


@pytest.fixture
def _small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "ROWS_A_GROUP", 5)
    monkeypatch.setattr(sorted_table, "GROUP", 4)
    monkeypatch.setattr(sorted_table, "MERGED", 6)


few_bases = st.text("ACGT", min_size=1, max_size=8)
sites = st.tuples(
    st.sampled_from(["1", "22", "MT"]), st.integers(1, 12), few_bases, few_bases, st.sampled_from("xyz")
)
SITE_COLUMNS = {"chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String, "note": pl.String}


@pytest.mark.usefixtures("_small_groups")
@settings(deadline=None)
@given(
    rows=st.lists(sites, min_size=1, max_size=40),
    ordered=st.booleans(),
    sizes=st.lists(st.integers(0, 9), max_size=3),
)
def test_batches_of_any_size_and_order_are_published_as_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    rows: list[tuple[str, int, str, str, str]],
    ordered: bool,
    sizes: list[int],
) -> None:
    frame = pl.DataFrame(sorted(rows) if ordered else rows, schema=SITE_COLUMNS, orient="row")
    path = tmp_path_factory.mktemp("published") / "reference.parquet"
    want = publish_alleles(frame)
    assert publish_batches(in_batches(frame, sizes), path) == len(want)
    assert_frame_equal(pl.read_parquet(path), want)
    verify_published(path)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("_small_groups")
def test_every_row_of_an_allele_is_finished_at_once_and_in_the_order_given(tmp_path: Path) -> None:
    notes = [str(number) for number in range(30)]
    one = pl.DataFrame({"chrom": "7", "pos": 5, "ref": "CA", "alt": "CG", "note": notes})
    other = one.with_columns(chrom=pl.lit("2"))
    seen: list[pl.DataFrame] = []

    def first_of_each(frame: pl.DataFrame) -> pl.DataFrame:
        seen.append(frame)
        return frame.unique("key", keep="first", maintain_order=True).with_columns(infer=pl.col("note") != "0")

    path = tmp_path / "reference.parquet"
    assert publish_batches(in_batches(pl.concat([one, other]), [7]), path, finish=first_of_each) == 2
    assert pl.read_parquet(path).select("chrom", "pos", "ref", "alt", "infer", "note").rows() == [
        ("2", 6, "A", "G", False, "0"), ("7", 6, "A", "G", False, "0"),
    ]  # fmt: skip
    assert [frame["note"].to_list() for frame in seen] == [notes, notes]


def test_a_site_behind_a_gate_always_has_a_row() -> None:
    gates = ["", "Ask first.", None, "Ask first.", "", ""]
    made = publish_alleles(ROWS.with_columns(gate=pl.Series(gates, dtype=pl.String), note=pl.Series(list("abcdef"))))
    assert dict(made.sort("note").select("note", "always").iter_rows()) == dict(
        zip("abcdef", (bool(gate) for gate in gates), strict=True)
    )


def test_batches_are_written_as_a_frame_is(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.parquet", tmp_path / "parts.parquet"
    write_published(publish_alleles(ROWS), whole)
    publish_batches([ROWS], parts)
    assert pq.read_schema(parts) == pq.read_schema(whole)
    one, other = (pq.ParquetFile(path).metadata.row_group(0) for path in (whole, parts))
    for place in range(one.num_columns):
        assert one.column(place).encodings == other.column(place).encodings
        assert one.column(place).compression == other.column(place).compression == "ZSTD"


@pytest.mark.parametrize("batches", [[], [ROWS.clear()], [ROWS.clear(), ROWS.clear()]])
def test_batches_without_a_row_are_refused(tmp_path: Path, batches: list[pl.DataFrame]) -> None:
    with pytest.raises(ReferenceDataError, match="no alleles at all"):
        publish_batches(batches, tmp_path / "reference.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_cannot_be_used_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="row 0: alt is '<DEL>'"):
        publish_batches([ROWS, ROWS.with_columns(alt=pl.lit("<DEL>"))], tmp_path / "reference.parquet")
    assert list(tmp_path.iterdir()) == []
