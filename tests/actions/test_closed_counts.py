"""No number tells what a closed row says: two genomes that differ only there look alike until the person asks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.telling import NOT_COUNTED
from genoteca.actions.views import ModuleAnswer
from genoteca.engine import records
from genoteca.model.run import RunStatus
from genoteca.sdk.closed import CLOSED
from genoteca.settings import Settings
from genoteca.ui.desktop import Desktop
from genoteca.ui.downloads import Downloads
from genoteca.ui.rows import row_routes
from genoteca.ui.uploads import Uploads

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
TRAITS, CLOTTING = "everyday-traits", "thrombophilia"
MODULES = (TRAITS, CLOTTING)
MEMBERS = ("apoe-rs429358", "apoe-rs7412")
BOTH = ("them/carrier", "them/reference")


def sites(module: str) -> list[dict[str, str]]:
    package = PLUGINS / module / "src" / f"genoteca_{module.replace('-', '_')}"
    with (package / "sites.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def vcf(*, carried: bool) -> str:
    """Write a genome with some open sites; at the closed ones it has an ALT, or else REF twice, or no record."""
    told = {}
    for module in MODULES:
        for row in sites(module):
            place = tuple(row[f"{name}_GRCh38"] for name in ("chrom", "pos", "ref", "alt"))
            closed = bool(row["gate"]) or row["site"] in MEMBERS
            if closed and (carried or int(row["pos_GRCh38"]) % 2):
                told[place] = "0/1" if carried else "0/0"
            elif not closed and int(row["pos_GRCh38"]) % 3 == 0:
                told[place] = "0/1"
    head = "##fileformat=VCFv4.2\n##reference=GRCh38\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme\n"
    ordered = sorted(told.items(), key=lambda one: (int(one[0][0]), int(one[0][1])))
    lines = [
        f"{chrom}\t{pos}\t.\t{ref}\t{alt.split(',')[0]}\t50\tPASS\t.\tGT\t{genotype}\n"
        for (chrom, pos, ref, alt), genotype in ordered
        if len(ref) == len(alt.split(",")[0]) == 1
    ]
    return head + "".join(lines)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("closed")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0, offline=True))
    actions.start(app)
    try:
        for module in MODULES:
            actions.install_module(app, module)
        actions.configure_module(app, TRAITS, {"apoe": True})
        for key in BOTH:
            user, name = key.split("/")
            (folder / f"{name}.vcf").write_text(vcf(carried=name == "carrier"), "utf-8")
            wanted = actions.AddSample(path=str(folder / f"{name}.vcf"), user=user, sample=name, build="GRCh38")
            _, run = actions.add_sample(app, wanted)
            assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
            assert app.executor.run_until_over(actions.annotate(app, key)).status is RunStatus.SUCCEEDED
        yield app
    finally:
        actions.close(app)


def told(answer: ModuleAnswer) -> dict[str, Any]:
    return answer.model_dump(mode="json", exclude={"run", "when"})


def lines_of(app: App, key: str) -> list[tuple[str, str, str]]:
    run = next(run for run in app.index.list(key, limit=9) if run.request.modules)
    said = [(one.kind.value, one.asset or "", one.message, dict(one.detail)) for one in app.index.lines(run.id)]
    # what it took, and whose it is, differs from run to run
    return [(*one[:2], re.sub(r"[\d.]+ s|them/\w+", "", f"{one[2]} {one[3]}")) for one in said if one[3].get("name")]


@pytest.mark.parametrize("module", MODULES)
def test_two_genomes_that_differ_in_closed_rows_alone_say_the_same(app: App, module: str) -> None:
    carrier, reference = (actions.show_result(app, key, module).answer for key in BOTH)
    assert told(carrier) == told(reference)
    assert carrier.closed > 0
    assert carrier.sites == sum(carrier.evidence.values())
    assert f"{carrier.closed} answers open only when you ask" in carrier.words
    for key in BOTH:
        (listed,) = [one for one in actions.show_sample(app, key).answers if one.module == module]
        assert told(listed) == told(carrier)
    abouts = [actions.about_result(app, key, module) for key in BOTH]
    common = [[line for line in about if line[0] not in ("Sample", "Source file")] for about in abouts]
    assert common[0] == common[1]
    assert ("Left out, closed until you ask", str(carrier.closed)) in common[0]


@pytest.mark.parametrize("module", MODULES)
def test_once_opened_they_differ_and_everything_counts(app: App, module: str) -> None:
    carrier, reference = (actions.show_result(app, key, module, opened=True).answer for key in BOTH)
    assert carrier.evidence["called"] > reference.evidence["called"]
    assert (carrier.closed, carrier.sites) == (0, sum(carrier.evidence.values()))
    where = actions.parse_where("gate is not empty")
    gates = {str(row["gate"]) for row in actions.result_page(app, BOTH[0], module, actions.Query(where=where)).rows}
    by_gate = [actions.show_result(app, key, module, opened=gates).answer for key in BOTH]
    assert [told(one) for one in by_gate] == [told(carrier), told(reference)]


def test_opening_one_gate_counts_its_rows_alone(app: App) -> None:
    where = actions.parse_where("gate is not empty")
    rows = actions.result_page(app, BOTH[0], TRAITS, actions.Query(where=where)).rows
    gate = str(rows[0]["gate"])
    closed = actions.show_result(app, BOTH[0], TRAITS).answer
    opened = actions.show_result(app, BOTH[0], TRAITS, opened={gate}).answer
    behind = sum(row["gate"] == gate for row in rows)
    assert 0 < behind < closed.closed
    assert (opened.closed, opened.rows) == (closed.closed - behind, closed.rows + behind)


def test_what_the_command_line_and_the_run_write_is_the_same(app: App) -> None:
    runs = [next(run for run in app.index.list(key, limit=9) if run.request.modules) for key in BOTH]
    reports = [actions.annotate_report(app, run.id).model_dump(mode="json")["modules"] for run in runs]
    for module in MODULES:
        one, other = ({k: v for k, v in r[module].items() if k not in ("seconds", "peak_memory_mb")} for r in reports)
        assert one == other
        assert one["closed_rows"] > 0
    assert lines_of(app, BOTH[0]) == lines_of(app, BOTH[1]) != []


def test_the_report_and_the_apoe_rows_say_the_same(app: App) -> None:
    one, other = (actions.report_section(app, key, TRAITS).section for key in BOTH)
    assert one is not None
    assert one == other
    rows = actions.result_page(app, BOTH[0], TRAITS, actions.Query(limit=None)).rows
    of_apoe = [row for row in rows if row["gene"] == "APOE"]
    assert len(of_apoe) == len(MEMBERS) + 1
    assert all(row["gate"] for row in of_apoe)


@pytest.mark.parametrize("module", MODULES)
def test_the_grid_lists_the_same(app: App, module: str, tmp_path: Path) -> None:
    grid = FastAPI()
    grid.include_router(row_routes(Desktop(app=app, uploads=Uploads(tmp_path), downloads=Downloads(tmp_path))))
    called = {"evidence": {"filterType": "set", "values": ["called"]}}
    for more in ({}, {"filter": called}, {"text": "e"}, {"sort": [{"colId": "dosage", "sort": "desc"}]}):
        bodies = [{"sample": key, "module": module, "start": 0, "end": 1000, **more} for key in BOTH]
        pages = [TestClient(grid).post("/api/rows", json=body).json() for body in bodies]
        own = ("row", "line")  # of the open rows: where they stand in the two files
        for page in pages:
            page["rows"] = [{name: cell for name, cell in row.items() if name not in own} for row in page["rows"]]
        assert pages[0] == pages[1]


def test_an_answer_that_an_older_app_counted_tells_no_number(app: App) -> None:
    stored = records.current(app.layout, [CLOTTING, "annotations"], BOTH[0])
    assert stored is not None
    file = stored.path.with_name("annotations.json")
    whole = file.read_text("utf-8")
    older = stored.record.model_copy(
        update={
            "metadata": {name: told for name, told in stored.record.metadata.items() if name != CLOSED},
            "code_version": f"2.{stored.record.code_version.partition('.')[2]}",
        }
    )
    file.write_text(older.model_dump_json(), "utf-8")
    try:
        answer = actions.show_result(app, BOTH[0], CLOTTING).answer
        assert (answer.words, answer.sites, answer.evidence, answer.filtered, answer.rows) == (
            NOT_COUNTED,
            None,
            {},
            0,
            0,
        )
        assert "compares variants better now" in answer.why
        about = dict(actions.about_result(app, BOTH[0], CLOTTING))
        assert about["Denominator"] == NOT_COUNTED
        assert "Marked filtered" not in about
    finally:
        file.write_text(whole, "utf-8")


def test_an_export_leaves_closed_rows_out_and_the_wide_table_has_them_where_one_asks(
    app: App, tmp_path: Path
) -> None:
    reports = [
        actions.export_sample(app, key, format="csv", output=tmp_path / f"{n}.csv", opened={})
        for n, key in enumerate(BOTH)
    ]
    for module in MODULES:
        one, other = (report.modules[module] for report in reports)
        assert one == other
        assert one.hidden > 0
    run = actions.join_sample(app, BOTH[0], show_closed=True)
    assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    stored = records.current(app.layout, ["sample", "annotated"], BOTH[0])
    assert stored is not None
    modules: Any = stored.record.metadata["modules"]
    assert [modules[module]["hidden"] for module in MODULES] == [0, 0]
