"""Everything known about one variant: its call, every module with its evidence, other genomes, the record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.variant_answers import ModuleRows, Opened, answered
from genoteca.actions.variant_views import Standing, VariantAnswer, VariantDetail
from genoteca.actions.views import AnswerState
from genoteca.engine.samples import read_sample, write_sample
from genoteca.engine.sealing import seal
from genoteca.engine.variant.listed import Listed
from genoteca.engine.variant.site import SiteAnswer
from genoteca.errors import GenomeFileError, InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.evidence import Evidence
from genoteca.model.sample import SampleId
from genoteca.model.variant import VariantName
from genoteca.store.installed import installed_modules

KEY, TRAITS = "demo/synthetic", "everyday-traits"
LACTASE, LEIDEN = "2-135851076-G-A", "1-169549811-C-T"


def shown(app: App, text: str, agreed: frozenset[tuple[str, str, str]] = frozenset()) -> VariantDetail:
    return actions.show_variant(app, KEY, actions.find_variant(app, KEY, text), agreed=agreed)


def traits(detail: VariantDetail) -> VariantAnswer:
    return next(one for one in detail.answers if one.module == TRAITS)


def test_a_carried_variant_is_shown_with_its_call_and_what_a_module_says(desk: App) -> None:
    detail = shown(desk, LACTASE)
    assert detail.title == "2:135,851,076 G → A"
    assert detail.known_as.endswith("rs4988235")
    assert detail.site
    assert (detail.site.evidence, detail.site.genotype, detail.site.line) == (Evidence.CALLED, "G/A", 10)
    told = {cell.column: cell.text for cell in detail.site.calls}
    assert told["zygosity"] == "heterozygous"
    assert told["filter"] == "PASS"
    (row,) = traits(detail).rows
    assert (row.evidence, row.number is not None) == (Evidence.CALLED, True)
    assert {"conclusion", "trait"} <= {cell.column for cell in row.cells}
    assert traits(detail).links["rsid"].startswith("https://")


def test_its_lineage_leads_from_the_file_to_the_run(desk: App) -> None:
    detail = shown(desk, LACTASE)
    branch = traits(detail).branch
    assert branch
    assert [step.title for step in (*detail.origin, branch.reference, branch.result, branch.run)] == [
        "File",
        "Variants",
        "Reference",
        "Result",
        "Run",
    ]
    assert "record 10" in detail.origin[0].text
    assert branch.run_id.startswith(branch.run.text.removeprefix("Run "))


@pytest.mark.parametrize(
    "text", ["chr2:135851076:G>A", "2-135851076-g-a", "2-135851075-CG-CA", " 2-135,851,076-G-A "]
)
def test_a_variant_is_understood_however_it_is_written(desk: App, text: str) -> None:
    assert actions.find_variant(desk, KEY, text).text == LACTASE


def test_a_long_variant_is_opened_by_its_key(desk: App) -> None:
    page = actions.table_page(desk, KEY, "variants", actions.Query(where=actions.parse_where("pos = 135851076")))
    assert actions.find_variant(desk, KEY, str(page.rows[0]["key"])).text == LACTASE
    assert actions.variant_of({"chrom": "1", "pos": 5, "ref": "A", "alt": "C" * 2000, "key": 77}) == "77"
    with pytest.raises(NotFoundError):
        actions.find_variant(desk, KEY, "12345")
    with pytest.raises(InputError, match="names no variant"):
        actions.find_variant(desk, KEY, "<script>")


def test_a_site_without_the_allele_is_answered_too(desk: App) -> None:
    other = shown(desk, "2-135851076-G-C")
    assert other.site
    assert (other.site.evidence, other.site.genotype) == (Evidence.OTHER_ALLELE, "G/A")
    assert other.site.other_alleles == [LACTASE]
    silent = shown(desk, "2-5000-G-C")
    assert silent.site
    assert (silent.site.evidence, silent.site.genotype) == (Evidence.NOT_COVERED, "")
    assert (traits(silent).standing, traits(silent).rows) == (Standing.ABSENT, [])
    assert "does not list this variant" in traits(silent).words


def test_every_row_of_a_module_has_a_page_that_says_the_same(desk: App) -> None:
    rows = actions.result_page(desk, KEY, TRAITS, actions.Query(limit=None)).rows
    agreed = frozenset((KEY, TRAITS, str(row["gate"])) for row in rows if row["gate"])
    named = [row for row in rows if actions.variant_of(row)]
    assert len(named) > 40
    for row in named[::4]:
        detail = shown(desk, actions.variant_of(row), agreed)
        assert row["evidence"] in [one.evidence.value for one in traits(detail).rows]
        assert detail.site
        assert detail.site.evidence.shape is Evidence(str(row["evidence"])).shape


def test_a_closed_answer_keeps_all_of_the_person_closed_until_it_is_opened(desk: App) -> None:
    detail = shown(desk, LEIDEN)
    assert [one.module for one in detail.closed] == [TRAITS]
    assert detail.site is None
    assert (detail.answers, detail.frequencies, detail.origin, detail.known_as) == ([], [], [], "")
    opened = shown(desk, LEIDEN, frozenset((KEY, one.module, one.gate) for one in detail.closed))
    assert opened.closed == []
    assert opened.site
    assert traits(opened).rows


@pytest.mark.parametrize("state", [AnswerState.RUNNING, AnswerState.FAILED, AnswerState.OUT_OF_DATE])
def test_a_closed_answer_stays_closed_while_its_module_works_again_or_failed(
    desk: App, sibling: SampleId, monkeypatch: pytest.MonkeyPatch, state: AnswerState
) -> None:
    from genoteca.actions.answers import answers_of

    monkeypatch.setattr(
        "genoteca.actions.variant_answers.answers_of",
        lambda app, sample: [one.model_copy(update={"state": state}) for one in answers_of(app, sample)],
    )
    detail = shown(desk, LEIDEN)
    assert [one.module for one in detail.closed] == [TRAITS]
    assert detail.site is None
    (other,) = actions.variant_elsewhere(desk, KEY, VariantName.parse(LEIDEN))
    assert (other.evidence, other.genotype) == (None, "")


def test_what_was_agreed_for_one_genome_opens_nothing_of_another(desk: App) -> None:
    gate = shown(desk, LEIDEN).closed[0].gate
    assert shown(desk, LEIDEN, frozenset({("someone/else", TRAITS, gate)})).closed


def test_the_record_is_read_from_the_file_and_a_changed_file_is_not(desk: App, tmp_path: Path) -> None:
    told = actions.variant_record(desk, KEY, 10)
    assert "record 10, line 49" in told.where
    assert {one.name: one.value for one in told.fields if one.part == "sample"}["GT"] == "0/1"
    sample = read_sample(desk.layout, SampleId.parse(KEY))
    moved = sample.model_copy(update={"source": sample.source.model_copy(update={"path": str(tmp_path / "gone")})})
    write_sample(desk.layout, moved)
    try:
        with pytest.raises(GenomeFileError, match="is gone"):
            actions.variant_record(desk, KEY, 10)
    finally:
        write_sample(desk.layout, sample)


def test_the_variants_before_and_after_are_those_of_the_list_and_pass_over_what_is_closed(desk: App) -> None:
    rows = actions.result_page(desk, KEY, TRAITS, actions.Query(limit=None)).rows
    here = next(row for row in rows if row["pos"] == 135851076)
    before, after = actions.neighbours_of(desk, KEY, TRAITS, int(str(here["_row"])))
    assert before
    assert after
    assert before[0] < int(str(here["_row"])) < after[0]
    closed = [row for row in rows if row["gate"] and actions.variant_of(row)]
    number = int(str(closed[0]["_row"]))
    told = actions.neighbours_of(desk, KEY, TRAITS, number - 1)
    assert told[1] is None or told[1][0] != number
    assert actions.neighbours_of(desk, KEY, TRAITS, 10_000) == (None, None)


@pytest.fixture
def sibling(desk: App) -> Iterator[SampleId]:
    """Another genome of the same person: the demo's tables once more, under another name."""
    mine, other = SampleId.parse(KEY), SampleId.parse("demo/again")
    folder = desk.layout.sample(other.user, other.sample)
    shutil.copytree(desk.layout.sample(mine.user, mine.sample), folder)
    sample = read_sample(desk.layout, mine).model_copy(update={"id": other, "sample_name": "again"})
    write_sample(desk.layout, sample)
    for path in folder.rglob("*.json"):
        if path.name != "sample.json":
            path.write_text(seal(path.read_text().replace(KEY, other.key)))
    yield other
    shutil.rmtree(folder)


