"""Every test gets its own data folder, and an executor that ends with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genoteca.engine.executor import Executor
from genoteca.settings import Settings

from .workshop import Workshop


@pytest.fixture
def workshop(settings: Settings, tmp_path: Path) -> Workshop:
    """Give a workshop on an empty data folder."""
    return Workshop(settings, tmp_path)


@pytest.fixture
def executors() -> Iterator[Callable[..., Executor]]:
    """Make executors that are stopped when the test is over, however it ends."""
    made: list[Executor] = []

    def make(workshop: Workshop, *, grace: float = 3.0) -> Executor:
        executor = Executor(workshop.settings, modules=workshop.modules, grace=grace)
        made.append(executor)
        return executor

    yield make
    for executor in made:
        executor.stop()
