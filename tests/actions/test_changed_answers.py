"""A reference moves: what would change is looked at first, then taken; the history of a variant stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genoteca import actions
from genoteca.actions import AddSample, AnswerState, App, Query
from genoteca.actions.automation import choose_policy
from genoteca.actions.backfills import follow_backfill, start_backfill
from genoteca.actions.change_tables import change_page, show_change
from genoteca.actions.changes import every_gate, sample_changes, see_changes, unseen_changes, waiting_answers
from genoteca.actions.class_history import class_histories
from genoteca.actions.held_changes import adopt, preview_update, refuse
from genoteca.actions.ticking import tick
from genoteca.actions.tracing import trace
from genoteca.actions.updating import update
from genoteca.cli.main import build
from genoteca.engine import records
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.automation import CellState, Policy
from genoteca.model.change import Change
from genoteca.model.run import RunStatus
from genoteca.model.sample import CallLimits
from genoteca.model.variant import VariantName
from genoteca.settings import Settings

KEY, OTHER, ACMG = "anna/genome", "ben/genome", "acmg-secondary-findings"
HEAD = """##fileformat=VCFv4.1
##fileDate={date}
##source=ClinVar
##reference=GRCh38
##ID=<Description="ClinVar Variation ID">
##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Aggregate germline classification for this single variant">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO
"""
UNSURE, SINGLE = "Uncertain_significance", "criteria_provided,_single_submitter"
MANY = "criteria_provided,_multiple_submitters,_no_conflicts"
BEFORE = [
    (13, 32340300, 101, "GT", "G", UNSURE, SINGLE, "BRCA2"),
    (13, 32340400, 102, "A", "C", "Pathogenic", SINGLE, "BRCA2"),
    (13, 32340500, 103, "A", "C", "Benign", MANY, "BRCA2"),
    (17, 43045000, 104, "C", "T", "Likely_benign", SINGLE, "BRCA1"),
    (17, 43046000, 106, "C", "T", "Pathogenic", SINGLE, "BRCA1"),
]
AFTER = [
    (13, 32340300, 101, "GT", "G", "Pathogenic", MANY, "BRCA2"),
    (13, 32340400, 102, "A", "C", "Likely_benign", SINGLE, "BRCA2"),
    (13, 32340500, 103, "A", "C", "Benign", MANY, "BRCA2"),
    (17, 43045500, 105, "G", "A", "Likely_pathogenic", SINGLE, "BRCA1"),
    (17, 43046000, 106, "C", "T", "Likely_pathogenic", SINGLE, "BRCA1"),
]
GENOME = """##fileformat=VCFv4.2
##contig=<ID=13,length=114364328>
##contig=<ID=17,length=83257441>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	anna
13	32340300	.	GT	G	50	PASS	.	GT	0/1
13	32340400	.	A	C	50	PASS	.	GT	0/1
13	32340500	.	A	C	50	PASS	.	GT	0/1
17	43045000	.	C	T	50	PASS	.	GT	0/1
17	43045500	.	G	A	50	PASS	.	GT	0/1
"""
BRCA2 = VariantName.parse("13-32340300-GT-G")


def release(path: Path, date: str, rows: Sequence[tuple[object, ...]]) -> str:
    """Write a small release of ClinVar."""
    lines = [
        f"{chrom}\t{pos}\t{number}\t{ref}\t{alt}\t.\t.\tCLNSIG={says};CLNREVSTAT={review};CLNDN=Cancer;GENEINFO={gene}:1"
        for chrom, pos, number, ref, alt, says, review, gene in rows
    ]
    path.write_text(HEAD.format(date=date) + "\n".join(lines) + "\n", "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changed")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[App]:
    """An open app with two genomes, answered by ClinVar of February and a module that builds on it."""
    (folder / "anna.vcf").write_text(GENOME, "utf-8")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        for module in ("clinvar", ACMG):
            actions.install_module(app, module)
        source = release(folder / "february.vcf", "2026-02-26", BEFORE)
        actions.configure_module(app, "clinvar", {"source": source})
        for user in ("anna", "ben"):
            added = AddSample(path=str(folder / "anna.vcf"), user=user, sample="genome", build="GRCh38")
            done(app, actions.add_sample(app, added)[1])
        done(app, actions.annotate(app, KEY))
        done(app, actions.annotate(app, OTHER, ["clinvar"]))
        yield app
    finally:
        actions.close(app)


@pytest.fixture(scope="module")
def march(app: App, folder: Path) -> str:
    """Take ClinVar from a later release, and look at Anna's new answers; gives the run."""
    source = release(folder / "march.vcf", "2026-03-05", AFTER)
    actions.configure_module(app, "clinvar", {"source": source})
    run = preview_update(app, KEY)
    done(app, run)
    return run


