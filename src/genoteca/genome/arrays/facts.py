"""What an array file says of itself before it is stored: maker, build and how it is known, strand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from genoteca.genome.arrays.known import KNOWN, Place, build_of_positions
from genoteca.genome.arrays.layout import ArrayLayout
from genoteca.genome.arrays.records import ArrayParser, placed
from genoteca.genome.arrays.vendors import builds_named
from genoteca.genome.stream import GenomeText
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind

__all__ = ["array_facts", "build_of_array", "known_places"]


def array_facts(path: Path, text: GenomeText, layout: ArrayLayout) -> FileFacts:
    """Read through the file for the SNPs that tell its build, and put together what it says."""
    parser = ArrayParser(layout=layout)
    places = [place for block in text.blocks() for place in known_places(parser.parse(block))]
    build, evidence = build_of_array(layout, places)
    return FileFacts(
        path=str(path),
        name=path.name,
        bytes=text.bytes,
        format=layout.format,
        compression=text.compression,
        samples=[],
        build=build,
        build_evidence=evidence,
        kind=SampleKind.ARRAY,
        has_genotypes=True,
        gvcf=False,
        synthetic="synthetic" in layout.words.lower(),
        header_lines=layout.header_lines,
        member=text.member,
    )


def known_places(rows: pl.DataFrame) -> Iterator[Place]:
    """Give identifier, chromosome and position of the rows of well-known SNPs."""
    met = rows.filter(pl.col("id").is_in(list(KNOWN)) & ~pl.col("narrow"))
    # Names of chromosomes fold alike in every build; which one is not known yet.
    told = placed(met, Build.GRCH38).select("id", pl.col("chrom").cast(pl.String), "pos").drop_nulls()
    yield from told.iter_rows()


def build_of_array(layout: ArrayLayout, places: Iterable[Place]) -> tuple[Build | None, str]:
    """Tell the build and why; None with the reason when nothing tells, or the comments and the positions disagree."""
    named = builds_named(layout.words)
    by_position, why = build_of_positions(places)
    if len(named) > 1:
        return None, f"The comments of the file name several builds: {' and '.join(named.values())}."
    if not named:
        told = f"The file names no build; {why}."
        return by_position, told
    build, words = next(iter(named.items()))
    if by_position not in (None, build):
        return None, f"The comments of the file say {words!r}, but {why}."
    if by_position is None and "contradict" in why:
        return None, f"The comments of the file say {words!r}, but {why}."
    return build, f"The comments of the file say {words!r}" + (f", and {why}." if by_position else ".")
