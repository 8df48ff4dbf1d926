"""A data folder that is verified, damaged and mended, backed up and restored, and rebuilt from its records."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.automation import choose_policy, policy_of
from genoteca.actions.backing_up import back_up, restore, restore_beside
from genoteca.actions.forgetting import forget
from genoteca.actions.notes import notes_of, write_note
from genoteca.actions.verifying import Damaged, make_again, verify
from genoteca.actions.views import Query
from genoteca.cli.main import build
from genoteca.engine import records
from genoteca.engine.at_rest import reason_not_compared, seal_at_rest
from genoteca.engine.files import write_private
from genoteca.engine.release_choice import choose_release
from genoteca.engine.samples import read_sample, write_sample
from genoteca.engine.verifying import verify_files
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.automation import Policy
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId
from genoteca.sdk.resources import Stored
from genoteca.seals import lift
from genoteca.settings import Layout, Settings

KEY = "demo/synthetic"


@pytest.fixture
def app(own_desk: App, tmp_path: Path) -> Iterator[App]:
    """Give an open copy of the desk's data folder."""
    home = tmp_path / "home"
    back_up(own_desk, tmp_path / "first")
    restore(tmp_path / "first", home)
    opened = actions.open_app(Settings(home=home, standby_seconds=0, offline=True))
    yield opened
    actions.close(opened)


def state(app: App) -> dict[str, str]:
    """Give the sha256 of everything of the genomes and of the references."""
    files = (path for root in (app.layout.users, app.layout.home / "references") for path in root.rglob("*"))
    return {
        path.relative_to(app.layout.home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file() and path.suffix != ".lock"
    }


def flip(path: Path, bit: int) -> None:
    told, before = bytearray(path.read_bytes()), path.stat()
    told[bit // 8] ^= 1 << bit % 8
    path.write_bytes(told)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # a disk that decays changes no time


def stored(app: App, *asset: str) -> Stored:
    """Give the dataset in force of an asset of the genome."""
    found = records.current(app.layout, asset, KEY)
    assert found is not None
    return found


def test_a_restored_folder_opens_and_answers_the_same(app: App, own_desk: App) -> None:
    assert state(app) == state(own_desk)
    assert verify(app).whole
    before, after = (actions.show_sample(one, KEY) for one in (own_desk, app))
    assert before.model_copy(update={"import_run": None}) == after.model_copy(update={"import_run": None})
    assert [run.run.id for run in actions.list_runs(app)] == [run.run.id for run in actions.list_runs(own_desk)]
    assert [module.id for module in actions.list_modules(app)] == [
        module.id for module in actions.list_modules(own_desk)
    ]


@given(data=st.data())
@given_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_bit_in_any_file_is_found_and_the_file_is_named(own_desk: App, data: st.DataObject) -> None:
    layout = own_desk.layout
    one_of_each(own_desk)
    seal_at_rest(layout)
    kinds = defaultdict[str, list[Path]](list)
    for path in sorted(compared(layout)):
        kinds[re.sub(r"[0-9a-f-]{8,}", "", path.relative_to(layout.home).as_posix())].append(path)
    assert {"app.db", "settings.toml", "version", "dagster/history/runs/index.db", "receipts/.json"} <= kinds.keys()
    path = data.draw(st.sampled_from(kinds[data.draw(st.sampled_from(sorted(kinds)))]))
    told = path.read_bytes()
    try:
        flip(path, data.draw(st.integers(0, len(told) * 8 - 1)))
        places = [one.place for one in verify(own_desk).damage]
    finally:
        path.write_bytes(told)
        lift(path)
    assert path.relative_to(layout.home).as_posix() in places


def one_of_each(app: App) -> None:
    """See that there is a file of each kind that a person makes."""
    if not (app.layout.home / "settings.toml").exists():
        actions.change_settings(app, night_time="03:00")
        write_private(app.layout.receipts / "0123456789abcdef.json", "{}", sealed=True)
        assert app.executor.executing or actions.start(app)
        assert app.executor.run_until_over(actions.read_again(app, KEY)).status is RunStatus.SUCCEEDED
        app.executor.stop()


def compared(layout: Layout) -> list[Path]:
    """Give every file that is not on the list of those that are not compared; and what was unpacked of wheels."""
    files = [
        path for path in layout.home.rglob("*") if path.is_file() and not path.is_symlink() and path.stat().st_size
    ]
    return [
        path
        for path in files
        if not reason_not_compared(place := path.relative_to(layout.home).as_posix())
        or re.fullmatch(r"modules/(generation-\d+/site/genoteca_[a-z_]+/[^/]+|wheels/.*\.whl)", place)
    ]


def test_honest_writing_is_never_called_damage_and_a_changed_file_is_never_called_whole(app: App) -> None:
    verify(app)
    assert verify(app).complete
    write_note(app, KEY, "1-1000-A-G", "mine")
    actions.change_settings(app, night_time="04:00")
    assert verify(app).complete
    settings = app.layout.home / "settings.toml"
    settings.write_text('night_time = "05:00"\n')  # as a person may, with an editor
    (told,) = (found := verify(app)).not_compared
    assert (found.damage, told.place, "something else" in told.why) == ([], "settings.toml", True)
    assert verify(app).complete
    settings.write_text("night_time = ")
    assert [one.place for one in verify(app).damage] == ["settings.toml"]


@pytest.mark.parametrize("place", ["app.db", "dagster/history/runs/index.db"])
def test_databases_are_made_again_from_the_records_and_what_a_person_chose_stays(app: App, place: str) -> None:
    choose_policy(app, "everyday-traits", Policy.NIGHTLY)
    seal_at_rest(app.layout)
    before = {run.run.id for run in actions.list_runs(app)}
    flip(app.layout.home / place, 8 * 96)  # not in use by SQLite's own header: it is read as before
    choose_policy(app, "everyday-traits", Policy.IDLE)  # whoever writes first looks at the seal
    (damaged,) = verify(app).damage
    assert (damaged.place, damaged.can_be_made_again) == (place, True)
    assert make_again(app, damaged) == ""
    assert verify(app).whole
    assert {run.run.id for run in actions.list_runs(app)} == before
    assert policy_of(app, "everyday-traits") is Policy.IDLE


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("users/demo/synthetic/everyday-traits/annotations-*.parquet", "annotate"),
        ("references/everyday-traits/*/*/reference-*.parquet", "reference"),
    ],
)
def test_what_is_damaged_is_made_again_byte_for_byte(app: App, pattern: str, kind: str) -> None:
    before = {path: told for path, told in state(app).items() if path.endswith(".parquet")}
    (path,) = app.layout.home.glob(pattern)
    flip(path, path.stat().st_size * 3)
    actions.start(app)
    for damaged in verify(app).damage:
        assert damaged.can_be_made_again, damaged
        run = app.executor.run_until_over(make_again(app, damaged))
        assert (run.status, run.request.kind.value) == (RunStatus.SUCCEEDED, kind), actions.run_lines(app, run.id)
    assert verify(app).whole
    after = {path: told for path, told in state(app).items() if path.endswith(".parquet")}
    assert sorted(after.values()) == sorted(before.values())


