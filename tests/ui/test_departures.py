"""A browser that leaves in the middle of a request leaves no traceback; a missing answer is still an error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from genoteca.ui.departures import Departures


class Passing(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)


async def silent(scope: Any, receive: Any, send: Any) -> None:
    """An application that has nothing to say."""


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("a fault of ours")


async def ask(app: Any, *messages: dict[str, Any]) -> list[Any]:
    """Send a request; after these messages its sender is there and says nothing more. Give what it was sent."""
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting[0] if waiting[0] is GONE else waiting.pop(0)

    sent = list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    starlette = Starlette(middleware=[Middleware(Passing)])
    starlette.mount("/", app)
    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "root_path": ""}
    await Departures(app=starlette)(scope, receive, send)
    return sent


WHOLE = {"type": "http.request", "body": b"", "more_body": False}
GONE = {"type": "http.disconnect"}


async def test_a_browser_that_has_left_leaves_no_error() -> None:
    sent = await ask(silent, WHOLE, GONE)
    assert [one.get("status") for one in sent] == [500, None], "what the server sends then, to nobody"


async def test_a_missing_answer_is_an_error_while_the_browser_is_there() -> None:
    with pytest.raises(RuntimeError, match="No response returned"):
        await ask(silent, WHOLE)


async def test_every_other_error_is_raised_also_when_the_browser_has_left() -> None:
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await ask(broken, WHOLE, GONE)
