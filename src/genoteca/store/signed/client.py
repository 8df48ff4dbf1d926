"""Verifying a catalogue: every step of The Update Framework's client, on files that a `Place` gives.

Loaded late, because the framework brings its cryptography with it. https://theupdateframework.github.io/specification/
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from packaging.version import Version
from pydantic import ValidationError
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from genoteca.errors import CatalogueError
from genoteca.store.signed.index import INDEX, PICTURES_EACH, SCREENSHOTS, Index, artifact
from genoteca.store.signed.place import MOST_BYTES, Place, Progress
from genoteca.store.signed.verified import EXPIRED_HINT, METADATA

__all__ = ["Verified", "fingerprint_of", "take_artifact", "verify"]

BASE = "catalogue:///"
PICTURES_BYTES = 32 * 1024**2
"""Of all pictures of one catalogue."""
ANCHOR = Path(METADATA, "root_history", "1.root.json")
WRONG_HINT = (
    "Either its publisher made a mistake, or someone between you and the publisher changed it. Nothing of it was"
    " taken over. Ask the publisher; what is installed goes on working."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """A catalogue that was verified from its root key on."""

    index: Index
    fingerprint: str
    """Of the root that is in force."""
    followed: frozenset[str]
    """Fingerprints of all roots from the first on, each signed by the one before."""


class PlaceFetcher(FetcherInterface):
    """Lets the framework's client read from a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = unquote(url.removeprefix(BASE))
        try:
            yield self._place.read(path)
        except FileNotFoundError as error:
            raise DownloadHTTPError(f"there is no {path}", 404) from error


def verify(place: Place, state: Path, *, known: Path | None = None, where: str) -> Verified:
    """Verify what a place offers against what was `known` of it, into the new folder `state`; nothing else changes.

    Without `known`, or where that is gone, its first root is taken as it comes: the fingerprint of the root in force
    must be the one that a person agreed to, or for a catalogue that was added before, be followed from it.
    `where` names the catalogue in errors.

    Raises CatalogueError for what is expired, older than what is known, signed by others or altered; and what the
    place raises.
    """
    metadata = state / METADATA
    metadata.mkdir(parents=True, mode=0o700)
    with _told(where):
        if known is not None and (known / ANCHOR).is_file():
            shutil.copytree(known / METADATA, metadata, symlinks=True, dirs_exist_ok=True)
            anchor = (known / ANCHOR).read_bytes()
        else:
            anchor = _first_root(place, where)
        updater = Updater(
            str(metadata),
            f"{BASE}{METADATA}/",
            target_dir=str(state),
            target_base_url=BASE,
            fetcher=PlaceFetcher(place),
            config=UpdaterConfig(prefix_targets_with_hash=False),
            bootstrap=anchor,
        )
        updater.refresh()
        index = _index(updater, state, known, where)
        _take_pictures(updater, state, known, index)
    roots = [fingerprint_of(path.read_bytes()) for path in sorted(metadata.glob("root_history/*.root.json"))]
    current = fingerprint_of((metadata / "root.json").read_bytes())
    return Verified(index=index, fingerprint=current, followed=frozenset(roots))


def take_artifact(
    place: Place, state: Path, *, wheel: str, sha256: str, into: Path, where: str, progress: Progress
) -> Path:
    """Bring a wheel that a verified catalogue offers to `into`, unless it is there; its bytes are those signed.

    Raises CatalogueError when it is not there, not signed or of other bytes, and what the place raises.
    """
    path = artifact(wheel)
    with _told(where):
        target = _signed_target(state, path, sha256, where)
        if _is_whole(into / wheel, target):
            return into / wheel
        try:
            found = place.take(path, sha256=sha256, size=target.length, progress=progress)
        except FileNotFoundError as error:
            raise CatalogueError(
                f"{where} offers {wheel}, and there is no such file.",
                title="The catalogue's file is gone",
                hint="Refresh the catalogue, or tell its publisher.",
            ) from error
        into.mkdir(parents=True, exist_ok=True)
        copy = _verified_copy(found, target, into / wheel)
    place.done(path)
    return copy


