"""Publishing intervals that are too many to hold: sorted and numbered in flat memory; and the proof of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from genoteca.annotate.spans import RANK_SHIFT
from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM
from genoteca.genome.sorted_table import EVERYTHING, Layout, SortedTable

__all__ = ["publish_places", "verify_places"]

ROWS_A_GROUP = 1 << 17
PLACE = ("chrom", "start", "end")
ORDER = "_place"


def publish_places(batches: Iterable[pl.DataFrame], path: Path) -> int:
    """Publish intervals as `publish_regions` does, in flat memory, as a Parquet file; gives their number.

    `batches`: frames with the same columns, `chrom`, `start`, `end` (1-based, both included) first, of any size and
    in any order. Sorted by chromosome, start and end; a row that is the same in every column is dropped; numbered as
    `site`. Beside `path` they wait meanwhile, on disk.

    Raises:
        ReferenceDataError: there is no interval.

    """
    waiting = path.with_name(f"{path.name}.waiting")
    try:
        _sort(batches, waiting)
        return _write(_ordered(waiting), path)
    finally:
        waiting.unlink(missing_ok=True)


def _sort(batches: Iterable[pl.DataFrame], path: Path) -> None:
    table: SortedTable | None = None
    try:
        for batch in batches:
            placed = batch.with_columns(pl.col("chrom").cast(CHROM), pl.col("start", "end").cast(pl.UInt32))
            ranked = placed.with_columns(_order())
            layout = Layout(ranked.schema, pl.col(ORDER), delta=(ORDER,), dictionary=(), statistics=(ORDER,))
            table = table or SortedTable(path, layout)
            table.add(ranked, settled=EVERYTHING)
    except BaseException:
        if table is not None:
            table.discard()
        raise
    if table is not None:
        table.close()
    if table is None or not table.rows:
        raise ReferenceDataError("the reference has no intervals at all.")


def _order() -> pl.Expr:
    rank = (pl.col("chrom").to_physical().cast(pl.UInt64) + 1) * (1 << RANK_SHIFT)
    return (rank + pl.col("start")).cast(pl.UInt64).alias(ORDER)


def _ordered(path: Path) -> Iterator[pl.DataFrame]:
    """Give the sorted rows part by part, those of one start in one part, by their end, without repeats."""
    scan = pl.scan_parquet(path)
    rest, offset = scan.head(0).collect(), 0
    while len(part := scan.slice(offset, ROWS_A_GROUP).collect()):
        offset += len(part)
        joined = pl.concat([rest, part])
        of_last = pl.col(ORDER) == joined[ORDER][-1]
        yield _distinct(joined.filter(~of_last))
        rest = joined.filter(of_last)
    yield _distinct(rest)


def _distinct(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.unique(maintain_order=True).sort(ORDER, "end", maintain_order=True).drop(ORDER)


def _write(frames: Iterable[pl.DataFrame], path: Path) -> int:
    written = 0
    writer: pq.ParquetWriter | None = None
    try:
        for frame in frames:
            numbered = frame.with_row_index("site", offset=written).select("site", *frame.columns)
            table = numbered.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROWS_A_GROUP)
            written += len(frame)
    finally:
        if writer is not None:
            writer.close()
    return written


def verify_places(path: Path) -> None:
    """Prove that published intervals are numbered from 0 without a gap, sorted, and end where or after they start.

    Raises:
        ReferenceDataError: they are not; the message names the first row that breaks the rule.

    """
    scan = pl.scan_parquet(path).select("site", *PLACE)
    offset, last = 0, pl.DataFrame()
    while len(part := scan.slice(offset, ROWS_A_GROUP).collect()):
        joined = pl.concat([last, part]) if offset else part
        ranked = joined.with_columns(_order())
        order, end = pl.col(ORDER), pl.col("end")
        descends = (order < order.shift()) | ((order == order.shift()) & (end < end.shift()))
        broken = ranked.select(
            (descends | (end < pl.col("start")) | (pl.col("site") != pl.int_range(pl.len()) + offset - len(last)))
            .fill_null(value=False)
            .arg_true()
        ).to_series()
        if len(broken):
            raise ReferenceDataError(
                f"{path.name}: row {offset - len(last) + broken[0]} is not sorted or not numbered in order.",
                hint="The reference was not published; nothing was changed. Report this to the module's author.",
            )
        offset += len(part)
        last = part.tail(1)
