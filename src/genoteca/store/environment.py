"""The app's own environment: what an installed module may neither change nor shadow."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

__all__ = ["app_version", "app_versions", "missing_requirements", "taken_names"]


@cache
def _present() -> list[tuple[str, str, Path]]:
    """Give the name, version and place of every distribution that this process began with."""
    return [
        (canonicalize_name(told["Name"]), told["Version"], Path(str(found.locate_file(""))))
        for found in metadata.distributions()
        for told in [found.metadata]  # read anew whenever it is asked for
    ]


def app_versions(modules: Path) -> dict[str, str]:
    """Give every distribution of the app's environment and its version; `modules` is the folder of generations."""
    return {name: version for name, version, place in _present() if not place.is_relative_to(modules)}


@cache
def app_version() -> str:
    """Give the version of the running app."""
    return metadata.version("genoteca")


@cache
def taken_names() -> frozenset[str]:
    """Give the top-level names a module may not bring: the standard library's, the app's and its dependencies'.

    Folded to lower case, because some file systems do.
    """
    names = {"genoteca", *sys.stdlib_module_names, *metadata.packages_distributions()}
    return frozenset(name.lower() for name in names)


def missing_requirements(requires: Iterable[str], present: dict[str, str]) -> list[str]:
    """Keep the requirements that hold here and whose distribution is not `present` (canonical name → version).

    One whose name is present in another version is not missing: it is a conflict, which uv words better.
    """
    return [line for line in requires if _holds(Requirement(line), present)]


def _holds(requirement: Requirement, present: dict[str, str]) -> bool:
    applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    return applies and canonicalize_name(requirement.name) not in present
