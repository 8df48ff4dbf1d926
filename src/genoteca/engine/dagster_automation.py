"""What is done by itself, as Dagster's own daemon ticks it: a schedule, sensors, and conditions on results.

All of them are stopped until somebody starts them in Dagster's screens. The schedule and the sensors take the same
look that an open desktop takes, by the app's command line: what it finds is queued once, whoever looks. What the
conditions on results want made comes to the app's queue as any run of Dagster's does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import dagster as dg

from genoteca.settings import Settings

__all__ = ["RESULTS", "TICK", "automated"]

TICK = ("automation", "tick")
"""The command that looks once at everything that is done by itself."""
SECONDS = 300
"""How long a look may take."""
INBOX_EVERY, NEWS_EVERY = 60, 3600
"""Seconds between two looks of a sensor."""
NIGHT_EVERY = "*/15 * * * *"
"""The app's own look knows the hour and its time zone, also over a change of the clocks."""
NEWS_WORDS = "Asks publishers for newer data, as often as the settings say."
RESULTS = "results_of_new_data"
LIFTED = dg.AssetKey(["sample", "lifted"])
"""Made only where a module asks for it: that it is missing says nothing."""


def automated(whole: dg.Definitions, settings: Settings) -> dg.Definitions:
    """Add the conditions to the results of modules, and what ticks them and everything else."""
    results = [key for key in whole.resolve_asset_graph().materializable_asset_keys if key.path[-1] == "annotations"]

    def conditioned(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(automation_condition=due_when()) if spec.key in results else spec

    own: Any = whole.assets or []
    again = dg.Definitions(
        assets=[*dg.map_asset_specs(conditioned, own)],
        asset_checks=whole.asset_checks,
        resources=whole.resources,
        executor=whole.executor,
    )
    return dg.Definitions.merge(again, _ticking(settings, results))


def due_when() -> dg.AutomationCondition[Any]:
    """Say when a result is due: a genome is new, or something that it is made of was made anew, and all is there.

    A condition of Dagster's own kind; it sees materializations only. What else makes an answer old (its settings, the
    limits of a genome) only the app's own look sees.
    """
    lifted = dg.AssetSelection.assets(LIFTED)
    new = dg.AutomationCondition.newly_missing() | dg.AutomationCondition.any_deps_updated().ignore(lifted)
    ready = ~dg.AutomationCondition.any_deps_missing().ignore(lifted) & ~dg.AutomationCondition.any_deps_in_progress()
    return (new.since_last_handled() & ready & ~dg.AutomationCondition.in_progress()).with_label("new data")


def look(settings: Settings, command: Sequence[str] = TICK) -> str:
    """Take the app's own look, and say what it queued.

    Raises:
        RuntimeError: the app did not answer; with its words.

    """
    asked = [sys.executable, "-m", "genoteca", "--home", str(settings.home), *command, "--json"]
    done = subprocess.run(
        asked, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False
    )
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"Genoteca did not answer: {done.stderr.strip() or done.stdout.strip()}") from None
    if error := told.get("error"):
        raise RuntimeError(f"{error['title']}: {error['message']} {error['hint']}")
    words = [str(one["words"]) for one in told["done"]]
    return "; ".join(words) if words else "Nothing is due."


def _ticking(settings: Settings, results: Sequence[dg.AssetKey]) -> dg.Definitions:
    sensors: list[dg.SensorDefinition] = [
        _sensor(settings, "inbox", INBOX_EVERY, "Adds the genome files that were put into the inbox."),
        _sensor(settings, "publisher_news", NEWS_EVERY, NEWS_WORDS),
    ]
    if results:
        sensors.append(
            dg.AutomationConditionSensorDefinition(
                RESULTS,
                target=dg.AssetSelection.assets(*results),
                description="Asks modules about genomes that are new, or whose data was made anew.",
                emit_backfills=False,
            )
        )
    return dg.Definitions(schedules=[_nightly(settings)], sensors=sensors)


def _sensor(settings: Settings, name: str, every: int, told: str) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        target=dg.AssetSelection.groups("sample"),
        minimum_interval_seconds=every,
        description=f"{told} It takes the look that an open desktop takes; what it queues waits in Genoteca's queue.",
    )
    def ticked() -> dg.SkipReason:
        return dg.SkipReason(look(settings))

    return ticked


def _nightly(settings: Settings) -> dg.ScheduleDefinition:
    @dg.schedule(
        name="nightly_catch_up",
        cron_schedule=NIGHT_EVERY,
        execution_timezone="UTC",
        target=dg.AssetSelection.groups("sample"),
        description=(
            "Asks the modules that are asked every night. It looks every quarter of an hour whether the hour, in the "
            "time zone of the settings, has passed: so a night that the computer slept through is caught up with."
        ),
    )
    def ticked() -> dg.SkipReason:
        return dg.SkipReason(look(settings))

    return ticked
