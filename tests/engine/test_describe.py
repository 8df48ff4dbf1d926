from __future__ import annotations

from pathlib import Path

import pytest

from genoteca.engine.describe import Description, Question, describe, look_at
from genoteca.engine.modules import ModuleRef
from genoteca.model.module import Tier

from .workshop import MODULE, Workshop

GOOD = MODULE.format(id="tiny", make="    pass")


def looked_at(workshop: Workshop, source: str, *others: ModuleRef, name: str = "tiny") -> Description:
    """Look at a module in this process, as the child does; every test names its own package."""
    return look_at(Question(module=workshop.module(name, source=source), others=list(others)))


def of(name: str, source: str = GOOD) -> str:
    return source.replace('id="tiny"', f'id="{name}"')


def test_a_good_module_is_described_by_a_child_process(workshop: Workshop) -> None:
    found = describe(workshop.module("tiny"))
    assert found.error is None
    assert found.manifest is not None
    assert found.manifest.id == "tiny"
    by_key = {"/".join(asset.key): asset for asset in found.assets}
    assert sorted(by_key) == ["tiny/annotations", "tiny/reference"]
    annotations = by_key["tiny/annotations"]
    assert annotations.partitioned
    assert not by_key["tiny/reference"].partitioned
    assert annotations.deps == [
        *(["sample", name] for name in ("coverage", "structural", "variants")),
        ["tiny", "reference"],
    ]
    assert annotations.code_version
    assert annotations.columns[-1] == "says"


def test_a_module_that_does_not_import_is_told_with_its_error(workshop: Workshop) -> None:
    found = looked_at(workshop, "import no_such_library", name="unimportable")
    assert found.error is not None
    assert found.error.title == "The module cannot be imported"
    assert "no_such_library" in found.error.message


def test_a_module_that_makes_an_asset_twice_is_refused(workshop: Workshop) -> None:
    twice = "assets=[allele_annotations(MANIFEST), reference_asset(MANIFEST, make=make), "
    source = of("twice").replace("assets=[", twice)
    found = looked_at(workshop, source, name="twice")
    assert found.error is not None
    assert "twice/annotations" in found.error.message


def test_a_module_that_writes_under_another_s_name_is_refused(workshop: Workshop) -> None:
    foreign = '@dg.asset(key=["sample", "variants"])\n    def stolen() -> None: ...\n    return dg.Definitions('
    source = of("thief").replace("return dg.Definitions(", foreign).replace("assets=[", "assets=[stolen, ")
    found = looked_at(workshop, source, name="thief")
    assert found.error is not None
    assert "does not start with 'thief'" in found.error.message


def test_a_misspelt_hook_is_refused(workshop: Workshop) -> None:
    found = looked_at(
        workshop, of("misspelt").replace("def build_definitions", "def build_definitons"), name="misspelt"
    )
    assert found.error is not None
    assert found.error.title == "The module does not fit its hooks"
    assert "build_definitons" in found.error.message


def test_a_missing_hook_is_refused(workshop: Workshop) -> None:
    source = of("hookless")
    found = looked_at(workshop, source[: source.rindex("@hookimpl")], name="hookless")
    assert found.error is not None
    assert "build_definitions" in found.error.message


def test_an_invalid_manifest_is_refused(workshop: Workshop) -> None:
    found = looked_at(workshop, of("nameless").replace('title="A tiny module"', 'title=""'), name="nameless")
    assert found.error is not None
    assert "title" in found.error.message


def test_a_manifest_of_another_id_is_refused(workshop: Workshop) -> None:
    found = looked_at(workshop, of("liar"), name="honest")
    assert found.error is not None
    assert "'liar'" in found.error.message
    assert "'honest'" in found.error.message


