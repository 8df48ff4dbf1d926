"""A desktop on an empty data folder, and a browser that notes what it asks for and complains of."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from tests.forking import SPAWNED, Forking

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MINUTE = 60_000
SCREENSHOTS = os.environ.get("GENOTECA_SCREENSHOTS")
"""Folder of screenshots; none are taken without one."""


@dataclass
class Seen:
    """What the browser asked for and complained of."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note an error that the page wrote to the console."""
        if message.type == "error":
            self.complaints.append(f"{message.text} at {message.location['url']}")


@pytest.fixture(scope="session")
def opened() -> Callable[..., AbstractContextManager[str]]:
    """Open a desktop on a data folder for as long as a `with` lasts; gives its address with its key.

    `standby=True`: it starts and a worker stands by as for a user; else it begins with its libraries imported.
    """
    return _opened


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[str]:
    """Address, with its key, of a desktop on an empty data folder."""
    with _opened(tmp_path / "home") as address:
        yield address


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Empty data folder that the tests of one file share, where none of them sees what another left."""
    return tmp_path_factory.mktemp("shared") / "home"


@pytest.fixture(scope="module")
def one_desktop(home: Path) -> Iterator[str]:
    """Address, with its key, of one desktop on the data folder that the tests of one file share."""
    with _opened(home) as address:
        yield address


@contextmanager
def _opened(home: Path, *, standby: bool = False) -> Iterator[str]:
    command = [
        sys.executable,
        "-m",
        "genoteca",
        "open",
        "--no-browser",
        "--port",
        "0",
        "--home",
        str(home),
    ]
    # NiceGUI behaves differently where it believes itself under test.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "NICEGUI"))}
    if not standby:  # three seconds of a processor for each worker that a test may never need
        environment["GENOTECA_STANDBY_SECONDS"] = "0"
    start = SPAWNED if standby else Forking
    with start(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout
            told = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", running.stdout.readline())
            assert told, "the desktop did not say where it is"
            yield told[0]
        finally:
            running.terminate()
            assert running.wait(60) is not None


LAUNCHED = ExitStack()
"""The browser while it is open; not beyond its own tests, because its driver holds the event loop."""


@functools.cache
def _chromium(path: str) -> Browser:
    driver = LAUNCHED.enter_context(sync_playwright())
    browser = driver.chromium.launch(executable_path=path, args=FLAGS)
    LAUNCHED.callback(browser.close)
    return browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Close the browser after the last test that needs it."""
    try:
        return (yield)
    finally:
        if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
            _chromium.cache_clear()
            LAUNCHED.close()


@pytest.fixture
def browser() -> Browser:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this computer")
    return _chromium(CHROMIUM)


@pytest.fixture
def page(browser: Browser, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page of a context of its own: no cookie or storage of another test's is there.

    Nothing moves that need not, and no picture is taken unless somebody asked for it: drawing is much of the work.
    """
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, color_scheme="light", reduced_motion="reduce", accept_downloads=True
    )
    context.set_default_timeout(MINUTE)
    page = context.new_page()
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or request.url[:20]))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("console", seen.console)
    if not SCREENSHOTS:
        monkeypatch.setattr(page, "screenshot", lambda **_: b"")
    yield page
    context.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Folder of what is to be seen by eye: GENOTECA_SCREENSHOTS, else one that holds no screenshots."""
    folder = Path(SCREENSHOTS or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
