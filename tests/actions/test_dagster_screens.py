"""Dagster's real web server and daemon on a data folder, as `genoteca dagster-ui` builds them, asked by GraphQL.

It takes minutes, and the screens' own environment, which is fetched once: `pytest -m long` with this file's name.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.automation import show_automation
from genoteca.actions.dagster_ui import dagster_ui_command, fetch_dagster_ui
from genoteca.engine import records
from genoteca.errors import InstallError
from genoteca.model.automation import Rule
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

pytestmark = pytest.mark.long

TRAITS, CARRIER = "everyday-traits/annotations", "carrier-screening/annotations"
ENDS = {RunStatus.CANCELLED: "CANCELED", RunStatus.SUCCEEDED: "SUCCESS"}
DEMO, LARGE = "demo/synthetic", "large/one"
CORE = [f"sample/{name}" for name in ("source", "variants", "coverage", "structural")]
RECORDS = 4_000_000
"""Of the large genome: reading it takes long enough to be stopped in the middle."""
HEAD = """\
##fileformat=VCFv4.2
##contig=<ID=chr1,length=248956422>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""
LAUNCH = """mutation($p: ExecutionParams!) { launchPipelineExecution(executionParams: $p) {
  ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
BACKFILL = """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
  ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
STANDS = """query($b: String!) { partitionBackfillOrError(backfillId: $b) { ... on PartitionBackfill {
  status runs(limit: 20) { runId status } assetBackfillData { assetBackfillStatuses {
    ... on AssetPartitionsStatusCounts { assetKey { path } numPartitionsMaterialized } } } } } }"""
SEEN = """{ assetNodes { assetKey { path } description isMaterializable kinds dependencyKeys { path }
    metadataEntries { label } assetChecksOrError { ... on AssetChecks { checks { name } } } }
  repositoriesOrError { ... on RepositoryConnection { nodes { location { name }
    schedules { name description scheduleState { status } }
    sensors { name description sensorState { status } } } } } }"""
PARTITIONS = """query($k: AssetKeyInput!) { assetNodeOrError(assetKey: $k) { ... on AssetNode { partitionKeys
  latestMaterializationByPartition {
    partition metadataEntries { label ... on IntMetadataEntry { intValue } } } } } }"""
STOP = """mutation($r: String!, $p: TerminateRunPolicy) {
  terminateRun(runId: $r, terminatePolicy: $p) { __typename } }"""
DRY_RUN = """mutation($s: SensorSelector!) { sensorDryRun(selectorData: $s, cursor: "") {
  ... on DryRunInstigationTick { evaluationResult { skipReason error { message } } } } }"""


@dataclass(kw_only=True, slots=True)
class Screens:
    """The screens of a data folder."""

    app: App
    """It only looks: the command that opened the screens works the queue."""
    address: str

    def ask(self, question: str, **values: Any) -> Any:
        answer = httpx.post(self.address, json={"query": question, "variables": values}, timeout=120).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def materialize(self, *assets: str, partition: str) -> str:
        selector = {
            "repositoryLocationName": "Genoteca",
            "repositoryName": "__repository__",
            "pipelineName": "__ASSET_JOB",
            "assetSelection": [{"path": one.split("/")} for one in assets],
            "assetCheckSelection": [],
        }
        tags = {"tags": [{"key": "dagster/partition", "value": partition}]}
        asked = {"selector": selector, "mode": "default", "runConfigData": "{}", "executionMetadata": tags}
        return str(self.ask(LAUNCH, p=asked)["launchPipelineExecution"]["run"]["runId"])

    def status(self, run: str) -> str:
        told = self.ask("query($r: ID!) { runOrError(runId: $r) { ... on Run { status } } }", r=run)
        return str(told["runOrError"]["status"])

    def is_read(self, run: str) -> bool:
        """Whether a run is in the middle of reading a file."""
        return "records read" in self.app.index.get(run).message

    def has_ended(self, run: str, status: RunStatus) -> bool:
        """Whether a run has ended so on both sides."""
        return self.app.index.get(run).status is status and self.status(run) == ENDS[status]

    def backfill(self, *assets: str, partitions: list[str]) -> str:
        selection = [{"path": one.split("/")} for one in assets]
        told = self.ask(BACKFILL, p={"assetSelection": selection, "partitionNames": partitions})
        return str(told["launchPartitionBackfill"]["backfillId"])

    def ticked(self, name: str) -> str:
        """Let a sensor look once, now; gives what it says."""
        place = {"repositoryLocationName": "Genoteca", "repositoryName": "__repository__", "sensorName": name}
        told = self.ask(DRY_RUN, s=place)["sensorDryRun"]["evaluationResult"]
        assert told["error"] is None, told
        return str(told["skipReason"])