def test_other_genomes_of_the_person_are_told_with_their_evidence(desk: App, sibling: SampleId) -> None:
    (other,) = actions.variant_elsewhere(desk, KEY, VariantName.parse(LACTASE))
    assert (other.key, other.evidence, other.genotype) == (sibling.key, Evidence.CALLED, "G/A")


def test_of_another_genome_nothing_closed_is_told(desk: App, sibling: SampleId) -> None:
    gate = shown(desk, LEIDEN).closed[0].gate
    mine = {(KEY, TRAITS, gate)}
    (closed,) = actions.variant_elsewhere(desk, KEY, VariantName.parse(LEIDEN), agreed=mine)
    assert (closed.evidence, closed.genotype) == (None, "")
    assert "stays closed" in closed.words
    (opened,) = actions.variant_elsewhere(
        desk, KEY, VariantName.parse(LEIDEN), agreed={*mine, (sibling.key, TRAITS, gate)}
    )
    assert opened.evidence is not None


def test_a_genome_of_another_build_is_not_compared(desk: App, sibling: SampleId) -> None:
    sample = read_sample(desk.layout, sibling)
    write_sample(desk.layout, sample.model_copy(update={"build": Build.GRCH37}))
    (other,) = actions.variant_elsewhere(desk, KEY, VariantName.parse(LACTASE))
    assert (other.evidence, other.genotype) == (None, "")
    assert "GRCh37" in other.words


