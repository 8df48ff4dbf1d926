from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genoteca.errors import InstallError
from genoteca.model.module import Tier
from genoteca.settings import bundled_plugins
from genoteca.store.catalogue import BundledEntry, Offer, bundled_catalogue, offer
from genoteca.store.environment import app_versions
from genoteca.store.generations import Generations
from genoteca.store.installed import installed_modules
from genoteca.store.record import InstallOrigin

from .workshop import Shop, snapshot

SHIPPED = {
    "everyday-traits": Tier.DATA,
    "blood-groups": Tier.DATA,
    "blood-lipids": Tier.DATA,
    "thrombophilia": Tier.DATA,
    "drug-response-alleles": Tier.DATA,
    "hard-to-read-places": Tier.DATA,
    "clinvar": Tier.CODE,
    "ensembl-variation": Tier.CODE,
    "gnomad-frequencies": Tier.CODE,
    "my-reference": Tier.CODE,
    "reference-sequence": Tier.CODE,
    "liftover-chains": Tier.CODE,
    "carrier-screening": Tier.CODE,
    "acmg-secondary-findings": Tier.CODE,
    "runs-of-homozygosity": Tier.ISOLATED,
}


@pytest.fixture(params=["as it lies", "beside an installed app"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> list[BundledEntry]:
    if request.param == "as it lies":
        return bundled_catalogue()
    shelf = tmp_path / "site-packages" / "genoteca" / "bundled" / "plugins"
    shutil.copytree(bundled_plugins(), shelf)
    return bundled_catalogue(shelf)


def test_every_shipped_module_is_in_the_catalogue_in_its_tier(catalogue: list[BundledEntry]) -> None:
    assert {entry.id: entry.tier for entry in catalogue} == SHIPPED
    for entry in catalogue:
        assert entry.readme
        assert entry.icon_svg().lstrip().startswith("<")


def test_every_shipped_module_installs_without_network_and_its_source_is_only_read(
    shop: Shop, catalogue: list[BundledEntry]
) -> None:
    chosen = sorted(catalogue, key=lambda entry: len(entry.manifest.requires))  # what another needs comes first
    if catalogue[0].source.is_relative_to(
        shop.layout.home.parent
    ):  # a copy: it is as good as what it was copied from
        chosen = [next(entry for entry in chosen if entry.tier is tier) for tier in Tier]
    for entry in chosen:
        before = snapshot(entry.source)
        # Of an isolated one all but its packages, which are fetched: see the next test.
        bare = Generations(shop.layout, furnish=lambda _modules, _stages: None)
        generations = bare if entry.tier is Tier.ISOLATED else shop.generations
        module = generations.install(generations.prepare(shop.bundled(entry)), check=shop.check)
        assert (module.id, module.tier, module.origin) == (entry.id, SHIPPED[entry.id], InstallOrigin.BUNDLED)
        assert module.sound_manifest() == entry.manifest
        assert module.readme.strip() == entry.readme.strip()
        assert offer(entry, module) is Offer.INSTALLED
        assert snapshot(entry.source) == before
    assert {module.id for module in installed_modules(shop.layout)} == {entry.id for entry in chosen}
    assert shop.generations.current().extras == ()  # type: ignore[union-attr]


def test_an_isolated_module_says_that_its_packages_need_the_network_once(
    shop: Shop, catalogue: list[BundledEntry]
) -> None:
    entry = next(entry for entry in catalogue if entry.tier is Tier.ISOLATED)
    with pytest.raises(InstallError, match="cannot get the packages of its environment") as caught:
        shop.generations.install(shop.generations.prepare(shop.bundled(entry)), check=shop.check)
    assert "without a network" in caught.value.hint
    assert installed_modules(shop.layout) == []


def test_no_shipped_module_is_in_the_apps_own_environment() -> None:
    shipped = {f"genoteca-{module}" for module in SHIPPED}
    assert not shipped & app_versions(Path("nowhere")).keys()


def test_the_store_loads_neither_dagster_nor_polars_nor_a_screen() -> None:
    code = "import sys, genoteca.store.generations as g, genoteca.store.preferences, genoteca.store.quarantine;"
    told = "print(sorted({'dagster', 'polars', 'nicegui', 'pyarrow', 'duckdb'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code + told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