def done(app: App, run: str) -> None:
    ended = app.executor.run_until_over(run)
    assert ended.status is RunStatus.SUCCEEDED, [line.message for line in actions.run_lines(app, run)]


def classes(app: App, key: str = KEY) -> dict[int, str]:
    rows = actions.result_page(app, key, "clinvar", Query(limit=None)).rows
    return {int(str(row["pos"])): str(row["significance_class"]) for row in rows}


def test_nothing_is_compared_before_there_is_an_older_answer(app: App) -> None:
    shown = sample_changes(app, OTHER, module_id="clinvar").modules
    assert [(one.compared, one.waiting, len(one.earlier)) for one in shown] == [([], None, 1)]
    assert [one.gates for one in sample_changes(app, KEY).modules] == [[], []], "nothing is there to be opened"
    with pytest.raises(InputError, match="up to date"):
        preview_update(app, OTHER, ["clinvar"])
    with pytest.raises(NotFoundError, match="wait to be taken"):
        adopt(app, OTHER, "clinvar")


def test_new_answers_wait_and_no_other_screen_knows_of_them(app: App, march: str) -> None:
    assert classes(app)[32340300] == "uncertain significance"
    told = actions.show_result(app, KEY, "clinvar").answer
    assert (told.state, told.release) == (AnswerState.WAITING, "2026-02-26")
    assert actions.report_section(app, KEY, "clinvar", opened=True).section is not None
    assert unseen_changes(app, KEY) == 0
    assert [one.entries[-1].value for one in class_histories(app, KEY, BRCA2)] == ["uncertain significance"]
    assert next(run.run.id for run in actions.list_runs(app)) == march


@pytest.mark.usefixtures("march")
def test_the_preview_says_what_would_change_and_what_it_is_only_once_asked(app: App) -> None:
    shut = next(one for one in sample_changes(app, KEY).modules if one.module == "clinvar")
    assert shut.waiting is not None
    assert (shut.waiting.lines, shut.waiting.tally.total, shut.waiting.has_table) == ([], 0, False)
    assert shut.waiting.words == "4 answers about what you carry changed. 1 more where you do not carry it."
    (told,) = sample_changes(app, KEY, opened=every_gate(app, KEY), module_id="clinvar").modules
    assert told.waiting is not None
    lines = [(one.change, one.place, one.class_before, one.class_after) for one in told.waiting.lines]
    assert lines == [
        (Change.RAISED, "13:32,340,300 GT>G", "uncertain significance", "pathogenic"),
        (Change.DOWN, "13:32,340,400 A>C", "pathogenic", "likely benign"),
        (Change.NEW, "17:43,045,500 G>A", "", "likely pathogenic"),
        (Change.GONE, "17:43,045,000 C>T", "likely benign", ""),
    ]
    first = told.waiting.lines[0]
    assert (first.title, first.stars_before, first.stars_after, first.variant) == ("BRCA2", 1, 2, "13-32340300-GT-G")
    name = f"clinvar~{told.waiting.run[:8]}~changes"
    opened = every_gate(app, KEY)["clinvar"]
    assert show_change(app, KEY, name, opened=opened).rows == 5
    assert change_page(app, KEY, name, Query(limit=1), opened=opened).rows[0]["pos"] == 32340300
    with pytest.raises(InputError, match="This names the alleles"):
        show_change(app, KEY, name)


