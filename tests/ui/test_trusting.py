"""Who is asked before a module is installed, and how often."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from genoteca.actions.module_views import ModuleCard
from genoteca.model.module import Tier
from genoteca.ui.components import trusting


@pytest.mark.parametrize(("runs_as", "asked"), [(Tier.ISOLATED, []), (Tier.CODE, ["Trust Blood?"])])
async def test_who_has_just_seen_what_a_module_may_do_is_asked_again_only_about_full_trust(
    runs_as: Tier, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []

    async def agreed(title: str, *_: object, **__: object) -> bool:
        found.append(title)
        return True

    monkeypatch.setattr(trusting, "typed", agreed)
    monkeypatch.setattr(trusting, "confirmed", agreed)
    told = SimpleNamespace(title="Blood")
    module = SimpleNamespace(id="blood", tier=Tier.ISOLATED, runs_as=runs_as, origin="from a file", manifest=told)
    assert await trusting.trusts(cast("ModuleCard", module), seen=True)
    assert found == asked
