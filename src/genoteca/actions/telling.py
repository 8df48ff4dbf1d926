"""What an answer says in numbers: all of it once the person asked, before that nothing that tells what is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genoteca.actions.gates import Opened, is_open
from genoteca.actions.words import answer_words, lift_words
from genoteca.model.evidence import Outcome
from genoteca.sdk.closed import Closed, closed_in, counts_in, without
from genoteca.sdk.made_with import LOOKED_UP, PLACES

if TYPE_CHECKING:
    from genoteca.model.module import ModuleManifest
    from genoteca.model.record import Record

__all__ = ["CLOSED", "NOT_COUNTED", "said", "still_closed"]

CLOSED = "It was looked up, and stays closed until you ask to see it."
"""What is said of a module's answer before the person agreed to see it."""

NOT_COUNTED = "It was looked up by an older Genoteca, which did not count apart what stays closed until you ask."
"""What is said of an answer of which no number may be told: nobody knows which of it is of a closed row."""


GONE = "The module is no longer there; what it said of this genome is told with it alone."
"""What is said of an answer whose module was removed since."""


def said(record: Record, manifest: ModuleManifest | None, outcome: Outcome, opened: Opened) -> dict[str, object]:
    """Give what an answer says: of one that stays closed no number, and of its checks what is wrong alone.

    `opened`: the gates that the person has opened. Rows behind any other are in no number but their own. Without a
    manifest, as the module is gone, nobody knows what it would ask first, and no number is told.
    """
    if outcome is not Outcome.ANSWERED:
        return {"sites": record.sites, "checks": list(record.checks)}
    silent = {"checks": [check for check in record.checks if check.failed]}
    if manifest is None:
        return {"words": GONE, **silent}
    if not is_open(manifest.gate, opened):
        return {"words": CLOSED, **silent}
    closed = still_closed(record, manifest, opened)
    if closed is None:
        return {"words": NOT_COUNTED, **silent}
    return {**_counts(record, closed), "checks": list(record.checks)}


def still_closed(record: Record, manifest: ModuleManifest, opened: Opened) -> Sequence[Closed] | None:
    """Give the rows behind each gate that was not opened; None: there may be any, and the record does not say."""
    apart = closed_in(record, manifest)
    return None if apart is None else [one for gate, one in apart.items() if not is_open(gate, opened)]


def _counts(record: Record, closed: Sequence[Closed]) -> dict[str, object]:
    """Give the counts of what is open of an answer, and the words for them."""
    counts = without(counts_in(record), closed)
    # which calls cannot be used can tell a genotype: of a C/G site on a chip, C/C cannot and C/G can
    unusable = {} if closed else record.metadata.get("unusable") or {}
    behind = sum(one.rows for one in closed)
    told = answer_words(
        counts.sites,
        counts.evidence,
        counts.rows,
        lifted=lift_words(record.metadata.get("lifted")),
        unusable=bool(unusable),
        places=record.metadata.get(LOOKED_UP) == PLACES,
        closed=behind,
    )
    return {
        "words": told,
        "sites": counts.sites,
        "evidence": counts.evidence,
        "filtered": counts.filtered,
        "unusable": unusable,
        "rows": counts.rows,
        "closed": behind,
    }
