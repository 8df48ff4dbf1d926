"""Runs of homozygosity of one genome: the scan of PLINK 1.9 (`--homozyg`), on sequenced single-base variants.

Runs in a closed box, under Polars 1; see `requirements.in`.
"""

from __future__ import annotations

from typing import Any

import polars as pl

AUTOSOMES = [str(number) for number in range(1, 23)]
LEAST_QUALITY = 20
"""Genotype quality from which on a call is used, where the file gives one."""
LEAST_VARIANTS = 10_000
"""Usable variants below which a chromosome is not covered; a sequenced chromosome 21, the least, has about 50,000."""
LEAST_HETEROZYGOUS = 0.01
"""Share of the whole file below which it lists no heterozygous calls at all, rather than none being there."""

WINDOW = 50
WINDOW_HETEROZYGOUS = 3
"""PLINK's default is 1, for arrays; 3 for sequenced genomes: https://doi.org/10.1186/s12864-018-4489-0"""
THRESHOLD = 0.05
LEAST_BASES = 1_000_000
"""These three are PLINK's defaults: https://www.cog-genomics.org/plink/1.9/ibd#homozyg"""
MOST_BASES_A_VARIANT = 5_000
LARGEST_GAP = 100_000
"""PLINK's defaults are 50,000 and 1,000,000, for arrays. A sequenced genome differs from the reference about once in
a thousand bases on each copy: where it shows next to nothing for so long, it was not read. (In the Platinum
Genomes' file of NA12878 PLINK's own would take 21:5097843-6852929 for a run, with gaps of up to 732,000 bases.)"""

COMMON_MB = 4.0
"""Up to here runs are common in people whose parents share no ancestor: https://doi.org/10.1016/j.ajhg.2008.08.007"""
GATE = (
    "Long runs can show that a person's parents are related, which may be news to a family. "
    "How closely cannot be told from one genome."
)


def usable(variants: pl.LazyFrame) -> pl.DataFrame:
    """Give one row per usable site (`chrom`, `pos`, `het`), sorted: single bases, not filtered, of known zygosity."""
    single = pl.col("ref").str.len_bytes().eq(1) & pl.col("alt").str.len_bytes().eq(1)
    passed = pl.col("filter").is_null() | pl.col("filter").is_in(["PASS", "."])
    sure = pl.col("genotype_quality").is_null() | (pl.col("genotype_quality") >= LEAST_QUALITY)
    return (
        variants.with_columns(pl.col("chrom").cast(pl.String))
        .filter(pl.col("chrom").is_in(AUTOSOMES) & single & passed & sure & pl.col("zygosity").is_not_null())
        .group_by("chrom", "pos")
        .agg((pl.col("zygosity").cast(pl.String) == "heterozygous").any().alias("het"))
        .sort("chrom", "pos")
        .collect()
    )


def runs_of(sites: pl.DataFrame) -> pl.DataFrame:
    """Find the runs of one chromosome: `start` and `end` (first and last variant), `bases`, `variants`."""
    marked = sites.with_columns(_in_segment(sites["het"]).alias("inside"))
    gap = pl.col("pos").diff().fill_null(0) > LARGEST_GAP
    stretch = (gap | (pl.col("inside") != pl.col("inside").shift())).fill_null(value=True).cum_sum()
    found = (
        marked.with_columns(stretch.alias("stretch"))
        .filter("inside")
        .group_by("stretch", maintain_order=True)
        .agg(pl.col("pos").first().alias("start"), pl.col("pos").last().alias("end"), pl.len().alias("variants"))
        .with_columns((pl.col("end") - pl.col("start") + 1).alias("bases"))
    )
    whole = (pl.col("bases") >= LEAST_BASES) & (pl.col("bases") <= MOST_BASES_A_VARIANT * pl.col("variants"))
    return found.filter(whole).select("start", "end", "bases", "variants")


def _in_segment(het: pl.Series) -> pl.Series:
    """Say of every variant whether enough of the windows over it are homozygous."""
    count = len(het)
    if count < WINDOW:
        return pl.Series([False] * count)
    sums = pl.concat([pl.Series([0], dtype=pl.Int64), het.cast(pl.Int64).cum_sum()])
    # Window i holds the variants i to i + WINDOW - 1.
    hits = (sums.tail(count - WINDOW + 1) - sums.head(count - WINDOW + 1)) <= WINDOW_HETEROZYGOUS
    total = pl.concat([pl.Series([0], dtype=pl.Int64), hits.cast(pl.Int64).cum_sum()])
    at = pl.int_range(count, eager=True)
    first = (at - WINDOW + 1).clip(0, count - WINDOW)
    after = at.clip(0, count - WINDOW) + 1
    return (total.gather(after) - total.gather(first)) >= THRESHOLD * (after - first)


