from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from genoteca.errors import CheckError, InstallError, NotFoundError
from genoteca.model.module import Tier
from genoteca.settings import Layout
from genoteca.store import installed
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.contents import tier_of_folder
from genoteca.store.generations import Generations
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.record import InstallOrigin, current_record, kept_wheel, read_record, write_record
from genoteca.store.rules import check_fits
from genoteca.store.sources import install_source

from .workshop import Shop, data_folder, forge, project, snapshot


def ids(shop: Shop) -> dict[str, str]:
    return {module.id: module.version for module in installed_modules(shop.layout)}


def refuse(_module: InstalledModule, _others: list[InstalledModule]) -> None:
    raise CheckError("it raises when it is imported", hint="Tell its author.")


def test_a_data_folder_installs_offline_and_is_of_the_data_tier(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    assert (module.id, module.tier, module.version) == ("milk-traits", Tier.DATA, "1.0.0")
    assert module.origin is InstallOrigin.FILE
    assert (module.folder / "alleles.csv").is_file()
    assert module.site == shop.layout.modules / "generation-1" / "site"
    assert module.icon is not None
    assert module.icon.is_file()
    assert "About milk." in module.readme
    assert module.installed_at <= datetime.now(UTC)
    assert installed_modules(shop.layout) == [module]


def test_a_project_with_code_installs_offline_and_is_of_the_code_tier(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(project(tmp_path / "tiny"))
    assert (module.id, module.tier, module.entry) == ("tiny-code", Tier.CODE, "tiny_code_module:plugin")
    assert module.sha256 == read_record(shop.layout.modules, 1).modules[0].sha256  # type: ignore[union-attr]


def test_installing_runs_nothing_of_the_module(shop: Shop, tmp_path: Path) -> None:
    witness = tmp_path / "it-ran"
    shop.install(project(tmp_path / "tiny", code=f"open({str(witness)!r}, 'w').close()\n"))
    assert not witness.exists()
    assert "tiny_code_module" not in sys.modules


def test_the_second_module_stands_beside_the_first_and_is_checked_with_it(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    shop.install(project(tmp_path / "tiny"))
    assert ids(shop) == {"milk-traits": "1.0.0", "tiny-code": "1.0.0"}
    assert shop.checked == [("milk-traits", []), ("tiny-code", ["milk-traits"])]
    assert shop.generations.current().number == 2  # type: ignore[union-attr]


def test_the_stages_are_told_in_order(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    assert shop.stages == ["Building", "Reading", "Resolving", "Installing", "Checking", "Switching", "Done"]


def test_modules_are_read_once_and_again_as_soon_as_any_file_of_them_changed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shop.install(data_folder(tmp_path / "milk")).folder
    read: list[Path] = []

    def seen(package: Path) -> Tier:
        read.append(package)
        return tier_of_folder(package)

    monkeypatch.setattr(installed, "tier_of_folder", seen)
    installed_modules(shop.layout)
    read.clear()
    (module,) = installed_modules(shop.layout)
    installed_modules(shop.layout).clear()
    assert installed_modules(shop.layout) == [module]
    assert read == []
    manifest = folder / "module.toml"
    before, told = manifest.stat(), manifest.read_text("utf-8")
    manifest.write_text(told.replace(module.sound_manifest().title[:1], "Z", 1), "utf-8")
    os.utime(manifest, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert installed_modules(shop.layout) != [module]
    manifest.write_text("damaged", "utf-8")
    assert installed_modules(shop.layout)[0].broken
    manifest.write_text(told, "utf-8")
    assert installed_modules(shop.layout) == [module]
    (folder / "more.py").write_text("")
    assert installed_modules(shop.layout)[0].tier is Tier.CODE
    (folder / "more.py").unlink()
    shop.install(data_folder(tmp_path / "new", version="1.1.0"))
    assert ids(shop) == {"milk-traits": "1.1.0"}
    shop.generations.rollback()
    assert installed_modules(shop.layout) == [module]
    shutil.rmtree(folder)
    assert installed_modules(shop.layout)[0].broken


def test_an_update_replaces_and_a_rollback_brings_back(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "old"))
    shop.install(data_folder(tmp_path / "new", version="1.1.0"))
    assert ids(shop) == {"milk-traits": "1.1.0"}
    assert shop.generations.rollback().number == 1
    assert ids(shop) == {"milk-traits": "1.0.0"}
    assert shop.generations.rollback(2).number == 2
    assert ids(shop) == {"milk-traits": "1.1.0"}


def test_an_install_after_a_rollback_builds_on_what_was_rolled_back_to(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "old"))
    shop.install(data_folder(tmp_path / "new", version="1.1.0"))
    shop.generations.rollback()
    shop.install(project(tmp_path / "tiny"))
    assert ids(shop) == {"milk-traits": "1.0.0", "tiny-code": "1.0.0"}
    assert shop.generations.current().number == 3  # type: ignore[union-attr]


def test_there_is_nothing_to_roll_back_to_at_first(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="before this one"):
        shop.generations.rollback()
    shop.install(data_folder(tmp_path / "milk"))
    with pytest.raises(NotFoundError, match="generation 7"):
        shop.generations.rollback(7)


def test_a_removed_module_is_gone_and_others_stay(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    shop.install(project(tmp_path / "tiny"))
    shop.generations.remove("milk-traits")
    assert ids(shop) == {"tiny-code": "1.0.0"}
    shop.generations.remove("tiny-code")
    assert ids(shop) == {}
    with pytest.raises(NotFoundError, match="tiny-code"):
        shop.generations.remove("tiny-code")


def test_three_generations_are_kept_and_those_of_the_last_day(shop: Shop, tmp_path: Path) -> None:
    for number in range(1, 6):
        shop.install(data_folder(tmp_path / str(number), version=f"1.{number}.0"))
    assert [record.number for record in shop.generations.history()] == [1, 2, 3, 4, 5]
    for record in shop.generations.history():
        yesterday = datetime.now(UTC) - timedelta(days=2)
        write_record(shop.layout.modules, record.model_copy(update={"made_at": yesterday}))
    shop.generations.sweep()
    assert [record.number for record in shop.generations.history()] == [3, 4, 5]
    assert sorted(path.name for path in shop.layout.modules.glob("generation-*")) == [
        "generation-3",
        "generation-4",
        "generation-5",
    ]


def test_a_module_that_fails_its_check_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    before = snapshot(shop.layout.modules / "generation-1")
    with pytest.raises(CheckError, match="raises when it is imported"):
        shop.install(project(tmp_path / "tiny"), refuse)
    assert ids(shop) == {"milk-traits": "1.0.0"}
    assert [path.name for path in shop.layout.modules.glob("generation-*")] == ["generation-1"]
    assert snapshot(shop.layout.modules / "generation-1") == before


def test_a_conflict_with_the_app_is_refused_in_the_installers_words(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    with pytest.raises(InstallError, match=r"polars<1 and polars==2"):
        shop.install(project(tmp_path / "old-polars", dependencies=["genoteca", "polars<1"]))
    assert ids(shop) == {"milk-traits": "1.0.0"}
    assert shop.stages[-1] == "Resolving"


def test_what_the_app_does_not_bring_is_named_when_there_is_no_network(shop: Shop, tmp_path: Path) -> None:
    offline = Generations(shop.layout, offline=True)
    prepared = shop.prepare(project(tmp_path / "needy", dependencies=["genoteca", "not-in-the-app>=4"]))
    shop.trust(prepared)
    with pytest.raises(InstallError, match=r"not-in-the-app>=4.*offline"):
        offline.install(prepared, check=shop.check)
    with pytest.raises(InstallError, match="not-in-the-app was not found"):
        shop.generations.install(prepared, check=shop.check)
    assert ids(shop) == {}


KILLED = """
import os, sys
from pathlib import Path
from genoteca.settings import Layout
from genoteca.store.generations import Generations
from genoteca.store.sources import install_source

home, source, stage = sys.argv[1:]

def die(_fraction, told):
    if told == stage:
        os._exit(9)

generations = Generations(Layout(Path(home)))
prepared = generations.prepare(install_source(source, []), progress=die)
generations.install(prepared, check=lambda module, others: None, progress=die)
"""


@pytest.mark.parametrize("stage", ["Building", "Reading", "Resolving", "Installing", "Checking", "Switching"])
def test_a_kill_at_any_stage_leaves_the_current_generation_working(shop: Shop, tmp_path: Path, stage: str) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    new = data_folder(tmp_path / "new", version="2.0.0")
    command = [sys.executable, "-c", KILLED, str(shop.layout.home), str(new), stage]
    assert subprocess.run(command, check=False, timeout=120).returncode == 9
    assert ids(shop) == {"milk-traits": "1.0.0"}
    shop.generations.sweep()
    assert [path.name for path in shop.layout.modules.glob("generation-*")] == ["generation-1"]
    shop.install(new)
    assert ids(shop) == {"milk-traits": "2.0.0"}


def test_a_kill_after_the_switch_leaves_the_new_generation(shop: Shop, tmp_path: Path) -> None:
    new = data_folder(tmp_path / "milk")
    command = [sys.executable, "-c", KILLED, str(shop.layout.home), str(new), "Done"]
    assert subprocess.run(command, check=False, timeout=120).returncode == 9
    assert ids(shop) == {"milk-traits": "1.0.0"}


def test_one_install_at_a_time(shop: Shop, tmp_path: Path) -> None:
    prepared = shop.prepare(data_folder(tmp_path / "milk"))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(shop.layout.modules / "modules.lock"):
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        with pytest.raises(InstallError, match="Another install"):
            shop.generations.install(prepared, check=shop.check)
    finally:
        done.set()
        holder.join()
    assert shop.generations.install(prepared, check=shop.check).id == "milk-traits"


def test_two_modules_that_bring_the_same_package_are_refused(shop: Shop, tmp_path: Path) -> None:
    shop.install(project(tmp_path / "one", package="one_package"))
    with pytest.raises(InstallError, match="forged brings 'one_package', and so does tiny-code-dist"):
        shop.install(forge(tmp_path / "two", package="one_package"))
    assert ids(shop) == {"tiny-code": "1.0.0"}


def test_two_modules_of_one_distribution_are_refused(shop: Shop, tmp_path: Path) -> None:
    shop.install(project(tmp_path / "one", distribution="forged"))
    with pytest.raises(InstallError, match="the distribution forged, and so does the installed tiny-code"):
        shop.install(forge(tmp_path / "two"))


def test_ids_that_fold_alike_are_the_same_id(shop: Shop, tmp_path: Path) -> None:
    other = dataclasses.replace(shop.install(data_folder(tmp_path / "milk")), id="tiny_code")
    with pytest.raises(InstallError, match="differ only in - and _"):
        check_fits(shop.prepare(project(tmp_path / "tiny")).wheel, [other], app="0.1.0")


def test_a_module_that_needs_another_waits_for_it_and_holds_it(shop: Shop, tmp_path: Path) -> None:
    needy = project(tmp_path / "needy", "needy-code", requires=["milk-traits"])
    with pytest.raises(InstallError, match="needs milk-traits"):
        shop.install(needy)
    shop.install(data_folder(tmp_path / "milk"))
    shop.install(needy)
    with pytest.raises(InstallError, match="needed by needy-code"):
        shop.generations.remove("milk-traits")


def test_a_module_for_another_version_of_the_app_is_refused(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"needs Genoteca >=9, this is"):
        shop.install(project(tmp_path / "future", requires_app=">=9"))


def test_a_kept_wheel_that_was_changed_is_found_and_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    module = shop.install(data_folder(tmp_path / "milk"))
    record = current_record(shop.layout.modules)
    assert record is not None
    kept = kept_wheel(shop.layout.modules, module.sha256, record.modules[0].wheel)
    forged = forge(tmp_path / "forged", module_id="milk-traits")
    kept.write_bytes(forged.read_bytes())
    with pytest.raises(InstallError):
        shop.install(project(tmp_path / "tiny"))
    assert ids(shop) == {"milk-traits": "1.0.0"}


def test_the_users_file_may_go_away_after_the_install(shop: Shop, tmp_path: Path) -> None:
    wheel = forge(tmp_path / "wheels", {"forged/alleles.csv": "chrom,pos\n"})
    shop.install(wheel)
    wheel.unlink()
    shop.install(project(tmp_path / "tiny"))
    assert ids(shop) == {"forged": "1.0.0", "tiny-code": "1.0.0"}


def test_a_bundled_module_installs_and_updates_from_a_folder_that_is_never_written(
    shop: Shop, tmp_path: Path
) -> None:
    shelf = tmp_path / "lib" / "genoteca" / "bundled" / "plugins"
    source = project(shelf / "milk-traits", "milk-traits", code="")
    before = snapshot(shelf)
    for path in [*shelf.rglob("*"), shelf]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    entry = bundled_catalogue(shelf)[0]
    prepared = shop.generations.prepare(install_source("milk-traits", [entry]))
    module = shop.generations.install(prepared, check=shop.check)
    assert (module.tier, module.origin) == (Tier.DATA, InstallOrigin.BUNDLED)
    assert snapshot(shelf) == before
    for path in [shelf, *shelf.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    table = source / "src" / "milk_traits_module" / "alleles.csv"
    table.write_text(table.read_text() + "2,135851073,C,T,LCT\n")
    again = shop.generations.prepare(install_source("milk-traits", bundled_catalogue(shelf)))
    updated = shop.generations.install(again, check=shop.check)
    assert "135851073" in (updated.folder / "alleles.csv").read_text()


def test_a_lost_pointer_falls_back_to_the_newest_whole_generation(shop: Shop, tmp_path: Path) -> None:
    shop.install(data_folder(tmp_path / "milk"))
    shop.install(project(tmp_path / "tiny"))
    (shop.layout.modules / "current").write_text("nonsense")
    assert ids(shop) == {"milk-traits": "1.0.0", "tiny-code": "1.0.0"}


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "nowhere")
    assert installed_modules(layout) == []
    assert Generations(layout).current() is None
    Generations(layout).sweep()
    assert not layout.home.exists()
