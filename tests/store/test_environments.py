from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.sdk.isolated.small import small_module

from genoteca.errors import InstallError, ManifestError
from genoteca.model.module import Tier
from genoteca.sdk.isolated.boxes import Box, box_here
from genoteca.sdk.isolated.environment import make_environment, read_environment
from genoteca.sdk.isolated.requirements import read_requirements
from genoteca.store import trust
from genoteca.store.contents import tier_of_folder
from genoteca.store.environments import prune_environments
from genoteca.store.generations import Generations
from genoteca.store.installed import installed_modules
from genoteca.store.pruning import prune
from genoteca.store.sources import install_source

from .workshop import Shop

PINNED = f"nowhere-to-be-found==1.0 --hash=sha256:{'0' * 64}\n"


def environments(shop: Shop) -> list[str]:
    return sorted(path.name for path in (shop.layout.modules / "environments").glob("*"))


def install(shop: Shop, folder: Path) -> Generations:
    """Install a folder as it is: no trust is asked for."""
    generations = Generations(shop.layout, offline=True)
    generations.install(generations.prepare(install_source(str(folder))), check=lambda _new, _others: None)
    return generations


@pytest.mark.skipif(not box_here().closed, reason="there is no box here, and trust is asked for")
def test_an_isolated_folder_installs_without_a_question_and_has_an_environment(shop: Shop, tmp_path: Path) -> None:
    install(shop, small_module(tmp_path / "small"))
    module = installed_modules(shop.layout)[0]
    assert (module.id, module.tier) == ("small-counts", Tier.ISOLATED)
    assert module.environment is not None
    found = read_environment(module.environment)
    assert found is not None
    assert not found.interpreter.is_relative_to(module.environment), "a package could bring a program `python`"


@pytest.mark.skipif(not box_here().closed, reason="there is no box here, and trust is asked for")
def test_an_environment_stays_while_a_kept_generation_uses_it(shop: Shop, tmp_path: Path) -> None:
    generations = install(shop, small_module(tmp_path / "small"))
    folder = shop.layout.modules / "environments" / environments(shop)[0]
    os.utime(folder, (0, 0))
    generations.remove("small-counts")
    assert environments(shop), "one can still go back to it"
    (shop.layout.modules / "generation-1" / "generation.json").unlink()
    os.utime(folder, (0, 0))
    prune(shop.layout.modules)
    assert environments(shop) == []


def test_one_that_was_just_made_for_an_install_at_work_is_not_pruned(tmp_path: Path) -> None:
    (tmp_path / "environments" / "new").mkdir(parents=True)
    prune_environments(tmp_path, set())
    assert (tmp_path / "environments" / "new").is_dir()


def test_a_package_that_cannot_be_had_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    folder = small_module(tmp_path / "small", isolated='requirements = "needs.txt"', needs__txt=PINNED)
    with pytest.raises(InstallError):
        install(shop, folder)
    assert installed_modules(shop.layout) == []
    assert environments(shop) == []


def test_making_one_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "needs.txt").write_text(PINNED)
    wanted = read_requirements(tmp_path, "needs.txt")
    with pytest.raises(InstallError, match="cancelled"):
        make_environment(tmp_path / "environments" / "x", wanted, python="3.11", cancelled=lambda: True)
    assert list((tmp_path / "environments").iterdir()) == []


def test_one_of_another_python_or_half_made_is_none(tmp_path: Path) -> None:
    made = make_environment(tmp_path / "x", read_requirements(tmp_path, ""), python="3.11")
    assert read_environment(made.folder) == made
    told = json.loads((made.folder / "environment.json").read_text())
    (made.folder / "environment.json").write_text(json.dumps(told | {"python": "3.9"}))
    assert read_environment(made.folder) is None
    (made.folder / "environment.json").write_text("{")
    assert read_environment(made.folder) is None


def test_a_python_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"find Python 3\.99 or later"):
        make_environment(tmp_path / "x", read_requirements(tmp_path, ""), python="3.99")


@pytest.mark.parametrize(
    "line",
    [
        "polars",
        "polars>=1 --hash=sha256:" + "0" * 64,
        "polars==1.* --hash=sha256:" + "0" * 64,
        "polars==1.0",
        "polars==1.0 --hash=md5:" + "0" * 32,
        "polars @ https://example.org/polars.whl --hash=sha256:" + "0" * 64,
        "--index-url https://example.org/simple",
        "-r other.txt",
        "-e .",
        "polars==1.0 --hash=sha256:" + "0" * 64 + " --config-settings x=y",
    ],
)
def test_only_pinned_versions_with_hashes_are_requirements(tmp_path: Path, line: str) -> None:
    (tmp_path / "needs.txt").write_text(f"# first\n{line}\n")
    with pytest.raises(ManifestError):
        read_requirements(tmp_path, "needs.txt")


def test_equal_requirements_share_an_environment_however_they_are_written(tmp_path: Path) -> None:
    digest = "0" * 64
    (tmp_path / "one.txt").write_text(f"polars==1.0 \\\n    --hash=sha256:{digest}\n")
    (tmp_path / "other.txt").write_text(f"# by hand\npolars==1.0 --hash=sha256:{digest}\n\n")
    assert read_requirements(tmp_path, "one.txt").sha256 == read_requirements(tmp_path, "other.txt").sha256


def test_the_tier_follows_from_the_contents(tmp_path: Path) -> None:
    folder = small_module(tmp_path / "a", helper__py="x = 1\n")
    (folder / "__init__.py").write_text("")
    assert tier_of_folder(folder) is Tier.ISOLATED
    (folder / "__init__.py").write_text("import os\n")
    assert tier_of_folder(folder) is Tier.CODE
    (folder / "__init__.py").write_text("")
    (folder / "run.sh").write_text("true\n")
    assert tier_of_folder(folder) is Tier.CODE
    (folder / "run.sh").unlink()
    (folder / "count.py").unlink()
    assert tier_of_folder(folder) is Tier.CODE, "the script it names is not there, another one is"


def test_without_a_box_an_isolated_module_is_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "box_here", lambda: Box.NONE)
    assert trust.runs_as(Tier.ISOLATED) is Tier.CODE
    monkeypatch.setattr(trust, "box_here", lambda: Box.LANDLOCK)
    assert trust.runs_as(Tier.ISOLATED) is Tier.ISOLATED
    assert trust.runs_as(Tier.DATA) is Tier.DATA