@pytest.mark.parametrize(
    "pattern",
    ["everyday-traits/annotations.json", "everyday-traits/annotations-????????.json", "sample/source.json"],
)
def test_a_damaged_record_is_put_back_and_the_table_that_it_speaks_of_stays(app: App, pattern: str) -> None:
    before = state(app)
    (path,) = app.layout.sample("demo", "synthetic").glob(pattern)
    path.write_bytes(path.read_bytes()[:400] + b"\0" * 60 + path.read_bytes()[460:])
    (damaged,) = verify(app).damage
    assert (damaged.place, damaged.known) == (path.relative_to(app.layout.home).as_posix(), True)
    assert make_again(app, damaged) == ""
    assert state(app) == before
    assert verify(app).complete


def test_a_flipped_bit_in_what_no_run_can_make_is_put_back(app: App) -> None:
    write_note(app, KEY, "1-1000-A-G", "mine")
    actions.change_settings(app, night_time="03:00")
    seal_at_rest(app.layout)
    before = state(app)
    genome = app.layout.sample("demo", "synthetic")
    for path in (genome / "sample.json", genome / "notes.json", app.layout.home / "settings.toml"):
        told = path.read_bytes()
        flip(path, 99)
        (damaged,) = verify(app).damage
        assert (damaged.place, damaged.known, damaged.advice) == (damaged.place, True, "")
        assert make_again(app, damaged) == ""
        assert path.read_bytes() == told
    assert state(app) == before
    assert verify(app).complete


def test_the_record_of_answers_that_were_left_is_compared_and_forgotten_when_it_is_damaged(app: App) -> None:
    current = records.record_path(app.layout, ["everyday-traits", "annotations"], KEY)
    left = current.with_name(records.REFUSED)
    records.write_sealed(left, records.read_record(current))
    assert verify(app).complete
    left.write_text("damaged")
    (damaged,) = verify(app).damage
    assert (damaged.place, damaged.known) == (left.relative_to(app.layout.home).as_posix(), False)
    assert make_again(app, damaged) == ""
    assert not left.exists()
    assert verify(app).complete


