"""The code version of annotations: the app's matching, and the module's own code."""

from __future__ import annotations

__all__ = ["ANNOTATE_VERSION", "annotations_version", "matched_by_an_older"]

ANNOTATE_VERSION = 4
"""Raised when the app's matching, or its counting, changes an answer: all annotations are then out of date."""


def annotations_version(module_code: str) -> str:
    """Give the code version of a module's annotations; `module_code` is that of the module's own code."""
    return f"{ANNOTATE_VERSION}.{module_code}"


def matched_by_an_older(code_version: str) -> bool:
    """Tell whether annotations of this code version were matched by another version of the app's matching."""
    return code_version.partition(".")[0] != str(ANNOTATE_VERSION)
