"""Copying an error for a bug report: the person sees the whole text before it is copied, and nothing is sent."""

from __future__ import annotations

from nicegui import app, ui

from genoteca import actions
from genoteca.actions.view import Trouble
from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import act
from genoteca.ui.components.copying import copy_text
from genoteca.ui.desktop import Desktop, ask

__all__ = ["bug_report_act", "know_desktop"]


def know_desktop(desktop: Desktop) -> None:
    """Remember whose names a report must not hold: an error is shown where no page has the desktop at hand."""
    app.state.desktop = desktop


def bug_report_act(trouble: Trouble, *, asset: str = "") -> None:
    """Offer to copy an error; `asset`: the key (joined with `/`) of what could not be made."""
    desktop: Desktop | None = getattr(app.state, "desktop", None)
    if desktop is None:  # a part of a page that is drawn without the app
        return

    async def show() -> None:
        text = await ask(actions.bug_report, desktop.app, trouble, asset=asset)
        _dialog(text)

    act("Copy for a bug report", show, kind="quiet", icon="content_copy", more="small-act")


def _dialog(text: str) -> None:
    with ui.dialog(value=True) as dialog, box("sheet broad"):
        heading("What will be copied")
        said(
            "Nothing of your genome is in it: only words that Genoteca's own code is written in. Nothing is sent; "
            "paste it where you tell of the error."
        )
        said(text, "raw").props("tabindex=0 role=region aria-label='The text that will be copied'")
        with row():
            act("Close", dialog.close)
            act("Copy", lambda: copy_text(text), kind="main-act", icon="content_copy", more="push")
    dialog.on("hide", dialog.delete)
