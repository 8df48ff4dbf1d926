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
    derived_answer,
    derived_asset,
    hookimpl,
    load_manifest,
    polars_schema,
    reference_asset,
)
from genoteca_acmg_secondary_findings.judging import meant_by_the_list, said_most, verdicts
from genoteca_acmg_secondary_findings.panel import COLUMNS, RELEASE, panel, verify
from genoteca_acmg_secondary_findings.telling import section

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["build_definitions", "derive", "describe_module", "make_reference", "report_section"]

CODE = "4"
"""Raised when the same answers of ClinVar are judged otherwise."""


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give the list of genes, for everyone, and what it says of a sample."""
    import dagster as dg

    manifest, settings = describe_module(), context.settings
    return dg.Definitions(
        assets=[
            reference_asset(manifest, make=make_reference, columns=COLUMNS, verify=verify, settings=settings),
            derived_asset(manifest, source="clinvar", derive=derive, code_version=CODE, settings=settings),
        ]
    )


@hookimpl
def report_section(context: ModuleContext, result: ModuleResult) -> ReportSection:  # noqa: ARG001 - has no settings
    """Say in words what the list tells of, and what could not be looked at."""
    return section(result, panel())


def make_reference(request: ReferenceRequest) -> Dataset:
    """Publish the list of genes; it has no positions, and is the same in every build."""
    table = panel().cast(dict(polars_schema(COLUMNS)))  # type: ignore[arg-type]  # names and types of these columns
    return Dataset(table=table, columns=COLUMNS, build=request.build, release=RELEASE)


def derive(request: DeriveRequest) -> Answer:
    """Pick the alleles that the list means out of ClinVar's answers, and judge those that the sample carries."""
    request.progress(0.1, "Reading ClinVar's answers")
    picked = meant_by_the_list(pl.scan_parquet(request.answers.path), panel())
    table = picked.drop("site").with_row_index("site")
    request.progress(0.7, "Judging what is carried")
    found = verdicts(table, request.sample_tables.variants, request.sample_tables.sex)
    told = pl.DataFrame(
        {
            "site": list(found),
            "verdict": [said_most(genes).value for genes in found.values()],
            "verdicts": [";".join(one.value for one in genes) for genes in found.values()],
        },
        {"site": pl.UInt32, "verdict": pl.String, "verdicts": pl.String},
    )
    judged = table.join(told, on="site", how="left", maintain_order="left")
    return derived_answer(request, judged.with_columns(gate=pl.lit(request.manifest.gate)))
