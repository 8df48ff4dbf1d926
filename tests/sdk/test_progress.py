from __future__ import annotations

from collections.abc import Iterator

import pytest

from genoteca.sdk.progress import of_asset, report, set_sink


@pytest.fixture
def heard() -> Iterator[list[tuple[str | None, float, str]]]:
    lines: list[tuple[str | None, float, str]] = []
    set_sink(lambda asset, fraction, message: lines.append((asset, fraction, message)))
    yield lines
    set_sink(None)


def test_progress_names_the_asset_at_work(heard: list[tuple[str | None, float, str]]) -> None:
    report(0.1, "before")
    with of_asset("clinvar/reference"):
        report(0.5, "inside")
    report(0.9, "after")
    assert heard == [(None, 0.1, "before"), ("clinvar/reference", 0.5, "inside"), (None, 0.9, "after")]


def test_a_fraction_beyond_its_ends_is_brought_back(heard: list[tuple[str | None, float, str]]) -> None:
    report(-1, "early")
    report(7, "late")
    assert [fraction for _, fraction, _ in heard] == [0.0, 1.0]


def test_nobody_has_to_listen(heard: list[tuple[str | None, float, str]]) -> None:
    set_sink(None)
    report(0.5, "unheard")
    assert heard == []
