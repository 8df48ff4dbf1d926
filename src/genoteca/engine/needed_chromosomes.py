"""Which chromosomes the genomes on this computer have: those of which a large reference is needed."""

from __future__ import annotations

from genoteca.engine import records
from genoteca.engine.samples import all_samples
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["chromosomes_missing", "needed_chromosomes"]


def needed_chromosomes(layout: Layout, key: str | None = None) -> frozenset[str]:
    """Give the chromosomes on which a genome has a variant, here or lifted; None: any genome that was read."""
    from genoteca.genome.chromosomes import chromosomes_in  # loads the table library, which screens do without

    keys = [sample.id.key for sample in all_samples(layout)] if key is None else [key]
    stored = (records.current(layout, ["sample", name], one) for one in keys for name in ("variants", "lifted"))
    return frozenset[str]().union(*(chromosomes_in(one.path) for one in stored if one is not None))


def chromosomes_missing(layout: Layout, reference: Stored, key: str | None = None) -> frozenset[str]:
    """Give the chromosomes that a reference of some lacks for a genome (None: any); one that names none has all."""
    told = reference.record.metadata.get("chromosomes")
    return needed_chromosomes(layout, key).difference(map(str, told)) if isinstance(told, list) else frozenset()
