"""Publishing a reference: its alleles trimmed, keyed, sorted and numbered; and the proof of it on the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.parquet_table import ROWS_A_GROUP, ParquetTable, write_table
from genoteca.errors import ReferenceDataError
from genoteca.genome.alleles import trim_frame
from genoteca.genome.key import with_keys
from genoteca.genome.schema import CHROM
from genoteca.genome.sorted_table import Layout, SortedTable
from genoteca.model.column import GATE

__all__ = [
    "ALLELE_SITE",
    "publish_alleles",
    "publish_batches",
    "publish_regions",
    "verify_published",
    "write_published",
]

ALLELE_SITE: dict[str, pl.DataType] = {
    "site": pl.UInt32(),
    "key": pl.UInt64(),
    "chrom": CHROM,
    "pos": pl.UInt32(),
    "ref": pl.String(),
    "alt": pl.String(),
    "infer": pl.Boolean(),
    "always": pl.Boolean(),
}
"""What a published reference of alleles starts with; the module's columns follow.

`infer`: silence of a whole genome may mean REF here. `always`: the site gets a row whatever is known of it, and is
never inferred.
"""

GIVEN = ("chrom", "pos", "ref", "alt")


def publish_alleles(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a reference the form in which it is joined: one row per site, sorted by key, ref, alt and given order.

    `frame` has `chrom`, `pos` (1-based), `ref`, `alt` in any order and spelling, the module's columns, and may have
    `infer` (true when absent) and `always` (false when absent). A row's identity is the whole row: the same
    allele with other annotations is another site, a row that is the same in every column is dropped. A site behind a
    `gate` is always given a row: whether it is there must not tell what the row says.

    Raises:
        ReferenceDataError: a column is absent, or a cell of the four has no usable value.

    """
    defaults = [
        pl.lit(value).alias(name) for name, value in (("infer", True), ("always", False)) if name not in frame
    ]
    flagged = frame.with_columns(*defaults).with_columns(pl.col("infer", "always").cast(pl.Boolean))
    if GATE in frame:
        flagged = flagged.with_columns(always=pl.col("always") | (pl.col(GATE).cast(pl.String).fill_null("") != ""))
    keyed = _keyed(flagged).drop("site", strict=False).with_row_index("order_given")
    ordered = _without_repeats(keyed.sort("key", "ref", "alt", "order_given").drop("order_given"))
    numbered = ordered.with_columns(site=pl.int_range(pl.len(), dtype=pl.UInt32))
    others = [name for name in numbered.columns if name not in ALLELE_SITE]
    return numbered.select(*ALLELE_SITE, *others)


def publish_batches(
    batches: Iterable[pl.DataFrame],
    path: Path,
    *,
    finish: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame,
) -> int:
    """Publish a reference that is too large to hold, in flat memory: what `publish_alleles` gives, as a Parquet file.

    `batches`: frames with the same columns, as `publish_alleles` takes them, of any size and in any order; it is fast
    when they come nearly sorted. `finish` gets the rows again, trimmed and sorted by key, every row of an allele in
    one frame and in the order given; what it gives is published. Beside `path` they wait meanwhile, on disk.
    Gives the number of sites.

    Raises:
        ReferenceDataError: as `publish_alleles`, or there is no batch.

    """
    waiting = path.with_name(f"{path.name}.waiting")
    try:
        _sort_batches(batches, waiting)
        return _write_batches((publish_alleles(finish(frame)) for frame in _whole_alleles(waiting)), path)
    finally:
        waiting.unlink(missing_ok=True)


def _sort_batches(batches: Iterable[pl.DataFrame], path: Path) -> None:
    table: SortedTable | None = None
    before = 0
    try:
        for batch in batches:
            keyed = _keyed(batch)
            table = table or SortedTable(path, _waiting(keyed.schema))
            # Trimming moves an indel right, beyond records that follow it: a batch waits until the next one has come.
            table.add(keyed, settled=before)
            before = keyed.select(pl.col("key").max().fill_null(before)).item()
    except BaseException:
        if table is not None:
            table.discard()
        raise
    if table is not None:
        table.close()
    if table is None or not table.rows:
        raise ReferenceDataError("the reference has no alleles at all.")


