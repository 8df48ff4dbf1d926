"""Opening the desktop: one lock, one free port on this computer, the guard outside, a link that holds the key."""

from __future__ import annotations

import json
import secrets
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nicegui
import uvicorn
from fastapi import FastAPI
from filelock import FileLock, Timeout
from nicegui import background_tasks, storage, ui

from genoteca import actions
from genoteca.errors import DataFolderError
from genoteca.settings import Layout, Settings
from genoteca.ui.components.palette import find_routes
from genoteca.ui.departures import Departures
from genoteca.ui.desktop import Desktop
from genoteca.ui.downloads import Downloads, download_routes
from genoteca.ui.explore_rows import explore_routes
from genoteca.ui.guard import Guard
from genoteca.ui.movement import Movements
from genoteca.ui.report_files import report_routes
from genoteca.ui.routes import add_pages
from genoteca.ui.rows import row_routes
from genoteca.ui.theme import LOOK, dark_of
from genoteca.ui.uploads import Uploads, upload_routes

__all__ = ["application", "open_ui"]

PORTS_TRIED = 50

Announce = Callable[[str], None]


def _say(url: str) -> None:
    sys.stdout.write(f"Genoteca is open at {url}\n")
    sys.stdout.flush()


def open_ui(
    settings: Settings, *, browser: bool, announce: Announce = _say, preview: actions.PreviewRequest | None = None
) -> None:
    """Serve the desktop until it is closed; where one is open already, show that one instead.

    `announce` is told the address with its key. `preview`: a module's folder to load and watch.

    Raises:
        DataFolderError: the data folder cannot be used, or a running desktop does not say where it is.

    """
    layout = settings.layout
    _private_folder(layout.home)
    lock = FileLock(layout.app_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        if preview is not None:
            raise DataFolderError(
                f"Genoteca is open on {layout.home}.",
                title="The module cannot be loaded there",
                hint="Close it first, or leave --home out: a preview has a data folder of its own.",
            ) from error
        _show_running(layout, browser=browser, announce=announce)
        return
    with lock:
        _serve(settings, browser=browser, announce=announce, preview=preview)


def _serve(settings: Settings, *, browser: bool, announce: Announce, preview: actions.PreviewRequest | None) -> None:
    layout = settings.layout
    listening = _listen(settings.port)
    port = listening.getsockname()[1]
    token = _token(layout)
    app = actions.open_app(settings)
    _say_if_without_modules(actions.begin_start(app))
    actions.tidy(app)
    watched = actions.preview_module(app, preview) if preview else None
    try:
        tempfile.tempdir = str(layout.temporary)  # what NiceGUI and Starlette spool must not lie in a shared /tmp
        desktop = Desktop(
            app=app, uploads=Uploads(layout.temporary), downloads=Downloads(layout.made), preview=watched
        )
        noticed = Movements(app=application(desktop), moved=desktop.note_movement)
        guarded = Guard(app=Departures(app=noticed), port=port, token=token)
        url = f"http://127.0.0.1:{port}/?token={token}"
        _note(layout, url, token)
        announce(url)
        if browser:
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        server = uvicorn.Server(uvicorn.Config(guarded, log_level="warning", ws_max_size=16 << 20, lifespan="on"))
        _end_well()
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    finally:
        if watched:
            watched.stop()
        actions.close(app)
        _running(layout).unlink(missing_ok=True)
        listening.close()


def application(desktop: Desktop) -> FastAPI:
    """Build the web application of an open data folder, without its guard."""
    app, layout = desktop.app, desktop.app.layout
    storage.Storage.path = layout.cache / "desktop"
    nicegui.app.storage = storage.Storage()
    api = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    desktop.folded = actions.navigation_folded(app)
    served = (
        upload_routes(desktop.uploads),
        row_routes(desktop),
        explore_routes(desktop),
        download_routes(desktop.downloads),
    )
    for routes in (*served, find_routes(desktop), report_routes(desktop)):
        api.include_router(routes)
    nicegui.app.add_static_files("/look", LOOK, max_cache_age=3600)
    add_pages(desktop)
    nicegui.app.on_startup(lambda: background_tasks.create(desktop.came_up(), name="look at the modules"))
    ui.run_with(
        api,
        title="Genoteca",
        favicon=LOOK / "logo.svg",
        dark=dark_of(app.settings),
        language="en-GB",
        tailwind=False,
        reconnect_timeout=10,
        show_welcome_message=False,
    )
    return api


def _say_if_without_modules(state: actions.StartState) -> None:
    if state.without_modules:
        new = f" What was new: {', '.join(state.new)}." if state.new else ""
        sys.stderr.write(f"Genoteca did not start twice in a row, and opens without its modules.{new}\n")


def _end_well() -> None:
    """Let a request to end, or a closed terminal, end the desktop like Ctrl-C: workers stopped, files closed.

    The server ends itself on both, then repeats the signal: by default that would kill us before we tidied up.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, lambda _number, _frame: signal.raise_signal(signal.SIGTERM))


def _listen(wanted: int) -> socket.socket:
    tried = [wanted] if wanted == 0 else range(wanted, min(wanted + PORTS_TRIED, 65536))
    for port in tried:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there the same option would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", port))
            made.listen(128)
        except OSError:
            made.close()
            continue
        return made
    raise DataFolderError(
        f"No port from {wanted} to {wanted + PORTS_TRIED - 1} is free on 127.0.0.1.",
        title="The desktop cannot be opened",
        hint="Choose another port with --port.",
    )


def _running(layout: Layout) -> Path:
    return layout.home / "app.json"


def _token(layout: Layout) -> str:
    """Give the key; it stays the same between starts, so that open tabs and bookmarks keep working."""
    path = layout.home / "app.key"
    with suppress(OSError):
        known = path.read_text().strip()
        if len(known) >= 32:
            return known
    made = secrets.token_urlsafe(32)
    _write_private(path, made)
    return made


def _note(layout: Layout, url: str, token: str) -> None:
    _write_private(_running(layout), json.dumps({"url": url, "token": token}))


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _private_folder(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataFolderError(
            f"{home} cannot be made: {error.strerror}.", hint="Choose another folder with --home or GENOTECA_HOME."
        ) from error


def _show_running(
    layout: Layout, *, browser: bool, announce: Announce = _say, show: Callable[[str], object] = webbrowser.open
) -> None:
    try:
        url = str(json.loads(_running(layout).read_text())["url"])
    except (OSError, ValueError, KeyError) as error:
        raise DataFolderError(
            f"Another program holds {layout.app_lock}, and does not say where it can be reached.",
            title="Genoteca is already open",
            hint="Wait a moment and try again, or close the other one.",
        ) from error
    announce(url)
    if browser:
        show(url)
