"""One data folder for the tests of the whole path: the demo genome, read and annotated once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.backing_up import back_up, restore
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

PRISTINE = "pristine"
"""Beside the desk's data folder, a backup of it as it was before the first test."""


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An open app that works its queue, with everyday-traits asked about the demo genome."""
    home = tmp_path_factory.mktemp("desk") / "home"
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    actions.start(app)
    try:
        actions.install_module(app, "everyday-traits")
        sample, run = actions.add_sample(app, actions.demo_genome(app))
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
        run = actions.annotate(app, sample.key)
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(app, run)
        back_up(app, home.parent / PRISTINE)
        yield app
    finally:
        actions.close(app)


@pytest.fixture(scope="module")
def own_desk(desk: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An open copy of the desk as it was before the first test, for one file to change; nobody works its queue."""
    home = tmp_path_factory.mktemp("own") / "home"
    restore(desk.layout.home.parent / PRISTINE, home)
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    yield app
    actions.close(app)