@pytest.mark.usefixtures("march")
def test_a_module_that_asks_first_tells_not_even_whether_something_changed(app: App) -> None:
    told = next(one for one in sample_changes(app, KEY).modules if one.module == ACMG)
    assert told.silent
    assert told.waiting is not None
    assert (told.waiting.words, told.waiting.tally.total, told.waiting.notable, told.waiting.why_not) == (
        "What changed stays closed until you ask to see it.", 0, 0, "",
    )  # fmt: skip


@pytest.mark.usefixtures("march")
def test_taking_the_new_answers_makes_them_those_of_every_screen_and_keeps_the_history(app: App) -> None:
    others = {path: path.read_bytes() for path in (app.layout.users / "ben").rglob("*") if path.is_file()}
    assert adopt(app, KEY, ACMG) == ["clinvar", ACMG]
    assert classes(app)[32340300] == "pathogenic"
    answers = {one.module: one.state for one in actions.show_sample(app, KEY).answers}
    assert answers == {"clinvar": AnswerState.UP_TO_DATE, ACMG: AnswerState.UP_TO_DATE}
    assert actions.report_section(app, KEY, "clinvar", opened=True).section is not None
    assert unseen_changes(app, KEY) == 0
    (told,) = class_histories(app, KEY, BRCA2)
    assert [(one.release, one.value, one.stars) for one in told.entries] == [
        ("2026-02-26", "uncertain significance", 1),
        ("2026-03-05", "pathogenic", 2),
    ]
    (listed,) = class_histories(app, KEY, VariantName.parse("17-43045000-C-T"))
    assert [(one.value, one.listed) for one in listed.entries] == [("likely benign", True), ("", False)]
    (same,) = class_histories(app, KEY, VariantName.parse("13-32340500-A-C"))
    assert [(one.release, one.value) for one in same.entries] == [("2026-02-26", "benign")]
    assert others == {path: path.read_bytes() for path in (app.layout.users / "ben").rglob("*") if path.is_file()}
    older = records.history(app.layout, ["clinvar", "annotations"], KEY)[-1]
    opened = every_gate(app, KEY)["clinvar"]
    page = change_page(app, KEY, f"clinvar~{older.run[:8]}~answers", Query(), opened=opened)
    assert {row["significance_class"] for row in page.rows if row["pos"] == 32340300} == {"uncertain significance"}


@pytest.mark.usefixtures("march")
def test_the_command_line_tells_the_same_and_keeps_closed_what_is_closed(app: App) -> None:
    def told(*more: str) -> str:
        root = build(lambda *_, **__: None)
        return CliRunner().invoke(root, ["--home", str(app.settings.home), "changes", KEY, *more]).output

    assert "uncertain significance (1 of 4 stars) → pathogenic (2 of 4 stars)" in told("clinvar", "--show-me")
    shut = json.loads(told("--json"))["modules"]
    assert not any(one["lines"] for module in shut for one in module["compared"])
    assert "pathogenic" not in told()


@pytest.mark.usefixtures("march")
def test_without_a_preview_the_changes_are_counted_until_they_were_looked_at(app: App) -> None:
    done(app, actions.annotate(app, OTHER, ["clinvar"]))
    assert unseen_changes(app, OTHER) == 4
    shown = sample_changes(app, OTHER)
    see_changes(app, shown)
    assert unseen_changes(app, OTHER) == 0
    assert [one.seen for one in sample_changes(app, OTHER, module_id="clinvar").modules[0].compared] == [True]


@pytest.mark.usefixtures("march")
def test_what_waits_and_is_out_of_date_by_now_says_so_and_can_be_left(app: App, folder: Path) -> None:
    april = release(folder / "april.vcf", "2026-04-02", AFTER[:3])
    actions.configure_module(app, "clinvar", {"source": april})
    done(app, preview_update(app, OTHER, ["clinvar"]))
    (told,) = sample_changes(app, OTHER, module_id="clinvar").modules
    assert (told.waiting is not None, told.why_waiting_is_old) == (True, "")
    actions.configure_module(app, "clinvar", {"source": str(folder / "march.vcf")})
    (old,) = sample_changes(app, OTHER, module_id="clinvar").modules
    assert "settings changed" in old.why_waiting_is_old
    assert refuse(app, OTHER, "clinvar") == ["clinvar"]
    (left,) = sample_changes(app, OTHER, module_id="clinvar").modules
    assert (left.waiting, len(left.compared)) == (None, 1)
    assert actions.show_result(app, OTHER, "clinvar").answer.release == "2026-03-05"


