"""A module that builds on another's answers: asked after it, out of date with it, told in words, closed or not."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from genoteca import actions
from genoteca.actions import AddSample, AnswerState, App, Query
from genoteca.actions.replaying import replay_run
from genoteca.actions.status import status
from genoteca.actions.updating import update
from genoteca.engine import records
from genoteca.errors import FilterError, InputError, NotFoundError
from genoteca.model.evidence import Outcome
from genoteca.model.run import LineKind, RunStatus
from genoteca.model.sample import CallLimits
from genoteca.settings import Settings, bundled_plugins

KEY = "anna/genome"
CARRIER, ACMG, TRAITS = "carrier-screening", "acmg-secondary-findings", "everyday-traits"
GENOME = """##fileformat=VCFv4.2
##contig=<ID=7,length=159345973>
##contig=<ID=13,length=114364328>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO	FORMAT	anna
7	117559590	.	ATCT	A	50	PASS	.	GT	0/1
13	32340300	.	GT	G	50	PASS	.	GT	0/1
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An open app with a genome, ClinVar from a file of its own, and the two modules that build on it."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(bundled_plugins() / ACMG / "tests" / "few.vcf", folder / "clinvar.vcf")
    (folder / "anna.vcf").write_text(GENOME, "utf-8")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        for module in ("clinvar", CARRIER, ACMG):
            actions.install_module(app, module)
        actions.configure_module(app, "clinvar", {"source": str(folder / "clinvar.vcf")})
        added = AddSample(path=str(folder / "anna.vcf"), user="anna", sample="genome", build="GRCh38")
        _, run = actions.add_sample(app, added)
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
        yield app
    finally:
        actions.close(app)


@pytest.fixture(scope="module")
def first(app: App) -> actions.AnnotateReport:
    """What came of asking the two modules, and ClinVar beneath them, for the first time."""
    return asked(app, CARRIER, ACMG)


def asked(app: App, *modules: str, force: bool = False) -> actions.AnnotateReport:
    run = actions.annotate(app, KEY, modules, force=force)
    ended = app.executor.run_until_over(run)
    assert ended.status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
    return actions.annotate_report(app, run)


def state(app: App, module: str) -> tuple[AnswerState, str]:
    told = actions.show_result(app, KEY, module).answer
    return told.state, told.why


def test_the_module_beneath_is_asked_first_and_what_is_up_to_date_is_kept(
    app: App, first: actions.AnnotateReport
) -> None:
    assert {name: (one.outcome, one.reused) for name, one in first.modules.items()} == {
        "clinvar": (Outcome.ANSWERED, False),
        CARRIER: (Outcome.ANSWERED, False),
        ACMG: (Outcome.ANSWERED, False),
    }
    assert first.modules[CARRIER].closed
    told = actions.show_result(app, KEY, CARRIER, opened=True).answer
    assert (told.sites, told.evidence["called"]) == (3, 1)
    assert all(one.reused for one in asked(app, CARRIER, ACMG).modules.values())
    again = asked(app, CARRIER, force=True)
    assert {name: one.reused for name, one in again.modules.items()} == {"clinvar": True, CARRIER: False}
    assert state(app, CARRIER) == (AnswerState.UP_TO_DATE, "")


@pytest.mark.usefixtures("first")
def test_the_report_is_kept_with_its_record_and_given_in_words(app: App) -> None:
    card = actions.report_section(app, KEY, CARRIER, opened=True)
    assert card.section
    assert [one.title.split(" ")[0] for one in card.section.findings] == ["CFTR"]
    assert any("CFTR · Cystic fibrosis · one copy" in line for line in actions.report_words(card))
    stored = records.current(app.layout, [CARRIER, "report"], KEY)
    annotations = records.current(app.layout, [CARRIER, "annotations"], KEY)
    assert stored
    assert annotations
    assert stored.record.inputs == {f"{CARRIER}/annotations": annotations.record.sha256}
    with pytest.raises(NotFoundError, match="No usable module"):
        actions.report_section(app, KEY, "everyday-traits")


