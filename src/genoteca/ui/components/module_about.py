"""What a module is: its README, at a glance, and how it goes with the genomes that are there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nicegui import ui

from genoteca.actions import GenomeFit
from genoteca.actions.module_views import ModuleCard
from genoteca.model.fit import Fit
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import link

__all__ = ["module_about"]

TITLE_LINE = re.compile(r"\A\s*# .*\n")
"""A README's own title: the page has said it already."""
GENES = 24
"""Gene symbols that are shown."""


def module_about(module: ModuleCard, fits: Sequence[GenomeFit], pictures: Sequence[str] = ()) -> None:
    """Draw the README beside the facts; `pictures`: addresses of its screenshots."""
    with box("two-thirds"):
        with stack("loose"):
            _readme(module)
            _screenshots(module.manifest.title, pictures)
        with stack("loose"):
            _works_with(fits)
            _at_a_glance(module)
            _provided(module)


def _readme(module: ModuleCard) -> None:
    with card():
        ui.markdown(module.manifest.description or module.manifest.summary).classes("readme")
        if module.readme:
            with ui.expansion("Everything its author says of it").classes("whole-readme"):
                ui.markdown(TITLE_LINE.sub("", module.readme, count=1)).classes("readme")


def _screenshots(title: str, pictures: Sequence[str]) -> None:
    """Draw its publisher's pictures; whoever hears the page is told what they are."""
    if not pictures:
        return
    with card():
        heading("Pictures", 3)
        said("Drawn by its publisher: an example, not your genome.", "faint")
        with box("screenshots"):
            for number, address in enumerate(pictures, 1):
                picture = ui.element("img").props("loading=lazy")
                picture.props["src"] = address
                picture.props["alt"] = f"Picture {number} of {len(pictures)} of what {title} shows"


def _works_with(fits: Sequence[GenomeFit]) -> None:
    if not fits:
        return
    with card():
        heading("Works with your genomes", 3)
        for one in fits:
            told, icon, colour = words.FITS[one.fit]
            with box("across keep top-line tight"):
                ui.icon(icon, size="20px").style(f"color: var({colour})").props("aria-hidden=true")
                with stack("tight grow"):
                    with row("tight"):
                        said(one.name, "grow")
                        said(told, "strong")
                    if one.why:
                        said(one.why, "faint")
        if any(one.fit is Fit.LIFTOVER for one in fits):
            link("Liftover chains in the store ›", "/store/liftover-chains")


def _at_a_glance(module: ModuleCard) -> None:
    manifest = module.manifest
    genes = ", ".join(module.genes[:GENES])
    more = f" and {len(module.genes) - GENES} more" if len(module.genes) > GENES else ""
    with card():
        heading("At a glance", 3)
        facts(
            (
                ("Version", module.version),
                ("Installed", "" if module.installed_version == module.version else module.installed_version or ""),
                ("Data", words.data_of(module)),
                ("Category", manifest.category),
                ("Made by", ", ".join(author.name for author in manifest.authors)),
                ("Size", words.size_of(manifest)),
                ("Genome builds", ", ".join(manifest.builds)),
                ("Reads", words.kinds(manifest.sample_kinds)),
                ("Genes", f"{genes}{more}"),
                ("From", module.origin),
            )
        )
        with row("tight"):
            for tag in manifest.tags:
                pill(tag)


def _provided(module: ModuleCard) -> None:
    """Say what the module has for the app and for others."""
    if not module.provided:
        return
    with card():
        heading("What it provides", 3)
        for one in module.provided:
            there = f"{one.release} · {words.file_size(one.bytes)} · {words.when(one.when)}" if one.when else ""
            with stack("tight"):
                said(words.provided(one.name), "strong")
                said(there or ("Not fetched yet" if one.build else "Fetched when a genome needs it"), "faint")
