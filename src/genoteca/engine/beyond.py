"""What an answer is compared with beyond its own table: other genomes' answers, and what its publisher last said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genoteca.engine import records
from genoteca.engine.news_notes import NewsNotes
from genoteca.engine.publisher_news import is_newer
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import DatasetError
from genoteca.model.record import Record
from genoteca.model.sample import SampleId
from genoteca.sdk.reference_verdicts import PublisherAsked

if TYPE_CHECKING:
    from genoteca.sdk.resources import Stored
    from genoteca.settings import Layout

__all__ = ["alike", "publisher_asked"]

MOST = 12
"""Genomes that are looked at: enough for a middle value, and no matter how many there are."""


def alike(layout: Layout, asset: Sequence[str], partition: str) -> list[Record]:
    """Give the records of an asset for up to twelve other samples of the same build and kind."""
    own, found = read_sample(layout, SampleId.parse(partition)), list[Record]()
    for other in all_samples(layout):
        if other.id == own.id or (other.build, other.kind) != (own.build, own.kind):
            continue
        try:
            stored = records.current(layout, asset, other.id.key)
        except DatasetError:  # damaged: its own page says so
            continue
        if stored is not None:
            found.append(stored.record)
        if len(found) == MOST:
            break
    return found


def publisher_asked(layout: Layout, reference: Stored) -> PublisherAsked | None:
    """Give what a reference's publisher said when it was last asked; None: it was not, or did not answer."""
    record = reference.record
    for note in NewsNotes(layout.database).of(record.asset[0]):
        if note.asset == record.asset[-1] and note.build == record.build and note.news is not None:
            newer = is_newer([record], note.news.seen)
            return PublisherAsked(when=note.checked, newer=newer, release=note.news.release if newer else "")
    return None
