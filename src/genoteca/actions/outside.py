"""The list of what was asked of other hosts: looked at, taken out, cleared."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from genoteca.actions.app import App
from genoteca.model.outside import OutsideRequest

__all__ = ["clear_outside_requests", "count_outside_requests", "export_outside_requests", "outside_requests"]

COLUMNS = ("when", "host", "what_for", "address", "bytes", "outcome", "run")


def outside_requests(
    app: App, *, limit: int = 1000, skip: int = 0, run_id: str | None = None
) -> Sequence[OutsideRequest]:
    """Give a page of the requests that were ever made to other hosts, newest first; of one run where it is named."""
    return app.outside.newest(limit=limit, skip=skip, run_id=run_id)


def count_outside_requests(app: App, *, run_id: str | None = None) -> int:
    """Give how many requests are on the list; of one run where it is named."""
    return app.outside.count(run_id=run_id)


def export_outside_requests(app: App, path: Path) -> int:
    """Write the whole list as a CSV file (UTF-8), oldest first; give how many requests that are."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one in app.outside.all():
            size = "" if one.bytes is None else one.bytes
            when = one.time.isoformat(timespec="seconds")
            writer.writerow((when, one.host, one.purpose, one.url, size, one.outcome, one.run_id or ""))
            written += 1
    path.chmod(0o600)
    return written


def clear_outside_requests(app: App) -> int:
    """Empty the list; give how many requests were on it."""
    return app.outside.clear()
