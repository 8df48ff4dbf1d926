"""Which chains lead from one build to another: their capabilities' names, and their datasets."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from genoteca.model.build import Build
from genoteca.model.module import ModuleManifest
from genoteca.sdk.resources import Stored

__all__ = ["CHAINS_MODULE", "LIFTED_TO", "Capabilities", "chains_between", "lifted_from", "route", "routes"]

CHAINS_MODULE = "liftover-chains"
"""The shipped module that provides `chain:…`; another one may provide them as well."""

LIFTED_TO = {Build.NCBI36: Build.GRCH38, Build.GRCH37: Build.GRCH38, Build.GRCH38: Build.GRCH37}
"""The one build to which a sample's variants are lifted."""

_BUILDS = list(Build)


class Capabilities(Protocol):
    """The part of `Paths` that is asked here."""

    def capability(self, name: str) -> Stored | None:
        """Give the newest dataset that provides a capability, or None."""


def lifted_from(manifest: ModuleManifest, build: Build) -> Build | None:
    """Give the module's build that is lifted for a sample of another one; None: it has the sample's own, or a script.

    No site of an isolated module is known before its script has run. The nearest build: fewer bases changed. A module
    whose rows are the sample's variants has only the build these lift to.
    """
    if build in manifest.builds or manifest.isolated is not None:
        return None
    if not manifest.dense and LIFTED_TO[build] in manifest.builds:
        return LIFTED_TO[build]
    return min(manifest.builds, key=lambda other: abs(_BUILDS.index(other) - _BUILDS.index(build)))


def routes(source: Build, target: Build) -> list[list[str]]:
    """Give the names of the chains from one build to another: the direct one, then through a third build."""
    direct = [[f"chain:{source}-{target}"]]
    through = [build for build in Build if build not in (source, target)]
    return direct + [[f"chain:{source}-{middle}", f"chain:{middle}-{target}"] for middle in through]


def route(source: Build, target: Build, provided: Collection[str]) -> list[str]:
    """Give the names of the chains that lead there, of those that are provided; empty: none do."""
    return next((names for names in routes(source, target) if set(names) <= set(provided)), [])


def chains_between(source: Build, target: Build, paths: Capabilities) -> dict[str, Stored]:
    """Give the chains that lead from one build to another, in the order of the way; empty: some are not there."""
    for names in routes(source, target):
        found = {name: stored for name in names if (stored := paths.capability(name)) is not None}
        if len(found) == len(names):
            return found
    return {}
