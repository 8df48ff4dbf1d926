"""Sites that have only an rsID: the last resort, always marked, and never what decides between alleles.

An rsID is a name of dbSNP's, not a place: it may stand for several alleles and several loci, it is merged into others
over time, and files carry whatever release their makers had (https://www.ncbi.nlm.nih.gov/snp/docs/rs_merge/). So a
site is asked for by its rsID only where its module says so and has no place for it in the sample's build; and the
record that bears the rsID answers only where it can mean one thing:

- one record of the sample bears it, and one site of the module;
- REF and every ALT of the record are alleles of the site, one base each;
- no two alleles of the site are each other's complement: which strand is meant, only a place tells;
- it is not on the mitochondrion, where reads and not copies tell what is carried.

Otherwise the answer is a no-call, counted with its reason. A file without the rsID says nothing: not covered, never
inferred, for nobody knows where to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from genoteca.annotate.calls import filtered_calls
from genoteca.annotate.panel import BY_RSID, ordered_genotype
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.schema import CHROM, EVIDENCE, MATCH
from genoteca.model.evidence import Evidence, Match

__all__ = ["NO_RSIDS", "NamedSites", "answered_by_rsid"]

NO_RSIDS = (
    "This module knows its sites only by rsID in this genome build, and the file names no rsIDs; "
    "it cannot be tested without a place or a name."
)

SEVERAL_SITES = "the module gives this rsID to several sites"
SEVERAL_RECORDS = "the file has several records with this rsID"
SEVERAL_ALLELES = "the record has other alleles than the module gives the rsID"
EITHER_STRAND = "its alleles read the same on both strands, and only a place tells which is meant"
NOT_ONE_BASE = "an insertion or deletion is told by its place, and only its rsID is known"
MITOCHONDRIAL = "a mitochondrial allele is told by its share of the reads, and not by rsID"

UNKNOWN, DELETED = "?", "*"
_COMPLEMENTS = ({"A", "T"}, {"C", "G"})

_ANSWER: dict[str, Any] = {
    "site": pl.UInt32, "chrom": CHROM, "pos": pl.UInt32, "key": pl.UInt64, "row": pl.UInt32, "line": pl.UInt32,
    "allele": pl.UInt32, "genotype": pl.String, "dosage": pl.UInt32, "filtered": pl.Boolean, "evidence": EVIDENCE,
    "match": MATCH,
}  # fmt: skip

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedSites:
    """What became of the sites that have only an rsID."""

    table: pl.DataFrame
    """One row per site: its own columns and the answer's. `chrom` and `pos` are those of the sample's record, null
    without one; `key` is null: an rsID is no allele."""
    unusable: dict[str, int]
    """Sites whose record cannot be used, by reason."""
    nameless: bool
    """The file names no rsID at all."""


def answered_by_rsid(sites: pl.DataFrame, sample: SampleTables, genotypes: pl.DataFrame) -> NamedSites:
    """Answer the sites of a panel that have only an rsID.

    `called`: the whole genotype is one that the module's authors wrote about, or a copy of the site's ALT is carried.
    `other_allele`: neither, every copy known. `partial`: a copy is not known. `reference`: of an array, two copies of
    the module's REF. Whatever a record answers is matched by `rsid`.
    """
    authored = set(genotypes.select("site_id", "genotype").iter_rows())
    found, nameless = _records(sites, sample)
    several = set(sites.filter(pl.col(BY_RSID).is_duplicated())[BY_RSID].to_list())
    reasons: Counter[str] = Counter()
    answers = []
    for site in sites.iter_rows(named=True):
        records = found.get(site[BY_RSID], [])
        reason = SEVERAL_SITES if records and site[BY_RSID] in several else _against(site, records)
        reasons.update([reason] if reason else [])
        answers.append({"site": site["site"]} | _answer(site, records, reason, authored))
    told = pl.DataFrame(answers, schema=_ANSWER)
    own = sites.drop("chrom", "pos")
    return NamedSites(
        table=own.join(told, on="site", how="left", validate="1:1", maintain_order="left"),
        unusable=dict(sorted(reasons.items())),
        nameless=nameless,
    )


def _records(sites: pl.DataFrame, sample: SampleTables) -> tuple[dict[str, list[Row]], bool]:
    """Give the rows of the sample that bear an rsID of the sites, by it; and whether none of them bears any."""
    if sites.is_empty():
        return {}, False
    named = (
        pl.scan_parquet(sample.variants)
        .with_row_index("row")
        .filter(pl.col("id").str.contains(r"(?:^|;)rs[0-9]"))
        .with_columns(rsid=pl.col("id").str.split(";"), filtered=filtered_calls(sample))
    )
    if not len(named.select("row").head(1).collect(engine="streaming")):
        return {}, True
    asked = sites[BY_RSID].unique().to_list()
    rows = named.explode("rsid").filter(pl.col("rsid").is_in(asked)).collect(engine="streaming")
    found: dict[str, list[Row]] = {}
    for row in rows.unique(["rsid", "row"]).sort("row").iter_rows(named=True):
        found.setdefault(row["rsid"], []).append(row)
    return found, False


def _against(site: Row, records: Sequence[Row]) -> str:
    """Say why the records that bear a site's rsID do not answer it; empty: they do, or there are none."""
    if not records:
        return ""
    alleles = _alleles(site)
    if any(len(allele) != 1 for allele in alleles):
        return NOT_ONE_BASE
    if any(pair <= alleles for pair in _COMPLEMENTS):
        return EITHER_STRAND
    if len({record["line"] for record in records}) > 1:
        return SEVERAL_RECORDS
    if records[0]["chrom"] == "MT":
        return MITOCHONDRIAL
    spelled = {record[name] for record in records for name in ("ref", "alt")} - {None}
    carried = set(_copies(records[0])) - {UNKNOWN, DELETED}
    return "" if spelled | carried <= alleles else SEVERAL_ALLELES


