from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from genoteca.errors import DatasetError
from genoteca.sdk.isolated.untrusted import copy_plain, read_plain


def _linked(path: Path) -> None:
    path.with_name("other").write_bytes(b"another genome")
    path.symlink_to(path.with_name("other"))


def _named_twice(path: Path) -> None:
    path.with_name("other").write_bytes(b"another genome")
    os.link(path.with_name("other"), path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of this kind")
@pytest.mark.parametrize(
    "leave",
    [lambda path: None, _linked, _named_twice, os.mkfifo, Path.mkdir, lambda path: path.write_bytes(b"x" * 11)],
    ids=["nothing", "a link", "a second name", "a pipe", "a folder", "too much"],
)
def test_only_a_plain_file_is_taken(tmp_path: Path, leave: Callable[[Path], object]) -> None:
    left = tmp_path / "left"
    leave(left)
    with pytest.raises(DatasetError):
        copy_plain(left, tmp_path / "copy", most=10)
    with pytest.raises(DatasetError):
        read_plain(left, most=10)
    assert not (tmp_path / "copy").exists()


def test_a_plain_file_is_copied_whole(tmp_path: Path) -> None:
    (tmp_path / "left").write_bytes(b"0123456789")
    assert copy_plain(tmp_path / "left", tmp_path / "copy", most=10).read_bytes() == b"0123456789"
    assert read_plain(tmp_path / "left", most=10) == b"0123456789"
