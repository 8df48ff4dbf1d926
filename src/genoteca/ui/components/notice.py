"""What the app has to say: notices in a page, and errors as a dialog with a title, a message and a hint."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from nicegui import ui

from genoteca.actions.troubles import trouble_from
from genoteca.actions.view import Trouble
from genoteca.errors import GenotecaError
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.bug_report import bug_report_act
from genoteca.ui.components.buttons import act

__all__ = ["not_medical_advice", "notice", "told", "told_here", "trouble_box", "trouble_rest", "unexpected"]

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
            heading(title, 3)
            if text:
                said(text, "soft pre")
            yield


def trouble_box(trouble: Trouble | GenotecaError, *, asset: str = "") -> None:
    """Show an error in the page: what happened, in what, and what to do; `asset`: what could not be made."""
    shown = trouble_from(trouble) if isinstance(trouble, GenotecaError) else trouble
    with notice("bad", shown.title, shown.message):
        trouble_rest(shown, asset=asset)


def trouble_rest(trouble: Trouble, *, asset: str = "") -> None:
    """Write what follows the message of an error: what to do, the details, and a way to tell others of it."""
    if trouble.hint:
        with row("tight what-to-do"):
            said("What to do", "small strong")
            said(trouble.hint, "pre")
    if trouble.detail:
        with ui.expansion("Technical detail"):
            said(trouble.detail, "mono pre")
    with row():
        bug_report_act(trouble, asset=asset)


@contextmanager
def told(*, file: tuple[str, str] | None = None) -> Iterator[None]:
    """Show an error of what stands in the `with` as a dialog.

    `file` gives the name under which an upload is kept and the name the person knows; the message says the second.
    """
    try:
        yield
    except GenotecaError as error:
        message = error.message.replace(*file) if file else error.message
        _dialog(Trouble(title=error.title, message=message, hint=error.hint))


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
        Trouble(
            title="Something went wrong",
            message=f"{type(error).__name__}: {error}",
            hint="This is a mistake in Genoteca, not yours. Nothing half-made was kept; load the page again and try "
            "again.",
            detail="".join(traceback.format_exception(error)),
        )
    )


def _dialog(trouble: Trouble) -> None:
    with ui.dialog(value=True) as dialog, box("sheet"):
        with row("keep top-line"):
            ui.icon("error", size="28px").style("color: var(--failed)")
            with stack("tight grow"):
                heading(trouble.title)
                said(trouble.message, "soft pre")
        trouble_rest(trouble)
        with row():
            act("Close", dialog.close, more="push")
    dialog.on("hide", dialog.delete)


def not_medical_advice() -> None:
    """Write the line that stands at the foot of every result."""
    said(NOT_MEDICAL_ADVICE, "faint")
