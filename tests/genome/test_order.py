from __future__ import annotations

import polars as pl
import pytest

from genoteca.genome.order import CONFLICT, DUPLICATE, POSITION_NUMBER, Order, Repeats
from genoteca.genome.schema import CHROM

Record = tuple[str, int, str, list[int]]


def _frame(*records: Record, first: int = 1) -> pl.DataFrame:
    frame = pl.DataFrame(
        [(*record[:2], "A", *record[2:]) for record in records],
        schema=pl.Schema(
            {
                "chrom": CHROM,
                "pos": pl.UInt32(),
                "ref": pl.String(),
                "alt": pl.String(),
                "called": pl.List(pl.Int32()),
            }
        ),
        orient="row",
    )
    return frame.with_row_index("line", first).with_columns(number=POSITION_NUMBER, sequences=pl.lit(1))


def _kept(*places: tuple[str, int]) -> bool:
    order = Order()
    for chrom, pos in places:
        order.watch(_frame((chrom, pos, "C", [0, 1])))
    whole = Order()
    whole.watch(_frame(*((chrom, pos, "C", [0, 1]) for chrom, pos in places)))
    assert whole.kept is order.kept
    return order.kept


def test_sorted_stretches_in_any_order_of_chromosomes_are_in_order() -> None:
    assert _kept(("1", 5), ("1", 5), ("1", 9), ("2", 1))
    assert _kept(("10", 5), ("2", 1), ("MT", 7), ("1", 3))


def test_a_step_back_or_a_chromosome_that_comes_again_is_no_order() -> None:
    assert not _kept(("1", 5), ("1", 4))
    assert not _kept(("1", 5), ("2", 1), ("1", 9))


@pytest.mark.parametrize("remember", [False, True])
def test_a_repetition_is_told_from_a_conflict(remember: bool) -> None:
    repeats = Repeats(remember=remember)
    kept, found = repeats.part(
        _frame(("1", 5, "C", [0, 1]), ("1", 5, "G", [0, 1]), ("1", 5, "C", [1, 0]), ("1", 5, "G", [1, 1]))
    )
    assert kept["line"].to_list() == [1, 2]
    assert dict(found.select("line", "reason").iter_rows()) == {3: DUPLICATE, 4: CONFLICT}


def test_a_repetition_far_away_is_found_when_all_are_remembered() -> None:
    repeats = Repeats(remember=True)
    repeats.part(_frame(("1", 5, "C", [0, 1]), ("2", 7, "C", [0, 1])))
    kept, found = repeats.part(_frame(("1", 5, "C", [0, 1]), ("2", 7, "C", [1, 1]), ("3", 7, "C", [1, 1]), first=3))
    assert kept["line"].to_list() == [5]
    assert dict(found.select("line", "reason").iter_rows()) == {3: DUPLICATE, 4: CONFLICT}
