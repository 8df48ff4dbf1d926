"""The versions of a module, with what changed in each."""

from __future__ import annotations

from genoteca.actions.views import ModuleCard
from genoteca.ui import words
from genoteca.ui.components.boxes import card, facts, heading

__all__ = ["module_versions"]


def module_versions(module: ModuleCard) -> None:
    """Draw what is on offer and what is installed."""
    with card():
        heading("Versions")
        facts(
            (
                ("On offer", module.version),
                ("Installed", module.installed_version or "not installed"),
                ("Data", words.data_of(module)),
                ("Needs Genoteca", module.manifest.requires_app),
                ("From", module.origin),
            )
        )
