from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from genoteca.engine.files import (
    atomic_path,
    below,
    changed_at,
    private_folder,
    remove_empty_folders,
    sha256_of,
    size_of,
    sweep,
    sweep_beside,
    write_private,
)
from genoteca.errors import DataFolderError

NOBODY = 2**22 + 1
"""No process has this number."""


def test_every_folder_made_on_the_way_is_private(tmp_path: Path) -> None:
    made = private_folder(tmp_path / "a" / "b" / "c")
    assert [path.stat().st_mode & 0o777 for path in (made, made.parent, made.parent.parent)] == [0o700] * 3
    assert private_folder(made) == made


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    write_private(target, "old")

    def write() -> None:
        with atomic_path(target) as beside:
            beside.write_text("half")
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        write()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_sweep_removes_what_a_kill_left_behind_and_nothing_else(tmp_path: Path) -> None:
    keep = [tmp_path / "a.tmp", tmp_path / ".hidden", tmp_path / "x.parquet"]
    left = tmp_path / "deep" / ".x.parquet.0123.tmp"
    left.parent.mkdir()
    for path in (*keep, left):
        path.touch()
    assert sweep(tmp_path) == 1
    assert all(path.exists() for path in keep)
    assert not left.exists()


def test_a_small_file_that_is_being_written_is_not_swept_from_under_its_writer(tmp_path: Path) -> None:
    now, forgotten = tmp_path / ".sample.json.0123.tmp", tmp_path / ".sample.json.4567.tmp"
    for path in (now, forgotten):
        path.touch()
    os.utime(forgotten, (0, 0))
    assert sweep(tmp_path) == 1
    assert now.exists()


def test_what_a_killed_process_left_beside_a_file_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    target, end = tmp_path / "my.backup", f"-{'0' * 32}.tmp"
    folder, file = tmp_path / f".my.backup.{NOBODY}{end}", tmp_path / f".my.backup.{NOBODY + 1}{end}"
    folder.mkdir()
    (folder / "genome").touch()
    file.touch()
    others = [tmp_path / f".other.backup.{NOBODY}{end}", tmp_path / ".my.backup.tmp", tmp_path / "my.backup"]
    for path in others:
        path.touch()
    with atomic_path(target) as beside:
        beside.write_text("whole")
        assert sweep_beside(target) == 2
    assert sorted(tmp_path.iterdir()) == sorted(others)
    assert target.read_text() == "whole"


def test_only_empty_folders_are_removed(tmp_path: Path) -> None:
    full, empty = tmp_path / "users" / "anna", tmp_path / "users" / "ben" / "g1"
    full.mkdir(parents=True)
    empty.mkdir(parents=True)
    (full / "x").touch()
    remove_empty_folders(empty, up_to=tmp_path / "users")
    remove_empty_folders(full, up_to=tmp_path / "users")
    assert full.is_dir()
    assert not empty.parent.exists()
    assert (tmp_path / "users").is_dir()


def test_the_checksum_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"genome" * 100_000)
    assert sha256_of(path) == hashlib.sha256(b"genome" * 100_000).hexdigest()


def test_what_lies_below_a_folder_is_given_in_order_and_links_are_not_followed(tmp_path: Path) -> None:
    for name in ("b/x.db", "a/deep/y.db", "a/.z.db-wal"):
        private_folder((tmp_path / name).parent)
        (tmp_path / name).write_bytes(b"12")
    (tmp_path / "c").symlink_to(tmp_path / "a", target_is_directory=True)
    assert [path.relative_to(tmp_path).as_posix() for path in below(tmp_path)] == [
        *("a", "b", "c", "a/.z.db-wal", "a/deep", "a/deep/y.db", "b/x.db")
    ]
    assert list(below(tmp_path, "*.db")) == [tmp_path / "a" / "deep" / "y.db", tmp_path / "b" / "x.db"]
    assert list(below(tmp_path / "nothing")) == []
    assert (size_of(tmp_path / "b" / "x.db"), size_of(tmp_path / "b" / "gone")) == (2, 0)
    assert (changed_at(tmp_path / "b" / "x.db") > 0, changed_at(tmp_path / "b" / "gone")) == (True, 0)


def test_a_folder_that_goes_away_while_others_are_looked_at_holds_nothing(tmp_path: Path) -> None:
    for name in "abc":
        private_folder(tmp_path / name / "deep")
    found = below(tmp_path)
    assert next(found) == tmp_path / "a"
    (tmp_path / "b" / "deep").rmdir()
    (tmp_path / "b").rmdir()
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["b", "c", "a/deep", "c/deep"]


def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, listed = private_folder(tmp_path / "a" / "closed"), os.scandir

    def refuse(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DataFolderError, match=r"closed cannot be listed: Permission denied"):
        list(below(tmp_path))
