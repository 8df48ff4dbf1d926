from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.errors import InstallError, NotFoundError
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.installed import installed_modules
from genoteca.store.record import InstallOrigin
from genoteca.store.trust import Trust, needs_decision

from .workshop import Shop, data_folder, project


def test_code_from_a_file_is_not_installed_before_a_person_decided(shop: Shop, tmp_path: Path) -> None:
    prepared = shop.prepare(project(tmp_path / "tiny"))
    with pytest.raises(InstallError, match="nobody said that it is trusted") as raised:
        shop.generations.install(prepared, check=shop.check)
    assert "every genome on this computer" in raised.value.hint
    assert installed_modules(shop.layout) == []
    shop.trust(prepared)
    assert shop.generations.install(prepared, check=shop.check).id == "tiny-code"


def test_other_contents_are_asked_for_again(shop: Shop, tmp_path: Path) -> None:
    source = project(tmp_path / "tiny")
    shop.install(source)
    (source / "src" / "tiny_code_module" / "__init__.py").write_text("import os\n")
    with pytest.raises(InstallError, match="nobody said that it is trusted"):
        shop.generations.install(shop.prepare(source), check=shop.check)


def test_the_id_must_be_typed(shop: Shop, tmp_path: Path) -> None:
    wheel = shop.prepare(project(tmp_path / "tiny")).wheel
    trust = Trust(shop.layout.database)
    with pytest.raises(InstallError, match="'yes' was typed, 'tiny-code' was expected"):
        trust.confirm(wheel, typed="yes")
    assert not trust.decided(wheel)
    trust.confirm(wheel, typed=" tiny-code ")
    assert trust.decided(wheel)
    trust.forget("tiny-code")
    assert not trust.decided(wheel)


def test_data_and_bundled_modules_need_no_decision(shop: Shop, tmp_path: Path) -> None:
    data = shop.prepare(data_folder(tmp_path / "milk"))
    assert not needs_decision(data.wheel, data.origin)
    assert shop.generations.install(data, check=shop.check).id == "milk-traits"
    project(tmp_path / "shelf" / "tiny")
    (entry,) = bundled_catalogue(tmp_path / "shelf")
    bundled = shop.generations.prepare(shop.bundled(entry))
    assert bundled.origin is InstallOrigin.BUNDLED
    assert shop.generations.install(bundled, check=shop.check).id == "tiny-code"


def test_decisions_are_listed_and_each_can_be_taken_back(shop: Shop, tmp_path: Path) -> None:
    trust = Trust(shop.layout.database)
    first, second = (shop.prepare(project(tmp_path / v, version=v)).wheel for v in ("1.0.0", "1.1.0"))
    trust.confirm(first, typed="tiny-code")
    trust.confirm(second, typed="tiny-code")
    assert [(one.id, one.version, one.sha256) for one in trust.list()] == [
        ("tiny-code", "1.1.0", second.sha256),
        ("tiny-code", "1.0.0", first.sha256),
    ]
    trust.revoke("tiny-code", first.sha256)
    assert not trust.decided(first)
    assert trust.decided(second)
    with pytest.raises(NotFoundError, match="never trusted"):
        trust.revoke("tiny-code", first.sha256)
