"""The titles of the explorer's columns: whole at the width they are drawn in, and explained where one stops."""

from __future__ import annotations

from pydantic import JsonValue

from genoteca import actions
from genoteca.actions import ExploreColumn
from genoteca.errors import NotFoundError
from genoteca.model.column import ColumnType
from genoteca.ui.components.grid_columns import width_of

__all__ = ["EVIDENCE", "column_width", "glossed", "meaning_of", "title_of"]

SHORT = {"chrom": "Chr."}
"""How a column is titled in the grid, where its cells are much narrower than its name."""
OWN_WIDTHS = {"gene": 118, "rsid": 125, "chrom": 76, "pos": 120, "ref": 104, "alt": 112, "zygosity": 128}
EVIDENCE = 190
"""Its longest words stand where a module says nothing."""
CLASS = 208
"""`uncertain significance` stands whole in its chip."""
LETTER, BESIDE = 7.6, 42
"""Width of a letter of a title, and what stands beside it: the padding, the arrow of a sort; in pixels."""
WORDS = {
    "alt": "alternate allele",
    "ref": "reference allele",
    "id": "rsID",
    "rsid": "rsID",
    "qual": "QUAL",
    "filter": "FILTER",
    "allele_fraction": "",
    "reference": "",
}
"""By its own name: the word of the glossary that explains a column, where its label is none; empty: none does."""


def title_of(told: ExploreColumn) -> str:
    """Give the title of a column in the grid."""
    return told.label if told.module else SHORT.get(told.own, told.label)


def column_width(told: ExploreColumn) -> int:
    """Give the width at which the values fit, and the title in two lines, in pixels."""
    title = title_of(told)
    parts = title.split()
    lines = ((" ".join(parts[:cut]), " ".join(parts[cut:])) for cut in range(len(parts) + 1))
    longest = min(max(map(len, two)) for two in lines)
    wanted = EVIDENCE if told.own == "evidence" else 0 if told.module else OWN_WIDTHS.get(told.own, 0)
    return max(wanted or width_of(told.column, told.own, 140, CLASS), round(longest * LETTER + BESIDE))


def glossed(told: ExploreColumn) -> str:
    """Give the word of the glossary for a column; empty: there is none."""
    if told.own in WORDS:
        return WORDS[told.own]
    if told.column.type is ColumnType.STARS:
        return "ClinVar stars"
    of_type = "allele frequency" if told.column.type is ColumnType.FREQUENCY and "req" in told.label else ""
    return next((word for word in (told.label, told.own.replace("_", " "), of_type) if _known(word)), "")


def meaning_of(told: ExploreColumn) -> dict[str, JsonValue]:
    """Give what is shown where a person stops at a title: the module's words, and the glossary's with their place."""
    column = told.column
    unit = f"Unit: {column.unit}." if column.unit else ""
    empty = f"An empty cell: {column.null}." if column.null and told.own != "evidence" else ""
    made: dict[str, JsonValue] = {
        "name": told.label,
        "about": " ".join(filter(None, (column.description, unit, empty))),
    }
    if word := glossed(told):
        term = actions.find_term(word)
        made |= {"term": term.term, "short": term.short, "href": f"/help/glossary#{term.id}"}
    return made


def _known(word: str) -> bool:
    try:
        actions.find_term(word)
    except NotFoundError:
        return False
    return True
