"""Trying a module that is not installed on a genome: in a child process, in a scratch folder, nothing is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from genoteca.engine.process import run_child
from genoteca.errors import CheckError, RunError
from genoteca.settings import Settings

__all__ = ["TriedModule", "try_module"]

TIMEOUT = 300.0
"""Seconds; a large genome on a slow disk takes some."""
MOST_ROWS = 100


class TriedModule(BaseModel):
    """What a module would say of a genome."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: str
    reason: str
    """Why the genome cannot be tested; empty: it can."""
    evidence: dict[str, int]
    """Sites by evidence."""
    columns: list[str]
    """Labels of the cells of `rows`."""
    rows: list[list[str]]
    """The first answers, those that the genome carries before the others."""


def try_module(settings: Settings, folder: Path, sample: str, *, timeout: float = TIMEOUT) -> TriedModule:
    """Ask a data module in a folder what it says of a sample (`user/sample`).

    Raises:
        CheckError: the module cannot be used, with the reason.
        RunError: it took too long, or its process ended.

    """
    given = json.dumps({"folder": str(folder), "sample": sample})
    try:
        done = run_child(settings, "genoteca.engine.trying", given, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise RunError(
            f"Trying the module took longer than {timeout:.0f} seconds.", hint="Install it and annotate instead."
        ) from error
    if done.returncode != 0:
        raise RunError(f"Trying the module ended with exit code {done.returncode}.", hint=done.stderr.strip()[-500:])
    told = json.loads(done.stdout)
    if error_told := told.get("error"):
        raise CheckError(error_told["message"], title=error_told["title"], hint=error_told["hint"])
    return TriedModule.model_validate(told)


def main() -> None:
    """Read folder and sample from the input, print what the module says as JSON."""
    from genoteca.errors import GenotecaError

    # What a library prints goes to standard error, so that it cannot be taken for the answer.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.read())
    try:
        told = _tried(Path(asked["folder"]), asked["sample"])
    except GenotecaError as error:
        told = {"error": {"title": error.title, "message": error.message, "hint": error.hint}}
    json.dump(told, out)
    out.flush()


def _tried(folder: Path, key: str) -> dict[str, object]:
    from genoteca.engine.resources import RunPaths, Scope
    from genoteca.model.intake import Intake
    from genoteca.sdk.data_module import data_plugin
    from genoteca.sdk.materialized import materialize
    from genoteca.sdk.tiny_sample import TinySample

    settings = Settings()
    with tempfile.TemporaryDirectory(dir=settings.layout.temporary, prefix="try-") as scratch:
        paths = RunPaths(settings, Scope(run_id=f"try-{os.getpid()}"))
        read = paths.stored(["sample", "variants"], key).record.metadata["intake"]
        sample = TinySample(
            sample=paths.sample(key),
            tables=paths.sample_tables(key),
            intake=Intake.model_validate(read),
            folder=Path(scratch),
        )
        made = materialize(data_plugin(folder), sample, settings={}, sources={})
        if made.reason:
            return _told(made.outcome, made.reason, {}, [], [])
        columns = made.manifest.columns
        heads = ["Evidence", "Genotype", *(column.label for column in columns)]
        named = ["evidence", "genotype", *(column.name for column in columns)]
        shown = made.table.sort(made.table["evidence"].cast(str).is_in(["called", "other_allele", "partial"]).not_())
        rows = [
            [
                "" if cell is None else str(cell).replace("_", " ") if n == 0 else str(cell)
                for n, cell in enumerate(row)
            ]
            for row in shown.select(named).head(MOST_ROWS).iter_rows()
        ]
        return _told(made.outcome, "", made.evidence, heads, rows)


def _told(
    outcome: object, reason: str, evidence: dict[str, int], columns: list[str], rows: list[list[str]]
) -> dict[str, object]:
    return {
        "outcome": str(outcome),
        "reason": reason,
        "evidence": evidence,
        "columns": columns,
        "rows": rows,
    }


if __name__ == "__main__":
    main()
