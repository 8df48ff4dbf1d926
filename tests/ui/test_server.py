"""Opening the desktop: one per data folder, on this computer only, with a key of its own."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys

import pytest
from filelock import FileLock

from genoteca.errors import DataFolderError
from genoteca.settings import Settings
from genoteca.ui import server
from genoteca.ui.server import open_ui


def test_a_second_start_shows_the_one_that_is_open(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    url = "http://127.0.0.1:8765/?token=abc"
    (settings.home / "app.json").write_text(json.dumps({"url": url, "token": "abc"}))
    with FileLock(settings.layout.app_lock):
        open_ui(settings, browser=False)
    assert url in capsys.readouterr().out


def test_a_lock_without_an_address_is_an_error_that_says_what_to_do(settings: Settings) -> None:
    with FileLock(settings.layout.app_lock), pytest.raises(DataFolderError) as caught:
        open_ui(settings, browser=False)
    assert "already open" in caught.value.title
    assert caught.value.hint


def test_the_next_free_port_is_taken_and_only_on_this_computer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with server._listen(port) as found:
            assert found.getsockname()[0] == "127.0.0.1"
            assert found.getsockname()[1] > port


def test_the_key_stays_the_same_and_is_the_owners_only(settings: Settings) -> None:
    first = server._token(settings.layout)
    assert len(first) >= 32
    assert server._token(settings.layout) == first
    assert stat.S_IMODE((settings.home / "app.key").stat().st_mode) == 0o600


def test_a_damaged_key_is_made_anew(settings: Settings) -> None:
    (settings.home / "app.key").write_text("short")
    assert len(server._token(settings.layout)) >= 32


def test_the_desktop_loads_no_tables_no_dagster_and_no_web_clients_before_they_are_needed() -> None:
    heavy = ("dagster", "polars", "duckdb", "pyarrow", "pandas", "httpx", "aiohttp", "requests")
    hidden = "with absent('aiohttp', 'requests'): import genoteca.ui.server"
    looked = f"print([name for name in {heavy!r} if name in sys.modules])"
    overview = "import genoteca.engine.results.glance, genoteca.engine.results"  # counted by DuckDB alone
    more = "print([name for name in ('polars', 'numpy', 'pyarrow', 'xlsxwriter') if name in sys.modules])"
    code = f"import sys\nfrom genoteca.__main__ import absent\n{hidden}\n{looked}\n{overview}\n{more}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
