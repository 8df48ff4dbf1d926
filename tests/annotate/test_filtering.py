"""What limits mark: the preview counts the rows that an annotation would mark, and what it cannot judge."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.annotate.filtering import below_limits, filtered_by_file, preview
from genoteca.model.rules import Rules

ROWS = pl.DataFrame(
    [
        # filter, qual, depth, gq, fraction, dosage, ploidy, missing
        ("PASS", 50.0, 30, 99, 0.5, 1, 2, 0),
        ("low", 50.0, 30, 99, 0.1, 1, 2, 0),
        ("low;deep", 5.0, 3, 9, 0.5, 1, 2, 0),
        (".", None, None, None, None, 1, 2, 0),
        (None, 50.0, 30, 99, 0.95, 1, 2, 0),
        (None, 50.0, 30, 99, 1.0, 2, 2, 0),
        (None, 50.0, 30, 99, 0.1, 1, 2, 1),
        (None, 50.0, 30, 99, 0.05, None, 2, 0),
    ],
    schema={
        "filter": pl.String,
        "qual": pl.Float64,
        "depth": pl.UInt32,
        "genotype_quality": pl.UInt32,
        "allele_fraction": pl.Float64,
        "dosage": pl.UInt32,
        "ploidy": pl.UInt32,
        "missing": pl.UInt32,
    },
    orient="row",
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "variants.parquet"
    ROWS.write_parquet(path)
    return path


def test_without_limits_only_the_file_s_own_filter_marks(table: Path) -> None:
    told = preview(table, Rules())
    assert (told.rows, told.marked, told.reasons) == (8, 2, {"filter": 2})
    assert told.not_judged == {"filter": 4}


def test_every_reason_is_counted_and_a_row_is_marked_once(table: Path) -> None:
    told = preview(table, Rules(min_quality=30, min_depth=10, min_genotype_quality=20, min_balance=0.2))
    assert told.reasons == {"filter": 2, "qual": 1, "depth": 1, "genotype_quality": 1, "balance": 2}
    assert told.marked == 3
    assert told.not_judged == {"filter": 4, "qual": 1, "depth": 1, "genotype_quality": 1, "balance": 1}


def test_only_named_filters_count_and_passing_never_does(table: Path) -> None:
    assert preview(table, Rules(failing=("deep",))).reasons == {"filter": 1}
    assert preview(table, Rules(failing=("PASS", "."))).reasons == {"filter": 0}
    assert preview(table, Rules(failing=())).reasons == {}
    assert preview(table, Rules(failing=("low",))).marked == 2


def test_a_name_is_not_found_inside_another(table: Path) -> None:
    assert preview(table, Rules(failing=("lo",))).marked == 0


@given(
    st.integers(0, 60),
    st.integers(0, 40),
    st.integers(0, 99),
    st.floats(0, 0.49),
    st.sampled_from([None, (), ("low",)]),
)
def test_the_preview_counts_what_an_annotation_marks(
    quality: int, depth: int, genotype_quality: int, balance: float, failing: tuple[str, ...] | None
) -> None:
    rules = Rules(
        min_quality=quality,
        min_depth=depth,
        min_genotype_quality=genotype_quality,
        min_balance=balance,
        failing=failing,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "variants.parquet"
        ROWS.write_parquet(path)
        told = preview(path, rules)
    below = below_limits(rules, "qual", "depth", "genotype_quality", "balance")
    marked = ROWS.select(filtered_by_file(pl.col("filter"), failing=failing) | below).to_series()
    assert told.marked == marked.sum()
    assert max(told.reasons.values(), default=0) <= told.marked <= sum(told.reasons.values())
