"""The guard, asked directly over ASGI: every kind of request that must not come through, and those that must."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from genoteca.ui.guard import Guard

PORT = 8765
TOKEN = "t" * 43
HERE = f"http://127.0.0.1:{PORT}"


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads its body to the end, so that limits on the way are felt."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture
def guard() -> Guard:
    return Guard(app=inner, port=PORT, token=TOKEN, max_body=1000, max_upload=5000)


async def knock(
    guard: Guard,
    method: str = "GET",
    path: str = "/",
    *,
    query: str = "",
    body: tuple[bytes, ...] = (b"",),
    kind: str = "http",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Send one request; gives status (403 for a refused handshake, 101 for an accepted one), headers and body."""
    told = {"host": f"127.0.0.1:{PORT}", **{name.replace("_", "-"): value for name, value in (headers or {}).items()}}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
    }
    waiting = [
        {"type": "http.request", "body": part, "more_body": at < len(body) - 1} for at, part in enumerate(body)
    ]
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    await guard(scope, receive, send)
    if kind == "websocket":
        return (101 if said[0]["type"] == "websocket.accept" else 403), {}, b""
    if not said:
        return 0, {}, b""
    found = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, said[1]["body"]


def cookie(guard: Guard) -> str:
    return f"{guard.cookie}={guard.session}"


MATRIX = [
    ("no key", {}, 401),
    ("the cookie", {"cookie": "OURS"}, 200),
    ("a wrong cookie", {"cookie": f"genoteca_{PORT}=ffff"}, 401),
    ("the cookie of another port", {"cookie": "genoteca_1=OTHER"}, 401),
    ("a cookie that is no cookie", {"cookie": '=;;="\x01'}, 401),
    ("a bearer", {"authorization": f"Bearer {TOKEN}"}, 200),
    ("a wrong bearer", {"authorization": "Bearer x"}, 401),
    ("a foreign host", {"host": "evil.example", "cookie": "OURS"}, 421),
    ("a foreign host with our port", {"host": f"evil.example:{PORT}", "cookie": "OURS"}, 421),
    ("our host without the port", {"host": "127.0.0.1", "cookie": "OURS"}, 421),
    ("localhost", {"host": f"localhost:{PORT}", "cookie": "OURS"}, 200),
    ("an empty host", {"host": "", "cookie": "OURS"}, 421),
    ("a foreign origin", {"origin": "https://evil.example", "cookie": "OURS"}, 403),
    ("a null origin", {"origin": "null", "cookie": "OURS"}, 403),
    ("our origin", {"origin": HERE, "cookie": "OURS"}, 200),
    ("a cross-site picture", {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "cookie": "OURS"}, 403),
    (
        "a same-site frame of another port",
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "cors", "cookie": "OURS"},
        403,
    ),
    (
        "a link from another site",
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "cookie": "OURS"},
        200,
    ),
]


@pytest.mark.parametrize(("headers", "status"), [row[1:] for row in MATRIX], ids=[row[0] for row in MATRIX])
async def test_who_may_look(guard: Guard, headers: dict[str, str], status: int) -> None:
    told = {
        name: value.replace("OURS", cookie(guard)).replace("OTHER", guard.session) for name, value in headers.items()
    }
    assert (await knock(guard, headers=told))[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"origin": HERE}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": f"http://localhost:{PORT + 1}"}, 403),
        ({"origin": HERE, "sec_fetch_site": "cross-site"}, 403),
    ],
)
async def test_what_changes_something_needs_our_origin(
    guard: Guard, method: str, headers: dict[str, str], status: int
) -> None:
    assert (await knock(guard, method, headers={"cookie": cookie(guard), **headers}))[0] == status


async def test_a_tool_with_the_key_may_change_things_without_an_origin(guard: Guard) -> None:
    assert (await knock(guard, "POST", headers={"authorization": f"Bearer {TOKEN}"}))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": HERE, "cookie": "OURS"}, 101),
        ({"cookie": "OURS"}, 403),
        ({"origin": HERE}, 403),
        ({"origin": "http://evil.example", "cookie": "OURS"}, 403),
        ({"origin": HERE, "cookie": "OURS", "host": f"evil.example:{PORT}"}, 403),
    ],
)
async def test_a_websocket_opens_only_from_our_own_page(guard: Guard, headers: dict[str, str], status: int) -> None:
    told = {name: value.replace("OURS", cookie(guard)) for name, value in headers.items()}
    assert (await knock(guard, kind="websocket", headers=told))[0] == status


async def test_the_key_in_the_link_becomes_a_strict_cookie_and_leaves_the_address(guard: Guard) -> None:
    status, headers, _ = await knock(guard, path="/store", query=f"token={TOKEN}&q=milk")
    assert status == 303
    assert headers["location"] == "/store?q=milk"
    assert headers["set-cookie"] == f"{cookie(guard)}; Path=/; HttpOnly; SameSite=Strict"
    assert TOKEN not in headers["set-cookie"]


async def test_the_key_in_the_link_leads_to_no_other_host(guard: Guard) -> None:
    _, headers, _ = await knock(guard, path="//evil.example/", query=f"token={TOKEN}")
    assert headers["location"] == "/evil.example/"


async def test_a_wrong_key_in_the_link_opens_nothing(guard: Guard) -> None:
    assert (await knock(guard, query="token=wrong"))[0] == 401


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("/api/rows", "1000", 200),
        ("/api/rows", "1001", 413),
        ("/api/uploads", "5000", 200),
        ("/api/uploads", "5001", 413),
        ("/api/uploads/x", "1001", 413),
        ("/api/rows", "-1", 400),
        ("/api/rows", "many", 400),
        ("/api/rows", "²", 400),
    ],
)
async def test_bodies_have_limits_and_only_uploads_a_wide_one(
    guard: Guard, path: str, told: str, status: int
) -> None:
    headers = {"origin": HERE, "cookie": cookie(guard), "content_length": told}
    assert (await knock(guard, "PUT", path, headers=headers))[0] == status


async def test_a_body_that_does_not_say_its_length_is_cut_off_at_the_limit(guard: Guard) -> None:
    headers = {"origin": HERE, "cookie": cookie(guard)}
    assert await knock(guard, "POST", body=(b"x" * 600, b"x" * 401), headers=headers) == (0, {}, b"")
    status, _, body = await knock(guard, "POST", body=(b"x" * 600, b"x" * 400), headers=headers)
    assert (status, body) == (200, b"1000")


async def test_every_answer_forbids_other_hosts_and_frames(guard: Guard) -> None:
    both: tuple[dict[str, str], ...] = ({}, {"cookie": cookie(guard)})
    for headers in both:
        _, found, _ = await knock(guard, headers=headers)
        policy = found["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy
        assert found["x-content-type-options"] == "nosniff"
        assert found["referrer-policy"] == "no-referrer"


async def test_an_answer_keeps_its_own_caching(guard: Guard) -> None:
    async def cached(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"max-age=60")]})
        await send({"type": "http.response.body", "body": b""})

    guard.app = cached
    _, found, _ = await knock(guard, headers={"cookie": cookie(guard)})
    assert found["cache-control"] == "max-age=60"
