"""The two hooks of the module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from genoteca.sdk import (
    AnnotateRequest,
    Answer,
    Dataset,
    Evidence,
    ModuleContext,
    ModuleManifest,
    ReferenceRequest,
    annotate_alleles,
    annotation_asset,
    hookimpl,
    load_manifest,
    polars_schema,
    publish_alleles,
    reference_asset,
)

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["annotate", "build_definitions", "describe_module", "make_reference"]

CODE = "1"
"""Raised whenever the code gives other answers: those that were made before are then out of date."""

HERE = Path(__file__).parent
TRANSITIONS = ("AG", "GA", "CT", "TC")


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(HERE)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the reference, for everyone, and the annotations, for each genome."""
    import dagster as dg  # only here: a module is described without it

    manifest = describe_module()
    return dg.Definitions(
        assets=[
            reference_asset(manifest, make=make_reference, code_version=CODE, settings=context.settings),
            annotation_asset(manifest, annotate=annotate, code_version=CODE, settings=context.settings),
        ]
    )


def make_reference(request: ReferenceRequest) -> Dataset:
    """Give the table of one genome build: one row per ALT allele, with what holds for everyone."""
    table = pl.read_csv(HERE / "alleles.csv", schema_overrides={"chrom": pl.String, "pos": pl.UInt32})
    of_build = table.filter(pl.col("build") == str(request.build)).drop("build")
    letters = pl.col("ref") + pl.col("alt")
    change = (
        pl.when(letters.str.len_chars() != len("AG"))
        .then(pl.lit("insertion or deletion"))
        .when(letters.is_in(TRANSITIONS))
        .then(pl.lit("transition"))
        .otherwise(pl.lit("transversion"))
    )
    rows = of_build.with_columns(change=change, told=pl.lit(None, pl.String))
    request.progress(1.0, f"{len(rows)} alleles")
    typed = rows.cast(dict(polars_schema(request.manifest.columns)))
    return Dataset(table=publish_alleles(typed), build=request.build)


def annotate(request: AnnotateRequest) -> Answer:
    """Match by allele, as the SDK does; then say of each carried allele how often."""
    answer = annotate_alleles(
        request.reference.path,
        request.sample_tables,
        columns=request.manifest.columns,
        dense=request.manifest.dense,
        engine=request.engine.choose(request.reference.record.rows),
        progress=request.progress,
    )
    called = pl.col("evidence").cast(pl.String) == Evidence.CALLED.value
    copies = pl.when(pl.col("dosage") == 1).then(pl.lit("One copy of ")).otherwise(pl.lit("Two copies of "))
    told = pl.when(called & (pl.col("dosage") > 0)).then(copies + pl.col("alt") + pl.lit(".")).alias("told")
    return answer.changed(lambda rows: rows.with_columns(told))
