"""A person's own notes and tags on variants: one small file in the sample's folder, gone with the sample."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from genoteca.actions.view import View
from genoteca.engine.files import write_private
from genoteca.engine.samples import read_sample
from genoteca.engine.sealing import seal, unsealed
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.sample import SampleId
from genoteca.model.variant import VariantName

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = [
    "NoteFormat",
    "VariantNote",
    "export_notes",
    "note_on",
    "notes_of",
    "notes_stamp",
    "remove_note",
    "tags_of",
    "write_note",
]

FILE, LOCK = "notes.json", ".notes.lock"
SCHEMA = 1
LONGEST_TEXT = 4000
LONGEST_TAG = 40
MOST_TAGS = 12
MOST_NOTES = 10_000
"""Notes of one sample: with the longest text they come to some 40 MB, and are read and written as a whole."""

NoteFormat = Literal["json", "csv"]


class VariantNote(View):
    """What a person wrote about one variant of one sample."""

    variant: str
    """`chrom-pos-ref-alt`, in the sample's own build."""
    text: str = ""
    tags: tuple[str, ...] = ()
    written: datetime
    """When it was first written."""
    changed: datetime


class _Notes(BaseModel):
    """What `notes.json` holds."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = Field(default=SCHEMA, ge=1, le=SCHEMA)
    notes: list[VariantNote] = Field(default_factory=list)


def notes_of(app: App, key: str) -> list[VariantNote]:
    """Give every note of a sample, by place.

    Raises:
        NotFoundError: no such sample.
        DatasetError: the file of notes is damaged.

    """
    return _read(_folder(app, key))


def notes_stamp(app: App, key: str) -> tuple[int, int] | None:
    """Say how the notes of a sample stand, by a look at the disk that reads nothing; None: it has none."""
    sample = SampleId.parse(key)
    try:
        told = (app.layout.sample(sample.user, sample.sample) / FILE).stat()
    except FileNotFoundError:
        return None
    return told.st_mtime_ns, told.st_size


def note_on(app: App, key: str, variant: str) -> VariantNote | None:
    """Give the note on one variant; None: there is none.

    Raises:
        NotFoundError: no such sample.
        DatasetError: the file of notes is damaged.

    """
    return next((note for note in notes_of(app, key) if note.variant == variant), None)


def tags_of(app: App, key: str) -> list[str]:
    """Give the tags in use for a sample, the commonest first: what is offered while one is typed."""
    counts: dict[str, int] = {}
    for tag in (tag for note in notes_of(app, key) for tag in note.tags):
        counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts, key=lambda tag: (-counts[tag], tag.casefold()))


def write_note(app: App, key: str, variant: str, text: str, tags: Sequence[str] = ()) -> VariantNote | None:
    """Keep a note in the place of an earlier one; without words and tags it is removed, and None is given.

    Raises:
        NotFoundError: no such sample.
        InputError: it names no variant, or is too long.
        DatasetError: the file of notes is damaged: nothing is written over it.

    """
    folder, name = _folder(app, key), _name(variant)
    text, kept = _text(text), _tags(tags)
    with _changing(folder) as notes:
        before = notes.pop(name, None)
        if not text and not kept:
            return None
        if len(notes) >= MOST_NOTES:
            raise InputError(
                f"{key} has {MOST_NOTES:,} notes already.", title="Too many notes", hint="Remove some first."
            )
        now = datetime.now(UTC)
        note = VariantNote(variant=name, text=text, tags=kept, written=before.written if before else now, changed=now)
        notes[name] = note
        return note


def remove_note(app: App, key: str, variant: str) -> None:
    """Remove the note on a variant.

    Raises:
        NotFoundError: no such sample, or no note on this variant.

    """
    folder, name = _folder(app, key), _name(variant)
    with _changing(folder) as notes:
        if notes.pop(name, None) is None:
            raise NotFoundError(f"{key} has no note on {name}.", hint=f"Its notes: genoteca notes list {key}")


def export_notes(app: App, key: str, form: NoteFormat) -> str:
    """Give all notes of a sample as one text, JSON or CSV; a cell that a spreadsheet would run is made harmless.

    Raises:
        NotFoundError: no such sample.

    """
    notes = notes_of(app, key)
    if form == "json":
        return _Notes(notes=notes).model_dump_json(indent=1) + "\n"
    from genoteca.engine.results.formulas import runs_as_formula  # loads Polars, which the first page does without

    def safe(cell: str) -> str:
        return f"'{cell}" if runs_as_formula(cell) else cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["variant", "text", "tags", "written", "changed"])
    for note in notes:
        told = (note.variant, safe(note.text), safe("; ".join(note.tags)))
        writer.writerow([*told, note.written.isoformat(), note.changed.isoformat()])
    return out.getvalue()


def _folder(app: App, key: str) -> Path:
    sample = SampleId.parse(key)
    read_sample(app.layout, sample)
    return app.layout.sample(sample.user, sample.sample)


def _name(variant: str) -> str:
    return VariantName.parse(variant).text


@contextmanager
def _changing(folder: Path) -> Iterator[dict[str, VariantNote]]:
    """Give the notes by variant; what is made of them is written in one step, one process after the other."""
    with FileLock(folder / LOCK, mode=0o600):
        before = _read(folder)
        notes = {note.variant: note for note in before}
        yield notes
        after = sorted(notes.values(), key=_place)
        if after != before:
            write_private(folder / FILE, seal(_Notes(notes=after).model_dump_json(indent=1)))


def _read(folder: Path) -> list[VariantNote]:
    path = folder / FILE
    try:
        told = _Notes.model_validate_json(unsealed(path.read_bytes()))
    except FileNotFoundError:
        return []
    except ValidationError as error:
        raise DatasetError(
            f"{path} is damaged: {error.errors()[0]['msg']}.",
            title="Your notes cannot be read",
            hint="The file is kept as it is. Put a whole copy in its place, or move it away to begin anew.",
        ) from error
    return sorted(told.notes, key=_place)


def _place(note: VariantNote) -> tuple[int, int, str]:
    from genoteca.model.build import RANK

    name = VariantName.parse(note.variant)
    return RANK[name.chrom], name.pos, name.text


def _text(text: str) -> str:
    """Keep words, line ends and tabs; what is no character of a text goes."""
    plain = "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or unicodedata.category(c) not in _NO_TEXT)
    plain = plain.strip()
    if len(plain) > LONGEST_TEXT:
        raise InputError(
            f"The note has {len(plain):,} characters; at most {LONGEST_TEXT:,} are kept.",
            title="The note is too long",
        )
    return plain


_NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode's categories of controls, of marks that turn the reading direction around, and of no character."""


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    plain = [" ".join(_text(tag).replace(";", " ").split()) for tag in tags]
    kept = tuple(dict.fromkeys(tag for tag in plain if tag))
    long = next((tag for tag in kept if len(tag) > LONGEST_TAG), None)
    if long is not None or len(kept) > MOST_TAGS:
        what = f"{long[:LONGEST_TAG]!r}… is longer than {LONGEST_TAG} characters" if long else f"{len(kept)} tags"
        raise InputError(f"A note has at most {MOST_TAGS} short tags; given: {what}.", title="The tags do not fit")
    return kept
