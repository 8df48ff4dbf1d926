"""The two hooks of the module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.sdk import (
    AnnotateRequest,
    Answer,
    Dataset,
    DatasetError,
    ModuleContext,
    ModuleManifest,
    ReferenceRequest,
    Stored,
    annotate_alleles,
    annotation_asset,
    hookimpl,
    load_manifest,
    publish_batches,
    reference_asset,
)
from genoteca_gnomad_frequencies.reading import Account, Reader, kept_alleles
from genoteca_gnomad_frequencies.releases import CHROMOSOMES
from genoteca_gnomad_frequencies.source import plan
from genoteca_gnomad_frequencies.unlisted import unlisted_calls

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["annotate", "build_definitions", "describe_module", "make_reference"]

CONVERSION = "1"
"""Raised when the conversion gives another table for the same files."""
SMALLEST = frozenset({"MT"})
"""A reference cannot be empty: of a genome without a variant, the smallest chromosome is as good as any."""


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
                publisher="gnomad_sites",
            ),
            annotation_asset(manifest, annotate=annotate, code_version=CONVERSION, settings=context.settings),
        ]
    )


def make_reference(request: ReferenceRequest) -> Dataset:
    """Fetch the chromosomes that are needed and convert them; what is there of the same release is taken over.

    Raises:
        FetchError: they cannot be fetched, or are not what their checksum says.
        ReferenceDataError: other files than expected, or of another build.

    """
    needed = frozenset(CHROMOSOMES if request.chromosomes is None else request.chromosomes) & set(CHROMOSOMES)
    needed = needed or SMALLEST
    before, there = _there_before(request)
    if before is None or needed <= there:  # nothing is lacking: it is made anew because somebody asked for it
        before, there = None, frozenset()
    planned = plan(request, needed - there)
    request.fetch.require_room(planned.sizes)
    account, path = Account(), request.scratch / "gnomad.parquet"
    told_before = before.record.metadata.get("files") if before else None
    account.files_before = told_before if isinstance(told_before, list) else []
    columns = request.manifest.columns
    earlier = {chrom: kept_alleles(before, chrom, columns, account) for chrom in there} if before else {}
    batches = Reader(request, planned, account).alleles(needed, earlier)
    account.published = publish_batches(batches, path, finish=account.finished)
    account.require_sum()
    for source in account.files:
        request.fetch.forget(source)
    request.progress(1.0, f"{account.published:,} alleles of {account.sites.records_read:,} records")
    return Dataset(
        table=path,
        build=request.build,
        release=planned.release or _name_of(account),
        metadata={"conversion": CONVERSION, **account.told(needed | there)},
    )


def annotate(request: AnnotateRequest) -> Answer:
    """Look up every allele that a sample carries; those on chromosomes without data are counted apart.

    Raises:
        DatasetError: the reference has not all of the sample's chromosomes; silence of it would be no answer there.

    """
    told = request.reference.record.metadata
    unlisted = unlisted_calls(request.sample_tables.variants, told)
    answer = annotate_alleles(
        request.reference.path,
        request.sample_tables,
        columns=request.manifest.columns,
        dense=request.manifest.dense,
        engine=request.engine.choose(request.reference.record.rows),
        progress=request.progress,
    )
    return replace(answer, unusable={**answer.unusable, **unlisted})


def _there_before(request: ReferenceRequest) -> tuple[Stored | None, frozenset[str]]:
    """Give the reference that is there and its chromosomes, when it was made of the publisher's same release."""
    try:
        before = request.paths.reference(request.manifest.id, request.build)
    except DatasetError:
        return None, frozenset()
    told: Mapping[str, object] = before.record.metadata
    same = (
        told.get("settings") == dict(request.settings)
        and told.get("conversion") == CONVERSION
        and told.get("module_data_version") == request.manifest.data_version
        and not str(request.settings.get("source") or "").strip()  # what lies in a folder may have changed
    )
    chroms = told.get("chromosomes")
    return (before, frozenset(map(str, chroms))) if same and isinstance(chroms, list) else (None, frozenset())


def _name_of(account: Account) -> str:
    """Name a release by its files: what the first is, and a digest of all."""
    first = next(iter(account.labels.values()))
    told = "".join(f"{file.sha256}\n" for file in account.files.values())
    return f"{first.replace(' ', '-')}-local-{sha256(told.encode()).hexdigest()[:12]}"
