"""What is known of a site that no variant row answers: the file's coverage, and what silence may mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.annotate.calls import Calls
from genoteca.annotate.filtering import below_limits, filtered_by_file
from genoteca.annotate.losses import lost
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import RANK_SHIFT, Bools, Places, Rows, inside, merge
from genoteca.genome.schema import CHROM
from genoteca.model.build import RANK, mhc, par
from genoteca.model.evidence import Evidence
from genoteca.model.rules import Rules
from genoteca.model.sample import SampleKind, Sex

__all__ = ["CODE", "Silence", "Sites", "haploid", "nothing_asserted", "silence"]

CODE: dict[Evidence, int] = {evidence: code for code, evidence in enumerate(Evidence)}
"""Evidence as the number under which its Enum stores it."""

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sites:
    """The sites of a reference as arrays, one element per site; sorted by place."""

    place: Places
    end: Places
    """Place of the last base of REF."""
    single: Bools
    """One base for one base: the only kind that may be inferred."""
    infer: Bools
    """The module allows silence to be read here."""
    always: Bools
    """Never inferred, and always given a row: pathogenic sites."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """The answer without a variant row, one element per site."""

    evidence: Codes
    line: npt.NDArray[np.uint32]
    """Record that asserts it; 0: none."""
    filtered: Bools
    """Whether the file's FILTER or the user's limits speak against a record that asserts it."""

    def at(self, kept: Rows) -> Silence:
        """Give the elements of some sites."""
        return Silence(evidence=self.evidence[kept], line=self.line[kept], filtered=self.filtered[kept])

    def contradicted(self, sites: Rows, lines: npt.NDArray[np.uint32]) -> None:
        """Let the records of another REF, one per site, say that the file could not tell there."""
        self.evidence[sites], self.line[sites], self.filtered[sites] = CODE[Evidence.NO_CALL], lines, False

    def with_evidence(self, evidence: Codes) -> Silence:
        """Give the same assertions under the final evidence."""
        return Silence(evidence=evidence, line=self.line, filtered=self.filtered)


def nothing_asserted(evidence: Codes) -> Silence:
    """Make the answers of sites that variant rows alone decide."""
    return Silence(
        evidence=evidence, line=np.zeros(len(evidence), np.uint32), filtered=np.zeros(len(evidence), np.bool_)
    )


def silence(sites: Sites, calls: Calls, *, recorded: Bools) -> Silence:
    """Answer every site as if it had no variant row.

    `recorded` marks sites that a record or a carried deletion touches: there, silence is never read as reference.
    """
    sample = calls.sample
    evidence = np.full(len(sites.place), CODE[Evidence.NOT_COVERED], np.uint8)
    if sample.sex is Sex.FEMALE:
        evidence[sites.place >> RANK_SHIFT == RANK["Y"]] = CODE[Evidence.NOT_APPLICABLE]
    evidence[_inferred(sites, calls, recorded)] = CODE[Evidence.INFERRED]
    line, filtered = np.zeros(len(evidence), np.uint32), np.zeros(len(evidence), np.bool_)
    coverage = _read_coverage(calls)
    for asserted, holds in ((Evidence.REFERENCE, _wholly_within), (Evidence.NO_CALL, _touched)):
        block = _blocks(coverage, asserted)
        here = np.flatnonzero(holds(block, sites) & _may_say(asserted, sites, calls))
        evidence[here] = CODE[asserted]
        line[here] = block.line_at(sites.end[here] if asserted is Evidence.NO_CALL else sites.place[here])
        filtered[here] = _touched(_blocks(coverage.filter("filtered"), asserted), sites)[here]
    return Silence(evidence=evidence, line=line, filtered=filtered)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Blocks:
    """Coverage of one kind, sorted by start, and the same merged."""

    start: Places
    line: npt.NDArray[np.uint32]
    furthest: Rows
    """Of this block and those before it, the one that reaches furthest."""
    merged_start: Places
    merged_end: Places

    def line_at(self, places: Places) -> npt.NDArray[np.uint32]:
        """Give the record of a block that holds each place; every place lies in one."""
        return self.line[self.furthest[np.searchsorted(self.start, places, "right") - 1]]


def _may_say(asserted: Evidence, sites: Sites, calls: Calls) -> Bools:
    """Tell the sites of which an assertion may speak: an array's base says nothing of an insertion at its place."""
    if calls.supplied and asserted is Evidence.REFERENCE:
        return sites.single
    return np.ones(len(sites.place), np.bool_)


