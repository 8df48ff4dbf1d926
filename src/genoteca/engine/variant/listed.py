"""Whether a reference lists a variant: one lookup on demand, where a result holds no row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.genome.alleles import trim
from genoteca.genome.key import position_bounds, variant_keys
from genoteca.genome.schema import CHROM
from genoteca.model.column import Column
from genoteca.model.variant import VariantName

__all__ = ["Listed", "listed_in"]

Row = dict[str, Any]
MOST = 100
MOST_SHIFTED = 5_000
"""Bases by which two ways to write an insertion or deletion are apart, at most: few repeats are as long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """What a reference has about a variant."""

    looked: bool
    """Whether it could be looked up: the table is of a kind that names places, and has some on this chromosome."""
    rows: list[Row]
    """Its rows, with the module's columns; those of the position where it names places, not alleles."""
    by_place: bool = False
    """Whether it names places, not alleles."""
    undecided: bool = False
    """Whether it lists an insertion or deletion of the same bases nearby, which may be this one: in a repeat it can
    be written at several places, and only the reference sequence tells."""
    no_sites: bool = False
    """Whether the table has no sites at all: that of a module whose own program answers."""

    @property
    def infer(self) -> bool | None:
        """Whether silence may mean the reference base there; None: the table does not say."""
        told = [bool(row["infer"]) and not row.get("always") for row in self.rows if row.get("infer") is not None]
        return all(told) if told else None


def listed_in(reference: Path, name: VariantName, columns: Sequence[Column]) -> Listed:
    """Look a variant up in a published reference of the sample's build."""
    scan = pl.scan_parquet(reference)
    names = scan.collect_schema().names()
    own = [column.name for column in columns if column.name in names]
    chrom = pl.col("chrom").cast(CHROM) == pl.lit(name.chrom, CHROM)
    if "part" in names:  # a panel: small, and whole in its sites
        sites = scan.filter((pl.col("part") == "site") & chrom & (pl.col("pos") == name.pos))
        rows = [row for row in _plain(sites.select("ref", "alt", "infer", *own)) if _same(row, name)]
        near = scan.filter((pl.col("part") == "site") & chrom & pl.col("pos").is_between(*_around(name)))
        return Listed(looked=True, rows=rows, undecided=not rows and _perhaps(near, name))
    if "key" in names:
        return _alleles(scan, name, own)
    if "start" in names and "end" in names:
        inside = scan.filter(chrom & (pl.col("start") <= name.pos + len(name.ref) - 1) & (pl.col("end") >= name.pos))
        return Listed(looked=True, rows=_plain(inside.head(MOST).select(own)), by_place=True)
    return Listed(looked=False, rows=[], no_sites=True)


def _alleles(scan: pl.LazyFrame, name: VariantName, own: Sequence[str]) -> Listed:
    if not name.known:
        return Listed(looked=False, rows=[])
    frame = pl.DataFrame(
        {"chrom": name.chrom, "pos": name.pos, "ref": name.ref, "alt": name.alts}, schema_overrides={"pos": pl.UInt32}
    )
    keys = variant_keys(frame).to_list()
    flags = [flag for flag in ("infer", "always") if flag in scan.collect_schema()]
    held = _plain(scan.filter(pl.col("key").is_in(keys)).head(MOST).select("ref", "alt", *flags, *own))
    rows = [row for row in held if _same(row, name)]
    near = scan.filter(pl.col("key").is_between(*position_bounds(name.chrom, *_around(name))))
    undecided = not rows and _perhaps(near, name)
    return Listed(looked=bool(rows) or _has(scan, name.chrom), rows=rows, undecided=undecided)


def _around(name: VariantName) -> tuple[int, int]:
    return max(1, name.pos - MOST_SHIFTED), name.pos + MOST_SHIFTED


def _perhaps(near: pl.LazyFrame, name: VariantName) -> bool:
    """Tell whether any of these sites may be the same insertion or deletion, written at another place of a repeat."""
    wanted = [change for alt in name.alts if (change := _change(name.ref, alt))]
    if not wanted:
        return False
    lengths = pl.col("ref").str.len_bytes() != pl.col("alt").str.len_bytes()
    held = (
        near.filter(lengths | pl.col("alt").str.contains(",", literal=True)).select("ref", "alt").unique().collect()
    )
    found = [change for ref, alts in held.iter_rows() for alt in alts.split(",") if (change := _change(ref, alt))]
    return any(_rotated(one, other) for one in wanted for other in found)


def _change(ref: str, alt: str) -> tuple[bool, str] | None:
    """Give whether bases are inserted, and those that are inserted or deleted; None: both, or neither."""
    _, ref, alt = trim(1, ref, alt)
    short, long = sorted((ref, alt), key=len)
    if len(short) != 1 or len(long) == 1 or short not in (long[0], long[-1]):
        return None
    return len(alt) > 1, long[1:] if long[0] == short else long[:-1]


def _rotated(one: tuple[bool, str], other: tuple[bool, str]) -> bool:
    """Tell whether two changes may be one: moved along bases that it repeats, a change spells a rotation of itself.

    Source: Tan et al. 2015, https://doi.org/10.1093/bioinformatics/btv112.
    """
    return one[0] is other[0] and len(one[1]) == len(other[1]) and one[1] in other[1] * 2


def _has(scan: pl.LazyFrame, chrom: str) -> bool:
    """Tell whether an alleles table, sorted by key, has anything of a chromosome."""
    low, high = position_bounds(chrom, 0, (1 << 28) - 1)
    return bool(len(scan.filter(pl.col("key").is_between(low, high)).select("key").head(1).collect()))


def _same(row: Row, name: VariantName) -> bool:
    if not name.known:
        return True
    return bool(row["ref"] == name.ref and set(str(row["alt"]).split(",")) & set(name.alts))


def _plain(scan: pl.LazyFrame) -> list[Row]:
    found = scan.collect()
    enums = [column for column, kind in found.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    return found.with_columns(pl.col(enums).cast(pl.String)).to_dicts()
