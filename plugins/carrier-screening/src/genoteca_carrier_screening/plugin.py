"""The hooks of the module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from genoteca.sdk import (
    Answer,
    Dataset,
    DeriveRequest,
    ModuleContext,
    ModuleManifest,
    ModuleResult,
    ReferenceRequest,
    ReportSection,
    Sex,
    derived_answer,
    derived_asset,
    hookimpl,
    load_manifest,
    reference_asset,
)
from genoteca_carrier_screening.judging import findings_of, in_the_panel, judged
from genoteca_carrier_screening.panel import COLUMNS, RELEASE, X_LINKED, panel, symbols, verify
from genoteca_carrier_screening.telling import section

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["build_definitions", "derive", "describe_module", "make_reference", "report_section"]

CODE = "3"
"""Raised when the same answers of ClinVar are judged otherwise."""


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the list of genes, for everyone, and what it says of a sample."""
    import dagster as dg

    manifest = describe_module()
    return dg.Definitions(
        assets=[
            reference_asset(manifest, make=make_reference, columns=COLUMNS, verify=verify, settings=context.settings),
            derived_asset(manifest, source="clinvar", derive=derive, code_version=CODE, settings=context.settings),
        ]
    )


@hookimpl
def report_section(context: ModuleContext, result: ModuleResult) -> ReportSection:  # noqa: ARG001 - has no settings
    """Say in words what was found, in which genes, and what could not be looked at."""
    return section(result, panel())


def make_reference(request: ReferenceRequest) -> Dataset:
    """Publish the list of genes; it has no positions, and is the same in every build."""
    return Dataset(table=_typed(panel()), columns=COLUMNS, build=request.build, release=RELEASE)


def derive(request: DeriveRequest) -> Answer:
    """Pick ClinVar's pathogenic alleles in the genes of the list, and judge those that the sample carries."""
    genes = pl.read_parquet(request.reference.path)
    request.progress(0.1, "Reading ClinVar's answers")
    picked = in_the_panel(pl.scan_parquet(request.answers.path), symbols(genes))
    known = genes.select("gene", "condition", "inheritance", "limit")
    table = picked.drop("site").with_row_index("site").with_columns(first=pl.col("gene").str.split(";").list.first())
    table = table.join(known.rename({"gene": "first"}), on="first", how="left", maintain_order="left")
    nothing_told = frozenset(genes.filter(pl.col("told").cast(pl.String) == "nothing")["gene"])
    request.progress(0.7, "Judging what is carried")
    sample = request.sample_tables
    x_linked = frozenset(genes.filter(pl.col("inheritance").cast(pl.String) == X_LINKED)["gene"])
    one_x = x_linked if sample.sex is Sex.MALE else frozenset[str]()
    findings = findings_of(table, sample.variants, nothing_told, one_x)
    return derived_answer(request, judged(table, findings))


def _typed(genes: pl.DataFrame) -> pl.DataFrame:
    from genoteca.sdk import polars_schema

    return genes.cast(dict(polars_schema(COLUMNS)))  # type: ignore[arg-type]  # names and types of the same columns
