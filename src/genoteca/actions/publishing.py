"""Publishing a catalogue of one's own: built of a folder of modules, signed, served by any web server or the Hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.catalogue_views import BuiltCatalogueCard, SignedCatalogueCard
from genoteca.errors import CatalogueError, InputError

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["build_catalogue", "sign_catalogue"]


def build_catalogue(
    app: App, folder: Path, out: Path, *, name: str = "", yank: Mapping[str, str] | None = None
) -> BuiltCatalogueCard:
    """Make or go on with the catalogue in `out` from the modules in `folder`; it must be signed afterwards.

    `yank`: why a version is withdrawn, by `ID==VERSION`.

    Raises:
        NotFoundError: there is no such folder, or no such version to withdraw.
        CatalogueError: what lies there is no module, or differs from a version that is published.

    """
    from genoteca.store.signed.publishing import build

    for version, reason in (yank or {}).items():
        if not reason.strip():
            raise InputError(
                f"{version} is withdrawn without a reason.", hint="Say why: people who have it are told."
            )
    built = build(folder, out, name=name, yank=yank, modules=app.layout.modules)
    versions = sum(len(module.versions) for module in built.index.modules)
    return BuiltCatalogueCard(
        name=built.index.name,
        folder=str(out),
        modules=len(built.index.modules),
        versions=versions,
        added=list(built.added),
        withdrawn=[
            f"{module.id}=={version.version}"
            for module in built.index.modules
            for version in module.versions
            if version.yanked
        ],
    )


def sign_catalogue(
    app: App, out: Path, *, keys: Path | None = None, new_keys: bool = False, new_root: bool = False
) -> SignedCatalogueCard:
    """Sign the catalogue in `out`; sign it again after every change, and before its signature ends.

    `keys`: folder of its keys, made the first time; None: one in the data folder, by the catalogue's name.
    `new_keys`: all but the root's are replaced. `new_root`: the root's is; people who add it need its fingerprint.

    Raises:
        CatalogueError: there is no catalogue, a file of it changed, or a key is missing or another one.

    """
    from genoteca.store.signed.signing import index_to_sign, sign  # brings its cryptography with it

    folder = keys or app.layout.catalogue_keys / _file_name(index_to_sign(out).name)
    signed = sign(out, folder, new_keys=new_keys, new_root=new_root)
    return SignedCatalogueCard(
        name=signed.name,
        fingerprint=signed.fingerprint,
        version=signed.version,
        expires=signed.expires,
        root_expires=signed.root_expires,
        keys=str(signed.keys),
    )


def _file_name(name: str) -> str:
    found = re.sub(r"[^\w-]+", "-", name.lower()).strip("-")
    if not found:
        raise CatalogueError(
            f"No folder can be named after {name!r}.", hint="Name a folder for its keys with --keys."
        )
    return found
