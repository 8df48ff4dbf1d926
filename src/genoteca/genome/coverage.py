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
    DP) at least `depth`; a record that tells less, and one whose REF is N, is `no_call`. Where GQ is missing,
    Illumina's GQX stands for it: the lower of the qualities assuming a variant and assuming none, so never above GQ
    (https://support.illumina.com/help/BaseSpace_Sequence_Hub_OLH_009008_2/Source/Informatics/BS/GenotypeQuality_gVCF-files_swBS.htm).
    """
    asserted = (pl.col("highest") == 0) & (pl.col("missing") == 0) & ~pl.col("ref").str.contains("N", literal=True)
    good = (pl.col("genotype_quality") >= quality) & (pl.col("depth") >= depth)
    evidence = pl.when((asserted & good).fill_null(value=False)).then(pl.lit(Evidence.REFERENCE.value, EVIDENCE))
    rows = records.with_columns(
        start="pos",
        end=_end(records.collect_schema().names()),
        depth=pl.coalesce("min_dp_number", "dp_number"),
        genotype_quality=pl.coalesce("gq_number", "gqx_number"),
        filter=pl.when(pl.col("filter") != ".").then("filter"),
    ).with_columns(evidence=evidence.otherwise(pl.lit(Evidence.NO_CALL.value, EVIDENCE)))
    return (
        rows.select(pl.col(name).cast(kind) for name, kind in COVERAGE_SCHEMA.items())
        .collect(engine="in-memory")
        .sort("chrom", "start", "line")
    )


def _end(names: list[str]) -> pl.Expr:
    """Last base: of a block by the sample's LEN or by INFO END, else the end of REF; never beyond the chromosome.

    From VCF 4.5 on the length of a block stands in FORMAT, and END is that of the longest of all samples.
    """
    of_ref = pl.col("pos") + pl.col("ref").str.len_bytes() - 1
    block = pl.col("sequences") == 0
    last = pl.min_horizontal(pl.col("pos").cast(pl.UInt64) + pl.col("len_number") - 1, "length").cast(pl.UInt32)
    by_length = pl.when(block & (pl.col("len_number") > 0)).then(last)
    if "info" not in names:
        return pl.coalesce(by_length, of_ref)
    info = pl.col("info")
    alone = info.str.strip_prefix("END=").cast(pl.UInt32, strict=False)
    among = info.str.extract(r"(?:^|;)END=(\d+)").cast(pl.UInt32, strict=False)
    told = pl.when(block).then(pl.when(alone.is_not_null()).then(alone).otherwise(among))
    by_end = pl.when(told >= pl.col("pos")).then(pl.min_horizontal(told, "length"))
    return pl.coalesce(by_length, by_end, of_ref)
