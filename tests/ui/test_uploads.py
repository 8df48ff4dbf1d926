"""Uploads: streamed to one place, private, and nothing left of what did not arrive whole."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from genoteca.ui.uploads import BUFFER, Upload, Uploads, upload_routes


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path / "tmp")


@pytest.fixture
async def browser(uploads: Uploads) -> AsyncIterator[httpx.AsyncClient]:
    api = FastAPI()
    api.include_router(upload_routes(uploads))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        yield client


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def kept(upload: Upload) -> tuple[bytes, int]:
    """Give the bytes of an upload and who may read them."""
    return upload.path.read_bytes(), stat.S_IMODE(upload.path.stat().st_mode)


async def test_a_file_arrives_byte_by_byte_and_is_the_owners_only(
    uploads: Uploads, browser: httpx.AsyncClient
) -> None:
    body = [b"a" * (BUFFER - 1), b"bc", b"d" * BUFFER, b"e"]
    answer = await browser.put("/api/uploads", content=chunks(*body), headers={"x-file-name": "anna%20one.vcf.gz"})
    found = uploads.find(answer.json()["handle"])
    assert found is not None
    assert (found.bytes, found.name) == (2 * BUFFER + 2, "anna one.vcf.gz")
    assert kept(found) == (b"".join(body), 0o600)


@pytest.mark.parametrize("name", ["../../evil.vcf", "..%5C..%5Cevil.vcf", "/etc/passwd", "%00", "x" * 400, ""])
async def test_a_name_is_shown_and_never_used_as_a_path(
    uploads: Uploads, browser: httpx.AsyncClient, name: str, tmp_path: Path
) -> None:
    answer = await browser.put("/api/uploads", content=b"x", headers={"x-file-name": name})
    found = uploads.find(answer.json()["handle"])
    assert found is not None
    assert found.path.parent == uploads.folder
    assert found.path.stem.isalnum()
    assert 0 < len(found.name) <= 255
    assert files_in(tmp_path) == [found.path]


async def test_a_file_larger_than_the_disk_is_refused_before_it_is_sent(
    uploads: Uploads, browser: httpx.AsyncClient
) -> None:
    answer = await browser.put("/api/uploads", content=b"x", headers={"content-length": str(1 << 60)})
    assert answer.status_code == 507
    assert "not enough room" in answer.json()["message"]
    assert list(uploads.folder.iterdir()) == []


async def test_a_file_that_breaks_off_leaves_nothing(uploads: Uploads) -> None:
    api = FastAPI()
    api.include_router(upload_routes(uploads))
    waiting: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"half of it", "more_body": True},
        {"type": "http.disconnect"},
    ]
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "path": "/api/uploads",
        "raw_path": b"/api/uploads",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("test", 80),
        "root_path": "",
    }
    await api(scope, receive, send)
    assert said[0]["status"] == 400
    assert list(uploads.folder.iterdir()) == []


async def test_a_genome_that_was_not_added_after_all_is_deleted(uploads: Uploads, browser: httpx.AsyncClient) -> None:
    handles = [(await browser.put("/api/uploads", content=b"x")).json()["handle"] for _ in range(2)]
    paths = [upload.path for handle in handles if (upload := uploads.find(handle))]
    uploads.release(handles[0], delete=True)
    uploads.release(handles[1], delete=False)
    assert [path.exists() for path in paths] == [False, True]
    assert uploads.find(handles[0]) is None
    assert uploads.find(handles[1]) is None
    uploads.release("unknown", delete=True)


async def test_one_file_serves_several_people_until_the_last_is_let_go(
    uploads: Uploads, browser: httpx.AsyncClient
) -> None:
    handle = (await browser.put("/api/uploads", content=b"x", headers={"x-file-name": "family.vcf"})).json()["handle"]
    more = uploads.again(handle)
    assert more is not None
    uploads.release(handle, delete=True)
    found = uploads.find(more)
    assert found is not None
    assert (found.name, kept(found)) == ("family.vcf", (b"x", 0o600))
    uploads.release(more, delete=True)
    assert files_in(uploads.folder) == []


async def test_a_disk_without_links_copies_the_file(
    uploads: Uploads, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    handle = (await browser.put("/api/uploads", content=b"x", headers={"x-file-name": "family.vcf"})).json()["handle"]
    found = uploads.find(uploads.again(handle) or "")
    assert found is not None
    assert kept(found) == (b"x", 0o600)


def test_a_file_that_is_gone_has_no_second_handle(uploads: Uploads) -> None:
    assert uploads.again("unknown") is None
