"""The variants of a sample as arrays, and the whole of a few rows where it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.annotate.agreement import Agreement
from genoteca.annotate.filtering import below_limits, filtered_by_file, looked_at
from genoteca.annotate.sample_tables import CARRIED_FRACTION, SampleTables
from genoteca.annotate.spans import KEY_SHIFT, RANK_SHIFT, Bools, Places, Rows, distinct
from genoteca.annotate.table_rows import TableRows, take_rows
from genoteca.errors import DatasetError
from genoteca.genome.one_copy import against_the_sex
from genoteca.genome.schema import CHROM
from genoteca.model.build import RANK

__all__ = ["Calls", "Long", "Supplied", "carried_mitochondrial", "filtered_calls", "read_calls"]

READ = (
    "chrom", "pos", "ref", "alt", "filter", "genotype", "dosage", "ploidy", "missing", "line", "allele",
)  # fmt: skip
FRACTION = "allele_fraction"
PART = 1 << 19
"""Rows read at a time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Supplied:
    """What a module's alleles made of an array's calls, held in memory: the rows and assertions of a VCF."""

    rows: pl.DataFrame
    """The columns of the variants table, one row per carried ALT, sorted by key."""
    source: Rows
    """Of every row, the row of the sample's variants table that it was made of."""
    coverage: pl.DataFrame
    """The columns of the coverage table; a reference base stands for single-base sites only."""
    agreement: Agreement
    """Calls at the module's single-base sites, and how many of them have alleles that the module knows there."""
    unusable: dict[str, int]
    """Calls that answer as no call, by reason."""


