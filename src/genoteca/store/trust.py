"""Decisions to trust a module's code, kept per hash: other contents are asked for again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from genoteca.database import connect
from genoteca.errors import InstallError
from genoteca.model.module import Tier
from genoteca.sdk.isolated.boxes import box_here
from genoteca.store.record import InstallOrigin
from genoteca.store.wheels import Wheel

__all__ = ["Trust", "needs_decision", "runs_as"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS trust (
    id TEXT NOT NULL, version TEXT NOT NULL, sha256 TEXT NOT NULL, tier TEXT NOT NULL, decided_at TEXT NOT NULL,
    PRIMARY KEY (id, sha256)
);
"""


def needs_decision(wheel: Wheel, origin: InstallOrigin) -> bool:
    """Whether a person must decide: code that did not come with the app, and is kept in by no box."""
    return runs_as(wheel.tier) is Tier.CODE and origin is not InstallOrigin.BUNDLED


def runs_as(tier: Tier) -> Tier:
    """Give the tier that a module of `tier` has on this system: without a box, an isolated one is code."""
    return Tier.CODE if tier is Tier.ISOLATED and not box_here().closed else tier


class Trust:
    """The decisions in `app.db`."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def confirm(self, wheel: Wheel, *, typed: str) -> None:
        """Record that a person typed the module's id to trust this very wheel.

        Raises InstallError when something else was typed.
        """
        if typed.strip() != wheel.id:
            raise InstallError(
                f"{typed!r} was typed, {wheel.id!r} was expected; the module is not trusted",
                hint="Type the module's id exactly, if you trust who made it.",
            )
        row = (wheel.id, wheel.version, wheel.sha256, wheel.tier.value, datetime.now(UTC).isoformat())
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO trust VALUES (?, ?, ?, ?, ?)", row)

    def decided(self, wheel: Wheel) -> bool:
        """Whether this very wheel was trusted."""
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT 1 FROM trust WHERE id = ? AND sha256 = ?"
            return connection.execute(query, (wheel.id, wheel.sha256)).fetchone() is not None

    def require(self, wheel: Wheel, origin: InstallOrigin) -> None:
        """Raise InstallError when a person must decide about this wheel and has not."""
        if needs_decision(wheel, origin) and not self.decided(wheel):
            raise InstallError(
                f"{wheel.id} {wheel.version} contains code that is not part of Genoteca, and nobody said that it is"
                f" trusted (sha256 {wheel.sha256})",
                title="This module needs your trust",
                hint="Its code can read every genome on this computer. Confirm by typing the module's id if you trust"
                " who made it; you are asked again when its contents change.",
            )

    def forget(self, module_id: str) -> None:
        """Drop every decision about a module."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM trust WHERE id = ?", (module_id,))
