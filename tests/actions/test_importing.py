"""From a just-dna module, wherever it lies, to right answers about the demo genome."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.engine.loopback_hub import LoopbackHub
from tests.engine.publisher import serving
from tests.store.just_dna.workshop import ROWS, compiled, specification, write_manifest

from genoteca import actions
from genoteca.actions import AnswerState, App, Query
from genoteca.errors import FetchError, InputError, NotFoundError
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TRAITS = ROOT / "plugins" / "everyday-traits" / "src" / "genoteca_everyday_traits"
ANSWERS = ROOT / "assets" / "demo" / "answers.json"
DATASET = "just-dna-seq/annotators"
SOURCE = f"hf://datasets/{DATASET}/data/three_sites"
CARD = b"---\nlicense: mit\n---\n# Annotators\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An open app of an empty data folder that stays offline."""
    opened = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    yield opened
    actions.close(opened)


def answers(app: App, module: str) -> list[dict[str, Any]]:
    """Annotate the demo genome with a module, and give its rows."""
    actions.start(app)
    sample, run = actions.add_sample(app, actions.demo_genome(app))
    for started in (run, actions.annotate(app, sample.key, [module])):
        over = app.executor.run_until_over(started)
        assert over.status is RunStatus.SUCCEEDED, [line.message for line in actions.run_lines(app, started)]
    (answer,) = (one for one in actions.show_sample(app, sample.key).answers if one.module == module)
    assert answer.outcome is Outcome.ANSWERED
    return [dict(row) for row in actions.result_page(app, sample.key, module, Query(limit=None)).rows]


