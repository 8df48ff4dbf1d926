from __future__ import annotations

from typing import Any

import pluggy
import pytest
from tests.sdk.modules import CONTEXT, Plugin, manifest

from genoteca.sdk import ModuleContext, hookimpl
from genoteca.sdk.hookspecs import plugin_manager


def test_describe_module_gives_the_manifest_of_the_plugin() -> None:
    manager = plugin_manager()
    manager.register(Plugin())
    assert manager.hook.describe_module().id == manifest().id


def test_build_definitions_is_given_the_context() -> None:
    seen: list[ModuleContext] = []

    class Listening:
        @hookimpl
        def build_definitions(self, context: ModuleContext) -> str:
            seen.append(context)
            return "definitions"

    manager = plugin_manager()
    manager.register(Listening())
    assert manager.hook.build_definitions(context=CONTEXT) == "definitions"
    assert seen == [CONTEXT]


def test_a_misspelt_hook_is_found_by_check_pending() -> None:
    class Misspelt:
        @hookimpl
        def describe_modul(self) -> None: ...

    manager = plugin_manager()
    manager.register(Misspelt())
    with pytest.raises(pluggy.PluginValidationError, match="describe_modul"):
        manager.check_pending()


def test_a_hook_with_another_argument_is_refused_at_once() -> None:
    class Curious:
        @hookimpl
        def build_definitions(self, settings: Any) -> None: ...

    with pytest.raises(pluggy.PluginValidationError, match="settings"):
        plugin_manager().register(Curious())


def test_two_modules_never_hear_each_other() -> None:
    first, second = plugin_manager(), plugin_manager()
    first.register(Plugin())
    assert second.hook.describe_module() is None
