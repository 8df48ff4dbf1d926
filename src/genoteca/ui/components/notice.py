"""What the app has to say: notices in a page, and errors as a dialog with a title, a message and a hint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from nicegui import ui

from genoteca.actions.view import Trouble
from genoteca.errors import GenotecaError
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act

__all__ = ["not_medical_advice", "notice", "told", "told_here", "trouble_box", "unexpected"]

Kind = Literal["info", "good", "warn", "bad"]
_ICONS = {"info": "info", "good": "check_circle", "warn": "warning", "bad": "error"}

NOT_MEDICAL_ADVICE = (
    "Genoteca is for learning about your genome. It is not medical advice and no diagnosis: before any decision "
    "about your health, have a finding confirmed by a laboratory and talk it over with a doctor or a genetic "
    "counsellor."
)


@contextmanager
def notice(kind: Kind, title: str, text: str = "") -> Iterator[None]:
    """Set a notice in the page; what stands in the `with` follows its text."""
    with box(f"notice {kind}").props("role=alert" if kind == "bad" else "role=note"):
        ui.icon(_ICONS[kind]).props("aria-hidden=true")
        with stack("tight grow"):
            said(title, "h3")
            if text:
                said(text, "soft pre")
            yield


def trouble_box(trouble: Trouble | GenotecaError) -> None:
    """Show an error in the page: what happened, in what, and what to do."""
    with notice("bad", trouble.title, trouble.message):
        if trouble.hint:
            said(trouble.hint, "pre")
        detail = getattr(trouble, "detail", "")
        if detail:
            with ui.expansion("Technical detail"):
                said(detail, "mono pre")


@contextmanager
def told(*, file: tuple[str, str] | None = None) -> Iterator[None]:
    """Show an error of what stands in the `with` as a dialog.

    `file` gives the name under which an upload is kept and the name the person knows; the message says the second.
    """
    try:
        yield
    except GenotecaError as error:
        message = error.message.replace(*file) if file else error.message
        _dialog(error.title, message, error.hint)


@contextmanager
def told_here() -> Iterator[None]:
    """Show an error of what stands in the `with` in its place in the page."""
    try:
        yield
    except GenotecaError as error:
        trouble_box(error)


def unexpected(error: Exception) -> None:
    """Show an error that nobody foresaw, once it has been logged; the page stays usable."""
    _dialog(
        "Something went wrong",
        f"{type(error).__name__}: {error}",
        "This is a mistake in Genoteca, not yours. Nothing half-made was kept; load the page again and try again.",
    )


def _dialog(title: str, message: str, hint: str) -> None:
    with ui.dialog(value=True) as dialog, box("sheet"):
        with row("keep top-line"):
            ui.icon("error", size="28px").style("color: var(--failed)")
            with stack("tight grow"):
                heading(title)
                said(message, "soft pre")
        if hint:
            said(hint, "pre")
        with row():
            act("Close", dialog.close, more="push")
    dialog.on("hide", dialog.delete)


def not_medical_advice() -> None:
    """Write the line that stands at the foot of every result."""
    said(NOT_MEDICAL_ADVICE, "faint")
