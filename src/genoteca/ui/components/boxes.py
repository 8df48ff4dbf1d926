"""The few boxes and lines of text that every page is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nicegui import ui

__all__ = ["box", "card", "facts", "heading", "pill", "row", "rule", "said", "stack"]


def box(classes: str = "", tag: str = "div") -> ui.element:
    """Make a plain element with classes of our own."""
    return ui.element(tag).classes(classes)


def row(more: str = "") -> ui.element:
    """Lay out its contents side by side; they wrap on a narrow screen."""
    return box(f"across {more}")


def stack(more: str = "") -> ui.element:
    """Lay out its contents one below the other."""
    return box(f"stack {more}")


def card(more: str = "") -> ui.element:
    """Set its contents on a surface of their own."""
    return box(f"card {more}")


def rule() -> None:
    """Draw a thin line."""
    box("rule", "hr")


def heading(text: str, level: int = 2) -> ui.label:
    """Write a heading that a screen reader finds as one."""
    return ui.label(text).classes(f"h{level}").props(f"role=heading aria-level={level}")


def said(text: str, classes: str = "soft") -> ui.label:
    """Write a text; whatever it holds is shown as text."""
    return ui.label(text).classes(classes)


def pill(text: str, kind: str = "", icon: str = "") -> ui.element:
    """Write one or two words on a coloured ground; the words carry the meaning."""
    with box(f"pill {kind}", "span") as made:
        if icon:
            ui.icon(icon).props("aria-hidden=true")
        ui.label(text)
    return made


def facts(pairs: Iterable[tuple[str, str]], label: Callable[[str], object] | None = None) -> None:
    """Write terms and what they are, in two columns; a term without a value is left out.

    `label`: writes a term; of itself a term is plain text.
    """
    with box("facts"):
        for term, value in pairs:
            if value:
                (label or _term)(term)
                ui.label(value).classes("value")


def _term(text: str) -> None:
    ui.label(text).classes("term")
