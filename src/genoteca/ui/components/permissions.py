"""What a module does to this computer, in words."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui

from genoteca.actions.views import ModuleCard
from genoteca.model.module import Isolated, SettingType
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, said, stack

__all__ = ["permissions_card"]


def permissions_card(module: ModuleCard) -> None:
    """Say what the module may do, one line each."""
    with stack():
        heading("What it may do", 3)
        for icon, text in _lines(module):
            with box("across keep top-line tight"):
                ui.icon(icon, size="20px").style("color: var(--brand)").props("aria-hidden=true")
                said(text, "grow")


def _lines(module: ModuleCard) -> Iterable[tuple[str, str]]:
    asks = module.manifest.permissions
    yield words.tier_icon(module.runs_as), f"{words.tier(module.tier, module.runs_as)}."
    if module.manifest.isolated is not None:
        yield from _box(module, module.manifest.isolated)
    elif asks.network:
        when = "when they are needed or you ask for them" if module.manifest.provides else "when you annotate"
        yield (
            "public",
            f"Fetches its reference data from {', '.join(asks.network)}, {when}. Your genome is not sent.",
        )
    elif any(one.type is SettingType.PATH_OR_URL for one in module.manifest.settings.values()):
        yield "public_off", "Asks the internet for nothing, unless you give it an address. Your genome is not sent."
    else:
        yield "public_off", "Never uses the internet."
    if asks.reads:
        yield "visibility", f"Reads {' and '.join(asks.reads)} of the genomes you annotate with it."
    else:
        yield "visibility_off", "Reads nothing of your genomes."
    if asks.writes:
        yield "edit_note", f"Writes {' and '.join(asks.writes)}, in Genoteca's own folder."
    yield "speed", f"Computing: {asks.compute}."


def _box(module: ModuleCard, isolated: Isolated) -> Iterable[tuple[str, str]]:
    """Say what the box of an isolated module lets through, and where it ends a run."""
    if module.box.closed:
        yield (
            "inventory_2",
            f"The box ({module.box}): it reads the one genome, writes one folder, and sees nothing else.",
        )
    yield _box_network(module)
    if isolated.requirements:
        yield "deployed_code", "Brings packages of its own: they are fetched once, when it is installed."
    minutes = f"{isolated.seconds / 60:g} minutes" if isolated.seconds >= 60 else f"{isolated.seconds} seconds"
    yield "timer", f"Is ended after {minutes}, or above {words.file_size(isolated.memory_mb * 1_000_000)} of memory."


def _box_network(module: ModuleCard) -> tuple[str, str]:
    hosts = ", ".join(module.manifest.permissions.network)
    if not hosts:
        return "public_off", "Has no network." if module.box.closed else "Asks for no network."
    if module.network_granted:
        return "public", f"You opened its box to the network, for {hosts}: it could send on what it reads."
    return "public_off", f"Asks for the network ({hosts}). Its box stays shut until you allow it in its settings."
