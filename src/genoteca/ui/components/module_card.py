"""One module in the gallery: what it is, what it costs, and the one button that fits its state."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.views import ModuleCard, ModuleState
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, pill, row, said, stack
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.install import OnChange, install_button
from genoteca.ui.desktop import Desktop

__all__ = ["module_card", "state_pill"]


def module_card(desktop: Desktop, module: ModuleCard, on_change: OnChange) -> None:
    """Draw the card; `on_change` is called when an install or update is over."""
    manifest = module.manifest
    with card("module-card"):  # the whole card leads to the module's page
        with row("keep top-line"):
            module_icon(module.icon)
            with stack("tight grow"):
                ui.link(manifest.title, f"/store/{module.id}").classes("name")
                said(manifest.category, "faint")
            state_pill(module.state)
        said(manifest.summary, "soft about")
        with row("tight"):
            before = module.installed_version
            pill(
                f"Version {before} → {module.version}"
                if before not in (None, module.version)
                else f"Version {module.version}"
            )
            size = words.size_of(manifest)
            if size:
                pill(size)
            pill(words.licence(manifest.licence.data))
            if module.newer_data:
                pill("Newer data", "info", "update")
        with box("across tight faint"):
            ui.icon(words.tier_icon(module.runs_as), size="17px").props("aria-hidden=true")
            said(words.tier(module.tier, module.runs_as), "grow")
        if module.trouble:
            said(f"{module.trouble.title}. {module.trouble.hint}".strip(), "small").style("color: var(--failed)")
        with box("acts"):
            install_button(desktop, module, on_change)


def state_pill(state: ModuleState) -> None:
    """Say where a module stands."""
    if state is ModuleState.INSTALLED:
        pill("Installed", "good", "check")
    elif state is ModuleState.UPDATE:
        pill("Update", "info", "arrow_upward")
    elif state is ModuleState.BROKEN:
        pill("Set aside", "bad", "error")