def test_nothing_of_a_closed_module_is_told_before_the_person_asks(app: App, first: actions.AnnotateReport) -> None:
    report = first.modules[ACMG]
    assert report.closed
    assert not {"evidence", "rows", "filtered"} & json.loads(report.model_dump_json()).keys()
    shut = actions.show_result(app, KEY, ACMG).answer
    assert (shut.evidence, shut.rows, "stays closed" in shut.words) == ({}, 0, True)
    assert (shut.sites, shut.checks, report.sites) == (None, [], None)
    assert actions.report_section(app, KEY, ACMG).section is None
    open_ = actions.show_result(app, KEY, ACMG, opened=True).answer
    assert (open_.evidence["called"], open_.gate) == (1, "")
    assert open_.checks
    section = actions.report_section(app, KEY, ACMG, opened=True).section
    assert section
    assert [one.title.split(" ")[0] for one in section.findings] == ["BRCA2"]


@pytest.mark.usefixtures("first")
def test_what_is_called_pathogenic_is_told_in_words_only_on_request_while_its_table_is_open(app: App) -> None:
    shut = actions.report_section(app, KEY, "clinvar")
    assert (shut.section, shut.gate[:10]) == (None, "This names")
    assert actions.show_result(app, KEY, "clinvar").answer.gate == ""
    closed = {one.answer.module: one for one in actions.genome_overview(app, KEY).modules}
    assert all(one.gate and not one.findings and one.tally.rows == 0 for one in closed.values())
    gates = {"clinvar": {shut.gate}}
    opened = {one.answer.module: one for one in actions.genome_overview(app, KEY, opened=gates).modules}
    assert opened["clinvar"].told == opened["clinvar"].tally.rows == 2
    assert opened["clinvar"].tally.classes == {"pathogenic": 2}
    assert not opened[CARRIER].findings
    with pytest.raises(InputError, match="stay closed until you ask"):
        actions.keep_report(app, KEY, ["clinvar", CARRIER])


@pytest.mark.usefixtures("first")
def test_smart_filters_are_looked_up_by_name_and_narrow_together(app: App) -> None:
    both = actions.smart_where(app, "clinvar", ["pathogenic-two-stars", "of-note"])
    rows = actions.result_page(app, KEY, "clinvar", Query(where=both)).rows
    assert {row["variation_id"] for row in rows} == {"7105", "9325"}
    assert actions.smart_where(app, "clinvar", []) is None
    with pytest.raises(FilterError, match="has no filter 'famous'"):
        actions.smart_where(app, "clinvar", ["famous"])


def made_since(app: App, before: set[str]) -> Counter[str]:
    """Count the tables that were made by runs that are not among those before."""
    runs = [run for run in app.index.list() if run.id not in before]
    lines = [line for run in runs for line in app.index.lines(run.id) if line.kind is LineKind.DONE]
    return Counter(line.asset for line in lines if line.asset)


