"""Taking what an added catalogue offers: refreshed first, fresh, still on offer, and of the bytes signed."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.catalogue_places import place_of
from genoteca.actions.catalogues import refreshed
from genoteca.errors import FetchError, InstallError
from genoteca.store.catalogue import BundledEntry
from genoteca.store.choice import Wanted, shown_entry, wanted_of
from genoteca.store.installed import installed_modules
from genoteca.store.record import kept_wheel
from genoteca.store.shelf import everything_on_offer, index_of
from genoteca.store.signed.added import AddedCatalogue, AddedCatalogues
from genoteca.store.signed.index import LARGEST_SCREENSHOT, PICTURES_EACH, SCREENSHOTS
from genoteca.store.signed.verified import require_fresh
from genoteca.store.sources import Take

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.store.catalogue import CatalogueEntry, OfferedVersion

__all__ = ["module_screenshots", "taker"]

LOG = logging.getLogger(__name__)
MEDIA = {".svg": "image/svg+xml", ".png": "image/png"}
Progress = Callable[[float, str], None]


def taker(app: App, progress: Progress) -> Take:
    """Give what fetches the artifact of a version that a catalogue offers; it is refreshed first where possible.

    What it gives raises CatalogueError for a catalogue that is expired or cannot be trusted, InstallError when the
    version is not on offer any more, FetchError when the artifact cannot be had.
    """

    def take(entry: CatalogueEntry, offered: OfferedVersion) -> Path:
        from genoteca.store.signed.client import take_artifact  # brings its cryptography with it

        catalogue = AddedCatalogues(app.layout).find(entry.catalogue)
        progress(0.0, f"Asking {catalogue.name}")
        try:
            catalogue = refreshed(app, catalogue)
        except FetchError as error:
            # Out of reach is no reason to distrust what was verified, as long as its signature holds.
            LOG.info("%s is taken as it was verified last: %s", catalogue.slug, error.message)
        require_fresh(catalogue.state, catalogue.name)
        _require_offered(catalogue, entry, offered)
        kept = kept_wheel(app.layout.modules, offered.sha256, offered.wheel)
        return take_artifact(
            place_of(app, catalogue.location, commit=catalogue.pin),
            catalogue.state,
            wheel=offered.wheel,
            sha256=offered.sha256,
            into=kept.parent,
            where=catalogue.name,
            progress=lambda fraction, stage: progress(0.2 * fraction, f"Fetching {stage}"),
        )

    return take


def module_screenshots(app: App, source: str) -> list[str]:
    """Give the pictures of a module on offer (`ID` or `ID@catalogue`) as `data:` addresses; nobody is asked for them.

    They are for `<img>` alone, where nothing in a drawing can run. What is too large, or one too many, is left out.
    """
    wanted = wanted_of(source) or Wanted(id=source)
    installed = next((one for one in installed_modules(app.layout) if one.id == wanted.id), None)
    entry = shown_entry(wanted, everything_on_offer(app.layout), installed)
    if entry is None:
        return []
    offered = entry.find(entry.version)
    if isinstance(entry, BundledEntry):
        folder = entry.package
    else:
        folder = AddedCatalogues(app.layout).find(entry.catalogue).state / SCREENSHOTS
    paths = [folder / name for name in (offered.screenshots if offered else ())]
    return [_as_address(path) for path in paths[:PICTURES_EACH] if _may_be_shown(path, folder)]


def _may_be_shown(picture: Path, folder: Path) -> bool:
    inside = picture.resolve().is_relative_to(folder.resolve())
    known = inside and picture.is_file() and picture.suffix.lower() in MEDIA
    return known and picture.stat().st_size <= LARGEST_SCREENSHOT


def _as_address(picture: Path) -> str:
    return f"data:{MEDIA[picture.suffix.lower()]};base64,{base64.b64encode(picture.read_bytes()).decode()}"


def _require_offered(catalogue: AddedCatalogue, entry: CatalogueEntry, offered: OfferedVersion) -> None:
    """Refuse what the catalogue does not offer any more as it was shown."""
    index = index_of(catalogue)
    module = index.module(entry.id) if index else None
    now = next((one for one in module.versions if one.sha256 == offered.sha256), None) if module else None
    if now is None or now.yanked:
        why = f"was withdrawn: {now.yanked}" if now else "is not on offer any more"
        raise InstallError(
            f"{entry.id} {offered.version} of {catalogue.name} {why}.",
            hint="Look at the versions that are on offer now.",
        )
