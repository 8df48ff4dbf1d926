"""Numbers and moments, written as the person has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from genoteca.model.counted import counted
from genoteca.model.formats import Formats, decimal, moment, use_formats, whole
from genoteca.settings import Settings
from genoteca.ui import words

WHEN = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    use_formats(Formats.ENGLISH)


@pytest.mark.parametrize(
    ("formats", "number", "fraction", "time"),
    [
        (Formats.ENGLISH, "1,234,567", "1,234.5", "5 Mar 2026, 14:07"),
        (Formats.ISO, "1\u202f234\u202f567", "1\u202f234.5", "2026-03-05 14:07"),
        (Formats.ISO_COMMA, "1\u202f234\u202f567", "1\u202f234,5", "2026-03-05 14:07"),
    ],
)
def test_one_choice_holds_for_numbers_and_dates(formats: Formats, number: str, fraction: str, time: str) -> None:
    use_formats(formats)
    assert (whole(1_234_567), decimal(1234.5, 1), moment(WHEN)) == (number, fraction, time)
    assert words.count(1_234_567) == number
    assert counted(1_234_567, "site") == f"{number} sites"


def test_sizes_and_durations_follow() -> None:
    use_formats(Formats.ISO_COMMA)
    assert (words.file_size(1_500_000), words.span(2.5), words.memory(1234.5)) == ("1,5 MB", "2,5 s", "1,2 GB")


def test_every_way_can_be_set() -> None:
    assert {Settings(formats=one.value).formats for one in Formats} == {one.value for one in Formats}
