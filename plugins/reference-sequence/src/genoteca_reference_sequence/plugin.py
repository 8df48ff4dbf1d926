"""The two hooks of the module, and how a sequence is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.sdk import (
    Dataset,
    ModuleContext,
    ModuleManifest,
    ReferenceDataError,
    ReferenceRequest,
    SequenceWriter,
    hookimpl,
    load_manifest,
    place_of,
    reference_asset,
    verify_sequence,
)
from genoteca_reference_sequence.contigs import Contig, contigs_of
from genoteca_reference_sequence.source import fetch_sequence

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["build_definitions", "describe_module", "make_sequence"]

CONVERSION = "1"
"""Raised when the conversion gives another table for the same file."""


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the sequence, for everyone; there is nothing per sample."""
    import dagster as dg

    sequence = reference_asset(
        describe_module(),
        make=make_sequence,
        code_version=CONVERSION,
        settings=context.settings,
        columns=SequenceWriter.columns,
        verify=verify_sequence,
    )
    return dg.Definitions(assets=[sequence])


def make_sequence(request: ReferenceRequest) -> Dataset:
    """Fetch a sequence, check that its chromosomes are those of the build, and write it; in flat memory.

    Raises:
        FetchError: it cannot be fetched, or its checksum says no.
        ReferenceDataError: no sequence file, of another build, damaged, or the publisher's lacks a chromosome.

    """
    fetched, release = fetch_sequence(request)
    path = request.scratch / "sequence.parquet"
    aside: Counter[str] = Counter()
    with SequenceWriter(path, request.build) as writer:
        for contig in contigs_of(fetched.path):
            request.progress(0.5 + 0.4 * contig.fraction, f"reading {contig.name}")
            if reason := _take(contig, writer):
                aside[reason] += 1
        missing = [chrom for chrom in request.build.lengths if chrom not in writer.written]
        _require(missing, request, fetched.url)
    if missing:
        request.progress(0.9, f"not in this file: {', '.join(missing)}")
    return Dataset(
        table=path,
        build=request.build,
        release=release,
        metadata={
            "provides": [f"sequence:{request.build}"],
            "chromosomes": [chrom for chrom in request.build.lengths if chrom in writer.written],
            "missing": list(missing),
            "set_aside": dict(aside),
        },
    )


def _take(contig: Contig, writer: SequenceWriter) -> str | None:
    """Write a contig where it is a chromosome of the build; gives the reason why it is not."""
    # a mitochondrion is told by its length, which is known when it has been read
    length = writer.build.lengths["MT"]
    place = place_of(contig.name, length, writer.build)
    if place.chrom == "MT":
        bases = b"".join(_at_most(contig.parts, 2 * length))
        place = place_of(contig.name, len(bases), writer.build)
        if place.chrom:
            writer.add(place.chrom, [bases])
    elif place.chrom:
        writer.add(place.chrom, contig.parts)
    return place.reason


def _at_most(parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    for part in parts:
        yield part[:most]
        most -= len(part)
        if most <= 0:
            return


def _require(missing: list[str], request: ReferenceRequest, name: str) -> None:
    """Check that there is a sequence at all, and that nothing is missing where all must be there."""
    if len(missing) == len(request.build.lengths):
        raise ReferenceDataError(
            f"{name} has no chromosome of {request.build}.",
            hint="Contigs are named chr1, 1, NC_000001.11 or CM000663.2.",
        )
    if missing and not request.settings.get("source"):
        raise ReferenceDataError(
            f"{name} lacks {', '.join(missing)}.", hint="The publisher's file has changed. Please report it."
        )
