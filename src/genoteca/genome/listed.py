"""ALT alleles of kept records that make no row."""

from __future__ import annotations

from collections import Counter

import polars as pl

from genoteca.genome.alternates import AlleleClass, classify

__all__ = ["listed_classes"]


def listed_classes(frame: pl.DataFrame) -> dict[str, int]:
    """Count the ALT alleles of these records that make no row of any table, by what they are.

    A lone `<NON_REF>` is how a reference block is written, and sets no allele aside.
    """
    several = (pl.col("alleles") > 1) & (pl.col("sequences") < pl.col("alleles"))
    told = frame.select("alt", "alleles", "sequences")
    odd = told.filter(several | (pl.col("alt") == AlleleClass.DELETED.value))
    found: Counter[str] = Counter()
    for alt, records in odd.get_column("alt").value_counts().iter_rows():
        for allele in alt.split(","):
            kind = classify(allele)
            if kind not in (AlleleClass.SEQUENCE, AlleleClass.STRUCTURAL):
                found[kind.value] += records
    return dict(found)
