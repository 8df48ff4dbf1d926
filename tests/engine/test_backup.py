from __future__ import annotations

import io
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.engine.backup import sealed_stream
from genoteca.engine.backup.manifest import safe_path
from genoteca.engine.backup.restoring import check_backup, restore_backup
from genoteca.engine.backup.sealed_stream import SealedReader, SealedWriter
from genoteca.engine.backup.writing import write_backup
from genoteca.engine.index import RunIndex
from genoteca.errors import DataFolderError, GenotecaError, InputError
from genoteca.model.run import RunKind, RunRequest
from genoteca.settings import Layout

CHUNK = 64
WORD = "right"


def unheard(_share: float, _bytes: int) -> None:
    pass


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small chunks and a cheap scrypt: a thousand guesses a second are enough for a test."""
    monkeypatch.setattr(sealed_stream, "COST", 10)
    monkeypatch.setattr(sealed_stream, "CHUNK", CHUNK)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Give a small data folder: files, one with two names, a link, a database that is written to, a cache."""
    layout = Layout(tmp_path / "home")
    folder = layout.sample("anna", "g1") / "source"
    folder.mkdir(parents=True)
    (folder / "a.vcf").write_bytes(b"0/1" * 100)
    second = layout.sample("anna", "g2") / "source"
    second.mkdir(parents=True)
    (second / "b.vcf").hardlink_to(folder / "a.vcf")
    (layout.home / "modules").mkdir()
    (layout.home / "modules" / "link").symlink_to(folder)
    (layout.home / "modules" / "out").symlink_to("/")
    reference = layout.reference("tiny", "r1", "GRCh38")
    reference.mkdir(parents=True)
    (reference / "reference.parquet").write_bytes(b"PAR1")
    layout.cache.mkdir()
    (layout.cache / "x").write_text("x")
    (layout.home / "app.key").write_text("secret")
    (layout.home / "empty").touch()
    RunIndex(layout.database).enqueue(RunRequest(kind=RunKind.IMPORT, partition="anna/g1", assets=[["sample", "x"]]))
    return layout


