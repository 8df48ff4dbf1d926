"""Times and counts in words."""

from __future__ import annotations

import pytest

from genoteca.actions.words import left_words, unusable_words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.3, "a few seconds left"),
        (9.9, "a few seconds left"),
        (10, "about 10 seconds left"),
        (31, "about 40 seconds left"),
        (50, "about 50 seconds left"),
        (55, "about 1 minute left"),
        (89, "about 1 minute left"),
        (91, "about 2 minutes left"),
        (3500, "about 58 minutes left"),
        (3580, "about 1 hour left"),
        (7300, "about 2 hours left"),
    ],
)
def test_what_is_left_is_told_no_finer_than_it_is_known(seconds: float | None, text: str) -> None:
    assert left_words(seconds) == text


def test_calls_that_cannot_be_used_are_told_by_reason() -> None:
    assert unusable_words({"no strand": 1, "no allele": 1200}) == [
        "1 call of the file cannot be used: no strand",
        "1,200 calls of the file cannot be used: no allele",
    ]