CALLED = SiteAnswer(Evidence.CALLED, "G/A", 1, False, 10)
SILENT = SiteAnswer(Evidence.NOT_COVERED, None, None, None, None)


def module_rows(app: App, state: AnswerState, listed: Listed | None = None) -> ModuleRows:
    from genoteca.actions.answers import answers_of
    from genoteca.engine import records

    (module,) = (one for one in installed_modules(app.layout) if one.id == TRAITS)
    (answer,) = answers_of(app, read_sample(app.layout, SampleId.parse(KEY)))
    stored = records.current(app.layout, [TRAITS, "annotations"], KEY) if listed else None
    return ModuleRows(module=module, answer=answer.model_copy(update={"state": state}), stored=stored, listed=listed)


def told(app: App, one: ModuleRows, site: SiteAnswer) -> VariantAnswer:
    return answered(app, read_sample(app.layout, SampleId.parse(KEY)), one, site, Opened((), KEY))


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (AnswerState.FAILED, Standing.FAILED),
        (AnswerState.NOT_RUN, Standing.NOT_LOOKED_UP),
        (AnswerState.RUNNING, Standing.RUNNING),
        (AnswerState.CANNOT_BE_TESTED, Standing.CANNOT_BE_TESTED),
    ],
)
def test_a_module_without_an_answer_says_which_way(desk: App, state: AnswerState, standing: Standing) -> None:
    found = told(desk, module_rows(desk, state), CALLED)
    assert (found.standing, found.rows) == (standing, [])


def test_a_listed_variant_that_is_not_carried_is_answered_on_demand(desk: App) -> None:
    row = {"ref": "G", "alt": "A", "trait": "Milk", "gate": None}
    found = told(desk, module_rows(desk, AnswerState.UP_TO_DATE, Listed(looked=True, rows=[row])), SILENT)
    assert found.standing is Standing.ANSWERED
    assert [(one.number, one.evidence) for one in found.rows] == [(None, Evidence.NOT_COVERED)]
    gated = Listed(looked=True, rows=[{**row, "gate": "Before you look"}])
    assert told(desk, module_rows(desk, AnswerState.UP_TO_DATE, gated), SILENT).rows == []


def test_a_chromosome_without_data_was_not_looked_up(desk: App) -> None:
    found = told(desk, module_rows(desk, AnswerState.UP_TO_DATE, Listed(looked=False, rows=[])), SILENT)
    assert found.standing is Standing.NOT_LOOKED_UP
    assert "nothing of this chromosome" in found.words


def test_answers_about_an_older_reading_are_not_called_absent(desk: App) -> None:
    one = module_rows(desk, AnswerState.UP_TO_DATE, Listed(looked=True, rows=[]))
    one.fresh = False
    assert told(desk, one, CALLED).standing is Standing.NOT_LOOKED_UP