def test_tables_are_not_dropped_where_the_file_that_they_were_read_from_is_another_one(app: App) -> None:
    flip(stored(app, "sample", "variants").path, 999)
    (damaged,) = verify(app).damage
    assert damaged.can_be_made_again
    known = read_sample(app.layout, SampleId.parse(KEY))
    mine = app.layout.home.parent / "mine.vcf.gz"
    shutil.copy(known.source.path, mine)
    write_sample(app.layout, known.model_copy(update={"source": known.source.model_copy(update={"path": str(mine)})}))
    flip(mine, 9999)
    found = {one.kind: one for one in verify(app).damage}["table"]
    assert (found.can_be_made_again, bool(found.advice)) == (False, True)


def test_no_answer_is_shown_or_made_of_a_table_of_which_a_bit_flipped(app: App) -> None:
    before = stored(app, "everyday-traits", "annotations")
    answers, variants = before.path, stored(app, "sample", "variants").path
    told = answers.read_bytes()
    flip(answers, answers.stat().st_size * 3)
    with pytest.raises(DatasetError, match="is not what was written"):
        actions.result_page(app, KEY, "everyday-traits", Query())
    answers.write_bytes(told)
    flip(variants, variants.stat().st_size * 3)
    run = app.executor.run_until_over(actions.annotate(app, KEY, ["everyday-traits"], force=True))
    app.executor.stop()
    assert (run.status, "is not what was written" in str(run.failed_assets)) == (RunStatus.FAILED, True)
    assert records.current(app.layout, ["everyday-traits", "annotations"], KEY) == before


def test_what_cannot_be_made_again_is_kept_and_said(app: App) -> None:
    sample = app.layout.sample("demo", "synthetic") / "sample.json"
    sample.write_text(sample.read_text().replace("GRCh38", "GRCh37"))
    (damaged,) = verify(app, KEY).damage
    assert (damaged.kind, damaged.place) == ("sample", "users/demo/synthetic/sample.json")
    with pytest.raises(InputError, match="not what was written") as refused:
        make_again(app, damaged)
    assert "backup" in refused.value.hint
    assert sample.is_file()


def test_a_damaged_module_is_found_and_put_back_from_its_wheel(app: App) -> None:
    (path,) = app.layout.modules.glob("generation-*/site/*everyday_traits/module.toml")
    told = path.read_bytes()
    path.write_bytes(b"\0" * 40 + told[40:])
    (damaged,) = verify(app).damage
    assert (damaged.kind, Path(damaged.place).name, damaged.known) == ("module", "module.toml", True)
    assert "Stored tables" in [one.name for one in actions.doctor(app) if not one.ok]
    assert make_again(app, damaged) == ""
    assert path.read_bytes() == told
    assert verify(app).complete
    (wheel,) = app.layout.modules.glob("wheels/*/*everyday_traits*.whl")
    flip(wheel, 999)
    path.write_bytes(b"\0" * 40 + told[40:])
    assert [one.known for one in verify(app).damage] == [False], "a wheel that is damaged itself says nothing"


def test_a_damaged_older_release_is_dropped_and_none_is_made_in_its_place_unless_it_was_chosen(app: App) -> None:
    (current,) = (app.layout.references("everyday-traits")).glob("*/*/reference.json")
    newest, build = records.read_record(current), current.parent.name
    older = newest.model_copy(
        update={"release": "old", "run": "0" * 36, "created": newest.created - timedelta(days=9)}
        | {"file": "reference-00000000.parquet"}
    )
    folder = app.layout.references("everyday-traits") / "old" / build
    folder.mkdir(parents=True)
    shutil.copy(current.with_name(str(newest.file)), folder / "reference-00000000.parquet")
    records.write_record(folder / "reference.json", older)
    assert verify(app).complete
    flip(folder / "reference-00000000.parquet", 999)
    choose_release(app.layout, "everyday-traits", {build: "old"})
    (damaged,) = verify(app).damage
    assert (damaged.can_be_made_again, "Choose another one" in damaged.advice) == (False, True)
    choose_release(app.layout, "everyday-traits", {})
    (damaged,) = verify(app).damage
    assert (damaged.can_be_made_again, damaged.current) == (True, False)
    assert make_again(app, damaged) == ""
    assert list(folder.iterdir()) == []
    assert verify(app).complete
    assert app.index.with_status(RunStatus.QUEUED) == []


def test_an_older_version_that_is_damaged_is_dropped(app: App) -> None:
    folder = app.layout.sample("demo", "synthetic") / "everyday-traits"
    (table,) = folder.glob("annotations-*.parquet")
    record = table.with_suffix(".json")
    for path in (table, record):
        shutil.copy(path, path.with_name(f"annotations-00000000{path.suffix}"))
    (folder / "annotations-00000000.json").write_text("damaged")
    for damaged in verify(app).damage:
        assert not damaged.current
        assert make_again(app, Damaged.model_validate(damaged.model_dump())) == ""
    assert verify(app).whole
    assert sorted(path.name for path in folder.glob("*.parquet")) == [table.name]


