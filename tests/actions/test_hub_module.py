"""From the store to an answer with a reference of the Hub: installed, fetched, converted and looked up by the app."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from tests.engine.loopback_hub import LoopbackHub, large
from tests.engine.publisher import corrupted, serving, status

from genoteca import actions
from genoteca.actions import AddSample, AnswerState, App, Query, references
from genoteca.actions.automation import change_automation, choose_policy
from genoteca.actions.releases import known_updates, next_check
from genoteca.actions.ticking import tick, what_is_due
from genoteca.engine.instance import open_instance
from genoteca.engine.needed_chromosomes import needed_chromosomes
from genoteca.engine.news_notes import NewsNotes
from genoteca.errors import InputError
from genoteca.model.automation import Policy, Rule
from genoteca.model.build import Build
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.model.run import Run, RunStatus
from genoteca.settings import Settings

MODULE = "ensembl-variation"
DATASET = "just-dna-seq/ensembl_variations"
HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr19,length=58617616>
##contig=<ID=chr20,length=64444167>
##contig=<ID=chr21,length=46709983>
##contig=<ID=chr22,length=50818468>
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG
"""
EVERY = 1000
FIRST = 10_000_000


def records(chrom: str, count: int = 200) -> list[dict[str, Any]]:
    """Records as the dataset has them: every third with two ALTs, every seventh an insertion."""
    made = []
    for n in range(count):
        ref = "ACGT"[n % 4]
        alts = [ref + "TG"] if n % 7 == 0 else ["ACGT"[(n + 1) % 4], "ACGT"[(n + 2) % 4]][: 2 if n % 3 == 0 else 1]
        start = FIRST + n * EVERY
        made.append(
            {
                "chrom": chrom,
                "start": start,
                "end": start,
                "id": f"rs{chrom}{n:06d}",
                "ref": ref,
                "alt": "|".join(alts),
                "TSA": "insertion" if n % 7 == 0 else "SNV",
                "MA": "TG" if n % 7 == 0 else alts[-1],
                "MAF": n / 1000,
                "E_Freq": True,
            }
        )
    return made


def parquet(rows: list[dict[str, Any]]) -> bytes:
    """The bytes of a chromosome's file."""
    file = io.BytesIO()
    schema = {"start": pl.UInt32, "end": pl.UInt32, "MAF": pl.Float32}
    pl.DataFrame(rows, schema_overrides=schema).write_parquet(file)
    return file.getvalue()


def vcf(chroms: list[str]) -> str:
    """A genome that carries, at every second position, the last ALT of the record, or (every tenth) none of them."""
    lines = []
    for chrom in chroms:
        for n, row in enumerate(records(chrom)[::2]):
            alt = row["ref"] + "AAA" if n % 10 == 9 else row["alt"].split("|")[-1]
            lines.append(f"chr{chrom}\t{row['start']}\t.\t{row['ref']}\t{alt}\t50\tPASS\t.\tGT\t0/1\n")
    return HEADER + "".join(lines)


def expected(chroms: list[str]) -> set[tuple[Any, ...]]:
    """What a plain join by hand gives: chrom, pos, ref, alt, rsID, frequency."""
    listed = {
        (row["chrom"], row["start"], row["ref"], alt): (row["id"], row["MAF"] if alt.endswith(row["MA"]) else None)
        for chrom in chroms
        for row in records(chrom)
        for alt in row["alt"].split("|")
    }
    carried = [line.split("\t") for line in vcf(chroms).splitlines() if not line.startswith("#")]
    keys = [(line[0].removeprefix("chr"), int(line[1]), line[3], line[4]) for line in carried]
    return {(*key, listed[key][0], round(listed[key][1] or 0, 6)) for key in keys if key in listed}


