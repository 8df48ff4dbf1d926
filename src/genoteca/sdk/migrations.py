"""Dagster's migrations, read once in a process.

Whenever Dagster opens or makes a database it asks Alembic which migration is the newest, and Alembic reads all 90
files anew: 25 milliseconds each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["read_migrations_once"]

READS = "from_config"


class _Read:
    """Gives the migrations of a place; their files are read when they are first asked for."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self._read = read
        self._scripts: dict[str, Any] = {}

    def __call__(self, config: Any) -> Any:
        place = config.get_main_option("script_location")
        if place not in self._scripts:
            self._scripts[place] = self._read(config)
        return self._scripts[place]


def read_migrations_once() -> None:
    """Let Alembic, in this process, read the migrations of each place once; safe to call again."""
    from alembic.script import ScriptDirectory

    if not isinstance(ScriptDirectory.from_config, _Read):
        setattr(ScriptDirectory, READS, _Read(ScriptDirectory.from_config))
