"""When the person last did something in the desktop: only after a while without it may the app take its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genoteca.ui.guard import Application, Message, Receive, Scope, Send

__all__ = ["Movements"]

EVENT = '42["event"'
"""How a message begins that tells of a click or a key (https://socket.io/docs/v4/socket-io-protocol/); what a page
sends by itself, to say that it is there, begins otherwise."""
BY_ITSELF = ("/_nicegui", "/look/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Movements:
    """Passes every request on, and notes those that come of a person's doing."""

    app: Application
    moved: Callable[[], object]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "http" and not scope["path"].startswith(BY_ITSELF):
            self.moved()
        await self.app(scope, self._listening(receive) if scope["type"] == "websocket" else receive, send)

    def _listening(self, receive: Receive) -> Receive:
        async def heard() -> Message:
            message = await receive()
            if str(message.get("text") or "").startswith(EVENT):
                self.moved()
            return message

        return heard
