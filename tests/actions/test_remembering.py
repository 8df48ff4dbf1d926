"""What the desktop remembers: whose genome, which page, which columns; nothing of a genome that was deleted."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from genoteca import actions
from genoteca.actions import App, KnownSample
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind
from genoteca.settings import Settings


@pytest.fixture
def app(settings: Settings) -> App:
    return actions.open_app(settings)


def known(key: str, build: Build = Build.GRCH38) -> KnownSample:
    who, name = key.split("/")
    return KnownSample(key=key, who=who, name=name, kind=SampleKind.GVCF, build=build, synthetic=False)


@pytest.mark.parametrize(
    ("address", "same", "other_build"),
    [
        ("/results/a/b/clinvar?view=1", "/results/c/d/clinvar?view=1", "/results/c/d/clinvar"),
        ("/genomes/a/b", "/genomes/c/d", "/genomes/c/d"),
        ("/variant/a/b/1-2-A-G", "/variant/c/d/1-2-A-G", "/explore/c/d"),
        ("/explore/a/b?jump=1%3A5-9", "/explore/c/d?jump=1%3A5-9", "/explore/c/d"),
        ("/lineage/a/b?module=x", "/lineage/c/d?module=x", "/lineage/c/d"),
        ("/changes/a/b/clinvar~12345678~answers", "/changes/c/d", "/changes/c/d"),
        ("/", "/results/c/d", "/results/c/d"),
        ("/explore", "/explore/c/d", "/explore/c/d"),
        ("/store?text=x", "/store?text=x", "/store?text=x"),
        ("/store/clinvar", "/store/clinvar", "/store/clinvar"),
    ],
)
def test_another_genome_is_looked_at_on_the_same_kind_of_page(address: str, same: str, other_build: str) -> None:
    """Positions are left out where the other is on another build: there they are other places."""
    assert actions.page_of_another(address, known("c/d"), known("a/b")) == same
    assert actions.page_of_another(address, known("c/d", Build.GRCH37), known("a/b")) == other_build


def test_the_last_page_is_remembered_but_not_one_that_passes(app: App) -> None:
    assert actions.last_page(app) == ""
    actions.remember_page(app, "/store?text=milk")
    for passing in ("/runs/1234", "/welcome", "/author", f"/store?text={'x' * 5000}"):
        actions.remember_page(app, passing)
    assert actions.last_page(app) == "/store?text=milk"
    actions.remember_page(app, "/")
    assert actions.last_page(app) == ""


def test_a_filter_of_genotypes_is_not_remembered_and_everything_beside_it_is(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genoteca.actions.remembering.known_samples", lambda _: [known("a/b")])

    def kept(page: str, **asked: object) -> dict[str, str]:
        told = {name: one if isinstance(one, str) else json.dumps(one) for name, one in asked.items()}
        actions.remember_page(app, f"{page}?{urlencode(told)}")
        return dict(parse_qsl(urlsplit(actions.last_page(app)).query))

    rare = {"column": "pos", "op": "<", "value": 100}
    mine = {"column": "clinvar_genotype", "op": "=", "value": "A/G"}
    assert json.loads(kept("/explore/a/b", where=rare)["where"]) == rare
    for where in (mine, {"and": [rare, {"not": mine}]}):
        assert kept("/explore/a/b", where=where, sites="1") == {"sites": "1"}
    view = {"text": "milk", "filter": {"genotype": {"filter": "A/G"}, "gene": {"filter": "LCT"}}}
    left = json.loads(kept("/results/a/b/clinvar", view=view)["view"])
    assert left == {"text": "milk", "filter": {"gene": {"filter": "LCT"}}}
    assert b"A/G" not in app.layout.database.read_bytes()


def test_a_page_of_a_genome_that_is_gone_is_not_opened_again(app: App) -> None:
    actions.remember_page(app, "/results/a/b/clinvar")
    assert actions.last_page(app) == ""


def test_columns_are_kept_by_table_and_by_preset(app: App) -> None:
    actions.choose_columns(app, "clinvar", ["gene", "stars"])
    assert actions.chosen_columns(app, "clinvar") == ["gene", "stars"]
    assert actions.chosen_columns(app, "clinvar", preset="Health") is None
    actions.choose_columns(app, "clinvar", None)
    assert actions.chosen_columns(app, "clinvar") is None


def test_a_genome_that_nobody_has_cannot_be_chosen(app: App) -> None:
    actions.choose_sample(app, "a/b")
    assert actions.current_sample(app) == ""


def test_the_genome_that_was_chosen_stays_chosen_until_it_is_deleted(app: App) -> None:
    first, _ = actions.add_sample(app, actions.demo_genome(app))
    second, _ = actions.add_sample(app, actions.demo_genome(app).model_copy(update={"sample": "second"}))
    assert actions.current_sample(app) == second.key, "the newest, while none was chosen"
    actions.choose_sample(app, first.key)
    actions.remember_page(app, f"/results/{first.key}?view=%7B%7D")
    assert actions.current_sample(app) == first.key
    for run in actions.list_runs(app):
        actions.cancel_run(app, run.run.id)
    actions.forget_sample(app, first.key)
    assert actions.current_sample(app) == second.key
    assert first.key.encode() not in app.layout.database.read_bytes()
