"""Files that the app has made for the person: fetched once by the browser, then gone."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.background import BackgroundTask

__all__ = ["Downloads", "download_routes"]

GONE = "This file is gone: it was fetched already, or a genome was deleted since. Export it again."


class Downloads:
    """Files waiting to be fetched, by handle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, tuple[Path, str]] = {}

    def place(self, ending: str) -> Path:
        """Name a file in the app's own temporary folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / f"{uuid4().hex}.{ending}"

    def offer(self, path: Path, name: str) -> str:
        """Give the address under which the file can be fetched, once."""
        handle = uuid4().hex
        self._waiting[handle] = (path, name)
        return f"/api/downloads/{handle}"

    def take(self, handle: str) -> tuple[Path, str] | None:
        """Give the file and its name, and forget the handle; none: it was fetched, or a genome was deleted since."""
        path, name = self._waiting.pop(handle, (None, ""))
        return (path, name) if path and path.is_file() else None


def download_routes(downloads: Downloads) -> APIRouter:
    """Give the address where files are fetched."""
    router = APIRouter()

    @router.get("/api/downloads/{handle}")
    async def get(handle: str) -> Response:
        found = downloads.take(handle)
        if not found:
            return PlainTextResponse(GONE, status_code=404)
        path, name = found
        return FileResponse(path, filename=name, background=BackgroundTask(path.unlink, missing_ok=True))

    return router
