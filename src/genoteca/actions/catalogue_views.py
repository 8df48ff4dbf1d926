"""What the screens and the command line are given of catalogues."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from genoteca.actions.view import Trouble, View

__all__ = ["BuiltCatalogueCard", "CatalogueCard", "SignedCatalogueCard"]


class CatalogueCard(View):
    """One catalogue beside the modules shipped with the app."""

    slug: str
    """Short name, as in `ID@slug`; of one that is only looked at: the one it would get."""
    name: str
    location: str
    kind: Literal["web", "folder", "hub"]
    fingerprint: str
    """Of its root key: 64 hex digits."""
    modules: int
    """How many it offers."""
    refreshed: datetime | None = None
    """When it was verified last; None: it was not added."""
    expires: datetime | None = None
    """When what it signed ends; nothing is installed from it after that."""
    pinned: str = ""
    """Commit of a Hub dataset that it was read at."""
    trouble: Trouble | None = None
    """Why it could not be refreshed, or that it expired; nothing else of the app is affected."""


class BuiltCatalogueCard(View):
    """A catalogue that was built, and must be signed."""

    name: str
    folder: str
    modules: int
    versions: int
    added: list[str]
    """`ID==VERSION` that were not on offer before."""
    withdrawn: list[str]
    """`ID==VERSION` that are not installed any more."""


class SignedCatalogueCard(View):
    """A catalogue that was signed, and can be served."""

    name: str
    fingerprint: str
    """Of its root key: 64 hex digits, told to people by another way than its address."""
    version: int
    """How often it was signed."""
    expires: datetime
    """Sign it again before."""
    root_expires: datetime
    """The root key is needed before."""
    keys: str
    """Folder of its private keys."""
