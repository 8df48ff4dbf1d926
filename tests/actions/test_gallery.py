"""The gallery: searched by what modules say of themselves, narrowed by facets that count truly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca import actions
from genoteca.actions import FACETS, GenomeFit, ModuleCard, ModuleState, Order, Shelf, Wanted
from genoteca.actions.module_views import ModuleVersion
from genoteca.model.fit import Fit
from genoteca.model.module import Licence, ModuleManifest, Source, Tier
from genoteca.settings import Settings

MANIFEST = ModuleManifest(
    id="little",
    title="Little",
    summary="A little module for tests.",
    version="1.0.0",
    data_version="1",
    authors=({"name": "Somebody"},),
    category="Traits",
    licence=Licence(code="MIT", data="CC0-1.0"),
    sources=(Source(name="A paper", url="https://example.org"),),
    builds=("GRCh38",),
)


def card(module_id: str, **more: object) -> ModuleCard:
    """A module's card; what is no field of a card is of its manifest."""
    own = {name: more.pop(name) for name in list(more) if name in ModuleCard.model_fields}
    told = MANIFEST.model_dump(by_alias=True) | {"id": module_id, "title": module_id.title()} | more
    base = {"tier": Tier.DATA, "state": ModuleState.AVAILABLE, "version": "1.0.0", "origin": "a file"}
    return ModuleCard.model_validate({"id": module_id, "manifest": told} | base | own)


CARDS = [
    card("alpha", category="Health", genes=["LCT"], bytes=10),
    card("beta", tags=["milk"], state=ModuleState.INSTALLED, bytes=30),
    card(
        "gamma", licence={"code": "MIT", "data": "CC-BY-NC-4.0"}, state=ModuleState.UPDATE, tier=Tier.CODE, bytes=20
    ),
    card("delta", state=ModuleState.UPDATE, pinned="1.0.0", builds=("GRCh37", "GRCh38"), bytes=40),
    card("epsilon", summary="All of the milk and more.", newer_data=True, state=ModuleState.INSTALLED),
]
YES, LIFT = (GenomeFit(key="me/one", name="me / one", fit=fit) for fit in (Fit.YES, Fit.LIFTOVER))
SHELF = Shelf(cards=CARDS, fits={"alpha": [LIFT], "beta": [YES], "delta": [LIFT, YES]})


def ids(**wanted: object) -> list[str]:
    return [one.id for one in actions.search_shelf(SHELF, Wanted.model_validate(wanted))]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"text": "lct"}, ["alpha"]),
        ({"text": "MILK"}, ["beta", "epsilon"]),
        ({"text": "milk more"}, ["epsilon"]),
        ({"category": "Health"}, ["alpha"]),
        ({"open": "yes"}, ["alpha", "beta", "delta", "epsilon"]),
        ({"works": "yes"}, ["beta", "delta"]),
        ({"installed": "yes"}, ["beta", "delta", "epsilon", "gamma"]),
        ({"updates": "yes"}, ["epsilon", "gamma"]),  # a pinned one is passed by
        ({"tier": "code"}, ["gamma"]),
        ({"build": "GRCh37"}, ["delta"]),
        ({"open": "yes", "works": "yes", "build": "GRCh37"}, ["delta"]),
    ],
)
def test_what_is_wanted_is_found(wanted: dict[str, object], found: list[str]) -> None:
    assert ids(**wanted) == found


def test_modules_stand_in_the_order_that_is_wanted() -> None:
    assert ids(order=Order.SIZE) == ["epsilon", "alpha", "gamma", "beta", "delta"]
    assert ids(order=Order.FIT)[:3] == ["beta", "delta", "alpha"]
    old, new = (
        ModuleVersion(
            version="1",
            tier=Tier.DATA,
            bytes=1,
            download_bytes=0,
            disk_bytes=1,
            requires_app=">=0.1",
            released=datetime(year, 1, 1, tzinfo=UTC),
        )
        for year in (2024, 2026)
    )
    dated = Shelf(cards=[card("aa"), card("bb", versions=[old]), card("cc", versions=[new, old])])
    assert [one.id for one in actions.search_shelf(dated, Wanted(order=Order.NEWEST))] == ["cc", "bb", "aa"]


VALUES = {
    name: st.sampled_from(["", *sorted({value for one in CARDS for value in values_of(SHELF, one)})])
    for name, values_of in FACETS.items()
}


@given(st.fixed_dictionaries({"text": st.sampled_from(["", "milk", "lct", "nothing"]), **VALUES}))
def test_every_count_is_what_choosing_it_would_leave(asked: dict[str, str]) -> None:
    wanted = Wanted.model_validate(asked)
    for facet, values in actions.count_facets(SHELF, wanted).items():
        for value, count in values.items():
            chosen = wanted.model_copy(update={facet: value})
            assert len(actions.search_shelf(SHELF, chosen)) == count, (facet, value)


def test_what_is_shipped_is_found_by_its_genes(settings: Settings) -> None:
    app = actions.open_app(settings)
    try:
        shelf = actions.shelf(app)
        assert "everyday-traits" in [one.id for one in actions.search_shelf(shelf, Wanted(text="herc2"))]
        assert actions.waiting_updates(app) == 0
    finally:
        actions.close(app)
