"""Rows that are hidden until the person asks: a search, a filter and a sort of the grid tell nothing of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from genoteca import actions
from genoteca.actions import App, Query
from genoteca.ui.desktop import Desktop
from genoteca.ui.downloads import Downloads
from genoteca.ui.rows import HIDDEN, row_routes
from genoteca.ui.uploads import Uploads

KEY = "demo/synthetic"
TRAITS = "everyday-traits"


@pytest.fixture
def desktop(desk: App, tmp_path: Path) -> Desktop:
    return Desktop(app=desk, uploads=Uploads(tmp_path), downloads=Downloads(tmp_path))


def hidden_rows(app: App) -> list[dict[str, Any]]:
    where = actions.parse_where("gate is not empty")
    return actions.result_page(app, KEY, TRAITS, Query(where=where, limit=None)).rows


def asked(desktop: Desktop, **more: object) -> dict[str, Any]:
    grid = FastAPI()
    grid.include_router(row_routes(desktop))
    body = {"sample": KEY, "module": TRAITS, "start": 0, "end": 1000, **more}
    answer = TestClient(grid).post("/api/rows", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def called(*kinds: object) -> dict[str, object]:
    return {"evidence": {"filterType": "set", "values": list(kinds)}}


def test_what_a_hidden_row_says_is_found_by_no_search_until_it_is_open(desktop: Desktop) -> None:
    row = next(row for row in hidden_rows(desktop.app) if row["conclusion"])
    words = str(row["conclusion"])[:40]
    assert asked(desktop, text=words)["matched"] == 0
    desktop.agreed.add((KEY, TRAITS, str(row["gate"])))
    assert asked(desktop, text=words)["matched"] > 0


def test_a_hidden_row_is_found_by_what_is_open_of_it(desktop: Desktop) -> None:
    row = hidden_rows(desktop.app)[0]
    found = asked(desktop, text=f" {row['rsid']} ")
    assert [(one["rsid"], one["_hidden"]) for one in found["rows"]] == [(row["rsid"], HIDDEN)]
    assert found["matched"] == 1


@pytest.mark.parametrize("by", ["filter", "where"])
def test_a_filter_by_what_is_hidden_counts_no_hidden_row(desktop: Desktop, by: str) -> None:
    kinds = {str(row["evidence"]) for row in hidden_rows(desktop.app)}
    where = {"column": "evidence", "op": "in", "value": sorted(kinds)}
    found = asked(desktop, filter=called(*kinds)) if by == "filter" else asked(desktop, where=where)
    shown = actions.result_page(
        desktop.app, KEY, TRAITS, Query(where=actions.parse_where("gate is empty"), limit=None)
    )
    assert found["matched"] == sum(row["evidence"] in kinds for row in shown.rows)
    assert all("_hidden" not in row for row in found["rows"])


def test_a_sort_by_what_is_hidden_orders_no_hidden_row(desktop: Desktop) -> None:
    found = asked(desktop, sort=[{"colId": "dosage", "sort": "desc"}])
    assert found["matched"] == found["total"] - len(hidden_rows(desktop.app))


def test_hidden_rows_stay_listed_where_only_open_columns_are_looked_at(desktop: Desktop) -> None:
    hidden = hidden_rows(desktop.app)
    plain = asked(desktop, sort=[{"colId": "pos", "sort": "asc"}])
    assert plain["matched"] == plain["total"]
    assert sum(row.get("_hidden") == HIDDEN for row in plain["rows"]) == len(hidden)
    gene = str(hidden[0]["gene"])
    found = asked(desktop, filter={"gene": {"filterType": "text", "type": "equals", "filter": gene}})
    assert [row["_hidden"] for row in found["rows"]] == [HIDDEN] * sum(row["gene"] == gene for row in hidden)
