"""The two hooks of the module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoteca.sdk import (
    Dataset,
    ModuleContext,
    ModuleManifest,
    ReferenceRequest,
    allele_annotations,
    hookimpl,
    load_manifest,
    read_sites,
    reference_asset,
)
from genoteca_clinvar.conversion import INFO, Account, convert
from genoteca_clinvar.source import fetch_release, release_of, require_clinvar

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["build_definitions", "describe_module", "make_reference"]

CONVERSION = "1"
"""Raised when the conversion gives another table for the same file."""


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
            reference_asset(manifest, make=make_reference, code_version=CONVERSION, settings=context.settings),
            allele_annotations(manifest, code_version=CONVERSION, settings=context.settings),
        ]
    )


def make_reference(request: ReferenceRequest) -> Dataset:
    """Fetch a release, check that it is what it claims, and convert it.

    Raises:
        FetchError: it cannot be fetched, or its checksum says no.
        ReferenceDataError: another file, or another build.

    """
    fetched = fetch_release(request)
    files = []
    for part in fetched:
        request.progress(0.5, f"reading {part.url}")
        files.append(read_sites(part.path, info=INFO))
        require_clinvar(files[-1], part.url, request.build)
    request.progress(0.7, "sorting alleles")
    made = convert(files, request.manifest.columns, request.scratch)
    request.progress(1.0, f"{made.account.alleles_kept} alleles of {made.account.records_read} records")
    return Dataset(
        table=made.table,
        build=request.build,
        release=release_of(files[0], fetched[0]),
        metadata={
            "files": [{"url": part.url, "sha256": part.sha256, "bytes": part.bytes} for part in fetched],
            **_told(made.account),
        },
    )


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
