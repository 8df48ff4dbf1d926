"""The nightly hour strikes once a night, whatever the clocks are put to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.engine.automation.night import check_hour, check_zone, last_night, next_night
from genoteca.errors import InputError

BERLIN = "Europe/Berlin"


def berlin(*told: int, fold: int = 0) -> datetime:
    return datetime(*told, tzinfo=ZoneInfo(BERLIN), fold=fold)  # type: ignore[arg-type, misc]


def test_the_hour_strikes_by_the_clock_of_its_zone() -> None:
    now = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert last_night(now, "03:00", BERLIN) == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert last_night(now, "03:00", "America/New_York") == datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert last_night(now, "03:00", "UTC") == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert last_night(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), "03:00", BERLIN) == datetime(
        2026, 11, 22, 2, tzinfo=UTC
    )


def test_an_hour_that_the_clocks_skip_strikes_once_and_later() -> None:
    # on 29 March 2026 the clock went from 02:00 to 03:00: there was no 02:30
    before, after = berlin(2026, 3, 29, 1, 59), berlin(2026, 3, 29, 3, 30)
    assert last_night(before, "02:30", BERLIN) == berlin(2026, 3, 28, 2, 30)
    assert last_night(after, "02:30", BERLIN) == after.astimezone(UTC)
    assert next_night(after, "02:30", BERLIN) == berlin(2026, 3, 30, 2, 30)


def test_an_hour_that_the_clocks_show_twice_strikes_the_first_time_only() -> None:
    # on 25 October 2026 the clock showed 02:30 twice
    first, second = berlin(2026, 10, 25, 2, 30), berlin(2026, 10, 25, 2, 30, fold=1)
    assert (second.astimezone(UTC) - first.astimezone(UTC)) == timedelta(hours=1)
    assert last_night(first, "02:30", BERLIN) == first.astimezone(UTC)
    assert last_night(second, "02:30", BERLIN) == first.astimezone(UTC)
    assert next_night(first, "02:30", BERLIN) == berlin(2026, 10, 26, 2, 30)


@given(
    now=st.integers(0, 10 * 366 * 86400).map(lambda one: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=one)),
    hour=st.times().map(lambda one: f"{one:%H:%M}"),
    zone=st.sampled_from(
        (BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC")
    ),
)
def test_between_two_strikes_lies_about_a_day_and_none_is_left_out(now: datetime, hour: str, zone: str) -> None:
    last, following = last_night(now, hour, zone), next_night(now, hour, zone)
    assert last <= now < following
    assert timedelta(hours=22) <= following - last <= timedelta(hours=26)
    assert last_night(following, hour, zone) == following
    assert last_night(following - timedelta(microseconds=1), hour, zone) == last


def test_this_computers_own_clock_is_used_where_no_zone_is_named() -> None:
    now = datetime.now(UTC)
    assert last_night(now, "03:00").astimezone().strftime("%H:%M") in {"03:00", "04:00", "03:30"}


@pytest.mark.parametrize("hour", ["", "24:00", "3", "03:60", "noon", "-1:00"])
def test_what_is_no_hour_is_refused(hour: str) -> None:
    with pytest.raises(InputError, match="no time of the day"):
        check_hour(hour)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", "/etc/localtime", "x" * 300])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(InputError, match="no time zone"):
        check_zone(zone)