def until(happens: Callable[[], object], seconds: float = 300) -> None:
    end, pause = time.monotonic() + seconds, threading.Event()
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        pause.wait(0.2)


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    """A data folder with a small and a large genome, the web server and the daemon on it."""
    folder = tmp_path_factory.mktemp("screens")
    app = actions.open_app(Settings(home=folder / "home", standby_seconds=0))
    try:
        fetch_dagster_ui(app)
    except InstallError as error:
        actions.close(app)
        pytest.skip(f"Dagster's screens are not here, and the package index cannot be reached: {error.message}")
    filled(app, folder)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    assert dagster_ui_command(app, port=port).environment["GENOTECA_HOME"] == str(app.layout.home)
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", "genoteca", "--home", str(app.layout.home), *command], start_new_session=True
        )
        for command in (["dagster-ui", "--port", str(port)], ["dagster-daemon"])
    ]
    made = Screens(app=app, address=f"http://127.0.0.1:{port}/graphql")
    try:
        until(lambda: answers(made))
        yield made
    finally:
        for one in begun:
            os.killpg(one.pid, signal.SIGINT)
        for one in begun:
            one.wait(60)
        actions.close(app)


def filled(app: App, folder: Path) -> None:
    for module in ("everyday-traits", "clinvar", "carrier-screening"):
        actions.install_module(app, module)
    few = Path(__file__).parents[2] / "plugins" / "acmg-secondary-findings" / "tests" / "few.vcf"
    actions.configure_module(app, "clinvar", {"source": str(few)})
    actions.start(app)
    large = folder / "large.vcf"
    rows = (f"chr1\t{1000 + 50 * n}\t.\tA\tG\t50\tPASS\t.\tGT\t0/1\n" for n in range(RECORDS))
    large.write_text(HEAD + "".join(rows))
    demo = actions.demo_genome(app)
    file = {"path": large, "user": "large", "sample": "one"}
    for one in (demo, demo.model_copy(update=file)):
        _, run = actions.add_sample(app, one)
        assert app.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    app.executor.stop()


def answers(screens: Screens) -> bool:
    try:
        return bool(screens.ask("{ version }"))
    except httpx.TransportError:
        return False


def test_everything_is_there_with_words_and_all_that_ticks_is_stopped(screens: Screens) -> None:
    seen = screens.ask(SEEN)
    nodes = {"/".join(one["assetKey"]["path"]): one for one in seen["assetNodes"]}
    made = [key for key, one in nodes.items() if one["isMaterializable"]]
    assert {*CORE, "sample/annotated", "clinvar/reference", TRAITS, CARRIER} <= {*made}
    assert not [key for key in made if not nodes[key]["description"] or not nodes[key]["kinds"]]
    assert not nodes["sample/lifted"]["isMaterializable"]
    assert {"path": ["sample", "variants"]} in nodes[TRAITS]["dependencyKeys"]
    assert {"path": ["clinvar", "annotations"]} in nodes[CARRIER]["dependencyKeys"]
    checks = {one["name"] for one in nodes["sample/variants"]["assetChecksOrError"]["checks"]}
    assert {"schema", "reconciles", "ti_tv"} <= checks
    assert "licence of the data" in {one["label"] for one in nodes[TRAITS]["metadataEntries"]}
    (place,) = seen["repositoriesOrError"]["nodes"]
    ticking = [(one, one["scheduleState"]["status"]) for one in place["schedules"]]
    ticking += [(one, one["sensorState"]["status"]) for one in place["sensors"]]
    assert {one["name"]: state for one, state in ticking} == dict.fromkeys(
        ["inbox", "publisher_news", "new_genomes", "nobody_at_work", "nightly_catch_up", "results_of_new_data"],
        "STOPPED",
    )
    assert len({one["description"] for one, _ in ticking}) == len(ticking)
    told = screens.ask(PARTITIONS, k={"path": ["sample", "variants"]})["assetNodeOrError"]
    assert {*told["partitionKeys"]} == {DEMO, LARGE}
    rows = {
        one["partition"]: {entry["label"]: entry.get("intValue") for entry in one["metadataEntries"]}
        for one in told["latestMaterializationByPartition"]
    }
    assert rows[LARGE]["dagster/row_count"] == RECORDS


