"""How a run is looked at in Dagster's own screens."""

from __future__ import annotations

from nicegui import ui

from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import act
from genoteca.ui.components.copying import copy_text
from genoteca.ui.desktop import Desktop

__all__ = ["open_in_dagster"]

PORT = 3000
"""Where `genoteca dagster-ui` serves them, unless it is told another."""


def open_in_dagster(desktop: Desktop, run_id: str) -> None:
    """Tell how to open a run there, and what that needs of the internet."""
    home = desktop.app.layout.home
    command, address = f'genoteca --home "{home}" dagster-ui', f"http://127.0.0.1:{PORT}/runs/{run_id}"
    with ui.dialog(value=True) as dialog, box("sheet broad"):
        heading("Open in Dagster")
        said(
            "Dagster is the engine that works the runs. Its own screens show every step, its logs and what was made. "
            "They are a program of their own that you start in a terminal:"
        )
        _copied(command, "the command")
        said("While it runs, this run is at the following address; Ctrl-C in the terminal ends it.")
        _copied(address, "the address")
        said(_network_words(offline=desktop.app.settings.offline), "small")
        said(
            "These screens ask for no key: whoever uses this computer while they are open can look at them. They "
            "show names of genomes and counts, never a genotype.",
            "small",
        )
        with row():
            act("Close", dialog.close, more="push")
    dialog.on("hide", dialog.delete)


def _network_words(*, offline: bool) -> str:
    if offline:
        return (
            "Once the program is on this computer, this works offline. Genoteca is set to stay offline: where it was "
            "never fetched, allow the internet in the settings for the first time."
        )
    return (
        "The first time, the program is fetched from the package index that your installer is set to; each request "
        "is on the list in the settings. After that it works offline."
    )


def _copied(text: str, what: str) -> None:
    with row("keep"):
        said(text, "raw grow")
        button = act("Copy", lambda: copy_text(text), kind="quiet", icon="content_copy", more="small-act")
        button.props["aria-label"] = f"Copy {what}"
