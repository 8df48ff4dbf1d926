from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genoteca.engine import records
from genoteca.engine.files import sha256_of
from genoteca.engine.loading import load_module
from genoteca.engine.modules import ModuleRef, write_loaded_modules
from genoteca.engine.resources import RunPaths, Scope
from genoteca.errors import DatasetError
from genoteca.model.module import Tier
from genoteca.model.record import Record
from genoteca.settings import Settings

from .workshop import MODULE, Workshop

START = datetime(2026, 1, 1, tzinfo=UTC)


def store(settings: Settings, module: str, hour: int, *, provides: object, asset: str = "reference") -> Path:
    run = f"{hour:08x}-0000"
    key = [module, asset]
    path = records.record_path(settings.layout, key, None, data_version="1", build="GRCh38")
    table = records.dataset_path(path, run)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_text(str(hour))
    metadata = {} if provides is None else {"provides": provides}
    record = {"asset": key, "partition": None, "run": run, "created": START + timedelta(hours=hour)}
    stored = {"file": table.name, "rows": 1, "bytes": table.stat().st_size, "sha256": sha256_of(table)}
    said = {"code_version": "1", "data_version": "1", "build": "GRCh38", "metadata": metadata}
    records.write_record(path, Record.model_validate({**record, **stored, **said}))
    return table


def install(settings: Settings, *modules: str, provides: str = "chain:GRCh37-GRCh38") -> None:
    folder = settings.home / "modules"
    refs = [
        ModuleRef(id=name, tier=Tier.CODE, entry=name, folder=folder / name, provides=(provides,)) for name in modules
    ]
    write_loaded_modules(settings.layout, refs)


@pytest.mark.parametrize("told", ["chain:GRCh37-GRCh38", ["chain:GRCh38-GRCh37", "chain:GRCh37-GRCh38"]])
def test_a_capability_is_the_dataset_whose_record_names_it(settings: Settings, told: object) -> None:
    install(settings, "chains")
    table = store(settings, "chains", 1, provides=told, asset="grch37")
    store(settings, "chains", 2, provides="chain:GRCh38-GRCh37", asset="grch38")
    found = RunPaths(settings, Scope()).capability("chain:GRCh37-GRCh38")
    assert found is not None
    assert found.path == table


def test_the_newest_dataset_wins_whichever_module_made_it(settings: Settings) -> None:
    install(settings, "chains", "other-chains")
    store(settings, "chains", 1, provides="chain:GRCh37-GRCh38")
    newest = store(settings, "other-chains", 5, provides="chain:GRCh37-GRCh38")
    found = RunPaths(settings, Scope()).capability("chain:GRCh37-GRCh38")
    assert found is not None
    assert found.path == newest


def test_what_no_installed_module_provides_is_not_there(settings: Settings) -> None:
    paths = RunPaths(settings, Scope())
    store(settings, "chains", 1, provides="chain:GRCh37-GRCh38")
    assert paths.capability("chain:GRCh37-GRCh38") is None, "its module was removed, or never installed"
    install(settings, "chains")
    assert paths.capability("chain:GRCh37-GRCh38") is not None
    assert paths.capability("sequence:GRCh38") is None


def test_a_module_that_has_made_nothing_yet_provides_nothing(settings: Settings) -> None:
    install(settings, "chains")
    store(settings, "chains", 1, provides=None)
    assert RunPaths(settings, Scope()).capability("chain:GRCh37-GRCh38") is None


def test_a_module_of_the_run_provides_before_it_is_written_down(workshop: Workshop) -> None:
    code = MODULE.format(id="chains", make="    pass").replace(
        'category="Tests",', 'category="Tests", provides=("chain:GRCh37-GRCh38",),'
    )
    ref = workshop.module("chains", source=code)
    store(workshop.settings, "chains", 1, provides="chain:GRCh37-GRCh38")
    assert RunPaths(workshop.settings, Scope()).capability("chain:GRCh37-GRCh38") is None
    of_run = RunPaths(workshop.settings, Scope(modules=[load_module(ref)]))
    assert of_run.capability("chain:GRCh37-GRCh38") is not None


def test_a_capability_that_was_touched_is_looked_at(settings: Settings) -> None:
    install(settings, "chains")
    store(settings, "chains", 1, provides="chain:GRCh37-GRCh38").write_text("2")
    with pytest.raises(DatasetError, match="not what was written"):
        RunPaths(settings, Scope()).capability("chain:GRCh37-GRCh38")