@pytest.fixture(scope="module")
def hub() -> Iterator[LoopbackHub]:
    with serving(LoopbackHub) as running:
        running.elsewhere = running.address
        files = {f"data/homo_sapiens-chr{chrom}.parquet": parquet(records(chrom)) for chrom in ("20", "21", "22")}
        running.commit(files, DATASET)
        yield running


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, hub: LoopbackHub) -> Iterator[App]:
    """An open app with the module, whose Hub is on this computer."""
    home = tmp_path_factory.mktemp("shop") / "home"
    home.mkdir()
    (home / "settings.toml").write_text(f'hf_endpoint = "{hub.address}"\nstandby_seconds = 0\n')
    app = actions.open_app(Settings(home=home, standby_seconds=0))
    actions.start(app)
    try:
        actions.install_module(app, MODULE)
        yield app
    finally:
        actions.close(app)


@pytest.fixture(scope="module")
def neighbour(shop: App, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A genome of chromosome 22 that is on this computer, and that nobody asks about until a test does."""
    return add(shop, tmp_path_factory.mktemp("neighbour"), "g0", ["22"])


@pytest.fixture(scope="module")
def first(shop: App, hub: LoopbackHub, neighbour: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A genome of chromosome 21, answered although the Hub was busy and then sent a damaged file."""
    assert neighbour
    hub.fail(large(parquet(records("21"))), status(503), corrupted)
    key = add(shop, tmp_path_factory.mktemp("first"), "g1", ["21"])
    done(shop, actions.annotate(shop, key, [MODULE]))
    return key


def add(app: App, folder: Path, name: str, chroms: list[str]) -> str:
    path = folder / f"{name}.vcf"
    path.write_text(vcf(chroms))
    sample, run = actions.add_sample(app, AddSample(path=str(path), user="anna", sample=name))
    done(app, run)
    return sample.key


def done(app: App, run: str) -> Run:
    over = app.executor.run_until_over(run)
    assert over.status is RunStatus.SUCCEEDED, [line.message for line in actions.run_lines(app, run)] + [over.error]
    return over


def answers(app: App, key: str) -> set[tuple[Any, ...]]:
    rows = actions.result_page(app, key, MODULE, Query(limit=None)).rows
    names = ("chrom", "pos", "ref", "alt", "rsid")
    return {(*(row[name] for name in names), round(float(str(row["frequency"] or 0)), 6)) for row in rows}


def reference(app: App) -> Record:
    stored = references.reference_of(app.layout, MODULE, Build.GRCH38)
    assert stored is not None
    return stored.record


def test_answers_are_those_of_a_plain_join(shop: App, hub: LoopbackHub, first: str) -> None:
    assert answers(shop, first) == expected(["21"])
    assert len(expected(["21"])) == 90
    (answer,) = actions.show_sample(shop, first).answers
    assert answer.outcome is Outcome.ANSWERED
    assert answer.release == hub.main[DATASET]


def test_every_request_to_the_hub_is_listed(shop: App, hub: LoopbackHub, first: str) -> None:
    assert first
    assert len(actions.outside_requests(shop)) == len(hub.requests) > 4


def test_the_publishers_dataset_stands_in_the_lineage_with_its_commit(
    shop: App, hub: LoopbackHub, first: str
) -> None:
    assert first
    with open_instance(shop.layout) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey([MODULE, "ensembl_annotations"]))
    assert event is not None
    assert event.asset_materialization is not None
    told = event.asset_materialization.metadata
    assert told["release"].value == hub.main[DATASET]
    assert f"@{hub.main[DATASET]}/data/homo_sapiens-chr21.parquet" in str(told["files"].value)


def fetched_for(app: App, run: str) -> list[list[str] | None]:
    """Which chromosomes were asked for by the runs that a run waited for."""
    return [app.index.get(one).request.chromosomes for one in app.index.get(run).request.after]


def test_what_another_genome_on_this_computer_has_is_not_fetched(
    shop: App, hub: LoopbackHub, first: str, neighbour: str
) -> None:
    assert needed_chromosomes(shop.layout) == {"21", "22"}
    assert needed_chromosomes(shop.layout, first) == {"21"}
    assert needed_chromosomes(shop.layout, neighbour) == {"22"}
    assert reference(shop).metadata["chromosomes"] == ["21"]
    assert hub.sent[large(parquet(records("22")))] == 0
    done(shop, run := actions.annotate(shop, first, [MODULE], force=True))
    assert fetched_for(shop, run) == [], "its own are there, whatever the neighbour lacks"


