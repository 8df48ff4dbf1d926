from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from tests.sdk.modules import GENOTYPES, MODULE_TOML, Plugin, manifest, write_module

from genoteca.errors import ManifestError
from genoteca.sdk import (
    Answer,
    Dataset,
    Finding,
    annotation_asset,
    check_module,
    data_plugin,
    hookimpl,
    reference_asset,
)
from genoteca.sdk.check import line_in

HOOKS = "its hooks are there"


def never(request: Any) -> Any:
    raise AssertionError("a check must not materialize anything")


def definitions(*extra: Any, told: Any = None, **more: Any) -> dg.Definitions:
    told = told or manifest()
    assets = [reference_asset(told, make=never), annotation_asset(told, annotate=never)]
    return dg.Definitions(assets=[*assets, *extra], **more)


def broken(plugin: object, folder: Path | None = None) -> dict[str, Finding]:
    return {finding.rule: finding for finding in check_module(plugin, folder=folder) if not finding.ok}


def asset(*key: str, **more: Any) -> dg.AssetsDefinition:
    options: dict[str, Any] = {"io_manager_key": "genoteca_io", "code_version": "1"} | more

    def made() -> None: ...

    decorate: Callable[[Any], dg.AssetsDefinition] = dg.asset(key=list(key), **options)
    return decorate(made)


def test_a_good_code_module_keeps_every_rule() -> None:
    findings = check_module(Plugin(definitions=definitions()))
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) == 17
    assert all(finding.message for finding in findings)


def test_a_good_data_module_keeps_every_rule(tmp_path: Path) -> None:
    folder = write_module(tmp_path)
    findings = check_module(data_plugin(folder), folder=folder)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) == 23


# --- hooks ---


def test_a_misspelt_hook_is_found() -> None:
    class Misspelt(Plugin):
        @hookimpl
        def build_definition(self, context: Any) -> None: ...

    found = broken(Misspelt(definitions=definitions()))
    assert list(found) == [HOOKS]
    assert "build_definition" in found[HOOKS].message
    assert "build_definitions" in found[HOOKS].hint


def test_a_missing_hook_is_found() -> None:
    class Half:
        @hookimpl
        def describe_module(self) -> Any:
            return manifest()

    assert "does not implement build_definitions" in broken(Half())[HOOKS].message


def test_an_object_without_hooks_is_found() -> None:
    assert "describe_module and build_definitions" in broken(object())[HOOKS].message


# --- manifest ---


def test_a_manifest_hook_that_raises_is_found() -> None:
    plugin = Plugin(told=ManifestError("module.toml: id: wrong", hint="Mend it."))
    finding = broken(plugin)["its manifest is valid"]
    assert (finding.message, finding.hint) == ("module.toml: id: wrong", "Mend it.")
    assert "ZeroDivisionError: by" in broken(Plugin(told=ZeroDivisionError("by")))["its manifest is valid"].message


def test_a_manifest_of_another_type_is_found() -> None:
    assert "{'id': 'little'}" in broken(Plugin(told={"id": "little"}))["its manifest is valid"].message


@pytest.mark.parametrize(
    ("rule", "changes", "said"),
    [
        ("it fits this app", {"requires_app": ">=99"}, ">=99"),
        ("licences are spdx", {"licence": {"code": "Apache-2.0", "data": "do what you like"}}, "do what you like"),
        ("licences are spdx", {"licence": {"code": "Apache 2", "data": "CC0-1.0"}}, "licence.code"),
        ("sources are cited", {"sources": [{"name": "Hearsay", "url": "https://example.org"}]}, "Hearsay"),
        ("columns are explained", {"columns": []}, "No column"),
        ("columns are explained", {"columns": [{"name": "bare", "label": "Bare"}]}, "bare"),
        ("settings are complete", {"settings": {"all": {"type": "boolean"}}}, "settings.all: the default None"),
        ("settings are complete", {"settings": {"n": {"type": "integer", "default": True}}}, "settings.n"),
        (
            "settings are complete",
            {"settings": {"c": {"type": "choice", "choices": ["a"], "default": "b"}}},
            "settings.c: the default 'b'",
        ),
    ],
)
def test_a_rule_of_the_manifest_is_seen_broken(rule: str, changes: dict[str, Any], said: str) -> None:
    found = broken(Plugin(told=manifest(**changes), definitions=definitions()))
    assert list(found) == [rule]
    assert said in found[rule].message
    assert found[rule].hint


