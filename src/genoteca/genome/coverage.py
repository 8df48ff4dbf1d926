"""Records that call no variant, as rows of the coverage table: reference blocks, hom-ref records, no-calls."""

from __future__ import annotations

import polars as pl

from genoteca.genome.schema import EVIDENCE, polars_schema
from genoteca.model.column import COVERAGE
from genoteca.model.evidence import Evidence

__all__ = ["COVERAGE_SCHEMA", "coverage_rows"]

COVERAGE_SCHEMA = polars_schema(COVERAGE)


def coverage_rows(records: pl.LazyFrame, *, quality: int, depth: int) -> pl.DataFrame:
    """Make one row per record, in the order of the records.

    `reference`: every allele of the genotype is the reference's, GQ is at least `quality` and the depth (MIN_DP, else
    DP) at least `depth`; a record that tells less, and one whose REF is N, is `no_call`.
    """
    asserted = (pl.col("highest") == 0) & (pl.col("missing") == 0) & ~pl.col("ref").str.contains("N", literal=True)
    good = (pl.col("genotype_quality") >= quality) & (pl.col("depth") >= depth)
    evidence = pl.when((asserted & good).fill_null(value=False)).then(pl.lit(Evidence.REFERENCE.value, EVIDENCE))
    rows = records.with_columns(
        start="pos",
        end=_end(records.collect_schema().names()),
        depth=pl.coalesce("min_dp_number", "dp_number"),
        genotype_quality="gq_number",
        filter=pl.when(pl.col("filter") != ".").then("filter"),
    ).with_columns(evidence=evidence.otherwise(pl.lit(Evidence.NO_CALL.value, EVIDENCE)))
    return (
        rows.select(pl.col(name).cast(kind) for name, kind in COVERAGE_SCHEMA.items())
        .collect(engine="in-memory")
        .sort("chrom", "start", "line")
    )


def _end(names: list[str]) -> pl.Expr:
    """Last base: INFO END of a block, else the end of REF; not believed before POS or beyond the chromosome."""
    of_ref = pl.col("pos") + pl.col("ref").str.len_bytes() - 1
    if "info" not in names:
        return of_ref
    info = pl.col("info")
    alone = info.str.strip_prefix("END=").cast(pl.UInt32, strict=False)
    among = info.str.extract(r"(?:^|;)END=(\d+)").cast(pl.UInt32, strict=False)
    told = pl.when(pl.col("sequences") == 0).then(pl.when(alone.is_not_null()).then(alone).otherwise(among))
    return pl.when(told >= pl.col("pos")).then(pl.min_horizontal(told, "length")).otherwise(of_ref)
