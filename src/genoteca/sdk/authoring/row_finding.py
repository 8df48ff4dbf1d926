"""What is wrong with one row of a table, and how it is mended."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["RowFinding"]


class RowFinding(BaseModel):
    """One thing found in one cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    line: int
    """Row of the file, from 1, as a spreadsheet numbers it."""
    column: str
    """As the file calls it."""
    given: str | None
    """What stands there; null: nothing."""
    expected: str
    hint: str
    """What to do about it."""
    level: Literal["wrong", "doubtful"] = "wrong"
    """Wrong: no module is made before it is mended. Doubtful: the author decides."""

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        given = f"“{self.given}”" if self.given is not None else "nothing"
        return f"Row {self.line}, column {self.column}: {given} stands there; expected: {self.expected}."
