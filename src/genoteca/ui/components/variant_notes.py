"""A person's own words about a variant: shown, written, and as chips beside a row."""

from __future__ import annotations

from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions.notes import VariantNote
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["note_chips", "notes_card", "take_notes_out"]

OFFERED = 6
"""Tags in use that are offered while one is written."""
PEEK = 140
"""Letters of a note that stand beside a row."""


def note_chips(note: VariantNote | None) -> None:
    """Show a note in short: its tags, and how it begins; nothing where there is none."""
    if note is None:
        return
    with box("note-chips").props("role=note"):
        _tags(note.tags)
        if note.text:
            said(note.text if len(note.text) <= PEEK else f"{note.text[:PEEK]}…", "small soft pre")


async def notes_card(desktop: Desktop, key: str, variant: str) -> None:
    """Show what the person noted about a variant, with a way to write it."""
    place = card("snug notes")
    await _Notes(desktop, key, variant, place).show()


async def take_notes_out(desktop: Desktop, key: str) -> None:
    """Hand over all notes of a genome as a table."""

    def write() -> Path:
        path = desktop.downloads.place("csv")
        path.write_text(actions.export_notes(desktop.app, key, "csv"), encoding="utf-8")
        return path

    with told():
        path, name = await ask(write), f"{key}/notes".replace("/", "-") + ".csv"
        ui.download.from_url(desktop.downloads.offer(path, name), name)


class _Notes:
    """The card, as it is read and as it is written."""

    def __init__(self, desktop: Desktop, key: str, variant: str, place: ui.element) -> None:
        self._desktop, self._key, self._variant, self._place = desktop, key, variant, place

    async def show(self) -> None:
        """Show the note, or that there is none."""
        notes: list[VariantNote] = []
        with told():
            notes = await ask(actions.notes_of, self._desktop.app, self._key)
        note = next((one for one in notes if one.variant == self._variant), None)
        self._place.clear()
        with self._place:
            heading("Your notes", 2)
            if note is None:
                said("Nothing yet. What you write stays on this computer, with this genome.", "faint")
            else:
                _tags(note.tags)
                if note.text:
                    said(note.text, "pre")
                said(f"Written {words.when(note.changed)}", "faint")
            with row("tight"):
                act("Edit" if note else "Write a note", lambda: self.edit(note), icon="edit", more="small-act")
                if note is not None:
                    act("Remove", self.remove, kind="danger-quiet", more="small-act")
                if notes:
                    taken = f"Export {'your note' if len(notes) == 1 else f'all {words.count(len(notes))} notes'}"
                    act(taken, self.take_out, icon="download", more="small-act").tooltip(
                        "A table (CSV) of every note on this genome"
                    )

    async def edit(self, note: VariantNote | None) -> None:
        """Let the note be written."""
        used = await ask(actions.tags_of, self._desktop.app, self._key)
        self._place.clear()
        with self._place:
            heading("Your notes", 2)
            text = ui.textarea("Note", value=note.text if note else "").props("outlined autogrow autofocus")
            tags = ui.input("Tags, with commas between them", value=", ".join(note.tags) if note else "")
            offered = [tag for tag in used if not note or tag not in note.tags][:OFFERED]
            if offered:
                with box("chips").props("role=group aria-label='Tags you have used'"):
                    for tag in offered:
                        chip = ui.element("button").classes("chip").props("type=button")
                        chip.on("click", lambda tag=tag: tags.set_value(_with(tags.value or "", tag)))
                        with chip:
                            ui.label(tag)
            with row("tight"):
                act("Save", lambda: self.save(text.value or "", tags.value or ""), kind="main-act", more="small-act")
                act("Cancel", self.show, more="small-act")

    async def save(self, text: str, tags: str) -> None:
        """Keep what was written."""
        with told():
            listed = tags.split(",")
            await ask(actions.write_note, self._desktop.app, self._key, self._variant, text, listed)
            await self.show()

    async def take_out(self) -> None:
        """Hand over every note of the genome."""
        await take_notes_out(self._desktop, self._key)

    async def remove(self) -> None:
        """Remove the note."""
        with told():
            await ask(actions.remove_note, self._desktop.app, self._key, self._variant)
            await self.show()


def _with(written: str, tag: str) -> str:
    kept = [one.strip() for one in written.split(",") if one.strip()]
    return ", ".join([*kept, tag] if tag not in kept else kept)


def _tags(tags: tuple[str, ...]) -> None:
    if not tags:
        return
    with stack("tight"), box("chips tags"):
        for tag in tags:
            with box("pill info", "span"):
                ui.icon("sell").props("aria-hidden=true")
                ui.label(tag)
