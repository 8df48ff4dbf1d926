"""Where catalogues lie: an address, a folder or a dataset of the Hub, as a person writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from genoteca.engine.asking import LOOPBACK
from genoteca.engine.catalogue_place import Access, HubPlace, WebPlace
from genoteca.engine.hub import HubAccess
from genoteca.errors import InputError
from genoteca.store.signed.place import FolderPlace, Place

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["Location", "place_of", "read_location"]

HUB = re.compile(r"hub://(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<commit>[0-9a-f]{40}))?/?", re.ASCII)
HINT = "Give an https address, a folder on this computer, or a dataset of the Hub as hub://OWNER/NAME."


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A place that was written well."""

    kind: Literal["web", "folder", "hub"]
    text: str
    """In one spelling: without a slash at the end; a folder in full."""
    repo: str = ""
    """Of a dataset: `owner/name`."""
    commit: str = ""
    """40 hex digits that it stays at; empty: it is read as it is now."""


def read_location(text: str) -> Location:
    """Read what a person wrote.

    Raises:
        InputError: it is none of the three.

    """
    text = text.strip()
    if text.startswith("hub://"):
        found = HUB.fullmatch(text)
        if found is None:
            raise InputError(
                f"{text!r} is no dataset of the Hub.",
                hint="Write hub://OWNER/NAME, or hub://OWNER/NAME@COMMIT with the commit's 40 hex digits.",
            )
        return Location(kind="hub", text=text.rstrip("/"), repo=found["repo"], commit=found["commit"] or "")
    if "://" in text:
        return Location(kind="web", text=_address(text))
    folder = Path(text).expanduser().resolve()
    if not text or not folder.is_dir():
        raise InputError(f"There is no folder {text!r}.", hint=HINT)
    return Location(kind="folder", text=str(folder))


def place_of(app: App, location: str, *, commit: str = "") -> Place:
    """Give access to a catalogue; every request is noted. `commit`: of a dataset that was pinned before.

    Raises:
        InputError: the location is none.

    """
    if "://" not in location:
        # A folder that is gone has no catalogue any more, which is told when it is read.
        return FolderPlace(Path(location))
    found = read_location(location)
    access = Access(
        cache=app.layout.cache,
        offline=app.settings.offline,
        on_request=app.outside.noting("A catalogue of modules"),
        hub=HubAccess(
            endpoint=app.settings.hf_endpoint, token=app.settings.hf_token, offline=app.settings.hf_hub_offline
        ),
    )
    if found.kind == "hub":
        return HubPlace(found.repo, access, commit=commit or found.commit)
    return WebPlace(found.text, access)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InputError(f"{text!r} is no address: {error}.", hint=HINT) from error
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK)):
        raise InputError(f"{text!r} is not asked: only https addresses are.", hint=HINT)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise InputError(
            f"{text!r} has a password, a query or a part in it.", hint="Give the bare address of the catalogue."
        )
    return text.rstrip("/")
