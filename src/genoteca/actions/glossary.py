"""The glossary that comes with the app."""

from __future__ import annotations

import tomllib
from functools import cache

from pydantic import Field

from genoteca.actions.view import View
from genoteca.errors import NotFoundError
from genoteca.settings import assets_folder

__all__ = ["Term", "find_term", "glossary"]


class Term(View):
    """A word of the field."""

    id: str
    """Its place on the page: `/help/glossary#id`."""
    term: str
    also: list[str] = Field(default_factory=list)
    """Other ways to write it, and what stands for it in files."""
    short: str
    """One sentence."""
    text: str
    """What follows the sentence."""
    source_name: str = ""
    source_url: str = ""
    """Where the fact is from; empty: a word of Genoteca's own."""
    page: str = ""
    """The help page that says more."""

    @property
    def words(self) -> str:
        """Give everything that it says, in small letters, for a search."""
        return " ".join([self.term, *self.also, self.short, self.text]).lower()


def glossary() -> list[Term]:
    """Give every term, in the order of the alphabet."""
    return sorted(_terms(), key=lambda one: one.term.lower())


def find_term(word: str) -> Term:
    """Give the term for a word as it stands on a screen, in capitals or not.

    Raises:
        NotFoundError: it is not explained.

    """
    found = _by_word().get(word.lower())
    if found is None:
        raise NotFoundError(f"The glossary does not explain {word!r}.", hint="See assets/help/glossary.toml.")
    return found


@cache
def _terms() -> tuple[Term, ...]:
    told = tomllib.loads((assets_folder() / "help" / "glossary.toml").read_text("utf-8"))
    return tuple(_term(key, dict(one), told["sources"]) for key, one in told["terms"].items())


def _term(key: str, told: dict[str, object], sources: dict[str, dict[str, str]]) -> Term:
    source = sources[str(told.pop("source"))] if "source" in told else {"name": "", "url": ""}
    return Term.model_validate({"id": key, "source_name": source["name"], "source_url": source["url"], **told})


@cache
def _by_word() -> dict[str, Term]:
    found = dict[str, Term]()
    for one in _terms():
        for word in (one.term, *one.also):
            found.setdefault(word.lower(), one)
    return found