@dataclass(frozen=True, slots=True)
class Long:
    """The rows whose REF has more than one base, by place."""

    rows: Rows
    place: Places
    end: Places
    """Of the last base of REF."""
    furthest: int
    """Bases of the longest REF, 1 at least."""

    @staticmethod
    def among(key: npt.NDArray[np.uint64], length: npt.NDArray[np.uint32]) -> Long:
        """Find them among all rows of a sample."""
        rows = np.flatnonzero(length > 1)
        bases, place = length[rows].astype(np.int64), (key[rows] >> np.uint64(KEY_SHIFT)).astype(np.int64)
        return Long(rows, place, place + bases - 1, int(bases.max(initial=1)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    """Every variant row of a sample, in the order of its file (sorted by key)."""

    sample: SampleTables
    key: npt.NDArray[np.uint64]
    length: npt.NDArray[np.uint32]
    """Bases of REF."""
    carried: Bools
    """Dosage of at least 1; on MT an allele fraction of at least 0.10, see `carried_mitochondrial`."""
    long: Long
    supplied: Supplied | None = None
    """Of an array: what stands in place of the sample's tables."""
    detailed: TableRows | None = None
    """Of any other sample: where `details` reads."""
    held: tuple[Rows, pl.DataFrame] | None = None
    """Rows that are held in full: their numbers, sorted, and `details` of them."""

    @property
    def place(self) -> Places:
        """Give the place of every row; made anew each time."""
        return (self.key >> np.uint64(KEY_SHIFT)).astype(np.int64)

    @property
    def end(self) -> Places:
        """Give the place of the last base of every row's REF; made anew each time."""
        return self.place + self.length - 1

    def places_of(self, rows: Rows) -> Places:
        """Give the places of some rows."""
        return (self.key[rows] >> np.uint64(KEY_SHIFT)).astype(np.int64)

    def before(self, places: Places) -> Rows:
        """Count the rows before each of some places."""
        return np.searchsorted(self.key, places.astype(np.uint64) << np.uint64(KEY_SHIFT))

    @property
    def unusable(self) -> dict[str, int]:
        """Count the calls of an array that answer as no call, by reason."""
        return self.supplied.unusable if self.supplied else {}

    def keys(self) -> pl.LazyFrame:
        """Give `row` and `key` of every row."""
        if self.supplied:
            return self.supplied.rows.lazy().select("key").with_row_index("row")
        return pl.scan_parquet(self.sample.variants).select("key").with_row_index("row")

    def take(self, rows: Rows, columns: Sequence[str]) -> pl.DataFrame:
        """Give some columns of some rows (sorted, without repeats)."""
        if self.supplied:
            return self.supplied.rows.select(columns)[rows]
        return take_rows(self.sample.variants, rows, columns)

    def coverage(self) -> pl.LazyFrame:
        """Give what the file asserts without a variant (`model.column.COVERAGE`)."""
        return self.supplied.coverage.lazy() if self.supplied else pl.scan_parquet(self.sample.coverage)

    def in_file(self, told: pl.DataFrame) -> pl.DataFrame:
        """Give `row` of some answers as it is in the sample's variants table."""
        if self.supplied is None:
            return told
        source = pl.Series(self.supplied.source, dtype=pl.UInt32)
        return told.with_columns(source.gather(told["row"]).alias("row"))

    def holding(self, rows: Rows) -> Calls:
        """Give the same with some rows (in any order, with repeats) held in full, where they lie far apart."""
        if self.detailed is None or self.detailed.keeps(rows):
            return self
        once = distinct(np.sort(rows))
        return replace(self, held=(once, self.details(once)))

    def details(self, rows: Rows) -> pl.DataFrame:
        """Give some rows (sorted, without repeats) in full, with what the rules make of them.

        Besides the columns read: `row`; `carried`; `copies` of the ALT (on MT those the genotype text names, at
        least one when carried); `missing` with symbolic alleles counted as unknown; `deleted`, the `*` of the
        genotype; and `filtered`.
        """
        if self.held is not None:
            return self.held[1][np.searchsorted(self.held[0], rows)]
        names = _read(self.sample)
        read = self.take(rows, names) if self.detailed is None else self.detailed.take(rows)
        taken = read.with_columns(pl.col("chrom").cast(CHROM))
        marked = bool(taken["genotype"].str.contains("[<*]").any())
        return taken.with_columns(
            pl.Series("row", rows, dtype=pl.UInt32),
            pl.Series("carried", self.carried[rows], dtype=pl.Boolean),
            filtered=filtered_calls(self.sample),
            missing=pl.col("missing").fill_null(0).cast(pl.Int64) + _times("<", told=marked),
            deleted=_times("*", told=marked),
            ploidy=pl.col("ploidy").fill_null(2).cast(pl.Int64),
        ).with_columns(_copies(mitochondrial=bool((taken["chrom"] == "MT").any())))


def read_calls(sample: SampleTables) -> Calls:
    """Read what every row is asked for: key, length of REF, and whether it is carried.

    Raises:
        DatasetError: the variants are not sorted by key.

    """
    file = sample.variants.stat()
    narrow = _narrow(sample.variants, file.st_mtime_ns, file.st_size)
    return Calls(
        sample=sample,
        key=narrow.key,
        length=narrow.length,
        carried=narrow.carried,
        long=narrow.long,
        detailed=TableRows(sample.variants, _read(sample), held=sample.room.step),
    )


class _Narrow(NamedTuple):
    """What `Calls` says of every row."""

    key: npt.NDArray[np.uint64]
    length: npt.NDArray[np.uint32]
    carried: Bools
    long: Long


@lru_cache(maxsize=1)
def _narrow(
    variants: Path,
    modified: int,  # noqa: ARG001 - tells one content of a path from another, for the cache
    size: int,  # noqa: ARG001 - likewise
) -> _Narrow:
    """Read key, length of REF, and whether the row is carried, a part at a time: little is held besides.

    All modules of a run ask for the same: it is read once.
    """
    has = (pl.col("dosage") >= 1).fill_null(value=False)
    scan = pl.scan_parquet(variants).select("key", length=pl.col("ref").str.len_bytes(), carried=has)
    count = int(scan.select(pl.len()).collect().item())
    key, length, carried = np.empty(count, np.uint64), np.empty(count, np.uint32), np.empty(count, np.bool_)
    for offset in range(0, count, PART):
        part, here = scan.slice(offset, PART).collect(), slice(offset, offset + PART)
        key[here], length[here], carried[here] = (column.to_numpy() for column in part)
    if count and (key[1:] < key[:-1]).any():
        raise DatasetError(f"{variants.name}: the variants are not sorted by key.", hint="Add the genome file again.")
    low, high = (rank << KEY_SHIFT + RANK_SHIFT for rank in (RANK["MT"], RANK["MT"] + 1))
    mitochondrial = np.arange(*np.searchsorted(key, np.array([low, high], np.uint64)))
    if len(mitochondrial):
        carried[mitochondrial] = carried_mitochondrial(take_rows(variants, mitochondrial, [*READ, FRACTION]))
    long = Long.among(key, length)
    for values in (key, length, carried, long.rows, long.place, long.end):
        values.setflags(write=False)
    return _Narrow(key, length, carried, long)


def _read(sample: SampleTables) -> tuple[str, ...]:
    """Name the columns that details are made of: those that a limit looks at only where there is one."""
    return (*READ, *looked_at(sample.rules))


def _alleles() -> pl.Expr:
    return pl.col("genotype").str.replace_all("|", "/", literal=True).str.split("/")


def carried_mitochondrial(rows: pl.DataFrame) -> Bools:
    """Tell which MT rows are carried: by the allele fraction; without one, by the genotype.

    The genotype is of the untrimmed record: an ALT that it spells is carried, and so is the only ALT of a record
    whose genotype is wholly known, because a record without any ALT makes no row.
    """
    spelled = _alleles().list.contains(pl.col("alt"))
    alone = (pl.len().over("line") == 1) & ~pl.col("genotype").str.contains(r"[?<*]")
    by_fraction = pl.col("allele_fraction") >= CARRIED_FRACTION
    told = pl.coalesce(by_fraction, spelled | alone).fill_null(value=False)
    return rows.select(carried=told)["carried"].to_numpy()


def _times(mark: str, *, told: bool) -> pl.Expr:
    """Count a mark in genotypes, of which hardly any has it; `told`: some may."""
    if not told:
        return pl.lit(0, pl.Int64)
    return pl.col("genotype").str.count_matches(mark, literal=True).fill_null(0).cast(pl.Int64)


def _copies(*, mitochondrial: bool) -> pl.Expr:
    dosage = pl.col("dosage").fill_null(0).cast(pl.Int64)
    if not mitochondrial:
        return dosage.alias("copies")
    fenced = pl.format("/{}/", pl.col("genotype").str.replace_all(r"[/|]", "//"))
    named = fenced.str.count_matches(pl.format("/{}/", "alt"), literal=True).fill_null(0).cast(pl.Int64)
    told = pl.when("carried").then(pl.max_horizontal(named, pl.lit(1, pl.Int64))).otherwise(0)
    return pl.when(pl.col("chrom") == "MT").then(told).otherwise(dosage).cast(pl.Int64).alias("copies")


def filtered_calls(sample: SampleTables) -> pl.Expr:
    """Tell the rows of a variants table that the file, the user's limits or the stated sex speak against."""
    weak = below_limits(sample.rules, "qual", "depth", "genotype_quality", "balance")
    named = filtered_by_file(pl.col("filter"), failing=sample.rules.failing)
    return named | weak | against_the_sex(sample.build, sample.sex)
