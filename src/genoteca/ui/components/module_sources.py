"""Where a module's facts come from, to be cited."""

from __future__ import annotations

from genoteca.actions.module_views import ModuleCard
from genoteca.ui import words
from genoteca.ui.components.boxes import card, heading, said, stack
from genoteca.ui.components.buttons import outside_link

__all__ = ["module_sources"]


def module_sources(module: ModuleCard) -> None:
    """Draw every source with its release, licence and citation."""
    with card():
        heading("Sources and citations")
        for source in module.manifest.sources:
            with stack("tight"):
                outside_link(source.name, source.url)
                told_of = (
                    source.release and f"Release: {source.release}",
                    source.licence and words.licence(source.licence),
                )
                said(" · ".join(filter(None, told_of)), "faint")
                said(source.citation, "soft small")
