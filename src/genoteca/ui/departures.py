"""A browser that leaves before it has its answer is no error: tabs are closed and pages reloaded all the time.

Starlette's middleware, which NiceGUI uses, then says `RuntimeError: No response returned.`
(https://github.com/encode/starlette/blob/master/starlette/middleware/base.py), and the server writes a traceback.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from genoteca.ui.guard import Application, Receive, Scope, Send

__all__ = ["Departures"]

SAID = "No response returned."
SOON = 0.1
"""Seconds in which the server says that nobody is there any more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Departures:
    """Passes every request on, and forgives a missing answer where nobody is there who would get it."""

    app: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on; every other error, and this one while the browser is there, is raised."""
        try:
            await self.app(scope, receive, send)
        except RuntimeError as error:
            if str(error) != SAID or scope["type"] != "http" or not await _has_left(receive):
                raise
            log.debug("nobody waited for the answer to %s", scope["path"])


async def _has_left(receive: Receive) -> bool:
    """Ask the server whether the browser is gone: it says so again each time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SOON):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    return False
