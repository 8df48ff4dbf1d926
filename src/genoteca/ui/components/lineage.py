"""Where something comes from, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.actions.views import Step
from genoteca.ui import words
from genoteca.ui.components.boxes import box, said

__all__ = ["lineage_steps"]


def lineage_steps(steps: Sequence[Step]) -> None:
    """Draw the steps in their order."""
    with box("lineage"):
        for step in steps:
            with box():
                said(step.title, "strong")
                said(step.text)
                if step.when:
                    said(words.when(step.when), "faint")
