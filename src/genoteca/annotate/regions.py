"""Annotating regions: which of the sample's variants lie in the intervals of a reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.answer import Answer, answer_of, shaped
from genoteca.annotate.calls import read_calls
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import RANK_SHIFT, overlapping
from genoteca.annotate.table_rows import take_rows
from genoteca.errors import DatasetError
from genoteca.genome.schema import CHROM, EVIDENCE, MATCH
from genoteca.model.column import Column
from genoteca.model.evidence import Evidence, Match
from genoteca.model.sample import SampleKind

__all__ = ["annotate_regions"]


def annotate_regions(reference: Path, sample: SampleTables, *, columns: Sequence[Column]) -> Answer:
    """Annotate a sample with published intervals (`publish.publish_regions`) of the sample's build.

    Sparse: one row per carried variant and interval in which a base of its REF lies (the anchor base of an insertion
    or deletion does not count when other bases of it do); `pos` is the interval's first base; the interval has no
    alleles, so `key`, `ref` and `alt` are null. An interval of one base is matched by `position`. `called`, or
    `partial` for a half-known genotype.

    Raises:
        DatasetError: the reference lacks a declared column, or the sample is an array.

    """
    if sample.kind is SampleKind.ARRAY:
        raise DatasetError(
            "An array does not say which of its alleles is the reference's, and a module of regions does not either: "
            "which of them are variants cannot be told.",
            title="Regions need a genome that names its variants",
            hint="Leave this module out for an array; its author should leave `array` out of its sample_kinds.",
        )
    calls = read_calls(sample)
    intervals = _read_intervals(reference)
    carried = np.flatnonzero(calls.carried)
    pairs = overlapping(
        intervals["first"].to_numpy(), intervals["last"].to_numpy(), calls.place[carried], calls.end[carried]
    )
    rows, row_at = np.unique(carried[pairs.right], return_inverse=True)
    numbers, number_at = np.unique(pairs.left, return_inverse=True)
    own = [column.name for column in columns]
    sites = take_rows(reference, numbers, ["site", "chrom", "start", "end", *own])[number_at.astype(np.int64)]
    found = calls.details(rows)[row_at.astype(np.int64)].rename({"chrom": "on", "pos": "at"})
    table = _answered(sites.hstack(found.drop(own, strict=False).get_columns()))
    table = shaped(table.sort("site", "row"), columns)
    return answer_of(table, promised=len(table), evidence=table["evidence"], sites=None, agreement=None, unusable={})


def _read_intervals(reference: Path) -> pl.DataFrame:
    rank = (pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1) * (1 << RANK_SHIFT)
    return pl.scan_parquet(reference).select(first=rank + pl.col("start"), last=rank + pl.col("end")).collect()


def _answered(met: pl.DataFrame) -> pl.DataFrame:
    anchored = (pl.col("ref").str.len_bytes() > 1) & (pl.col("alt") == pl.col("ref").str.head(1))
    only_anchor = anchored & (pl.col("at") == pl.col("end"))
    evidence = (
        pl.when(pl.col("missing") > 0).then(pl.lit(Evidence.PARTIAL.value)).otherwise(pl.lit(Evidence.CALLED.value))
    )
    return met.filter(~only_anchor).with_columns(
        evidence=evidence.cast(EVIDENCE),
        match=pl.when(pl.col("start") == pl.col("end"))
        .then(pl.lit(Match.POSITION.value, MATCH))
        .otherwise(pl.lit(Match.INTERVAL.value, MATCH)),
        pos="start",
        key=pl.lit(None, pl.UInt64),
        ref=pl.lit(None, pl.String),
        alt=pl.lit(None, pl.String),
    )
