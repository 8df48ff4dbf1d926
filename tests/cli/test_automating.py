"""What is done by itself, driven from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genoteca import actions
from genoteca.actions import AnswerState
from genoteca.actions.automation import choose_policy
from genoteca.cli.main import build
from genoteca.model.automation import Policy
from genoteca.settings import Settings


def test_a_tick_that_works_asks_also_what_a_run_makes_due_that_waited_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOTECA_OFFLINE", "1")
    home = tmp_path / "home"
    app = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    actions.install_module(app, "everyday-traits")
    choose_policy(app, "everyday-traits", Policy.ON_IMPORT)
    added, _ = actions.add_sample(app, actions.demo_genome(app))
    actions.close(app)
    command = ["--home", str(home), "automation", "tick", "--only", "on-import", "--work", "--json"]
    done = CliRunner().invoke(build(open_ui=lambda *_a, **_k: None), command)
    assert done.exit_code == 0, done.output
    assert [one["sample"] for one in json.loads(done.stdout)["done"]] == [added.key]
    app = actions.open_app(Settings(home=home, offline=True))
    (answer,) = actions.show_sample(app, added.key).answers
    actions.close(app)
    assert answer.state is AnswerState.UP_TO_DATE