def state(home: Path) -> dict[str, bytes]:
    files = (path for path in sorted(home.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files if ".db" not in path.name}


@pytest.mark.parametrize("word", ["", "correct horse"])
def test_a_restored_folder_holds_what_was_backed_up(layout: Layout, tmp_path: Path, word: str) -> None:
    target, home = tmp_path / "b.genoteca", tmp_path / "restored"
    busy = layout.dagster / "busy.db"
    busy.parent.mkdir()
    with closing(sqlite3.connect(busy, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=WAL; CREATE TABLE told (x); INSERT INTO told VALUES (1)")
        db.execute("BEGIN IMMEDIATE")  # somebody is at work in it
        db.execute("DELETE FROM told")
        manifest = write_backup(layout, target, passphrase=word, progress=unheard)
        db.execute("ROLLBACK")
    assert restore_backup(target, home, passphrase=word, progress=unheard) == (manifest, None)
    left_out = {"cache/x", "app.key"}
    assert state(home) == {place: data for place, data in state(layout.home).items() if place not in left_out}
    assert len(RunIndex(home / "app.db").list()) == 1
    with closing(sqlite3.connect(home / "dagster" / "busy.db")) as db:
        assert db.execute("SELECT x FROM told").fetchall() == [(1,)]
    assert (home / "users/anna/g1/source/a.vcf").samefile(home / "users/anna/g2/source/b.vcf")
    assert (home / "modules" / "link").resolve() == (home / "users/anna/g1/source").resolve()
    assert not (home / "modules" / "out").is_symlink()
    assert home.stat().st_mode & 0o077 == target.stat().st_mode & 0o077 == 0
    told = target.read_bytes()
    assert (b"0/10/1" in told, b"anna" in told) == ((not word, not word))


def test_what_a_killed_backup_or_restore_left_hidden_goes_with_the_next_one(layout: Layout, tmp_path: Path) -> None:
    nobody = f"{2**22 + 1}-{'0' * 32}.tmp"
    places = tmp_path / "places"
    half, unpacked = places / f".full.{nobody}", places / f".new.{nobody}"
    unpacked.mkdir(parents=True)
    for path in (half, unpacked / "a.vcf"):
        path.write_bytes(b"0/1")
    write_backup(layout, places / "full", progress=unheard)
    restore_backup(places / "full", places / "new", progress=unheard)
    assert sorted(path.name for path in places.iterdir()) == ["full", "new"]


def test_references_can_be_left_out(layout: Layout, tmp_path: Path) -> None:
    manifest = write_backup(layout, tmp_path / "b", references=False, progress=unheard)
    assert not any(place.startswith("references") for place in manifest.files)
    assert not manifest.references


def test_a_folder_that_is_there_is_never_written_over(layout: Layout, tmp_path: Path) -> None:
    write_backup(layout, tmp_path / "b", progress=unheard)
    (layout.home / "mine").touch()
    before = state(layout.home)
    with pytest.raises(InputError, match="already something"):
        restore_backup(tmp_path / "b", layout.home, progress=unheard)
    assert state(layout.home) == before
    _, aside = restore_backup(tmp_path / "b", layout.home, replace=True, progress=unheard)
    assert aside is not None
    assert state(aside).keys() - {"worker.lock", "app.lock"} == before.keys()
    assert not (layout.home / "mine").exists()


def test_a_wrong_passphrase_and_what_is_no_backup_are_refused(layout: Layout, tmp_path: Path) -> None:
    write_backup(layout, tmp_path / "b", passphrase=WORD, progress=unheard)
    with pytest.raises(InputError, match="another one"):
        restore_backup(tmp_path / "b", tmp_path / "r", passphrase=WORD[1:], progress=unheard)
    (tmp_path / "c").write_bytes(b"PK")
    with pytest.raises(InputError, match="no backup"):
        check_backup(tmp_path / "c", progress=unheard)
    assert not (tmp_path / "r").exists()
    assert [path.name for path in tmp_path.iterdir() if "restoring" in path.name] == []


def test_nothing_is_backed_up_in_parts(layout: Layout, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="in the data folder itself"):
        write_backup(layout, layout.home / "b", progress=unheard)
    RunIndex(layout.database).claim_next()
    with pytest.raises(InputError, match="at work"):
        write_backup(layout, tmp_path / "b", progress=unheard)
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(("name", "is_seal"), [(".x.json.seal", True), ("x.json", False)])
def test_only_a_seal_may_go_while_a_backup_is_written(
    layout: Layout, tmp_path: Path, name: str, is_seal: bool
) -> None:
    gone = layout.users / "anna" / "g2" / name
    gone.write_text("{}")

    def lift(_share: float, _bytes: int) -> None:
        gone.unlink(missing_ok=True)

    if is_seal:
        manifest = write_backup(layout, tmp_path / "b", progress=lift)
        assert not any(name in place for place in manifest.files)
        assert check_backup(tmp_path / "b", progress=unheard).files == manifest.files
    else:
        with pytest.raises(DataFolderError, match=r"g2/x\.json could not be read whole"):
            write_backup(layout, tmp_path / "b", progress=lift)
        assert not (tmp_path / "b").exists()
    assert not gone.exists()


def test_a_backup_of_a_newer_app_is_refused(layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genoteca.engine.backup.writing.DATA_FOLDER_VERSION", 99)
    write_backup(layout, tmp_path / "b", progress=unheard)
    with pytest.raises(DataFolderError, match="version 99"):
        restore_backup(tmp_path / "b", tmp_path / "r", progress=unheard)


@pytest.mark.parametrize("word", ["", "correct horse"])
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_or_shortened_backup_is_refused_or_harmless(
    layout: Layout, tmp_path: Path, word: str, data: st.DataObject
) -> None:
    """In a plain one, tar fills up with zeros that say nothing; encrypted, every single bit counts."""
    target = tmp_path / "b"
    if not target.exists():
        write_backup(layout, target, passphrase=word, progress=unheard)
    told = bytearray(target.read_bytes())
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(told) * 8 - 1))
        told[place // 8] ^= 1 << place % 8
    else:
        del told[data.draw(st.integers(0, len(told) - 1)) :]
    (tmp_path / "changed").write_bytes(told)
    whole = check_backup(target, passphrase=word, progress=unheard)
    try:
        found = check_backup(tmp_path / "changed", passphrase=word, progress=unheard)
    except GenotecaError:
        return
    assert not word
    assert found == whole


@given(st.binary(max_size=5 * CHUNK), st.data())
def test_chunks_cannot_be_moved_left_out_or_taken_from_another_file(text: bytes, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_stream, "COST", 10)
        patch.setattr(sealed_stream, "CHUNK", CHUNK)
        files = []
        for _ in range(2):
            file = io.BytesIO()
            writer = SealedWriter(file, "word")
            for begin in range(0, len(text), 7):
                writer.write(text[begin : begin + 7])
            writer.close()
            files.append(file.getvalue())
        assert SealedReader(io.BytesIO(files[0]), "word").read() == text
        line, _, body = files[0].partition(b"\n")
        size = CHUNK + sealed_stream.TAG
        chunks = [body[begin : begin + size] for begin in range(0, len(body), size)]
        other = files[1].partition(b"\n")[2]
        chunks.append(other[:size])
        order = data.draw(st.permutations(range(len(chunks))).flatmap(lambda all_: st.just(all_[: len(chunks) - 1])))
        if order == list(range(len(chunks) - 1)):
            return
        moved = line + b"\n" + b"".join(chunks[at] for at in order)
        with pytest.raises(InputError):
            SealedReader(io.BytesIO(moved), "word").read()


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "C:\\x", "a\\..\\x", ""])
def test_a_backup_cannot_write_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leads out"):
        safe_path(name)
    file = io.BytesIO()
    writer: Any = SealedWriter(file, "")
    with tarfile.open(mode="w|", fileobj=writer) as archive:
        archive.addfile(tarfile.TarInfo(f"data/{name}"))
    (tmp_path / "b").write_bytes(file.getvalue())
    with pytest.raises(InputError):
        restore_backup(tmp_path / "b", tmp_path / "r", progress=unheard)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b"]
