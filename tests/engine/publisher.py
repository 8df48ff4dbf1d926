"""A publisher on this computer, with the faults that real ones have: a real HTTP server, one thread a request."""

from __future__ import annotations

import hashlib
import socket
import struct
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TypeVar

Answer = Callable[["Handler", "File"], None]
"""How one request is answered, where it is not answered well."""


@dataclass
class File:
    """What the publisher offers under one path."""

    body: bytes
    etag: str
    last_modified: str = "Thu, 26 Feb 2026 08:00:00 GMT"


class Publisher:
    """What is offered, how the next requests fail, and which requests came."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.files: dict[str, File] = {}
        self.faults: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.sent: defaultdict[str, int] = defaultdict(int)
        """Bytes of bodies that were sent, by path."""
        self.may_go_on = Event()

    def offer(self, path: str, body: bytes, *, etag: str | None = None) -> str:
        """Offer a file; gives its address."""
        self.files[path] = File(body=body, etag=f'"{hashlib.md5(body).hexdigest()}"' if etag is None else etag)  # noqa: S324
        return self.address + path

    def fail(self, path: str, *answers: Answer) -> None:
        """Answer the next requests for a path like this, one each; then well again."""
        self.faults[path].extend(answers)

    def headers(self, name: str, path: str | None = None) -> list[str | None]:
        """One header of every request (for one path), in order."""
        return [headers.get(name) for asked, headers in self.requests if path in {None, asked}]

    def answer(self, handler: Handler) -> None:
        """Answer a request that no fault is ordered for."""
        file = self.files.get(handler.path)
        if file is None:
            handler.reply(404)
        else:
            handler.well(file)


class Handler(BaseHTTPRequestHandler):
    """Answer well, with ranges and conditions, or as the next fault says."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        publisher = self.server.publisher
        publisher.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if publisher.faults[self.path]:
            publisher.faults[self.path].popleft()(self, publisher.files.get(self.path) or File(b"", ""))
        else:
            publisher.answer(self)

    def well(self, file: File) -> None:
        """Answer as a good server does."""
        asked = self.headers.get("Range", "")
        if file.etag and self.headers.get("If-None-Match") == file.etag:
            return self.reply(304)
        if not asked or self.headers.get("If-Range", file.etag) not in {file.etag, file.last_modified}:
            return self.reply(200, file.body, self.facts(file))
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, size = int(first), len(file.body)
        if start >= size:
            return self.reply(416, headers={"Content-Range": f"bytes */{size}"})
        end = min(int(last or size - 1), size - 1)
        ranged = {"Content-Range": f"bytes {start}-{end}/{size}"}
        return self.reply(206, file.body[start : end + 1], ranged | self.facts(file))

    @staticmethod
    def facts(file: File) -> dict[str, str]:
        """The headers that tell one state of a file from another."""
        return {k: v for k, v in (("ETag", file.etag), ("Last-Modified", file.last_modified)) if v}

    def reply(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, *, length: int | None = None
    ) -> None:
        """Send a whole answer; `length` is what is claimed."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.server.publisher.sent[self.path] += len(body)
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Keep the test's output clean."""


class Server(ThreadingHTTPServer):
    """Carries the publisher to its handlers."""

    daemon_threads = True
    publisher: Publisher

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that a fault closed on purpose, or that a killed caller left."""


Kind = TypeVar("Kind", bound=Publisher)


@contextmanager
def serving(kind: type[Kind]) -> Iterator[Kind]:
    """Run a publisher of some kind on a free port of 127.0.0.1."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.publisher = publisher = kind(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield publisher
        finally:
            publisher.may_go_on.set()
            server.shutdown()
            thread.join()


def publishing() -> AbstractContextManager[Publisher]:
    """Run a plain publisher on a free port of 127.0.0.1."""
    return serving(Publisher)


def status(code: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with this status and no body."""
    return lambda handler, _file: handler.reply(code, headers=headers)


def truncated(at: int) -> Answer:
    """Promise the whole file, send so many bytes, close."""

    def answer(handler: Handler, file: File) -> None:
        handler.reply(200, file.body[:at], headers=handler.facts(file), length=len(file.body))
        handler.close_connection = True

    return answer


def reset(at: int) -> Answer:
    """Promise the whole file, send so many bytes, reset the connection."""

    def answer(handler: Handler, file: File) -> None:
        handler.reply(200, file.body[:at], headers=handler.facts(file), length=len(file.body))
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    return answer


def corrupted(handler: Handler, file: File) -> None:
    """Send a body of the right length with one wrong byte."""
    body = bytearray(file.body)
    body[len(body) // 2] ^= 1
    handler.reply(200, bytes(body), handler.facts(file))


def too_long(handler: Handler, file: File) -> None:
    """Claim more bytes than there are."""
    handler.reply(200, file.body, headers=handler.facts(file), length=len(file.body) + 10)
    handler.close_connection = True


def without_length(handler: Handler, file: File) -> None:
    """Send the body in chunks, without saying how long it is."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(f"{len(file.body):x}\r\n".encode() + file.body + b"\r\n0\r\n\r\n")


def other_piece(handler: Handler, file: File) -> None:
    """Answer a range with the piece from the start."""
    handler.reply(206, file.body, {"Content-Range": f"bytes 0-{len(file.body) - 1}/{len(file.body)}"})


def held(at: int) -> Answer:
    """Send so many bytes, then nothing until the test says so."""

    def answer(handler: Handler, file: File) -> None:
        handler.reply(200, file.body[:at], headers=handler.facts(file), length=len(file.body))
        handler.wfile.flush()
        handler.server.publisher.may_go_on.wait(60)
        handler.close_connection = True

    return answer


def held_at(end: int) -> Answer:
    """Send what was asked for up to this byte of the file, then nothing until the test says so."""

    def answer(handler: Handler, file: File) -> None:
        size = len(file.body)
        start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        ranged = {"Content-Range": f"bytes {start}-{size - 1}/{size}"} if start else {}
        facts = ranged | handler.facts(file)
        handler.reply(206 if start else 200, file.body[start:end], headers=facts, length=size - start)
        handler.wfile.flush()
        handler.server.publisher.may_go_on.wait(60)
        handler.close_connection = True

    return answer


def redirected(to: str) -> Answer:
    """Send the caller elsewhere."""
    return lambda handler, _file: handler.reply(302, headers={"Location": to})
