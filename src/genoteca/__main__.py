"""The console script: hands the desktop to the command line, which knows nothing of it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genoteca.actions import PreviewRequest
    from genoteca.settings import Settings

__all__ = ["absent", "main", "undisturbed"]


def main() -> None:
    """Run one command; the default one opens the desktop."""
    with undisturbed():
        from genoteca.cli import run

    run(open_ui=_open_ui)


def _open_ui(
    settings: Settings, *, browser: bool, announce: Callable[[str], None], preview: PreviewRequest | None = None
) -> None:
    # absent: a seventh of the start, for clients that a server has no use for
    with undisturbed(), absent("aiohttp", "requests"):
        from genoteca.ui.server import open_ui

    open_ui(settings, browser=browser, announce=announce, preview=preview)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for no garbage while modules are loaded: none of what they make is any. A tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let libraries that can do without these modules do so while they are loaded."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules |= dict.fromkeys(hidden)  # type: ignore[arg-type]  # None: such a module is not found
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


if __name__ == "__main__":
    main()
