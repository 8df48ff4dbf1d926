"""The address, in which what was made of a page is kept: the last one is opened at the next start."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from nicegui import Client, background_tasks, ui

from genoteca import actions
from genoteca.ui.desktop import Desktop, ask

__all__ = ["page_address", "replace_address"]

_replaced: WeakKeyDictionary[Client, str] = WeakKeyDictionary()
"""Addresses of open pages that were changed since they were asked for."""


def page_address() -> str:
    """Give the address of the open page as it is now, without the name of this computer."""
    now = _replaced.get(ui.context.client)
    if now is not None:
        return now
    url = ui.context.client.request.url
    return url.path + (f"?{url.query}" if url.query else "")


def replace_address(desktop: Desktop, address: str) -> None:
    """Change the address of the open page, so that reloading it, or coming back, finds it as it is now."""
    ui.navigate.history.replace(address)
    _replaced[ui.context.client] = address
    background_tasks.create(ask(actions.remember_page, desktop.app, address), name="keep the address")