# --- definitions ---


def test_definitions_that_raise_are_found() -> None:
    found = broken(Plugin(definitions=ZeroDivisionError("by zero")))
    assert "ZeroDivisionError: by zero" in found["its definitions are built"].message


def test_definitions_of_another_type_are_found() -> None:
    assert "dagster.Definitions were expected" in broken(Plugin(definitions=7))["its definitions are built"].message


def only(rule: str, given: dg.Definitions, **changes: Any) -> Finding:
    found = broken(Plugin(told=manifest(**changes), definitions=given))
    assert list(found) == [rule]
    assert found[rule].hint
    return found[rule]


def a_check() -> Any:
    @dg.asset_check(asset=dg.AssetKey(["little", "reference"]))
    def looks_fine() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    return looks_fine


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("resources", {"resources": {"genoteca_paths": "mine"}}),
        ("jobs", {"jobs": [dg.define_asset_job("sneaky")]}),
        ("schedules", {"schedules": [dg.ScheduleDefinition(name="nightly", cron_schedule="@daily", target="*")]}),
        ("sensors", {"sensors": [dg.SensorDefinition(name="s", evaluation_fn=lambda _: None, target="*")]}),
        ("asset_checks", {"asset_checks": [a_check()]}),
        ("executor", {"executor": dg.in_process_executor}),
    ],
)
def test_anything_but_assets_is_refused(what: str, given: dict[str, Any]) -> None:
    assert what in only("only assets are contributed", definitions(**given)).message


def test_an_asset_that_cannot_be_made_is_refused() -> None:
    finding = only("only assets are contributed", definitions(dg.AssetSpec(["little", "elsewhere"])))
    assert "elsewhere" in finding.message


def test_an_asset_with_its_own_resources_is_refused() -> None:
    given = {"genoteca_io": dg.mem_io_manager, "genoteca_paths": dg.ResourceDefinition.none_resource()}
    own = dg.with_resources([asset("little", "own", required_resource_keys={"genoteca_paths"})], given)[0]
    found = broken(Plugin(definitions=definitions(own)))
    assert "little/own brings its own resources" in found["only assets are contributed"].message


@pytest.mark.parametrize("key", [("sample", "variants"), ("clinvar", "reference"), ("little_", "x"), ("little",)])
def test_a_foreign_prefix_is_refused(key: tuple[str, ...]) -> None:
    finding = only("keys start with the id", definitions(asset(*key)))
    assert str(list(key)) in finding.message


def test_a_key_made_twice_is_refused() -> None:
    given = definitions(asset("little", "extra"), asset("little", "extra"))
    assert "little/extra" in only("keys are unique", given).message


def test_a_module_without_annotations_is_refused() -> None:
    given = dg.Definitions(assets=[reference_asset(manifest(), make=never)])
    assert "no asset little/annotations" in only("annotations are there", given).message


@pytest.mark.parametrize("split", [None, dg.StaticPartitionsDefinition(["a"])])
def test_annotations_of_other_partitions_are_refused(split: dg.PartitionsDefinition[str] | None) -> None:
    given = dg.Definitions(assets=[asset("little", "annotations", partitions_def=split)])
    assert "not partitioned by samples" in only("annotations are there", given).message


def test_another_io_manager_is_refused() -> None:
    finding = only("assets use what the app gives", definitions(asset("little", "extra", io_manager_key="s3")))
    assert "little/extra is stored by 's3'" in finding.message


def test_an_unknown_resource_is_refused() -> None:
    given = definitions(asset("little", "extra", required_resource_keys={"database"}))
    assert "asks for database" in only("assets use what the app gives", given).message


def test_an_asset_without_a_code_version_is_refused() -> None:
    given = definitions(asset("little", "extra", code_version=None))
    assert "little/extra" in only("assets have code versions", given).message


def test_a_dependency_that_nobody_makes_is_refused() -> None:
    given = definitions(asset("little", "extra", deps=[dg.AssetKey(["sample", "methylome"])]))
    assert "sample/methylome" in only("dependencies are known", given).message


def test_a_dependency_on_a_required_module_is_known() -> None:
    given = definitions(asset("little", "extra", deps=[dg.AssetKey(["clinvar", "reference"])]))
    assert "clinvar/reference" in only("dependencies are known", given).message
    assert broken(Plugin(told=manifest(requires=["clinvar"]), definitions=given)) == {}


