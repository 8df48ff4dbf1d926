from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from genoteca.engine.tally import Tally
from genoteca.errors import RunError
from genoteca.model.run import Line, LineKind, RunStatus

ASSETS = [["a", "reference"], ["b", "reference"]]


def line(kind: LineKind, asset: str | None = None, **more: Any) -> Line:
    return Line(run_id="r", seq=1, time=datetime.now(UTC), kind=kind, asset=asset, **more)


def test_the_fraction_of_a_run_counts_every_asset_the_same() -> None:
    tally = Tally(ASSETS)
    assert tally.hear(line(LineKind.STARTED, "a/reference"))["fraction"] == 0
    assert tally.hear(line(LineKind.PROGRESS, "a/reference", fraction=0.5, message="x"))["fraction"] == 0.25
    assert tally.hear(line(LineKind.DONE, "a/reference"))["fraction"] == 0.5


def test_the_fraction_of_a_reading_is_that_of_the_file_that_is_read() -> None:
    tally = Tally([["sample", name] for name in ("source", "variants", "coverage", "structural")])
    assert tally.hear(line(LineKind.DONE, "sample/source"))["fraction"] < 0.05
    half = tally.hear(line(LineKind.PROGRESS, "sample/variants", fraction=0.5, message="x"))["fraction"]
    assert 0.5 < half < 0.55
    assert tally.hear(line(LineKind.DONE, "sample/variants"))["fraction"] == 1
    assert tally.hear(line(LineKind.DONE, "sample/coverage"))["fraction"] == 1


def test_a_run_of_nothing_but_weightless_tables_has_a_fraction() -> None:
    assert Tally([["sample", "coverage"]]).fraction == 0


def test_the_message_is_what_is_being_done_now() -> None:
    tally = Tally(ASSETS)
    assert tally.hear(line(LineKind.PROGRESS, "a/reference", fraction=0.5, message="Reading"))["message"] == "Reading"
    assert "message" not in tally.hear(line(LineKind.LOG, None, message="a log line"))


def test_a_failed_asset_is_kept_with_its_error_and_fails_the_run() -> None:
    tally = Tally(ASSETS)
    told: dict[str, Any] = {"title": "T", "message": "M", "hint": "H", "detail": "D"}
    assert tally.hear(line(LineKind.FAILED, "a/reference", detail=told))["failed_assets"] == {"a/reference": told}
    tally.hear(line(LineKind.FAILED, None, detail={"status": "failed", "peak_memory_mb": 100.0, "cpu_seconds": 1.0}))
    end = tally.end()
    assert end["status"] is RunStatus.FAILED
    assert end["error"] == told
    assert end["peak_memory_mb"] == 100


def test_a_run_without_a_last_line_fails_all_that_was_not_done() -> None:
    tally = Tally(ASSETS)
    tally.hear(line(LineKind.DONE, "a/reference"))
    assert tally.end() == {}
    end = tally.end_without_word(RunError("gone", title="Gone"))
    assert end["status"] is RunStatus.FAILED
    assert list(end["failed_assets"]) == ["b/reference"]
    assert end["error"]["title"] == "Gone"