def test_the_settings_of_an_answer_are_told_as_its_module_calls_them(app: App, folder: Path) -> None:
    (told,) = (one for one in trace(app, OTHER).answers if one.module == "clinvar")
    assert Path(str(told.settings["source"])).parent == folder
    assert told.setting_titles["source"] == "Take ClinVar from"


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize("what", ["annotations-*.json", "annotations-*.parquet"])
def test_what_waits_and_is_damaged_is_not_taken_and_can_be_left(app: App, what: str) -> None:
    actions.set_limits(app, OTHER, CallLimits(min_quality=55))
    before = actions.show_result(app, OTHER, "clinvar").answer.run
    run = preview_update(app, OTHER, ["clinvar"])
    done(app, run)
    folder = records.record_path(app.layout, ["clinvar", "annotations"], OTHER).parent
    (damaged,) = folder.glob(what.replace("*", run[:8]))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
    with pytest.raises(DatasetError):
        adopt(app, OTHER, "clinvar")
    (told,) = sample_changes(app, OTHER, module_id="clinvar").modules
    assert told.waiting is not None, "the page shows it, with the way to leave it"
    assert refuse(app, OTHER, "clinvar", seen=run) == ["clinvar"]
    assert not list(folder.glob(f"*-{run[:8]}.*"))
    assert (actions.show_result(app, OTHER, "clinvar").answer.run, waiting_answers(app, OTHER)) == (before, 0)
    actions.set_limits(app, OTHER, CallLimits())


def by_update(app: App, _moment: datetime) -> list[str]:
    return [run.id for run in update(app, OTHER, "clinvar").runs]


def by_tick(app: App, moment: datetime) -> list[str]:
    choose_policy(app, "clinvar", Policy.IDLE)
    try:
        return [one.run for one in tick(app, moment) if one.words == "Asked: clinvar"]
    finally:
        choose_policy(app, "clinvar", Policy.MANUAL)


def by_backfill(app: App, _moment: datetime) -> list[str]:
    begun = start_backfill(app, [OTHER], ["clinvar"])
    *_, seen = follow_backfill(app, begun.backfill.id)
    cell = (
        "waits" if standing(app) is AnswerState.WAITING else "kept" if standing(app) is AnswerState.KEPT else "done"
    )
    assert seen.backfill.counts == {CellState(cell): 1}
    assert ("1 new answer waits: have a look" in seen.words) is (cell == "waits")
    newest = app.index.list(OTHER, limit=1)[0]
    return [newest.id] if newest.queued > begun.backfill.created else []


def standing(app: App) -> AnswerState:
    return actions.show_result(app, OTHER, "clinvar").answer.state


Asking = Callable[[App, datetime], list[str]]
WAYS: tuple[Asking, ...] = (by_update, by_tick, by_backfill)


HOURS = (datetime.now(UTC) + timedelta(days=number) for number in count(1))


def asked(app: App, ask: Asking) -> list[str]:
    runs = ask(app, next(HOURS))
    for run in runs:
        done(app, run)
    return runs


def changes_nothing(app: App, ask: Asking, depth: int) -> str:
    """Ask with a limit that marks no call of a file that tells no depth; gives the run."""
    actions.set_limits(app, OTHER, CallLimits(min_depth=depth))
    (run,) = asked(app, ask)
    assert (standing(app), unseen_changes(app, OTHER), waiting_answers(app, OTHER)) == (AnswerState.UP_TO_DATE, 0, 0)
    assert actions.show_result(app, OTHER, "clinvar").answer.run == run, "it is taken by itself"
    return run


def changes_something(app: App, ask: Asking, quality: float) -> str:
    """Ask with a limit that marks every call; gives the run."""
    before = actions.show_result(app, OTHER, "clinvar").answer.run
    actions.set_limits(app, OTHER, CallLimits(min_quality=quality))
    assert standing(app) is AnswerState.OUT_OF_DATE, "it is another one than what was left"
    (run,) = asked(app, ask)
    assert (standing(app), waiting_answers(app, OTHER)) == (AnswerState.WAITING, 1)
    assert actions.show_result(app, OTHER, "clinvar").answer.run == before != run, "it waits"
    return run


