"""Turning what went wrong in a worker into what a screen shows."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Sequence

from genoteca.errors import DataFolderError, GenotecaError

__all__ = ["own_error", "trouble_of"]

OURS = "The file may be damaged in a way nobody foresaw: please report it, with the details below."
THEIRS = "If it happens again, tell the module's author."


def trouble_of(error: BaseException, assets: Sequence[str] = ()) -> dict[str, str]:
    """Give title, message, hint and detail (the traceback) of an error, whatever Dagster wrapped it in.

    `assets`: what was being made, as keys joined with `/`; it says whose fault an unforeseen error is.
    """
    detail = "".join(traceback.format_exception(error))
    known = own_error(error)
    if known is not None:
        return {"title": known.title, "message": known.message, "hint": known.hint, "detail": detail}
    origin = _origin(error)
    ours = any(asset.startswith("sample/") for asset in assets)
    return {
        "title": "Genoteca could not read this genome" if ours else "The module stopped with an error",
        "message": f"{type(origin).__name__}: {origin}",
        "hint": "Nothing half-made was kept. " + (OURS if ours else THEIRS),
        "detail": detail,
    }


def own_error(error: BaseException) -> GenotecaError | None:
    """Give the app's own error behind another one; None: it is somebody else's."""
    for one in _chain(error):
        if isinstance(one, GenotecaError):
            return one
        if _is_full_disk(one):
            return DataFolderError(str(one), title="The disk is full", hint="Make room, then run it again.")
        if isinstance(one, MemoryError):
            return DataFolderError("The work needed more memory than there is.", title="Not enough memory")
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """Give the error and those it came from, outermost first."""
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = getattr(one, "user_exception", None) or one.__cause__
    return found


def _origin(error: BaseException) -> BaseException:
    return _chain(error)[-1]


def _is_full_disk(error: BaseException) -> bool:
    """Polars and DuckDB wrap the system's error in a text."""
    return getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error)
