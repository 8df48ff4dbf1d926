"""What Dagster's own daemon ticks: its conditions on an instance of its own, its looks by the command line."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from genoteca.engine.dagster_automation import LIFTED, LOOKS, RESULTS, automated, due_when, look_at
from genoteca.engine.definitions import core_definitions, merged
from genoteca.engine.loading import load_module
from genoteca.engine.resources import Scope
from genoteca.model.automation import Rule
from genoteca.settings import Settings

from .workshop import Workshop

SAMPLES = dg.DynamicPartitionsDefinition(name="samples")
RESULT = dg.AssetKey(["tiny", "annotations"])


def test_what_ticks_is_there_and_stopped_and_each_has_a_rule_of_its_own(workshop: Workshop) -> None:
    loaded = [load_module(workshop.module("tiny"))]
    core = core_definitions(workshop.settings, Scope())
    found = automated(merged(core, loaded), workshop.settings).get_repository_def()
    assert [(one.name, one.default_status.value) for one in found.schedule_defs] == [("nightly_catch_up", "STOPPED")]
    sensors = {one.name: one.default_status.value for one in found.sensor_defs}
    assert sensors == dict.fromkeys(["inbox", "publisher_news", "new_genomes", "nobody_at_work", RESULTS], "STOPPED")
    assert sorted(one.rule for one in LOOKS) == sorted(Rule)
    graph = found.asset_graph
    assert [node.key for node in graph.asset_nodes if node.automation_condition is not None] == [RESULT]
    assert graph.get(RESULT).check_keys
    assert LIFTED in graph.get_all_asset_keys()
    assert LIFTED not in graph.materializable_asset_keys, "it is made by runs that need it, and never for itself"


@pytest.mark.filterwarnings("ignore::dagster.BetaWarning")  # Dagster's own, of what it calls itself
def test_a_result_is_due_for_a_new_genome_and_for_a_new_reference_and_for_nothing_else() -> None:
    @dg.asset(key=["sample", "variants"], partitions_def=SAMPLES)
    def variants() -> None: ...

    @dg.asset(key=LIFTED, partitions_def=SAMPLES)
    def lifted() -> None: ...

    @dg.asset(key=["tiny", "reference"])
    def reference() -> None: ...

    @dg.asset(
        key=RESULT,
        deps=[["sample", "variants"], LIFTED, ["tiny", "reference"]],
        partitions_def=SAMPLES,
        automation_condition=due_when(),
    )
    def annotations() -> None: ...

    defs = dg.Definitions(assets=[variants, lifted, reference, annotations])
    cursors: list[Any] = [None]
    with dg.DagsterInstance.ephemeral() as instance:

        def due() -> set[str]:
            found = dg.evaluate_automation_conditions(defs, instance, cursor=cursors[-1])
            cursors.append(found.cursor)
            return {str(key) for key in found.get_requested_partitions(RESULT)}

        def made(asset: dg.AssetsDefinition, partition: str | None = None) -> None:
            assert dg.materialize([asset], instance=instance, partition_key=partition).success

        instance.add_dynamic_partitions("samples", ["a/one"])
        assert due() == set()  # nothing that it is made of is there
        made(reference)
        made(variants, "a/one")
        assert due() == {"a/one"}  # what a lift would make is not needed
        made(annotations, "a/one")
        assert due() == set()
        made(reference)
        assert due() == {"a/one"}
        assert due() == set()  # it was asked for once
        instance.add_dynamic_partitions("samples", ["a/two"])
        made(variants, "a/two")
        assert due() == {"a/two"}


def test_a_look_that_goes_wrong_says_what_the_app_says(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "version").write_text("99\n")
    with pytest.raises(RuntimeError, match="version '99'"):
        look_at(settings, Rule.INBOX)
