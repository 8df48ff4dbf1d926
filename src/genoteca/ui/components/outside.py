"""The list of what was asked of other hosts."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.model.outside import OutsideRequest
from genoteca.ui import words
from genoteca.ui.components.boxes import box

__all__ = ["outcome_words", "outside_table"]

COLUMNS = ("When", "Host", "What for", "Received", "Outcome")
OUTCOMES = {"2": "answered", "3": "sent on to another address", "4": "refused", "5": "not now"}
"""What the first figure of an answer's status means (RFC 9110, section 15)."""
NOT_CHANGED = "304"


def outside_table(requests: Sequence[OutsideRequest]) -> None:
    """Draw a table of requests; the whole address stands below what a request was for."""
    with box("outside", "table"):
        with box("", "thead"), box("", "tr"):
            for column in COLUMNS:
                box("", "th").props("scope=col").props["innerText"] = column
        with box("", "tbody"):
            for one in requests:
                _row(one)


def _row(one: OutsideRequest) -> None:
    with box("", "tr"):
        for column, text in (("When", words.when(one.time)), ("Host", one.host)):
            _cell(column, text)
        with box("", "td") as cell:
            cell.props["data-of"] = "What for"
            box("").props["innerText"] = one.purpose
            box("faint mono").props["innerText"] = one.url
        _cell("Received", "not known" if one.bytes is None else words.file_size(one.bytes))
        _cell("Outcome", outcome_words(one.outcome))


def _cell(column: str, text: str) -> None:
    cell = box("", "td")
    cell.props["innerText"] = text
    cell.props["data-of"] = column


def outcome_words(outcome: str) -> str:
    """Say what an outcome means; what is no status stands as it is."""
    if outcome == NOT_CHANGED:
        return f"not changed since ({outcome})"
    meaning = OUTCOMES.get(outcome[:1]) if outcome[:3].isdecimal() else None
    return f"{meaning} ({outcome})" if meaning else outcome
