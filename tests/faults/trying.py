"""Trying to install a bad module into a data folder that holds a good one, and looking at what is left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.bad_modules import BadModule
from tests.store.workshop import snapshot

from genoteca import actions
from genoteca.actions import App, ModuleState
from genoteca.actions.checking import checker, generations
from genoteca.errors import GenotecaError
from genoteca.settings import Settings
from genoteca.store.sources import install_source
from genoteca.store.trust import Trust

__all__ = ["GOOD", "Outcome", "home_with_a_good_module", "starts", "try_module"]

GOOD = "everyday-traits"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one bad module."""

    name: str
    said: str
    as_expected: bool
    """Whether it was refused in the words that fit it."""
    untouched: bool
    """Whether the current generation is the same, byte by byte, and nothing half-made lies beside it."""
    starts: bool

    @property
    def ok(self) -> bool:
        """Whether nothing happened but a refusal."""
        return self.as_expected and self.untouched and self.starts


def home_with_a_good_module(home: Path) -> Settings:
    """Make a data folder that works."""
    settings = Settings(home=home, standby_seconds=0, offline=True, developer=True, port=0)
    app = actions.open_app(settings)
    actions.install_module(app, GOOD)
    actions.close(app)
    return settings


def try_module(settings: Settings, bad: BadModule, *, whole_desktop: bool) -> Outcome:
    """Install a bad module as a person would who trusts everybody; then start the app."""
    app = actions.open_app(settings.model_copy(update=bad.settings))
    before = state_of(app)
    with tempfile.TemporaryDirectory(prefix="genoteca-bad-") as folder:
        said = _refusal(app, bad, Path(folder))
        witness = (Path(folder) / "it-ran").exists() or (Path(folder).parent / "evil.py").exists()
    untouched = state_of(app) == before and not witness and not _processes(settings)
    actions.close(app)
    return Outcome(
        name=bad.name,
        said=said,
        as_expected=re.search(bad.refused, said) is not None,
        untouched=untouched,
        starts=starts(settings, whole_desktop=whole_desktop),
    )


def state_of(app: App) -> dict[str, object]:
    """Give every byte by which one could tell that something of the modules was changed."""
    modules = app.layout.modules
    return {
        "generations": {folder.name: snapshot(folder) for folder in modules.glob("generation-*")},
        "current": (modules / "current").read_bytes(),
        "loaded": (modules / "loaded.json").read_bytes(),
        "half made": sorted(path.name for path in modules.glob(".prepare-*")),
        "states": {card.id: card.state for card in actions.list_modules(app)},
    }


def starts(settings: Settings, *, whole_desktop: bool) -> bool:
    """Start the app anew, with all its modules: in a process of its own with its window, or its start alone."""
    if whole_desktop:
        return _desktop_starts(settings)
    app = actions.open_app(settings)
    try:
        state = actions.begin_start(app)
        actions.tidy(app)
        card = actions.show_module(app, GOOD)
        actions.start_succeeded(app)
    finally:
        actions.close(app)
    return not state.without_modules and state.failed == 0 and card.state is ModuleState.INSTALLED


def _refusal(app: App, bad: BadModule, folder: Path) -> str:
    try:
        source = bad.make(folder)
        if bad.tampered is None:
            actions.install_module(app, str(source), trusted=bad.trusted)
        else:
            prepared = generations(app).prepare(install_source(str(source)))
            Trust(app.layout.database).confirm(prepared.wheel, typed=prepared.wheel.id)
            bad.tampered(prepared.wheel.path)
            generations(app).install(prepared, check=checker(app))
    except GenotecaError as error:
        return f"{error.title}: {error.message}"
    return "it was installed"


def _desktop_starts(settings: Settings) -> bool:
    environment = {**os.environ, "GENOTECA_HOME": str(settings.home), "GENOTECA_OFFLINE": "1"}
    command = [sys.executable, "-m", "genoteca", "open", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as desktop:
        try:
            line = desktop.stdout.readline() if desktop.stdout else ""
            url = line.strip().rpartition(" ")[2]
            jar = urllib.request.HTTPCookieProcessor()
            browser = urllib.request.build_opener(jar)
            with browser.open(url.replace("/?", "/store?"), timeout=60) as page:
                shown = page.read().decode("utf-8")
            with browser.open(url.partition("/?")[0] + "/api/find?text=everyday", timeout=60) as found:
                shown += found.read().decode("utf-8")  # the gallery itself comes once the page stands
            while (settings.home / "starting").exists() and desktop.poll() is None:
                os.sched_yield()
        except (OSError, ValueError):
            return False
        else:
            return "Everyday traits" in shown and "opened without its modules" not in shown
        finally:
            desktop.terminate()


def _processes(settings: Settings) -> set[int]:
    """Give the processes that still run something of a module of this data folder."""
    found = set()
    mine = f"GENOTECA_HOME={settings.home}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mine in path.read_bytes().split(b"\0") and path.parent.name != str(os.getpid()):
                found.add(int(path.parent.name))
    return found
