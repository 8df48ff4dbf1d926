"""What is due at a moment, by a given clock: nothing here waits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from genoteca.engine.automation.tick import AT_ONCE, due, firing, is_idle, night_to_catch_up
from genoteca.model.automation import ChosenPolicy, Policy, Rule, Situation, Standing, Tried, Wanted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=30)


def chosen(policy: Policy, since: datetime = LONG_AGO) -> ChosenPolicy:
    return ChosenPolicy(policy=policy, since=since)


def situation(**more: object) -> Situation:
    policies = {
        "by-hand": chosen(Policy.MANUAL),
        "at-once": chosen(Policy.ON_IMPORT),
        "quietly": chosen(Policy.IDLE),
        "by-night": chosen(Policy.NIGHTLY),
    }
    told = {"policies": policies, "time_zone": "UTC", "last_night": datetime(2026, 11, 22, 3, tzinfo=UTC), **more}
    return Situation.model_validate(told)


def standing(module: str, *, sample: str = "anna/one", **more: object) -> Standing:
    told = {"sample": sample, "module": module, "why": "not looked up yet", "read": NOON, "state": "a", **more}
    return Standing.model_validate(told)


def asked(found: list[Wanted]) -> set[tuple[Rule, str, tuple[str, ...]]]:
    return {(one.rule, one.sample, one.modules) for one in found}


ALL = [standing(one) for one in ("at-once", "by-hand", "by-night", "quietly")]


def test_each_module_is_asked_when_its_own_time_has_come_and_one_by_hand_never() -> None:
    quiet_noon = situation(busy=False, moved=None)
    assert asked(due(quiet_noon, NOON, ALL, {})) == {
        (Rule.ON_IMPORT, "anna/one", ("at-once",)),
        (Rule.IDLE, "anna/one", ("quietly",)),
    }
    night = NOON + timedelta(hours=16)
    assert set(firing(situation(busy=True), night)) == {"at-once", "by-night"}
    assert set(firing(situation(busy=True), NOON)) == {"at-once"}


def test_nobody_is_at_work_only_when_the_queue_is_empty_and_nothing_was_done_for_a_while() -> None:
    assert is_idle(situation(), NOON)
    assert not is_idle(situation(busy=True), NOON)
    assert not is_idle(situation(moved=NOON - timedelta(minutes=9, seconds=59)), NOON)
    assert is_idle(situation(moved=NOON - timedelta(minutes=10)), NOON)
    assert is_idle(situation(moved=NOON - timedelta(minutes=2), idle_minutes=2), NOON)


def test_a_computer_that_slept_for_days_catches_up_once() -> None:
    slept = situation(last_night=NOON - timedelta(days=6))
    night = night_to_catch_up(slept, NOON)
    assert night == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert night_to_catch_up(slept.model_copy(update={"last_night": night}), NOON) is None
    assert (Rule.NIGHTLY, "anna/one", ("by-night",)) in asked(due(slept, NOON, ALL, {}))


def test_a_module_that_was_set_to_nightly_at_noon_waits_for_the_night() -> None:
    new = situation(policies={"by-night": chosen(Policy.NIGHTLY, NOON - timedelta(minutes=1))}, last_night=None)
    assert due(new, NOON, ALL, {}) == []
    assert asked(due(new, NOON + timedelta(hours=15), ALL, {})) == {(Rule.NIGHTLY, "anna/one", ("by-night",))}


def test_on_import_means_genomes_that_are_new_or_were_read_again() -> None:
    policies = {"at-once": chosen(Policy.ON_IMPORT, NOON)}
    before, later = NOON - timedelta(hours=1), NOON + timedelta(hours=1)

    def is_due(read: datetime, answered: datetime | None = None) -> bool:
        return bool(due(situation(policies=policies), later, [standing("at-once", read=read, answered=answered)], {}))

    assert is_due(read=NOON)
    assert not is_due(read=before)
    assert is_due(read=later, answered=before)
    assert not is_due(read=NOON, answered=NOON + timedelta(minutes=1))


def test_what_did_not_help_is_left_alone_until_something_changes() -> None:
    tried = {("anna/one", "quietly"): Tried(state="a", run=None)}
    assert due(situation(), NOON, [standing("quietly")], tried) == []
    assert len(due(situation(), NOON, [standing("quietly", state="b")], tried)) == 1
    assert len(due(situation(), NOON, [standing("quietly", sample="ben/one")], tried)) == 1


def test_modules_of_one_genome_are_asked_in_one_run() -> None:
    policies = {one: chosen(Policy.IDLE) for one in ("b", "a", "c")}
    (wanted,) = due(situation(policies=policies), NOON, [standing(one) for one in ("c", "a", "b")], {})
    assert (wanted.modules, wanted.states) == (("a", "b", "c"), {"a": "a", "b": "a", "c": "a"})


@given(genomes=st.integers(0, 12))
def test_while_nobody_is_at_work_a_few_genomes_are_asked_about_at_a_time(genomes: int) -> None:
    standings = [standing("quietly", sample=f"anna/{number:02}") for number in range(genomes)]
    found = due(situation(), NOON, standings, {})
    assert [one.sample for one in found] == [one.sample for one in standings[:AT_ONCE]]


def test_one_that_is_asked_by_hand_now_is_not_asked_whatever_stands_of_it() -> None:
    assert due(situation(policies={}), NOON, ALL, {}) == []
