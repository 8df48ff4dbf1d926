"""The nightly hour: when it struck last, and when it will next, whatever the clocks are put to."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from genoteca.errors import InputError

__all__ = ["check_hour", "check_zone", "last_night", "next_night"]

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def last_night(now: datetime, hour: str, zone: str = "") -> datetime:
    """Give the last moment (UTC) up to now at which the clock struck the hour.

    `hour`: `HH:MM`. `zone`: a name of the IANA time zone database (https://www.iana.org/time-zones); empty: this
    computer's own. In a night whose clocks skip the hour, it strikes as much later as they skip; where they show it
    twice, it strikes the first time only.

    Raises:
        InputError: no such hour or zone.

    """
    today = _local(now, zone)
    struck = (_moment(today + timedelta(days=days), hour, zone) for days in (1, 0, -1, -2))
    return next(moment for moment in struck if moment <= now)


def next_night(now: datetime, hour: str, zone: str = "") -> datetime:
    """Give the next moment (UTC) after now at which the clock strikes the hour; see `last_night`."""
    today = _local(now, zone)
    strikes = (_moment(today + timedelta(days=days), hour, zone) for days in (-1, 0, 1, 2))
    return next(moment for moment in strikes if moment > now)


def check_hour(hour: str) -> time:
    """Read an hour.

    Raises:
        InputError: it is none.

    """
    found = _HOUR.fullmatch(hour.strip())
    if found is None:
        raise InputError(f"{hour!r} is no time of the day.", hint="Write hours and minutes: 03:00, or 22:30.")
    return time(int(found[1]), int(found[2]))


def check_zone(zone: str) -> ZoneInfo | None:
    """Find a time zone; None: this computer's own.

    Raises:
        InputError: there is none of this name.

    """
    if not zone:
        return None
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"There is no time zone {zone!r}.",
            hint="Write it as a place: Europe/Berlin, America/New_York. Empty: as this computer's clock.",
        ) from error


def _local(now: datetime, zone: str) -> date:
    return now.astimezone(check_zone(zone)).date()


def _moment(day: date, hour: str, zone: str) -> datetime:
    """Give the moment at which a day's clock strikes: of two the first, and a skipped one by the clock before."""
    wall = datetime.combine(day, check_hour(hour), tzinfo=check_zone(zone))
    return wall.astimezone(UTC)