def _answer(site: Row, records: Sequence[Row], reason: str, authored: set[tuple[str, str]]) -> dict[str, Any]:
    if not records:
        return {"evidence": Evidence.NOT_COVERED.value}
    first = records[0]
    place = {"chrom": first["chrom"], "pos": first["pos"], "line": first["line"], "row": first["row"]}
    if reason:
        # Of several records none is the one that could not be used.
        return ({} if reason in (SEVERAL_RECORDS, SEVERAL_SITES) else place) | {"evidence": Evidence.NO_CALL.value}
    copies, alts = _copies(first), str(site["alt"]).split(",")
    hit = next((row for alt in alts for row in records if row["alt"] == alt and alt in copies), first)
    genotype, evidence = _spelled(copies), _evidence(site, copies, authored, array=first["ref"] is None)
    return place | {
        "row": hit["row"],
        "allele": hit["allele"],
        "genotype": genotype,
        "dosage": _known_copies(copies, alts, evidence),
        "filtered": any(row["filtered"] for row in records),
        "evidence": evidence.value,
        "match": Match.RSID.value,
    }


def _known_copies(copies: list[str], alts: list[str], evidence: Evidence) -> int | None:
    """Count the allele's copies. A genotype that is half known tells of those it shows; none shown may be one."""
    found = copies.count(alts[0]) if len(alts) == 1 else None
    return found if found or evidence is not Evidence.PARTIAL else None


def _evidence(site: Row, copies: list[str], authored: set[tuple[str, str]], *, array: bool) -> Evidence:
    if UNKNOWN in copies:
        return Evidence.PARTIAL
    if array and set(copies) == {site["ref"]}:
        return Evidence.REFERENCE
    known = (site["site_id"], _spelled(copies)) in authored or bool(set(copies) & set(str(site["alt"]).split(",")))
    return Evidence.CALLED if known else Evidence.OTHER_ALLELE


def _alleles(site: Row) -> set[str]:
    return {str(site["ref"]), *str(site["alt"]).split(",")}


def _copies(record: Row) -> list[str]:
    """Give the allele of every copy; a symbolic one is not known."""
    alleles = str(record["genotype"] or UNKNOWN).replace("|", "/").split("/")
    return [UNKNOWN if allele.startswith("<") else allele for allele in alleles]


def _spelled(copies: Sequence[str]) -> str:
    """Spell a genotype in the one order; deleted and unknown copies last."""
    last = [mark for mark in (DELETED, UNKNOWN) for copy in copies if copy == mark]
    bases = [copy for copy in copies if copy not in (DELETED, UNKNOWN)]
    return "/".join([*([ordered_genotype("/".join(bases))] if bases else []), *last])
