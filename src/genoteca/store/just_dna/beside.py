"""What stands beside a compiled module's weights: joined to one cell, so that no row is ever multiplied."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import polars as pl

from genoteca.store.just_dna.formats import FACTS
from genoteca.store.just_dna.texts import text_table

__all__ = ["Studies", "read_studies", "with_annotations"]

STUDY = ("population", "p_value", "study_design", "conclusion")
MOST_TOLD = 4000
"""Characters of all studies' conclusions of a site together; the papers are all named whatever their length."""


class Studies(NamedTuple):
    """The papers of a module, one row per site that any speaks of."""

    table: pl.DataFrame
    """`site`; `pmids` (joined by ;), `p_values`, `populations`, `study_findings`."""
    read: int
    kept: int


def with_annotations(rows: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Fill gene, phenotype and category of annotations.parquet in, where the rows have none.

    Up to 0.4 a row there is of an rsID, in 0.5 of a variant and its conclusion, from 0.6 on of a variant and its
    genotype. Several values of one key are joined.

    Raises:
        InputError: the table cannot be read.

    """
    table = text_table(path)
    facts = [name for name in FACTS if name in table.columns]
    key = _key(rows, table)
    if not facts or not key:
        return rows
    said = table.with_columns(_genotype(table)).drop_nulls(key[0])
    joined = said.group_by(key).agg(
        pl.col(name).drop_nulls().unique(maintain_order=True).str.join("; ") for name in facts
    )
    # A null in a key (no conclusion) is a value like another here.
    keyed = rows.with_columns(_genotype(rows)).join(
        joined, on=key, how="left", nulls_equal=True, validate="m:1", maintain_order="left", suffix="_beside"
    )
    filled = [pl.coalesce(name, pl.col(f"{name}_beside").replace("", None)).alias(name) for name in facts]
    return keyed.with_columns(filled).select(rows.columns)


def _key(rows: pl.DataFrame, table: pl.DataFrame) -> list[str]:
    if "variant_key" in table.columns and rows["variant_key"].null_count() < len(rows):
        if "genotype" in table.columns:
            return ["variant_key", "_spelled"]
        if {"conclusion", "negatives"} <= set(table.columns):
            return ["variant_key", "conclusion", "negatives"]
        return ["variant_key"]
    return ["rsid"] if "rsid" in table.columns else []


def _genotype(table: pl.DataFrame) -> pl.Expr:
    if "genotype" not in table.columns:
        return pl.lit(None, pl.String).alias("_spelled")
    cell = pl.col("genotype")
    if table.schema["genotype"] == pl.String:
        cell = cell.str.to_uppercase().str.replace_all("|", "/", literal=True).str.split("/")
    return cell.list.sort().list.join("/").alias("_spelled")


def read_studies(path: Path, sites: pl.DataFrame) -> Studies:
    """Read studies.csv or studies.parquet, and join every site's papers into one row.

    A study speaks of a site by rsID; one without an rsID by its chromosome and position.

    Raises:
        InputError: the table cannot be read.

    """
    table = text_table(path)
    for name in ("rsid", "chrom", "start", "pmid", *STUDY):
        if name not in table.columns:
            table = table.with_columns(pl.lit(None, pl.String).alias(name))
    table = table.with_columns(
        rsid=pl.col("rsid").str.to_lowercase(), pmid=pl.col("pmid").str.extract_all(r"\b[1-9][0-9]{0,8}\b")
    ).with_row_index("study")
    by_name = table.drop_nulls("rsid").join(sites.select("site", "rsid"), on="rsid")
    by_place = (
        table.filter(pl.col("rsid").is_null())
        .with_columns(pos=pl.col("start").cast(pl.Int64, strict=False), chrom=pl.col("chrom").str.replace("^chr", ""))
        .join(sites.select("site", "chrom", "pos"), on=["chrom", "pos"])
    )
    columns = ["site", "study", "pmid", *STUDY]
    found = pl.concat([by_name.select(columns), by_place.select(columns)]).sort("study", maintain_order=True)
    kept = found["study"].n_unique() if len(found) else 0
    return Studies(_of_sites(found), len(table), kept)


def _of_sites(found: pl.DataFrame) -> pl.DataFrame:
    named = pl.col("pmid").list.join(", ")
    paper = pl.when(named != "").then(pl.format("PMID {}", named)).otherwise(pl.lit("a paper without PMID"))
    spoken = found.with_columns(
        p=pl.when(pl.col("p_value").is_not_null()).then(pl.format("{} ({})", "p_value", paper)),
        finding=pl.concat_str(
            paper, pl.concat_str("population", "study_design", "conclusion", separator="; ", ignore_nulls=True),
            separator=": ",
        ),
    )  # fmt: skip
    return spoken.group_by("site", maintain_order=True).agg(
        pmids=_joined(pl.col("pmid").list.explode(keep_nulls=False, empty_as_null=False), ";"),
        p_values=_joined(pl.col("p"), "; "),
        populations=_joined(pl.col("population"), "; "),
        study_findings=_joined(pl.col("finding"), " | ").str.slice(0, MOST_TOLD),
    )


def _joined(cells: pl.Expr, separator: str) -> pl.Expr:
    return cells.drop_nulls().unique(maintain_order=True).str.join(separator).replace("", None)
