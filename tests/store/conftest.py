"""A machine whose installer has neither network nor cache, and a store with nothing in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.settings import Settings

from .workshop import Shop


@pytest.fixture(autouse=True)
def _no_network_and_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty-cache"))


@pytest.fixture
def shop(settings: Settings) -> Shop:
    return Shop(settings)
