"""The two hooks of the module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoteca.sdk import (
    AnnotateRequest,
    Answer,
    Dataset,
    ModuleContext,
    ModuleManifest,
    ReferenceRequest,
    annotate_alleles,
    annotation_asset,
    hookimpl,
    load_manifest,
    reference_asset,
    scan_sites,
)
from genoteca_clinvar.caution import with_caution
from genoteca_clinvar.conversion import INFO, Account, convert
from genoteca_clinvar.source import Origin, fetch_release, release_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dagster as dg
    import polars as pl

    from genoteca.sdk import Fetched

__all__ = ["annotate", "build_definitions", "describe_module", "make_reference"]

CONVERSION = "3"
"""Raised when the conversion gives another table for the same file."""
ANSWERS = f"{CONVERSION}.1"
"""Its last number is raised when the same table is told otherwise."""

RELEASE_LINE = r"^##fileDate=(.+)$"
"""Where the first lines of the file name its release, as `release_of` takes it."""


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the reference, for everyone, and the annotations, per sample."""
    import dagster as dg

    manifest = describe_module()
    return dg.Definitions(
        assets=[
            reference_asset(
                manifest,
                make=make_reference,
                code_version=CONVERSION,
                settings=context.settings,
                release_line=RELEASE_LINE,
            ),
            annotation_asset(manifest, annotate=annotate, code_version=ANSWERS, settings=context.settings),
        ]
    )


def annotate(request: AnnotateRequest) -> Answer:
    """Look up every allele of the reference in a sample; an array's pathogenic calls are to be confirmed first."""
    answer = annotate_alleles(
        request.reference.path,
        request.sample_tables,
        columns=request.manifest.columns,
        dense=request.manifest.dense,
        engine=request.engine.choose(request.reference.record.rows),
        progress=request.progress,
    )
    return with_caution(answer, request.sample_tables.kind)


def make_reference(request: ReferenceRequest) -> Dataset:
    """Fetch a release, check that it is what it claims, and convert it.

    Raises:
        FetchError: it cannot be fetched, or its checksum says no.
        ReferenceDataError: another file, or another build.

    """
    fetched = fetch_release(request)
    account, releases = Account(), list[str]()
    path = request.scratch / "clinvar.parquet"
    convert(_alleles(request, fetched, account, releases), account, request.manifest.columns, path)
    request.progress(1.0, f"{account.alleles_kept} alleles of {account.records_read} records")
    return Dataset(
        table=path,
        build=request.build,
        release=releases[0],
        metadata=_told(account),
    )


def _alleles(
    request: ReferenceRequest, fetched: list[Fetched], account: Account, releases: list[str]
) -> Iterator[pl.DataFrame]:
    """Read the files of a release one after the other, in batches; a file that is not what it should be ends it."""
    for place, part in enumerate(fetched):
        with scan_sites(part.path, info=INFO) as file:
            origin = Origin(file, part.url, request.build)
            for batch in file.batches():
                origin.look(batch)
                request.progress(0.5 + 0.3 * (place + file.fraction) / len(fetched), f"reading {part.url}")
                yield batch
            origin.require()
            account.read(file)
            releases.append(release_of(file, part))
    request.progress(0.8, "sorting alleles")


def _told(account: Account) -> dict[str, Any]:
    """What became of every allele, as the record of the reference keeps it."""
    return {
        "records_read": account.records_read,
        "alleles_kept": account.alleles_kept,
        "set_aside": dict(account.set_aside),
        "unknown_terms": dict(account.unknown_terms),
        "unknown_reviews": dict(account.unknown_reviews),
        "haplotype_classifications_not_read": account.haplotypes,
    }