# --- files ---


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "README.md").write_text("# Two sites")
    (tmp_path / "src").mkdir()
    return write_module(tmp_path / "src")


def test_a_source_without_a_readme_is_found(source: Path) -> None:
    assert broken(data_plugin(source), source) == {}
    (source.parents[1] / "README.md").unlink()
    assert list(broken(data_plugin(source), source)) == ["a readme is there"]


def test_an_icon_that_is_not_there_is_found(source: Path) -> None:
    (source / "module.toml").write_text('icon = "two.svg"\n' + MODULE_TOML)
    found = broken(data_plugin(source), source)
    assert list(found) == ["the icon is there"]
    (source / "two.svg").write_text("<svg/>")
    assert broken(data_plugin(source), source) == {}


def test_a_table_that_is_not_there_is_found(source: Path) -> None:
    (source / "genotypes.csv").unlink()
    assert "genotypes.csv" in broken(data_plugin(source), source)["the tables are there"].message


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.py", ""), ("__init__.py", "import os"), ("inner/__init__.py", "x"), ("fast.so", ""), ("data.pkl", "")],
)
def test_a_data_module_with_anything_that_runs_is_refused(source: Path, name: str, content: str) -> None:
    (source / name).parent.mkdir(exist_ok=True)
    (source / name).write_text(content)
    found = broken(data_plugin(source), source)
    assert list(found) == ["it holds data only"]
    assert name in found["it holds data only"].message


def test_a_link_out_of_a_data_module_is_refused(source: Path) -> None:
    (source / "more.csv").symlink_to("/etc/hostname")
    assert "more.csv" in broken(data_plugin(source), source)["it holds data only"].message


def test_a_code_module_may_hold_code(source: Path) -> None:
    (source / "run.py").write_text("")
    assert broken(Plugin(definitions=definitions()), source) == {}


def test_the_types_an_author_needs_for_his_functions_are_public() -> None:
    assert Dataset(table=None).checks == []
    assert Answer.__name__ == "Answer"


# --- where ---


def test_a_finding_names_the_line_of_the_key_it_is_about(tmp_path: Path) -> None:
    toml = MODULE_TOML.replace('data = "CC0-1.0"', 'data = "Foo"').replace(
        'description = "What the genotype means."', ""
    )
    folder = write_module(tmp_path, toml=toml)
    found = broken(data_plugin(folder), folder)
    assert found["licences are spdx"].place == "module.toml:10"
    assert found["columns are explained"].place == f"module.toml:{toml[: toml.index('conclusion')].count(chr(10))}"
    assert all(finding.hint for finding in found.values())


def test_a_wrong_cell_of_a_table_is_found_in_its_line(tmp_path: Path) -> None:
    folder = write_module(tmp_path, genotypes=GENOTYPES.replace("milk,G/A", "milk,G/C"))
    finding = broken(data_plugin(folder), folder)["the tables can be read"]
    assert finding.place == "genotypes.csv:3"
    assert "'G/C' was given" in finding.message
    assert finding.hint


def test_papers_are_numbers_of_pubmed(tmp_path: Path) -> None:
    toml = MODULE_TOML + '[[columns]]\nname = "pmids"\nlabel = "Papers"\ntype = "list"\ndescription = "PubMed."\n'
    lines = GENOTYPES.splitlines()
    table = "\n".join([f"{lines[0]},pmids", f"{lines[1]},1;2", f"{lines[2]},PMC3", *(f"{one}," for one in lines[3:])])
    folder = write_module(tmp_path, toml=toml, genotypes=table + "\n")
    finding = broken(data_plugin(folder), folder)["papers are numbered"]
    assert finding.place == "genotypes.csv:3"
    assert "'PMC3'" in finding.message


def test_an_error_of_a_modules_own_code_is_found_in_its_line(tmp_path: Path) -> None:
    package = tmp_path / "genoteca_wrong"
    package.mkdir()
    (package / "plugin.py").write_text("def fall():\n    raise ValueError('wrong')\n")
    namespace: dict[str, Any] = {}
    source = package / "plugin.py"
    exec(compile(source.read_text(), str(source), "exec"), namespace)  # noqa: S102 - stands for an import
    with pytest.raises(ValueError, match="wrong") as caught:
        namespace["fall"]()
    assert line_in(caught.value, package) == ("plugin.py", 2)
    assert line_in(caught.value, tmp_path / "elsewhere") is None
