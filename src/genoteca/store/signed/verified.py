"""Reading what was verified last, without the framework: when it ends, and whether it has."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from genoteca.errors import CatalogueError

__all__ = ["METADATA", "expiry_of", "require_fresh"]

METADATA = "metadata"
ROLES = ("root", "timestamp", "snapshot", "targets")
EXPIRED_HINT = (
    "Nothing new is installed from it until its publisher signs it again (genoteca catalogue sign); then refresh it."
    " What is installed goes on working."
)


def expiry_of(state: Path) -> datetime | None:
    """Say when the first of a catalogue's signatures ends; None: its metadata is gone or damaged."""
    try:
        return min(_expires(state / METADATA / f"{role}.json") for role in ROLES)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def require_fresh(state: Path, name: str, *, now: datetime | None = None) -> None:
    """Refuse a catalogue whose signatures have ended: what is newer may be held back from us.

    Raises CatalogueError.
    """
    ends = expiry_of(state)
    if ends is None:
        raise CatalogueError(
            f"What was verified of {name} is gone or damaged.", hint="Refresh it: genoteca catalogue refresh"
        )
    if ends <= (now or datetime.now(UTC)):
        raise CatalogueError(
            f"The signature of {name} ended on {ends:%Y-%m-%d}.", title="The catalogue has expired", hint=EXPIRED_HINT
        )


def _expires(path: Path) -> datetime:
    # The framework's own form: 2026-12-31T00:00:00Z
    return datetime.fromisoformat(json.loads(path.read_bytes())["signed"]["expires"])
