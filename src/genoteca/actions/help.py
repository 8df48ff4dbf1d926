"""The help pages that come with the app."""

from __future__ import annotations

import re
from pathlib import Path

from genoteca.actions.views import HelpPage
from genoteca.errors import NotFoundError
from genoteca.settings import assets_folder, bundled_plugins

__all__ = ["help_page", "help_pages"]

GUIDE = "writing-a-module"

_TITLE = re.compile(r"\A# (.+)\n")
_NOTE = re.compile(r"<!--.*?-->\n?", re.DOTALL)
"""What fills parts of a page from the code; not for readers."""
_TO_A_PAGE = re.compile(r"\]\(([a-z-]+)\.md\)")


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
