"""Files sent by the browser: streamed to one place on disk, known afterwards by a handle."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

__all__ = ["Upload", "Uploads", "upload_routes"]

BUFFER = 4 << 20
"""Bytes gathered before each write: a gigabyte then takes 256 trips to a thread instead of 16,000."""
ROOM_LEFT = 1 << 30
"""Bytes that an upload must leave free on the disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file that arrived whole."""

    path: Path
    name: str
    """As the browser said it: shown as text, never used as a path."""
    bytes: int


class Uploads:
    """Every upload of this process, by handle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arrived: dict[str, Upload] = {}

    def find(self, handle: str) -> Upload | None:
        """Give the upload, while it is known."""
        return self._arrived.get(handle)

    def release(self, handle: str, *, delete: bool) -> None:
        """Forget a handle; `delete` removes its file (when the genome was not added after all)."""
        upload = self._arrived.pop(handle, None)
        if upload and delete:
            upload.path.unlink(missing_ok=True)

    def again(self, handle: str) -> str | None:
        """Give the same file a second handle, for another person in it; None where the file is gone.

        Its bytes are shared where the disk can (a hard link), and copied where it cannot.
        """
        upload = self._arrived.get(handle)
        if upload is None or not upload.path.is_file():
            return None
        made = uuid4().hex
        path = self.folder / f"{made}.genome"
        try:
            path.hardlink_to(upload.path)
        except OSError:
            shutil.copyfile(upload.path, path)
            path.chmod(0o600)
        self._arrived[made] = Upload(path=path, name=upload.name, bytes=upload.bytes)
        return made

    def room(self) -> int:
        """Give the bytes that one upload may take."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return shutil.disk_usage(self.folder).free - ROOM_LEFT

    async def take(self, request: Request, name: str) -> str:
        """Write the body to disk as it comes and give its handle; a body that breaks off leaves nothing.

        Raises:
            ClientDisconnect: the sender went away.
            OSError: the disk said no.

        """
        handle = uuid4().hex
        part = self.folder / f"{handle}.part"
        try:
            size = await _write(request, part)
            whole = part.rename(part.with_suffix(".genome"))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        self._arrived[handle] = Upload(path=whole, name=name, bytes=size)
        return handle


async def _write(request: Request, part: Path) -> int:
    buffer = bytearray()
    size = 0
    with await run_in_threadpool(_open_private, part) as file:
        async for chunk in request.stream():
            buffer += chunk
            if len(buffer) >= BUFFER:
                size += await run_in_threadpool(file.write, bytes(buffer))
                buffer.clear()
        size += await run_in_threadpool(file.write, bytes(buffer))
    return size


def _open_private(path: Path) -> FileIO:
    path.touch(mode=0o600)
    return path.open("wb", buffering=0)


def upload_routes(uploads: Uploads) -> APIRouter:
    """Give the one address that takes files."""
    router = APIRouter()

    @router.put("/api/uploads")
    async def put(request: Request) -> JSONResponse:
        name = unquote(request.headers.get("x-file-name", ""))[:255] or "genome file"
        if int(request.headers.get("content-length", 0)) > await run_in_threadpool(uploads.room):
            return _no(507, "There is not enough room on the disk for this file.")
        try:
            handle = await uploads.take(request, name)
        except ClientDisconnect:
            return _no(400, "The file did not arrive whole.")
        except OSError as error:
            return _no(507, f"The file could not be written: {error.strerror}.")
        return JSONResponse({"handle": handle})

    return router


def _no(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status_code=status)
