"""A panel lifted to the sample's build, and what is said of the parts that did not lift.

A genotype is authored in allele strings, so a swap of REF and ALT changes no conclusion; a strand that differs
complements the genotypes of its site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from genoteca.annotate.answer import Answer
from genoteca.annotate.combinations import members_of
from genoteca.annotate.lifting import UNKNOWN_REFERENCE, lift_marks, lost_rows
from genoteca.annotate.panel import Panel, ordered_genotype
from genoteca.genome.lift import Bases, Lift, LiftedSite, Reason, complement, lift_site
from genoteca.genome.schema import CHROM
from genoteca.model.build import Build
from genoteca.model.evidence import Evidence

__all__ = ["LiftedPanel", "lift_panel", "panel_told_back"]

OWN = ("combination", "members", "opt_in")

NO_PLACE = "the module knows it by its rsID only, which is looked for in its own builds"


@dataclass(frozen=True, kw_only=True)
class LiftedPanel:
    """A panel in the sample's build."""

    panel: Panel
    """The sites keep the module's numbers."""
    moved: pl.DataFrame
    """One row per lifted site: as `lifting.MOVED`; `site` keeps its number."""
    lost: pl.DataFrame
    """One row per site that did not lift: the panel's site, `lifted_from` and `_reason`."""
    broken: pl.DataFrame
    """Rows of the combinations one of whose sites did not lift."""
    source: Panel

    @property
    def set_aside(self) -> dict[str, int]:
        """Sites that did not lift, by reason."""
        return dict(Counter(self.lost["_reason"].to_list()))


def lift_panel(panel: Panel, lift: Lift, *, source: Build, bases: Bases, without: Iterable[int] = ()) -> LiftedPanel:
    """Lift a panel; `without`: sites (by number) whose base in the sample's build is not known."""
    sites = panel.sites.with_columns(
        lifted_from=pl.format("{} {}:{} {}>{}", pl.lit(str(source)), "chrom", "pos", "ref", "alt")
    )
    unknown = frozenset(without)
    found: list[LiftedSite | str] = []
    for number, chrom, pos, ref, alt in sites.select("site", "chrom", "pos", "ref", "alt").iter_rows():
        site = NO_PLACE if chrom is None else _lifted(lift, (chrom, pos), [ref, *alt.split(",")], bases)
        found.append(
            UNKNOWN_REFERENCE if number in unknown else str(site) if isinstance(site, Reason | str) else site
        )
    marked = sites.with_columns(
        pl.Series("_reason", [s if isinstance(s, str) else None for s in found], dtype=pl.String)
    )
    there = [site for site in found if isinstance(site, LiftedSite)]
    kept = marked.filter(pl.col("_reason").is_null()).with_columns(
        pl.Series("chrom", [site.chrom for site in there], dtype=CHROM),
        pl.Series("pos", [site.pos for site in there], dtype=pl.UInt32),
        pl.Series("ref", [site.ref for site in there], dtype=pl.String),
        pl.Series("alt", [",".join(site.alts) for site in there], dtype=pl.String),
        *lift_marks(there),
        _source_site=pl.col("site"),
    )
    lost = marked.filter(pl.col("_reason").is_not_null())
    gone = set(lost["site_id"])
    broken = _with_lost_members(panel.combinations, gone)
    return LiftedPanel(
        panel=Panel(
            sites=kept.select(panel.sites.columns),
            genotypes=_genotypes(panel.genotypes, gone, set(kept.filter("_flipped")["site_id"])),
            combinations=_combinations(panel.combinations, broken, set(kept.filter("_flipped")["site_id"])),
        ),
        moved=kept.select("site", "_source_site", "lifted_from", "_flipped", "_swapped", "_checked"),
        lost=lost,
        broken=broken,
        source=panel,
    )


