"""Proving a module's positions: by the reference sequence where one is installed, and by well-known SNPs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from genoteca.errors import InputError
from genoteca.genome.well_known import WELL_KNOWN
from genoteca.model.build import Build
from genoteca.store.just_dna.sieve import Aside, Sieve

__all__ = ["BasesOf", "Placed", "prove"]

BasesOf = Callable[[str, int, int], str]
"""Bases of the module's build: (chromosome, first, last), 1-based, both included; empty where they are not known."""

ENOUGH = 20
"""Places below which the reference sequence does not tell 0-based from 1-based: a base agrees by chance in four."""
AGREEING = 0.9
ENOUGH_KNOWN = 3
_TITLE = "The module's positions cannot be right"


class Placed(NamedTuple):
    """Rows whose positions are 1-based, and what says so."""

    rows: pl.DataFrame
    told_by: str


def prove(rows: pl.DataFrame, build: Build, sieve: Sieve, bases_of: BasesOf | None) -> Placed:
    """Find out whether positions count from 1, as the format says, or from 0; then set aside what still is not right.

    Rows have `rsid`, `chrom` (folded), `start`, `ref`. With the reference sequence, REF decides place by place.
    Without it, rsIDs whose positions are known in every build do.

    Raises:
        InputError: the positions are of another build, or of no convention at all.

    """
    known = _known(rows, build)
    _of_this_build(known, build)
    shift, told = _by_sequence(rows, bases_of) if bases_of else (None, "")
    if shift is None:
        shift, told = _by_known(known)
    if shift:
        rows = rows.with_columns(pl.col("start") + shift)
    single = pl.col("ref").str.len_bytes() == 1
    rows = sieve.drop(rows, single & ((pl.col("chrom") != _home()) | (_distance(build) != 0)), Aside.ELSEWHERE)
    if bases_of:
        rows = sieve.drop(rows, _contradicted(rows, bases_of), Aside.WRONG_BASE)
    return Placed(rows, told)


def _known(rows: pl.DataFrame, build: Build) -> pl.DataFrame:
    """One row per well-known rsID at a place of its chromosome: `distance` from where it lies."""
    simple = rows.filter(pl.col("ref").str.len_bytes() == 1).unique(["rsid", "chrom", "start"], maintain_order=True)
    return simple.filter(pl.col("chrom") == _home()).select("rsid", "start", distance=_distance(build))


def _home() -> pl.Expr:
    """Give the chromosome that a well-known rsID lies on; null for every other."""
    lies = {one.rsid: one.chrom for one in WELL_KNOWN}
    return pl.col("rsid").replace_strict(lies, default=None, return_dtype=pl.String)


def _distance(build: Build) -> pl.Expr:
    places = {one.rsid: one.positions[build] for one in WELL_KNOWN}
    return pl.col("start") - pl.col("rsid").replace_strict(places, default=None, return_dtype=pl.Int64)


def _of_this_build(known: pl.DataFrame, build: Build) -> None:
    for other in (one for one in Build if one is not build):
        there = known.filter(_distance(other).is_in([0, -1]) & ~pl.col("distance").is_in([0, -1]))
        if len(there) and len(there) == len(known):
            names = ", ".join(there["rsid"].head(3))
            raise InputError(
                f"The module says that its positions are of {build}; those of {names} are of {other}.",
                title="The module names a wrong genome build",
                hint="Tell its author. Nothing of it is read: every answer would be of another place.",
            )


def _by_sequence(rows: pl.DataFrame, bases_of: BasesOf) -> tuple[int | None, str]:
    places = _places(rows)
    here, next_to = (_compared(places, bases_of, on=on) for on in (0, 1))
    if len(here) < ENOUGH:
        return None, ""
    if sum(here) >= AGREEING * len(here):
        return 0, f"{sum(here):,} of {len(here):,} reference alleles are the genome's at their positions, from 1."
    if sum(next_to) >= AGREEING * len(next_to):
        return 1, (
            f"The module counts from 0: {sum(next_to):,} of {len(next_to):,} reference alleles are the genome's one "
            f"base on, {sum(here):,} where it says. All positions were moved by one."
        )
    raise InputError(
        f"{sum(here):,} of {len(here):,} reference alleles are the genome's at their positions, and "
        f"{sum(next_to):,} one base on: they are of another build, or of none.",
        title=_TITLE,
        hint="Tell the module's author.",
    )


def _places(rows: pl.DataFrame) -> pl.DataFrame:
    """Give every place once, chromosome by chromosome: a reference sequence holds few of them at a time."""
    return rows.select("chrom", "start", "ref").drop_nulls().unique().sort("chrom", "start")


def _compared(places: pl.DataFrame, bases_of: BasesOf, *, on: int) -> list[bool]:
    told = (_agrees(bases_of, chrom, start + on, ref) for chrom, start, ref in places.iter_rows())
    return [agrees for agrees in told if agrees is not None]


def _agrees(bases_of: BasesOf, chrom: str, start: int, ref: str) -> bool | None:
    found = bases_of(chrom, start, start + len(ref) - 1)
    return found == ref if found else None


def _by_known(known: pl.DataFrame) -> tuple[int, str]:
    at, before = (len(known.filter(pl.col("distance") == distance)) for distance in (0, -1))
    if before and not at:
        names = ", ".join(known.filter(pl.col("distance") == -1)["rsid"].head(3))
        if before < ENOUGH_KNOWN:
            raise InputError(
                f"{names}: one base before the known position, and nothing else of the module can be compared.",
                title=_TITLE,
                hint="Install the module Reference sequence and prepare it for this build; then it can be told "
                "whether all positions are one off.",
            )
        return 1, (
            f"The module counts from 0: {before} well-known rsIDs ({names} …) lie one base on. All positions were "
            "moved by one."
        )
    if at:
        return 0, f"{at} well-known rsIDs lie where the module says, counted from 1."
    return 0, (
        "Counted from 1, as the format says. Nothing here proves it: no reference sequence is installed, and no "
        "well-known rsID is in the module."
    )


def _contradicted(rows: pl.DataFrame, bases_of: BasesOf) -> pl.Expr:
    wrong = [place for place in _places(rows).iter_rows() if _agrees(bases_of, *place) is False]
    return pl.concat_str("chrom", "start", "ref", separator=" ").is_in([" ".join(map(str, place)) for place in wrong])
