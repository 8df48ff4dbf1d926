"""What a person is told of a module's box."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.isolated.small import small_module

from genoteca.actions import module_views
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.model.module import Tier
from genoteca.sdk import load_manifest
from genoteca.sdk.isolated.boxes import Box
from genoteca.store import trust
from genoteca.ui import words
from genoteca.ui.components.permissions import _lines

ASKING = """
[permissions]
network = ["example.org"]
[settings.allow_network]
type = "boolean"
default = false
"""


def _told(folder: Path, monkeypatch: pytest.MonkeyPatch, box: Box, more: str = "", *, allowed: bool = False) -> str:
    monkeypatch.setattr(trust, "box_here", lambda: box)
    monkeypatch.setattr(module_views, "box_here", lambda: box)
    card = ModuleCard(
        id="small-counts",
        manifest=load_manifest(small_module(folder, more=more)),
        tier=Tier.ISOLATED,
        state=ModuleState.AVAILABLE,
        version="1.0.0",
        origin="a file",
        settings={"allow_network": allowed} if more else {},
    )
    return "\n".join(text for _icon, text in _lines(card))


def test_a_closed_box_says_what_it_lets_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _told(tmp_path, monkeypatch, Box.LANDLOCK)
    assert "Runs a program in a closed box." in told
    assert "The box (Landlock): it reads one genome, writes one folder, sees nothing else." in told
    assert "Has no network." in told
    assert "Is ended after 20 seconds, or above 2.0 GB of memory." in told


def test_without_a_box_it_is_said_and_never_called_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _told(tmp_path, monkeypatch, Box.NONE)
    assert "not sandboxed on this system" in told
    assert "closed box" not in told
    assert "Asks for no network." in told
    assert words.tier_icon(Tier.CODE) == "terminal"


def test_the_network_is_told_as_it_is_granted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = _told(tmp_path, monkeypatch, Box.LANDLOCK, ASKING)
    assert "Its box stays shut until you allow it in its settings." in shut
    opened = _told(tmp_path, monkeypatch, Box.LANDLOCK, ASKING, allowed=True)
    assert "You opened its box to the network, for example.org" in opened
