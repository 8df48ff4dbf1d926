"""The list of requests to other hosts: nothing is lost, it is read by the page, and it can be cleared."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from genoteca.engine.outside_log import NOT_NOTED, OutsideLog
from genoteca.model.outside import Asked


@pytest.fixture
def log(tmp_path: Path) -> OutsideLog:
    return OutsideLog(tmp_path / "data" / "app.db")


def fill(log: OutsideLog, number: int) -> None:
    note = log.noting("Data of ClinVar", run_id="run-1")
    for at in range(number):
        note(Asked(f"https://example.org/{at}", at, "200"))


def test_a_request_is_kept_with_host_purpose_bytes_outcome_and_run(log: OutsideLog) -> None:
    asked = Asked("https://example.org:8443/simple/six/", None, "asked by the installer")
    log.noting("Packages", run_id="abc")(asked)
    (one,) = log.newest()
    assert (one.host, one.purpose, one.bytes, one.outcome, one.run_id) == (
        "example.org",
        "Packages",
        None,
        "asked by the installer",
        "abc",
    )


def test_pages_hold_every_request_once_newest_first(log: OutsideLog) -> None:
    fill(log, 7)
    pages = [log.newest(limit=3, skip=skip) for skip in (0, 3, 6)]
    assert [one.bytes for page in pages for one in page] == [6, 5, 4, 3, 2, 1, 0]
    assert log.count() == log.count(run_id="run-1") == 7
    assert log.count(run_id="another") == 0
    assert log.newest(run_id="another") == []


def test_the_whole_list_is_given_oldest_first_however_long(log: OutsideLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genoteca.engine.outside_log.BATCH", 3)
    fill(log, 7)
    assert [one.bytes for one in log.all()] == list(range(7))


def test_a_cleared_list_is_empty_and_goes_on(log: OutsideLog) -> None:
    fill(log, 3)
    assert log.clear() == 3
    assert log.count() == 0
    fill(log, 1)
    assert log.count() == 1


def test_the_list_of_an_older_version_is_taken_over_whole(log: OutsideLog) -> None:
    log.database.parent.mkdir()
    with sqlite3.connect(log.database) as db:
        db.execute(
            "CREATE TABLE requests_made (number INTEGER PRIMARY KEY, time TEXT, run_id TEXT, url TEXT, bytes INTEGER)"
        )
        db.execute("INSERT INTO requests_made VALUES (1, '2026-01-02T03:04:05+00:00', NULL, 'https://a.org/x', 9)")
    db.close()
    fill(log, 1)
    new, old = log.newest()
    assert (old.url, old.bytes, old.purpose, old.time.year) == ("https://a.org/x", 9, NOT_NOTED, 2026)
    assert new.purpose == "Data of ClinVar"
    assert log.count() == 2
