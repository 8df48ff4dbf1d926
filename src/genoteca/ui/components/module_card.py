"""One module in the gallery: what it is, what it costs, and the one button that fits its state."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.model.licence import use_of
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
                ui.link(manifest.title, f"/store/{module.source}").classes("name")
                said(" · ".join(filter(None, (manifest.category, module.catalogue_name))), "faint")
            state_pill(module)
        said(manifest.summary, "soft about")
        if module.trouble:
            said(f"{module.trouble.title}. {module.trouble.hint}".strip(), "small").style("color: var(--failed)")
        with box("acts"):
            said(_costs(module), "faint costs")
            install_button(desktop, module, on_change, short=True)


def state_pill(module: ModuleCard) -> None:
    """Say where a module stands: one state, the most pressing."""
    if module.state is ModuleState.BROKEN:
        pill("Set aside", "bad", "error")
    elif module.withdrawn:
        pill("Withdrawn", "warn", "report")
    elif module.pinned:
        pill(f"Pinned to {module.pinned}", "good", "push_pin")
    elif module.state is ModuleState.UPDATE:
        pill("Update", "info", "arrow_upward")
    elif module.newer_data:
        pill("Newer data", "info", "update")
    elif module.state is ModuleState.INSTALLED:
        pill("Installed", "good", "check")


def _costs(module: ModuleCard) -> str:
    """Say what it costs to have it: room, terms, trust."""
    size = words.file_size(module.manifest.disk_bytes) if module.manifest.disk_bytes else ""
    use = use_of(module.manifest.licence.data)
    return " · ".join(filter(None, (size, use.value, words.TIERS_IN_SHORT[module.tier].lower())))