def a_fetch_that_is_cancelled_is_no_failure(app: App, key: str) -> str:
    """Cancel the fetching of a module's data before it begins; gives the run that waited for it."""
    app.executor.stop()
    run = actions.annotate(app, key, [MODULE])
    for before in app.index.get(run).request.after:
        actions.cancel_run(app, before)
    app.executor.run_until_over(run)
    shown = actions.show_run(app, run)
    assert (shown.run.status, shown.run.error, shown.run.failed_assets) == (RunStatus.CANCELLED, None, {})
    assert "cancelled" in shown.outcomes[MODULE].why
    (answer,) = actions.show_sample(app, key).answers
    assert (answer.state, answer.trouble) == (AnswerState.NOT_RUN, None)
    report = actions.annotate_report(app, run)
    assert report.modules[MODULE].cancelled
    assert report.model_dump(mode="json")["modules"][MODULE]["cancelled"] is True
    return run


def test_a_genome_with_another_chromosome_fetches_that_one_only_and_keeps_the_others(
    shop: App, hub: LoopbackHub, first: str, neighbour: str, tmp_path: Path
) -> None:
    sent = hub.sent[large(parquet(records("21")))]
    done(shop, run := actions.retry_run(shop, a_fetch_that_is_cancelled_is_no_failure(shop, neighbour)))
    assert fetched_for(shop, run) == [["22"]]
    assert answers(shop, neighbour) == expected(["22"])
    assert reference(shop).metadata["chromosomes"] == ["21", "22"]
    assert reference(shop).metadata["bytes_downloaded"] == len(parquet(records("22")))
    assert hub.sent[large(parquet(records("21")))] == sent
    second = add(shop, tmp_path, "g2", ["21", "22"])
    done(shop, run := actions.annotate(shop, second, [MODULE]))
    assert fetched_for(shop, run) == []
    assert answers(shop, second) == expected(["21", "22"])
    assert answers(shop, first) == expected(["21"])


def materializations(app: App, *key: str) -> int:
    """How often Dagster was told that an asset was made."""
    with open_instance(app.layout) as instance:
        return len(instance.fetch_materializations(dg.AssetKey(key), limit=1000).records)


def test_a_chromosome_that_came_later_leaves_the_answers_that_lack_it_up_to_date(shop: App, first: str) -> None:
    (answer,) = actions.show_sample(shop, first).answers
    assert reference(shop).metadata["chromosomes"] == ["21", "22"]
    assert (answer.state, answer.why) == (AnswerState.UP_TO_DATE, "")


def test_an_answer_that_is_up_to_date_is_not_made_again_unless_told_to(shop: App, first: str) -> None:
    before = materializations(shop, MODULE, "annotations"), materializations(shop, MODULE, "reference")
    assert before[0] >= 2
    run = actions.annotate(shop, first, [MODULE])
    assert done(shop, run).request.assets == []
    report = actions.annotate_report(shop, run).modules[MODULE]
    assert report.reused
    assert report.outcome is Outcome.ANSWERED
    assert (materializations(shop, MODULE, "annotations"), materializations(shop, MODULE, "reference")) == before

    forced = actions.annotate(shop, first, [MODULE], force=True)
    done(shop, forced)
    assert not actions.annotate_report(shop, forced).modules[MODULE].reused
    assert "reused" not in actions.annotate_report(shop, forced).model_dump(mode="json")["modules"][MODULE]
    assert materializations(shop, MODULE, "annotations") == before[0] + 1
    assert actions.annotate_report(shop, run).modules[MODULE].rows == 90, "what was reused can still be told"


def test_the_same_asked_twice_at_once_is_one_run(shop: App, first: str) -> None:
    shop.executor.stop()
    try:
        run = actions.annotate(shop, first, [MODULE], force=True)
        assert actions.annotate(shop, first, [MODULE], force=True) == run
        actions.cancel_run(shop, run)
    finally:
        actions.start(shop)


