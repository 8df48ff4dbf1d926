"""The two hooks of the module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genoteca.sdk import (
    AnnotateRequest,
    Answer,
    Dataset,
    DatasetError,
    ModuleContext,
    ModuleManifest,
    ReferenceRequest,
    annotate_alleles,
    annotation_asset,
    chromosomes_in,
    hookimpl,
    load_manifest,
    polars_schema,
    publish_batches,
    reference_asset,
)
from genoteca_ensembl_variation.merging import one_row_an_allele
from genoteca_ensembl_variation.records import Account, alleles_of
from genoteca_ensembl_variation.source import CHROMOSOMES, Release, fetch_release

if TYPE_CHECKING:
    import dagster as dg
    import polars as pl

__all__ = ["build_definitions", "describe_module", "make_reference"]

CONVERSION = "2"
"""Raised when the conversion gives another table for the same files."""


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
                publisher="ensembl_annotations",
            ),
            annotation_asset(manifest, annotate=annotate, code_version=CONVERSION, settings=context.settings),
        ]
    )


def make_reference(request: ReferenceRequest) -> Dataset:
    """Fetch the chromosomes that are needed and convert them, one after the other.

    Raises:
        FetchError: they cannot be fetched, or are not what their commit says.
        ReferenceDataError: other files than expected, or of another build.

    """
    release = fetch_release(request, _wanted(request))
    account = Account()
    path = request.scratch / "ensembl.parquet"

    def finish(rows: pl.DataFrame) -> pl.DataFrame:
        made = one_row_an_allele(rows)
        account.alleles_merged += len(rows) - len(made)
        schema = polars_schema(request.manifest.columns)
        return made.select("chrom", "pos", "ref", "alt", *schema).cast(dict(schema.items()))

    account.alleles_kept = publish_batches(_alleles(request, release, account), path, finish=finish)
    account.require_sum()
    request.progress(1.0, f"{account.alleles_kept} alleles of {account.records_read} records")
    return Dataset(table=path, build=request.build, release=release.name, metadata=_told(release, account))


def annotate(request: AnnotateRequest) -> Answer:
    """Look up every allele that a sample carries.

    Raises:
        DatasetError: the reference has not all of the sample's chromosomes; silence of it would be no answer there.

    """
    told = request.reference.record.metadata.get("chromosomes")
    has = {str(chrom) for chrom in told} if isinstance(told, list) else set(CHROMOSOMES)
    if lacking := chromosomes_in(request.sample_tables.variants) - has:
        raise DatasetError(
            f"The reference has no chromosome {', '.join(sorted(lacking))}, and this genome has.",
            title="The reference has not all chromosomes",
            hint="Annotate again: what is missing is fetched first.",
        )
    return annotate_alleles(
        request.reference.path,
        request.sample_tables,
        columns=request.manifest.columns,
        dense=request.manifest.dense,
        engine=request.engine.choose(request.reference.record.rows),
        progress=request.progress,
    )


def _wanted(request: ReferenceRequest) -> set[str]:
    """Give the chromosomes that are needed now, and those that were needed before, by other genomes."""
    needed = set(CHROMOSOMES if request.chromosomes is None else request.chromosomes) & set(CHROMOSOMES)
    # a reference cannot be empty: of a genome without a variant, the smallest chromosome is as good as any
    return needed | _kept(request) or {"MT"}


def _kept(request: ReferenceRequest) -> set[str]:
    try:
        before = request.paths.reference(request.manifest.id, request.build).record.metadata
    except DatasetError:
        return set()
    told = before.get("chromosomes")
    same = before.get("settings") == dict(request.settings)
    return {str(chrom) for chrom in told} if same and isinstance(told, list) else set()


def _alleles(request: ReferenceRequest, release: Release, account: Account) -> Iterator[pl.DataFrame]:
    """Read the files one after the other; progress is counted in bytes, of which a record has about twelve."""
    total = sum(file.bytes for file in release.files.values()) or 1
    before = 0
    for chrom, file in release.files.items():

        def say(records: int, chrom: str = chrom, size: int = file.bytes, before: int = before) -> None:
            done = (before + min(12 * records, size)) / total
            request.progress(0.5 + 0.4 * done, f"chromosome {chrom}: {records:,} records")

        yield from alleles_of(file.path, chrom, request.build, account, say)
        before += file.bytes
    request.progress(0.9, "sorting alleles")


def _told(release: Release, account: Account) -> dict[str, Any]:
    """Which chromosomes there are and what became of every allele, as the record of the reference keeps it."""
    return {
        "chromosomes": list(release.files),
        "records_read": account.records_read,
        "alleles_kept": account.alleles_kept,
        "alleles_merged": account.alleles_merged,
        "set_aside": dict(account.set_aside),
    }