def test_the_kept_classes_are_dropped_only_while_they_can_be_compared_again(app: App) -> None:
    current = records.record_path(app.layout, ["everyday-traits", "annotations"], KEY)
    record = records.read_record(current)
    told = current.with_name(f"classes-{record.run[:8]}.json")
    told.write_text("damaged")
    (found,) = verify(app, KEY).damage
    assert (found.can_be_made_again, "Restore a backup" in found.advice) == (False, True)
    with pytest.raises(InputError):
        make_again(app, found)
    older = record.model_copy(update={"run": "0" * 36, "created": record.created - timedelta(days=1)})
    records.write_sealed(current.with_name("annotations-00000000.json"), older)
    (found,) = verify(app, KEY).damage
    assert make_again(app, found) == ""
    assert not told.exists()


def test_both_databases_are_rebuilt_when_they_are_deleted(app: App, own_desk: App) -> None:
    before, note = state(app), write_note(app, KEY, "1-1000-A-G", "mine")
    actions.close(app)
    app.layout.database.unlink()
    shutil.rmtree(app.layout.dagster)
    again = actions.open_app(app.settings)
    actions.start(again)
    run = again.executor.run_until_over(actions.read_again(again, KEY))
    assert run.status is RunStatus.SUCCEEDED
    told = {card.run.id for card in actions.list_runs(again)}
    assert told >= {card.run.id for card in actions.list_runs(own_desk) if card.run.status is RunStatus.SUCCEEDED}
    assert notes_of(again, KEY) == [note]
    assert [card.sample.id.key for card in actions.list_samples(again)] == [KEY]
    after = state(again)
    assert {path for path in before if path not in after} == set()
    assert all(after[path] == told for path, told in before.items() if "/everyday-traits/" in path)
    assert (again.layout.dagster / "complete").is_file()
    actions.close(again)


def test_backup_restore_verify_and_forget_are_commands(own_desk: App, tmp_path: Path) -> None:
    home, file = str(tmp_path / "home"), str(tmp_path / "backup")

    def run(*arguments: str, typed: str = "") -> dict[str, object]:
        done = CliRunner().invoke(build(open_ui=lambda *_a, **_k: None), [*arguments, "--json"], input=typed)
        assert done.exit_code == 0, done.output
        return dict(json.loads(done.stdout))

    word = ("--passphrase-from-stdin",)
    typed = "correct horse\n"
    full, inside = tmp_path / "full", own_desk.layout.home / "inside"
    (full / "x").mkdir(parents=True)
    for wrong, words in ((full, "empty folder"), (inside, "another folder")):
        with pytest.raises(InputError) as refused:
            restore_beside(own_desk, tmp_path / "none", wrong)
        assert words in refused.value.title
    made = run("--home", str(own_desk.layout.home), "backup", file, *word, typed=typed)
    assert made["backup"]["encrypted"] is True  # type: ignore[index]
    assert run("restore", file, "--check", *word, typed=typed)["backup"]["genomes"] == 1  # type: ignore[index]
    with pytest.raises(InputError, match="passphrase"):
        restore_beside(own_desk, Path(file), Path(home), passphrase=word[0])
    assert not Path(home).exists()
    restore_beside(own_desk, Path(file), Path(home), passphrase=typed.strip())
    assert verify_files(Layout(Path(home))).not_compared == []
    shutil.rmtree(home)
    run("--home", home, "restore", file, *word, typed=typed)
    assert run("--home", home, "verify")["left"] == []
    (path,) = Path(home).glob("users/demo/synthetic/everyday-traits/annotations.json")
    flip(path, 50)
    assert run("--home", home, "verify", "--rebuild")["left"] == []
    told = run("--home", home, "forget", "demo", "--yes")
    assert told["receipt"]["searched"]["found"] == []  # type: ignore[index]
    assert run("--home", home, "forget", "--receipts")["receipts"] == [told["receipt"]]
    assert not list((Path(home) / "users").iterdir())


def test_a_person_goes_with_a_genome_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    app = actions.open_app(Settings(home=tmp_path / "home", standby_seconds=0, offline=True))
    for name in ("one", "two"):
        (app.layout.sample("anna", name)).mkdir(parents=True)
        (app.layout.sample("anna", name) / "sample.json").write_text("{")
    with pytest.raises(NotFoundError, match="no user 'ben'"):
        forget(app, "ben")
    assert forget(app, "anna").receipt.genomes == 2
    assert list(app.layout.users.iterdir()) == []
