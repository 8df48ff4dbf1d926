"""In which range two ratios of a genome's calls lie, by the kind of file; what lies outside is worth a second look.

Transitions per transversion (Ti/Tv) vary by the region of the genome and not by ancestry, heterozygous per homozygous
calls (het/hom) by ancestry and not by region: Wang et al. 2015, https://doi.org/10.1093/bioinformatics/btu668. A
whole genome has a Ti/Tv of 2.0 to 2.1, an exome one of 3.0 to 3.3
(https://gatk.broadinstitute.org/hc/en-us/articles/360035531572). The bounds here are our own, and wide: chance gives
a Ti/Tv of 0.5, and few reads a het/hom far below 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from genoteca.model.quality import Quality
from genoteca.model.record import CheckResult, Severity
from genoteca.model.sample import SampleKind

__all__ = ["ENOUGH", "TWO_LETTERS_SEEN", "changes_seen", "quality_checks"]

Range = tuple[float, float]

ENOUGH = 1000
"""Calls below which a ratio is left to chance."""
CHANGES_SEEN: Mapping[SampleKind, Range] = {
    SampleKind.WHOLE_GENOME: (1.8, 2.5),
    SampleKind.EXOME: (2.2, 3.6),
}
ANY_CHANGES_SEEN: Range = (1.8, 3.6)
"""Of a file that may hold a whole genome, an exome or parts of either."""
TWO_LETTERS_SEEN: Range = (1.0, 2.6)


def changes_seen(kind: SampleKind) -> Range:
    """Give the range of Ti/Tv for a kind of file."""
    return CHANGES_SEEN.get(kind, ANY_CHANGES_SEEN)


def quality_checks(quality: Quality, kind: SampleKind) -> list[CheckResult]:
    """Judge both ratios (`ti_tv`, `het_hom`), of enough calls; outside the range is a warning."""
    if quality.unresolved or kind is SampleKind.ARRAY:
        told = "A chip's calls are chosen places, and which of them differ from the reference only a module knows."
        return [_not_judged(name, told) for name in ("ti_tv", "het_hom")]
    changes, calls = quality.transitions + quality.transversions, quality.heterozygous + quality.homozygous
    return [
        _judged("ti_tv", quality.transition_ratio, changes, changes_seen(kind), "single letters changed"),
        _judged("het_hom", quality.heterozygous_ratio, calls, TWO_LETTERS_SEEN, "calls on chromosomes 1 to 22"),
    ]


def _judged(name: str, ratio: float | None, count: int, seen: Range, of: str) -> CheckResult:
    if ratio is None or count < ENOUGH:
        return _not_judged(name, f"{count} {of}: fewer than {ENOUGH} do not tell.")
    low, high = seen
    told = f"{ratio:.2f} of {count} {of}; usual are {low:g} to {high:g}."
    return CheckResult(name=name, passed=low <= ratio <= high, description=told, severity=Severity.WARN)


def _not_judged(name: str, why: str) -> CheckResult:
    return CheckResult(name=name, passed=True, description=why, severity=Severity.WARN, evaluated=False)
