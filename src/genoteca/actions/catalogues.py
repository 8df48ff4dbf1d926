"""Catalogues beside the modules shipped with the app: looked at, added, refreshed, removed, and installed from."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import FileLock

from genoteca.actions.catalogue_places import place_of, read_location
from genoteca.actions.catalogue_views import CatalogueCard
from genoteca.actions.view import Trouble
from genoteca.engine.catalogue_place import HubPlace
from genoteca.errors import CatalogueError, FetchError, GenotecaError, InputError
from genoteca.store.choice import SHIPPED_SLUG
from genoteca.store.shelf import index_of
from genoteca.store.signed.added import AddedCatalogue, AddedCatalogues, Problem
from genoteca.store.signed.verified import expiry_of, require_fresh

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.store.signed.client import Verified
    from genoteca.store.signed.place import Place

__all__ = [
    "add_catalogue",
    "list_catalogues",
    "look_at_catalogue",
    "refresh_catalogues",
    "refresh_catalogues_when_due",
    "refreshed",
    "remove_catalogue",
]

LOG = logging.getLogger(__name__)
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
RESERVED = frozenset({SHIPPED_SLUG, "genoteca", "bundled", "file"})
UNREACHABLE = (
    "What is installed, and what was read of it before, goes on working. Try again later; if it stays so, ask who "
    "runs it whether its address has changed."
)
PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
Progress = Callable[[float, str], None]


def list_catalogues(app: App) -> list[CatalogueCard]:
    """Give the catalogues that were added, by their short names; what was verified last, without asking anybody."""
    return [_card(one) for one in AddedCatalogues(app.layout).list()]


def look_at_catalogue(app: App, location: str) -> CatalogueCard:
    """Read and verify a catalogue before it is added: its name, and the fingerprint that a person must agree to.

    `location`: an https address (http on this computer), a folder, or `hub://OWNER/NAME`.

    Raises:
        InputError: the location is none.
        CatalogueError: there is no catalogue, or it is expired, altered or not signed.
        FetchError: it cannot be reached.

    """
    found = read_location(location)
    place = place_of(app, found.text)
    with tempfile.TemporaryDirectory(dir=app.layout.temporary) as work:
        state = Path(work) / "state"
        verified = _verify(place, state, where=found.text)
        return CatalogueCard(
            slug=_slug_of(verified.index.name),
            name=verified.index.name,
            location=found.text,
            kind=found.kind,
            fingerprint=verified.fingerprint,
            modules=len(verified.index.modules),
            expires=expiry_of(state),
            pinned=_pin(place),
        )


def add_catalogue(app: App, location: str, fingerprint: str, *, slug: str = "") -> CatalogueCard:
    """Add a catalogue whose fingerprint a person agreed to; `slug`: its short name, empty: made of its name.

    Raises:
        InputError: the location is none, it is added already, or its short name is another's.
        CatalogueError: its key is not the one that was agreed to, or it cannot be verified.
        FetchError: it cannot be reached.

    """
    found = read_location(location)
    place, catalogues = place_of(app, found.text), AddedCatalogues(app.layout)
    with _alone(app), tempfile.TemporaryDirectory(dir=app.layout.temporary) as work:
        state = Path(work) / "state"
        verified = _verify(place, state, where=found.text)
        _require_key(verified, fingerprint, found.text)
        short = slug or _slug_of(verified.index.name)
        _require_free(catalogues, short, found.text, verified.index.name)
        now = datetime.now(UTC)
        added = AddedCatalogue(
            slug=short,
            name=verified.index.name,
            location=found.text,
            fingerprint=verified.fingerprint,
            added_at=now,
            state=_new_state(catalogues, short),
            refreshed_at=now,
            asked_at=now,
            pin=_pin(place),
        )
        shutil.copytree(state, added.state, symlinks=True)
        catalogues.keep(added)
    return _card(added)


def remove_catalogue(app: App, slug: str) -> None:
    """Forget a catalogue. Modules that came from it stay installed, and have no updates any more.

    Raises:
        NotFoundError: it was not added.

    """
    with _alone(app):
        AddedCatalogues(app.layout).remove(slug)


def refresh_catalogues(
    app: App, slug: str | None = None, *, progress: Progress = lambda _fraction, _stage: None
) -> list[CatalogueCard]:
    """Read one catalogue or all of them anew and verify them; gives them, with what went wrong in `trouble`.

    One that cannot be reached or verified stays as it was verified last. Offline, only folders are read.

    Raises:
        NotFoundError: it was not added.

    """
    catalogues = AddedCatalogues(app.layout)
    due = [catalogues.find(slug)] if slug else catalogues.list()
    for number, one in enumerate(due):
        progress(number / len(due), one.name)
        try:
            refreshed(app, one)
        except GenotecaError as error:
            LOG.info("the catalogue %s was not refreshed: %s", one.slug, error.message)
    progress(1.0, "Done")
    return [_card(catalogues.find(one.slug)) for one in due]


def refresh_catalogues_when_due(app: App) -> bool:
    """Read the catalogues anew for which the settings say that it is time; tells whether any was asked for."""
    period = PERIODS.get(app.settings.check_updates)
    if period is None or app.settings.offline:
        return False
    now = datetime.now(UTC)
    due = [one.slug for one in AddedCatalogues(app.layout).list() if one.asked_at + period <= now]
    for slug in due:
        refresh_catalogues(app, slug)
    return bool(due)


def refreshed(app: App, catalogue: AddedCatalogue) -> AddedCatalogue:
    """Read a catalogue anew and verify it against what is known of it; what went wrong is noted.

    Raises:
        CatalogueError: it is expired, older than what is known, signed by others or altered.
        FetchError: it cannot be reached.

    """
    catalogues = AddedCatalogues(app.layout)
    with _alone(app):
        known = catalogues.find(catalogue.slug)
        state = _new_state(catalogues, known.slug)
        place = place_of(app, known.location)
        try:
            verified = _verify(place, state, known=known.state, where=known.name)
            _require_followed(verified, known)
        except BaseException as error:
            shutil.rmtree(state, ignore_errors=True)
            if isinstance(error, GenotecaError) and not _is_offline(app, known):
                problem = Problem(title=error.title, message=error.message, hint=error.hint)
                catalogues.keep(replace(known, asked_at=datetime.now(UTC), problem=problem))
            raise
        now = datetime.now(UTC)
        fresh = replace(
            known,
            fingerprint=verified.fingerprint,
            state=state,
            refreshed_at=now,
            asked_at=now,
            pin=_pin(place),
            problem=None,
        )
        catalogues.keep(fresh)
        return fresh


def _verify(place: Place, state: Path, *, known: Path | None = None, where: str) -> Verified:
    from genoteca.store.signed.client import verify  # brings its cryptography with it

    try:
        if isinstance(place, HubPlace):
            place.pinned()
        return verify(place, state, known=known, where=where)
    except FetchError as error:
        raise FetchError(
            f"{where}: {error.message}", title="The catalogue cannot be reached", hint=UNREACHABLE
        ) from error


def _require_key(verified: Verified, fingerprint: str, where: str) -> None:
    if re.sub(r"[\s:]", "", fingerprint).lower() != verified.fingerprint:
        raise CatalogueError(
            f"The root key of {where} has the fingerprint {verified.fingerprint},"
            f" and {fingerprint or 'none'} was agreed to.",
            title="The catalogue has another key",
            hint="Ask its publisher for the fingerprint, by another way than its address. Nothing was added.",
        )


def _require_followed(verified: Verified, known: AddedCatalogue) -> None:
    """See that the root in force is the one that was agreed to, or that the keys of that one lead to it."""
    if known.fingerprint not in verified.followed:
        _require_key(verified, known.fingerprint, known.name)


def _require_free(catalogues: AddedCatalogues, slug: str, location: str, name: str) -> None:
    """Refuse what would be taken for another catalogue."""
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise InputError(
            f"{slug or name!r} cannot be a catalogue's short name: a to z, digits and - are expected, and none of"
            f" {', '.join(sorted(RESERVED))}.",
            hint="Give it another one with --as.",
        )
    for one in catalogues.list():
        if one.location == location:
            raise InputError(f"{location} was added already, as {one.slug}.", hint="Refresh or remove that one.")
        if one.slug == slug:
            raise InputError(
                f"A catalogue {slug} was added already ({one.name}, from {one.location}).",
                title="Two catalogues cannot have one name",
                hint="Give this one another short name with --as, if you trust both.",
            )


@contextmanager
def _alone(app: App) -> Iterator[None]:
    app.layout.catalogue.mkdir(mode=0o700, exist_ok=True)
    with FileLock(app.layout.catalogue / "catalogue.lock"):
        yield


def _new_state(catalogues: AddedCatalogues, slug: str) -> Path:
    return catalogues.folder / slug / secrets.token_hex(4)


def _pin(place: Place) -> str:
    return place.pinned() if isinstance(place, HubPlace) else ""


def _is_offline(app: App, catalogue: AddedCatalogue) -> bool:
    kind = _kind(catalogue.location)
    return kind != "folder" and (app.settings.offline or (kind == "hub" and app.settings.hf_hub_offline))


def _kind(location: str) -> Literal["web", "folder", "hub"]:
    if "://" not in location:
        return "folder"
    return "hub" if location.startswith("hub://") else "web"


def _slug_of(name: str) -> str:
    """Make a short name; empty where no letter of the name is of the Latin alphabet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-")


def _card(catalogue: AddedCatalogue) -> CatalogueCard:
    index = index_of(catalogue)
    return CatalogueCard(
        slug=catalogue.slug,
        name=catalogue.name,
        location=catalogue.location,
        kind=_kind(catalogue.location),
        fingerprint=catalogue.fingerprint,
        modules=len(index.modules) if index else 0,
        refreshed=catalogue.refreshed_at,
        expires=expiry_of(catalogue.state),
        pinned=catalogue.pin,
        trouble=_trouble(catalogue),
    )


def _trouble(catalogue: AddedCatalogue) -> Trouble | None:
    try:
        require_fresh(catalogue.state, catalogue.name)
    except CatalogueError as error:
        return Trouble(title=error.title, message=error.message, hint=error.hint)
    told = catalogue.problem
    return Trouble(title=told.title, message=told.message, hint=told.hint) if told else None
