"""The values of a column that rows of a view have, the commonest first, for filters to offer."""

from __future__ import annotations

from genoteca.engine.results.explore.table import View, WideTable

__all__ = ["MOST_VALUES", "values_of"]

MOST_VALUES = 200
"""A column with more is searched by typing."""


def values_of(table: WideTable, view: View, column: str) -> list[tuple[str, int]]:
    """Give each value as text with how many rows have it; empty: there are too many to choose from.

    Raises:
        FilterError: an unknown column.

    """
    clause, values = table.listed(view)
    said = table.said(view.closed).column(column)
    where = " AND ".join(filter(None, [clause, f"{said} IS NOT NULL"]))
    found = table.values(
        f"SELECT {said}::VARCHAR AS value, count(*) AS rows FROM answers WHERE {where} "
        f"GROUP BY value ORDER BY rows DESC, value LIMIT {MOST_VALUES + 1}",
        values,
    )
    return [(str(value), int(rows)) for value, rows in found] if len(found) <= MOST_VALUES else []