def fingerprint_of(root: bytes) -> str:
    """Give the fingerprint of a root's keys as 64 hex digits.

    It is made of the keys themselves, not of the names that the file gives them: those prove nothing.

    Raises CatalogueError when it is no root.
    """
    try:
        signed = Metadata[Root].from_bytes(root).signed
        keys = (signed.keys[keyid] for keyid in signed.roles[Root.type].keyids)
        told = sorted([key.keytype, key.scheme, json.dumps(key.keyval, sort_keys=True)] for key in keys)
        text = json.dumps([told, signed.roles[Root.type].threshold])
    except (RepositoryError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CatalogueError(f"1.root.json is no root of a catalogue: {error}", hint=WRONG_HINT) from error
    return hashlib.sha256(text.encode()).hexdigest()


def _first_root(place: Place, where: str) -> bytes:
    try:
        return place.read(f"{METADATA}/1.root.json")
    except FileNotFoundError as error:
        raise CatalogueError(
            f"{where} holds no signed catalogue: there is no {METADATA}/1.root.json.",
            title="There is no catalogue",
            hint="Give the address under which the folder made by `genoteca catalogue build` and `sign` is served.",
        ) from error


def _index(updater: Updater, state: Path, known: Path | None, where: str) -> Index:
    target = updater.get_targetinfo(INDEX)
    if target is None or target.length > MOST_BYTES:
        raise CatalogueError(f"{where} signed no {INDEX}, or one larger than {MOST_BYTES} bytes", hint=WRONG_HINT)
    kept = known / INDEX if known else None
    if kept and updater.find_cached_target(target, str(kept)):
        shutil.copyfile(kept, state / INDEX)
    else:
        updater.download_target(target, str(state / INDEX))
    try:
        return Index.model_validate_json((state / INDEX).read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        raise CatalogueError(
            f"{INDEX} of {where} cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}",
            hint="It may be written for a newer Genoteca. Update Genoteca, or ask its publisher.",
        ) from error


def _take_pictures(updater: Updater, state: Path, known: Path | None, index: Index) -> None:
    """Bring the pictures of what is on offer, so that nobody is asked while a person looks around.

    A picture that is missing is passed over; one that differs from what was signed is not.
    """
    (state / SCREENSHOTS).mkdir()
    left = PICTURES_BYTES
    for module in index.modules:
        newest = max(module.versions, key=lambda one: Version(one.version))
        for name in newest.screenshots[:PICTURES_EACH]:
            target = updater.get_targetinfo(f"{SCREENSHOTS}/{name}")
            if target is None or target.length > left:
                continue
            left -= target.length
            kept, copy = known / SCREENSHOTS / name if known else None, state / SCREENSHOTS / name
            if kept and updater.find_cached_target(target, str(kept)):
                shutil.copyfile(kept, copy)
            else:
                with suppress(DownloadHTTPError):
                    updater.download_target(target, str(copy))


def _signed_target(state: Path, path: str, sha256: str, where: str) -> TargetFile:
    signed = Metadata[Targets].from_bytes((state / METADATA / "targets.json").read_bytes()).signed
    target = signed.targets.get(path)
    if target is None or target.hashes.get("sha256") != sha256:
        raise CatalogueError(f"{where} offers {path} without having signed it", hint=WRONG_HINT)
    return target


def _is_whole(path: Path, target: TargetFile) -> bool:
    try:
        with path.open("rb") as file:
            target.verify_length_and_hashes(file)
    except (OSError, LengthOrHashMismatchError):
        return False
    return True


def _verified_copy(found: Path, target: TargetFile, copy: Path) -> Path:
    """Copy first, then verify the copy: what was verified cannot change any more."""
    descriptor, name = tempfile.mkstemp(dir=copy.parent, prefix=".take-")
    os.close(descriptor)
    try:
        shutil.copyfile(found, name)
        with Path(name).open("rb") as file:
            target.verify_length_and_hashes(file)
        return Path(name).replace(copy)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Say in words what the framework refuses."""
    try:
        yield
    except ExpiredMetadataError as error:
        message = f"The signature of {where} has ended ({error})."
        raise CatalogueError(message, title="The catalogue has expired", hint=EXPIRED_HINT) from error
    except BadVersionNumberError as error:
        message = f"{where} gives an older state than it gave before ({error})."
        raise CatalogueError(message, title="The catalogue went back", hint=WRONG_HINT) from error
    except UnsignedMetadataError as error:
        message = f"{where} is not signed by the keys that it was added with ({error})."
        raise CatalogueError(message, title="The catalogue is signed by someone else", hint=WRONG_HINT) from error
    except (LengthOrHashMismatchError, DownloadLengthMismatchError) as error:
        message = f"{where} gives a file that is not what was signed ({error})."
        raise CatalogueError(message, title="The catalogue was altered", hint=WRONG_HINT) from error
    except DownloadHTTPError as error:
        message = f"{where} is not whole: {error}."
        raise CatalogueError(message, hint="It may be in the middle of a change. Try again later.") from error
    except (RepositoryError, DownloadError) as error:
        message = f"{where} cannot be verified: {error}."
        raise CatalogueError(message, title="The catalogue was altered", hint=WRONG_HINT) from error
