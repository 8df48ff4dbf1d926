"""Blocks of VCF text with something put into INFO: every other byte of a record stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.errors import DatasetError
from genoteca.genome.letters import coded

__all__ = ["BLANK", "COLUMNS", "POSITION", "UNWANTED", "Block", "Seen"]

Places = npt.NDArray[np.int64]

BLANK = "blank line"
COLUMNS = "wrong number of columns"
POSITION = "POS is not a whole number"
UNWANTED = "not among the rows that were exported"

NEWLINE, TAB, RETURN, COMMA, DOT, SEMICOLON = b"\n\t\r,.;"
CHROM, POS, _, _, ALT, _, FILTER, INFO, FORMAT, FIRST_SAMPLE = range(10)
LONGEST_POSITION = 10
"""Digits of 2^32."""

Edit = tuple[int, int, bytes]
"""From here up to there, this instead."""


@dataclass(slots=True)
class Seen:
    """What the records of a file name: contigs, filters and keys, each in the order in which they come."""

    contigs: dict[str, None] = field(default_factory=dict)
    filters: dict[str, None] = field(default_factory=dict)
    info: dict[str, None] = field(default_factory=dict)
    formats: dict[str, None] = field(default_factory=dict)
    in_order: bool = True
    """Every contig in one stretch, its positions ascending: what an index needs."""
    highest: int = 0
    """The highest position."""
    _last: tuple[str, int] = ("", 0)

    def take(self, contigs: pl.Series, positions: Places) -> None:
        """Look at the places of the next records."""
        if not len(positions):
            return
        self.highest = max(self.highest, int(positions.max()))
        starts = np.flatnonzero((contigs != contigs.shift()).fill_null(value=True).to_numpy())
        for start, end in zip(starts, [*starts[1:], len(positions)], strict=True):
            name, here = contigs[int(start)], positions[start:end]
            again = name in self.contigs and name != self._last[0]
            before = self._last[1] if name == self._last[0] else 0
            if again or here[0] < before or (here[1:] < here[:-1]).any():
                self.in_order = False
            self.contigs[name] = None
            self._last = (name, int(here[-1]))


class Block:
    """A stretch of records; `first` is the number of its first line, `sample` the column of the one that is kept.

    `kept`: the numbers of the only lines that are wanted, ascending.
    """

    def __init__(
        self,
        text: bytes,
        first: int,
        *,
        columns: int,
        sample: int,
        kept: npt.NDArray[np.uint32] | None = None,
    ) -> None:
        self.text, self.first = text, first
        self._data = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(self._data == NEWLINE)
        if not text.endswith(b"\n"):
            ends = np.append(ends, len(text))
        self._ends = ends
        self._starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
        back = (ends > self._starts) & (self._data[np.maximum(ends - 1, 0)] == RETURN)
        self._stops = ends - back
        self._tabs = np.flatnonzero(self._data == TAB)
        self._first_tab = np.searchsorted(self._tabs, self._starts)
        self._count = np.searchsorted(self._tabs, self._stops) - self._first_tab
        self._columns, self._sample = columns, sample
        self.left_out = self._broken()
        """Lines that are no record or are not wanted, by reason: which of the block's lines."""
        broken = np.zeros(len(ends), np.bool_)
        for rows in self.left_out.values():
            broken[rows] = True
        if kept is not None:
            unwanted = ~broken
            here = kept[np.searchsorted(kept, first) : np.searchsorted(kept, first + len(ends))]
            unwanted[here.astype(np.int64) - first] = False
            self.left_out |= {UNWANTED: np.flatnonzero(unwanted)} if unwanted.any() else {}
            broken |= unwanted
        self._sound = np.flatnonzero(~broken)

    @property
    def lines(self) -> int:
        """Lines of the block."""
        return len(self._ends)

    @property
    def records(self) -> int:
        """Lines that are records."""
        return len(self._sound)

    @property
    def last(self) -> int:
        """Number of the last line."""
        return self.first + self.lines - 1

    def alternates(self, lines: pl.Series) -> pl.Series:
        """Count the ALT alleles of lines, given by their numbers."""
        rows = lines.to_numpy().astype(np.int64) - self.first
        begin, end = self._span(ALT, rows)
        commas = np.flatnonzero(self._data == COMMA)
        counts = np.searchsorted(commas, end) - np.searchsorted(commas, begin) + 1
        none = (end - begin == 1) & (self._data[begin] == DOT)
        return pl.Series("alternates", np.where(none, 0, counts), dtype=pl.UInt32)

    def see(self, seen: Seen) -> None:
        """Note what the records name."""
        contigs = self._texts(CHROM)
        positions = self._positions(self._sound)
        seen.take(contigs, positions)
        seen.filters.update(dict.fromkeys(_parts(coded(self._texts(FILTER))[0], ";")))
        seen.formats.update(dict.fromkeys(_parts(coded(self._texts(FORMAT))[0], ":")))
        bare = self._texts(INFO).str.replace_all(r"=[^;]*", "").unique(maintain_order=True)
        seen.info.update(dict.fromkeys(_parts(bare.to_list(), ";")))

    def require_records(self, lines: Iterable[int]) -> None:
        """See that these lines, by number, are records.

        Raises:
            DatasetError: one is not.

        """
        for reason, rows in self.left_out.items():
            wrong = {self.first + row for row in rows.tolist()}.intersection(lines)
            if wrong:
                raise DatasetError(
                    f"There is an answer about line {min(wrong):,} of the records, which is: {reason}."
                )

    def edited(self, texts: Mapping[int, bytes]) -> list[bytes | memoryview]:
        """Give the block in pieces, with these texts (by line number) added to INFO, and one sample's column kept."""
        edits = [*self._added(texts), *self._other_samples(), *self._returns(), *self._removed()]
        edits.sort(key=itemgetter(0, 1))
        view, pieces, at = memoryview(self.text), list[bytes | memoryview](), 0
        for start, end, text in edits:
            pieces += (view[at:start], text)
            at = end
        pieces.append(view[at:])
        if len(self._ends) and self._ends[-1] == len(self.text) and self._is_sound(len(self._ends) - 1):
            pieces.append(b"\n")
        return pieces

    def _broken(self) -> dict[str, Places]:
        blank = self._stops == self._starts
        wrong = ~blank & ((self._count < FIRST_SAMPLE + self._sample) | (self._count > self._columns - 1))
        rest = np.flatnonzero(~blank & ~wrong)
        bad = rest[self._positions(rest) < 0]
        found = {BLANK: np.flatnonzero(blank), COLUMNS: np.flatnonzero(wrong), POSITION: bad}
        return {reason: rows for reason, rows in found.items() if len(rows)}

    def _is_sound(self, row: int) -> bool:
        return bool(len(self._sound)) and int(self._sound[-1]) == row

    def _span(self, column: int, rows: Places) -> tuple[Places, Places]:
        """Where a column of lines begins and ends; the last one of a line ends with it."""
        first = self._first_tab[rows]
        begin = self._starts[rows] if column == 0 else self._tabs[first + column - 1] + 1
        whole = self._count[rows] > column
        end = np.where(whole, self._tabs[np.minimum(first + column, len(self._tabs) - 1)], self._stops[rows])
        return begin, end

    def _texts(self, column: int) -> pl.Series:
        begin, end = self._span(column, self._sound)
        return _cut(self._data, begin, end)

    def _positions(self, rows: Places) -> Places:
        """Give POS as a number, -1 where it is none."""
        begin, end = self._span(POS, rows)
        length = end - begin
        value, good = np.zeros(len(rows), np.int64), (length > 0) & (length <= LONGEST_POSITION)
        for digit in range(min(LONGEST_POSITION, int(length.max(initial=0)))):
            here = good & (digit < length)
            letter = self._data[np.minimum(begin + digit, len(self._data) - 1)].astype(np.int64) - ord("0")
            good &= ~here | ((letter >= 0) & (letter <= 9))
            value = np.where(here, value * 10 + letter, value)
        return np.where(good, value, -1)

    def _added(self, texts: Mapping[int, bytes]) -> Iterable[Edit]:
        rows = np.fromiter(texts, np.int64, len(texts)) - self.first
        begin, end = self._span(INFO, rows)
        empty = (end - begin == 1) & (self._data[begin] == DOT)
        apart = (empty | (self._data[end - 1] == SEMICOLON)).tolist()
        starts = np.where(empty, begin, end).tolist()
        for start, stop, alone, text in zip(starts, end.tolist(), apart, texts.values(), strict=True):
            yield start, stop, text if alone else b";" + text

    def _other_samples(self) -> Iterable[Edit]:
        if self._columns <= FIRST_SAMPLE + 1:
            return
        own = FIRST_SAMPLE + self._sample
        _, format_end = self._span(FORMAT, self._sound)
        begin, end = self._span(own, self._sound)
        stops = self._stops[self._sound]
        for after, start, last, stop in zip(
            format_end.tolist(), (begin - 1).tolist(), end.tolist(), stops.tolist(), strict=True
        ):
            if after < start:
                yield after, start, b""
            if last < stop:
                yield last, stop, b""

    def _returns(self) -> Iterable[Edit]:
        rows = self._sound[self._stops[self._sound] < self._ends[self._sound]]
        return [
            (stop, end, b"") for stop, end in zip(self._stops[rows].tolist(), self._ends[rows].tolist(), strict=True)
        ]

    def _removed(self) -> Iterable[Edit]:
        rows = [row for found in self.left_out.values() for row in found.tolist()]
        return [(int(self._starts[row]), min(int(self._ends[row]) + 1, len(self.text)), b"") for row in rows]


def _cut(data: npt.NDArray[np.uint8], begin: Places, end: Places) -> pl.Series:
    """Cut texts out of bytes, all at once."""
    length = end - begin
    offsets = np.concatenate([[0], np.cumsum(length)])
    total = int(offsets[-1])
    where = np.arange(total) + np.repeat(begin - offsets[:-1], length)
    text = data[where].tobytes()
    if not text.isascii():
        return pl.Series([text[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)])
    return _from_offsets(text, offsets)


def _from_offsets(text: bytes, offsets: Places) -> pl.Series:
    import pyarrow as pa

    array = pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.astype(np.int64).tobytes()), pa.py_buffer(text)
    )
    return pl.Series(array).alias("")


def _parts(texts: Iterable[str], sign: str) -> Iterable[str]:
    return (part for text in texts for part in text.split(sign) if part not in ("", "."))
