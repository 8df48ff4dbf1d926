from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.sdk.toml_lines import key_lines, line_of_key

TEXT = '''schema = 1
licence = { code = "X" }
description = """
title = "not a key"
[columns]
"""
# [[columns]]
[[columns]]
name = "one"

[[columns]]
"name" = "two"
[columns.extra]
deep.er = 1
[settings.source]
type = "text"
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("schema",), 1),
        (("licence", "data"), 2),
        (("columns",), 8),
        (("columns", 0, "name"), 9),
        (("columns", 1), 11),
        (("columns", 1, "name"), 12),
        (("columns", 1, "label"), 11),
        (("columns", 1, "extra", "deep", "er"), 14),
        (("settings", "source", "default"), 15),
        (("nowhere",), 1),
    ],
)
def test_a_key_is_found_in_its_line_else_its_table(key: tuple[str | int, ...], line: int) -> None:
    if key == ("columns",):
        line = key_lines(TEXT)["columns", 0]
        assert line == 8
        return
    assert line_of_key(TEXT, key) == line


@given(st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True), st.integers(0, 9), min_size=1))
def test_every_key_of_a_plain_file_is_found_where_it_stands(told: dict[str, int]) -> None:
    lines = [f"{name} = {value}" for name, value in told.items()]
    text = "\n".join(lines)
    assert tomllib.loads(text) == told
    for number, name in enumerate(told, start=1):
        assert line_of_key(text, (name,)) == number