@pytest.mark.usefixtures("march")
def test_what_changes_nothing_is_taken_by_itself_and_what_does_waits_and_is_not_made_twice(app: App) -> None:
    same = changes_nothing(app, by_update, 3)
    other = changes_something(app, by_tick, 60)
    told = [one.words for one in tick(app, next(HOURS))]
    assert told == ["New answers wait for you: clinvar"]
    assert [asked(app, ask) for ask in WAYS] == [[], [], []]
    with pytest.raises(InputError, match="looked up again meanwhile"):
        adopt(app, OTHER, "clinvar", seen=same)
    assert refuse(app, OTHER, "clinvar", seen=other) == ["clinvar"]
    (kept,) = sample_changes(app, OTHER, module_id="clinvar").modules
    assert (standing(app), kept.can_preview) == (AnswerState.KEPT, True)
    assert kept.kept.startswith("your limits changed (quality 0 → 60")
    assert [asked(app, ask) for ask in WAYS] == [[], [], []], "what was left is not made again"
    changes_something(app, by_backfill, 70)
    actions.set_limits(app, OTHER, CallLimits(min_depth=3))


@pytest.mark.long
@pytest.mark.usefixtures("march")
@pytest.mark.parametrize("ask", [by_update, by_tick, by_backfill])
def test_it_is_so_whoever_asks(app: App, ask: Asking) -> None:
    actions.set_limits(app, OTHER, CallLimits(min_depth=3))
    done(app, actions.annotate(app, OTHER, ["clinvar"]))
    see_changes(app, sample_changes(app, OTHER))
    changes_nothing(app, ask, 100 + WAYS.index(ask))
    changes_something(app, ask, 100 + WAYS.index(ask))
    refuse(app, OTHER, "clinvar")


@pytest.mark.usefixtures("march")
def test_whoever_wants_it_takes_new_answers_at_once(app: App) -> None:
    actions.set_limits(app, OTHER, CallLimits(min_quality=80))
    (run,) = update(app, OTHER, "clinvar", take=True).runs
    done(app, run.id)
    assert (standing(app), waiting_answers(app, OTHER)) == (AnswerState.UP_TO_DATE, 0)
    assert unseen_changes(app, OTHER) > 0, "and is told afterwards"


@pytest.mark.usefixtures("march")
def test_a_damaged_comparison_is_named_and_hides_no_other(app: App) -> None:
    whole = sample_changes(app, OTHER, opened=every_gate(app, OTHER), module_id="clinvar").modules[0]
    folder = app.layout.users / "ben" / "genome" / "clinvar"
    record = folder / f"classes-{whole.compared[0].run[:8]}.json"
    table = folder / f"changes-{whole.compared[-1].run[:8]}.parquet"
    kept = {path: path.read_bytes() for path in (record, table)}
    try:
        record.write_bytes(kept[record].replace(b'"rest"', b'"r\xffst"', 1).replace(b'"before"', b'"bef\xffre"', 1))
        table.write_bytes(kept[table][:40] + b"?" + kept[table][41:])
        told = sample_changes(app, OTHER, opened=every_gate(app, OTHER), module_id="clinvar").modules[0]
        (trouble,) = told.troubles
        assert record.name in trouble.message
        assert "verify" in trouble.hint
        assert [one.run for one in told.compared] == [one.run for one in whole.compared[1:]]
        assert whole.compared[-1].lines
        assert told.compared[-1].lines == []
        assert "damaged" in told.compared[-1].damaged
        assert told.compared[-1].words == whole.compared[-1].words
        assert len(sample_changes(app, OTHER).modules) == 1
    finally:
        for path, data in kept.items():
            path.write_bytes(data)


@pytest.mark.usefixtures("march")
def test_what_changed_is_forgotten_with_the_genome(app: App) -> None:
    actions.forget_sample(app, OTHER)
    assert not (app.layout.users / "ben").exists()
    assert b"ben/genome" not in app.layout.database.read_bytes()