def test_every_materialization_says_what_it_was_made_of_and_what_it_took(shop: App, first: str) -> None:
    assert first
    with open_instance(shop.layout) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey([MODULE, "reference"]))
    assert event is not None
    assert event.asset_materialization is not None
    told: dict[str, Any] = {name: one.value for name, one in event.asset_materialization.metadata.items()}
    record = reference(shop)
    stored = references.reference_of(shop.layout, MODULE, Build.GRCH38)
    assert stored is not None
    assert shop.layout.home / str(told["place"]) == stored.path
    assert (told["dagster/row_count"], told["bytes"]) == (record.rows, stored.path.stat().st_size)
    assert (told["release"], told["licence"]) == (record.release, "Apache-2.0")
    assert told["fetched"] == "1 downloaded, 1 from the cache"
    assert told["file count"] == 2
    files: Any = record.metadata["files"]
    assert set(told["publisher's checksums"].values()) == {file["checksum"] for file in files}
    assert told["seconds"] > 0
    assert told["CPU seconds"] > 0
    assert told["peak memory (MB)"] > 20
    assert str(shop.layout.home) not in str(told)


def test_a_release_that_is_ready_is_not_fetched_again_unless_forced(shop: App, hub: LoopbackHub, first: str) -> None:
    assert first
    path = large(parquet(records("22")))
    sent = hub.sent[path]
    assert actions.ready_release(shop, MODULE, "GRCh38") == hub.main[DATASET]
    done(shop, actions.prepare_module(shop, MODULE, "GRCh38"))
    assert hub.sent[path] == sent
    done(shop, actions.prepare_module(shop, MODULE, "GRCh38", force=True))
    assert hub.sent[path] == 2 * sent
    (answer,) = actions.show_sample(shop, first).answers
    assert answer.state is AnswerState.UP_TO_DATE, "the same files make the same answers"


def test_newer_data_is_told_and_never_installed_silently(
    shop: App, hub: LoopbackHub, first: str, tmp_path: Path
) -> None:
    old = hub.main[DATASET]
    (data,) = actions.check_updates(shop, MODULE)
    assert (data.updates, data.problems, data.can_check) == ([], [], True)
    changed = [{**row, "MAF": 0.25} for row in records("21")]
    new = hub.commit({"data/homo_sapiens-chr21.parquet": parquet(changed)}, DATASET)
    before = len(hub.requests)
    (data,) = actions.check_updates(shop, MODULE)
    asked = len(hub.requests) - before
    assert [(one.have, one.release, one.build) for one in data.updates] == [(old, new, "GRCh38")]
    assert actions.update_words(data.updates[0]) == f"{old[:8]} → {new[:8]} (GRCh38)"
    assert known_updates(shop) == {MODULE}
    assert len(actions.outside_requests(shop)) >= asked > 0
    assert hub.sent[large(parquet(changed))] == 0

    # a genome with what is not there yet completes the release that is used, whatever is newer
    hub.commit({"data/homo_sapiens-chr19.parquet": parquet(records("19"))}, DATASET)
    third = add(shop, tmp_path, "g3", ["20", "21"])
    done(shop, actions.annotate(shop, third, [MODULE]))
    assert answers(shop, third) == expected(["20", "21"])
    assert (reference(shop).release, reference(shop).metadata["chromosomes"]) == (old, ["20", "21", "22"])
    assert hub.sent[large(parquet(changed))] == 0
    (data,) = actions.check_updates(shop, MODULE)
    assert [one.release for one in data.updates] == [hub.main[DATASET]], "it is still known where newer data would be"


def test_newer_data_is_fetched_by_itself_only_where_that_was_switched_on(
    shop: App, hub: LoopbackHub, first: str
) -> None:
    night = datetime.now(UTC) + timedelta(days=1)
    tick(shop)
    choose_policy(shop, MODULE, Policy.NIGHTLY)
    assert tick(shop) == [], "nobody switched it on"
    change_automation(shop, fetch_releases=True)
    try:
        assert shop.settings.check_updates == "weekly", "who is never asked has no news"
        actions.change_settings(shop, offline=True)
        assert tick(shop) == []
        actions.change_settings(shop, offline=False)
        (fetched,) = tick(shop)
        assert (fetched.rule, fetched.words) == (
            Rule.RELEASES,
            f"Fetching Ensembl variation {hub.main[DATASET]}",
        )
        done(shop, fetched.run)
        assert reference(shop).release == hub.main[DATASET]
        assert tick(shop) == [], "it is fetched once, and what is due waits for the night"
        due = {sample: one.modules for one in what_is_due(shop, night) for sample in [one.sample]}
        assert due[first] == (MODULE,)
    finally:
        choose_policy(shop, MODULE, Policy.MANUAL)
        change_automation(shop, fetch_releases=False, check_updates="off")
        actions.drop_data_release(shop, MODULE, hub.main[DATASET])


