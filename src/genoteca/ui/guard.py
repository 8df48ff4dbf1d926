"""The door in front of the desktop: who may ask, from where, and how much they may send.

It stands outside NiceGUI, whose websocket accepts every origin. Any web page that the person has open can send
requests to 127.0.0.1, and can give it a name of its own (DNS rebinding), so nothing is trusted for being local.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

__all__ = ["Application", "Guard", "Message", "Receive", "Refusal", "Scope", "Send"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MEBIBYTE = 1 << 20

# NiceGUI's Vue compiles templates and its pages carry inline scripts: 'unsafe-inline' and 'unsafe-eval' are needed.
# What this policy is for: nothing can be sent to, or loaded from, another host.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cache-control": b"no-store",
}


class Refusal(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is not let in, with the status and the words it gets."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(kw_only=True)
class Guard:
    """Lets in only requests to this address, from this app's own pages, by someone who holds the key."""

    app: Application
    port: int
    token: str
    max_body: int = 64 * MEBIBYTE
    max_upload: int = 200_000 * MEBIBYTE
    upload_path: str = "/api/uploads"
    hosts: frozenset[str] = field(init=False)
    origins: frozenset[str] = field(init=False)
    session: str = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost"))
        self.origins = frozenset(f"http://{host}" for host in self.hosts)
        self.session = hmac.new(self.token.encode(), b"genoteca session", hashlib.sha256).hexdigest()

    @property
    def cookie(self) -> str:
        """Name of the cookie; it holds the port, because browsers share cookies between ports."""
        return f"genoteca_{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request and hand it on, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        try:
            self._check_place(scope, headers)
            if scope["type"] == "http" and self._brings_key(scope):
                await self._give_cookie(scope, send)
                return
            self._check_key(headers)
            limit = self._check_length(scope, headers)
        except Refusal as refusal:
            await _refuse(scope, send, refusal)
            return
        await self._hand_on(scope, receive, send, limit)

    def _check_place(self, scope: Scope, headers: dict[str, str]) -> None:
        if headers.get("host", "").lower() not in self.hosts:
            raise Refusal(421, "This address is not served here.")
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        origin = headers.get("origin")
        from_elsewhere = origin is not None and origin not in self.origins
        # A tool that shows the key itself sends no Origin; a browser always does on what changes something.
        unsigned = origin is None and unsafe and not self._bears(headers)
        if from_elsewhere or unsigned:
            raise Refusal(403, "Requests from other pages are refused.")
        cross = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if cross and (unsafe or headers.get("sec-fetch-mode") != "navigate"):
            raise Refusal(403, "Requests from other sites are refused.")

    def _brings_key(self, scope: Scope) -> bool:
        told = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))).get("token", "")
        return scope["method"] == "GET" and hmac.compare_digest(told.encode(), self.token.encode())

    async def _give_cookie(self, scope: Scope, send: Send) -> None:
        rest = [(k, v) for k, v in parse_qsl(scope["query_string"].decode("latin-1")) if k != "token"]
        path = "/" + scope["path"].lstrip("/\\")
        where = path.encode("ascii", "ignore").decode() + (f"?{urlencode(rest)}" if rest else "")
        given = f"{self.cookie}={self.session}; Path=/; HttpOnly; SameSite=Strict"
        await _answer(send, 303, "", {b"location": where.encode(), b"set-cookie": given.encode()})

    def _check_key(self, headers: dict[str, str]) -> None:
        if self._bears(headers):
            return
        jar = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            jar.clear()
        shown = jar[self.cookie].value if self.cookie in jar else ""
        if not hmac.compare_digest(shown.encode(), self.session.encode()):
            raise Refusal(401, "Open Genoteca with the link it printed when it started: the link holds the key.")

    def _bears(self, headers: dict[str, str]) -> bool:
        shown = headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {self.token}".encode())

    def _check_length(self, scope: Scope, headers: dict[str, str]) -> int:
        limit = self.max_upload if scope["path"] == self.upload_path else self.max_body
        told = headers.get("content-length", "0")
        if not (told.isascii() and told.isdigit()):
            raise Refusal(400, "The length of the request is not a number.")
        if int(told) > limit:
            raise Refusal(413, f"More than {limit // MEBIBYTE} MiB at once is refused.")
        return limit

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body") or b"")
                if seen > limit:
                    # A body without a stated length: its sender is cut off like one that went away.
                    return {"type": "http.disconnect"}
            return message

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _sealed(message.get("headers", []))
            await send(message)

        await self.app(scope, counted, sealed)


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        # The first one counts: a second Host or Origin cannot talk its way past.
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


def _sealed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    named = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in HEADERS.items() if name not in named)]


async def _refuse(scope: Scope, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting makes the server answer the handshake with 403.
        await send({"type": "websocket.close", "code": 1008})
        return
    await _answer(send, refusal.status, refusal.words, {})


async def _answer(send: Send, status: int, words: str, extra: dict[bytes, bytes]) -> None:
    headers = _sealed([(b"content-type", b"text/plain; charset=utf-8"), *extra.items()])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
