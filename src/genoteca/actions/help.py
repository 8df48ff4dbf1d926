"""The help pages that come with the app."""

from __future__ import annotations

import re
from pathlib import Path

from genoteca.actions.glossary import glossary
from genoteca.actions.view import View
from genoteca.actions.views import HelpPage
from genoteca.errors import NotFoundError
from genoteca.settings import assets_folder, bundled_plugins

__all__ = ["HelpHit", "help_page", "help_pages", "search_help"]

GUIDE = "writing-a-module"

_TITLE = re.compile(r"\A# (.+)\n")
_NOTE = re.compile(r"<!--.*?-->\n?", re.DOTALL)
"""What fills parts of a page from the code; not for readers."""
_TO_A_PAGE = re.compile(r"\]\(([a-z-]+)\.md\)")


class HelpHit(View):
    """A page or term that a search found."""

    title: str
    address: str
    excerpt: str


def help_pages() -> list[HelpPage]:
    """Give every help page, by title."""
    pages = [_page(path) for path in _paths().values()]
    return sorted(pages, key=lambda page: page.title)


def help_page(name: str) -> HelpPage:
    """Give one help page; links between pages lead to their addresses in the app.

    Raises:
        NotFoundError: there is no such page.

    """
    path = _paths().get(name)
    if path is None:
        raise NotFoundError(f"There is no help page {name!r}.", hint=f"Pages: {', '.join(_paths())}.")
    return _page(path)


def search_help(text: str) -> list[HelpHit]:
    """Give the help pages and terms that hold every word of a text: those that bear it in their name first."""
    wanted = text.lower().split()
    if not wanted:
        return []
    hits = [*_term_hits(wanted), *_page_hits(wanted)]
    return sorted(hits, key=lambda hit: (not all(word in hit.title.lower() for word in wanted), hit.title.lower()))


def _term_hits(wanted: list[str]) -> list[HelpHit]:
    found = (one for one in glossary() if all(word in one.words for word in wanted))
    return [HelpHit(title=one.term, address=f"/help/glossary#{one.id}", excerpt=one.short) for one in found]


def _page_hits(wanted: list[str]) -> list[HelpHit]:
    hits = []
    for page in help_pages():
        plain = _plain(page.text)
        if all(word in f"{page.title} {plain}".lower() for word in wanted):
            hits.append(HelpHit(title=page.title, address=f"/help/{page.name}", excerpt=_excerpt(plain, wanted)))
    return hits


def _plain(text: str) -> str:
    """Take the marks of Markdown out of a text, and what only lays it out."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\s+", " ", re.sub(r"[*_`#|>]|-{3,}", " ", shown)).strip()


def _excerpt(plain: str, wanted: list[str], around: int = 90) -> str:
    at = max(plain.lower().find(wanted[0]), 0)
    start = 0 if at < around else plain.rfind(" ", 0, at - around // 2) + 1
    cut = plain[start : start + 2 * around].rpartition(" ")[0]
    return f"{'… ' if start else ''}{cut} …"


def _paths() -> dict[str, Path]:
    """Give where every page lies, by its name; the guide for authors lies with the modules, where they look."""
    pages = {path.stem: path for path in sorted((assets_folder() / "help").glob("*.md"))}
    return pages | {GUIDE: bundled_plugins() / "README.md"}


def _page(path: Path) -> HelpPage:
    name = GUIDE if path.stem == "README" else path.stem
    written = path.read_text(encoding="utf-8")
    told = _TITLE.match(written)
    text = _TO_A_PAGE.sub(r"](/help/\1)", _NOTE.sub("", _TITLE.sub("", written)))
    return HelpPage(name=name, title=told[1] if told else name, text=text.strip())
