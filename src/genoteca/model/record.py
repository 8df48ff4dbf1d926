"""The record beside every dataset: replacing it is the commit point of a materialization."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from genoteca.model.evidence import Outcome

__all__ = ["SCHEMA_VERSION", "CheckResult", "Record", "Severity"]

SCHEMA_VERSION = 1


class Severity(StrEnum):
    """What it means that a check does not pass."""

    ERROR = "error"
    """The table is not taken, and nothing is made from it: what was there before stands."""
    WARN = "warn"
    """The table is taken, and the warning shown beside it."""


class CheckResult(BaseModel):
    """The verdict of one asset check."""

    model_config = ConfigDict(extra="forbid")

    name: str
    passed: bool
    """False: it was looked at and does not hold. True says nothing where it was not `evaluated`."""
    description: str = ""
    severity: Severity = Severity.ERROR
    evaluated: bool = True
    """False: there was nothing to look at, or too little; the description says what was missing."""

    @property
    def failed(self) -> bool:
        """Whether it was looked at and does not hold."""
        return self.evaluated and not self.passed

    @property
    def blocks(self) -> bool:
        """Whether the table must not be taken."""
        return self.failed and self.severity is Severity.ERROR

    @property
    def verdict(self) -> str:
        """Say in words how it stands."""
        if not self.evaluated:
            return "not evaluated"
        return "passed" if self.passed else "failed" if self.severity is Severity.ERROR else "warning"


class Record(BaseModel):
    """What `<asset>.json` says of `<asset>-<run8>.parquet`. Files and records are the truth."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = SCHEMA_VERSION
    """Of the record itself; the schema of the table is its `form`."""
    asset: list[str]
    """The asset key."""
    partition: str | None
    """`user/sample`; null: a reference, for everyone."""
    run: str
    created: datetime
    file: str | None
    """Name of the file beside the record; null: the asset keeps no file of its own."""
    rows: int
    bytes: int
    sha256: str
    code_version: str
    data_version: str
    form: str = ""
    """Version of the table's own schema: see `model.form`; empty: the file is no table."""
    build: str | None = None
    inputs: dict[str, str] = Field(default_factory=dict)
    """sha256 of every input dataset, by asset key joined with `/`."""
    licence: str = ""
    release: str = ""
    """The source's own name for its release."""
    outcome: Outcome | None = None
    """For annotations only."""
    reason: str = ""
    """Why it cannot be tested."""
    sites: int | None = None
    """Sites looked up; null: sparse."""
    evidence: dict[str, int] = Field(default_factory=dict)
    filtered: int = 0
    checks: list[CheckResult] = Field(default_factory=list)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    """What the asset wants known; never a genotype."""
