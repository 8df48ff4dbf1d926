"""From ClinVar's VCF to a published allele table: one row per allele and variation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from genoteca.sdk import Column, ReferenceDataError, SitesScan, polars_schema, publish_batches
from genoteca_clinvar import wording
from genoteca_clinvar.classification import classify, origin_words, stars_of

__all__ = ["INFO", "Account", "convert"]

INFO = (
    "ALLELEID",
    "CLNDISDB",
    "CLNDN",
    "CLNHGVS",
    "CLNREVSTAT",
    "CLNSIG",
    "CLNSIGCONF",
    "CLNSIGINCL",
    "GENEINFO",
    "MC",
    "ONC",
    "ONCCONF",
    "ONCDISDB",
    "ONCDN",
    "ONCINCL",
    "ONCREVSTAT",
    "ORIGIN",
    "RS",
    "SCI",
    "SCIDISDB",
    "SCIDN",
    "SCIINCL",
    "SCIREVSTAT",
)
"""What is read of INFO."""

ENCODED = (
    "clnrevstat", "clndn", "clndisdb", "clnhgvs", "onc", "oncdn", "oncdisdb", "oncrevstat", "sci", "scidn",
    "scidisdb", "scirevstat",
)  # fmt: skip
"""Columns in which percent encoding is undone."""

HAPLOTYPE_ONLY = "classified only as part of a haplotype or genotype (CLNSIGINCL)"
LISTED_TWICE = "the same allele and variation is listed before"

RULES = {
    "clnsig": pl.String(),
    "significance": pl.String(),
    "significance_class": pl.String(),
    "of_note": pl.Boolean(),
    "haplotype_only": pl.Boolean(),
}


@dataclass(kw_only=True, slots=True)
class Account:
    """What became of every allele of a release; ClinVar lists one allele a record."""

    records_read: int = 0
    alleles_listed: int = 0
    """Alleles, and records without one, before any was judged."""
    alleles_kept: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    """Alleles, and records without one, by reason."""
    unknown_terms: Counter[str] = field(default_factory=Counter)
    """Alleles by a term of CLNSIG that this version does not know."""
    unknown_reviews: Counter[str] = field(default_factory=Counter)
    """Alleles by a review status that this version does not know; they have no stars."""
    haplotypes: int = 0
    """Kept alleles that a classified haplotype or genotype includes as well: that classification is not read."""

    def read(self, file: SitesScan) -> None:
        """Count a file that was read to its end."""
        self.records_read += file.records_read
        self.set_aside.update(file.set_aside)
        self.alleles_listed += sum(file.set_aside.values())

    def judge(self, judged: pl.DataFrame) -> pl.DataFrame:
        """Count some of the alleles, and give those that are kept."""
        kept = judged.filter(pl.col("reason").is_null())
        self.set_aside.update({reason: count for reason, count in _counts(judged["reason"]) if reason})
        included = pl.any_horizontal(pl.col("clnsigincl", "oncincl", "sciincl").is_not_null())
        self.haplotypes += kept.select(included.sum()).item()
        for text, count in _counts(kept["clnsig"]):
            self.unknown_terms.update(dict.fromkeys(classify(text).unknown, count))
        for review in ("clnrevstat", "oncrevstat", "scirevstat"):
            unknown = {text: count for text, count in _counts(kept[review]) if text and stars_of(text) is None}
            self.unknown_reviews.update(unknown)
        return kept

    def require_sum(self) -> None:
        """Check that of the alleles listed, and of the records read, none was lost on the way.

        Raises:
            ReferenceDataError: kept and set aside are not what was read.

        """
        counted = self.alleles_kept + self.set_aside.total()
        if counted != self.alleles_listed or counted < self.records_read:
            raise ReferenceDataError(
                f"{self.records_read} records list {self.alleles_listed} alleles; {self.alleles_kept} were kept and "
                f"{self.set_aside.total()} set aside: some are lost.",
                hint="This is a fault of the module, not of the file. Please report it.",
            )


def convert(batches: Iterable[pl.DataFrame], account: Account, columns: Sequence[Column], path: Path) -> None:
    """Convert the alleles of one release, in one build, to the reference with the module's columns, at `path`.

    A batch is at work at a time, whatever the size of the release. Whoever gives the batches counts their files in
    `account`.

    Raises:
        ReferenceDataError: alleles were lost on the way, or there are none.

    """

    def listed() -> Iterator[pl.DataFrame]:
        for batch in batches:
            account.alleles_listed += batch.height
            yield batch

    account.alleles_kept = publish_batches(
        listed(), path, finish=partial(_finished, account=account, columns=columns)
    )
    account.require_sum()


def _finished(alleles: pl.DataFrame, *, account: Account, columns: Sequence[Column]) -> pl.DataFrame:
    return _columns(account.judge(_judged(alleles)), columns)


def _judged(alleles: pl.DataFrame) -> pl.DataFrame:
    """Every allele with what its CLNSIG says, and the reason for which it is set aside, if any."""
    # a classification in tumours may be of the allele itself where the germline one is of a haplotype
    in_tumours = pl.any_horizontal(pl.col("onc", "sci").is_not_null())
    included = pl.any_horizontal(pl.col("clnsigincl", "oncincl", "sciincl").is_not_null())
    only_haplotype = ~in_tumours & (pl.col("haplotype_only") | (pl.col("clnsig").is_null() & included))
    told = alleles.join(_rules(alleles["clnsig"]), on="clnsig", how="left", nulls_equal=True, maintain_order="left")
    return told.with_columns(
        reason=pl.when(only_haplotype)
        .then(pl.lit(HAPLOTYPE_ONLY))
        .when(~pl.struct("chrom", "pos", "ref", "alt", "id").is_first_distinct())
        .then(pl.lit(LISTED_TWICE))
    )


def _rules(clnsig: pl.Series) -> pl.DataFrame:
    """What every distinct CLNSIG says: about a hundred in a release."""
    said = [(text, classify(text)) for text in clnsig.unique().to_list()]
    rows = [
        (text, told.words or None, told.significance.value, told.of_note, told.haplotype_only) for text, told in said
    ]
    return pl.DataFrame(rows, schema=RULES, orient="row")


def _columns(kept: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """The site columns and the module's, as declared."""
    plain = kept.with_columns(wording.decoded(kept[name]) for name in ENCODED)
    made = plain.with_columns(
        always=pl.col("of_note"),
        # ClinVar reaches into genes with near-identical copies elsewhere (PMS2, SMN1, CYP2D6) and into pharmacogenes,
        # where a caller's silence is no answer; no list of such stretches is at hand, so silence is never read.
        infer=pl.lit(value=False),
        variation_id=pl.col("id"),
        stars=_looked_up(kept["clnrevstat"], stars_of, pl.UInt8()),
        review_status=wording.words("clnrevstat"),
        conflict=wording.counted("clnsigconf"),
        conditions=wording.listed("clndn"),
        condition_ids=wording.identifiers("clndisdb"),
        medgen=wording.numbered("clndisdb", "MedGen:", r"C\w+"),
        mondo=wording.numbered("clndisdb", "MONDO:", r"MONDO:\d+"),
        omim=wording.numbered("clndisdb", "OMIM:", r"\d+"),
        gene=wording.genes("geneinfo"),
        hgvs=wording.identifiers("clnhgvs"),
        molecular_consequence=wording.consequences("mc"),
        origin=_looked_up(kept["origin"], origin_words, pl.String()),
        oncogenicity=wording.listed("onc"),
        oncogenicity_conditions=wording.listed("oncdn"),
        oncogenicity_ids=wording.identifiers("oncdisdb"),
        oncogenicity_stars=_looked_up(kept["oncrevstat"], stars_of, pl.UInt8()),
        oncogenicity_conflict=wording.counted("oncconf"),
        somatic_impact=wording.listed("sci"),
        somatic_impact_conditions=wording.listed("scidn"),
        somatic_impact_ids=wording.identifiers("scidisdb"),
        somatic_impact_stars=_looked_up(kept["scirevstat"], stars_of, pl.UInt8()),
        rsid=wording.rsids("rs"),
        allele_id=pl.col("alleleid").cast(pl.Int64, strict=False),
        caution=pl.lit(None, pl.String),  # only a sample's answer can have one
    )
    schema = polars_schema(columns)
    return made.select("chrom", "pos", "ref", "alt", "infer", "always", *schema).cast(dict(schema.items()))


def _looked_up(cells: pl.Series, meaning: Callable[[str], int | str | None], kind: pl.DataType) -> pl.Series:
    """Replace every distinct value by what it means."""
    texts = [text for text in cells.unique().to_list() if text is not None]
    return cells.replace_strict(texts, [meaning(text) for text in texts], default=None, return_dtype=kind)


def _counts(cells: pl.Series) -> Iterator[tuple[str | None, int]]:
    return cells.to_frame().group_by(cells.name).len().iter_rows()
