"""The exact match: which variant row is the very allele of which site. Two engines, the same pairs.

The keys of a small module are searched for among the sample's, whichever engine is chosen.

`polars` joins the two sorted key columns as streams: the fastest. `duckdb` joins one chromosome at a time in SQL and
holds the least. Both join on the key alone and compare REF and ALT where the key is a hash (an odd key).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import KEY_SHIFT, RANK_SHIFT, Bools, Pairs, Rows, distinct, expand
from genoteca.errors import DatasetError
from genoteca.genome.key import position_bounds
from genoteca.model.build import CHROMOSOMES

__all__ = ["Engine", "match_alleles", "match_loci", "verified"]

Engine = Literal["polars", "duckdb"]

ALLELES = ("ref", "alt")

MANY = 8
"""Rows of the sample for each site from which on a search beats a join."""
ROOM_FOR_KEYS = 128 << 20
"""Bytes that DuckDB may take at least: two key columns of one chromosome need less."""


def match_alleles(reference: Path, calls: Calls, *, engine: Engine) -> Pairs:
    """Pair the sites of a published reference (by number) with the variant rows of an equal key; 32 bits each.

    Sorted by site, then row; a row is paired with every site of its key. Where the key is a hash (odd), the alleles
    are yet to be compared: `verified`.

    Raises:
        DatasetError: a pair came out twice, which no join of unique rows can do.

    """
    sites = int(pl.scan_parquet(reference).select(pl.len()).collect().item())
    if sites * MANY < len(calls.key):
        found = _searched(reference, calls)
    elif engine == "polars" or calls.supplied:  # what was made of an array is small, and in memory
        found = _with_polars(reference, calls)
    else:
        ranks = distinct(calls.key >> np.uint64(KEY_SHIFT + RANK_SHIFT)).tolist()
        found = _with_duckdb(reference, calls.sample, ranks)
    site, row = found["site"].to_numpy(), found["row"].to_numpy()
    if not _ordered(site, row):
        order = np.lexsort((row, site))
        site, row = site[order], row[order]
    if (_same(site) & _same(row)).any():
        raise DatasetError(f"{reference.name}: the join gave a pair of site and variant twice.")
    return Pairs(site, row)


def _same(values: npt.NDArray[Any]) -> Bools:
    same: Bools = values[1:] == values[:-1]
    return same


def _ordered(site: npt.NDArray[Any], row: npt.NDArray[Any]) -> bool:
    return bool(((site[1:] > site[:-1]) | (_same(site) & (row[1:] >= row[:-1]))).all())


def match_loci(loci: pl.DataFrame, calls: Calls) -> Pairs:
    """Pair alleles held in memory (`key`, `s_ref`, `s_alt`) with the variant rows of the same alleles."""
    keys = loci["key"].to_numpy()
    pairs = expand(np.searchsorted(calls.key, keys, "left"), np.searchsorted(calls.key, keys, "right"))
    alleles = loci.select(ref="s_ref", alt="s_alt")
    return verified(pairs, calls, lambda rows: alleles[rows])


def _with_polars(reference: Path, calls: Calls) -> pl.DataFrame:
    sites = pl.scan_parquet(reference).select("key", "site").set_sorted("key")
    rows = calls.keys().set_sorted("key")
    return sites.join(rows, on="key", how="inner").collect(engine="streaming").select("site", "row")


def _searched(reference: Path, calls: Calls) -> pl.DataFrame:
    """Look the few keys of a small module up among the sample's, which are in memory already."""
    keys = pl.scan_parquet(reference).select("key", "site").collect()
    key = keys["key"].to_numpy()
    pairs = expand(np.searchsorted(calls.key, key, "left"), np.searchsorted(calls.key, key, "right"))
    site = keys["site"].to_numpy()[pairs.left]
    return pl.DataFrame({"site": site, "row": pairs.right.astype(np.uint32)})


def _with_duckdb(reference: Path, sample: SampleTables, ranks: list[int]) -> pl.DataFrame:
    frames = [pl.DataFrame(schema={"site": pl.UInt32, "row": pl.UInt32})]
    with duckdb.connect(config=_limits(sample.room)) as connection:
        for rank in ranks:
            low, high = position_bounds(CHROMOSOMES[rank - 1], 0, (1 << RANK_SHIFT) - 1)
            within = f"key BETWEEN {low}::UBIGINT AND {high}::UBIGINT"
            found = connection.sql(
                "SELECT r.site, v.row FROM"
                f" (SELECT site, key FROM read_parquet($reference) WHERE {within}) r JOIN"
                " (SELECT key, file_row_number::UINTEGER AS row FROM read_parquet($variants, file_row_number = true)"
                f" WHERE {within}) v USING (key)",
                params={"reference": str(reference), "variants": str(sample.variants)},
            )
            frames.append(pl.DataFrame(found.to_arrow_table()).sort("site", "row"))
    return pl.concat(frames)


def _limits(room: Room) -> dict[str, str | bool | int | float | list[str]]:
    """Hold DuckDB to a quarter of the memory; what does not fit goes to the run's own folder, or nowhere."""
    memory = max(ROOM_FOR_KEYS, room.memory // 4)
    return {"memory_limit": f"{memory}B", "temp_directory": str(room.scratch or "")}


def verified(pairs: Pairs, calls: Calls, alleles_of: Callable[[Rows], pl.DataFrame]) -> Pairs:
    """Drop the pairs whose equal keys are hashes of different alleles; `alleles_of` gives those of sites."""
    hashed = np.flatnonzero(calls.key[pairs.right] & np.uint64(1))
    if not len(hashed):
        return pairs
    sites, site_at = np.unique(pairs.left[hashed], return_inverse=True)
    rows, row_at = np.unique(pairs.right[hashed], return_inverse=True)
    wanted = alleles_of(sites)[site_at.astype(np.int64)]
    held = calls.take(rows, ALLELES)[row_at.astype(np.int64)]
    kept = np.ones(len(pairs.left), np.bool_)
    kept[hashed] = ((wanted["ref"] == held["ref"]) & (wanted["alt"] == held["alt"])).to_numpy()
    return Pairs(pairs.left[kept], pairs.right[kept])
