from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pluggy
import pytest
from pydantic import ValidationError
from tests.sdk.modules import CONTEXT, Plugin, manifest

from genoteca.sdk import (
    AnnotationColumn,
    Build,
    ModuleContext,
    ModuleResult,
    ReportSection,
    SampleKind,
    Sex,
    hookimpl,
)
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


def test_report_section_is_given_the_context_and_the_result_and_may_be_left_out(tmp_path: Path) -> None:
    seen: list[object] = []
    section = ReportSection(title="A report", lead="Of 2 sites, 1 is known.")
    result = ModuleResult(
        path=tmp_path / "none.parquet",
        columns=(),
        sites=2,
        evidence={"called": 1, "not_covered": 1},
        filtered=0,
        rows=1,
        release="1",
        kind=SampleKind.WHOLE_GENOME,
        sex=Sex.UNSTATED,
        build=Build.GRCH38,
    )

    class Reporting:
        @hookimpl
        def report_section(self, context: ModuleContext, result: ModuleResult) -> ReportSection:
            seen.extend([context, result])
            return section

    manager = plugin_manager()
    assert manager.hook.report_section(context=CONTEXT, result=result) is None
    manager.register(Reporting())
    assert manager.hook.report_section(context=CONTEXT, result=result) == section
    assert seen == [CONTEXT, result]


def test_describe_columns_is_given_the_context_and_may_be_left_out() -> None:
    column = AnnotationColumn(name="score", label="Score", description="How much.")

    class Telling:
        @hookimpl
        def describe_columns(self, context: ModuleContext) -> list[AnnotationColumn]:
            return [column] if context.settings.get("source") else []

    manager = plugin_manager()
    assert manager.hook.describe_columns(context=CONTEXT) is None
    manager.register(Telling())
    assert manager.hook.describe_columns(context=CONTEXT) == []
    assert manager.hook.describe_columns(context=replace(CONTEXT, settings={"source": "x"})) == [column]


def test_describe_builds_is_given_the_context_and_may_be_left_out() -> None:
    class Telling:
        @hookimpl
        def describe_builds(self, context: ModuleContext) -> list[Build]:
            return [Build(str(context.settings["build"]))]

    manager = plugin_manager()
    assert manager.hook.describe_builds(context=CONTEXT) is None
    manager.register(Telling())
    told = manager.hook.describe_builds(context=replace(CONTEXT, settings={"build": "GRCh37"}))
    assert told == [Build.GRCH37]


def test_a_settled_manifest_has_the_columns_and_builds_of_the_settings() -> None:
    column = AnnotationColumn(name="score", label="Score", description="How much.")
    settled = replace(CONTEXT, columns=(column,), builds=(Build.GRCH37,)).settled(manifest())
    assert (settled.columns, settled.builds) == ((column,), (Build.GRCH37,))
    assert CONTEXT.settled(manifest()) == manifest()
    clash = AnnotationColumn(name="pos", label="Position", description="Where.")
    with pytest.raises(ValidationError, match="a name every module has: pos"):
        replace(CONTEXT, columns=(clash,)).settled(manifest())


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
