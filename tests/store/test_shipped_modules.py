from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genoteca.model.module import Tier
from genoteca.settings import bundled_plugins
from genoteca.store.catalogue import BundledEntry, Offer, bundled_catalogue, offer
from genoteca.store.environment import app_versions
from genoteca.store.installed import installed_modules
from genoteca.store.record import InstallOrigin

from .workshop import Shop, snapshot

SHIPPED = {
    "everyday-traits": Tier.DATA,
    "clinvar": Tier.CODE,
    "ensembl-variation": Tier.CODE,
    "gnomad-frequencies": Tier.CODE,
    "my-reference": Tier.CODE,
    "reference-sequence": Tier.CODE,
    "liftover-chains": Tier.CODE,
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
    for entry in catalogue:
        before = snapshot(entry.source)
        module = shop.generations.install(shop.generations.prepare(shop.bundled(entry)), check=shop.check)
        assert (module.id, module.tier, module.origin) == (entry.id, SHIPPED[entry.id], InstallOrigin.BUNDLED)
        assert module.sound_manifest() == entry.manifest
        assert module.readme.strip() == entry.readme.strip()
        assert offer(entry, module) is Offer.INSTALLED
        assert snapshot(entry.source) == before
    assert {module.id for module in installed_modules(shop.layout)} == set(SHIPPED)
    assert shop.generations.current().extras == ()  # type: ignore[union-attr]


def test_no_shipped_module_is_in_the_apps_own_environment() -> None:
    shipped = {f"genoteca-{module}" for module in SHIPPED}
    assert not shipped & app_versions(Path("nowhere")).keys()


def test_the_store_loads_neither_dagster_nor_polars_nor_a_screen() -> None:
    code = "import sys, genoteca.store.generations as g, genoteca.store.preferences, genoteca.store.quarantine;"
    told = "print(sorted({'dagster', 'polars', 'nicegui', 'pyarrow', 'duckdb'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code + told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
