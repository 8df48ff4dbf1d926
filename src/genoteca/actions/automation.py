"""What the app does by itself: when each module is asked, what else is set, and what was done."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.health import change_settings
from genoteca.actions.view import View
from genoteca.engine.automation.memory import Memory
from genoteca.engine.automation.night import check_zone, next_night
from genoteca.errors import InputError, NotFoundError
from genoteca.model.automation import Look, Noted, Policy, Rule

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = [
    "ASKED",
    "MOVED",
    "POLICY_WORDS",
    "SETTINGS",
    "WAITING",
    "AutomationView",
    "ModulePolicy",
    "change_automation",
    "choose_policy",
    "note_movement",
    "policy_of",
    "show_automation",
]

POLICY_WORDS = {
    Policy.MANUAL: "Only when I ask",
    Policy.ON_IMPORT: "When a genome is added",
    Policy.IDLE: "While nobody is at work",
    Policy.NIGHTLY: "Every night",
}
SETTINGS = (
    "automation",
    "night_time",
    "time_zone",
    "idle_minutes",
    "inbox",
    "inbox_files",
    "fetch_releases",
    "backfill_runs",
    "changed_answers",
    "check_updates",
)
ASKED, WAITING = "Asked: ", "New answers wait for you: "
"""How the lines of what was done begin that name modules."""
MOVED = "moved"
"""Name under which it is remembered when the person last did something."""


class ModulePolicy(View):
    """When a module is asked."""

    module: str
    title: str
    policy: Policy
    usable: bool
    """Whether it is installed and can be asked."""


class AutomationView(View):
    """Everything that is done by itself, and when it was looked at last."""

    on: bool
    policies: list[ModulePolicy]
    """Of every module that answers for a genome, by title; and of one that is gone, if it has one."""
    looks: dict[Rule, Look]
    noted: list[Noted]
    """What was done, newest first."""
    next_night: datetime | None
    """Null: the time zone cannot be used."""


def choose_policy(app: App, module_id: str, policy: Policy) -> None:
    """Say when a module is asked about genomes without being told to.

    Raises:
        NotFoundError: no such module is installed and usable, or it answers for no genome.

    """
    if policy is not Policy.MANUAL and module_id not in references.annotating_modules(app.layout):
        raise NotFoundError(
            f"No usable module {module_id!r} is installed that answers for a genome.",
            hint="`genoteca modules list` shows what is installed.",
        )
    Memory(app.layout.database).choose(module_id, policy, datetime.now(UTC))


def policy_of(app: App, module_id: str) -> Policy:
    """Give a module's policy."""
    chosen = Memory(app.layout.database).policies().get(module_id)
    return chosen.policy if chosen else Policy.MANUAL


def change_automation(app: App, **values: object) -> None:
    """Change what else is set of it, by the names of the settings.

    Raises:
        InputError: it is no setting of automation, or a value that it cannot take.

    """
    unknown = sorted(set(values) - set(SETTINGS))
    if unknown:
        raise InputError(
            f"{unknown[0]!r} is nothing that is done by itself.", hint=f"Settings: {', '.join(SETTINGS)}"
        )
    check_zone(str(values.get("time_zone", "")))
    if values.get("fetch_releases") and app.settings.check_updates == "off":
        values.setdefault("check_updates", "weekly")  # who is never asked has no news
    change_settings(app, **values)


def show_automation(app: App) -> AutomationView:
    """Give all that is done by itself."""
    memory = Memory(app.layout.database)
    chosen, usable = memory.policies(), references.annotating_modules(app.layout)
    policies = [
        ModulePolicy(
            module=one,
            title=usable[one].sound_manifest().title if one in usable else one,
            policy=chosen[one].policy if one in chosen else Policy.MANUAL,
            usable=one in usable,
        )
        for one in usable.keys() | chosen.keys()
    ]
    following = None
    with suppress(InputError):
        following = next_night(datetime.now(UTC), app.settings.night_time, app.settings.time_zone)
    return AutomationView(
        on=app.settings.automation,
        policies=sorted(policies, key=lambda one: (one.title.casefold(), one.module)),
        looks=memory.looks(),
        noted=memory.noted(),
        next_night=following,
    )


def note_movement(app: App, when: datetime) -> None:
    """Remember when the person did something in the desktop: the computer is not idle then."""
    Memory(app.layout.database).set_mark(MOVED, when.isoformat())
