"""Which chromosomes the genomes on this computer have: those of which a large reference is needed."""

from __future__ import annotations

from genoteca.engine import records
from genoteca.engine.samples import all_samples
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["chromosomes_missing", "needed_chromosomes"]


def needed_chromosomes(layout: Layout) -> frozenset[str]:
    """Give the chromosomes on which any genome that was read has a variant."""
    from genoteca.genome.chromosomes import chromosomes_in  # loads the table library, which screens do without

    stored = (records.current(layout, ["sample", "variants"], sample.id.key) for sample in all_samples(layout))
    return frozenset[str]().union(*(chromosomes_in(one.path) for one in stored if one is not None))


def chromosomes_missing(layout: Layout, reference: Stored) -> frozenset[str]:
    """Give the chromosomes that a reference of some chromosomes lacks; one that names none has all."""
    told = reference.record.metadata.get("chromosomes")
    return needed_chromosomes(layout).difference(map(str, told)) if isinstance(told, list) else frozenset()
