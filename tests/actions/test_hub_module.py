"""From the store to an answer with a reference of the Hub: installed, fetched, converted and looked up by the app."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest
from tests.engine.loopback_hub import LoopbackHub, large
from tests.engine.publisher import corrupted, serving, status

from genoteca import actions
from genoteca.actions import AddSample, App, Query, references
from genoteca.engine.instance import open_instance
from genoteca.model.build import Build
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.model.run import Run, RunStatus
from genoteca.settings import Settings

MODULE = "ensembl-variation"
DATASET = "just-dna-seq/ensembl_variations"
HEADER = """##fileformat=VCFv4.2
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
        files = {f"data/homo_sapiens-chr{chrom}.parquet": parquet(records(chrom)) for chrom in ("21", "22")}
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
def first(shop: App, hub: LoopbackHub, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A genome of chromosome 21, answered although the Hub was busy and then sent a damaged file."""
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


def test_a_genome_with_another_chromosome_fetches_that_one_only(
    shop: App, hub: LoopbackHub, first: str, tmp_path: Path
) -> None:
    assert reference(shop).metadata["chromosomes"] == ["21"]
    sent = hub.sent[large(parquet(records("21")))]
    assert hub.sent[large(parquet(records("22")))] == 0
    second = add(shop, tmp_path, "g2", ["21", "22"])
    done(shop, actions.annotate(shop, second, [MODULE]))
    assert answers(shop, second) == expected(["21", "22"])
    assert reference(shop).metadata["chromosomes"] == ["21", "22"]
    assert reference(shop).metadata["bytes_downloaded"] == len(parquet(records("22")))
    assert hub.sent[large(parquet(records("21")))] == sent
    assert answers(shop, first) == expected(["21"])
