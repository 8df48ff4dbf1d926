"""A word of the field on a screen: what it means is shown on hover and on focus, and the glossary is a press away."""

from __future__ import annotations

from itertools import count

from nicegui import ui

from genoteca import actions
from genoteca.errors import NotFoundError
from genoteca.ui.components.boxes import box, said

__all__ = ["explained", "term"]

_NUMBERS = count(1)


def term(word: str, shown: str = "") -> ui.element:
    """Write a word with its meaning; `shown`: how it stands on the screen, where that is not `word`.

    Raises:
        NotFoundError: the glossary does not explain it.

    """
    told = actions.find_term(word)
    name = f"term-{next(_NUMBERS)}"
    with box("glossed", "span") as made:
        link = ui.element("a").props(f"href=/help/glossary#{told.id} aria-describedby={name}")
        link.props["innerText"] = shown or word
        meaning = box("meaning", "span").props(f"role=tooltip id={name}")
        meaning.props["innerText"] = told.short
    return made


def explained(label: str, classes: str = "term") -> None:
    """Write a label: with its meaning where the glossary knows it, else as it is."""
    try:
        term(label).classes(classes)
    except NotFoundError:
        said(label, classes)