def traits(name: str) -> list[dict[str, str]]:
    with (TRAITS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def everyday_rows() -> list[dict[str, Any]]:
    """The rows of everyday-traits as a just-dna specification has them, without every third genotype."""
    sites = {row["site"]: row for row in traits("sites.csv")}
    rows = traits("genotypes.csv")
    made = []
    for row in (row for number, row in enumerate(rows) if number % 3):
        site = sites[row["site"]]
        place = {name: site[f"{name}_GRCh38"] for name in ("chrom", "ref")}
        made.append(
            {
                "rsid": site["rsid"], **place, "start": site["pos_GRCh38"], "alts": site["alt_GRCh38"],
                "genotype": "/".join(sorted(row["genotype"].split("/"))), "weight": "", "state": "neutral",
                "conclusion": row["effect"], "gene": site["gene"].partition(" ")[0],
            }
        )  # fmt: skip
    return [*made, {**made[0], "rsid": "", "chrom": "3", "start": 1000, "ref": "G", "alts": "A", "genotype": "G/G"}]


def test_an_imported_module_gives_the_demo_genomes_known_answers(app: App, tmp_path: Path) -> None:
    rows = everyday_rows()
    found = actions.import_just_dna(app, str(specification(tmp_path / "three_sites", rows, studies=())))
    assert (found.report.rows_kept, found.card.tier) == (len(rows), "data")
    card = actions.install_import(app, found)
    assert (card.id, card.installed_version) == ("just-dna-three-sites", "1.2.0")
    assert not found.folder.exists()
    said = {row["rsid"]: row for row in answers(app, card.id)}
    described = {(row["rsid"], row["genotype"]) for row in rows}
    sites = {row["site"]: row["rsid"] for row in traits("sites.csv")}
    known = json.loads(ANSWERS.read_text("utf-8"))["sites"]
    looked_at = 0
    for site, known_of in known.items():
        rsid = sites[site]
        if not any(name == rsid for name, _ in described):
            continue
        row = said[rsid]
        assert (row["evidence"], row["genotype"]) == (known_of["evidence"], known_of["genotype"]), site
        there = (rsid, "/".join(sorted((row["genotype"] or "").split("/")))) in described
        assert row["conclusion"] == (known_of["effect"] if there else None), site
        whole = row["evidence"] not in ("partial", "no_call", "not_covered")
        untold = "genotype not described by this module" if whole else None
        assert row["described"] == ("described" if there else untold), site
        looked_at += 1
    assert looked_at > 40
    assert {row["described"] for row in said.values()} == {"described", "genotype not described by this module", None}
    silent = said[None]  # no record there: nothing is inferred, and no genotype is claimed
    assert (silent["evidence"], silent["genotype"], silent["conclusion"]) == ("not_covered", None, None)
    assert actions.outside_requests(app) == []


def test_a_module_imported_again_with_other_texts_makes_answers_out_of_date(app: App, tmp_path: Path) -> None:
    source = specification(tmp_path / "three_sites")
    module = actions.install_import(app, actions.import_just_dna(app, str(source))).id
    answers(app, module)
    specification(source, [{**row, "conclusion": f"{row['conclusion']} anew"} for row in ROWS])
    again = actions.import_just_dna(app, str(source))
    assert again.card.installed_version == again.card.version == "1.2.0"
    actions.install_import(app, again)
    (sample,) = actions.list_samples(app)
    (answer,) = sample.answers
    assert answer.state is AnswerState.OUT_OF_DATE
    assert "data " in answer.why
    over = app.executor.run_until_over(actions.annotate(app, sample.sample.id.key, [module]))
    assert over.status is RunStatus.SUCCEEDED
    page = actions.result_page(app, sample.sample.id.key, module, Query(limit=None))
    assert [row["conclusion"] for row in page.rows] == ["one copy anew", "milk anew", "wet anew"]
    assert actions.show_sample(app, sample.sample.id.key).answers[0].state is AnswerState.UP_TO_DATE


def test_an_installed_reference_sequence_proves_what_positions_count_from(app: App, tmp_path: Path) -> None:
    bases = "".join(random.Random(7).choices("ACGT", k=16569))  # noqa: S311 - a made-up mitochondrion
    (tmp_path / "MT.fa").write_text(f">chrM\n{bases}\n")
    checksum = hashlib.md5((tmp_path / "MT.fa").read_bytes(), usedforsecurity=False).hexdigest()
    rows = [
        {"rsid": "", "chrom": "MT", "start": place - 1, "ref": bases[place - 1], "alts": alt, "genotype": alt,
         "state": "risk", "conclusion": f"at {place}"}
        for place in range(100, 3000, 50)
        for alt in [next(base for base in "ACGT" if base != bases[place - 1])]
    ]  # fmt: skip
    source = specification(tmp_path / "three_sites", rows, studies=())
    before = actions.import_just_dna(app, str(source))
    assert "Nothing here proves it" in before.report.positions
    actions.leave_import(before)
    actions.start(app)
    actions.install_module(app, "reference-sequence")
    settings = {"source": str(tmp_path / "MT.fa"), "checksum": f"md5:{checksum}"}
    actions.configure_module(app, "reference-sequence", settings)
    run = app.executor.run_until_over(actions.prepare_module(app, "reference-sequence", "GRCh38"))
    assert run.status is RunStatus.SUCCEEDED, run.error
    found = actions.import_just_dna(app, str(source))
    assert "The module counts from 0: 58 of 58 reference alleles" in found.report.positions
    assert pl.read_parquet(found.folder / "sites.parquet")["pos"].to_list() == list(range(100, 3000, 50))
    actions.leave_import(found)


def test_what_is_not_wanted_leaves_nothing_behind(app: App, tmp_path: Path) -> None:
    source = specification(tmp_path / "three_sites")
    before = sorted(source.iterdir())
    found = actions.import_just_dna(app, str(source), module_id="my-own")
    assert found.card.id == "my-own"
    actions.leave_import(found)
    assert list(app.layout.temporary.glob("import-*")) == []
    assert sorted(source.iterdir()) == before
    assert [card.id for card in actions.list_modules(app) if card.installed_version] == []


@pytest.mark.parametrize("broken", ["", "not csv"])
def test_a_module_that_cannot_be_read_leaves_nothing_behind(app: App, tmp_path: Path, broken: str) -> None:
    source = specification(tmp_path / "three_sites")
    (source / "variants.csv").write_text(broken)
    with pytest.raises(InputError):
        actions.import_just_dna(app, str(source))
    assert list(app.layout.temporary.glob("import-*")) == []


def test_a_zip_is_read_as_its_folder_is(app: App, tmp_path: Path) -> None:
    source = compiled(tmp_path / "three_sites", "0.6")
    with zipfile.ZipFile(tmp_path / "module.zip", "w") as archive:
        for path in source.iterdir():
            archive.write(path, f"three_sites/{path.name}")
    found = actions.import_just_dna(app, str(tmp_path / "module.zip"))
    assert found.report.source == "the file module.zip"
    assert found.report.form == "compiled tables"
    actions.leave_import(found)


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        ("/nowhere/at/all", NotFoundError, "There is no"),
        ("hf://datasets/only", InputError, "names no folder of a dataset"),
        ("hf://models/a/b/c", InputError, "names no folder of a dataset"),
        (SOURCE, FetchError, "Genoteca is set to stay offline"),
    ],
)
def test_a_source_that_cannot_be_had_says_why(app: App, source: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        actions.import_just_dna(app, source)


def test_an_id_that_is_none_is_refused(app: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'Not an id' is no module id"):
        actions.import_just_dna(app, str(specification(tmp_path / "three_sites")), module_id="Not an id")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LoopbackHub]:
    """A Hub on this computer with one compiled module."""
    made = compiled(tmp_path / "published", "0.6")
    pl.DataFrame({"haplotype": ["x"]}).write_parquet(made / "haplotypes.parquet")
    write_manifest(made)
    (made / "manifest.json").write_text((made / "manifest.json").read_text().replace('"CC-BY-4.0"', "null"))
    files = {f"data/three_sites/{path.name}": path.read_bytes() for path in made.iterdir()}
    scores = io.BytesIO()
    pl.DataFrame({"pgs_id": ["PGS000001"]}).write_parquet(scores)
    with serving(LoopbackHub) as running:
        running.elsewhere = running.address
        running.commit({**files, "data/scores/pgs.parquet": scores.getvalue(), "README.md": CARD}, DATASET)
        yield running


def of_hub(home: Path, hub: LoopbackHub, *, offline: bool = False) -> App:
    return actions.open_app(Settings(home=home, standby_seconds=0, hf_endpoint=hub.address, offline=offline))


def test_a_module_of_the_hub_is_fetched_at_a_commit_and_its_requests_are_listed(
    tmp_path: Path, hub: LoopbackHub
) -> None:
    app = of_hub(tmp_path / "home", hub)
    found = actions.import_just_dna(app, SOURCE)
    commit = hub.main[DATASET]
    assert found.report.source == f"hf://datasets/{DATASET}@{commit}/data/three_sites"
    assert (found.report.sites, found.report.rows_kept) == (3, 4)
    assert found.report.other_tables == ("haplotypes.parquet",)
    manifest = found.card.manifest
    assert (manifest.licence.data, manifest.sources[0].release) == ("MIT", commit)
    assert manifest.sources[0].url == f"https://huggingface.co/datasets/{DATASET}/tree/{commit}/data/three_sites"
    assert manifest.permissions.network == ()
    assert len(actions.outside_requests(app)) == len(hub.requests) > 3
    actions.leave_import(found)
    actions.close(app)


def test_what_was_fetched_is_imported_again_offline(tmp_path: Path, hub: LoopbackHub) -> None:
    app = of_hub(tmp_path / "home", hub)
    first = actions.import_just_dna(app, SOURCE)
    actions.leave_import(first)
    actions.close(app)
    asked = len(hub.requests)
    again = of_hub(tmp_path / "home", hub, offline=True)
    found = actions.import_just_dna(again, SOURCE)
    assert found.report == first.report
    assert len(hub.requests) == asked
    actions.leave_import(found)
    actions.close(again)


def test_a_folder_of_the_hub_without_a_module_is_not_found(tmp_path: Path, hub: LoopbackHub) -> None:
    app = of_hub(tmp_path / "home", hub)
    with pytest.raises(NotFoundError, match="no just-dna module in 'data/nothing'"):
        actions.import_just_dna(app, f"hf://datasets/{DATASET}/data/nothing")
    with pytest.raises(InputError, match=r"it has pgs.parquet, which are not read here"):
        actions.import_just_dna(app, f"hf://datasets/{DATASET}@main/data/scores")
    with pytest.raises(FetchError):
        actions.import_just_dna(app, f"hf://datasets/{DATASET}@{'0' * 40}/data/three_sites")
    actions.close(app)
