"""Addresses of the overview's pictures: the explorer where it has the module's columns, else the module's table."""

from __future__ import annotations

import pytest

from genoteca.actions.overview import ModuleOverview
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.ui.components.overview_links import explore_chromosome, explore_class

KEY = "demo/synthetic"


def module(name: str, state: AnswerState) -> ModuleOverview:
    return ModuleOverview(answer=ModuleAnswer(module=name, title=name, icon="", state=state), category="", summary="")


def test_an_answer_that_is_up_to_date_is_shown_in_the_explorer() -> None:
    one = module("traits", AnswerState.UP_TO_DATE)
    assert explore_class(KEY, one, "strong").startswith(f"/explore/{KEY}?where=")
    assert "traits_evidence" in explore_chromosome(KEY, [one], "1")


@pytest.mark.parametrize("state", [AnswerState.OUT_OF_DATE, AnswerState.RUNNING, AnswerState.FAILED])
def test_an_answer_that_may_not_be_in_the_explorer_is_shown_in_its_table(state: AnswerState) -> None:
    old, new = module("traits", state), module("clinvar", AnswerState.UP_TO_DATE)
    assert explore_class(KEY, old, "strong") == f"/results/{KEY}/traits"
    assert explore_chromosome(KEY, [old], "1") == f"/results/{KEY}/traits"
    assert explore_chromosome(KEY, [old, old], "1") == f"/results/{KEY}"
    both = explore_chromosome(KEY, [old, new], "1")
    assert "clinvar_evidence" in both
    assert "traits_evidence" not in both
