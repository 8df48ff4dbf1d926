"""One comparison of a module's answers: what it compared, how much changed, and the changes that come first."""

from __future__ import annotations

from genoteca.actions.change_views import CHANGE_WORDS, ChangeLine, Compared
from genoteca.model.change import Change
from genoteca.ui import words
from genoteca.ui.components.boxes import box, pill, row, said, stack
from genoteca.ui.components.buttons import link

__all__ = ["compared_box", "releases"]

ICONS = {
    Change.RAISED: "north",
    Change.UP: "north_east",
    Change.DOWN: "south_east",
    Change.OTHER: "east",
    Change.NEW: "add",
    Change.GONE: "remove",
    Change.REST: "edit",
}


def releases(one: Compared) -> str:
    """Name what was compared: release to release, or the version of the module where that is what changed."""
    before, after = one.before, one.after
    if before.release != after.release:
        return f"{before.release} → {after.release}"
    if before.version != after.version:
        return f"Module {before.version or 'of an older kind'} → {after.version}, release {after.release}"
    return f"Release {after.release}, looked up again"


def compared_box(key: str, one: Compared, *, heading: bool = True) -> None:
    """Draw it; `heading`: with when it was and what was compared."""
    with stack("tight compared"):
        if heading:
            with row("tight"):
                said(releases(one), "strong")
                said(words.when(one.after.created), "faint")
                if one.notable and not one.seen:
                    pill("Not looked at yet", "info")
        said(words.sentence(one.words))
        for told, names in (("New columns", one.added), ("Columns that are no longer there", one.removed)):
            if names:
                said(f"{told}, not compared: {', '.join(names)}.", "small soft")
        if one.lines:
            with box("change-list", "ul"):
                for line in one.lines:
                    _line(key, line)
        if one.damaged:
            said(one.damaged, "small")
        with row("tight"):
            if one.has_table:
                link("Everything that differs ›", f"/changes/{key}/{one.module}~{one.run[:8]}~changes")


def _line(key: str, line: ChangeLine) -> None:
    with box("", "li"):
        with box("kind"):
            pill(words.sentence(CHANGE_WORDS[line.change]).rstrip("."), "", ICONS[line.change])
        with stack("tight grow"):
            with row("tight"):
                name = line.title.replace(";", ", ") or line.place  # a list, such as of two genes
                if line.variant:
                    link(name, f"/variant/{key}/{line.variant}")
                else:
                    said(name, "strong")
                if line.title:
                    said(line.place, "small soft")
            _classes(line)
            for label, before, now in line.cells:
                said(f"{label}: {before} → {now}", "small soft")
            for when, gate in zip(("Before", "Now"), line.gates, strict=False):
                said(f"{when}, to be read first: {gate}", "small soft")


def _classes(line: ChangeLine) -> None:
    before = _class(line.class_before, line.stars_before)
    now = _class(line.class_after, line.stars_after)
    if line.change is Change.NEW and now:
        said(f"Now: {now}")
    elif line.change is Change.GONE and before:
        said(f"Before: {before}")
    elif before != now:
        said(f"{before or 'no class'} → {now or 'no class'}")


def _class(name: str, stars: int | None) -> str:
    return f"{name} ({stars} of 4 stars)" if name and stars is not None else name
