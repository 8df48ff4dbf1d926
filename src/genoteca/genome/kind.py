"""Whether a file that was read holds a whole genome, so that its silence may be read as reference."""

from __future__ import annotations

import re
from collections.abc import Mapping

from genoteca.genome.header import Header
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

__all__ = ["kind_after_reading"]

AUTOSOMES = tuple(str(number) for number in range(1, 23))
ENOUGH_AUTOSOMES = 20
ENOUGH_CARRIED = 2_000_000
BASES_PER_CARRIED = 3_000
"""A person differs from the reference at 4.1 to 5.0 million sites (1000 Genomes Project 2015,
https://doi.org/10.1038/nature15393), about one in 700 bases. Half of that, with at least one in 3,000 bases on 20 of
the 22 autosomes, is asked for: exomes (50,000), arrays (700,000 sites) and single chromosomes stay far below."""

IMPUTED_ONLY = ("IMP", "IMPUTED", "TYPED", "TYPED_ONLY")
"""INFO keys that only imputation writes: IMP is Beagle's (https://faculty.washington.edu/browning/beagle/beagle.html),
the others Minimac's (https://github.com/statgen/Minimac4)."""

_IMPUTES = re.compile(r"(?<![a-z])(beagle|glimpse|impute[25]|minimac|quilt|stitch)(?![a-z])", re.IGNORECASE)
_TELLS_THE_MAKER = re.compile(r"source|command|imput", re.IGNORECASE)


def kind_after_reading(facts: FileFacts, header: Header, carried: Mapping[str, int], build: Build) -> SampleKind:
    """Decide the kind from the carried alleles per chromosome.

    Whole genome only when nothing speaks against it: silence in any other kind means not covered. An imputed file
    lists what a panel knows, not what was looked at.
    """
    if facts.kind is not SampleKind.PANEL or _is_imputed(header):
        return facts.kind
    dense = sum(carried.get(name, 0) * BASES_PER_CARRIED >= build.lengths[name] for name in AUTOSOMES)
    whole = dense >= ENOUGH_AUTOSOMES and sum(carried.values()) >= ENOUGH_CARRIED
    return SampleKind.WHOLE_GENOME if whole else SampleKind.PANEL


def _is_imputed(header: Header) -> bool:
    """Whether the header names what only imputation writes, or a program that imputes."""
    if any(header.declares("INFO", name) for name in IMPUTED_ONLY):
        return True
    if header.declares("INFO", "R2") and header.declares("INFO", "ER2"):
        return True
    makers = [(key, value) for key, value in header.meta if _TELLS_THE_MAKER.search(key)]
    return any("imput" in key.lower() or _IMPUTES.search(f"{key}={value}") for key, value in makers)
