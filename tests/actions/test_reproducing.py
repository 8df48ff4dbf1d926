"""A lock file: what it holds, and the same results made from it in another data folder, byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.locking import Lock, LockedModule, lock, read_lock, write_lock
from genoteca.actions.reproducing import reproduce
from genoteca.actions.tracing import trace
from genoteca.engine import records
from genoteca.errors import InputError
from genoteca.model.column import ANNOTATIONS
from genoteca.model.form import OWN_FORMS, declared_form
from genoteca.model.sample import CallLimits
from genoteca.settings import Settings, assets_folder
from genoteca.store.installed import installed_modules

KEY = "demo/synthetic"
TRAITS = "everyday-traits"
GENOME = assets_folder() / "demo" / "demo-genome.vcf.gz"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[App]:
    """Another data folder, with nothing in it, whose queue is worked."""
    app = actions.open_app(Settings(home=tmp_path / "elsewhere", standby_seconds=0, offline=True))
    try:
        yield app
    finally:
        actions.close(app)


@pytest.fixture
def locked(desk: App, tmp_path: Path) -> Lock:
    return read_lock(write_lock(desk, KEY, tmp_path / "demo.lock.json"))


def test_every_version_and_hash_of_an_answer_is_told_and_nothing_of_what_it_says(desk: App) -> None:
    told = trace(desk, KEY, TRAITS)
    (answer,) = told.answers
    stored = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert stored is not None
    assert answer.table.sha256 == stored.record.sha256
    assert answer.table.run == stored.record.run
    assert answer.table.versions.code_version == stored.record.code_version
    manifest = next(one.sound_manifest() for one in installed_modules(desk.layout) if one.id == TRAITS)
    form = declared_form([TRAITS, "annotations"], (*ANNOTATIONS, *manifest.columns))
    assert answer.table.versions.schema_version == stored.record.form == form
    assert {one.versions.schema_version for one in told.tables} == {"", *list(OWN_FORMS.values())[:3]}
    assert answer.reference is not None
    assert answer.reference.sha256 == stored.record.inputs[f"{TRAITS}/reference"]
    assert {str(file["url"]) for file in answer.reference.files} >= {"sites.csv", "genotypes.csv"}
    assert answer.digest == stored.record.metadata["module_digest"]
    assert told.source.sha256 == actions.genome_report(desk, KEY).sha256
    names = ("source", "variants", "coverage", "structural")
    assert [one.asset for one in told.tables] == [f"sample/{name}" for name in names]
    steps = {step.title: step.text for step in actions.result_row(desk, KEY, TRAITS, 0).lineage}
    assert told.source.sha256[:16] in steps["File"]
    assert f"version {told.source.reader} of the reader" in steps["Genotype"]
    assert f"release {answer.reference.release}" in steps["Reference"]
    assert answer.module_version in steps["Module"]
    assert answer.table.run[:8] in steps["Run"]
    written = told.model_dump_json()
    assert not any(f'"{word}"' in written for word in ("evidence", "rows", "filtered", "genotype", "sites"))


@pytest.mark.parametrize(
    ("asset", "words"),
    [
        ((TRAITS, "annotations"), "the columns that every answer has changed (00000000 → "),
        (("sample", "coverage"), "the genome should be read again: the columns of its coverage changed (00000000"),
    ],
)
def test_a_table_of_other_columns_makes_what_it_answers_out_of_date(
    desk: App, asset: tuple[str, ...], words: str
) -> None:
    stored = records.current(desk.layout, asset, KEY)
    assert stored is not None
    path = records.record_path(desk.layout, asset, KEY)
    form = "00000000" if asset[0] == "sample" else "00000000.11111111"
    try:
        records.write_sealed(path, stored.record.model_copy(update={"form": form}))
        (answer,) = trace(desk, KEY, TRAITS).answers
        assert [(one.kind, one.words.startswith(words)) for one in answer.reasons] == [("columns", True)]
        records.write_sealed(
            path, stored.record.model_copy(update={"form": ""})
        )  # it does not say: no reason by that
        assert trace(desk, KEY, TRAITS).answers[0].reasons == []
    finally:
        records.write_sealed(path, stored.record)


def test_a_lock_file_makes_the_same_bytes_elsewhere_and_names_what_differs(locked: Lock, elsewhere: App) -> None:
    assert {f"{TRAITS}/annotations", f"{TRAITS}/report", "sample/variants", "sample/coverage"} <= set(locked.results)
    older = locked.references[0].model_copy(
        update={"release": "2020-01-01", "sha256": "0" * 64, "files": [{"url": "https://example.org/older"}]}
    )
    wrong = locked.model_copy(
        update={"results": {**locked.results, "sample/coverage": "0" * 64}, "references": [older]}
    )
    elsewhere.settings = elsewhere.settings.model_copy(update={"offline": False})  # this module asks nobody
    actions.start(elsewhere)
    told = reproduce(elsewhere, wrong, GENOME, elsewhere.executor.run_until_over, user="other")
    assert told.sample == "other/synthetic"
    assert not told.identical
    (asked,) = [run for run in elsewhere.index.list() if run.request.release]
    assert (asked.request.release, asked.request.assets) == ("2020-01-01", [[TRAITS, "reference"]])
    assert "can no longer be fetched" in str(asked.failed_assets)  # it was asked for, and is not to be had
    # all the others are the same, byte by byte
    reference, difference = told.differences
    assert (reference.what, reference.locked) == (f"reference of {TRAITS}", f"2020-01-01, {'0' * 64}")
    assert (difference.what, difference.locked, difference.found) == (
        "sample/coverage", "0" * 64, locked.results["sample/coverage"]
    )  # fmt: skip
    assert lock(elsewhere, "other/synthetic").results == locked.results
    with pytest.raises(InputError, match="already a sample"):
        reproduce(elsewhere, locked, GENOME, elsewhere.executor.run_until_over, user="other")


def test_what_is_missing_or_otherwise_is_named_before_anything_is_made(
    desk: App, locked: Lock, elsewhere: App, tmp_path: Path
) -> None:
    other = tmp_path / "other.vcf.gz"
    other.write_bytes(GENOME.read_bytes() + b"\n")
    wait = elsewhere.executor.run_until_over
    with pytest.raises(InputError, match=locked.source.sha256):
        reproduce(elsewhere, locked, other, wait)
    stranger = LockedModule(id="milk-story", version="1.0.0", data_version="1", digest="0")
    older = locked.modules[0].model_copy(update={"version": "0.0.9"})
    with pytest.raises(InputError, match=r"everyday-traits 0\.0\.9, milk-story 1\.0\.0"):
        reproduce(elsewhere, locked.model_copy(update={"modules": [older, stranger]}), GENOME, wait)
    assert actions.list_samples(elsewhere) == []

    changed = locked.modules[0].model_copy(update={"digest": "f" * 64})
    wrong = locked.model_copy(update={"modules": [changed], "settings": {**locked.settings, "infer_within": 5}})
    with pytest.raises(InputError, match=r"of other contents.*GENOTECA_INFER_WITHIN=5"):
        reproduce(desk, wrong, GENOME, wait, user="other")


def test_only_what_is_up_to_date_is_locked(desk: App) -> None:
    actions.set_limits(desk, KEY, CallLimits(min_depth=9))
    try:
        with pytest.raises(InputError, match="depth 0 → 9"):
            lock(desk, KEY)
    finally:
        actions.set_limits(desk, KEY, CallLimits())


def test_a_file_that_is_no_lock_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"schema": 2}')
    with pytest.raises(InputError, match=r"x\.json is no lock file of this version: schema"):
        read_lock(path)