def test_releases_stand_side_by_side_and_the_chosen_one_is_used(shop: App, hub: LoopbackHub, first: str) -> None:
    old, new = reference(shop).release, hub.main[DATASET]
    done(shop, actions.prepare_module(shop, MODULE, "GRCh38"))
    data = actions.module_data(shop, MODULE)
    assert [(one.name, one.used_in) for one in data.releases] == [(new, ["GRCh38"]), (old, [])]
    assert data.updates == []
    (answer,) = actions.show_sample(shop, first).answers
    assert (answer.state, answer.release) == (AnswerState.OUT_OF_DATE, old)
    assert answer.why == f"Ensembl variation {old[:8]} → {new[:8]}"

    assert actions.choose_data_release(shop, MODULE, old[:8]) == old
    (answer,) = actions.show_sample(shop, first).answers
    assert answer.state is AnswerState.UP_TO_DATE
    actions.choose_data_release(shop, MODULE, actions.NEWEST)
    done(shop, actions.annotate(shop, first, [MODULE]))
    assert {row[5] for row in answers(shop, first)} == {0.25}
    (answer,) = actions.show_sample(shop, first).answers
    assert (answer.state, answer.release) == (AnswerState.UP_TO_DATE, new)

    actions.choose_data_release(shop, MODULE, old)
    (answer,) = actions.show_sample(shop, first).answers
    assert (answer.state, answer.why) == (AnswerState.OUT_OF_DATE, f"Ensembl variation {new[:8]} → {old[:8]}")
    done(shop, actions.annotate(shop, first, [MODULE]))
    assert answers(shop, first) == expected(["21"])


def test_a_chosen_release_that_cannot_be_completed_is_not_replaced_by_another(
    shop: App, hub: LoopbackHub, first: str, tmp_path: Path
) -> None:
    assert first
    old = actions.module_data(shop, MODULE).releases[-1].name
    assert reference(shop).release == old
    fourth = add(shop, tmp_path, "g4", ["19"])
    run = shop.executor.run_until_over(actions.annotate(shop, fourth, [MODULE]))
    assert run.status is RunStatus.FAILED, "that commit has no such chromosome, and no other commit is taken instead"
    assert reference(shop).release == old
    assert old != hub.main[DATASET]


def test_a_dropped_release_frees_the_disk_and_the_other_is_used(shop: App, hub: LoopbackHub, first: str) -> None:
    old = actions.module_data(shop, MODULE).releases[-1]
    assert actions.drop_data_release(shop, MODULE, old.name) == old.bytes > 1000
    assert [one.name for one in actions.module_data(shop, MODULE).releases] == [hub.main[DATASET]]
    assert reference(shop).release == hub.main[DATASET]
    (answer,) = actions.show_sample(shop, first).answers
    assert answer.state is AnswerState.OUT_OF_DATE


def test_publishers_are_asked_by_schedule_when_it_is_time_and_never_offline(
    shop: App, hub: LoopbackHub, first: str
) -> None:
    assert first
    before = len(hub.requests)
    assert next_check(shop) is None
    assert not actions.check_updates_when_due(shop)
    actions.change_settings(shop, check_updates="weekly")
    try:
        assert not actions.check_updates_when_due(shop), "they were asked a minute ago"
        assert len(hub.requests) == before
        NewsNotes(shop.layout.database).forget([MODULE])
        assert actions.check_updates_when_due(shop)
        assert len(hub.requests) > before
        actions.change_settings(shop, offline=True)
        assert next_check(shop) is None
        with pytest.raises(InputError, match="offline"):
            actions.check_updates(shop)
    finally:
        actions.change_settings(shop, check_updates="off", offline=False)