def _waiting(schema: pl.Schema) -> Layout:
    return Layout(schema=schema, order=pl.col("key"), delta=("key",), dictionary=(), statistics=("key",))


def _whole_alleles(path: Path) -> Iterator[pl.DataFrame]:
    """Give a sorted table part by part; the rows of one key stay in one part."""
    scan = pl.scan_parquet(path)
    rest = scan.head(0).collect()
    offset = 0
    while len(part := scan.slice(offset, ROWS_A_GROUP).collect()):
        offset += len(part)
        joined = pl.concat([rest, part])
        of_last = pl.col("key") == joined["key"][-1]
        whole, rest = joined.filter(~of_last), joined.filter(of_last)
        if len(whole):
            yield whole
    yield rest


def _write_batches(frames: Iterable[pl.DataFrame], path: Path) -> int:
    """Write published frames that follow each other as one table, numbered through; gives the number of rows."""
    table = ParquetTable(path)
    try:
        for frame in frames:
            first, after = table.rows, table.rows + len(frame)
            table.add(frame.with_columns(pl.int_range(first, after, dtype=pl.UInt32).alias("site")))
    except BaseException:
        table.discard()
        raise
    table.close()
    return table.rows


def publish_regions(frame: pl.DataFrame) -> pl.DataFrame:
    """Give intervals (`chrom`, `start`, `end`; 1-based, both included) the form in which they are joined.

    Sorted by chromosome, start and end, repeats dropped, numbered as `site`.

    Raises:
        ReferenceDataError: an interval ends before it starts, or has no usable value.

    """
    _require(frame, ("chrom", "start", "end"))
    _require_chromosomes(frame)
    typed = frame.with_columns(pl.col("chrom").cast(CHROM), pl.col("start", "end").cast(pl.UInt32))
    wrong = typed.filter((pl.col("start") < 1) | (pl.col("end") < pl.col("start")))
    if len(wrong):
        raise ReferenceDataError(f"{len(wrong)} intervals end before they start; the first is {wrong.row(0)[:3]}.")
    ordered = typed.unique(maintain_order=True).sort("chrom", "start", "end", maintain_order=True)
    numbered = ordered.drop("site", strict=False).with_row_index("site")
    return numbered.select("site", "chrom", "start", "end", pl.exclude("site", "chrom", "start", "end"))


def write_published(frame: pl.DataFrame, path: Path) -> None:
    """Write a published reference as Parquet (zstd; sorted numbers packed as differences)."""
    write_table(frame, path)


def verify_published(path: Path) -> None:
    """Prove that a written reference of alleles is what the joins rely on.

    Trimmed alleles under their own keys, sorted by key, ref and alt; no two rows the same; sites numbered from 0
    without a gap. A table that only claims to be sorted loses matches without a word, so every row is looked at.

    Raises:
        ReferenceDataError: it is not; the message names the first row that breaks the rule.

    """
    scan = pl.scan_parquet(path)
    schema = scan.collect_schema()
    wrong = [name for name, kind in ALLELE_SITE.items() if schema.get(name) != kind]
    if wrong:
        raise ReferenceDataError(f"{path.name}: these columns are absent or of another type: {', '.join(wrong)}.")
    last = pl.DataFrame()
    offset = 0
    while len(part := scan.slice(offset, ROWS_A_GROUP).collect()):
        _verify_part(part, pl.concat([last, part]) if offset else part, offset, path.name)
        last = _last_allele(part)
        offset += len(part)


