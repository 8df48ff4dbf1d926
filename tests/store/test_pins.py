from __future__ import annotations

from pathlib import Path

from genoteca.store.pins import Pins


def test_a_pin_holds_as_long_as_its_version_is_the_installed_one(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "app.db")
    assert not pins.holds("clinvar", "1.0.0")
    pins.set("clinvar", "1.0.0")
    assert pins.holds("clinvar", "1.0.0")
    assert not pins.holds("clinvar", "1.1.0")
    assert not pins.holds("clinvar", None)
    pins.set("clinvar", "1.1.0")
    assert pins.list() == {"clinvar": "1.1.0"}
    pins.clear("clinvar")
    assert pins.list() == {}
