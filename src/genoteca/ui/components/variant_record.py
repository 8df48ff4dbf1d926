"""The record of the person's own file, as it stands there; read on demand, with the way to stop."""

from __future__ import annotations

from threading import Event

from nicegui import ui

from genoteca import actions
from genoteca.actions.variant_views import RecordField, RecordShown
from genoteca.errors import GenotecaError, RunError
from genoteca.model.sample import Sample
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["record_card"]

AT_ONCE = 20_000_000
"""Bytes of a file up to which its record is looked for without being asked: a second of work."""
BEAT = 0.2


def record_card(desktop: Desktop, sample: Sample, line: int | None) -> None:
    """Show the record that a call was read from."""
    with card("snug record"):
        heading("The record in your file", 2)
        if line is None:
            said("Your file has no record of its own for this place.")
            return
        _Reading(desktop, sample, line, stack())


class _Reading:
    """Looks for a record, tells how far it is, and shows it."""

    def __init__(self, desktop: Desktop, sample: Sample, line: int, place: ui.element) -> None:
        self._desktop, self._sample, self._line, self._place = desktop, sample, line, place
        self._stop, self._fraction = Event(), 0.0
        ui.context.client.on_disconnect(self._stop.set)
        if sample.source.bytes <= AT_ONCE:
            ui.timer(0.05, self.read, once=True)
        else:
            self._offer()

    def _offer(self) -> None:
        self._place.clear()
        size = words.file_size(self._sample.source.bytes)
        with self._place:
            place = f"Record {words.count(self._line)} of {self._sample.source.name}."
            said(f"{place} To find it the file ({size}) is read again.")
            with row():
                act("Show the record", self.read, icon="description")

    async def read(self) -> None:
        """Look for the record and show it, or say why not."""
        self._stop.clear()
        self._place.clear()
        with self._place:
            said("Looking for it in your file").props("aria-live=polite")
            track = Track("Looking for the record")
            with row():
                act("Cancel", self._stop.set, more="small-act")
            timer = ui.timer(BEAT, lambda: track.show(self._fraction or None))
        try:
            found = await ask(actions.variant_record, self._desktop.app, self._sample.id.key, self._line, self._heard)
        except GenotecaError as error:
            timer.cancel()
            self._failed(error)
            return
        timer.cancel()
        self._place.clear()
        with self._place:
            _record(found)

    def _heard(self, fraction: float) -> None:
        self._fraction = fraction
        if self._stop.is_set():
            raise RunError("The record was not looked for any longer.")

    def _failed(self, error: GenotecaError) -> None:
        if self._stop.is_set():
            self._offer()
            return
        self._place.clear()
        with self._place:
            trouble_box(error)


def _record(found: RecordShown) -> None:
    said(found.where, "small soft")
    parts = {name: [one for one in found.fields if one.part == name] for name in ("place", "sample", "info", "other")}
    with box("record-fields"):
        for one in parts["place"]:
            _field(one)
    if parts["sample"]:
        with box("own"):
            said(f"Your column{f' ({found.person})' if found.person else ''}", "strong small")
            with box("record-fields"):
                for one in parts["sample"]:
                    _field(one)
    if parts["info"]:
        with ui.expansion(f"INFO: {len(parts['info'])} values about the whole record"), box("record-fields"):
            for one in parts["info"]:
                _field(one)
    if parts["other"]:
        with ui.expansion(f"Other people in this file: {len(parts['other'])}"), box("record-fields faded"):
            for one in parts["other"]:
                _field(one)
    if found.not_shown:
        said(f"The columns of {words.count(found.not_shown)} other people are not shown.", "faint")


def _field(one: RecordField) -> None:
    with box("field"):
        name = said(one.name, "field-name mono")
        if one.about:
            with name:
                ui.tooltip(one.about)
        said(one.value or "(empty)", "value mono")
