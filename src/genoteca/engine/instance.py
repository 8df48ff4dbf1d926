"""The embedded Dagster instance: its home is made once, under a lock, and opened by workers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock

from genoteca.engine.home import OWN_SETTINGS, begin_home, finish_home
from genoteca.engine.sqlite_pace import close_connections, keep_engines
from genoteca.settings import Layout

if TYPE_CHECKING:
    from dagster import DagsterInstance

__all__ = ["PARTITIONS", "open_instance"]

PARTITIONS = "samples"


def open_instance(layout: Layout) -> DagsterInstance:
    """Open the Dagster instance of a data folder; the first time, make its home.

    Two processes that make a Dagster home at once destroy it for good, so the lock is held until every database is
    there.
    """
    from dagster import DagsterInstance

    keep_engines()
    with FileLock(layout.dagster_lock, mode=0o600):
        begin_home(layout.dagster)
        instance = DagsterInstance.from_config(str(layout.dagster), OWN_SETTINGS)
        instance.get_runs_count()
        instance.get_dynamic_partitions(PARTITIONS)
        finish_home(layout.dagster)
        close_connections()
    return instance
