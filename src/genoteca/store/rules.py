"""What must hold between a new module, the app and the modules that are already there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from genoteca.errors import InstallError
from genoteca.model.module import Tier, fold
from genoteca.store.catalogue import CatalogueEntry, OfferedVersion
from genoteca.store.installed import InstalledModule
from genoteca.store.record import InstallOrigin
from genoteca.store.sources import InstallSource, SourceKind
from genoteca.store.trust import runs_as
from genoteca.store.wheels import Wheel

__all__ = ["check_apart", "check_buildable", "check_fits", "check_promise", "check_removable", "check_together"]


class Neighbour(Protocol):
    """A module as far as another one can be in its way."""

    @property
    def id(self) -> str:
        """The module's id."""

    @property
    def dist(self) -> str:
        """Name of its distribution."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """A module that is to be installed at the same time."""

    id: str
    dist: str


def check_together(wheels: Sequence[Wheel], others: Sequence[InstalledModule], *, app: str) -> None:
    """Check modules that are to be installed as one change against the app, those there, and each other.

    Raises InstallError.
    """
    for number, wheel in enumerate(wheels):
        coming = [_Coming(one.id, one.distribution) for n, one in enumerate(wheels) if n != number]
        if wheel.id in {one.id for one in coming}:
            raise InstallError(f"{wheel.id} is to be installed twice at once", hint="Choose one of the two.")
        check_fits(wheel, [*others, *coming], app=app)


def check_buildable(wheel: Wheel, source: InstallSource, *, developer: bool) -> None:
    """Check that a module with code was not built from a folder, unless by a developer or from the app's own.

    Raises InstallError.
    """
    if developer or runs_as(wheel.tier) is not Tier.CODE or source.origin is InstallOrigin.BUNDLED:
        return
    if source.kind is not SourceKind.WHEEL:
        raise InstallError(
            f"{source.path} holds the source of {wheel.id}, which is a program; those are installed as wheels only",
            title="Only developers install from source",
            hint="Ask its author for a wheel (.whl). If it is your own, switch on Developer mode in the settings.",
        )


def check_fits(wheel: Wheel, others: Sequence[Neighbour], *, app: str) -> None:
    """Check a module against the app's version and the other modules (none of which has its id).

    Raises InstallError.
    """
    manifest = wheel.manifest
    if not SpecifierSet(manifest.requires_app).contains(Version(app), prereleases=True):
        raise InstallError(
            f"{wheel.id} {wheel.version} needs Genoteca {manifest.requires_app}, this is {app}",
            hint="Update Genoteca, or choose another version of the module.",
        )
    for other in others:
        if fold(other.id) == fold(wheel.id):
            raise InstallError(
                f"{wheel.id} and the installed {other.id} differ only in - and _, so they are the same id",
                hint=f"Remove {other.id} first, or ask the author to choose another id.",
            )
        if canonicalize_name(other.dist) == wheel.distribution:
            raise InstallError(
                f"{wheel.id} comes as the distribution {wheel.distribution}, and so does the installed {other.id}",
                hint=f"Only one of the two can be installed. Remove {other.id} first.",
            )
    absent = sorted(set(manifest.requires) - {other.id for other in others})
    if absent:
        raise InstallError(f"{wheel.id} needs {', '.join(absent)}", hint=f"Install {absent[0]} first.")


def check_promise(wheel: Wheel, entry: CatalogueEntry, offered: OfferedVersion) -> None:
    """Check that a wheel is what its catalogue showed, before anybody decided: the same bytes, manifest and tier.

    Raises InstallError naming what differs.
    """
    told = offered.manifest.model_dump(by_alias=True) if offered.manifest else {}
    found = wheel.manifest.model_dump(by_alias=True)
    differing = [key for key in found if found[key] != told.get(key)]
    facts = (("bytes", wheel.sha256, offered.sha256), ("tier", wheel.tier, offered.tier))
    differing += [name for name, inside, said in facts if inside != said]
    if differing:
        raise InstallError(
            f"{offered.wheel} is not what the catalogue {entry.catalogue_name} says of {entry.id} {offered.version}:"
            f" other {', '.join(sorted(differing))}",
            hint="Do not install it; tell the catalogue's publisher.",
        )


def check_apart(modules: dict[str, frozenset[str]], extras: dict[str, frozenset[str]]) -> None:
    """Check that no module shares a top-level name with another module or with what one requires.

    Both: distribution → its lower-case top-level names. Raises InstallError, because the last one unpacked would win.
    """
    owners: dict[str, str] = {name: owner for owner, names in extras.items() for name in names}
    for owner, names in modules.items():
        for name in sorted(names):
            if name in owners:
                raise InstallError(
                    f"{owner} brings {name!r}, and so does {owners[name]}",
                    hint="Only one of the two can be installed. Remove the other first.",
                )
            owners[name] = owner


def check_removable(module_id: str, others: list[InstalledModule]) -> None:
    """Check that no other module needs this one. Raises InstallError naming those that do."""
    needing = [other.id for other in others if other.manifest and module_id in other.manifest.requires]
    if needing:
        raise InstallError(f"{module_id} is needed by {', '.join(needing)}", hint=f"Remove {needing[0]} first.")
