"""From evidence to the annotation columns: the same for every kind of reference."""

from __future__ import annotations

import polars as pl

from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.silence import Silence, haploid
from genoteca.annotate.spans import RANK_SHIFT
from genoteca.genome.schema import CHROM, EVIDENCE, MATCH
from genoteca.model.evidence import Evidence, Match

__all__ = ["CALLED_COLUMNS", "HOMOZYGOUS", "with_answers"]

CALLED_COLUMNS = ("site", "row", "line", "allele", "genotype", "dosage", "filtered", "match")

ASSERTED = (Evidence.REFERENCE.value, Evidence.NO_CALL.value)
HOMOZYGOUS = (Evidence.REFERENCE.value, Evidence.INFERRED.value)


def with_answers(sites: pl.DataFrame, called: pl.DataFrame, quiet: Silence, sample: SampleTables) -> pl.DataFrame:
    """Add the answer columns to sites (`site`, `chrom`, `pos`, `ref`, and whatever else they hold).

    `called` has CALLED_COLUMNS, one row per site that a record answers. `quiet` has one element per row of
    `sites`: the final evidence, the record that asserts a reference or a no-call, and whether it is filtered. A
    reference or inferred answer is written as REF twice, once where the sample has one copy.
    """
    rank = pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1
    place = sites.select(place=rank * (1 << RANK_SHIFT) + pl.col("pos"))["place"].to_numpy()
    known = sites.with_columns(
        evidence=pl.Series(quiet.evidence, dtype=pl.UInt8).cat.to(EVIDENCE),
        asserted_by=pl.Series(quiet.line, dtype=pl.UInt32),
        doubted=pl.Series(quiet.filtered, dtype=pl.Boolean),
        one_copy=pl.Series(haploid(place, sample), dtype=pl.Boolean),
    )
    beside = called.select(CALLED_COLUMNS)
    if len(called) == len(sites) and (called["site"] == sites["site"]).all():  # every site: no need to search
        known = known.hstack(beside.drop("site").get_columns())
    else:
        known = known.join(beside, on="site", how="left", validate="1:1", maintain_order="left")
    bare = pl.col("evidence").is_in(HOMOZYGOUS)
    asserted = pl.col("evidence").is_in(ASSERTED)
    homozygous = pl.when("one_copy").then("ref").otherwise(pl.format("{}/{}", "ref", "ref"))
    return known.with_columns(
        line=pl.when(asserted).then("asserted_by").otherwise("line"),
        filtered=pl.when(asserted).then("doubted").otherwise("filtered"),
        genotype=pl.when(bare).then(homozygous).otherwise("genotype"),
        dosage=pl.when(bare & (pl.col("chrom") != "MT")).then(pl.lit(0, pl.UInt32)).otherwise("dosage"),
        match=pl.when(asserted).then(pl.lit(Match.POSITION.value, MATCH)).otherwise("match"),
    ).drop("asserted_by", "doubted", "one_copy")
