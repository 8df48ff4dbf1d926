"""A short form of `uv run python tests/faults`, and modules that turn bad after they were installed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.bad_modules import code_module, data_module
from tests.faults.trying import GOOD, home_with_a_good_module, starts

from genoteca import actions
from genoteca.actions import App, ModuleState
from genoteca.errors import InstallError
from genoteca.settings import Settings

FAULTS = Path(__file__).resolve().parent
BAD = "bad-module"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed as POSIX systems do")


def faults(*arguments: str) -> dict[str, list[dict[str, object]]]:
    command = [sys.executable, str(FAULTS), "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


def test_bad_modules_are_refused_the_current_generation_is_untouched_and_the_app_starts() -> None:
    found = faults("--short", "--only", "modules")["modules"]
    assert [one for one in found if not one["ok"]] == []
    assert len(found) >= 20


@pytest.mark.long
def test_every_bad_module_is_refused_and_the_desktop_opens() -> None:
    found = faults("--only", "modules")["modules"]
    assert [one for one in found if not one["ok"]] == []
    assert len(found) >= 40


@pytest.mark.long
def test_installs_that_are_killed_at_any_moment_leave_nothing_to_repair() -> None:
    found = faults("--short", "--only", "kills")["kills"]
    assert found["problems"] == []  # type: ignore[call-overload]


@pytest.mark.long
def test_fifty_installs_that_are_killed_leave_nothing_to_repair() -> None:
    assert faults("--only", "kills")["kills"]["problems"] == []  # type: ignore[call-overload]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = actions.open_app(home_with_a_good_module(tmp_path / "home"))
    yield opened
    actions.close(opened)


def states(app: App) -> dict[str, ModuleState]:
    return {card.id: card.state for card in actions.list_modules(app)}


@pytest.mark.long
def test_the_good_ones_among_them_are_installed_so_the_bad_are_refused_for_what_is_bad(
    app: App, tmp_path: Path
) -> None:
    """Also: one that was trusted is asked about again when it changed, and one that turns bad later harms nobody."""
    source = code_module(tmp_path)
    actions.install_modules(app, [str(source), str(data_module(tmp_path / "milk", "1.0.0"))], trusted=True)
    assert states(app)[BAD] is states(app)["milk-traits"] is ModuleState.INSTALLED
    assert len(actions.module_history(app)) == 2

    (source / "src" / "bad_module_module" / "__init__.py").write_text("import os\nos._exit(1)\n")
    with pytest.raises(InstallError, match="nobody said that it is trusted"):
        actions.install_module(app, str(source))

    current = app.layout.modules / "generation-2" / "site" / "bad_module_module"
    (current / "__init__.py").write_text("import os\nos._exit(1)\n")
    assert actions.recheck_modules(app)
    assert states(app)[BAD] is ModuleState.BROKEN
    assert states(app)[GOOD] is states(app)["milk-traits"] is ModuleState.INSTALLED
    (current / "module.toml").write_bytes(b"\xff\xfe not toml")
    assert states(app).get(BAD, ModuleState.BROKEN) is ModuleState.BROKEN
    assert starts(app.settings, whole_desktop=False)
    assert actions.roll_back_modules(app) == 1
    assert states(app)[GOOD] is ModuleState.INSTALLED
    assert BAD not in states(app)


def test_a_desktop_that_is_killed_twice_while_it_starts_opens_without_modules(tmp_path: Path) -> None:
    settings = home_with_a_good_module(tmp_path / "home")
    for _ in range(2):
        _killed_while_starting(settings)
    started = actions.open_app(settings)
    assert actions.begin_start(started).without_modules
    actions.close(started)


def _killed_while_starting(settings: Settings) -> None:
    """Kill the desktop as soon as it has noted that it starts; it reads no module before that."""
    marker = settings.home / "starting"
    before = marker.read_bytes() if marker.exists() else b""
    command = [sys.executable, "-m", "genoteca", "open", "--no-browser", "--port", "0"]
    environment = {**os.environ, "GENOTECA_HOME": str(settings.home)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as desktop:
        while desktop.poll() is None and not (marker.exists() and marker.read_bytes() != before):
            os.sched_yield()
        desktop.send_signal(signal.SIGKILL)
