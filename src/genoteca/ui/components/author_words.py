"""What a module says of itself: title, author, licence, source."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from genoteca.actions.drafts import LICENCES, Draft, missing_words
from genoteca.ui.components.boxes import box, said

__all__ = ["ModuleWords"]

FIELDS = {
    "title": ("Title", "Coffee and me"),
    "summary": ("What it says, in a sentence", "How fast your body breaks down caffeine."),
    "author": ("Made by", "Your name"),
    "category": ("Category", "Traits"),
    "source_name": ("Source of the facts", "Cornelis et al. 2011"),
    "source_url": ("Address of the source", "https://doi.org/…"),
    "citation": ("How it is cited (optional)", "Authors. Title. Journal, year."),
}


class ModuleWords:
    """The fields; each change is told at once, and what is still missing stands below them."""

    def __init__(self, draft: Draft, on_change: Callable[[str, object], None]) -> None:
        self._on_change = on_change
        self._draft = draft
        self._missing: ui.label | None = None

    def show(self) -> None:
        """Draw them."""
        with box("fields"):
            for name, (label, example) in FIELDS.items():
                field = ui.input(label, placeholder=example, value=getattr(self._draft, name))
                field.props("autocomplete=off").on_value_change(partial(self._set, name))
            ui.select(
                dict(LICENCES),
                label="Who may use it",
                value=self._draft.licence,
                on_change=partial(self._set, "licence"),
            )
        ui.checkbox(
            "Also for raw data of DNA tests (23andMe, AncestryDNA)",
            value=self._draft.arrays,
            on_change=partial(self._set, "arrays"),
        )
        said("Leave it out where a rare allele would be grave: a DNA test is often wrong about those.", "faint small")
        ui.checkbox(
            "A whole genome that is silent near a place carries the reference there",
            value=self._draft.infer,
            on_change=partial(self._set, "infer"),
        )
        said("Such answers are marked as inferred. Leave it out where that would be a risk.", "faint small")
        self._missing = said("", "faint").props("aria-live=polite")
        self._tell()

    def _set(self, name: str, event: object) -> None:
        value = getattr(event, "value", "")
        told = value if isinstance(value, bool) else str(value or "")
        self._draft = self._draft.model_copy(update={name: told})
        self._on_change(name, told)
        self._tell()

    def _tell(self) -> None:
        missing = missing_words(self._draft)
        if self._missing is not None:
            told = f"Still missing: {'; '.join(missing.values())}."
            self._missing.set_text(told if missing else "Nothing is missing.")
