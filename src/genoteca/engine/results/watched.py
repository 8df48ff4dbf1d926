"""A long statement of DuckDB, watched: how far it is, and a way to end it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from genoteca.errors import GenotecaError

__all__ = ["watched"]

BEAT = 0.2
"""Seconds between two looks."""


@contextmanager
def watched(cursor: duckdb.DuckDBPyConnection, progress: Callable[[float], None]) -> Iterator[None]:
    """Tell `progress` the share (0 to 1) of the statement that `cursor` executes, from a thread of its own.

    Raises:
        GenotecaError: what `progress` raised; the statement was interrupted by it.

    """
    # the share is known only where DuckDB may show it, which it shall not do by itself
    cursor.execute("SET enable_progress_bar = true")
    cursor.execute("SET enable_progress_bar_print = false")
    over, stopped = threading.Event(), list[GenotecaError]()

    def look() -> None:
        while not over.wait(BEAT):
            try:
                progress(min(max(cursor.query_progress() / 100, 0.0), 1.0))
            except GenotecaError as error:
                stopped.append(error)
                cursor.interrupt()
                return

    watcher = threading.Thread(target=look, name="watching a statement", daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException as error:
        watcher.join()
        raise (stopped[0] if stopped else error) from error
    finally:
        over.set()
        watcher.join()
