"""The console script: hands the desktop to the command line, which knows nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from genoteca.cli import run

if TYPE_CHECKING:
    from genoteca.actions import PreviewRequest
    from genoteca.settings import Settings

__all__ = ["absent", "main"]


def main() -> None:
    """Run one command; the default one opens the desktop."""
    run(open_ui=_open_ui)


def _open_ui(
    settings: Settings, *, browser: bool, announce: Callable[[str], None], preview: PreviewRequest | None = None
) -> None:
    with absent("aiohttp", "requests"):  # a seventh of the start, for clients that a server has no use for
        from genoteca.ui.server import open_ui

    open_ui(settings, browser=browser, announce=announce, preview=preview)


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
