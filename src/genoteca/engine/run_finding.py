"""Finding runs in the index: a page of those that fit, and how many there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from genoteca.engine.index import RunIndex
from genoteca.model.run import Run, RunStatus
from genoteca.model.run_search import RunSearch, Word

__all__ = ["find_runs", "named_in_runs", "tally_runs"]

_ASKED = "EXISTS (SELECT 1 FROM json_each(run, '$.request.modules') asked WHERE asked.value IN"
_MODULE = f"{_ASKED} (?))"
_MODULES = f"{_ASKED} (SELECT value FROM json_each(?)))"
_STATUS = "status IN (SELECT value FROM json_each(?))"
_WORD = (
    "(id LIKE ? ESCAPE '\\' OR lower(partition) LIKE ? ESCAPE '\\' "
    "OR partition IN (SELECT value FROM json_each(?)) "
    "OR json_extract(run, '$.request.kind') IN (SELECT value FROM json_each(?)) "
    f"OR {_MODULES})"
)


def find_runs(index: RunIndex, search: RunSearch, *, limit: int, skip: int = 0) -> tuple[list[Run], int]:
    """Give a page of the runs that fit, newest first, and how many fit in all."""
    where, values = _where(search)
    with index.reading() as db:
        count = db.execute(f"SELECT count(*) FROM runs WHERE {where}", values).fetchone()[0]
        rows = db.execute(
            f"SELECT run FROM runs WHERE {where} ORDER BY number DESC LIMIT ? OFFSET ?", (*values, limit, skip)
        ).fetchall()
    return [Run.model_validate_json(row["run"]) for row in rows], int(count)


def tally_runs(index: RunIndex, search: RunSearch) -> dict[RunStatus, int]:
    """Count the runs that fit by their status, whatever statuses the search names."""
    where, values = _where(search.model_copy(update={"statuses": []}))
    with index.reading() as db:
        rows = db.execute(f"SELECT status, count(*) FROM runs WHERE {where} GROUP BY status", values).fetchall()
    return {RunStatus(status): int(count) for status, count in rows}


def named_in_runs(index: RunIndex) -> tuple[list[str], list[str]]:
    """Give the keys of the samples and the ids of the modules that any run names, sorted."""
    with index.reading() as db:
        samples = db.execute("SELECT DISTINCT partition FROM runs WHERE partition IS NOT NULL ORDER BY 1").fetchall()
        modules = db.execute(
            "SELECT DISTINCT asked.value FROM runs, json_each(runs.run, '$.request.modules') asked ORDER BY 1"
        ).fetchall()
    return _first(samples), _first(modules)


def _first(rows: Sequence[sqlite3.Row]) -> list[str]:
    return [str(row[0]) for row in rows]


def _where(search: RunSearch) -> tuple[str, list[str]]:
    clauses, values = ["1"], list[str]()
    if search.sample:
        clauses.append("partition = ?")
        values.append(search.sample)
    if search.module:
        clauses.append(_MODULE)
        values.append(search.module)
    if search.statuses:
        clauses.append(_STATUS)
        values.append(json.dumps([status.value for status in search.statuses]))
    for word in search.words:
        clauses.append(_WORD)
        values += _values(word)
    return " AND ".join(clauses), values


def _values(word: Word) -> list[str]:
    literal = "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in word.text.lower())
    named = [word.samples, [kind.value for kind in word.kinds], word.modules]
    return [f"{literal}%", f"%{literal}%", *map(json.dumps, named)]
