"""Dagster's own screens, on the same home, in an environment of their own.

Its web server lags behind Dagster and pins other versions, so it never shares the app's environment
(https://pypi.org/project/dagster-webserver/); it talks to the app's definitions by gRPC.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import uv
from filelock import FileLock

from genoteca.actions.app import App
from genoteca.actions.references import all_refs
from genoteca.engine.home import begin_home, is_complete
from genoteca.engine.modules import write_loaded_modules
from genoteca.engine.rebuild import rebuild_dagster
from genoteca.errors import InstallError
from genoteca.sdk.uv_log import SAYING, tell_requests, without_log
from genoteca.settings import dagster_environment

__all__ = [
    "DagsterUi",
    "dagster_daemon_command",
    "dagster_ui_command",
    "dagster_ui_is_there",
    "fetch_dagster_ui",
    "run_dagster_ui",
]

WEBSERVER = "dagster-webserver>=1.13.27,<1.14"
TOOL = ("tool", "run")


@dataclass(frozen=True, kw_only=True, slots=True)
class DagsterUi:
    """How to start the screens."""

    arguments: list[str]
    environment: dict[str, str]
    """What it needs beside the environment of this process."""


def dagster_ui_command(app: App, *, port: int) -> DagsterUi:
    """Give the command that opens Dagster's screens on 127.0.0.1, after writing what it reads."""
    workspace = _prepared(app)
    # offline: `fetch_dagster_ui` has fetched it, and wrote down what was asked for it
    tool = [uv.find_uv_bin(), *TOOL, "--offline", "--from", WEBSERVER, "dagster-webserver"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--workspace", str(workspace)]
    return _command(app, [*tool, *where])


def dagster_daemon_command(app: App) -> DagsterUi:
    """Give the command of Dagster's daemon, which ticks schedules and sensors; nothing is fetched for it."""
    workspace = _prepared(app)
    return _command(app, [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace)])


def _prepared(app: App) -> Path:
    """Write what Dagster's programs read; gives the workspace file."""
    if not is_complete(app.layout.dagster):
        rebuild_dagster(app.settings)
    with FileLock(app.layout.dagster_lock, mode=0o600):
        begin_home(app.layout.dagster)
    write_loaded_modules(app.layout, all_refs(app.layout))
    workspace = app.layout.dagster / "workspace.yaml"
    # JSON is YAML; the definitions run under the app's Python, the web server under its own.
    location = {
        "module_name": "genoteca.engine.location",
        "location_name": "Genoteca",
        "executable_path": sys.executable,
    }
    workspace.write_text(json.dumps({"load_from": [{"python_module": location}]}), encoding="utf-8")
    return workspace


def _command(app: App, arguments: list[str]) -> DagsterUi:
    wanted = ("GENOTECA_HOME", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY", "PYTHONPATH")
    full = dagster_environment(app.settings)
    return DagsterUi(arguments=arguments, environment={name: full[name] for name in wanted})


def dagster_ui_is_there() -> bool:
    """Whether the screens are in uv's cache; asks no network."""
    return _in_its_place("--offline")[0] == 0


def fetch_dagster_ui(app: App) -> None:
    """Fetch the screens from the package index that uv is set to, where they are not there; every request is noted.

    Raises:
        InstallError: offline, or the index does not answer.

    """
    if dagster_ui_is_there():
        return
    if app.settings.offline:
        raise InstallError(
            "Dagster's screens were never fetched, and Genoteca is set to stay offline.",
            title="Dagster's screens are not there",
            hint="Allow the internet in the settings, open them once, then forbid it again: they stay.",
        )
    code, said = _in_its_place(SAYING)
    tell_requests(said, app.outside.noting("Dagster's screens"))
    if code:
        told = " ".join(without_log(said)) or "uv gave no reason"
        raise InstallError(
            f"Dagster's screens could not be fetched: {told}",
            title="Dagster's screens are not there",
            hint="Check the network and try again.",
        )


def _in_its_place(*options: str) -> tuple[int, list[str]]:
    """Do nothing in their environment, which makes it; gives the exit code and what uv said."""
    asked = [uv.find_uv_bin(), *TOOL, *options, "--from", WEBSERVER, "python", "-c", "pass"]
    done = subprocess.run(asked, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.returncode, done.stderr.splitlines()


def run_dagster_ui(app: App, command: DagsterUi) -> int:
    """Run the screens until they are stopped; gives the exit code.

    Whoever ends this process ends them as well: they answer at a port that asks for no key.
    """
    with subprocess.Popen(command.arguments, env=dagster_environment(app.settings)) as running:
        before = signal.signal(signal.SIGTERM, lambda *_told: running.terminate())
        try:
            return running.wait()
        finally:
            signal.signal(signal.SIGTERM, before)