def _verify_part(part: pl.DataFrame, joined: pl.DataFrame, offset: int, name: str) -> None:
    first = offset - (len(joined) - len(part))
    rules = (
        ("has an empty cell", pl.any_horizontal(pl.col(*ALLELE_SITE).is_null())),
        ("is not numbered in order", pl.col("site") != pl.int_range(pl.len()) + first),
        ("is not sorted by key, ref and alt", _descends()),
    )
    for words, rule in rules:
        _refuse(joined.select(rule.fill_null(value=False)).to_series(), first, words, name)
    _refuse(~_trimmed(part), offset, "has alleles that are not trimmed", name)
    _refuse(with_keys(part)["key"] != part["key"], offset, "has a key that is not of its alleles", name)
    _refuse(_repeated(joined), first, "repeats another row", name)


def _refuse(broken: pl.Series, first: int, words: str, name: str) -> None:
    rows = broken.arg_true()
    if len(rows):
        raise ReferenceDataError(
            f"{name}: row {first + rows[0]} {words} ({len(rows)} in this part of the table).",
            hint="The reference was not published; nothing was changed. Report this to the module's author.",
        )


def _descends() -> pl.Expr:
    key, ref, alt = pl.col("key"), pl.col("ref"), pl.col("alt")
    same_key, same_ref = key == key.shift(), ref == ref.shift()
    return (key < key.shift()) | (same_key & ((ref < ref.shift()) | (same_ref & (alt < alt.shift()))))


def _trimmed(part: pl.DataFrame) -> pl.Series:
    given = part.select("pos", "ref", "alt")
    trimmed = trim_frame(given)
    return (trimmed["pos"] == given["pos"]) & (trimmed["ref"] == given["ref"]) & (trimmed["alt"] == given["alt"])


def _last_allele(part: pl.DataFrame) -> pl.DataFrame:
    """Give the rows of the last allele of a part: its repeats may stand in the next."""
    return part.filter(pl.col("key") == pl.col("key").last())


def _same_key_as_another() -> pl.Expr:
    key = pl.col("key")
    return (key == key.shift()).fill_null(value=False) | (key == key.shift(-1)).fill_null(value=False)


def _repeated(frame: pl.DataFrame) -> pl.Series:
    shared = frame.select(_same_key_as_another().arg_true()).to_series()
    again = ~frame[shared].drop("site").select(pl.struct(pl.all()).is_first_distinct()).to_series()
    repeats = np.zeros(len(frame), np.bool_)
    repeats[shared.to_numpy()] = again.to_numpy()
    return pl.Series(repeats)


def _without_repeats(frame: pl.DataFrame) -> pl.DataFrame:
    shared = frame.with_columns(site=pl.lit(0, pl.UInt32))
    return frame.filter(~_repeated(shared))


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Give the rows trimmed, with their key, once their four cells are known to be usable."""
    _require_given(frame)
    typed = frame.with_columns(pl.col("chrom").cast(CHROM), pl.col("pos").cast(pl.UInt32))
    return with_keys(trim_frame(typed))


def _require_given(frame: pl.DataFrame) -> None:
    _require(frame, GIVEN)
    _require_chromosomes(frame)
    for name in ("ref", "alt"):
        spelled = frame[name].str.contains("^[A-Za-z]+$").fill_null(value=False)
        if not spelled.all():
            row = (~spelled).arg_true()[0]
            raise ReferenceDataError(f"row {row}: {name} is {frame[name][row]!r}, expected bases.")


def _require_chromosomes(frame: pl.DataFrame) -> None:
    unknown = set(frame["chrom"].cast(pl.String).unique()) - set(CHROM.categories)
    if unknown:
        raise ReferenceDataError(
            f"chromosomes {sorted(map(str, unknown))} are not among {', '.join(CHROM.categories)}."
        )


def _require(frame: pl.DataFrame, names: Iterable[str]) -> None:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise ReferenceDataError(
            f"the reference has no column {', '.join(absent)}; it has {', '.join(frame.columns)}."
        )
    empty = [name for name in names if frame[name].null_count()]
    if empty:
        raise ReferenceDataError(f"the reference has empty cells in {', '.join(empty)}.")
