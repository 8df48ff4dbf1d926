from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome import site_lines

KEYS = ["AF", "A", "AF_afr", "F.1", "DB"]
ENTRY = st.one_of(
    st.builds("{}={}".format, st.sampled_from([*KEYS, "XAF", "AFX", "F11"]), st.text("AF=,.é1", max_size=5)),
    st.sampled_from([*KEYS, "", ".", "AFX", "=AF"]),
)
INFO = st.none() | st.lists(ENTRY, min_size=1, max_size=6).map(";".join)


@given(st.lists(INFO, min_size=1, max_size=8), st.sampled_from(["", "true"]))
def test_looking_for_keys_gives_what_parting_all_entries_gives(cells: list[str | None], bare: str) -> None:
    column = pl.Series("info", cells, dtype=pl.String)
    parted = site_lines._parted_texts(column, KEYS, bare=bare)
    found = site_lines._found_texts(column, KEYS, bare=bare)
    assert [text.to_list() for text in found] == [text.to_list() for text in parted]
    assert [text.name for text in found] == KEYS


@pytest.mark.parametrize(("entries", "expected"), [(3, "parted"), (100, "found")])
def test_the_cheaper_way_is_taken(entries: int, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def note(name: str) -> list[pl.Series]:
        taken.append(name)
        return []

    for name in ("parted", "found"):
        monkeypatch.setattr(site_lines, f"_{name}_texts", lambda *_, name=name, **__: note(name))
    cells = pl.Series([";".join(f"K{number}=1" for number in range(entries))] * 5)
    site_lines.info_texts(cells, ["K1", "K2"], bare="")
    assert taken == [expected]
