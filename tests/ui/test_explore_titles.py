"""What the titles of the explorer's columns say, and the order in which the columns stand."""

from __future__ import annotations

import pytest

from genoteca.actions import ExploreColumn
from genoteca.model.column import AnnotationColumn, ColumnType
from genoteca.ui.components.explore_grid import in_order
from genoteca.ui.components.explore_titles import column_width, glossed, meaning_of


def column(own: str, label: str, module: str = "", kind: ColumnType = ColumnType.TEXT) -> ExploreColumn:
    name = f"{module}_{own}" if module else own
    told = AnnotationColumn(name=name, label=label, type=kind, description="What the module says.")
    return ExploreColumn(column=told, module=module, own=own, label=label, shown=True)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (column("genotype", "Genotype"), "Genotype"),
        (column("alt", "Alternative allele"), "Alternate allele"),
        (column("stars", "Stars", "clinvar", ColumnType.STARS), "ClinVar stars"),
        (column("af", "Frequency", "gnomad", ColumnType.FREQUENCY), "Allele frequency"),
        (column("allele_fraction", "Allele fraction", kind=ColumnType.FREQUENCY), ""),
        (column("conclusion", "What it says", "traits"), ""),
    ],
)
def test_a_title_is_explained_by_the_word_of_the_glossary_that_it_stands_for(told: ExploreColumn, word: str) -> None:
    meaning = meaning_of(told)
    assert (meaning.get("term", ""), bool(glossed(told))) == (word, bool(word))
    assert "What the module says." in str(meaning["about"])
    if word:
        assert str(meaning["href"]).startswith("/help/glossary#")


def test_a_title_fits_into_two_lines_at_the_width_of_its_column() -> None:
    assert column_width(column("ref", "Reference allele")) < 125
    assert column_width(column("long", "Oncogenicity: identifiers", "clinvar")) > 7 * len("Oncogenicity:")


def test_a_column_that_a_kept_layout_does_not_know_stands_after_its_neighbour() -> None:
    columns = [column(name, name.title()) for name in ("gene", "pos", "ref", "alt", "depth")]
    found = [one.own for one in in_order(columns, ["depth", "pos", "alt"])]
    assert found == ["gene", "depth", "pos", "ref", "alt"]
