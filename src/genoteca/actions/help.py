"""The help pages that come with the app."""

from __future__ import annotations

import re

from genoteca.actions.views import HelpPage
from genoteca.errors import NotFoundError
from genoteca.settings import assets_folder

__all__ = ["help_page", "help_pages"]

_TITLE = re.compile(r"\A# (.+)\n")
_NOTE = re.compile(r"<!--.*?-->\n?", re.DOTALL)
"""What fills parts of a page from the code; not for readers."""
_TO_A_PAGE = re.compile(r"\]\(([a-z-]+)\.md\)")


def help_pages() -> list[HelpPage]:
    """Give every help page, by title."""
    pages = [_page(path.stem) for path in (assets_folder() / "help").glob("*.md")]
    return sorted(pages, key=lambda page: page.title)


def help_page(name: str) -> HelpPage:
    """Give one help page; links between pages lead to their addresses in the app.

    Raises:
        NotFoundError: there is no such page.

    """
    if name not in {page.name for page in help_pages()}:
        raise NotFoundError(
            f"There is no help page {name!r}.", hint=f"Pages: {', '.join(page.name for page in help_pages())}."
        )
    return _page(name)


def _page(name: str) -> HelpPage:
    written = (assets_folder() / "help" / f"{name}.md").read_text(encoding="utf-8")
    told = _TITLE.match(written)
    text = _TO_A_PAGE.sub(r"](/help/\1)", _NOTE.sub("", _TITLE.sub("", written)))
    return HelpPage(name=name, title=told[1] if told else name, text=text.strip())
