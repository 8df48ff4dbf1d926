"""Which module an id means, where several catalogues may offer one of that id."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import InvalidVersion, Version

from genoteca.errors import InputError, InstallError, NotFoundError
from genoteca.model.module import MODULE_ID
from genoteca.store.catalogue import CatalogueEntry, OfferedVersion, from_another
from genoteca.store.environment import app_version
from genoteca.store.installed import InstalledModule
from genoteca.store.record import InstallOrigin

__all__ = [
    "SHIPPED_SLUG",
    "Wanted",
    "at_version",
    "chosen_entry",
    "chosen_version",
    "name_of",
    "named_entry",
    "not_on_offer",
    "shown_entry",
    "wanted_of",
]

SHIPPED_SLUG = "shipped"
"""Stands for the modules that came with the app, as in `clinvar@shipped`."""
EXAMPLE = "For example: milk-traits==1.2.0, or milk-traits@our-lab==1.2.0"
WANTED = re.compile(rf"(?P<id>{MODULE_ID.pattern})(?:@(?P<catalogue>[a-z0-9-]+))?(?:==(?P<version>[^\s=]+))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a person wrote to name a module: `ID`, `ID@catalogue`, `ID==version`, or all three."""

    id: str
    catalogue: str = ""
    """Empty: not said."""
    version: str = ""
    """Empty: the newest."""

    def meets(self, entry: CatalogueEntry) -> bool:
        """Whether an entry is of that id and, where one is named, of that catalogue."""
        return entry.id == self.id and self.catalogue in {"", entry.catalogue or SHIPPED_SLUG}


def wanted_of(text: str) -> Wanted | None:
    """Read what a person wrote; None: it is not written as a module is named. Raises InputError for a version."""
    found = WANTED.fullmatch(text.strip())
    if found is None:
        return None
    version = found["version"] or ""
    try:
        Version(version or "0")
    except InvalidVersion as error:
        raise InputError(f"{text!r}: {version!r} is no version.", hint=EXAMPLE) from error
    return Wanted(id=found["id"], catalogue=found["catalogue"] or "", version=version)


def named_entry(
    text: str, entries: Sequence[CatalogueEntry], installed: Sequence[InstalledModule] = ()
) -> tuple[CatalogueEntry, str] | None:
    """Find the entry and the version (empty: the newest) that a text names; None: it may be a file or folder.

    Raises as `chosen_entry` where the text names a module, and there is no file or folder of that name.
    """
    wanted = wanted_of(text)
    if wanted is None or (not any(map(wanted.meets, entries)) and Path(text).expanduser().exists()):
        return None
    present = next((one for one in installed if one.id == wanted.id), None)
    return chosen_entry(wanted, entries, present), wanted.version


def chosen_entry(
    wanted: Wanted, entries: Sequence[CatalogueEntry], installed: InstalledModule | None = None
) -> CatalogueEntry:
    """Find the one entry that is meant: where several offer the id, that of the catalogue it was installed from.

    Raises NotFoundError naming the nearest; InputError where it must be said which one is meant, because guessing
    would let one catalogue's module take the place of another's.
    """
    found = [entry for entry in entries if wanted.meets(entry)]
    if not found:
        raise not_on_offer(wanted.id, entries, catalogue=wanted.catalogue)
    if wanted.catalogue:
        return found[0]
    own = [entry for entry in found if not from_another(entry, installed)]
    if len(own) == 1:
        return own[0]
    choices = " or ".join(name_of(entry) for entry in found)
    if not own and installed:
        raise InputError(
            f"{wanted.id} is installed from {_origin(installed)}; what is on offer is {choices}, another module of"
            " the same id.",
            title="This is another catalogue's module",
            hint=f"To put it in the place of yours, name it in full: {name_of(found[0])}",
        )
    raise InputError(
        f"{wanted.id} is offered by {len(found)} catalogues: {choices}.",
        title="Which one is meant?",
        hint=f"Name it in full, for example: {name_of(found[0])}",
    )


def chosen_version(entry: CatalogueEntry, version: str = "") -> OfferedVersion:
    """Give the version that is meant; none named: the newest that can be installed.

    Raises NotFoundError naming those on offer, InstallError with the reason when it cannot be installed.
    """
    found = entry.find(version) if version else entry.find(entry.version)
    if found is None:
        have = ", ".join(one.version for one in entry.versions)
        raise NotFoundError(f"{name_of(entry)} {version} is not on offer.", hint=f"On offer: {have}.")
    if why := found.why_not(app_version()):
        others = ", ".join(one.version for one in entry.versions if not one.why_not(app_version()))
        raise InstallError(
            f"{name_of(entry)} {found.version} is not installed: {why}.",
            hint=f"Can be installed: {others}."
            if others
            else "Look for another version later: refresh the catalogue.",
        )
    return found


def at_version(entry: CatalogueEntry, offered: OfferedVersion) -> CatalogueEntry:
    """Give the entry as it is of one of its versions."""
    if offered.manifest is None:
        return entry
    return replace(entry, manifest=offered.manifest, version=offered.version, tier=offered.tier)


def shown_entry(
    wanted: Wanted, entries: Sequence[CatalogueEntry], installed: InstalledModule | None
) -> CatalogueEntry | None:
    """Find the entry to show: that of where it was installed from, else the shipped one, else the first; or None."""
    found = [entry for entry in entries if wanted.meets(entry)]
    if wanted.catalogue:
        return next(iter(found), None)
    return next((entry for entry in found if not from_another(entry, installed)), None)


def name_of(entry: CatalogueEntry) -> str:
    """Name an entry in full."""
    return f"{entry.id}@{entry.catalogue or SHIPPED_SLUG}"


def _origin(installed: InstalledModule) -> str:
    if installed.origin is InstallOrigin.CATALOGUE:
        return f"the catalogue {installed.catalogue}"
    return "a file" if installed.origin is InstallOrigin.FILE else "Genoteca itself"


def not_on_offer(given: str, entries: Sequence[CatalogueEntry], *, catalogue: str = "") -> NotFoundError:
    """Give the error for an id that nobody offers, naming the nearest; `catalogue`: the one it was looked for in."""
    slugs = sorted({entry.catalogue or SHIPPED_SLUG for entry in entries})
    if catalogue and catalogue not in slugs:
        return NotFoundError(
            f"There is no catalogue {catalogue!r} with modules on offer",
            hint=f"Catalogues: {', '.join(slugs)}. Add one with: genoteca catalogue add ADDRESS",
        )
    ids = sorted({entry.id for entry in entries if catalogue in {"", entry.catalogue or SHIPPED_SLUG}})
    near = difflib.get_close_matches(given.lower().replace("_", "-"), ids, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"The catalogue holds: {', '.join(ids) or 'nothing'}."
    where = f" {catalogue}" if catalogue else ""
    return NotFoundError(f"{given!r} is neither a module of the catalogue{where} nor a file or folder", hint=hint)