def test_a_dependency_that_nobody_makes_is_told_with_the_module_to_install(workshop: Workshop) -> None:
    needing = of("needy").replace("data_version=", 'requires=("provider",),\n    data_version=')
    needing = needing.replace("allele_annotations(MANIFEST)", "annotations()").replace(
        "@hookimpl\ndef describe_module",
        """
def annotations():
    from genoteca.sdk import annotation_asset

    return annotation_asset(MANIFEST, annotate=lambda request: None, deps=[["provider", "reference"]])


@hookimpl
def describe_module""",
        1,
    )
    found = looked_at(workshop, needing, name="needy")
    assert found.error is not None
    assert "provider/reference" in found.error.message
    assert "provider" in found.error.hint
    beside = workshop.module("provider", source=of("provider"))
    assert looked_at(workshop, needing, beside, name="needy").error is None


def test_a_neighbour_that_does_not_load_is_not_this_module_s_fault(workshop: Workshop) -> None:
    bad = workshop.module("badneighbour", source="raise RuntimeError")
    assert looked_at(workshop, of("fine"), bad, name="fine").error is None


def test_a_module_that_hangs_at_import_is_given_up(workshop: Workshop) -> None:
    ref = workshop.module("hanging", source="import threading\nthreading.Event().wait()\n")
    found = describe(ref, timeout=4)
    assert found.error is not None
    assert found.error.title == "The module hangs"


def test_a_module_that_ends_its_process_is_told_to_crash(workshop: Workshop) -> None:
    found = describe(workshop.module("crashing", source="import os\nos._exit(3)\n"))
    assert found.error is not None
    assert found.error.title == "The module crashes"
    assert "exit code 3" in found.error.message


@pytest.mark.parametrize("code", ["raise SystemExit(0)", "raise KeyboardInterrupt"])
def test_a_module_that_wants_to_end_the_app_is_refused(workshop: Workshop, code: str) -> None:
    found = describe(workshop.module("ending", source=code))
    assert found.error is not None


def test_a_data_module_is_described_without_running_anything_of_it(workshop: Workshop, tmp_path: Path) -> None:
    folder = tmp_path / "data-module" / "genoteca_data"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "module.toml").write_text("schema = 1\n")
    ref = ModuleRef(id="data", tier=Tier.DATA, site=folder.parent, entry="genoteca_data", folder=folder)
    found = look_at(Question(module=ref))
    assert found.error is not None
    assert "imported" not in found.error.message
    assert "id" in found.error.message


SETTLED = """
from genoteca.sdk import AnnotationColumn, Build, ReferenceDataError

@hookimpl
def describe_columns(context):
    source = context.settings.get("source")
    if source == "broken":
        raise ReferenceDataError("There is no column pos.", title="Not a table", hint="Choose another.")
    name = "pos" if source == "clash" else "score"
    return [AnnotationColumn(name=name, label="Score", description="How much.")]

@hookimpl
def describe_builds(context):
    return [Build.GRCH37]
"""


@pytest.mark.parametrize(
    ("source", "title"), [("fine", None), ("broken", "Not a table"), ("clash", "The module's columns cannot be used")]
)
def test_columns_that_depend_on_settings_are_described_under_them_or_the_reason_is(
    workshop: Workshop, source: str, title: str | None
) -> None:
    name = f"settled{source}"
    text = of(name).replace("columns=(", 'columns_from="settings", columns=(')
    assert text != of(name)
    ref = workshop.module(name, source=text + SETTLED).model_copy(update={"settings": {"source": source}})
    found = look_at(Question(module=ref))
    assert found.error is None
    assert found.manifest is not None
    if title is None:
        assert [column.name for column in found.manifest.columns] == ["score"]
        assert found.manifest.builds == ("GRCh37",)
        assert found.unsettled is None
    else:
        assert found.unsettled is not None
        assert found.unsettled.title == title


def test_a_module_that_says_columns_where_its_manifest_has_them_breaks_a_rule(workshop: Workshop) -> None:
    found = looked_at(workshop, of("double") + SETTLED, name="double")
    assert found.error is not None
    assert "its columns are given" in found.error.title
