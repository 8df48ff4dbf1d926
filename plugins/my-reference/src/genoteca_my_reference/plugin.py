"""The hooks of the module."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.sdk import (
    AnnotateRequest,
    AnnotationColumn,
    Answer,
    Build,
    Dataset,
    ModuleContext,
    ModuleManifest,
    ReferenceDataError,
    ReferenceRequest,
    TableMatch,
    annotate_alleles,
    annotate_positions,
    annotate_regions,
    annotation_asset,
    hookimpl,
    load_manifest,
    look_at_table,
    publish_table,
    reference_asset,
    table_reference_columns,
    verify_table,
)

if TYPE_CHECKING:
    import dagster as dg

    from genoteca.sdk import Fetched, TableLook

__all__ = [
    "annotate",
    "build_definitions",
    "describe_builds",
    "describe_columns",
    "describe_module",
    "make_reference",
]

CONVERSION = "1"
"""Raised when the conversion gives another table for the same file."""


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def describe_columns(context: ModuleContext) -> Sequence[AnnotationColumn]:
    """Give the columns that are kept of the chosen file; none while no file is chosen."""
    source = str(context.settings.get("source") or "")
    if not source:
        return ()
    return look_at_table(Path(source), context.settings).require().annotation_columns()


@hookimpl
def describe_builds(context: ModuleContext) -> Sequence[Build]:
    """Give the builds that the chosen file has places in; while none is chosen, those that it may have."""
    source = str(context.settings.get("source") or "")
    return look_at_table(Path(source), context.settings).builds if source else describe_module().builds


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the reference, for everyone, and the annotations, per sample."""
    import dagster as dg

    manifest = context.settled(describe_module())
    settings = context.settings
    return dg.Definitions(
        assets=[
            reference_asset(
                manifest, make=make_reference, code_version=CONVERSION, settings=settings, verify=verify_table
            ),
            annotation_asset(manifest, annotate=annotate, code_version=CONVERSION, settings=settings),
        ]
    )


def make_reference(request: ReferenceRequest) -> Dataset:
    """Read the chosen file and publish it in the build that is asked for.

    Raises:
        FetchError: it cannot be fetched, or is not there.
        InputError: it cannot be used under the settings.
        ReferenceDataError: it is not as it was when it was chosen, or of another build.

    """
    fetched = request.fetch.fetch(
        str(request.settings["source"]), progress=lambda done, said: request.progress(0.3 * done, said)
    )
    look = look_at_table(fetched.path, request.settings).require()
    _require_as_chosen(request, look, fetched)
    path = request.scratch / "table.parquet"
    account = publish_table(
        fetched.path, look, path, request=request, say=lambda done, said: request.progress(0.3 + 0.6 * done, said)
    )
    request.progress(1.0, f"{account['kept']} of {account['listed']} kept")
    return Dataset(
        table=path,
        columns=table_reference_columns(look),
        build=request.build,
        release=f"{fetched.url.rpartition('/')[2]} {fetched.sha256[:12]}",
        metadata={
            "build_evidence": look.build_evidence,
            **account,
        },
    )


def annotate(request: AnnotateRequest) -> Answer:
    """Look up a sample's variants in the way that the reference was made for."""
    path, tables, columns = request.reference.path, request.sample_tables, request.manifest.columns
    match = TableMatch(str(request.reference.record.metadata["match"]))
    if match is TableMatch.INTERVAL:
        answer = _with_own_variants(annotate_regions(path, tables, columns=columns), tables.variants)
        return answer if request.reference.record.build == tables.build else _with_ends(answer, path)
    if match is TableMatch.POSITION:
        return _with_own_variants(annotate_positions(path, tables, columns=columns), tables.variants)
    engine = request.engine.choose(request.reference.record.rows)
    return annotate_alleles(path, tables, columns=columns, dense=False, engine=engine, progress=request.progress)


def _with_own_variants(answer: Answer, variants: Path) -> Answer:
    """Tell which variant of the sample an answer is about: a place has no alleles, and an interval many positions."""
    import polars as pl

    change = pl.format("{}:{} {}>{}", pl.col("chrom").cast(pl.String), "pos", "ref", "alt")
    own = pl.scan_parquet(variants).select(own_variant=change).with_row_index("row")

    def with_own(rows: pl.DataFrame) -> pl.DataFrame:
        here = own.filter(pl.col("row").is_in(rows["row"].unique().implode())).collect()
        return rows.update(here, on="row", how="left", maintain_order="left")

    return answer.changed(with_own)


def _with_ends(answer: Answer, path: Path) -> Answer:
    """Tell where lifted intervals end in the build of the sample: elsewhere than the file says."""
    import polars as pl

    ends = pl.scan_parquet(path).select("site", interval_end="end")

    def with_ends(rows: pl.DataFrame) -> pl.DataFrame:
        here = ends.filter(pl.col("site").is_in(rows["site"].unique().implode())).collect()
        return rows.update(here, on="site", how="left", maintain_order="left")

    return answer.changed(with_ends)


def _require_as_chosen(request: ReferenceRequest, look: TableLook, fetched: Fetched) -> None:
    """Check that the file still has the columns that it had when it was chosen, and the build asked for."""
    now = [(column.name, column.type) for column in look.annotation_columns()]
    if now != [(column.name, column.type) for column in request.manifest.columns] or request.build not in look.builds:
        raise ReferenceDataError(
            f"{fetched.url} is not as it was when it was chosen: its columns are now "
            f"{', '.join(column.source for column in look.kept)}, its build {' and '.join(look.builds)}.",
            title="Your file has changed",
            hint="Open the module's page and keep its settings again.",
        )
