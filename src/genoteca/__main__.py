"""The console script: hands the desktop to the command line, which knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from genoteca.cli import run

if TYPE_CHECKING:
    from genoteca.actions import PreviewRequest
    from genoteca.settings import Settings

__all__ = ["main"]


def main() -> None:
    """Run one command; the default one opens the desktop."""
    run(open_ui=_open_ui)


def _open_ui(
    settings: Settings, *, browser: bool, announce: Callable[[str], None], preview: PreviewRequest | None = None
) -> None:
    from genoteca.ui.server import open_ui

    open_ui(settings, browser=browser, announce=announce, preview=preview)


if __name__ == "__main__":
    main()
