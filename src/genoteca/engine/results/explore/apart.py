"""A browse table opened once more, for what takes much memory: all of it is given back when that is over."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from genoteca.engine.results.table import SAFE
from genoteca.errors import DatasetError
from genoteca.genome.memory import give_back_freed_memory

__all__ = ["opened", "opened_apart", "reworded"]

MEMORY = 256
"""Megabytes of the table that stays open, and a tenth of its file, for its index; what was looked at before is found
in the disk's own cache as well. With half of it, two queries at once were refused (4.6 M rows of 60 columns)."""
APART = 256
"""Megabytes of one order, count by value or export; what needs more is written to the disk meanwhile."""


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a table for as long as it is looked at; a process may open it several times."""
    give_back_freed_memory()
    memory = MEMORY + path.stat().st_size // 10_000_000 if path.is_file() else MEMORY
    config = _config(path, memory, f"{path.parent.name}-{os.getpid()}")
    return duckdb.connect(str(path), read_only=True, config=config)


@contextmanager
def opened_apart(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a table for one piece of work; what else is asked of the table has its own memory meanwhile.

    Raises:
        DatasetError: the memory does not suffice for it, or the table was swept meanwhile.

    """
    name = str(path).replace("'", "''")
    with reworded(), duckdb.connect(config=_config(path, APART, uuid.uuid4().hex)) as connection:
        try:
            connection.execute(f"ATTACH '{name}' AS apart (READ_ONLY)")
        except duckdb.IOException as error:
            raise DatasetError(
                f"The table in the cache cannot be read: {error}",
                title="The table must be made again",
                hint="Reload the page.",
            ) from error
        connection.execute("USE apart")
        yield connection


@contextmanager
def reworded() -> Iterator[None]:
    """Say in words that the memory does not suffice."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DatasetError(
            "What was asked of the table needs more memory than is left.",
            title="Not enough memory",
            hint="Try again, or ask for less: a filter, fewer columns, or another order.",
        ) from error


def _config(path: Path, megabytes: int, whose: str) -> dict[str, str | bool | int | float | list[str]]:
    """Give the settings. Two processes, or two pieces of work, never write what does not fit into one folder.

    DuckDB makes the folder when it needs it; one that was left is swept with the tables that were given up.
    """
    spill = path.parent.parent / f".{whose}.spill"
    return {**SAFE, "memory_limit": f"{megabytes}MB", "temp_directory": str(spill)}
