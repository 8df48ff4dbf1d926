"""A worker's start."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from genoteca.engine import worker


def test_garbage_is_looked_for_once_everything_is_loaded_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    looking: list[bool] = []

    class Loading(ModuleType):
        @property
        def work(self) -> Callable[[], None]:
            looking.append(gc.isenabled())
            return lambda: looking.append(gc.isenabled())

    monkeypatch.setitem(sys.modules, "genoteca.engine.working", Loading("working"))
    worker.main()
    *loading, at_work = looking
    assert at_work
    assert loading
    assert not any(loading)
