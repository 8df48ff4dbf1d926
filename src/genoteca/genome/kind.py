"""Whether a file that was read holds a whole genome, so that its silence may be read as reference."""

from __future__ import annotations

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


def kind_after_reading(facts: FileFacts, header: Header, carried: Mapping[str, int], build: Build) -> SampleKind:
    """Decide the kind from the carried alleles per chromosome.

    Whole genome only when nothing speaks against it: silence in any other kind means not covered. An imputed file
    lists what a panel knows, not what was looked at.
    """
    if facts.kind is not SampleKind.PANEL or header.declares("INFO", "IMPUTED"):
        return facts.kind
    dense = sum(carried.get(name, 0) * BASES_PER_CARRIED >= build.lengths[name] for name in AUTOSOMES)
    whole = dense >= ENOUGH_AUTOSOMES and sum(carried.values()) >= ENOUGH_CARRIED
    return SampleKind.WHOLE_GENOME if whole else SampleKind.PANEL
