"""A click or a key is seen as a person's doing; what a page sends by itself is not."""

from __future__ import annotations

from typing import Any

import pytest

from genoteca.ui.guard import Message, Receive, Scope, Send
from genoteca.ui.movement import Movements


async def moved(kind: str, path: str, *messages: dict[str, Any]) -> int:
    seen: list[int] = []
    waiting = list(messages)

    async def page(_scope: Scope, receive: Receive, _send: Send) -> None:
        for _ in messages:
            await receive()

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(_message: Message) -> None:
        return None

    await Movements(app=page, moved=lambda: seen.append(1))({"type": kind, "path": path}, receive, send)
    return len(seen)


@pytest.mark.parametrize(
    ("path", "times"), [("/genomes", 1), ("/api/rows", 1), ("/look/ui.css", 0), ("/_nicegui/x", 0)]
)
async def test_a_page_that_is_opened_is_a_movement_and_its_look_is_not(path: str, times: int) -> None:
    assert await moved("http", path) == times


async def test_a_click_is_a_movement_and_a_heartbeat_is_not() -> None:
    click = {"type": "websocket.receive", "text": '42["event",{"id":4}]'}
    quiet = [{"type": "websocket.receive", "text": text} for text in ("3", "40", '42["ack",{}]', None)]
    assert await moved("websocket", "/_nicegui_ws/socket.io", *quiet) == 0
    assert await moved("websocket", "/_nicegui_ws/socket.io", *quiet, click, *quiet) == 1
