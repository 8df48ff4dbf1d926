"""Lineage: of what everything about a genome was made, every version and hash."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.locking import write_lock
from genoteca.actions.tracing import trace
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.out_of_date import update_act
from genoteca.ui.components.traced import answer_facts, file_facts, traced_picture
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]


async def show(desktop: Desktop, key: str, module: str = "") -> None:
    """Draw the page; `module`: of one alone, and what it builds on."""
    found = await ask(trace, desktop.app, key, module)

    async def save() -> None:
        with told():
            name = f"{key.replace('/', '-')}.lock.json"
            path = await ask(write_lock, desktop.app, key, desktop.downloads.place("json"))
            ui.download.from_url(desktop.downloads.offer(path, name), name)

    link("‹ Results", f"/results/{key}/{module}" if module else f"/results/{key}")
    with box("heading"):
        with stack("tight"):
            heading("Where it comes from", 1)
            said(f"{found.name}: of what everything was made, with every version and checksum.", "lead")
        with row("tight"):
            if any(one.reasons for one in found.answers):
                update_act(desktop, "Update", key, module)
            if not module and found.answers:
                act("Save as a lock file", save, icon="lock")
    traced_picture(found)
    file_facts(found)
    for one in found.answers:
        answer_facts(key, one)
    if module:
        with row():
            link("Of all modules ›", f"/lineage/{key}")
