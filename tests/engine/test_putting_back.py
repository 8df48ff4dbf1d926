"""Small files that are put back byte by byte, by their seal or by their twin."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from genoteca.engine.files import write_private
from genoteca.engine.putting_back import MOST, put_back, what_was_written
from genoteca.engine.sealing import seal

NOTE = '{\n "schema": 1,\n "text": "Grüße an alle"\n}'


@pytest.mark.parametrize("sealed", [True, False])
@given(data=st.data())
@given_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_one_bit_is_put_back_and_two_are_not_guessed(tmp_path: Path, sealed: bool, data: st.DataObject) -> None:
    path = tmp_path / "notes.json"
    write_private(path, NOTE if sealed else seal(NOTE), sealed=sealed)
    told = path.read_bytes()
    first, second = data.draw(st.lists(st.integers(0, len(told) * 8 - 1), min_size=2, max_size=2, unique=True))
    _flip(path, first)
    assert what_was_written(path) == told
    _flip(path, second)
    assert what_was_written(path) is None
    put_back(path, told)
    assert path.read_bytes() == told


def test_what_is_too_large_to_try_every_bit_of_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_private(path, "x" * (MOST + 1), sealed=True)
    _flip(path, 5)
    assert what_was_written(path) is None


def test_a_file_that_is_gone_is_not_put_back(tmp_path: Path) -> None:
    assert what_was_written(tmp_path / "sample.json") is None


def _flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
