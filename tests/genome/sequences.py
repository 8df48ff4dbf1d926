"""Made-up sequences as the app stores them: the mitochondrion of any build is short, the others are mostly N."""

from __future__ import annotations

import random
from pathlib import Path

from genoteca.genome.sequence import ReferenceSequence
from genoteca.genome.sequence_file import SequenceWriter
from genoteca.model.build import Build


def written(path: Path, build: Build = Build.GRCH38, **chromosomes: str) -> ReferenceSequence:
    """Write a sequence of these chromosomes (`c21=…`), each filled up with N to its length, and open it."""
    with SequenceWriter(path, build) as writer:
        for name, bases in chromosomes.items():
            chrom = name.removeprefix("c")
            writer.add(chrom, [bases.encode(), b"N" * (build.lengths[chrom] - len(bases))])
    return ReferenceSequence(path, build)


def repetitive(length: int, seed: int) -> str:
    """Make bases in which much can be shifted: runs, short repeats, and some stretches of anything."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    made = ""
    while len(made) < length:
        unit = "".join(chance.choices("ACGT", k=chance.choice([1, 1, 1, 2, 2, 3, 4, 7])))
        made += unit * chance.choice([1, 1, 2, 3, 5, 9, 40])
    return made[:length]
