"""Seals of files that are written all the time: honest writing is never called damage, damage never passed over."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genoteca.database import connect, seal_database, write_ahead_log
from genoteca.engine.at_rest import heed_logs, look_at, seal_at_rest
from genoteca.engine.backup.writing import write_backup
from genoteca.engine.forgetting.apart import Apart
from genoteca.engine.forgetting.journal import Needles
from genoteca.engine.forgetting.search import search
from genoteca.seals import Seal, check_and_lift, lift, read_seal, seal_path
from genoteca.settings import Layout

SCHEMA = "CREATE TABLE IF NOT EXISTS word (text TEXT NOT NULL)"
OTHER = "CREATE TABLE IF NOT EXISTS another (text TEXT NOT NULL)"
NEEDLES = Needles(
    keys=["ann/chip"], names=["Annabelle"], names_too_common=0, rows=["00" * 9], keys_of_rows=[], tables=[]
)
STEPS = ("read", "write", "seal", "shape", "killed before", "killed after", "look")


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def write(home: Path, *, schema: str = SCHEMA) -> None:
    with connect(home / "app.db", schema) as db:
        db.execute("INSERT INTO word VALUES (hex(randomblob(900)))")


def killed(home: Path, *, committed: bool) -> Path:
    """Give the folder as it is if all is killed while somebody writes, before or after what is written stands."""
    other = home.with_name(f"{home.name}x")
    reader = sqlite3.connect(home / "app.db")  # so that the log is not moved into the file
    reader.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if committed:
        write(home)
        shutil.copytree(home, other)
    else:
        with connect(home / "app.db", SCHEMA) as db:
            db.execute("INSERT INTO word VALUES ('half')")
            shutil.copytree(home, other)
    reader.close()
    return other


@given(steps=st.lists(st.sampled_from(STEPS), max_size=8))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_written_and_wherever_it_is_killed_nothing_is_called_damaged(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    home = tmp_path_factory.mktemp("home")
    write(home)
    for step in steps:
        before, told = seal_path(home / "app.db").exists(), False
        if step == "read":
            with connect(home / "app.db", SCHEMA) as db:
                db.execute("SELECT * FROM word").fetchall()
            told = seal_path(home / "app.db").exists() == before
        elif step == "write":
            write(home)
            told = not seal_path(home / "app.db").exists()
        elif step == "shape":
            with connect(home / "app.db", OTHER):
                pass
            told = True
        elif step == "seal":
            told = seal_database(home / "app.db")
        elif step == "look":
            told = look_at(Layout(home), home / "app.db").damaged == "" and seal_path(home / "app.db").exists()
        else:
            home = killed(home, committed=step == "killed after")
            heed_logs(Layout(home))
            told = True
        assert told, step
        assert look_at_a_copy(home) == "", step


def look_at_a_copy(home: Path) -> str:
    copy = home.with_name(f"{home.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    return look_at(Layout(copy), copy / "app.db").damaged


@pytest.mark.parametrize("first", ["written", "read", "looked at"])
def test_a_flipped_bit_is_found_although_the_file_is_used_before_it_is_looked_at(tmp_path: Path, first: str) -> None:
    write(tmp_path)
    assert seal_database(tmp_path / "app.db")
    flip(tmp_path / "app.db", 75)  # of the bytes that SQLite keeps for later
    if first == "written":
        with connect(tmp_path / "app.db", OTHER) as db:
            db.execute("INSERT INTO another VALUES ('more')")
    elif first == "read":
        with connect(tmp_path / "app.db", SCHEMA):
            pass
    assert "seal" in look_at(Layout(tmp_path), tmp_path / "app.db").damaged
    seal = read_seal(tmp_path / "app.db")
    assert seal is not None
    assert (seal.wrong != "") == (first == "written")


@pytest.mark.parametrize(("place", "damaged"), [(9, True), (32 + 8, True), (32 + 24 + 99, True), (None, False)])
def test_a_flipped_bit_in_a_log_is_found_before_sqlite_passes_over_it(
    tmp_path: Path, place: int | None, *, damaged: bool
) -> None:
    write(tmp_path)
    reader = sqlite3.connect(tmp_path / "app.db")
    reader.execute("SELECT count(*) FROM word").fetchall()
    for _ in range(3):
        write(tmp_path)
    home = tmp_path / "killed"
    home.mkdir()
    for path in (tmp_path / "app.db", write_ahead_log(tmp_path / "app.db")):
        shutil.copy(path, home)
    reader.close()
    log = write_ahead_log(home / "app.db")
    if place is not None:
        flip(log, place)
    heed_logs(Layout(home))
    with connect(home / "app.db", SCHEMA) as db:  # SQLite says nothing of it, and the log is gone
        (rows,) = db.execute("SELECT count(*) FROM word").fetchone()
    assert rows == 4 if place is None else rows < 4
    assert ("log" in look_at(Layout(home), home / "app.db").damaged) is damaged


OPENS_AND_CLOSES = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT * FROM word')"
"""What takes the log away, if nobody else seems to have the database open."""
IS_OPEN = """
import fcntl, sys
with open(sys.argv[1] + "-shm", "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
    except BlockingIOError:
        print("somebody has it open")
"""
"""Asks as SQLite does before it empties what those who have a database open share: a byte of it that each locks.

Source: https://www.sqlite.org/walformat.html, 2.2.
"""


@pytest.mark.parametrize("act", ["nothing", "seal", "first write", "look", "search", "back up"])
def test_an_open_database_keeps_its_log_whatever_is_read_of_it(tmp_path: Path, act: str) -> None:
    layout = Layout(home=tmp_path / "home")
    layout.home.mkdir()
    path = layout.home / "app.db"
    write(layout.home)
    assert seal_database(path)
    open_elsewhere = sqlite3.connect(path, isolation_level=None)
    open_elsewhere.execute("SELECT count(*) FROM word").fetchall()
    acts: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "seal": lambda: seal_database(path),
        "first write": lambda: write(layout.home),
        "look": lambda: look_at(layout, path),
        "search": lambda: search(layout, NEEDLES),
        "back up": lambda: write_backup(layout, tmp_path / "backup", progress=lambda _share, _bytes: None),
    }
    acts[act]()
    asked = subprocess.run([sys.executable, "-c", IS_OPEN, str(path)], check=True, capture_output=True, text=True)
    assert asked.stdout == "somebody has it open\n"
    open_elsewhere.execute("INSERT INTO word VALUES ('later')")
    subprocess.run([sys.executable, "-c", OPENS_AND_CLOSES, str(path)], check=True)
    assert write_ahead_log(path).stat().st_size > 0
    open_elsewhere.execute("INSERT INTO word VALUES ('last')")
    open_elsewhere.close()
    with closing(sqlite3.connect(path)) as db:
        assert [row for row in db.execute("SELECT text FROM word") if len(row[0]) < 9] == [("later",), ("last",)]


def test_a_database_is_searched_as_it_lies_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    write(tmp_path)
    (tmp_path / "app.db").rename(path)
    with Apart() as apart:
        assert apart.read(path) == path.read_bytes()
        assert apart.read(tmp_path / "gone.db") == b""
        with pytest.raises(OSError, match="could not be read"):
            apart.read(tmp_path)


def test_another_who_writes_between_the_look_at_a_seal_and_the_comparison_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE told (value TEXT)")
    assert seal_database(path)

    def another_writes(_seal: Seal, _path: Path) -> bool:
        lift(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO told VALUES ('more')")
        return False

    monkeypatch.setattr(Seal, "fits", another_writes)
    check_and_lift(path)
    assert read_seal(path) is None


def test_a_data_folder_is_opened_and_left_while_another_opens_and_leaves_its_databases(tmp_path: Path) -> None:
    layout, over, opened = Layout(tmp_path), Event(), Event()

    def open_and_leave() -> None:
        while not over.is_set():
            with connect(layout.database, "CREATE TABLE IF NOT EXISTS t (n)"):
                opened.set()

    other = Thread(target=open_and_leave)
    other.start()
    try:
        opened.wait()
        for _ in range(500):
            heed_logs(layout)
            seal_at_rest(layout)
    finally:
        over.set()
        other.join()
    assert not look_at(layout, layout.database).damaged
