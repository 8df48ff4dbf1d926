"""Signing a catalogue: the metadata of The Update Framework beside the files, from the root's keys down.

Every signing gives the targets, the snapshot and the timestamp the next version. The root is signed again only when
it is about to end, so its key can be kept elsewhere in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from genoteca.errors import CatalogueError
from genoteca.store.signed.client import fingerprint_of
from genoteca.store.signed.index import INDEX, SCREENSHOTS, Index, artifact
from genoteca.store.signed.keys import ROLES, check_apart, key_of, make_keys, next_key, take_next_keys
from genoteca.store.signed.verified import METADATA

__all__ = ["ROOT_DAYS", "TIMESTAMP_DAYS", "SignedCatalogue", "index_to_sign", "sign"]

ROOT_DAYS = 365
"""Of the root, the targets and the snapshot."""
TIMESTAMP_DAYS = 30
"""How long nobody can hold newer back unnoticed."""
RENEW_DAYS = 90
"""Before its end, the root is signed again where its key is there."""

Role = TypeVar("Role", Root, Timestamp, Snapshot, Targets)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCatalogue:
    """What was signed."""

    name: str
    fingerprint: str
    """Of the root key in force: 64 hex digits."""
    version: int
    """Of the timestamp: how often it was signed."""
    expires: datetime
    """Of the timestamp: sign again before."""
    root_expires: datetime
    keys: Path


def sign(
    out: Path, keys: Path, *, new_keys: bool = False, new_root: bool = False, now: datetime | None = None
) -> SignedCatalogue:
    """Sign the catalogue in the folder `out` with the keys in `keys`, making keys the first time.

    `new_keys`: all but the root's are replaced, as after they were seen by others; needs the root's.
    `new_root`: the root's is replaced by a new one; both sign the root that says so.

    Raises CatalogueError when there is none, a file is not what its index says, a key is missing or another one.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    check_apart(keys, out)
    index = index_to_sign(out)
    folder = out / METADATA
    if not _versions(folder, Root.type):
        make_keys(keys)
    folder.mkdir(exist_ok=True)
    root = _root(folder, keys, moment, new_keys=new_keys, new_root=new_root)
    targets = _next(folder, Targets(expires=moment + timedelta(days=ROOT_DAYS), targets=_targets(out, index)))
    snapshot = _next(folder, Snapshot(expires=targets.expires, meta={"targets.json": MetaFile(targets.version)}))
    timestamp = Timestamp(
        version=snapshot.version,
        expires=moment + timedelta(days=TIMESTAMP_DAYS),
        snapshot_meta=MetaFile(snapshot.version),
    )
    _write(folder, Metadata(targets), [_signer(keys, root, Targets.type)])
    _write(folder, Metadata(snapshot), [_signer(keys, root, Snapshot.type)])
    _write(folder, Metadata(timestamp), [_signer(keys, root, Timestamp.type)])
    _drop_older(folder, snapshot.version)
    return SignedCatalogue(
        name=index.name,
        fingerprint=fingerprint_of((folder / f"{root.version}.root.json").read_bytes()),
        version=timestamp.version,
        expires=timestamp.expires,
        root_expires=root.expires,
        keys=keys,
    )


def index_to_sign(out: Path) -> Index:
    """Read the index of a catalogue that is built. Raises CatalogueError."""
    try:
        return Index.model_validate_json((out / INDEX).read_bytes())
    except FileNotFoundError as error:
        raise CatalogueError(
            f"{out} holds no {INDEX}.", hint="Make it first: genoteca catalogue build MODULES OUT --name NAME"
        ) from error
    except ValidationError as error:
        raise CatalogueError(f"{out / INDEX} cannot be read: {error}", hint="Build the catalogue again.") from error


def _root(folder: Path, keys: Path, now: datetime, *, new_keys: bool, new_root: bool) -> Root:
    """Give the root in force: the newest there is, signed again when it is about to end or names new keys."""
    versions = _versions(folder, Root.type)
    if not versions:
        return _first_root(folder, keys, now)
    metadata = Metadata[Root].from_file(str(folder / f"{versions[-1]}.root.json"))
    root, key = metadata.signed, key_of(keys, Root.type)
    # a kill may have come between the root that names new keys and their taking over
    take_next_keys(keys, _public_keys(root))
    holds = root.expires > now + timedelta(days=RENEW_DAYS) or (key is None and root.expires > now)
    if holds and not (new_keys or new_root):
        return root
    signers = [_signer(keys, root, Root.type)]
    if new_keys:
        _replace_keys(root, keys)
    if new_root:
        # whoever knows the root before follows this one by the old key, and the next ones by the new
        signers.append(_replace(root, keys, Root.type))
    root.version += 1
    root.expires = now + timedelta(days=ROOT_DAYS)
    _write(folder, metadata, signers)
    take_next_keys(keys, _public_keys(root))
    return root


