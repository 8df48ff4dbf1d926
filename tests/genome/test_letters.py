from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.letters import (
    DIGITS,
    Letters,
    Spans,
    are_sequences,
    categories,
    coded,
    digits_end,
    heads,
    numbers,
    spread_out,
)

TEXTS = st.lists(st.none() | st.text("ACGTN0123:.,", max_size=40) | st.sampled_from(["A", "GT:AD:DP:GQ:PL"]))
TOLD = st.lists(st.text("AC0:é", max_size=20) | st.sampled_from(["<NON_REF>", "A,<NON_REF>"]), max_size=60)


def _series(texts: list[str | None], *, cut: int = 0, pieces: bool = False) -> pl.Series:
    """Give the column as one stretch of memory, as a part of a longer one, or in two pieces."""
    if pieces:
        half = len(texts) // 2
        parts = [pl.Series("text", part, dtype=pl.String) for part in (texts[:half], texts[half:])]
        return pl.concat([part.to_frame() for part in parts], rechunk=False).to_series()
    return pl.Series("text", ["before"] * cut + texts, dtype=pl.String)[cut:]


@given(TEXTS, st.integers(0, 3), st.booleans())
def test_heads_tell_the_length_and_the_first_letters_of_every_text(
    texts: list[str | None], cut: int, pieces: bool
) -> None:
    told = heads(_series(texts, cut=cut, pieces=pieces))
    assert told.length.tolist() == [len(text or "") for text in texts]
    for text, letters in zip(texts, told.letters, strict=True):
        known = text or ""
        seen = 4 if len(known) > 12 else len(known)
        assert bytes(letters[:seen]).decode() == known[:seen]


@given(TEXTS, st.integers(0, 3), st.booleans())
def test_a_sequence_is_made_of_bases_only(texts: list[str | None], cut: int, pieces: bool) -> None:
    expected = [bool(re.fullmatch("[ACGT]+", text or "")) for text in texts]
    assert are_sequences(_series(texts, cut=cut, pieces=pieces)).tolist() == expected


@given(TEXTS, st.integers(0, 3), st.booleans())
def test_letters_hold_every_text_from_its_start_to_its_end(texts: list[str | None], cut: int, pieces: bool) -> None:
    letters = Letters(_series(texts, cut=cut, pieces=pieces))
    held = [bytes(letters.data[b:e]).decode() for b, e in zip(letters.start, letters.end, strict=True)]
    assert held == [text or "" for text in texts]


@given(TEXTS, st.integers(0, 3))
def test_marks_are_found_and_counted_text_by_text(texts: list[str | None], cut: int) -> None:
    letters = Letters(_series(texts, cut=cut))
    places, held = letters.find(":")
    expected = [[at for at, letter in enumerate(text or "") if letter == ":"] for text in texts]
    own = [places[b:e] - start for b, e, start in zip(held[:-1], held[1:], letters.start, strict=True)]
    assert [part.tolist() for part in own] == expected


@given(st.lists(st.tuples(st.text("ab:", max_size=9), st.integers(0, 9), st.integers(0, 9), st.booleans())))
def test_pieces_come_back_as_text_where_they_are_present(rows: list[tuple[str, int, int, bool]]) -> None:
    letters = Letters(pl.Series([text for text, *_ in rows], dtype=pl.String))
    cuts = [(min(a, b, len(text)), min(max(a, b), len(text))) for text, a, b, _ in rows]
    present = np.array([there for *_, there in rows], np.bool_)
    begin = letters.start + np.array([cut[0] for cut in cuts], np.int64)
    end = letters.start + np.array([cut[1] for cut in cuts], np.int64)
    found = letters.texts(Spans(begin[present], end[present], present))
    expected = [text[a:b] if there else None for (text, *_, there), (a, b) in zip(rows, cuts, strict=True)]
    assert found.to_list() == expected


@given(st.lists(st.text("0123456789", max_size=DIGITS + 2) | st.sampled_from(["", ".", "1.5", "-1", "12:"])))
def test_numbers_are_pieces_of_plain_digits(texts: list[str]) -> None:
    """The texts follow each other without a gap: a number must not run on into the next text."""
    letters = Letters(pl.Series(texts, dtype=pl.String))
    counts = numbers(letters.data, letters.start, letters.end)
    expected = [text.isdecimal() and len(text) <= DIGITS for text in texts]
    assert counts.plain.tolist() == expected
    assert counts.value[counts.plain].tolist() == [
        int(text) for text, plain in zip(texts, expected, strict=True) if plain
    ]


@given(st.text("0123456789,:", max_size=30), st.integers(0, 29))
def test_digits_stop_at_the_first_other_letter(text: str, begin: int) -> None:
    begin = min(begin, len(text))
    stop = digits_end(Letters(pl.Series([text])).data, np.array([begin]))
    digits = re.match("[0-9]*", text[begin:])
    assert digits
    assert stop.tolist() == [begin + min(len(digits[0]), DIGITS + 1)]


@given(TOLD)
def test_coded_rows_lead_back_to_their_texts(texts: list[str]) -> None:
    distinct, codes = coded(pl.Series(texts, dtype=pl.String))
    assert [distinct[code] for code in codes] == texts
    assert sorted(distinct) == sorted(set(texts))


@given(st.lists(st.none() | st.integers(0, 99)))
def test_values_are_spread_out_over_the_rows_that_have_one(values: list[int | None]) -> None:
    present = np.array([value is not None for value in values], np.bool_)
    held = pl.Series([value for value in values if value is not None], dtype=pl.UInt32)
    assert spread_out(held, present).to_list() == values


def test_only_an_enum_has_categories() -> None:
    assert categories(pl.Series(["b"], dtype=pl.Enum(["a", "b"]))).to_list() == ["a", "b"]
    with pytest.raises(TypeError, match="column of String, not an Enum"):
        categories(pl.Series("gt", ["a"]))
