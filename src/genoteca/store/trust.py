"""Decisions to trust a module's code, kept per hash: other contents are asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from genoteca.database import connect
from genoteca.errors import InstallError, NotFoundError
from genoteca.model.module import Tier
from genoteca.sdk.isolated.boxes import box_here
from genoteca.store.record import InstallOrigin

__all__ = ["Contents", "Decision", "Trust", "needs_decision", "runs_as"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS trust (
    id TEXT NOT NULL, version TEXT NOT NULL, sha256 TEXT NOT NULL, tier TEXT NOT NULL, decided_at TEXT NOT NULL,
    PRIMARY KEY (id, sha256)
);
"""


class Contents(Protocol):
    """What a decision is about: a wheel, or a module that was installed from one."""

    @property
    def id(self) -> str:
        """The module's id."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def sha256(self) -> str:
        """Of its wheel."""

    @property
    def tier(self) -> Tier:
        """What it may do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One wheel that a person trusted."""

    id: str
    version: str
    sha256: str
    tier: Tier
    decided_at: datetime


def needs_decision(contents: Contents, origin: InstallOrigin) -> bool:
    """Whether a person must decide: code that did not come with the app, and is kept in by no box."""
    return runs_as(contents.tier) is Tier.CODE and origin is not InstallOrigin.BUNDLED


def runs_as(tier: Tier) -> Tier:
    """Give the tier that a module of `tier` has on this system: without a box, an isolated one is code."""
    return Tier.CODE if tier is Tier.ISOLATED and not box_here().closed else tier


class Trust:
    """The decisions in `app.db`."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def confirm(self, contents: Contents, *, typed: str) -> None:
        """Record that a person typed the module's id to trust this very wheel.

        Raises InstallError when something else was typed.
        """
        if typed.strip() != contents.id:
            raise InstallError(
                f"{typed!r} was typed, {contents.id!r} was expected; the module is not trusted",
                hint="Type the module's id exactly, if you trust who made it.",
            )
        now = datetime.now(UTC).isoformat()
        row = (contents.id, contents.version, contents.sha256, contents.tier.value, now)
        with connect(self._database, SCHEMA) as connection:
            connection.execute("INSERT OR REPLACE INTO trust VALUES (?, ?, ?, ?, ?)", row)

    def decided(self, contents: Contents) -> bool:
        """Whether this very wheel was trusted, for what it may do now."""
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT tier FROM trust WHERE id = ? AND sha256 = ?"
            row = connection.execute(query, (contents.id, contents.sha256)).fetchone()
        return row is not None and row["tier"] in (contents.tier.value, Tier.CODE.value)

    def list(self) -> list[Decision]:
        """Give every decision, the newest first."""
        with connect(self._database, SCHEMA) as connection:
            rows = connection.execute("SELECT * FROM trust ORDER BY decided_at DESC, id").fetchall()
        return [
            Decision(
                id=row["id"],
                version=row["version"],
                sha256=row["sha256"],
                tier=Tier(row["tier"]),
                decided_at=datetime.fromisoformat(row["decided_at"]),
            )
            for row in rows
        ]

    def require(self, contents: Contents, origin: InstallOrigin) -> None:
        """Raise InstallError when a person must decide about these contents and has not."""
        if needs_decision(contents, origin) and not self.decided(contents):
            raise InstallError(
                f"{contents.id} {contents.version} contains code that is not part of Genoteca, and nobody said that"
                f" it is trusted (sha256 {contents.sha256})",
                title="This module needs your trust",
                hint=REACH[contents.tier]
                + " Confirm by typing the module's id if you trust who made it; you are asked"
                " again when its contents change.",
            )

    def revoke(self, module_id: str, sha256: str) -> None:
        """Take back one decision. Raises NotFoundError where there is none."""
        with connect(self._database, SCHEMA) as connection:
            found = connection.execute("DELETE FROM trust WHERE id = ? AND sha256 = ?", (module_id, sha256)).rowcount
        if not found:
            raise NotFoundError(
                f"{module_id} with the sha256 {sha256} was never trusted",
                hint="`genoteca modules trust` lists what is trusted.",
            )

    def forget(self, module_id: str) -> None:
        """Drop every decision about a module."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM trust WHERE id = ?", (module_id,))


REACH = {
    Tier.DATA: "It holds no code.",
    Tier.ISOLATED: "Its program runs apart and sees only what it is given, where this system can keep it so.",
    Tier.CODE: "Its code can read every genome on this computer.",
}
