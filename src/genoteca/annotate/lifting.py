"""A module's sites lifted to the sample's build, and its answers told in the module's own words again.

Evidence is decided in the sample's build: the records, the blocks and the silence of its file mean that build's
reference. What a site's base is there must be known before "reference" says anything of it; see `withheld`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from genoteca.annotate.answer import Answer
from genoteca.annotate.publish import publish_alleles, publish_regions, write_published
from genoteca.genome.key import with_keys
from genoteca.genome.lift import Bases, Lift, LiftedSite, Reason, lift_site
from genoteca.genome.schema import CHROM
from genoteca.model.build import Build
from genoteca.model.column import LIFTED
from genoteca.model.evidence import Evidence

__all__ = [
    "UNKNOWN_REFERENCE",
    "LiftedSites",
    "lift_alleles",
    "lift_marks",
    "lift_regions",
    "lift_words",
    "lost_rows",
    "told_back",
    "withheld",
    "withheld_sites",
]

UNKNOWN_REFERENCE = "the reference base in this genome's build is not known here (the reference sequence would tell)"
"""Why the silence or the reference block of a file says nothing of a lifted site whose base nobody compared."""

NOT_TOLD = (Evidence.REFERENCE.value, Evidence.INFERRED.value)
LONGER = 0.05
"""Share by which a lifted interval may change its length; UCSC's liftOver asks for 95 % of the bases by default."""

