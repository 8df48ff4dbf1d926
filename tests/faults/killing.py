"""Installs that are killed at random moments (kill -9), and whether anybody has to mend anything afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.bad_modules import data_module
from tests.faults.trying import GOOD, home_with_a_good_module

from genoteca import actions
from genoteca.actions import ModuleState
from genoteca.settings import Settings
from genoteca.store.installed import installed_modules, modules_of
from genoteca.store.record import current_record

__all__ = ["killed_installs"]

STAGES = ("Building", "Reading", "Resolving", "Installing", "Checking", "Switching", "Done")
LONGEST = 0.4
"""Seconds after the beginning of a stage within which it is killed."""

INSTALL = """
import sys
from genoteca import actions
from genoteca.settings import Settings

settings = Settings(home=sys.argv[1], standby_seconds=0, offline=True)
app = actions.open_app(settings)
actions.install_module(app, sys.argv[2], progress=lambda _fraction, stage: print(stage, flush=True))
"""


def killed_installs(home: Path, count: int, chance: random.Random) -> dict[str, Any]:
    """Kill `count` installs, each at another moment, and say what was found after each.

    A repair would be anything beyond opening the app again: so after each kill the app is opened, tidied as the
    desktop does, and both modules must be whole, the killed one as it was or as it was to be.
    """
    settings = home_with_a_good_module(home)
    if _kill(settings, data_module(home.parent / "source", "1.0.0"), "", after=0):
        raise RuntimeError("an install that nobody killed did not succeed")
    found: dict[str, Any] = {"kills": 0, "too late": 0, "as before": 0, "as after": 0, "repairs": 0, "problems": []}
    for number in range(count):
        version = f"1.0.{number + 1}"
        source = data_module(home.parent / f"source-{number}", version)
        before = _versions(settings).get("milk-traits")
        # of the stages, some take milliseconds: every one of them has its turn, by chance
        killed = _kill(settings, source, chance.choice(STAGES), after=chance.uniform(0, LONGEST))
        found["kills" if killed else "too late"] += 1
        problem = _problem(settings, {before, version} if killed else {version})
        after = _versions(settings).get("milk-traits")
        found["as after" if after == version else "as before"] += 1
        if problem:
            found["repairs"] += 1
            found["problems"].append(f"{version}: {problem}")
    return found


def _kill(settings: Settings, source: Path, stage: str, *, after: float) -> bool:
    """Install in a process of its own; kill it with all it started so long after a stage; tell whether in time.

    No stage: let it end.
    """
    command = [sys.executable, "-c", INSTALL, str(settings.home), str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        for line in child.stdout or ():
            if line.strip() == stage:
                try:
                    child.wait(after)
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)
                break
    return child.returncode != 0


def _versions(settings: Settings) -> dict[str, str]:
    return {one.id: one.version for one in installed_modules(settings.layout)}


def _problem(settings: Settings, allowed: set[str | None]) -> str:
    """Open the app as a person would, and say what is not whole; empty: all is."""
    app = actions.open_app(settings)
    try:
        state = actions.begin_start(app)
        actions.tidy(app)
        actions.recheck_modules(app)
        cards = {card.id: card for card in actions.list_modules(app)}
        actions.start_succeeded(app)
        record = current_record(settings.layout.modules)
        broken = (
            [one.problem for one in modules_of(settings.layout.modules, record) if one.broken] if record else ["none"]
        )
        leftovers = [
            path.name
            for path in settings.layout.modules.glob("generation-*")
            if not (path / "generation.json").is_file()
        ]
    finally:
        actions.close(app)
    mine = cards.get("milk-traits")
    version = mine.installed_version if mine else None
    if broken or leftovers or state.without_modules:
        return f"broken {broken}, left {leftovers}"
    if cards[GOOD].state is not ModuleState.INSTALLED or (mine and mine.state is not ModuleState.INSTALLED):
        return f"{GOOD} is {cards[GOOD].state}, the other {mine.state if mine else 'gone'}"
    return "" if version in allowed else f"{version} is installed, {allowed} was expected"