def _read_coverage(calls: Calls) -> pl.DataFrame:
    rank = pl.col("chrom").cast(CHROM).to_physical().cast(pl.Int64) + 1
    return (
        calls.coverage()
        .select(
            start=rank * (1 << RANK_SHIFT) + pl.col("start"),
            end=rank * (1 << RANK_SHIFT) + pl.col("end"),
            code=pl.col("evidence").cast(pl.String),
            line=pl.col("line").cast(pl.UInt32),
            filtered=_filtered(calls.sample.rules),
        )
        .with_columns(reference=pl.col("code") == Evidence.REFERENCE.value)
        .drop("code")
        .collect(engine="streaming")
    )


def _filtered(rules: Rules) -> pl.Expr:
    # RefCall is DeepVariant's name for "the model thinks this site is reference", also where it then withholds the
    # genotype; it is no failure of a record without a variant (https://github.com/google/deepvariant).
    named = filtered_by_file(pl.col("filter"), passes=("RefCall",), failing=rules.failing)
    return named | below_limits(rules, "depth", "genotype_quality")


def _blocks(coverage: pl.DataFrame, evidence: Evidence) -> _Blocks:
    reference = pl.col("reference") if evidence is Evidence.REFERENCE else ~pl.col("reference")
    kept = coverage.filter(reference).sort("start", "end")
    start, end = kept["start"].to_numpy(), kept["end"].to_numpy()
    reach = np.maximum.accumulate(end) if len(end) else end
    furthest = np.maximum.accumulate(np.where(end == reach, np.arange(len(end)), 0)) if len(end) else end
    merged_start, merged_end = merge(start, end)
    return _Blocks(
        start=start,
        line=kept["line"].to_numpy(),
        furthest=furthest,
        merged_start=merged_start,
        merged_end=merged_end,
    )


def _wholly_within(block: _Blocks, sites: Sites) -> Bools:
    return _reaches(block, sites.place, sites.end)


def _touched(block: _Blocks, sites: Sites) -> Bools:
    return _reaches(block, sites.end, sites.place)


def _reaches(block: _Blocks, place: Places, end: Places) -> Bools:
    """Whether the last merged block that starts at or before `place` reaches `end`."""
    before = np.searchsorted(block.merged_start, place, "right") - 1
    found = before >= 0
    found[found] = block.merged_end[before[found]] >= end[found]
    return found


def _inferred(sites: Sites, calls: Calls, recorded: Bools) -> Bools:
    """Whether silence may be read as the reference base (GENOMICS, "Evidence")."""
    if calls.sample.kind is not SampleKind.WHOLE_GENOME:
        return np.zeros(len(sites.place), np.bool_)
    rank = sites.place >> RANK_SHIFT
    may: Bools = sites.infer & ~sites.always & sites.single & ~recorded & (rank != RANK["Y"]) & (rank != RANK["MT"])
    may &= ~inside(sites.place, mhc(calls.sample.build))
    may &= ~lost(sites.place, calls.sample.structural)
    candidates = np.flatnonzero(may)
    may[candidates] = _near(sites.place[candidates], calls)
    return may


def _near(place: Places, calls: Calls) -> Bools:
    carried = calls.place[calls.carried]
    near = np.zeros(len(place), np.bool_)
    if not len(carried):
        return near
    after = np.searchsorted(carried, place)
    for neighbour in (np.maximum(after - 1, 0), np.minimum(after, len(carried) - 1)):
        other = carried[neighbour]
        same = other >> RANK_SHIFT == place >> RANK_SHIFT
        near |= same & (np.abs(other - place) <= calls.sample.rules.infer_within)
    return near


def haploid(place: Places, sample: SampleTables) -> Bools:
    """Tell the sites where a sample has one copy: MT, Y, and a male's X; not in the pseudoautosomal regions."""
    rank = place >> RANK_SHIFT
    single: Bools = rank == RANK["Y"]
    if sample.sex is Sex.MALE:
        single |= rank == RANK["X"]
    for region in par(sample.build):
        single &= ~inside(place, region)
    single |= rank == RANK["MT"]
    return single
