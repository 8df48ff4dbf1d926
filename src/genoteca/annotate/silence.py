"""What is known of a site that no variant row answers: the file's coverage, and what silence may mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genoteca.annotate.asserted import Asserted, Blocks, blocks
from genoteca.annotate.calls import Calls
from genoteca.annotate.losses import lost
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import RANK_SHIFT, Bools, Places, Rows, expand, inside
from genoteca.model.build import RANK, mhc, par
from genoteca.model.evidence import Evidence
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


def silence(sites: Sites, calls: Calls, *, recorded: Bools, asserted: Asserted | None = None) -> Silence:
    """Answer every site as if it had no variant row; who asks for several parts of a module hands `asserted` on.

    `recorded` marks sites that a record or a carried deletion touches: there, silence is never read as reference.
    """
    sample = calls.sample
    evidence = np.full(len(sites.place), CODE[Evidence.NOT_COVERED], np.uint8)
    if sample.sex is Sex.FEMALE:
        evidence[sites.place >> RANK_SHIFT == RANK["Y"]] = CODE[Evidence.NOT_APPLICABLE]
    evidence[_inferred(sites, calls, recorded)] = CODE[Evidence.INFERRED]
    line, filtered = np.zeros(len(evidence), np.uint32), np.zeros(len(evidence), np.bool_)
    coverage = (asserted or Asserted(calls)).near(sites.place, sites.end)
    doubted = coverage.filter("filtered")
    for kind in (Evidence.REFERENCE, Evidence.NO_CALL):
        block = blocks(coverage, kind)
        here = np.flatnonzero(_held(block, sites, kind) & _may_say(kind, sites, calls))
        evidence[here] = CODE[kind]
        line[here] = block.line_at(sites.end[here] if kind is Evidence.NO_CALL else sites.place[here])
        filtered[here] = _held(blocks(doubted, kind), sites, Evidence.NO_CALL)[here]
    return Silence(evidence=evidence, line=line, filtered=filtered)


def _held(block: Blocks, sites: Sites, kind: Evidence) -> Bools:
    """Tell the sites that lie wholly within blocks (reference), or that blocks touch (no-call)."""
    if kind is Evidence.REFERENCE:
        return block.reaches(sites.place, sites.end)
    return block.reaches(sites.end, sites.place)


def _may_say(asserted: Evidence, sites: Sites, calls: Calls) -> Bools:
    """Tell the sites of which an assertion may speak: an array's base says nothing of an insertion at its place."""
    if calls.supplied and asserted is Evidence.REFERENCE:
        return sites.single
    return np.ones(len(sites.place), np.bool_)


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
    near = np.zeros(len(place), np.bool_)
    if not len(place):
        return near
    within = calls.sample.rules.infer_within
    first, after = calls.before(np.maximum(place - within, 0)), calls.before(place + within + 1)
    low, high = int(first.min()), int(after.max())
    if (after - first).sum() < high - low:  # few sites, far apart
        around = expand(first, after)
        same = calls.places_of(around.right) >> RANK_SHIFT == place[around.left] >> RANK_SHIFT
        near[around.left[same & calls.carried[around.right]]] = True
        return near
    carried = calls.places_of(np.arange(low, high)[calls.carried[low:high]])
    if not len(carried):
        return near
    after = np.searchsorted(carried, place)
    for neighbour in (np.maximum(after - 1, 0), np.minimum(after, len(carried) - 1)):
        other = carried[neighbour]
        same = other >> RANK_SHIFT == place >> RANK_SHIFT
        near |= same & (np.abs(other - place) <= within)
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
