"""Downloads: handed out once, then gone from the disk."""

from __future__ import annotations

from pathlib import Path

import httpx
from fastapi import FastAPI

from genoteca.ui.downloads import Downloads, download_routes


async def test_a_file_is_fetched_once_under_its_own_name_and_then_gone(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    api = FastAPI()
    api.include_router(download_routes(downloads))
    path = downloads.place("csv")
    path.write_text("a,b\n")
    address = downloads.offer(path, "anna-clinvar.csv")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        first, second = await client.get(address), await client.get(address)
    assert first.text == "a,b\n"
    assert 'filename="anna-clinvar.csv"' in first.headers["content-disposition"]
    assert second.status_code == 404
    assert not path.exists()


async def test_a_file_that_went_with_a_genome_is_said_to_be_gone(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    api = FastAPI()
    api.include_router(download_routes(downloads))
    path = downloads.place("csv")
    path.write_text("a,b\n")
    address = downloads.offer(path, "anna-clinvar.csv")
    path.unlink()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://test") as client:
        answer = await client.get(address)
    assert answer.status_code == 404
    assert "gone" in answer.text