def covered_bases(sites: pl.DataFrame) -> int:
    """Add up the stretches of one chromosome that the file covers: without gaps in which no run could be."""
    gaps = sites["pos"].cast(pl.Int64).diff().drop_nulls()
    return int(gaps.filter(gaps <= LARGEST_GAP).sum()) + 1


def answer(sites: pl.DataFrame) -> pl.DataFrame:
    """Give one row per autosome."""
    by_chrom = {str(key[0]): part for key, part in sites.partition_by("chrom", as_dict=True).items()}
    rows = [_row(chrom, by_chrom.get(chrom, sites.clear())) for chrom in AUTOSOMES]
    covered = sum(row["covered"] for row in rows)
    share = sum(row["bases"] for row in rows) / covered if covered else 0.0
    shown = [{key: value for key, value in row.items() if key not in {"covered", "bases"}} for row in rows]
    return pl.DataFrame(shown, infer_schema_length=None).with_columns(
        pl.lit(share).alias("genome_share"), pl.lit(GATE).alias("gate"), pl.lit(1).alias("pos")
    )


def _row(chrom: str, sites: pl.DataFrame) -> dict[str, Any]:
    used: dict[str, Any] = {
        "chrom": chrom,
        "variants": len(sites),
        "heterozygous_share": sites["het"].mean() if len(sites) else None,
    }
    if len(sites) < LEAST_VARIANTS:
        nothing = dict.fromkeys(("runs", "total_mb", "longest_mb", "places", "share"))
        said = "Too few variants on this chromosome to tell."
        return {**used, **nothing, "evidence": "not_covered", "conclusion": said, "covered": 0, "bases": 0}
    found, covered = runs_of(sites), covered_bases(sites)
    bases = int(found["bases"].sum())
    longest = round(max(found["bases"].to_list()) / 1e6, 2) if len(found) else None
    return {
        **used,
        "runs": len(found),
        "total_mb": round(bases / 1e6, 2),
        "longest_mb": longest,
        "places": ";".join(f"{start}-{end}" for start, end in found.select("start", "end").iter_rows()) or None,
        "share": min(bases / covered, 1.0),
        "evidence": "called",
        "conclusion": said_of(len(found), bases / 1e6, longest),
        "covered": covered,
        "bases": bases,
    }


def said_of(runs: int, total_mb: float, longest_mb: float | None) -> str:
    """Say the runs of a chromosome in a sentence."""
    if longest_mb is None:
        return "No run of a million bases or more on this chromosome."
    told = (
        f"{runs} run{'s' if runs > 1 else ''}, {total_mb:.1f} million bases together, the longest {longest_mb:.1f}."
    )
    if longest_mb <= COMMON_MB:
        return f"{told} Runs of this length are common, also where the parents share no known ancestor."
    return (
        f"{told} Runs this long are less common, though every population has them. On several chromosomes "
        "they can mean that the parents are related; on one alone, both copies may be one parent's, or one missing."
    )


def main() -> None:
    """Answer the genome that the app hands over."""
    import genoteca_isolated as genoteca

    genoteca.progress(0.05, "Reading variants")
    sites = usable(pl.scan_parquet(genoteca.variants()))
    counts = sites.group_by("chrom").len().filter(pl.col("len") >= LEAST_VARIANTS)
    if counts.is_empty():
        genoteca.untestable(
            f"It needs a whole genome: no chromosome of this file has {LEAST_VARIANTS:,} usable single-base variants."
        )
        return
    if sites["het"].sum() < LEAST_HETEROZYGOUS * len(sites):
        genoteca.untestable(
            "This file lists next to no heterozygous variants, so every stretch would look like a run."
        )
        return
    genoteca.progress(0.5, "Looking for runs")
    found = answer(sites)
    genoteca.tell(variants_used=len(sites), chromosomes_covered=len(counts), polars=pl.__version__)
    found.write_parquet(genoteca.output())
    genoteca.progress(1.0, "Done")


if __name__ == "__main__":
    main()
