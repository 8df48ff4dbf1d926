"""What a module may do and under which terms, in words."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui

from genoteca.actions.module_views import ModuleCard
from genoteca.model.licence import Use, use_of
from genoteca.model.module import Isolated, SettingType, Tier
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.trusting import needs_trust

__all__ = ["permissions_card", "permissions_line", "permissions_page"]

UNCHECKED = "So says its maker. Nothing keeps a program that has your rights to it."
USES = {
    Use.ANY: ("check_circle", "--answered"),
    Use.NAMED: ("check_circle", "--answered"),
    Use.ALIKE: ("check_circle", "--answered"),
    Use.LEARNING: ("money_off", "--not-callable"),
    Use.OWN: ("person", "--reference"),
    Use.UNKNOWN: ("help", "--not-callable"),
}


def permissions_page(module: ModuleCard) -> None:
    """Draw what the module may do beside the terms of its program and its data."""
    with box("halves"):
        with card():
            permissions_card(module)
        with card():
            _terms(module)


def permissions_card(module: ModuleCard) -> None:
    """Say what the module may do: in one line, then one line each."""
    with stack():
        heading("What it may do", 3)
        said(permissions_line(module), "in-short")
        if module.runs_as is Tier.CODE and needs_trust(module):
            said(UNCHECKED, "soft")
        for icon, text in _lines(module):
            with box("across keep top-line tight"):
                ui.icon(icon, size="20px").style("color: var(--brand)").props("aria-hidden=true")
                said(text, "grow")


def permissions_line(module: ModuleCard) -> str:
    """Say it in one line: `reads your variants · no network after the download · 140 MB on disk`."""
    asks = module.manifest.permissions
    reads = f"reads your {' and '.join(asks.reads)}" if asks.reads else "reads nothing of your genomes"
    network = "no network after the download" if asks.network and not module.own_source else "no network"
    size = module.manifest.disk_bytes or module.bytes
    return " · ".join(filter(None, (reads, network, f"{words.file_size(size)} on disk" if size else "")))


def _lines(module: ModuleCard) -> Iterable[tuple[str, str]]:
    asks = module.manifest.permissions
    yield words.tier_icon(module.runs_as), f"{words.tier(module.tier, module.runs_as)}."
    if module.manifest.isolated is not None:
        yield from _box(module, module.manifest.isolated)
    else:
        yield _network(module)
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
            f"The box ({str(module.box).capitalize()}): it reads one genome, writes one folder, sees nothing else.",
        )
    yield _box_network(module)
    if isolated.requirements:
        yield "extension", "Brings packages of its own: they are fetched once, when it is installed."
    minutes = f"{isolated.seconds / 60:g} minutes" if isolated.seconds >= 60 else f"{isolated.seconds} seconds"
    yield "timer", f"Is ended after {minutes}, or above {words.file_size(isolated.memory_mb * 1_000_000)} of memory."


def _box_network(module: ModuleCard) -> tuple[str, str]:
    hosts = ", ".join(module.manifest.permissions.network)
    if not hosts:
        return "public_off", "Has no network." if module.box.closed else "Asks for no network."
    if module.network_granted:
        return "public", f"You opened its box to the network, for {hosts}: it could send on what it reads."
    return "public_off", f"Asks for the network ({hosts}). Its box stays shut until you allow it in its settings."


def _network(module: ModuleCard) -> tuple[str, str]:
    asks = module.manifest.permissions
    hosts = ", ".join(asks.network)
    if mine := module.own_source:
        instead = f" {hosts} is not asked." if hosts else ""
        return "folder", f"Takes its data from {mine} on this computer, as you set it.{instead}"
    if hosts:
        when = "when they are needed or you ask for them" if module.manifest.provides else "when you annotate"
        return "public", f"Fetches its reference data from {hosts}, {when}. Your genome is not sent."
    if any(one.type is SettingType.PATH_OR_URL for one in module.manifest.settings.values()):
        return "public_off", (
            "Asks the internet for nothing, unless you give it an address. Your genome is not sent."
        )
    return "public_off", "Never uses the internet."


def _terms(module: ModuleCard) -> None:
    licence = module.manifest.licence
    with stack():
        heading("Licence", 3)
        for of, spdx in (("Data", licence.data), ("Program", licence.code)):
            icon, colour = USES[use_of(spdx)]
            with box("across keep top-line tight"):
                ui.icon(icon, size="20px").style(f"color: var({colour})").props("aria-hidden=true")
                with stack("tight grow"):
                    said(f"{of}: {words.licence(spdx)}", "strong")
                    said(spdx, "mono faint")
        if licence.data_note:
            said(licence.data_note, "soft")
