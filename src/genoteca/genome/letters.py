"""Columns of text as the bytes they are made of, for work that is done on a whole column at once.

A column that is cut with NumPy costs a tenth of the same column cut by string expressions, which make a struct or a
list of every row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

__all__ = [
    "AFTER",
    "Counts",
    "Flags",
    "Heads",
    "Letters",
    "Places",
    "Spans",
    "are_sequences",
    "categories",
    "coded",
    "digits_end",
    "heads",
    "numbers",
    "spread_out",
]

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DIGITS = 9
"""A whole number of so many digits fits into 32 bits."""

AFTER = 8

_ZERO = np.uint8(ord("0"))
_NO_BASE = np.ones(256, np.bool_)
_NO_BASE[list(b"ACGT")] = False


class Heads(NamedTuple):
    """Of every text of a column: its length in bytes, 0 for null, and its first letters.

    `letters`: 12 columns; all letters of a text that is not longer, else the first four and then anything.
    """

    length: npt.NDArray[np.int32]
    letters: npt.NDArray[np.uint8]


class Spans(NamedTuple):
    """A piece of each text that is `present`, in their order: from `begin` up to `end`; the others have none."""

    begin: Places
    end: Places
    present: Flags


class Counts(NamedTuple):
    """Whole numbers of plain digits."""

    value: npt.NDArray[np.uint32]
    plain: Flags
    """One digit at least, `DIGITS` at most, and nothing else; the value of any other is anything."""


def categories(texts: pl.Series) -> pl.Series:
    """Give the distinct texts of a column that is an Enum of them."""
    if not isinstance(texts.dtype, pl.Enum):
        raise TypeError(f"{texts.name} is a column of {texts.dtype}, not an Enum")
    return texts.dtype.categories


def coded(texts: pl.Series) -> tuple[list[str], Places]:
    """Give the distinct texts of a column without nulls, and which of them each row holds.

    Most columns have one or two: as long as one text takes half of what is left, comparing is cheaper than hashing.
    """
    distinct: list[str] = []
    codes = np.zeros(len(texts), np.int64)
    rows, rest, few = np.arange(len(texts)), texts, True
    while few and len(rest):
        others = np.flatnonzero((rest != rest[0]).to_numpy())
        few = 2 * len(others) <= len(rest)
        distinct.append(rest[0])
        rows, rest = rows[others], rest.gather(others)
        codes[rows] = len(distinct)
    if len(rest):
        hashed = rest.unique().to_list()
        codes[rows] += rest.cast(pl.Enum(hashed)).to_physical().to_numpy()
        distinct += hashed
    return distinct, codes


def heads(texts: pl.Series) -> Heads:
    """Look at the beginning of every text; nothing is copied."""
    # Arrow's view layout: 4 bytes of length, then the text itself or its first 4 bytes and where it lies.
    # https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout
    views = _whole(texts.to_arrow(compat_level=pl.CompatLevel.newest()))
    raw = np.frombuffer(views.buffers()[1], np.uint8)[views.offset * 16 : (views.offset + len(views)) * 16]
    cells = raw.reshape(-1, 16)
    length = cells.view(np.int32)[:, 0]
    if texts.null_count():
        length = np.where(texts.is_not_null().to_numpy(), length, 0)
    return Heads(length, cells[:, 4:])


def are_sequences(texts: pl.Series) -> Flags:
    """Tell which texts are made of A, C, G and T, one at least. Most are one base, which costs nearly nothing."""
    told = heads(texts)
    plain: Flags = ~_NO_BASE[told.letters[:, 0]] & (told.length > 0)
    longer = np.flatnonzero(plain & (told.length > 1))
    if len(longer):
        letters = Letters(texts.gather(longer))
        others = np.flatnonzero(_NO_BASE[letters.data[:-AFTER]])
        sound = np.ones(len(longer), np.bool_)
        sound[np.searchsorted(letters.end, others, side="right")] = False
        plain[longer] = sound
    return plain


def numbers(letters: npt.NDArray[np.uint8], begin: Places, end: Places) -> Counts:
    """Read the pieces from `begin` up to `end` as whole numbers."""
    length = end - begin
    at = end - 1
    digit = letters[at] - _ZERO
    value, odd = digit.astype(np.uint32), digit > 9
    for place in range(1, min(DIGITS, int(length.max(initial=0)))):
        at = at - 1
        digit = letters[at] - _ZERO
        inside = length > place
        odd |= inside & (digit > 9)
        value += np.where(inside, digit, np.uint8(0)) * np.uint32(10**place)
    return Counts(value, ~odd & (length > 0) & (length <= DIGITS))


def digits_end(letters: npt.NDArray[np.uint8], begin: Places) -> Places:
    """Tell where the digits that stand from `begin` on stop; `DIGITS` and one more are looked at."""
    stop, live = begin, np.ones(len(begin), np.bool_)
    for _ in range(DIGITS + 1):
        live &= letters[stop] - _ZERO < 10
        if not live.any():
            break
        stop = stop + live
    return stop


class Letters:
    """The bytes of a column, one text after the other, nulls as empty ones; `AFTER` zeros follow the last.

    Each text stands from `start` up to `end`.
    """

    def __init__(self, texts: pl.Series) -> None:
        data = _whole(texts.to_arrow(compat_level=pl.CompatLevel.oldest()))
        _, offsets, values = data.buffers()
        ends = np.frombuffer(offsets, np.int64)[data.offset : data.offset + len(data) + 1]
        held = np.frombuffer(values, np.uint8)[ends[0] : ends[-1]] if values is not None else np.empty(0, np.uint8)
        self.data = np.concatenate([held, np.zeros(AFTER, np.uint8)])
        self.start: Places = (ends - ends[0])[:-1]
        self.end: Places = (ends - ends[0])[1:]

    def find(self, mark: str) -> tuple[Places, Places]:
        """Give the places of a character of one byte, and how many of them stand before each text and at the end."""
        places = np.flatnonzero(self.data[:-AFTER] == ord(mark))
        each, rest = divmod(len(places), max(1, len(self.start)))
        if each and not rest and (places[::each] >= self.start).all() and (places[each - 1 :: each] < self.end).all():
            return places, np.arange(0, len(places) + 1, each)
        return places, np.searchsorted(places, np.append(self.start, len(self.data) - AFTER))

    def texts(self, spans: Spans) -> pl.Series:
        """Give these pieces as text, null where there is none."""
        length = spans.end - spans.begin
        ends = np.zeros(len(length) + 1, np.int64)
        np.cumsum(length, out=ends[1:])
        taken = np.arange(ends[-1]) + np.repeat(spans.begin - ends[:-1], length)
        buffers = pa.py_buffer(ends), pa.py_buffer(self.data[taken])
        return spread_out(pl.Series(pa.LargeStringArray.from_buffers(len(length), *buffers)), spans.present)


def spread_out(values: pl.Series, present: Flags) -> pl.Series:
    """Give every row that is `present` its value, in their order, and null to the others."""
    if len(values) == len(present):
        return values
    place = np.full(len(present), len(values), np.uint32)
    place[present] = np.arange(len(values), dtype=np.uint32)
    return values.extend_constant(None, 1).gather(place)


def _whole(data: Any) -> Any:
    return data.combine_chunks() if isinstance(data, pa.ChunkedArray) else data
