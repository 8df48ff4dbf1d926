"""The question mark in the head of every page: it opens the help page of what is on the screen."""

from __future__ import annotations

import re

from nicegui import ui

from genoteca import actions
from genoteca.ui.components.boxes import box

__all__ = ["PAGES", "help_for", "help_here"]

SLUG = "[^/]+"
PAGES = (
    (r"/", ("start",)),
    (r"/welcome", ("start",)),
    (rf"/store/{SLUG}", ("module-page",)),
    (r"/store", ("store",)),
    (r"/settings/modules", ("catalogues",)),
    (r"/settings/keeping", ("keeping-and-forgetting",)),
    (r"/settings", ("settings",)),
    (r"/author", ("writing-a-module",)),
    (rf"/genomes/{SLUG}/{SLUG}/annotate", ("annotating",)),
    (rf"/genomes/{SLUG}/{SLUG}/tables/{SLUG}", ("data-folder",)),
    (rf"/genomes/{SLUG}/{SLUG}", ("genome-page",)),
    (r"/genomes", ("genomes",)),
    (rf"/changes/{SLUG}/{SLUG}(?:/{SLUG})?", ("what-changed",)),
    (r"/compare", ("comparing",)),
    (rf"/lineage/{SLUG}/{SLUG}", ("lineage",)),
    (rf"/report/{SLUG}/{SLUG}", ("reports",)),
    (rf"/results/{SLUG}/{SLUG}/{SLUG}", ("result-table",)),
    (rf"/results(?:/{SLUG}/{SLUG})?", ("results",)),
    (rf"/explore(?:/{SLUG}/{SLUG})?", ("explorer",)),
    (rf"/variant/{SLUG}/{SLUG}/.+", ("variant-page",)),
    (rf"/runs(?:/{SLUG})?", ("runs",)),
    (r"/automation", ("automation",)),
    (r"/help/glossary", ("start",)),
    (rf"/help(?:/{SLUG})?", ("start",)),
)
"""Addresses, and the help page of each: the first of these that there is."""


def help_for(path: str) -> str:
    """Give the address of the help page of a screen; of one that has none, the list of them."""
    names = next((names for pattern, names in PAGES if re.fullmatch(pattern, path)), ())
    there = {page.name for page in actions.help_pages()}
    return next((f"/help/{name}" for name in names if name in there), "/help")


def help_here(path: str) -> None:
    """Draw the question mark for the screen at an address."""
    with box("help-here", "a") as made:
        made.props(f"href={help_for(path)} aria-label='Help on this page'")
        ui.icon("help_outline").props("aria-hidden=true")
        ui.tooltip("Help on this page")
