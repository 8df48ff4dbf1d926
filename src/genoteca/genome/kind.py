"""What sort of data a file holds, by where its calls lie: only in a whole genome may silence mean reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from genoteca.genome.header import Header
from genoteca.genome.spread import Spread
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

__all__ = ["Measured", "kind_after_reading"]

AUTOSOMES = tuple(str(number) for number in range(1, 23))
ENOUGH_AUTOSOMES = 20
ENOUGH_CARRIED = 2_000_000
"""Half of what a person differs from the reference at: 4.1 to 5.0 million sites (1000 Genomes Project 2015,
https://doi.org/10.1038/nature15393)."""
ENOUGH_OF_EXOME = 10_000
"""An exome has about 41,000 differences, a whole genome about 4.4 million (GATK, "Evaluating the quality of a
germline short variant callset", https://gatk.broadinstitute.org/hc/en-us/articles/360035531572)."""

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


def _is_imputed(header: Header) -> bool:
    """Whether the header names what only imputation writes, or a program that imputes."""
    if any(header.declares("INFO", name) for name in IMPUTED_ONLY):
        return True
    if header.declares("INFO", "R2") and header.declares("INFO", "ER2"):
        return True
    makers = [(key, value) for key, value in header.meta if _TELLS_THE_MAKER.search(key)]
    return any("imput" in key.lower() or _IMPUTES.search(f"{key}={value}") for key, value in makers)
