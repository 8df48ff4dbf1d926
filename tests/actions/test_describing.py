"""What a person says about a genome, what another sex means for it, and two genomes compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import AnswerState, App, Description
from genoteca.actions.planning import LARGE, START_SECONDS
from genoteca.actions.views import AddSample, Query
from genoteca.engine.samples import write_sample
from genoteca.errors import InputError, NotFoundError, RunError
from genoteca.model.comparison import Difference
from genoteca.model.run import RunStatus
from genoteca.model.sample import Sex

KEY = "demo/synthetic"
TRAITS = "everyday-traits"
SECOND = "demo/second"


@pytest.fixture
def described(desk: App) -> Iterator[App]:
    """The desk, with what is said of the demo genome as it was afterwards."""
    before = actions.show_sample(desk, KEY).sample
    yield desk
    write_sample(desk.layout, before)


@pytest.fixture(scope="module")
def second(desk: App) -> Iterator[str]:
    """The demo genome once more, under another name."""
    demo = actions.demo_genome(desk)
    sample, run = actions.add_sample(desk, AddSample(path=demo.path, user="demo", sample="second"))
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    yield sample.key
    actions.forget_sample(desk, sample.key)


def state(app: App) -> tuple[AnswerState, str]:
    answer = next(one for one in actions.show_sample(app, KEY).answers if one.module == TRAITS)
    return answer.state, answer.why


def test_names_and_notes_change_and_the_key_and_the_results_stay(described: App) -> None:
    changes = Description(
        name="  Saliva   test ", person="Anna Berg", relation="my mother", laboratory="Some Lab", tested="2026-03-31",
        note="Looked at together.\nTwice.",
    )  # fmt: skip
    actions.describe_sample(described, KEY, changes)
    sample = actions.show_sample(described, KEY).sample
    assert (sample.sample_name, sample.user_name, sample.id.key) == ("Saliva test", "Anna Berg", KEY)
    assert sample.details.note == "Looked at together.\nTwice."
    assert str(sample.details.tested) == "2026-03-31"
    assert state(described) == (AnswerState.UP_TO_DATE, "")
    assert actions.show_sample(described, KEY).why_read_again == ""
    actions.describe_sample(described, KEY, Description(tested="", relation=""))
    told = actions.show_sample(described, KEY).sample.details
    assert (told.tested, told.relation, told.laboratory) == (None, "", "Some Lab")


def test_a_person_s_name_holds_for_all_of_their_genomes(described: App, second: str) -> None:
    actions.describe_sample(described, KEY, Description(person="Anna Berg"))
    assert actions.show_sample(described, second).sample.user_name == "Anna Berg"
    assert actions.show_sample(described, second).sample.sample_name == "second"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (Description(name="   "), "1 to 80 characters"),
        (Description(person="x" * 81), "81 were given"),
        (Description(tested="31.03.2026"), "is no day"),
        (Description(tested="1066-10-14"), "before 1990"),
        (Description(tested="2999-01-01"), "still to come"),
        (Description(note="x" * 10_001), "10001 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(described: App, changes: Description, words: str) -> None:
    before = actions.show_sample(described, KEY).sample
    with pytest.raises(InputError, match=words):
        actions.describe_sample(described, KEY, changes)
    assert actions.show_sample(described, KEY).sample == before


def test_another_sex_makes_answers_out_of_date_and_taking_it_back_makes_them_good_again(described: App) -> None:
    change = actions.sex_change(described, KEY, Sex.FEMALE)
    assert (change.answers, change.read_again) == (1, False)
    assert "no Y" in change.affects
    assert state(described)[0] is AnswerState.UP_TO_DATE  # asking changes nothing

    actions.describe_sample(described, KEY, Description(sex=Sex.FEMALE))
    assert state(described) == (AnswerState.OUT_OF_DATE, "the stated sex changed (unstated → female)")
    assert actions.sex_change(described, KEY, Sex.UNSTATED).answers == 0
    actions.describe_sample(described, KEY, Description(sex=Sex.UNSTATED))
    assert state(described) == (AnswerState.UP_TO_DATE, "")


def test_a_male_sex_asks_for_another_reading_where_the_file_has_calls_on_x(described: App) -> None:
    report = actions.genome_report(described, KEY)
    assert report.quality is not None
    on_x = sum(one.variants for one in report.quality.chromosomes if one.chrom in ("X", "Y"))
    assert actions.sex_change(described, KEY, Sex.MALE).read_again is bool(on_x)
    actions.describe_sample(described, KEY, Description(sex=Sex.MALE))
    why = actions.show_sample(described, KEY).why_read_again
    assert why == ("the stated sex changed (unstated → male)" if on_x else "")


def test_the_sex_stays_while_a_run_reads_by_it(described: App) -> None:
    queued = actions.annotate(described, KEY, force=True)
    try:
        with pytest.raises(RunError, match="at work"):
            actions.describe_sample(described, KEY, Description(sex=Sex.MALE))
        actions.describe_sample(described, KEY, Description(name="Anything else may change"))
    finally:
        described.executor.run_until_over(queued)


def test_a_plan_says_time_and_room_and_refuses_what_does_not_fit(desk: App, second: str) -> None:
    facts = actions.inspect_genome(desk, Path(actions.demo_genome(desk).path))
    plan = actions.plan_import(desk, facts)
    assert plan.measured >= 2  # the demo genome was read here, twice
    assert plan.fits(1)
    assert plan.seconds(3) == 3 * plan.seconds(1)
    huge = actions.plan_import(desk, facts.model_copy(update={"bytes": 10 * plan.free}))
    assert not huge.fits(1)
    assert huge.needed(1) == 20 * plan.free
    assert huge.measured == 0  # nothing so large was ever read here
    assert huge.seconds(1) > huge.needed(1) / 2 / 1e9
    assert LARGE / 25_000_000 < START_SECONDS


def test_two_genomes_are_compared_once_and_shown_by_the_page(desk: App, second: str, tmp_path: Path) -> None:
    heard: list[float] = []
    shown = actions.compare(desk, KEY, second, progress=lambda fraction, _: heard.append(fraction))
    intake = actions.show_sample(desk, KEY).intake
    assert intake is not None
    assert shown.rows == shown.told.differing == shown.told.count(Difference.PARTLY)
    assert shown.told.shared == shown.told.count(*Difference) > 0
    assert shown.told.concordance == 1.0
    assert heard
    again: list[float] = []
    actions.compare(desk, KEY, second, progress=lambda fraction, _: again.append(fraction))
    assert again == []
    page = actions.compared_page(desk, KEY, second, Query())
    assert page.total == shown.rows
    labels = [column.label for column in actions.compared_header(desk, KEY, second).columns]
    assert "second: genotype" in labels
    assert any("have the same one" in line for line in actions.comparison_words(shown))
    assert "cannot be told" in actions.kinship_words(shown)
    target = tmp_path / "rows.csv"
    assert actions.export_compared(desk, KEY, second, Query(limit=None), format="csv", output=target) == shown.rows
    assert target.is_file()


def test_a_comparison_that_cannot_be_is_refused_with_the_reason(desk: App) -> None:
    with pytest.raises(InputError, match="given twice"):
        actions.compare(desk, KEY, KEY)
    with pytest.raises(NotFoundError, match="no sample"):
        actions.compare(desk, KEY, "demo/nobody")


@pytest.mark.long
def test_what_is_compared_is_gone_with_either_genome(desk: App) -> None:
    demo = actions.demo_genome(desk)
    sample, run = actions.add_sample(desk, AddSample(path=demo.path, user="demo", sample="third"))
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    actions.compare(desk, sample.key, KEY)
    assert list((desk.layout.cache / "compared").iterdir())
    actions.forget_sample(desk, sample.key)
    assert not (desk.layout.cache / "compared").exists() or not list((desk.layout.cache / "compared").iterdir())
