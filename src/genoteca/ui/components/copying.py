"""Copying to the clipboard, and the word that it was done: no message is kept of it."""

from __future__ import annotations

from nicegui import ui

__all__ = ["copy_text", "say_copied"]

SHOWN_FOR = 1200
"""Milliseconds for which it is said."""


def copy_text(text: str) -> None:
    """Copy a text, and say so."""
    ui.clipboard.write(text)
    say_copied()


def say_copied(words: str = "Copied.") -> None:
    """Say that something was copied; `words`: what, where that is not plain."""
    ui.notify(words, position="bottom-right", timeout=SHOWN_FOR)
