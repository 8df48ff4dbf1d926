"""Answers that need several sites at once, such as APOE's epsilon alleles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from genoteca.annotate.panel import Panel, ordered_genotype
from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM, EVIDENCE, MATCH
from genoteca.model.column import GATE
from genoteca.model.evidence import Evidence, Match

__all__ = ["combination_rows", "members_closed", "opted"]

OWN = ("combination", "members", "opt_in")

UNDETERMINED = (
    Evidence.NOT_COVERED,
    Evidence.NO_CALL,
    Evidence.NOT_APPLICABLE,
    Evidence.PARTIAL,
    Evidence.OTHER_ALLELE,
)
"""What leaves a combination without a conclusion, the worst first."""

SCHEMA: dict[str, Any] = {
    "site": pl.UInt32, "site_id": pl.String, "chrom": CHROM, "pos": pl.UInt32,
    "genotype": pl.String, "filtered": pl.Boolean, "evidence": EVIDENCE, "match": MATCH,
}  # fmt: skip

Row = Mapping[str, Any]


def opted(panel: Panel, opted_in: frozenset[str]) -> Panel:
    """Leave out the combinations whose setting is not on, and the sites that only they use.

    A site without an authored genotype of its own is there for combinations alone.
    """
    if panel.combinations.is_empty():
        return panel
    wanted = pl.col("opt_in").fill_null("").is_in(["", *opted_in])
    kept = panel.combinations.filter(wanted)
    used = _members_of(kept)
    hidden = _members_of(panel.combinations.filter(~wanted)) - used - set(panel.genotypes["site_id"])
    sites = panel.sites.filter(~pl.col("site_id").is_in(sorted(hidden)))
    return Panel(sites=sites, genotypes=panel.genotypes, combinations=kept)


def members_closed(panel: Panel) -> Panel:
    """Put the sites that only combinations use behind the gate of theirs: their genotypes would tell its answer."""
    if panel.combinations.is_empty() or GATE not in panel.combinations.columns:
        return panel
    gates = dict[str, str]()
    for members, gate in panel.combinations.select("members", GATE).drop_nulls().iter_rows():
        gates |= {site: gate for site, _ in members_of(members)}
    for site in panel.genotypes["site_id"].unique():
        gates.pop(site, None)
    if not gates:
        return panel
    own = pl.col(GATE) if GATE in panel.sites.columns else pl.lit(None, pl.String)
    of_combination = pl.col("site_id").replace_strict(gates, default=None, return_dtype=pl.String)
    return replace(panel, sites=panel.sites.with_columns(pl.coalesce(own, of_combination).alias(GATE)))


def combination_rows(panel: Panel, sites: pl.DataFrame, *, first: int) -> pl.DataFrame:
    """Answer every combination; `sites` are the answered sites of the panel. One row each, numbered from `first`.

    A combination is concluded when every member is called or asserted reference, and never from an inferred one or
    one known by its rsID only: `called`, or `reference` when every member is. Otherwise it is as its least known
    member, those counting as not covered; genotypes that nobody authored, or not together, are `other_allele`. Its
    place is that of its first member. Without a conclusion it keeps what describes it whatever the answer: its gene,
    its trait.

    Raises:
        ReferenceDataError: a member is not a site of the panel, or two rows of one combination name different sites.

    """
    if panel.combinations.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    answered = {row["site_id"]: row for row in sites.iter_rows(named=True)}
    names = panel.combinations["combination"].unique(maintain_order=True)
    texts = {name: kind for name, kind in panel.combinations.schema.items() if name not in OWN}
    describing = [name for name in texts if name in panel.sites.columns]
    rows = [
        {"site": number, "site_id": name} | _answer(panel.combinations.filter(combination=name), answered, describing)
        for number, name in enumerate(names, first)
    ]
    return pl.DataFrame(rows, schema=SCHEMA | texts)


def _answer(authored: pl.DataFrame, answered: Mapping[str, Row], describing: Sequence[str]) -> dict[str, Any]:
    options = {members_of(row["members"]): row for row in authored.iter_rows(named=True)}
    sites = _same_sites(authored["combination"][0], list(options), answered)
    members = [answered[site] for site in sites]
    evidence = _evidence(_of_member(member) for member in members)
    settled = all(member["match"] == Match.GENOTYPE or member["evidence"] != Evidence.CALLED for member in members)
    found = frozenset((site, member["genotype"]) for site, member in zip(sites, members, strict=True))
    option = options.get(found) if settled and evidence in (Evidence.CALLED, Evidence.REFERENCE) else None
    if option is None and evidence in (Evidence.CALLED, Evidence.REFERENCE):
        evidence = Evidence.OTHER_ALLELE
    known = all(member["genotype"] for member in members)
    flags = [member["filtered"] for member in members if member["filtered"] is not None]
    shared = {name: authored[name][0] for name in describing if authored[name].n_unique() == 1}
    texts = {name: text for name, text in option.items() if name not in OWN} if option else shared
    return texts | {
        "chrom": members[0]["chrom"],
        "pos": members[0]["pos"],
        "genotype": "; ".join(f"{m['site_id']} {m['genotype']}" for m in members) if known else None,
        "filtered": any(flags) if flags else None,
        "evidence": evidence.value,
        "match": Match.GENOTYPE.value if option else None,
    }


def _of_member(member: Row) -> Evidence:
    by_name = member["match"] == Match.RSID
    return Evidence.NOT_COVERED if by_name else Evidence(member["evidence"])


def _evidence(members: Iterable[Evidence]) -> Evidence:
    found = {Evidence.NOT_COVERED if kind is Evidence.INFERRED else kind for kind in members}
    for kind in UNDETERMINED:
        if kind in found:
            return kind
    return Evidence.CALLED if Evidence.CALLED in found else Evidence.REFERENCE


def members_of(text: str) -> frozenset[tuple[str, str]]:
    """Read `siteid=A/G;siteid=C/C`.

    Raises:
        ReferenceDataError: a member is not of that form.

    """
    members = [member.strip().rpartition("=") for member in text.split(";") if member.strip()]
    if not members or not all(site and genotype for site, _, genotype in members):
        raise ReferenceDataError(f"The members {text!r} of a combination are not of the form site=A/G;site=C/C.")
    return frozenset((site, ordered_genotype(genotype)) for site, _, genotype in members)


def _members_of(combinations: pl.DataFrame) -> set[str]:
    return {site for text in combinations["members"] for site, _ in members_of(text)}


def _same_sites(name: str, options: list[frozenset[tuple[str, str]]], answered: Mapping[str, Row]) -> list[str]:
    sites = {site for site, _ in options[0]}
    if any({site for site, _ in option} != sites for option in options):
        raise ReferenceDataError(f"The combination {name} does not name the same sites in every row.")
    absent = sorted(sites - set(answered))
    if absent:
        raise ReferenceDataError(f"The combination {name} needs {', '.join(absent)}, which is no site of the panel.")
    return sorted(sites, key=lambda site: int(answered[site]["site"]))
