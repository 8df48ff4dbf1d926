"""What sort of data a file holds, by where its calls lie: only in a whole genome may silence mean reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import expm1
from pathlib import Path
from typing import NamedTuple

import polars as pl

from genoteca.genome.header import Header
from genoteca.genome.key import POSITION_SHIFT
from genoteca.genome.schema import CHROM
from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

__all__ = ["Measured", "Spread", "kind_after_reading", "spread_of"]

AUTOSOMES = tuple(str(number) for number in range(1, 23))
ENOUGH_AUTOSOMES = 20
ENOUGH_CARRIED = 2_000_000
BASES_PER_CARRIED = 3_000
"""A person differs from the reference at 4.1 to 5.0 million sites (1000 Genomes Project 2015,
https://doi.org/10.1038/nature15393), about one in 700 bases. Half of that, with at least one in 3,000 bases on 20 of
the 22 autosomes, is asked for: exomes (50,000), arrays (700,000 sites) and single chromosomes stay far below."""
POSITIONS = 1 << 28
"""Positions of a chromosome in the key."""
WINDOW = 10_000
WIDE = 0.5
"""Share of a chromosome's windows of 10,000 bases that hold a carried allele, asked for besides: as many alleles
heaped in a part of it are no whole genome. Platinum Genomes' chromosome 21 (a seventh of it is N) has 0.74."""

ENOUGH_OF_EXOME = 10_000
"""An exome has about 41,000 differences, a whole genome about 4.4 million (GATK, "Evaluating the quality of a
germline short variant callset", https://gatk.broadinstitute.org/hc/en-us/articles/360035531572)."""
NARROW = 0.3
HEAPED = 0.75
"""Exons are a fiftieth of the genome and lie together: few windows are hit, and fewer than as many alleles would hit
by chance. The chromosome 1 of an exome of HG002 hits 0.13 of its windows, 0.52 of what chance would."""
CODING_RATIO = 2.3
MOST_INDELS = 0.25
"""Ti/Tv is 2.0 to 2.1 over a whole genome and 3.0 to 3.3 in exons (same source); a capture's flanks lower it: the
exome of HG002 has 2.5, and one indel in nine calls; a quarter and more speaks for a selection of a whole genome."""

IMPUTED_ONLY = ("IMP", "IMPUTED", "TYPED", "TYPED_ONLY")
"""INFO keys that only imputation writes: IMP is Beagle's (https://faculty.washington.edu/browning/beagle/beagle.html),
the others Minimac's (https://github.com/statgen/Minimac4)."""
CHIP_ONLY = ("BAF", "LRR")
"""FORMAT keys of a chip's raw signals, both written by bcftools +gtc2vcf (https://github.com/freeseek/gtc2vcf) and by
Picard's GtcToVcf."""

_IMPUTES = re.compile(r"(?<![a-z])(beagle|glimpse|impute[25]|minimac|quilt|stitch)(?![a-z])", re.IGNORECASE)
_TELLS_THE_MAKER = re.compile(r"source|command|imput", re.IGNORECASE)


class Measured(NamedTuple):
    """The kind of a file, and in words what it was told by."""

    kind: SampleKind
    evidence: str


class Spread(NamedTuple):
    """Where the carried alleles of one chromosome lie; `transitions` and `transversions` of single bases."""

    carried: int
    windows: int
    """Windows of 10,000 bases that hold one or more."""
    transitions: int = 0
    transversions: int = 0
    indels: int = 0

    def whole(self, length: int) -> bool:
        """Whether they lie as densely and widely as in a whole genome."""
        return self.carried * BASES_PER_CARRIED >= length and self.windows >= WIDE * (length / WINDOW)

    def exons(self, length: int) -> bool:
        """Whether they lie heaped in few places, and look like coding sequence."""
        all_windows = length / WINDOW
        by_chance = -expm1(-self.carried / all_windows) * all_windows
        narrow = self.windows <= NARROW * all_windows and self.windows <= HEAPED * by_chance
        coding = self.transitions >= CODING_RATIO * self.transversions and self.indels <= MOST_INDELS * self.carried
        return narrow and coding


def kind_after_reading(facts: FileFacts, header: Header, spread: Mapping[str, Spread], build: Build) -> Measured:
    """Decide the kind from where the carried alleles lie, by chromosome.

    Whole genome only when nothing speaks against it: silence in any other kind means not covered. An imputed file
    lists what a panel knows, not what was looked at.
    """
    carried = sum(one.carried for one in spread.values())
    if facts.kind is SampleKind.GVCF:
        return Measured(facts.kind, "it states stretches without a difference")
    if facts.kind is SampleKind.EXOME:
        return Measured(facts.kind, "its header names an exome")
    if facts.kind is not SampleKind.PANEL:
        return Measured(facts.kind, "")
    if all(header.declares("FORMAT", name) for name in CHIP_ONLY):
        return Measured(SampleKind.ARRAY, "its header declares the raw signals of a chip (BAF, LRR)")
    if _is_imputed(header):
        return Measured(SampleKind.PANEL, "its header says that genotypes were imputed, which were never looked at")
    lengths = {name: build.lengths[name] for name in AUTOSOMES}
    whole = sum(spread[name].whole(length) for name, length in lengths.items() if name in spread)
    exons = sum(spread[name].exons(length) for name, length in lengths.items() if name in spread)
    told = f"{carried:,} differences on {sum(name in spread for name in AUTOSOMES)} of 22 autosomes"
    if whole >= ENOUGH_AUTOSOMES and carried >= ENOUGH_CARRIED:
        return Measured(SampleKind.WHOLE_GENOME, f"{told}, {whole} of them densely and all along")
    if exons >= ENOUGH_AUTOSOMES and carried >= ENOUGH_OF_EXOME:
        return Measured(SampleKind.EXOME, f"{told}, heaped in few places as exons are")
    return Measured(SampleKind.PANEL, f"{told}: not as many, or not as widely spread, as in a whole genome")


def spread_of(variants: Path) -> dict[str, Spread]:
    """Measure where the carried alleles of a variants table lie, by chromosome; MT is left out.

    What an exome is told by is measured only where there are too few alleles for a whole genome.
    """
    table = pl.scan_parquet(variants).filter(pl.col("dosage") >= 1)
    place = pl.col("key") // (1 << POSITION_SHIFT)
    counted = (
        table.group_by(rank=place // POSITIONS - 1, window=place % POSITIONS // WINDOW)
        .len()
        .group_by("rank")
        .agg(carried=pl.col("len").sum(), windows=pl.len())
        .collect(engine="streaming")
    )
    found = {CHROMOSOMES[rank]: Spread(carried, windows) for rank, carried, windows in counted.iter_rows()}
    if sum(one.carried for one in found.values()) >= ENOUGH_CARRIED:
        return found
    for name, transitions, transversions, indels in _letters(table).iter_rows():
        found[name] = found[name]._replace(transitions=transitions, transversions=transversions, indels=indels)
    return found


def _letters(table: pl.LazyFrame) -> pl.DataFrame:
    single = (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1)
    moved = (pl.col("ref") + pl.col("alt")).is_in(["AG", "GA", "CT", "TC"])
    return (
        table.filter(pl.col("ref").is_not_null())
        .group_by(pl.col("chrom").cast(CHROM))
        .agg(
            transitions=(single & moved).sum(),
            transversions=(single & ~moved).sum(),
            indels=(pl.col("ref").str.len_bytes() != pl.col("alt").str.len_bytes()).sum(),
        )
        .collect(engine="streaming")
    )


def _is_imputed(header: Header) -> bool:
    """Whether the header names what only imputation writes, or a program that imputes."""
    if any(header.declares("INFO", name) for name in IMPUTED_ONLY):
        return True
    if header.declares("INFO", "R2") and header.declares("INFO", "ER2"):
        return True
    makers = [(key, value) for key, value in header.meta if _TELLS_THE_MAKER.search(key)]
    return any("imput" in key.lower() or _IMPUTES.search(f"{key}={value}") for key, value in makers)
