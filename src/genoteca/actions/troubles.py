"""What went wrong in a run, as a screen shows it."""

from __future__ import annotations

from collections.abc import Mapping

from genoteca.actions.view import Trouble
from genoteca.errors import GenotecaError
from genoteca.model.run import Run, RunStatus

__all__ = ["trouble_from", "trouble_in", "trouble_of"]


def trouble_in(told: Mapping[str, str]) -> Trouble:
    """Read an error as a run keeps it."""
    return Trouble(
        title=told.get("title", "Something went wrong"),
        message=told.get("message", ""),
        hint=told.get("hint", ""),
        detail=told.get("detail", ""),
    )


def trouble_from(error: GenotecaError) -> Trouble:
    """Read an error that was raised here."""
    return Trouble(title=error.title, message=error.message, hint=error.hint)


def trouble_of(run: Run) -> Trouble:
    """Say why a run did not succeed: the first asset that failed, else the run itself."""
    if run.status is RunStatus.CANCELLED:
        return Trouble(
            title="Cancelled",
            message="It was stopped before it was done.",
            hint="What arrived is kept: start it again, and it goes on from there.",
        )
    for told in run.failed_assets.values():
        return trouble_in(told)
    if run.error is not None:
        return trouble_in(run.error)
    return Trouble(
        title="The run did not finish", message=f"It is {run.status}.", hint="See its log on the Runs page."
    )
