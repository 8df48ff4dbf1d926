"""Whoever ends `genoteca dagster-ui` ends the screens, which answer at a port that asks for no key."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

SCREENS = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
COMMAND = """
import sys
from pathlib import Path
from genoteca import actions
from genoteca.actions.dagster_ui import DagsterUi, run_dagster_ui
from genoteca.settings import Settings

app = actions.open_app(Settings(home=Path(sys.argv[1]), standby_seconds=0, offline=True))
sys.exit(run_dagster_ui(app, DagsterUi(arguments=[sys.executable, "-c", sys.argv[2]], environment={})) != 0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it")
def test_the_screens_end_with_the_command_that_opened_them(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", COMMAND, str(tmp_path / "home"), SCREENS]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        screens = int(running.stdout.readline())
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 1
    until = time.monotonic() + 30
    while psutil.pid_exists(screens) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(screens)
