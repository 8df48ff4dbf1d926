from __future__ import annotations

import stat
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import pytest

from genoteca.errors import InstallError, ManifestError
from genoteca.model.module import Tier
from genoteca.store.environment import app_versions, taken_names
from genoteca.store.wheels import Wheel, inspect_extra, inspect_wheel, top_level_of

from .workshop import forge

TAKEN = taken_names()


def inspect(wheel: Path) -> Wheel:
    return inspect_wheel(wheel, taken=TAKEN, distributions=app_versions(Path("nowhere")))


def test_a_good_wheel_tells_what_it_is(tmp_path: Path) -> None:
    wheel = inspect(forge(tmp_path, {"forged/sites.csv": "site\n"}, requires=["genoteca>=0.1"]))
    assert (wheel.id, wheel.distribution, wheel.version, wheel.entry) == ("forged", "forged", "1.0.0", "forged")
    assert wheel.tier is Tier.DATA
    assert wheel.requires == ("genoteca>=0.1",)
    assert wheel.top_level == {"forged"}
    assert wheel.bytes == wheel.path.stat().st_size
    assert len(wheel.sha256) == 64


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../outside.py", "leaves the module's folder"),
        ("/etc/outside", "leaves the module's folder"),
        ("C:/outside.py", "leaves the module's folder"),
        ("forged\\outside.py", "leaves the module's folder"),
        ("start.pth", "every start of Python"),
        ("forged/start.pth", "every start of Python"),
        ("forged-1.0.0.data/scripts/genoteca", "outside the package"),
        ("forged-1.0.0.data/data/etc/x", "outside the package"),
        ("forged/fast.so", "compiled"),
        ("forged/fast.pyd", "compiled"),
        ("polars/__init__.py", "shadow the app's own 'polars'"),
        ("Polars/__init__.py", "shadow the app's own 'Polars'"),
        ("json.py", r"shadow the app's own 'json\.py'"),
        ("genoteca/store/wheels.py", "shadow the app's own 'genoteca'"),
        ("FORGED/__init__.py", "twice"),
    ],
)
def test_a_file_no_module_may_bring_is_refused_by_name(tmp_path: Path, path: str, why: str) -> None:
    with pytest.raises(InstallError, match=why):
        inspect(forge(tmp_path, {path: "x = 1\n"}))


def test_a_link_is_refused(tmp_path: Path) -> None:
    wheel = forge(tmp_path)
    link = ZipInfo("forged/link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InstallError, match="links are not installed"):
        inspect(wheel)


@pytest.mark.parametrize(
    ("entry_points", "count"),
    [
        ("", "0 entry points"),
        ("[console_scripts]\nforged = forged:main\n", "0 entry points"),
        ("[genoteca]\none = forged\ntwo = forged\n", "2 entry points"),
    ],
)
def test_other_than_one_entry_point_is_refused(tmp_path: Path, entry_points: str, count: str) -> None:
    with pytest.raises(InstallError, match=count):
        inspect(forge(tmp_path, entry_points=entry_points))


def test_a_compiled_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="compiled for one system"):
        inspect(forge(tmp_path, tag="cp311-cp311-manylinux_2_17_x86_64"))


@pytest.mark.parametrize("name", ["forged-1.0.0.tar.gz", "forged.zip", "forged.whl", "genome.vcf"])
def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(InstallError, match="wheel"):
        inspect(tmp_path / name)


def test_a_damaged_wheel_is_refused(tmp_path: Path) -> None:
    wheel = forge(tmp_path)
    wheel.write_bytes(wheel.read_bytes()[:200])
    with pytest.raises(InstallError, match="cannot be read as a wheel"):
        inspect(wheel)


def test_a_wheel_named_as_the_apps_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="replace polars"):
        inspect(forge(tmp_path, name="polars"))


def test_a_wheel_that_is_another_inside_is_refused(tmp_path: Path) -> None:
    wheel = forge(tmp_path)
    with pytest.raises(InstallError, match="inside that it is forged"):
        inspect(wheel.rename(tmp_path / "another-1.0.0-py3-none-any.whl"))


def test_a_wheel_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"holds no elsewhere/module\.toml"):
        inspect(forge(tmp_path, entry_points="[genoteca]\nforged = elsewhere\n"))


def test_a_wheel_whose_manifest_is_not_valid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError):
        inspect(forge(tmp_path, module_id="Sample"))


def test_the_entry_point_and_the_manifest_agree_on_the_id(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="named 'other', the manifest says 'forged'"):
        inspect(forge(tmp_path, entry_points="[genoteca]\nother = forged\n"))


def test_the_wheel_and_the_manifest_agree_on_the_version(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"version 1\.0\.0, its module\.toml says 2\.0\.0"):
        inspect(forge(tmp_path, manifest_version="2.0.0"))


@pytest.mark.parametrize(
    "files",
    [
        {"forged/more.py": ""},
        {"forged/__init__.py": "import os\n"},
        {"forged/inner/__init__.py": ""},
        {"other/sites.csv": "site\n"},
        {"forged/page.html": ""},
    ],
)
def test_anything_but_data_makes_it_code(tmp_path: Path, files: dict[str, str]) -> None:
    wheel = tmp_path / "forged-1.0.0-py3-none-any.whl"
    kept = forge(tmp_path, {path: text for path, text in files.items() if path != "forged/__init__.py"})
    assert kept == wheel
    if "forged/__init__.py" in files:
        _rewrite(wheel, files)
    assert inspect(wheel).tier is Tier.CODE


def _rewrite(wheel: Path, files: dict[str, str]) -> None:
    with ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(wheel, "w") as archive:
        for name, content in {**inside, **{path: text.encode() for path, text in files.items()}}.items():
            archive.writestr(name, content)


def test_a_data_module_that_requires_code_is_code(tmp_path: Path) -> None:
    assert inspect(forge(tmp_path, requires=["humanize"])).tier is Tier.CODE


def test_a_requirement_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="requires something unreadable"):
        inspect(forge(tmp_path, requires=["polars ?? 2"]))


def test_what_a_module_requires_is_held_to_the_same_rules(tmp_path: Path) -> None:
    assert inspect_extra(forge(tmp_path / "good"), taken=TAKEN) == ("forged", "1.0.0")
    with pytest.raises(InstallError, match="every start of Python"):
        inspect_extra(forge(tmp_path / "bad", {"x.pth": ""}), taken=TAKEN)


def test_a_kept_wheel_that_is_gone_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="gone or damaged"):
        top_level_of(tmp_path / "gone.whl")


def test_commands_and_plugins_of_other_programs_are_refused(tmp_path: Path) -> None:
    more = "[genoteca]\nforged = forged\n[console_scripts]\ngenoteca = os:abort\n[pytest11]\nforged = os\n"
    with pytest.raises(InstallError, match="console_scripts, pytest11"):
        inspect(forge(tmp_path, entry_points=more))


def test_a_file_that_is_read_into_memory_is_small(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="larger than any file of its kind"):
        inspect(forge(tmp_path, {"forged/inner/__init__.py": "#" * 17_000_000}))
