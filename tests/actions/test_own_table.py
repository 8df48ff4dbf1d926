"""A file of one's own through the whole app: chosen, looked up, replaced; earlier answers stay as they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.publisher import Publisher, serving

from genoteca import actions
from genoteca.actions import AddSample, AnswerState, App, Query
from genoteca.actions.explore_sources import sources_of
from genoteca.actions.settling import local_source
from genoteca.errors import InputError, NotFoundError
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.sdk import ModuleContext, look_at_table
from genoteca.settings import Settings
from genoteca_my_reference.plugin import describe_columns

MODULE = "my-reference"
GENOME = """##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
chr1\t1000100\t.\tA\tG\t50\tPASS\t.\tGT\t0/1
chr1\t1000200\t.\tC\tT,G\t50\tPASS\t.\tGT\t1/2
"""
ALLELES = """CHROM\tPOS\tREF\tALT\tscore\tnote
1\t1000100\tA\tG\t0.5\tmine
1\t7\tA\tG\t1\telsewhere
chrUn\t7\tA\tG\t1\tno
"""
REGIONS = "chr1\t1000149\t1000300\tABC\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[App]:
    """An open app with the module and one genome; the module is not set up."""
    opened = actions.open_app(Settings(home=folder / "home", standby_seconds=0))
    actions.start(opened)
    try:
        actions.install_module(opened, MODULE)
        (folder / "genome.vcf").write_text(GENOME)
        request = AddSample(path=str(folder / "genome.vcf"), user="anna", sample="g")
        _, run = actions.add_sample(opened, request)
        over(opened, run)
        yield opened
    finally:
        actions.close(opened)


def over(app: App, run: str) -> None:
    done = app.executor.run_until_over(run)
    assert done.status is RunStatus.SUCCEEDED, [line.message for line in actions.run_lines(app, run)]


def rows(app: App, *columns: str) -> list[tuple[object, ...]]:
    found = actions.result_page(app, "anna/g", MODULE, Query(limit=None)).rows
    return [tuple(row[name] for name in columns) for row in found]


def test_without_a_file_it_cannot_be_asked_and_nothing_fails(app: App) -> None:
    over(app, run := actions.annotate(app, "anna/g"))
    report = actions.annotate_report(app, run).modules[MODULE]
    assert report.outcome is Outcome.CANNOT_BE_TESTED
    assert "not set up yet" in report.reason
    assert "not set up yet" in actions.show_module(app, MODULE).works_with["anna/g"]


def test_a_file_that_lacks_something_is_refused_and_nothing_is_kept(app: App, folder: Path) -> None:
    (folder / "list.tsv").write_text(ALLELES)
    with pytest.raises(InputError, match="Missing: the genome build"):
        actions.configure_module(app, MODULE, {"source": str(folder / "list.tsv")})
    card = actions.show_module(app, MODULE)
    assert not card.settings["source"]
    assert card.manifest.columns == ()


def test_one_setting_is_enough_and_the_module_has_the_files_columns(app: App, folder: Path) -> None:
    (folder / "list.hg38.tsv").write_text(ALLELES)
    card = actions.configure_module(app, MODULE, {"source": str(folder / "list.hg38.tsv")})
    assert [(column.name, column.type) for column in card.manifest.columns] == [("score", "number"), ("note", "text")]
    assert card.manifest.builds == ("GRCh38",)
    over(app, actions.annotate(app, "anna/g", [MODULE]))
    assert rows(app, "pos", "ref", "alt", "genotype", "score", "note") == [(1000100, "A", "G", "A/G", 0.5, "mine")]
    header = actions.show_result(app, "anna/g", MODULE)
    assert [column.name for column in header.columns][-2:] == ["score", "note"]
    assert header.shown[-2:] == ["score", "note"]
    (read,) = actions.read_of_own_table(app, MODULE)
    assert (read.rows_read, read.listed, read.kept, sum(read.set_aside.values())) == (3, 3, 2, 1)


def test_after_another_file_was_chosen_the_old_answer_is_shown_as_it_was_made(app: App, folder: Path) -> None:
    (folder / "genes.GRCh38.bed").write_text(REGIONS)
    actions.configure_module(app, MODULE, {"source": str(folder / "genes.GRCh38.bed"), "build": ""})
    header = actions.show_result(app, "anna/g", MODULE)
    assert header.answer.state is AnswerState.OUT_OF_DATE
    assert [column.name for column in header.columns][-2:] == ["score", "note"]
    assert rows(app, "score", "note") == [(0.5, "mine")]
    (own, *_) = actions.result_row(app, "anna/g", MODULE, 0).cells
    assert (own.label, own.text) == ("score", "0.5")
    over(app, actions.annotate(app, "anna/g", [MODULE]))
    answered = rows(app, "pos", "interval_end", "genotype", "name", "match", "own_variant")
    interval = (1000150, 1000300, "T/G", "ABC", "interval")
    assert answered == [(*interval, "1:1000200 C>G"), (*interval, "1:1000200 C>T")]
    header = actions.show_result(app, "anna/g", MODULE)
    assert [column.label for column in header.columns if column.name in header.shown][-3:] == [
        "Interval ends at",
        "Your variant",
        "name",
    ]
    assert actions.show_result(app, "anna/g", MODULE).answer.state is AnswerState.UP_TO_DATE


def test_a_file_with_other_columns_under_the_same_settings_is_made_anew(app: App, folder: Path) -> None:
    path = folder / "genes.GRCh38.bed"
    path.write_text("#chrom\tstart\tend\tpanel\n" + REGIONS)
    actions.configure_module(app, MODULE, {"source": str(path)})
    answer = actions.show_result(app, "anna/g", MODULE).answer
    assert (answer.state, answer.why) == (AnswerState.OUT_OF_DATE, "the module's columns changed")
    over(app, actions.annotate(app, "anna/g", [MODULE]))
    assert rows(app, "pos", "panel") == [(1000150, "ABC")] * 2


def test_a_file_that_has_changed_is_read_again(app: App, folder: Path) -> None:
    path = folder / "genes.GRCh38.bed"
    path.write_text(path.read_text().replace("ABC", "ANOTHER"))
    answer = actions.show_result(app, "anna/g", MODULE).answer
    assert (answer.state, answer.why) == (AnswerState.OUT_OF_DATE, "the module's file changed")
    over(app, actions.annotate(app, "anna/g", [MODULE]))
    assert rows(app, "panel") == [("ANOTHER",)] * 2


def test_a_file_that_lost_its_columns_fails_with_what_to_do_and_the_earlier_answer_stays(
    app: App, folder: Path
) -> None:
    path = folder / "genes.GRCh38.bed"
    path.write_text(path.read_text().replace("panel", "other"))
    run = actions.annotate(app, "anna/g", [MODULE])
    app.executor.run_until_over(run)
    assert rows(app, "panel") == [("ANOTHER",)] * 2
    failed = [one for one in actions.list_runs(app) if one.run.status is RunStatus.FAILED]
    assert "not as it was when it was chosen" in str(failed)


def test_the_form_is_told_what_a_file_would_be_taken_for_and_nothing_changes(app: App, folder: Path) -> None:
    before = actions.show_module(app, MODULE)
    look = actions.look_at_own_table(app, MODULE, {"source": str(folder / "list.tsv"), "match": "position"})
    assert look is not None
    assert (look.match, look.builds) == ("position", ())
    assert look.missing
    assert actions.show_module(app, MODULE) == before


def test_a_file_at_an_address_is_fetched_first_under_its_own_name_and_listed(app: App) -> None:
    with serving(Publisher) as publisher:
        address = publisher.offer("/list.hg38.tsv", ALLELES.encode())
        at_hand = local_source(app, {"source": address}, lambda _fraction, _message: None)
    look = look_at_table(Path(str(at_hand["source"])), at_hand).require()
    assert (look.file, look.builds) == ("list.hg38.tsv", ("GRCh38",))
    assert "/list.hg38.tsv" in str(actions.outside_requests(app))
    context = ModuleContext(module_id=MODULE, version="1.0.0", data_version="1", settings=at_hand)
    assert [column.name for column in describe_columns(context)] == ["score", "note"]


def test_another_file_beside_it_is_a_module_of_its_own(app: App, folder: Path) -> None:
    (folder / "second.hg38.tsv").write_text(ALLELES.replace("score", "rank").replace("mine", "second"))
    with pytest.raises(InputError, match="cannot be a name"):
        actions.add_another(app, MODULE, "!?")
    with pytest.raises(NotFoundError, match="no module for a file"):
        actions.add_another(app, "clinvar", "Lab list")
    card = actions.add_another(app, MODULE, 'Lab "list"')
    assert (card.id, card.manifest.title, card.settings["source"]) == ("my-reference-lab-list", 'Lab "list"', None)
    with pytest.raises(InputError, match="already"):
        actions.add_another(app, MODULE, "Lab list")
    first = actions.show_module(app, MODULE)
    actions.configure_module(app, card.id, {"source": str(folder / "second.hg38.tsv")})
    actions.configure_module(app, MODULE, {"source": str(folder / "list.hg38.tsv")})
    assert actions.show_module(app, MODULE).manifest.columns != first.manifest.columns
    over(app, actions.annotate(app, "anna/g"))
    assert rows(app, "score", "note") == [(0.5, "mine")]
    second = actions.result_page(app, "anna/g", card.id, Query(limit=None)).rows
    assert [(row["rank"], row["note"]) for row in second] == [(0.5, "second")]
    actions.prepare_explorer(app, "anna/g")
    explored = sources_of(app, "anna/g").folder
    assert explored.is_dir()
    actions.remove_module(app, card.id, with_results=True)
    assert rows(app, "note") == [("mine",)]
    assert not explored.parent.exists(), "what it said stood in the table of all modules too"


def test_a_release_that_does_not_fit_cannot_be_chosen_and_other_settings_end_the_choice(
    app: App, folder: Path
) -> None:
    releases = actions.module_data(app, MODULE).releases
    unfit = next(one for one in releases if "other columns" in one.unusable)
    with pytest.raises(InputError, match="other columns"):
        actions.choose_data_release(app, MODULE, unfit.name)
    chosen = next(one for one in releases if not one.unusable)
    actions.choose_data_release(app, MODULE, chosen.name)
    assert [one.name for one in actions.module_data(app, MODULE).releases if one.chosen] == [chosen.name]
    (folder / "other.GRCh38.bed").write_text("#chrom\tstart\tend\tpanel\n" + REGIONS.replace("ABC", "OTHER"))
    actions.configure_module(app, MODULE, {"source": str(folder / "other.GRCh38.bed")})
    assert not [one for one in actions.module_data(app, MODULE).releases if one.chosen]
    over(app, actions.annotate(app, "anna/g", [MODULE]))
    assert rows(app, "panel") == [("OTHER",)] * 2
