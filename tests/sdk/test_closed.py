"""What stands behind gates is counted apart, and no table can tell by its form which genotype is closed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sdk.modules import COMBINATIONS, GENOTYPES, MODULE_TOML, SITES, write_module

from genoteca.engine.told import told_of
from genoteca.errors import ManifestError
from genoteca.model.evidence import Evidence
from genoteca.model.record import CheckResult, Record
from genoteca.sdk import data_plugin
from genoteca.sdk.closed import Closed, Counts, Gates, closed_in, gates_told, without, without_figures
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.panel_file import read_panel
from genoteca.sdk.table_spec import load_table_spec
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.sdk.verdicts import UNTOLD
from genoteca.settings import Layout

GATE = '[[columns]]\nname = "gate"\nlabel = "Before you look"\ndescription = "What is asked first."\n'
TOML = MODULE_TOML.replace("[[columns]]", f"{GATE}[[columns]]", 1)
ASKS = "Only if you want to know."
KINDS = [kind.value for kind in Evidence]


def gated(table: str, *gates: str) -> str:
    head, *rows = table.strip().splitlines()
    return "\n".join([f"{head},gate", *(f"{row},{gate}" for row, gate in zip(rows, gates, strict=True))]) + "\n"


def module(folder: Path, **tables: str) -> Path:
    return write_module(folder, toml=TOML, **tables)


def test_a_combination_closes_the_sites_that_only_it_uses(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    only_milk = "".join(line for line in GENOTYPES.splitlines(keepends=True) if not line.startswith("wax"))
    folder = module(tmp_path, genotypes=only_milk, combinations=gated(COMBINATIONS, ASKS, ASKS))
    made = materialize_module(data_plugin(folder), genoteca_sample(), settings={"pair": True})
    by_place = dict(made.table.select("pos", "gate").filter(made.table["trait"] != "Both").iter_rows())
    assert by_place == {135851076: None, 48224287: ASKS}
    closed = closed_in(made.record(), made.manifest)
    assert closed is not None
    assert closed[ASKS].rows == 2


def told_to_dagster(folder: Path, sample: MakeSample) -> tuple[Record, dict[str, object], dict[str, str]]:
    """Give the record of a module's answers, and what Dagster is told of them: metadata, and its checks' words."""
    made = materialize_module(data_plugin(folder), sample())
    record = made.record()
    checks = without_figures(record.checks, gates_told(record))
    told = told_of(record, folder / "home" / "annotations.json", Layout(folder / "home"))
    return record, told, {one.name: one.description for one in checks if one.evaluated}


def test_of_rows_that_stay_closed_dagster_is_told_nothing_not_even_how_many(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    record, told, checks = told_to_dagster(module(tmp_path, sites=gated(SITES, ASKS, "")), genoteca_sample)
    assert record.evidence["called"] == 1
    assert (told["dagster/row_count"], told["sites"]) == (record.rows, record.sites) == (2, 2)
    assert not told.keys() & {"evidence", "filtered", "bytes", "sha256"}
    assert "reference_alleles" not in checks
    (verdict,) = [check.description for check in record.checks if check.name == "reference_alleles"]
    assert verdict == UNTOLD


def test_of_an_answer_that_stays_closed_dagster_is_told_no_number(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    toml = MODULE_TOML.replace('category = "Traits"', f'category = "Traits"\ngate = "{ASKS}"', 1)
    record, told, checks = told_to_dagster(write_module(tmp_path, toml=toml), genoteca_sample)
    assert record.rows
    assert not told.keys() & {"dagster/row_count", "sites", "evidence", "filtered", "bytes", "sha256"}
    assert not [words for name, words in checks.items() if name != "schema" and re.search(r"\d", words)]
    assert {"ranges", "cardinality"} <= checks.keys()
    report = record.model_copy(update={"asset": [record.asset[0], "report"], "metadata": {"gates": "none"}})
    assert not told_of(report, tmp_path / "report.json", Layout(tmp_path)).keys() & {"bytes", "sha256"}


def test_an_answer_that_does_not_say_whether_it_asks_first_is_taken_for_one_that_does(
    tmp_path: Path, genoteca_sample: MakeSample
) -> None:
    record = materialize_module(data_plugin(write_module(tmp_path)), genoteca_sample()).record()
    assert gates_told(record) is Gates.NONE
    older = record.model_copy(update={"metadata": {}})
    assert gates_told(older) is Gates.WHOLE
    assert gates_told(older.model_copy(update={"partition": None})) is Gates.NONE


def test_what_is_wrong_is_told_and_not_of_how_many() -> None:
    failed = CheckResult(name="ranges", passed=False, description="stars: 3 rows outside at most 4.")
    (told,) = without_figures([failed], Gates.ROWS)
    assert (told.passed, told.description) == (False, "stars: some rows outside at most some.")
    assert without_figures([failed], Gates.NONE) == [failed]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"genotypes": gated(GENOTYPES, "", ASKS, ASKS, "", "", "")}, r"genotypes\.csv has the column 'gate'"),
        ({"combinations": gated(COMBINATIONS, ASKS, "")}, "'both' has a gate in some of its rows"),
    ],
)
def test_a_gate_that_hangs_on_the_genotype_is_refused(tmp_path: Path, tables: dict[str, str], said: str) -> None:
    folder = module(tmp_path, **tables)
    manifest = load_manifest(folder)
    with pytest.raises(ManifestError, match=said):
        read_panel(folder, load_table_spec(folder), manifest, manifest.builds[0])


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans(), st.sampled_from(["", "one", "two"])), max_size=20))
def test_what_is_left_counts_the_open_rows_alone(rows: list[tuple[str, bool, str]]) -> None:
    def counted(some: list[tuple[str, bool, str]]) -> Counts:
        evidence = {kind: sum(row[0] == kind for row in some) for kind in KINDS}
        return Counts(sites=len(some), evidence=evidence, filtered=sum(row[1] for row in some), rows=len(some))

    closed = []
    for gate in ("one", "two"):
        behind = counted([row for row in rows if row[2] == gate])
        closed.append(Closed(rows=behind.rows, filtered=behind.filtered, evidence=behind.evidence))
    assert without(counted(rows), closed) == counted([row for row in rows if not row[2]])