def panel_told_back(answer: Answer, lifted: LiftedPanel, said: pl.Expr) -> Answer:
    """Add what did not lift to a panel's answer, and LIFTED to every row; `said` is what the lift met.

    Every site and every combination has a row; one without a place in the sample's build is not covered.
    """
    names = lifted.source.combinations["combination"].unique(maintain_order=True).to_list()
    gone = set(lifted.broken["combination"])
    first = int(lifted.source.sites["site"].max() or 0) + 1 if len(lifted.source.sites) else 0  # type: ignore[arg-type]
    numbers = {name: first + place for place, name in enumerate(names)}
    kept = [numbers[name] for name in names if name not in gone]
    ours = set(lifted.moved["site"].to_list())
    table = answer.frame()
    sites = table.filter(pl.col("site").is_in(ours))
    combined = table.filter(~pl.col("site").is_in(ours)).with_columns(pl.Series("site", kept, dtype=pl.UInt32))
    both = pl.concat([sites, combined])
    rows = both.join(lifted.moved, on="site", how="left", maintain_order="left").with_columns(lift=said)
    rows = rows.select(*table.columns, "lifted_from", "lift")
    lost = lost_rows(lifted.lost, rows.schema)
    whole = pl.concat([rows, lost, _broken_rows(lifted, numbers, rows.schema)]).sort("site")
    counts = Counter(whole["evidence"].cast(pl.String).to_list())
    return replace(
        answer, table=whole, sites=len(whole), evidence={kind.value: counts[kind.value] for kind in Evidence}
    )


def _lifted(lift: Lift, place: tuple[str, int], alleles: list[str], bases: Bases) -> LiftedSite | Reason:
    """Lift a site whose genotypes are texts: an insertion or deletion that must be spelled anew cannot follow."""
    site = lift_site(lift, place, alleles[0], alleles[1:], bases)
    if isinstance(site, Reason):
        return site
    expected = {complement(allele) if site.flipped else allele for allele in alleles}
    return site if {site.ref, *site.alts} == expected else Reason.ANCHOR


def _with_lost_members(combinations: pl.DataFrame, gone: set[str]) -> pl.DataFrame:
    if combinations.is_empty():
        return combinations
    lost = [any(site in gone for site, _ in members_of(text)) for text in combinations["members"]]
    return combinations.filter(pl.Series(lost, dtype=pl.Boolean))


def _genotypes(genotypes: pl.DataFrame, gone: set[str], flipped: set[str]) -> pl.DataFrame:
    spelled = [
        _turned(genotype) if site in flipped else genotype
        for site, genotype in genotypes.select("site_id", "genotype").iter_rows()
    ]
    turned = genotypes.with_columns(pl.Series("genotype", spelled, dtype=pl.String))
    return turned.filter(~pl.col("site_id").is_in(sorted(gone)))


def _combinations(combinations: pl.DataFrame, broken: pl.DataFrame, flipped: set[str]) -> pl.DataFrame:
    if combinations.is_empty():
        return combinations
    kept = combinations.filter(~pl.col("combination").is_in(broken["combination"].to_list()))
    members = [
        ";".join(f"{site}={_turned(genotype) if site in flipped else genotype}" for site, genotype in _pairs(text))
        for text in kept["members"]
    ]
    return kept.with_columns(pl.Series("members", members, dtype=pl.String))


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.strip().rpartition("=") for part in text.split(";") if part.strip()]
    return [(site, genotype) for site, _, genotype in parts]


def _turned(genotype: str) -> str:
    return ordered_genotype("/".join(complement(allele) for allele in genotype.replace("|", "/").split("/")))


def _broken_rows(lifted: LiftedPanel, numbers: dict[str, int], schema: pl.Schema) -> pl.DataFrame:
    """Make the rows of combinations that have lost a site; what describes them whatever the answer stays."""
    shown = [name for name in lifted.broken.columns if name in lifted.source.sites.columns and name not in OWN]
    rows = []
    for name in lifted.broken["combination"].unique(maintain_order=True):
        authored = lifted.source.combinations.filter(pl.col("combination") == name)
        shared = {column: authored[column][0] for column in shown if authored[column].n_unique() == 1}
        rows.append(shared | {"site": numbers[name], "_reason": "one of its sites could not be lifted"})
    types = {name: lifted.broken.schema[name] for name in shown} | {"site": pl.UInt32(), "_reason": pl.String()}
    return lost_rows(pl.DataFrame(rows, schema=types), schema)
