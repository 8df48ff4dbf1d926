"""`genoteca catalogue …`: a store of one's own, from the folder of modules to the installed list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.store.workshop import data_folder
from typer.testing import CliRunner

from genoteca.cli import build
from genoteca.errors import CatalogueError, InputError


class Terminal:
    def __init__(self, home: Path) -> None:
        self.home = str(home)

    def __call__(self, *arguments: str, said: str = "", code: int = 0) -> str:
        root = build(lambda _settings, *, browser, announce, preview=None: None)
        done = CliRunner().invoke(root, ["--home", self.home, *arguments], input=said)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    data_folder(tmp_path / "modules" / "milk")
    return Terminal(tmp_path / "home")


def test_a_store_is_published_and_added_by_command(terminal: Terminal, tmp_path: Path) -> None:
    modules, out = str(tmp_path / "modules"), str(tmp_path / "store")
    built = terminal.json("catalogue", "build", modules, out, "--name", "Our lab")["catalogue"]
    assert (built["modules"], built["versions"], built["added"]) == (1, 1, ["milk-traits==1.0.0"])
    signed = terminal("catalogue", "sign", out)
    assert "signed for the 1st time" in signed
    fingerprint = terminal.json("catalogue", "sign", out)["catalogue"]["fingerprint"]
    assert fingerprint in signed

    with pytest.raises(InputError, match="was not added"):
        terminal("catalogue", "add", out, said="n\n")
    with pytest.raises(InputError, match=f"fingerprint {fingerprint}"):
        terminal("catalogue", "add", out, "--json")
    with pytest.raises(CatalogueError, match="was agreed to"):
        terminal("catalogue", "add", out, "--fingerprint", "0" * 64)
    assert terminal.json("catalogue", "list")["catalogues"] == []
    shown = terminal("catalogue", "add", out, "--as", "lab", said="y\n")
    assert f"Our lab, 1 modules, from {out}" in shown
    assert fingerprint in shown

    (card,) = terminal.json("catalogue", "list")["catalogues"]
    assert (card["slug"], card["name"], card["kind"], card["trouble"]) == ("lab", "Our lab", "folder", None)
    assert "milk-traits@lab" in terminal("modules", "list")
    assert "Version 1.0.0 (" in terminal("modules", "info", "milk-traits@lab")

    terminal("catalogue", "build", modules, out, "--yank", "milk-traits==1.0.0", "--reason", "the wrong allele")
    terminal("catalogue", "sign", out)
    terminal("catalogue", "refresh", "lab")
    assert "withdrawn by its publisher: the wrong allele" in terminal("modules", "info", "milk-traits@lab")
    (tmp_path / "store" / "metadata" / "timestamp.json").unlink()
    terminal("catalogue", "refresh", code=1)
    assert terminal.json("catalogue", "remove", "lab")["removed"] == "lab"
    assert terminal.json("catalogue", "list")["catalogues"] == []
