"""History, roll-back, pins and trust from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faults.bad_modules import code_module, data_module
from typer.testing import CliRunner

from genoteca.cli.main import build
from genoteca.errors import GenotecaError

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GENOTECA_OFFLINE", "1")
    monkeypatch.setenv("GENOTECA_DEVELOPER", "1")
    home = str(tmp_path / "home")

    def run(*arguments: str, typed: str = "") -> str:
        done = CliRunner().invoke(build(open_ui=lambda *_a, **_k: None), ["--home", home, *arguments], input=typed)
        if isinstance(done.exception, GenotecaError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_modules_are_taken_back_pinned_and_trusted_again(run: Run, tmp_path: Path) -> None:
    def told(*arguments: str) -> dict[str, Any]:
        return dict(json.loads(run(*arguments, "--json")))

    run("modules", "install", str(data_module(tmp_path / "old", "1.0.0")))
    run("modules", "install", str(data_module(tmp_path / "new", "1.1.0")))
    run("modules", "install", str(code_module(tmp_path)), "--yes")

    assert "Milk traits 1.0.0 → 1.1.0" in run("modules", "history")
    assert [one["current"] for one in told("modules", "history")["generations"]] == [True, False, False]
    assert "bad-module 1.0.0" not in run("modules", "rollback")
    assert "milk-traits 1.0.0" in run("modules", "rollback", "1")
    with pytest.raises(GenotecaError, match="generation 9"):
        run("modules", "rollback", "9")
    assert told("modules", "rollback", "3")["generation"]["number"] == 3

    assert run("modules", "pin", "milk-traits") == "Milk traits stays at 1.1.0.\n"
    assert "Pinned to 1.1.0" in run("modules", "info", "milk-traits")
    assert told("modules", "update")["pinned"] == {"milk-traits": "1.1.0"}
    assert "it is pinned" in run("modules", "update")
    assert run("modules", "unpin", "milk-traits") == "Milk traits is updated again.\n"
    with pytest.raises(GenotecaError, match="is not installed"):
        run("modules", "pin", "clinvar")

    assert [one["id"] for one in told("modules", "trust")["trusted"]] == ["bad-module"]
    assert told("modules", "trust", "bad-module", "--revoke")["trusted"] == []
    assert "set aside" in run("modules", "list")
    with pytest.raises(GenotecaError, match="never trusted"):
        run("modules", "trust", "bad-module", "--revoke")
    assert "bad-module" in run("modules", "trust", "bad-module", typed="bad-module\n")
    assert "set aside" not in run("modules", "list")
