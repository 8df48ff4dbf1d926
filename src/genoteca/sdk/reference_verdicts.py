"""Two verdicts on an answer that look beyond its table: the share it could tell, and how new its reference is.

Both only warn. What nobody can judge is said not to be evaluated: a green mark stands for something looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING

import polars as pl

from genoteca.model.evidence import Evidence
from genoteca.model.record import CheckResult, Record, Severity
from genoteca.sdk.closed import is_gated

if TYPE_CHECKING:
    from genoteca.annotate.answer import Answer
    from genoteca.model.module import ModuleManifest
    from genoteca.sdk.dataset import Dataset
    from genoteca.sdk.resources import Paths, Stored

__all__ = ["BEYOND", "MATCH_RATE", "PublisherAsked", "beyond", "not_looked_at"]

BEYOND = {
    "match_rate": "The share it could tell is like that of other genomes, where there are enough of them.",
    "freshness": "The publisher had nothing newer when it was last asked.",
}
MATCH_RATE = "match_rate"
"""Under which a record keeps the share, for the next genomes to be compared with."""

ENOUGH_GENOMES = 3
ENOUGH_SITES = 20
ENOUGH_VARIANTS = 1000
HALF, DOUBLE = 0.5, 2.0
"""Times the middle value of other genomes, within which a share is usual; wide, as files differ."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublisherAsked:
    """What a publisher said when it was last asked for something newer than a reference."""

    when: datetime
    newer: bool
    release: str = ""
    """The newer one's name; empty: it is not told."""


def beyond(
    manifest: ModuleManifest,
    made: Dataset,
    answer: Answer,
    *,
    paths: Paths,
    partition: str,
    reference: Stored,
) -> list[CheckResult]:
    """Give both verdicts, and note the share that the module could tell in the metadata of `made`."""
    share = _share(manifest, answer, paths.carried(partition))
    if share is not None:
        made.metadata[MATCH_RATE] = round(share, 6)
    alike = paths.alike([manifest.id, "annotations"], partition)
    used = f"{manifest.id}/reference"
    others = [one for one in alike if one.inputs.get(used) == reference.record.sha256]
    asked = paths.publisher_asked(reference)
    return [_match_rate(share, others), _freshness(reference.record, asked)]


def not_looked_at(name: str, why: str) -> CheckResult:
    """Give the verdict of a check that there was nothing for."""
    return CheckResult(name=name, passed=True, description=why, severity=Severity.WARN, evaluated=False)


def _share(manifest: ModuleManifest, answer: Answer, carried: int) -> float | None:
    """Give the share of a dense module's sites that the file speaks of, or rows per carried variant of a sparse one.

    None: too few to tell; or some of the answer stays closed until the person asks, and the share would tell of it.
    """
    if is_gated(manifest.columns) or manifest.gate:
        return None
    if manifest.dense:
        silent = sum(answer.evidence.get(kind, 0) for kind in (Evidence.NOT_COVERED, Evidence.NO_CALL))
        return 1 - silent / answer.sites if answer.sites and answer.sites >= ENOUGH_SITES else None
    if carried < ENOUGH_VARIANTS:
        return None
    return float(answer.scan().select(pl.len()).collect().item()) / carried


def _match_rate(share: float | None, others: Sequence[Record]) -> CheckResult:
    rates = [rate for one in others if isinstance(rate := one.metadata.get(MATCH_RATE), float | int)]
    if share is None:
        return not_looked_at("match_rate", "Too few places to tell, or what was found stays closed until you ask.")
    if len(rates) < ENOUGH_GENOMES:
        told = f"Fewer than {ENOUGH_GENOMES} other genomes of this kind were asked with this reference."
        return not_looked_at("match_rate", told)
    usual = median(rates)
    passed = HALF * usual <= share <= DOUBLE * usual
    # the middle value itself would be one of the other genomes' own
    beside = f"{'much like' if passed else 'unlike'} the middle of {len(rates)} other genomes"
    told = f"{share:.3f} could be told: {beside}."
    return CheckResult(name="match_rate", passed=passed, description=told, severity=Severity.WARN)


def _freshness(reference: Record, asked: PublisherAsked | None) -> CheckResult:
    name, release = "freshness", reference.release or reference.data_version or "what there is"
    if asked is None:
        told = f"{release}: its publisher was not asked for anything newer, or it came with the module."
        return not_looked_at(name, told)
    told = f"{release}: nothing newer on {asked.when:%Y-%m-%d}, when its publisher was asked."
    if asked.newer:
        newer = asked.release or "something newer"
        told = f"{release}: the publisher has {newer}, as of {asked.when:%Y-%m-%d}."
    return CheckResult(name=name, passed=not asked.newer, description=told, severity=Severity.WARN)
