"""How a variant was classified over time, module by module."""

from __future__ import annotations

from genoteca.actions.change_views import ClassEntry, ClassHistory
from genoteca.actions.class_history import class_histories
from genoteca.model.variant import VariantName
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.notice import told_here
from genoteca.ui.desktop import Desktop, ask

__all__ = ["history_card"]

NOT_A_DIAGNOSIS = "This says how others classify the variant now; it is not a diagnosis."


async def history_card(desktop: Desktop, key: str, name: VariantName) -> None:
    """Show the card; nothing where no open module classifies the variant."""
    found: list[ClassHistory] = []
    with told_here():
        found = await ask(class_histories, desktop.app, key, name, opened=desktop.opened_by_module(key))
    if not found:
        return
    with card("snug"):
        heading("Over time", 2)
        for one in found:
            _module(one)
        said(NOT_A_DIAGNOSIS, "small soft")


def _module(one: ClassHistory) -> None:
    with stack("tight"):
        said(f"{one.title}: {one.label[:1].lower()}{one.label[1:]}", "strong")
        with box("class-history", "ol"):
            for entry in one.entries:
                with box("", "li"):
                    said(words.when(entry.when), "small soft when")
                    with stack("tight grow"):
                        said(_said(entry), "")
                        said(f"Release {entry.release}", "small soft")
        if len(one.entries) == 1:
            said("It has not changed since it was first looked up here.", "small soft")


def _said(entry: ClassEntry) -> str:
    if not entry.listed:
        return "No answer: not listed, or your file said nothing here"
    stars = f" ({entry.stars} of 4 stars)" if entry.stars is not None else ""
    return f"{entry.value or 'no class'}{stars}"
