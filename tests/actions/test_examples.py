"""Example rows are real ones, and never of an answer that stays closed until it is asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from genoteca import actions
from genoteca.settings import Settings, bundled_plugins

TRAITS = bundled_plugins() / "everyday-traits" / "src" / "genoteca_everyday_traits"


@pytest.fixture
def app(settings: Settings) -> Iterator[actions.App]:
    made = actions.open_app(settings)
    yield made
    actions.close(made)


def test_a_data_module_shows_rows_of_its_own_table(app: actions.App) -> None:
    example = actions.example_rows(app, "everyday-traits")
    assert example is not None
    assert example.source == "The first rows of its own table."
    with (TRAITS / "genotypes.csv").open(newline="") as file:
        written = {(row["genotype"], row["conclusion"]): row for row in csv.DictReader(file)}
    genotype, conclusion = (example.columns.index(label) for label in ("Genotype", "What it says"))
    assert len(example.rows) == 4
    for row in example.rows:
        assert not written[row[genotype], row[conclusion]].get("gate")


def test_a_module_without_rows_to_show_shows_none(app: actions.App) -> None:
    assert actions.example_rows(app, "liftover-chains") is None
    assert actions.example_rows(app, "my-reference") is None