MOVED = {
    "site": pl.UInt32, "_source_site": pl.UInt32, "lifted_from": pl.String, "_flipped": pl.Boolean,
    "_swapped": pl.Boolean, "_checked": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LiftedSites:
    """A module's sites in the sample's build."""

    path: Path
    """The table, published as the module's own is."""
    moved: pl.DataFrame
    """One row per site that lifted: MOVED. `site` is its number in `path`, `source_site` in the module's table."""
    lost: pl.DataFrame
    """One row per site that did not: the module's row, `lifted_from` and `_reason`."""
    total: int
    """Sites of the module."""

    @property
    def set_aside(self) -> dict[str, int]:
        """Sites that did not lift, by reason."""
        return dict(Counter(self.lost["_reason"].to_list()))


def lift_alleles(
    reference: Path, target: Path, lift: Lift, *, source: Build, bases: Bases, without: Iterable[int] = ()
) -> LiftedSites:
    """Lift a published table of alleles; `without`: sites (the module's numbers) whose base is not known.

    A site whose REF is an ALT in the sample's build is published there as the records of that build spell it.
    """
    table = pl.read_parquet(reference).with_columns(lifted_from=_origin(source))
    unknown = frozenset(without)
    found = [
        Reason.MISMATCH if isinstance(site, LiftedSite) and site.swapped and chrom == "MT" else site
        for chrom, site in (
            (chrom, lift_site(lift, (chrom, pos), ref, (alt,), bases))
            for chrom, pos, ref, alt in table.select("chrom", "pos", "ref", "alt").iter_rows()
        )
    ]
    told = [
        UNKNOWN_REFERENCE if n in unknown else _reason(site) for n, site in zip(table["site"], found, strict=True)
    ]
    marked = table.with_columns(pl.Series("_reason", told, dtype=pl.String))
    there = [site for site, reason in zip(found, told, strict=True) if isinstance(site, LiftedSite) and not reason]
    kept = marked.filter(pl.col("_reason").is_null()).drop("_reason", "key").rename({"site": "_source_site"})
    placed = kept.with_columns(
        pl.Series("chrom", [site.chrom for site in there], dtype=CHROM),
        pl.Series("pos", [site.pos for site in there], dtype=pl.UInt32),
        pl.Series("ref", [site.ref for site in there], dtype=pl.String),
        pl.Series("alt", [site.alts[0] for site in there], dtype=pl.String),
        *lift_marks(there),
    )
    published = publish_alleles(placed)
    write_published(published, target)
    return LiftedSites(
        path=target,
        moved=published.select(pl.col(name).cast(kind) for name, kind in MOVED.items()),
        lost=marked.filter(pl.col("_reason").is_not_null()),
        total=len(table),
    )


def lift_regions(reference: Path, target: Path, lift: Lift, *, source: Build) -> LiftedSites:
    """Lift published intervals by their ends."""
    table = pl.read_parquet(reference)
    origin = pl.format("{} {}:{}-{}", pl.lit(str(source)), "chrom", "start", "end")
    table = table.with_columns(lifted_from=origin)
    found = [_interval(lift, *row) for row in table.select("chrom", "start", "end").iter_rows()]
    marked = table.with_columns(
        pl.Series("_reason", [str(one) if isinstance(one, Reason) else None for one in found], dtype=pl.String)
    )
    there = [one for one in found if not isinstance(one, Reason)]
    kept = marked.filter(pl.col("_reason").is_null()).drop("_reason").rename({"site": "_source_site"})
    placed = kept.with_columns(
        pl.Series("chrom", [chrom for chrom, *_ in there], dtype=CHROM),
        pl.Series("start", [start for _, start, _, _ in there], dtype=pl.UInt32),
        pl.Series("end", [end for _, _, end, _ in there], dtype=pl.UInt32),
        _flipped=pl.Series([not forward for *_, forward in there], dtype=pl.Boolean),
        _swapped=pl.lit(value=False),
        _checked=pl.lit(value=True),
    )
    published = publish_regions(placed)
    write_published(published, target)
    return LiftedSites(
        path=target,
        moved=published.select(pl.col(name).cast(kind) for name, kind in MOVED.items()),
        lost=marked.filter(pl.col("_reason").is_not_null()),
        total=len(table),
    )


def withheld(answer: Answer, lifted: LiftedSites) -> list[int]:
    """Give the module's sites that were answered from the reference of a build whose base there nobody knows.

    The two builds' references differ at some places (F5: the risk allele is GRCh37's reference), so "reference" there
    would say nothing, or the opposite.
    """
    return withheld_sites(answer, lifted.moved)


def withheld_sites(answer: Answer, moved: pl.DataFrame) -> list[int]:
    """Give the same for any table of lifted sites (MOVED)."""
    told = answer.scan().filter(pl.col("evidence").cast(pl.String).is_in(NOT_TOLD)).select("site")
    silent = told.collect(engine="streaming")
    unchecked = moved.filter(~pl.col("_checked"))
    return silent.join(unchecked, on="site", how="inner")["_source_site"].to_list()


def told_back(answer: Answer, lifted: LiftedSites, *, dense: bool) -> Answer:
    """Tell an answer of lifted alleles or intervals in the module's numbers and alleles.

    REF and ALT of a swapped site are the module's again, its copies those of the module's ALT. A site that did not
    lift is not covered, and has a row where the module wants one whatever is known. The columns LIFTED are added.
    """
    there = answer.frame()
    table = _in_own_words(there.join(lifted.moved, on="site", how="left", maintain_order="left"))
    rows = table.with_columns(site="_source_site", lift=lift_words()).select(*there.columns, *_lifted_names())
    lost = lifted.lost.filter("always") if dense and "always" in lifted.lost.columns else lifted.lost.clear()
    whole = pl.concat([rows, lost_rows(lost, rows.schema)]).sort("site", "row", nulls_last=True, maintain_order=True)
    return replace(
        answer,
        table=whole,
        sites=lifted.total if dense else answer.sites,
        evidence=_recounted(answer, there, rows, len(lifted.lost) if dense else 0),
        filtered=int(whole["filtered"].sum()),
    )


def lost_rows(lost: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Make the rows of sites that did not lift: no place in the sample's build, and why."""
    made = lost.with_columns(
        *(pl.lit(None, schema[name]).alias(name) for name in ("key", "chrom", "pos", "ref", "alt")),
        evidence=pl.lit(Evidence.NOT_COVERED.value),
        lift="_reason",
    )
    absent = [pl.lit(None).alias(name) for name in schema if name not in made.columns]
    return made.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _origin(source: Build) -> pl.Expr:
    return pl.format("{} {}:{} {}>{}", pl.lit(str(source)), "chrom", "pos", "ref", "alt")


def _reason(site: LiftedSite | Reason) -> str | None:
    return None if isinstance(site, LiftedSite) else str(site)


def lift_marks(sites: list[LiftedSite]) -> list[pl.Series]:
    """Give the marks of MOVED for sites that lifted."""
    names = ("_flipped", "_swapped", "_checked")
    return [pl.Series(name, [getattr(site, name[1:]) for site in sites], dtype=pl.Boolean) for name in names]


def _interval(lift: Lift, chrom: str, start: int, end: int) -> tuple[str, int, int, bool] | Reason:
    first, last = lift.base(chrom, start), lift.base(chrom, end)
    if isinstance(first, Reason):
        return first
    if isinstance(last, Reason):
        return last
    length = last.pos - first.pos if first.forward else first.pos - last.pos
    same = first.chrom == last.chrom and first.forward == last.forward
    if not same or length < 0 or abs(length - (end - start)) > LONGER * (end - start + 1):
        return Reason.BROKEN
    low = min(first.pos, last.pos)
    return first.chrom, low, low + length, first.forward


def _in_own_words(table: pl.DataFrame) -> pl.DataFrame:
    """Turn the swapped rows: the sample's reference is the module's ALT."""
    swapped = table.filter("_swapped")
    if swapped.is_empty():
        return table
    spelled = pl.col("genotype").str.contains(r"^[ACGT]([/|][ACGT])*$").fill_null(value=False)
    fenced = pl.format("/{}/", pl.col("genotype").str.replace_all(r"[/|]", "//"))
    copies = fenced.str.count_matches(pl.format("/{}/", "ref"), literal=True)
    told = pl.col("evidence").cast(pl.String)
    known = told.is_in([Evidence.CALLED.value, Evidence.OTHER_ALLELE.value, Evidence.REFERENCE.value])
    evidence = (
        pl.when(known & spelled & (copies > 0))
        .then(pl.lit(Evidence.CALLED.value))
        .when(known & spelled)
        .then(pl.lit(Evidence.OTHER_ALLELE.value))
        .when(known)
        .then(pl.lit(Evidence.PARTIAL.value))
        .otherwise(told)
    )
    turned = swapped.with_columns(
        evidence=evidence.cast(table.schema["evidence"]),
        dosage=pl.when((known | (told == Evidence.INFERRED.value)) & spelled).then(copies.cast(pl.UInt32)),
        ref="alt",
        alt="ref",
    )
    return pl.concat([table.filter(~pl.col("_swapped").fill_null(value=False)), with_keys(turned)])


def lift_words() -> pl.Expr:
    """Say what the lift met, from the marks of MOVED; null: nothing."""
    words = [
        pl.when("_flipped").then(pl.lit("the strands differ: alleles complemented")),
        pl.when("_swapped").then(pl.lit("the reference base differs: REF and ALT swapped")),
        pl.when(~pl.col("_checked")).then(pl.lit("the reference base was not compared")),
    ]
    said = pl.concat_list(words).list.drop_nulls().list.join("; ")
    return pl.when(said != "").then(said)


def _recounted(answer: Answer, there: pl.DataFrame, rows: pl.DataFrame, lost: int) -> dict[str, int]:
    """Count again: rows that changed their evidence, and sites that did not lift."""
    counts = Counter(answer.evidence)
    counts.subtract(Counter(there["evidence"].cast(pl.String).to_list()))
    counts.update(Counter(rows["evidence"].cast(pl.String).to_list()))
    counts[Evidence.NOT_COVERED.value] += lost
    return {kind.value: counts[kind.value] for kind in Evidence}


def _lifted_names() -> list[str]:
    return [column.name for column in LIFTED]