def test_a_running_one_is_stopped_nothing_half_made_is_kept_and_the_next_begins(screens: Screens) -> None:
    layout = screens.app.layout
    before = [one.record.sha256 for one in records.all_records(layout) if one.record.partition == LARGE]
    for policy in ("SAFE_TERMINATE", "MARK_AS_CANCELED_IMMEDIATELY"):
        run = screens.materialize(*CORE, partition=LARGE)
        behind = screens.materialize(TRAITS, partition=DEMO)
        until(partial(screens.is_read, run))
        assert screens.ask(STOP, r=run, p=policy)["terminateRun"]["__typename"] == "TerminateRunSuccess"
        until(partial(screens.has_ended, run, RunStatus.CANCELLED))
        until(partial(screens.has_ended, behind, RunStatus.SUCCEEDED))
    after = [one.record.sha256 for one in records.all_records(layout) if one.record.partition == LARGE]
    assert sorted(after) == sorted(before)
    assert not list(layout.temporary.glob("run-*"))


def test_one_that_is_cancelled_here_is_cancelled_there(screens: Screens) -> None:
    run, queued = screens.materialize(*CORE, partition=LARGE), screens.materialize(TRAITS, partition=DEMO)
    actions.cancel_run(screens.app, queued)
    until(partial(screens.is_read, run))
    actions.cancel_run(screens.app, run)
    for one in (run, queued):
        until(partial(screens.has_ended, one, RunStatus.CANCELLED))


def test_a_backfill_becomes_runs_of_the_queue_and_nothing_closed_is_told_of_what_they_make(screens: Screens) -> None:
    assets = (TRAITS, CARRIER, "sample/annotated")
    number = screens.backfill(*assets, partitions=[DEMO, LARGE])
    until(lambda: screens.ask(STANDS, b=number)["partitionBackfillOrError"]["status"] != "REQUESTED")
    stands = screens.ask(STANDS, b=number)["partitionBackfillOrError"]
    assert stands["status"] == "COMPLETED_SUCCESS"
    counts = {"/".join(one["assetKey"]["path"]): one for one in stands["assetBackfillData"]["assetBackfillStatuses"]}
    assert {key: one["numPartitionsMaterialized"] for key, one in counts.items()} == dict.fromkeys(assets, 2)
    for run in stands["runs"]:
        assert screens.app.index.get(run["runId"]).status is RunStatus.SUCCEEDED
    told = screens.ask(PARTITIONS, k={"path": CARRIER.split("/")})["assetNodeOrError"]
    labels = {entry["label"] for one in told["latestMaterializationByPartition"] for entry in one["metadataEntries"]}
    assert "outcome" in labels
    assert not labels & {"dagster/row_count", "evidence", "sites", "filtered", "bytes", "sha256"}


def test_a_backfill_that_is_cancelled_ends_in_both(screens: Screens) -> None:
    number = screens.backfill(*CORE, partitions=[LARGE, DEMO])
    until(lambda: len(screens.ask(STANDS, b=number)["partitionBackfillOrError"]["runs"]) == 2)
    stop = "mutation($b: String!) { cancelPartitionBackfill(backfillId: $b) { __typename } }"
    screens.ask(stop, b=number)
    until(lambda: screens.ask(STANDS, b=number)["partitionBackfillOrError"]["status"] == "CANCELED")
    ends = {status: mine for mine, status in ENDS.items()}
    for run in screens.ask(STANDS, b=number)["partitionBackfillOrError"]["runs"]:
        until(partial(screens.has_ended, run["runId"], ends[run["status"]]))


def test_each_sensor_does_its_own_work_and_no_other_s(screens: Screens) -> None:
    inbox = screens.app.layout.home / "inbox"
    inbox.mkdir(exist_ok=True)
    shutil.copy(actions.demo_genome(screens.app).path, inbox)
    for name in ("publisher_news", "new_genomes", "nobody_at_work"):
        assert screens.ticked(name)
    assert Rule.INBOX not in show_automation(screens.app).looks
    until(lambda: screens.ticked("inbox").startswith("Added"))
    assert not [one for one in inbox.iterdir() if one.is_file()]
