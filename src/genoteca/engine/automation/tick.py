"""What is due at a moment: functions of a situation and a clock, which do nothing.

`firing` says which modules' time has come; whoever knows how answers stand (`genoteca.actions.ticking`) gives those
that should be made; `due` says what is to be asked now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from genoteca.engine.automation.night import last_night
from genoteca.model.automation import ChosenPolicy, Policy, Rule, Situation, Standing, Tried, Wanted

__all__ = ["AT_ONCE", "due", "firing", "is_idle", "night_to_catch_up"]

AT_ONCE = 4
"""Genomes that are asked about at a time while nobody is at work: who comes back does not wait for all of them."""

RULES = {Policy.ON_IMPORT: Rule.ON_IMPORT, Policy.IDLE: Rule.IDLE, Policy.NIGHTLY: Rule.NIGHTLY}


def firing(situation: Situation, now: datetime) -> dict[str, Rule]:
    """Give the modules whose time has come, with the rule that says so.

    Raises:
        InputError: the hour or the time zone is none.

    """
    idle = is_idle(situation, now)
    night = night_to_catch_up(situation, now)

    def has_come(chosen: ChosenPolicy) -> bool:
        match chosen.policy:
            case Policy.IDLE:
                return idle
            case Policy.NIGHTLY:
                return night is not None and chosen.since < night
            case _:
                return chosen.policy in RULES

    return {module: RULES[one.policy] for module, one in sorted(situation.policies.items()) if has_come(one)}


def is_idle(situation: Situation, now: datetime) -> bool:
    """Whether nothing is queued or at work, and nobody did anything for as long as was set."""
    quiet_since = now - timedelta(minutes=situation.idle_minutes)
    return not situation.busy and (situation.moved is None or situation.moved <= quiet_since)


def night_to_catch_up(situation: Situation, now: datetime) -> datetime | None:
    """Give the nightly moment that has passed and was not looked at; None: there is none.

    However many nights a computer was asleep, there is one to catch up with: the last.
    """
    if not any(one.policy is Policy.NIGHTLY for one in situation.policies.values()):
        return None
    night = last_night(now, situation.night_time, situation.time_zone)
    return night if situation.last_night is None or situation.last_night < night else None


def due(
    situation: Situation,
    now: datetime,
    standings: Iterable[Standing],
    tried: Mapping[tuple[str, str], Tried],
) -> list[Wanted]:
    """Say what is to be asked now: one entry per genome and rule, in their order.

    `standings`: what should be asked at all. `tried`: by genome and module, what was asked last by itself; what did
    not help, and of which nothing changed since, is left alone.

    Raises:
        InputError: the hour or the time zone is none.

    """
    rules = firing(situation, now)
    found: dict[tuple[str, Rule], dict[str, str]] = {}
    for one in standings:
        rule = rules.get(one.module)
        if rule is None or _was_tried(one, tried) or _is_not_new(one, rule, situation.policies[one.module]):
            continue
        found.setdefault((one.sample, rule), {})[one.module] = one.state
    wanted = [
        Wanted(rule=rule, sample=sample, modules=tuple(sorted(states)), states=states)
        for (sample, rule), states in sorted(found.items())
    ]
    idle = [one for one in wanted if one.rule is Rule.IDLE][:AT_ONCE]
    return [one for one in wanted if one.rule is not Rule.IDLE or one in idle]


def _was_tried(one: Standing, tried: Mapping[tuple[str, str], Tried]) -> bool:
    before = tried.get((one.sample, one.module))
    return before is not None and before.state == one.state


def _is_not_new(one: Standing, rule: Rule, chosen: ChosenPolicy) -> bool:
    """Whether a genome was read before its module was to be asked about new ones, or was asked about since."""
    if rule is not Rule.ON_IMPORT:
        return False
    return one.read < chosen.since or (one.answered is not None and one.answered > one.read)
