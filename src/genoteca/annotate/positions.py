"""Annotating positions: which of the sample's variants begin at a listed place, whatever their allele."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.answer import Answer, answer_of, shaped
from genoteca.annotate.calls import read_calls
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import RANK_SHIFT, Pairs, Places, expand
from genoteca.annotate.table_rows import take_rows
from genoteca.errors import DatasetError
from genoteca.genome.schema import CHROM, EVIDENCE, MATCH
from genoteca.model.column import Column
from genoteca.model.evidence import Evidence, Match
from genoteca.model.sample import SampleKind

__all__ = ["annotate_positions"]

OF_CALL = ("row", "line", "allele", "genotype", "dosage", "filtered", "missing", "copies")


def annotate_positions(reference: Path, sample: SampleTables, *, columns: Sequence[Column]) -> Answer:
    """Annotate a sample with published places (`place_batches.publish_places`, start = end) of the sample's build.

    Sparse: one row per carried variant whose first base (`pos`, after trimming) is the place, and row of the
    reference; the alleles are not compared, so `key`, `ref` and `alt` are null. `called`, or `partial` for a
    half-known genotype.

    Raises:
        DatasetError: the reference lacks a declared column, or the sample is an array.

    """
    if sample.kind is SampleKind.ARRAY:
        raise DatasetError(
            "An array does not say which of its alleles is the reference's, and a list of positions does not either: "
            "which of them are variants cannot be told.",
            title="Positions need a genome that names its variants",
            hint="Ask by allele, or leave this module out for an array.",
        )
    calls = read_calls(sample)
    carried = np.flatnonzero(calls.carried)
    pairs = _at_one_place(_places(reference), calls.place[carried])
    rows, row_at = np.unique(carried[pairs.right], return_inverse=True)
    numbers, number_at = np.unique(pairs.left, return_inverse=True)
    own = [column.name for column in columns]
    sites = take_rows(reference, numbers, ["site", "chrom", "start", *own])[number_at.astype(np.int64)]
    found = calls.details(rows)[row_at.astype(np.int64)].select(OF_CALL)
    half = pl.when(found["missing"] > 0).then(pl.lit(Evidence.PARTIAL.value)).otherwise(pl.lit(Evidence.CALLED.value))
    answered = sites.hstack(found.drop("missing").get_columns()).with_columns(
        found.select(half.cast(EVIDENCE).alias("evidence")).to_series(),
        match=pl.lit(Match.POSITION.value, MATCH),
        pos="start",
        key=pl.lit(None, pl.UInt64),
        ref=pl.lit(None, pl.String),
        alt=pl.lit(None, pl.String),
    )
    table = shaped(answered.sort("site", "row"), columns)
    return answer_of(table, promised=len(table), evidence=table["evidence"], sites=None, agreement=None, unusable={})


def _places(reference: Path) -> Places:
    rank = (pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1) * (1 << RANK_SHIFT)
    scan = pl.scan_parquet(reference).select(place=rank + pl.col("start"))
    places: Places = scan.collect(engine="streaming")["place"].to_numpy()
    if (places[1:] < places[:-1]).any():
        raise DatasetError(f"{reference.name}: its places are not sorted.")
    return places


def _at_one_place(listed: Places, carried: Places) -> Pairs:
    """Pair every listed place with every carried variant at it; both are sorted."""
    return expand(np.searchsorted(carried, listed, "left"), np.searchsorted(carried, listed, "right"))
