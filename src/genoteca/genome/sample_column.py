"""The column of the picked sample, cut by FORMAT into the values of its keys."""

from __future__ import annotations

import numpy as np
import polars as pl

from genoteca.genome.letters import AFTER, Flags, Letters, Places, Spans
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
        self._formats = form.unique().to_list() if only is None else [only]
        self._which = None if only is not None else _codes(form, self._formats)

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
        place = told[0] if self._which is None else told[self._which]
        present = (place >= 0) & (place <= self._count)
        if not present.any():
            return None
        at = np.clip(self._first + place, 0, len(self._colons) - 1)
        begin = np.where(place > 0, self._colons[at - 1] + 1, self.letters.start)
        return Spans(begin, np.where(place < self._count, self._colons[at], self.letters.end), present)

    def texts(self, key: str) -> pl.Series | None:
        """Give the values of a key as text, null where a row has none; None when no row has it."""
        spans = self.spans(key)
        return None if spans is None else self.letters.texts(spans)


def _codes(texts: pl.Series, distinct: list[str]) -> Places:
    return texts.cast(pl.Enum(distinct)).to_physical().to_numpy().astype(np.int64)
