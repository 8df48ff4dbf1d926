"""What an answer says in numbers: all of it once the person asked, before that nothing that tells what is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genoteca.actions.words import answer_words, lift_words
from genoteca.model.evidence import Outcome
from genoteca.sdk.made_with import LOOKED_UP, PLACES

if TYPE_CHECKING:
    from genoteca.model.record import Record

__all__ = ["CLOSED", "said"]

CLOSED = "It was looked up, and stays closed until you ask to see it."
"""What is said of a module's answer before the person agreed to see it."""


def said(record: Record, outcome: Outcome, *, closed: bool) -> dict[str, object]:
    """Give what an answer says: of one that stays closed no number, and of its checks what is wrong alone."""
    if outcome is Outcome.ANSWERED and closed:
        return {"words": CLOSED, "checks": [check for check in record.checks if not check.passed]}
    counts = _counts(record) if outcome is Outcome.ANSWERED else {}
    return {**counts, "sites": record.sites, "checks": list(record.checks)}


def _counts(record: Record) -> dict[str, object]:
    """Give the counts of an answer, and the words for them."""
    lifted = lift_words(record.metadata.get("lifted"))
    unusable = record.metadata.get("unusable") or {}
    told = answer_words(
        record.sites,
        record.evidence,
        record.rows,
        lifted=lifted,
        unusable=bool(unusable),
        places=record.metadata.get(LOOKED_UP) == PLACES,
    )
    return {
        "words": told,
        "evidence": dict(record.evidence),
        "filtered": record.filtered,
        "unusable": unusable,
        "rows": record.rows,
    }
