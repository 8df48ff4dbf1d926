"""What is done by itself, as Dagster's own daemon ticks it: a schedule, sensors, and conditions on results.

All of them are stopped until somebody starts them in Dagster's screens, and each does its own work alone. The
schedule and the sensors take the look of an open desktop at one rule, by the app's command line, under the app's
lock: what it finds is queued once, whoever looks. What the conditions on results want made comes to the app's queue
as any run of Dagster's does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from genoteca.model.automation import Look, Rule
from genoteca.settings import Settings

__all__ = ["LOOKS", "RESULTS", "automated", "look_at"]

TICK = ("automation", "tick")
"""The command that looks once at what is done by itself."""
SECONDS = 300
"""How long a look may take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """One rule as Dagster ticks it."""

    name: str
    rule: Rule
    every: int | str
    """Seconds between two looks of a sensor; a schedule's cron line, by the clock of UTC."""
    told: str


LOOKS = (
    Looked(
        name="inbox",
        rule=Rule.INBOX,
        every=60,
        told="Adds the genome files that were put into the inbox, once they are whole.",
    ),
    Looked(
        name="publisher_news",
        rule=Rule.RELEASES,
        every=3600,
        told="Asks publishers for newer data as often as the settings say, and fetches it where they say so.",
    ),
    Looked(
        name="new_genomes",
        rule=Rule.ON_IMPORT,
        every=60,
        told="Asks the modules that are asked when a genome is added about genomes that were just read.",
    ),
    Looked(
        name="nobody_at_work",
        rule=Rule.IDLE,
        every=300,
        told="Asks the modules that are asked while nobody is at work about what was never asked, or is out of date.",
    ),
    Looked(
        name="nightly_catch_up",
        rule=Rule.NIGHTLY,
        every="*/15 * * * *",
        told=(
            "Asks the modules that are asked every night. It looks every quarter of an hour whether the hour of the "
            "settings, in their time zone, has passed: a night that the computer slept through is caught up with."
        ),
    ),
)
QUEUED = "What it finds due is queued with Genoteca, once, whoever looks; the tick says what."
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
        assets=[*_without_lifted(dg.map_asset_specs(conditioned, own))],
        asset_checks=whole.asset_checks,
        resources=whole.resources,
        executor=whole.executor,
    )
    return dg.Definitions.merge(again, _ticking(settings, results))


def _without_lifted(assets: Iterable[dg.AssetsDefinition]) -> Iterator[dg.AssetsDefinition | dg.AssetSpec]:
    """Show what is lifted as made elsewhere: a run that needs it makes it, and nobody can ask for it alone."""
    for one in assets:
        yield from (one.specs if LIFTED in one.keys else [one])


def due_when() -> dg.AutomationCondition[Any]:
    """Say when a result is due: a genome is new, or something that it is made of was made anew, and all is there.

    A condition of Dagster's own kind; it sees materializations only. What else makes an answer old (its settings, the
    limits of a genome) only the app's own look sees.
    """
    lifted = dg.AssetSelection.assets(LIFTED)
    new = dg.AutomationCondition.newly_missing() | dg.AutomationCondition.any_deps_updated().ignore(lifted)
    ready = ~dg.AutomationCondition.any_deps_missing().ignore(lifted) & ~dg.AutomationCondition.any_deps_in_progress()
    return (new.since_last_handled() & ready & ~dg.AutomationCondition.in_progress()).with_label("new data")


def look_at(settings: Settings, rule: Rule) -> str:
    """Take the app's own look at one rule, and say what it queued or why it queued nothing.

    Raises:
        RuntimeError: the app did not answer; with its words.

    """
    begun = datetime.now(UTC)
    told = _ask(settings, *TICK, "--only", rule.value)
    looks = [Look.model_validate(one) for one in told["looks"]]
    words = [str(one["words"]) for one in told["done"]] or [one.words for one in looks if one.when >= begun]
    return "; ".join(words) or "Nothing was queued: nothing is due, or another look was being taken."


def _ask(settings: Settings, *command: str) -> dict[str, Any]:
    asked = [sys.executable, "-m", "genoteca", "--home", str(settings.home), *command, "--json"]
    done = subprocess.run(
        asked, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL, check=False
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"Genoteca did not answer: {done.stderr.strip() or done.stdout.strip()}") from None
    if error := told.get("error"):
        raise RuntimeError(f"{error['title']}: {error['message']} {error['hint']}")
    return told


def _ticking(settings: Settings, results: Sequence[dg.AssetKey]) -> dg.Definitions:
    sensors = [_sensor(settings, one, one.every) for one in LOOKS if isinstance(one.every, int)]
    schedules = [_schedule(settings, one, one.every) for one in LOOKS if isinstance(one.every, str)]
    if results:
        sensors.append(
            dg.AutomationConditionSensorDefinition(
                RESULTS,
                target=dg.AssetSelection.assets(*results),
                description=(
                    "Asks every module about genomes that are new, or whose data was made anew: the conditions that "
                    "stand on their answers. It asks modules that you ask by hand only, too."
                ),
                emit_backfills=False,
            )
        )
    return dg.Definitions(schedules=schedules, sensors=sensors)


def _sensor(settings: Settings, looked: Looked, every: int) -> dg.SensorDefinition:
    @dg.sensor(
        name=looked.name,
        target=dg.AssetSelection.groups("sample"),
        minimum_interval_seconds=every,
        description=f"{looked.told} {QUEUED}",
    )
    def ticked() -> dg.SkipReason:
        return dg.SkipReason(look_at(settings, looked.rule))

    return ticked


def _schedule(settings: Settings, looked: Looked, cron: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=looked.name,
        cron_schedule=cron,
        execution_timezone="UTC",
        target=dg.AssetSelection.groups("sample"),
        description=f"{looked.told} {QUEUED}",
    )
    def ticked() -> dg.SkipReason:
        return dg.SkipReason(look_at(settings, looked.rule))

    return ticked