def _replace_keys(root: Root, keys: Path) -> None:
    for role in ROLES:
        if role != Root.type:
            _replace(root, keys, role)


def _replace(root: Root, keys: Path, role: str) -> CryptoSigner:
    """Let a root name a new key for a role, and that one alone; gives it."""
    for keyid in list(root.roles[role].keyids):
        root.revoke_key(keyid, role)
    follows = next_key(keys, role)
    root.add_key(follows.public_key, role)
    return follows


def _public_keys(root: Root) -> set[str]:
    return {str(key.keyval["public"]) for key in root.keys.values()}


def _first_root(folder: Path, keys: Path, now: datetime) -> Root:
    root = Root(expires=now + timedelta(days=ROOT_DAYS), consistent_snapshot=True)
    for role in ROLES:
        key = key_of(keys, role)
        if key is None:
            raise CatalogueError(f"{keys} holds no key {role}.pem, and the first signing needs all four.")
        root.add_key(key.public_key, role)
    _write(folder, Metadata(root), [_signer(keys, root, Root.type)])
    return root


def _signer(keys: Path, root: Root, role: str) -> CryptoSigner:
    key = key_of(keys, role)
    known = {root.keys[keyid].keyval["public"] for keyid in root.roles[role].keyids}
    if key is None or key.public_key.keyval["public"] not in known:
        what = "holds no" if key is None else "holds another"
        raise CatalogueError(
            f"{keys} {what} {role}.pem: it is not the key that this catalogue is signed with.",
            title="The key is not there",
            hint="Give the folder of its keys with --keys. Without them, it can only be published anew, under another"
            " fingerprint that everybody has to agree to.",
        )
    return key


def _targets(out: Path, index: Index) -> dict[str, TargetFile]:
    versions = [version for module in index.modules for version in module.versions]
    pictures = sorted({name for version in versions for name in version.screenshots})
    paths = [INDEX, *(artifact(version.wheel) for version in versions), *(f"{SCREENSHOTS}/{p}" for p in pictures)]
    try:
        found = {path: TargetFile.from_file(path, str(out / path)) for path in paths}
    except OSError as error:
        raise CatalogueError(
            f"{out} lacks a file that its {INDEX} names: {error}", hint="Build the catalogue again."
        ) from error
    for version in versions:
        if found[artifact(version.wheel)].hashes["sha256"] != version.sha256:
            raise CatalogueError(
                f"{version.wheel} in {out} has other bytes than its {INDEX} says.",
                hint="A published version never changes. Restore the file, or build the catalogue again.",
            )
    return found


def _next(folder: Path, signed: Role) -> Role:
    """Give it the version after the last one."""
    signed.version = max(_versions(folder, signed.type), default=0) + 1
    return signed


def _versions(folder: Path, role: str) -> list[int]:
    found = (path.name.removesuffix(f".{role}.json") for path in folder.glob(f"*.{role}.json"))
    return sorted(int(number) for number in found if number.isdecimal())


def _write(folder: Path, metadata: Metadata[Role], signers: list[CryptoSigner]) -> None:
    metadata.signatures.clear()
    for signer in signers:
        metadata.sign(signer, append=True)
    signed = metadata.signed
    # A reader takes the timestamp first: it is the only file that ever changes, and is written last.
    name = "timestamp.json" if signed.type == Timestamp.type else f"{signed.version}.{signed.type}.json"
    try:
        part = folder / f".{name}.part"
        part.write_bytes(metadata.to_bytes())
        part.replace(folder / name)
    except (OSError, RepositoryError) as error:
        raise CatalogueError(f"{folder / name} cannot be written: {error}") from error


def _drop_older(folder: Path, version: int) -> None:
    """Remove what no reader asks for any more; who began with the last version may still finish."""
    for role in (Targets.type, Snapshot.type):
        for number in _versions(folder, role):
            if number < version - 1:
                (folder / f"{number}.{role}.json").unlink()
