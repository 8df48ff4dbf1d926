"""The help: its pages, a search, the glossary, and the tour once more."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import link, outside_link
from genoteca.ui.components.tour import start_tour

__all__ = ["show_all", "show_glossary", "show_page"]

FIRST = (
    "start",
    "getting-around",
    "genomes",
    "store",
    "annotating",
    "results",
    "explorer",
    "variant-page",
    "evidence",
    "reports",
    "lineage",
    "what-changed",
    "runs",
    "settings",
    "privacy",
)
"""Pages for everybody, in the order in which they are needed; the others stand below, by title."""


def show_all() -> None:
    """Draw the start of the help."""
    with row("heading"):
        with stack("tight"):
            heading("Help", 1)
            said("How Genoteca works, in its own words. All of it is on this computer.", "lead")
        start_tour()
    _search()
    with box("halves"):
        with card():
            heading("How to")
            _list(FIRST, only=True)
            link("Glossary: words of the field", "/help/glossary")
        with card():
            heading("More")
            _list(FIRST, only=False)


def _list(names: tuple[str, ...], *, only: bool) -> None:
    pages = {page.name: page for page in actions.help_pages()}
    chosen = [name for name in names if name in pages] if only else [name for name in pages if name not in names]
    with stack("tight"):
        for name in chosen:
            link(pages[name].title, f"/help/{name}")


def _search() -> None:
    field = ui.input(placeholder="Search the help").classes("search").props("debounce=200 clearable type=search")
    field.props["aria-label"] = "Search the help"
    with field.add_slot("prepend"):
        ui.icon("search").props("aria-hidden=true")
    found = stack("found-help").props("role=status")
    found.set_visibility(False)

    def look() -> None:
        text = (field.value or "").strip()
        found.clear()
        found.set_visibility(bool(text))
        with found:
            _hits(text)

    field.on_value_change(look)


def _hits(text: str) -> None:
    hits = actions.search_help(text) if text else []
    if text and not hits:
        said(f"Nothing in the help holds {text!r}.", "small")
    for hit in hits[:20]:
        with stack("tight"):
            link(hit.title, hit.address)
            said(hit.excerpt, "small")


def show_page(name: str) -> None:
    """Draw one page."""
    page = actions.help_page(name)
    link("‹ All help", "/help")
    heading(page.title, 1)
    with card():
        ui.markdown(page.text).classes("readme")


def show_glossary() -> None:
    """Draw every term."""
    link("‹ All help", "/help")
    with stack("tight"):
        heading("Glossary", 1)
        said("Words of the field that stand on the screens, and what Genoteca means by its own.", "lead")
    field = ui.input(placeholder="Find a word").classes("search").props("debounce=150 clearable type=search")
    field.props["aria-label"] = "Find a word"
    with card():
        shown = {one.id: (one, _entry(one)) for one in actions.glossary()}
        nothing = said("No word here is written so.", "small").props("role=status")
        nothing.set_visibility(False)

    def look() -> None:
        words = (field.value or "").lower().split()
        for one, place in shown.values():
            place.set_visibility(all(word in one.words for word in words))
        nothing.set_visibility(not any(place.visible for _, place in shown.values()))

    field.on_value_change(look)


def _entry(one: actions.Term) -> ui.element:
    with stack("tight entry") as place:
        place.props(f"id={one.id} tabindex=-1")
        with row("tight"):
            heading(one.term, 3)
            if one.also:
                said(f"also: {', '.join(one.also)}", "faint")
        said(f"{one.short} {one.text}")
        with row("tight small"):
            if one.source_url:
                said("Source:", "faint")
                outside_link(one.source_name, one.source_url)
            if one.page:
                link("More in the help", f"/help/{one.page}")
    return place
