"""Makes published references of any size, shaped like those of the real world, the same each time for a seed.

Twelve columns of a reference of alleles (8 texts, 4 numbers), and most alleles of the generated genome among them.
Nothing in them is true of anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from generate import BASES

from genoteca.annotate.publish import ALLELE_SITE
from genoteca.genome.key import with_keys
from genoteca.genome.schema import CHROM
from genoteca.genome.sorted_table import EVERYTHING, Layout, SortedTable
from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.column import AnnotationColumn, ColumnType

__all__ = ["COLUMNS", "made_up", "write_reference"]

PART = 1_000_000
HIT = 0.95
"""Share of the genome's alleles that a reference has."""

_TEXTS = ("rsid", "gene", "consequence", "impact", "significance", "review", "condition", "hgvs")
_NUMBERS = ("af", "af_popmax", "cadd", "revel")
COLUMNS = [
    *(AnnotationColumn(name=name, label=name) for name in _TEXTS),
    *(AnnotationColumn(name=name, label=name, type=ColumnType.NUMBER) for name in _NUMBERS),
]

_GENES = pl.Series([f"GENE{n}" if n % 3 else f"LINC0{n}" for n in range(20_000)])
_SHARES = {
    "intron_variant": 0.5, "intergenic_variant": 0.3, "upstream_gene_variant": 0.06, "downstream_gene_variant": 0.06,
    "missense_variant": 0.02, "synonymous_variant": 0.02, "3_prime_UTR_variant": 0.02, "frameshift_variant": 0.02,
}  # fmt: skip
_IMPACT = pl.Series(["MODIFIER", "MODIFIER", "MODIFIER", "MODIFIER", "MODERATE", "LOW", "MODIFIER", "HIGH"])
_SIGNIFICANCE = pl.Series(["Benign", "Likely_benign", "Uncertain_significance", "Likely_pathogenic", "Pathogenic"])
_REVIEW = pl.Series(["criteria_provided,_single_submitter", "no_assertion_criteria_provided", "expert_panel"])
_CONDITIONS = pl.Series([f"Hereditary_disease_{n}_syndrome|not_provided" for n in range(5_000)])
_TOLD = 0.03
"""Share of the alleles of which somebody said something clinical."""


def write_reference(path: Path, rows: int, variants: Path, *, seed: int = 11, columns: int = 12) -> int:
    """Write a published reference of about so many alleles beside a sample's variants table; gives how many."""
    random = np.random.default_rng(seed)
    names = [column.name for column in COLUMNS[:columns]]
    own_schema = {name: pl.String() if name in _TEXTS else pl.Float64() for name in names}
    layout = Layout(
        schema=pl.Schema({**ALLELE_SITE, **own_schema}),
        order=pl.col("key"),
        delta=("site", "key", "pos"),
        dictionary=("chrom", "ref", "alt", *own_schema),
        statistics=("site", "key"),
    )
    table = SortedTable(path, layout)
    written = 0
    for alleles in _by_chromosome(rows, variants, random):
        for part in alleles.iter_slices(PART):
            numbered = part.with_columns(site=pl.int_range(written, written + len(part), dtype=pl.UInt32))
            written += len(part)
            flagged = numbered.with_columns(
                infer=pl.lit(value=True), always=pl.lit(value=False), **made_up(part, random)
            )
            table.add(
                flagged.select(pl.col(name).cast(kind) for name, kind in layout.schema.items()), settled=EVERYTHING
            )
    table.close()
    return table.rows


def _by_chromosome(rows: int, variants: Path, random: np.random.Generator) -> Iterator[pl.DataFrame]:
    lengths = Build.GRCH38.lengths
    total = sum(lengths.values())
    alleles = pl.scan_parquet(variants).select(pl.col("chrom").cast(CHROM), "pos", "ref", "alt", "key")
    share = min(1.0, rows / alleles.select(pl.len()).collect().item())
    for chrom in CHROMOSOMES:
        own = alleles.filter(pl.col("chrom") == chrom).unique(["key", "ref", "alt"]).sort("key").collect()
        own = own.filter(pl.Series(random.random(len(own)) < HIT * share))
        others = with_keys(_others(chrom, max(0, round(rows * lengths[chrom] / total) - len(own)), random))
        yield pl.concat([own, others.select(own.columns)]).unique("key", keep="first").sort("key")


def _others(chrom: str, count: int, random: np.random.Generator) -> pl.DataFrame:
    ref = random.integers(0, 4, count)
    tail = pl.Series(BASES[random.integers(0, 4, count)]) + pl.Series(BASES[random.integers(0, 4, count)])
    base, kind = pl.Series(BASES[ref]), pl.Series(random.random(count))
    other = pl.Series(BASES[(ref + random.integers(1, 4, count)) % 4])
    drawn = pl.DataFrame(
        {"pos": random.integers(1, Build.GRCH38.lengths[chrom] - 100, count), "base": base, "other": other}
    ).with_columns(kind=kind, longer=base + tail)
    return drawn.select(
        pl.lit(chrom, CHROM).alias("chrom"),
        pl.col("pos").cast(pl.UInt32),
        ref=pl.when(pl.col("kind") < 0.075).then("longer").otherwise("base"),
        alt=pl.when(pl.col("kind") < 0.075)
        .then("base")
        .when(pl.col("kind") < 0.15)
        .then("longer")
        .otherwise("other"),
    )


def made_up(part: pl.DataFrame, random: np.random.Generator) -> dict[str, Any]:
    """Give every column of made-up answers about these alleles."""
    n = len(part)
    consequence = random.choice(len(_SHARES), n, p=list(_SHARES.values()))
    gene = pl.Series((part["pos"].to_numpy() // 150_000) % len(_GENES))
    number = pl.Series(random.integers(1000, 2_000_000_000, n)).cast(pl.String)
    clinical = pl.Series(random.random(n) < _TOLD)
    frequency = np.round(10 ** -random.uniform(0, 6, n), 8)

    def some(values: pl.Series, which: pl.Series) -> pl.Series:
        return pl.select(pl.when(which).then(values)).to_series()

    return {
        "rsid": "rs" + number,
        "gene": _GENES.gather(gene),
        "consequence": pl.Series(list(_SHARES)).gather(consequence),
        "impact": _IMPACT.gather(consequence),
        "significance": some(_SIGNIFICANCE.gather(random.integers(0, 5, n)), clinical),
        "review": some(_REVIEW.gather(random.integers(0, 3, n)), clinical),
        "condition": some(_CONDITIONS.gather(random.integers(0, 5_000, n)), clinical),
        "hgvs": "ENST00000" + (gene * 7 + 100_000).cast(pl.String) + ".4:c." + number.str.head(4) + "G>A",
        "af": pl.Series(frequency),
        "af_popmax": pl.Series(np.minimum(1, frequency * 2)),
        "cadd": pl.Series(np.round(random.gamma(2, 4, n), 2)),
        "revel": some(pl.Series(np.round(random.random(n), 3)), pl.Series(consequence == 4)),
    }
