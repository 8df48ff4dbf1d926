"""A dialog that shows this computer's folders, so that a file is opened where it lies, without a copy."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from nicegui import ui

from genoteca.ui import words
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, heading, row, said
from genoteca.ui.components.buttons import Click, act, icon_act
from genoteca.ui.desktop import ask

__all__ = ["GENOME_ENDINGS", "MODULE_ENDINGS", "browse"]

_VCF_ENDINGS = (".vcf", ".vcf.gz", ".vcf.bgz", ".gvcf", ".gvcf.gz", ".g.vcf.gz", ".bcf")
GENOME_ENDINGS = (*_VCF_ENDINGS, ".txt", ".csv", ".zip", ".tar", ".tar.gz", ".tgz")
MODULE_ENDINGS = (".whl", ".zip", ".toml")
MOST_SHOWN = 500

Entry = tuple[str, Path, int | None]
"""Name, path, and size; a folder has none."""


async def browse(endings: tuple[str, ...], *, title: str, folders: bool = False) -> Path | None:
    """Ask for a file with one of the endings (without any: every file), or (`folders`) for a folder too.

    None: left without choosing.
    """
    with ui.dialog() as dialog, box("sheet broad"):
        heading(title)
        listing = box("stack")
        with row("keep"):
            typed = ui.input("Or type where it lies").classes("grow").props("autocomplete=off")
            typed.on("keydown.enter", lambda: go(str(typed.value or "")))
            act("Open", lambda: go(str(typed.value or "")))
        with row():
            act("Cancel", lambda: dialog.submit(None), more="push")

    async def go(text: str) -> None:
        path = await ask(_typed_path, text)
        if await ask(path.is_dir):
            await show(path)
        else:
            dialog.submit(path)  # whatever it is, the action that opens it says what is wrong

    async def show(folder: Path) -> None:
        entries, reason = await ask(_entries, folder, endings)
        listing.clear()
        with listing:
            with row("tight keep"):
                icon_act("arrow_upward", "One folder up", lambda: show(folder.parent))
                said(str(folder), "mono grow")
                if folders:
                    act("Use this folder", lambda: dialog.submit(folder), more="small-act")
            if reason:
                said(reason)
            with box("path"):
                for name, path, size in entries:
                    _entry(name, size, partial(show, path) if size is None else partial(dialog.submit, path))
            if not entries and not reason:
                said("No folder and no fitting file here.", "faint")

    await show(Path.home())
    chosen = await answered(dialog)
    return chosen if isinstance(chosen, Path) else None


def _typed_path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def _entry(name: str, size: int | None, on_click: Click) -> None:
    with ui.element("button").props("type=button").on("click", on_click, []):
        ui.icon("folder" if size is None else "description").props("aria-hidden=true")
        with ui.element("span"):
            ui.label(name)
        if size is not None:
            ui.label(words.file_size(size)).classes("size")


def _entries(folder: Path, endings: tuple[str, ...]) -> tuple[list[Entry], str]:
    found: list[Entry] = []
    try:
        with os.scandir(folder) as listed:
            for entry in listed:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    found.append((entry.name, Path(entry.path), None))
                elif not endings or entry.name.lower().endswith(endings):
                    found.append((entry.name, Path(entry.path), entry.stat().st_size))
    except OSError as error:
        return [], f"This folder cannot be read: {error.strerror}."
    found.sort(key=lambda item: (item[2] is not None, item[0].lower()))
    return found[:MOST_SHOWN], "" if len(found) <= MOST_SHOWN else f"Only the first {MOST_SHOWN} are shown."
