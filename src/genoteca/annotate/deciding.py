"""What the records that speak of a site make of the module's allele there: its evidence, its copies, its match."""

from __future__ import annotations

import polars as pl

from genoteca.annotate.covering import DELETED
from genoteca.genome.schema import EVIDENCE, MATCH
from genoteca.model.evidence import Evidence, Match

__all__ = ["decided"]

NOT_AUTHORED = pl.lit(value=False)


def decided(assembled: pl.DataFrame, *, authored: pl.Expr = NOT_AUTHORED) -> pl.DataFrame:
    """Decide every site of `assembly.assemble`; a site of which a deletion of some copies says nothing has no row.

    `called`: the module's allele is carried, or the whole genotype is one that the module's authors wrote about
    (`authored`, only where the genotypes are the module's). `other_allele`: neither, and every copy is known.
    `partial`: a copy is unknown, or the records claim more copies than there are without the module's allele.
    `dosage` becomes the copies of the module's allele: null on MT, and where they are not known.
    """
    known = authored & (pl.col("unknown") == 0) & ~pl.col("overfull")
    half = (pl.col("unknown") > 0) & ~pl.col("overfull")
    evidence = (
        pl.when(pl.col("hit") | known)
        .then(pl.when(half).then(_evidence(Evidence.PARTIAL)).otherwise(_evidence(Evidence.CALLED)))
        .when((pl.col("unknown") > 0) | pl.col("overfull"))
        .then(_evidence(Evidence.PARTIAL))
        .otherwise(_evidence(Evidence.OTHER_ALLELE))
    )
    match = (
        pl.when(known)
        .then(_match(Match.GENOTYPE))
        .when("exact")
        .then(_match(Match.ALLELE))
        .when("hit")
        .then(_match(Match.DECOMPOSED))
        .otherwise(_match(Match.POSITION))
    )
    told = assembled.filter((pl.col("speaks") != DELETED) | pl.col("gone"))
    return told.with_columns(evidence=evidence.cast(EVIDENCE), match=match.cast(MATCH)).with_columns(
        dosage=_copies().cast(pl.UInt32)
    )


def _copies() -> pl.Expr:
    told = pl.when("hit").then("dosage").when(pl.col("evidence") != Evidence.PARTIAL.value).then(0)
    return pl.when(~pl.col("mitochondrial")).then(told)


def _evidence(evidence: Evidence) -> pl.Expr:
    return pl.lit(evidence.value)


def _match(match: Match) -> pl.Expr:
    return pl.lit(match.value)
