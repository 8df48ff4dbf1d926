"""Quality figures of a sample's tables, part by part, so that memory does not grow with the genome."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from genoteca.genome.bases import CoveredBases, Whole
from genoteca.genome.one_copy import outside_par
from genoteca.genome.schema import CHROM
from genoteca.genome.sex import sex_evidence
from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.evidence import Evidence
from genoteca.model.quality import ChromosomeFigures, FilterCounts, Histogram, Quality, SexEvidence

__all__ = ["quality_of"]

PART = 500_000
"""Rows looked at in one go."""
MEGABASE = 1_000_000
DEPTH_STEPS = (5, 10, 20, 50, 100, 200, 500, 1000)
DEPTH_BINS = 20
QUALITIES = (*range(0, 95, 5), 95)
BALANCES = 20
SPECTRUM = ("C>A", "C>G", "C>T", "T>A", "T>C", "T>G")
NAMES = 40
"""Names of failed filters that are kept, the most frequent first."""
CARRIED_FRACTION = 0.10
"""A mitochondrial allele is carried from this share of the reads."""

_READ = (
    "chrom",
    "pos",
    "ref",
    "alt",
    "dosage",
    "zygosity",
    "filter",
    "depth",
    "genotype_quality",
    "allele_fraction",
    "line",
)


_Key = tuple[str, str, bool | None, str | None, bool]
"""Chromosome, kind, transition, zygosity, and whether it lies on X or Y outside the pseudoautosomal regions."""


@dataclass(slots=True)
class _Totals:
    """What adds up over the parts of the variants table."""

    kinds: Counter[_Key] = field(default_factory=Counter)
    depth: Counter[int | None] = field(default_factory=Counter)
    genotype_quality: Counter[int | None] = field(default_factory=Counter)
    balance: Counter[int | None] = field(default_factory=Counter)
    filters: Counter[str | None] = field(default_factory=Counter)
    density: Counter[tuple[str, int]] = field(default_factory=Counter)
    spectrum: Counter[tuple[str, str]] = field(default_factory=Counter)
    bases: CoveredBases = field(default_factory=CoveredBases)
    lines: list[pl.DataFrame] = field(default_factory=list)


def quality_of(variants: Path, coverage: Path, *, build: Build, structural: Path | None = None) -> Quality:
    """Count what a sample carries, and how well it is known (`VARIANTS`, `COVERAGE` and `STRUCTURAL` tables).

    An allele is carried with a dosage of one or more, on MT from a tenth of the reads; a call without REF (an array)
    counts as carried, because what it carries is known only where a module supplies the REF.
    """
    totals = _Totals()
    for part in _parts(variants, _READ):
        _add(totals, part.lazy(), build)
    covered = _covered(coverage)
    records, multi_allelic, heterozygous = _records(totals.lines)
    kinds, moved, homozygous = _summed(totals.kinds)
    found, listed = _structural(structural)
    return Quality(
        records=records,
        alleles=totals.kinds.total(),
        snvs=kinds["snv"],
        insertions=kinds["insertion"],
        deletions=kinds["deletion"],
        mnvs=kinds["mnv"],
        unresolved=kinds["unresolved"],
        multi_allelic=multi_allelic,
        structural=found,
        structural_listed=listed,
        transitions=moved[True],
        transversions=moved[False],
        spectrum=_spectrum(totals.spectrum),
        heterozygous=heterozygous,
        homozygous=homozygous,
        depth=_histogram(totals.depth, _depth_starts(totals.depth)),
        genotype_quality=_histogram(totals.genotype_quality, QUALITIES),
        balance=_shares(totals.balance),
        filters=_filters(totals.filters),
        sex=_sex(totals, covered[Evidence.REFERENCE], heterozygous / homozygous if homozygous else None),
        chromosomes=[_chromosome(name, totals, covered, build) for name in CHROMOSOMES],
    )


def _summed(counted: Counter[_Key]) -> tuple[Counter[str], Counter[bool | None], int]:
    """Sum by kind; single bases by whether they are transitions, MT left out; and homozygous autosomal alleles."""
    kinds: Counter[str] = Counter()
    moved: Counter[bool | None] = Counter()
    homozygous = 0
    for (chrom, kind, transition, zygosity, _), n in counted.items():
        kinds[kind] += n
        if kind == "snv" and chrom != "MT":
            moved[transition] += n
        if zygosity == "homozygous" and chrom not in ("X", "Y", "MT"):
            homozygous += n
    return kinds, moved, homozygous


def _parts(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    table = pl.scan_parquet(path).select(columns)
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    for start in range(0, rows, PART):
        yield table.slice(start, PART).collect()


def _add(totals: _Totals, part: pl.LazyFrame, build: Build) -> None:
    marked = part.with_columns(pl.col("chrom").cast(CHROM), carried=_carried()).collect()
    totals.lines.append(marked.select("line", "carried", heterozygous=_autosome() & _heterozygous()))
    carried = marked.filter("carried")
    rows = carried.lazy()
    values: dict[str, Counter[Any]] = {
        "depth": totals.depth,
        "genotype_quality": totals.genotype_quality,
        "filter": totals.filters,
    }
    tables = [
        rows.group_by(
            "chrom", kind=_kind(), transition=_transition(), zygosity="zygosity", single=outside_par(build)
        ).len(),
        rows.group_by("chrom", place=(pl.col("pos") - 1) // MEGABASE).len(),
        rows.filter(_heterozygous()).group_by(bin=_balance_bin()).len(),
        rows.filter((_kind() == "snv") & (pl.col("chrom") != "MT")).group_by("ref", "alt").len(),
        *(rows.group_by(name).len() for name in values),
    ]
    kinds, places, balance, changes, *counted = pl.collect_all(tables)
    totals.kinds.update({tuple(key): n for *key, n in kinds.iter_rows()})
    totals.density.update({(chrom, place): n for chrom, place, n in places.iter_rows()})
    totals.spectrum.update({(ref, alt): n for ref, alt, n in changes.iter_rows()})
    for counter, table in zip([totals.balance, *values.values()], [balance, *counted], strict=True):
        counter.update(dict(table.iter_rows()))
    totals.bases.add(*_stretches(carried, "pos", pl.col("pos") + pl.col("ref").str.len_bytes().fill_null(1) - 1))


def _stretches(rows: pl.DataFrame, start: str, end: pl.Expr) -> tuple[Whole, Whole, Whole]:
    columns = (pl.col("chrom").to_physical(), pl.col(start), end)
    taken = rows.select(column.cast(pl.Int64).alias(str(n)) for n, column in enumerate(columns))
    return taken["0"].to_numpy(), taken["1"].to_numpy(), taken["2"].to_numpy()


def _carried() -> pl.Expr:
    mitochondrial = (pl.col("allele_fraction") >= CARRIED_FRACTION).fill_null(value=True)
    return (
        pl.when(pl.col("ref").is_null())
        .then(pl.lit(value=True))
        .when(pl.col("chrom") == "MT")
        .then(mitochondrial)
        .otherwise((pl.col("dosage") >= 1).fill_null(value=False))
    )


def _kind() -> pl.Expr:
    ref, alt = (pl.col(name).str.len_bytes() for name in ("ref", "alt"))
    return (
        pl.when(pl.col("ref").is_null())
        .then(pl.lit("unresolved"))
        .when((ref == 1) & (alt == 1))
        .then(pl.lit("snv"))
        .when(ref == alt)
        .then(pl.lit("mnv"))
        .when(ref < alt)
        .then(pl.lit("insertion"))
        .otherwise(pl.lit("deletion"))
    )


def _transition() -> pl.Expr:
    """Whether A and G, or C and T, change places; null where there is no REF."""
    either = [
        ((pl.col("ref") == one) & (pl.col("alt") == other)) | ((pl.col("ref") == other) & (pl.col("alt") == one))
        for one, other in ("AG", "CT")
    ]
    return either[0] | either[1]


def _autosome() -> pl.Expr:
    return pl.col("chrom").cast(CHROM) <= pl.lit("22", CHROM)


def _heterozygous() -> pl.Expr:
    return (pl.col("zygosity") == "heterozygous").fill_null(value=False)


def _balance_bin() -> pl.Expr:
    return (pl.col("allele_fraction") * BALANCES).floor().clip(0, BALANCES - 1).cast(pl.Int64)


def _spectrum(changes: Counter[tuple[str, str]]) -> dict[str, int]:
    """Sum changes of one base by the six that are left when both strands are read from C or T."""
    found = dict.fromkeys(SPECTRUM, 0)
    other = str.maketrans("ACGT", "TGCA")
    for (ref, alt), n in changes.items():
        told = f"{ref}>{alt}" if ref in "CT" else f"{ref}>{alt}".translate(other)
        if told in found:  # a letter that is no base has no place here
            found[told] += n
    return found


def _records(lines: list[pl.DataFrame]) -> tuple[int, int, int]:
    """Count records with a carried allele, those that list two alleles or more, and heterozygous ones."""
    if not lines:
        return 0, 0, 0
    rows = pl.concat(lines, rechunk=True)
    listed, repeats = np.unique(rows["line"].to_numpy(), return_counts=True)
    several = int((repeats > 1).sum())
    doubled = rows.filter(pl.col("line").is_in(pl.Series(listed[repeats > 1]).implode())) if several else rows.clear()
    counts = []
    for name in ("carried", "heterozygous"):
        extra = doubled.filter(name)["line"]
        counts.append(int(rows[name].sum()) - len(extra) + extra.n_unique())
    return counts[0], several, counts[1]


def _covered(coverage: Path) -> dict[Evidence, CoveredBases]:
    found = {Evidence.REFERENCE: CoveredBases(), Evidence.NO_CALL: CoveredBases()}
    for part in _parts(coverage, ("chrom", "start", "end", "evidence")):
        for evidence, bases in found.items():
            rows = part.filter(pl.col("evidence").cast(pl.String) == evidence.value)
            bases.add(*_stretches(rows.with_columns(pl.col("chrom").cast(CHROM)), "start", pl.col("end")))
    return found


def _structural(path: Path | None) -> tuple[dict[str, int], int]:
    if path is None:
        return {}, 0
    table = pl.scan_parquet(path)
    carried = table.filter(pl.col("dosage") >= 1).group_by(pl.col("type").cast(pl.String)).len().sort("type")
    return dict(carried.collect().iter_rows()), table.select(pl.len()).collect().item()


def _depth_starts(counted: Counter[int | None]) -> Sequence[int]:
    """Choose bins so wide that 98 of 100 values lie before the last one: 5 reads for a genome, more for a panel."""
    values = sorted((value, n) for value, n in counted.items() if value is not None)
    high = _quantile(values, 0.98) or 0
    step = next((step for step in DEPTH_STEPS if high < DEPTH_BINS * step), DEPTH_STEPS[-1])
    return range(0, DEPTH_BINS * step + 1, step)


def _histogram(counted: Counter[int | None], starts: Sequence[int]) -> Histogram:
    values = sorted((value, n) for value, n in counted.items() if value is not None)
    counts = [0] * len(starts)
    for value, n in values:
        counts[bisect_right(starts, value) - 1] += n
    return Histogram(starts=list(starts), counts=counts, without=counted[None], median=_quantile(values, 0.5))


def _quantile(values: Sequence[tuple[int, int]], share: float) -> int | None:
    """Give the value that this share of them do not exceed; None without any."""
    asked, seen = sum(n for _, n in values) * share, 0
    for value, n in values:
        seen += n
        if seen >= asked:
            return value
    return None


def _shares(counted: Counter[int | None]) -> Histogram:
    return Histogram(
        starts=[n / BALANCES for n in range(BALANCES)],
        counts=[counted[n] for n in range(BALANCES)],
        without=counted[None],
    )


def _filters(counted: Counter[str | None]) -> FilterCounts:
    names: Counter[str] = Counter()
    for verdict, n in counted.items():
        if verdict not in (None, ".", "PASS"):
            names.update(dict.fromkeys(str(verdict).split(";"), n))
    passed, without = counted["PASS"], counted[None] + counted["."]
    failed = counted.total() - passed - without
    return FilterCounts(passed=passed, without=without, failed=failed, names=dict(names.most_common(NAMES)))


def _sex(totals: _Totals, reference: CoveredBases, usual: float | None) -> SexEvidence:
    counts: Counter[tuple[str, str | None]] = Counter()
    for (chrom, kind, _, zygosity, single), n in totals.kinds.items():
        if single and kind in ("snv", "unresolved"):
            counts[chrom, zygosity] += n
    return sex_evidence(
        heterozygous=counts["X", "heterozygous"],
        homozygous=counts["X", "homozygous"] + counts["X", "hemizygous"],
        carried_y=sum(n for (chrom, _), n in counts.items() if chrom == "Y"),
        reference_y=reference.of("Y"),
        usual=usual,
        chip=any(kind == "unresolved" for _, kind, *_ in totals.kinds),
    )


def _chromosome(name: str, totals: _Totals, covered: dict[Evidence, CoveredBases], build: Build) -> ChromosomeFigures:
    kinds: Counter[str] = Counter()
    for (chrom, kind, *_), n in totals.kinds.items():
        if chrom == name:
            kinds[kind] += n
    length = build.lengths[name]
    return ChromosomeFigures(
        chrom=name,
        length=length,
        variants=kinds.total(),
        snvs=kinds["snv"],
        indels=kinds["insertion"] + kinds["deletion"],
        reference_bases=covered[Evidence.REFERENCE].of(name),
        no_call_bases=covered[Evidence.NO_CALL].of(name),
        variant_bases=totals.bases.of(name),
        density=[totals.density[name, place] for place in range((length - 1) // MEGABASE + 1)],
    )
