"""Finding a person's own notes: by any word of theirs, by a tag, by the variant they stand on.

Nothing of any answer is looked at: a note says what the person wrote, whatever is closed about its variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genoteca.actions.notes import VariantNote, notes_of, notes_stamp
from genoteca.errors import DatasetError, NotFoundError

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["NotedVariant", "noted"]

LONGEST_LABEL = 80
"""Letters of a note that are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedVariant:
    """One note as it is searched."""

    sample: str
    """Key of the genome it stands on."""
    variant: str
    label: str
    """Its first words, or its tags where it has no words."""
    tags: tuple[str, ...]
    said: str
    """All that is searched of it, folded."""


def noted(app: App, keys: Iterable[str], typed: str) -> Iterator[tuple[NotedVariant, bool]]:
    """Give the notes of these genomes that hold every word that was typed, and whether it is one of their tags."""
    wanted = typed.casefold().removeprefix("#")
    words = wanted.split()
    for key in keys:
        for one in _of(app, key):
            tagged = any(tag.casefold() == wanted for tag in one.tags)
            if tagged or (len(wanted) > 1 and all(word in one.said for word in words)):
                yield one, tagged


def _of(app: App, key: str) -> list[NotedVariant]:
    """Read the notes of a genome, again where they were changed; of a damaged file none: its page tells of it."""
    try:
        stamp = notes_stamp(app, key)
        if key not in app.noted or app.noted[key][0] != stamp:
            app.noted[key] = (stamp, [_searched(key, note) for note in notes_of(app, key)] if stamp else [])
    except (DatasetError, NotFoundError):  # not found: it is being deleted right now
        app.noted.pop(key, None)
        return []
    return app.noted[key][1]


def _searched(key: str, note: VariantNote) -> NotedVariant:
    first = note.text.strip().partition("\n")[0] or ", ".join(note.tags)
    return NotedVariant(
        sample=key,
        variant=note.variant,
        label=first if len(first) <= LONGEST_LABEL else f"{first[: LONGEST_LABEL - 1]}…",
        tags=note.tags,
        said=f"{note.text} {' '.join(note.tags)} {note.variant}".casefold(),
    )
