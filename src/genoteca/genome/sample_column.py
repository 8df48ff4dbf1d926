"""The column of the picked sample, cut by FORMAT into the values of its keys."""

from __future__ import annotations

import numpy as np
import polars as pl

from genoteca.genome.letters import AFTER, Flags, Letters, Places, Spans, coded
from genoteca.genome.records import one_value

__all__ = ["SampleColumn"]


class SampleColumn:
    """Where the value of every FORMAT key stands in each row; FORMAT may differ from row to row.

    A row may end early (VCF 4.5 section 1.6.2: trailing fields may be dropped); it has no value for the rest.
    """

    def __init__(self, form: pl.Series, sample: pl.Series) -> None:
        self.letters = Letters(sample)
        places, held = self.letters.find(":")
        self._colons = np.append(places, len(self.letters.data) - AFTER)
        self._first, self._count = held[:-1], np.diff(held)
        only = one_value(form)
        self._formats: list[str]
        self._which: Places | None
        self._formats, self._which = coded(form) if only is None else ([only], None)

    @property
    def beyond_format(self) -> Flags:
        """Tell which rows have more values than FORMAT names."""
        named = np.array([form.count(":") for form in self._formats], np.int64)
        return self._count > (named[0] if self._which is None else named[self._which])

    def spans(self, key: str) -> Spans | None:
        """Give the values of a key; None when no row has it."""
        keys = [form.split(":") for form in self._formats]
        told = np.array([form.index(key) if key in form else -1 for form in keys], np.int64)
        if (told < 0).all():
            return None
        place = np.broadcast_to(told, len(self._count)) if self._which is None else told[self._which]
        present = (place >= 0) & (place <= self._count)
        if not present.any():
            return None
        place, first, count, start, end = self._only(present, place)
        at = first + place
        begin = start if not told.any() else np.where(place > 0, self._colons[at - 1] + 1, start)
        return Spans(begin, np.where(place < count, self._colons[at], end), present)

    def _only(self, present: Flags, place: Places) -> list[Places]:
        """Give `place` of these rows, and of each its first colon, their number, and where its text stands."""
        every = (place, self._first, self._count, self.letters.start, self.letters.end)
        if present.all():
            return list(every)
        rows = np.flatnonzero(present)
        return [values.take(rows) for values in every]

    def texts(self, key: str) -> pl.Series | None:
        """Give the values of a key as text, null where a row has none; None when no row has it."""
        spans = self.spans(key)
        return None if spans is None else self.letters.texts(spans)