@pytest.mark.usefixtures("first")
def test_an_update_makes_what_changed_and_what_builds_on_it_and_nothing_else(app: App) -> None:
    actions.install_module(app, TRAITS)
    for module in (TRAITS, CARRIER, ACMG):
        asked(app, module)
    assert update(app).runs == []
    assert status(app).cost.parts == []
    before = {run.id for run in app.index.list()}
    beneath = app.layout.home.parent / "clinvar.vcf"
    *_, last = beneath.read_text("utf-8").splitlines()
    with beneath.open("a", encoding="utf-8") as file:
        file.write("\t".join([*last.split("\t")[:1], "114000000", "1", "A", "C", *last.split("\t")[5:]]) + "\n")

    told = status(app)
    assert {one.module: [reason.module for reason in one.reasons] for one in told.samples[0].modules} == {
        "clinvar": [""], CARRIER: ["clinvar"], ACMG: ["clinvar"], TRAITS: []
    }  # fmt: skip
    assert [(part.what, part.module) for part in told.cost.parts if part.what != "look up"] == [
        ("prepare", "clinvar")
    ]
    assert told.cost.runs == 2
    assert all(part.seconds is not None for part in told.cost.parts)

    queued = update(app)
    assert [app.executor.run_until_over(run.id).status for run in queued.runs] == [RunStatus.SUCCEEDED]
    made = made_since(app, before)
    assert made.pop("clinvar/publisher", 0) == 0
    reports = {name: made.pop(name) for name in list(made) if name.endswith("/report")}
    assert made == Counter(
        ["clinvar/reference", "clinvar/annotations", f"{CARRIER}/annotations", f"{ACMG}/annotations"]
    )
    assert f"{TRAITS}/report" not in reports
    assert status(app).old == 0

    before = {run.id for run in app.index.list()}
    actions.set_limits(app, KEY, CallLimits(min_quality=60))
    run = update(app, KEY, "clinvar").runs[0]
    assert app.executor.run_until_over(run.id).status is RunStatus.SUCCEEDED
    assert [name for name in made_since(app, before) if name.endswith("annotations")] == ["clinvar/annotations"]
    actions.set_limits(app, KEY, CallLimits())
    for run in update(app).runs:
        assert app.executor.run_until_over(run.id).status is RunStatus.SUCCEEDED


@pytest.mark.usefixtures("first")
def test_a_run_is_done_once_more_as_its_record_says(app: App) -> None:
    asked(app, CARRIER, force=True)
    first_run = app.index.list(limit=1)[0]
    assert "clinvar" in first_run.request.reused
    before = {run.id for run in app.index.list()}
    again = app.executor.run_until_over(replay_run(app, first_run.id[:8]))
    assert again.request == first_run.request
    assert again.status is RunStatus.SUCCEEDED
    assert set(made_since(app, before)) == {f"{CARRIER}/annotations", f"{CARRIER}/report"}
    idle = actions.annotate(app, KEY, [CARRIER])
    with pytest.raises(InputError, match="made nothing"):
        replay_run(app, idle)


@pytest.mark.usefixtures("first")
def test_an_answer_is_out_of_date_when_the_one_beneath_is_and_when_it_changed(app: App) -> None:
    beneath = app.layout.home.parent / "clinvar.vcf"
    text = beneath.read_text("utf-8")
    beneath.write_text(text.replace("CLNSIG=Pathogenic;CLNREVSTAT=practice", "CLNSIG=Benign;CLNREVSTAT=practice"))
    assert state(app, CARRIER) == (AnswerState.OUT_OF_DATE, "ClinVar is out of date: the module's file changed")
    assert actions.report_section(app, KEY, CARRIER).out_of_date
    asked(app, "clinvar")
    assert state(app, CARRIER) == (AnswerState.OUT_OF_DATE, "ClinVar was looked up again")
    report = asked(app, CARRIER)
    assert report.modules["clinvar"].reused
    assert actions.show_result(app, KEY, CARRIER, opened=True).answer.evidence["called"] == 0
    section = actions.report_section(app, KEY, CARRIER, opened=True).section
    assert section
    assert "says nothing about any of them" in section.lead
    # the genome goes last: nothing of its reports stays
    page = actions.keep_report(app, KEY, [CARRIER], opened=actions.all_gates(app, KEY))
    assert page.shows_closed
    kept = [*app.layout.sample("anna", "genome").rglob("report-*.section"), actions.report_path(app, KEY, page.name)]
    assert len(kept) >= 3
    assert status(app).samples[0].modules
    actions.forget_sample(app, KEY)
    with app.index.reading() as db:
        assert db.execute("SELECT count(*) FROM answer_records").fetchone()[0] == 0
    assert not any(path.exists() for path in kept)
