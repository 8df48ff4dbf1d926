"""The index of records keeps nothing of a genome that is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from genoteca.database import connect
from genoteca.engine.record_index import SCHEMA, RecordIndex
from genoteca.engine.records import record_path, write_record
from genoteca.model.record import Record
from genoteca.settings import Layout


def test_what_is_forgotten_while_the_index_looks_is_not_written_back(tmp_path: Path) -> None:
    layout, asset = Layout(tmp_path), ["t", "annotations"]
    for key in ("anna/g1", "ben/g1"):
        record = Record(
            asset=asset,
            partition=key,
            run="0badc0de",
            created=datetime.now(UTC),
            file=None,
            rows=0,
            bytes=0,
            sha256="",
            code_version="1",
            data_version="1",
        )
        path = record_path(layout, asset, key)
        path.parent.mkdir(parents=True)
        write_record(path, record)
    index = RecordIndex(layout)
    assert all(index.current(asset, key) for key in ("anna/g1", "ben/g1"))
    record_path(layout, asset, "anna/g1").unlink()
    index.save()
    with connect(layout.database, SCHEMA) as db:
        kept = [row["place"] for row in db.execute("SELECT place FROM answer_records")]
    assert kept == ["ben/g1/t/annotations.json"]
