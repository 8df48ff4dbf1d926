"""Making a catalogue of a folder of modules: their wheels, and the index that says what they are."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

from packaging.version import Version
from pydantic import JsonValue, ValidationError

from genoteca.errors import CatalogueError, GenotecaError, InputError, NotFoundError
from genoteca.model.module import fold
from genoteca.store.catalogue import genes_of
from genoteca.store.contents import LARGEST_ICON, MANIFEST, changelog_of, changes_in
from genoteca.store.environment import app_versions, taken_names
from genoteca.store.record import write_whole
from genoteca.store.signed.index import (
    ARTIFACTS,
    INDEX,
    LARGEST_SCREENSHOT,
    SCREENSHOTS,
    Index,
    IndexedModule,
    IndexedVersion,
)
from genoteca.store.sources import local_source
from genoteca.store.wheels import Wheel, inspect_wheel

__all__ = ["BuiltCatalogue", "build"]

PRESETS = "presets"


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltCatalogue:
    """What was made."""

    index: Index
    added: tuple[str, ...]
    """`ID==VERSION` that were not there before."""


def build(
    folder: Path,
    out: Path,
    *,
    name: str = "",
    yank: Mapping[str, str] | None = None,
    modules: Path,
    now: datetime | None = None,
) -> BuiltCatalogue:
    """Make or go on with the catalogue in `out` from the wheels, projects and data folders in `folder`.

    Versions that are in `out` already stay on offer. `yank`: why a version is withdrawn, by `ID==VERSION`; `name`:
    as people see it, empty: as it was; `modules`: folder of this computer's generations. No code of a module runs.

    Raises CatalogueError, what a module that cannot be one raises, and NotFoundError for a version to withdraw.
    """
    before = _before(out, name)
    moment = now or datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="genoteca-catalogue-") as work:
        wheels = _wheels(folder, Path(work), modules)
        found = {module.id: module for module in before.modules}
        added = [_add(found, wheel, Path(work), out, moment) for wheel in wheels]
    _check_ids(found)
    index = before.model_copy(
        update={
            "modules": tuple(sorted(found.values(), key=lambda module: module.id)),
            "presets": _presets(folder) or before.presets,
        }
    )
    index = _yanked(index, yank or {})
    # Whoever reads between the two finds the old index and more files than it names.
    write_whole(out / INDEX, json.dumps(index.model_dump(mode="json", by_alias=True), indent=1, sort_keys=True))
    (out / INDEX).chmod(0o644)  # a web server reads it, as every other file here
    return BuiltCatalogue(index=index, added=tuple(one for one in added if one))


def _before(out: Path, name: str) -> Index:
    out.mkdir(parents=True, exist_ok=True)
    if not (out / INDEX).exists():
        if not name.strip():
            raise InputError("A new catalogue needs a name.", hint='For example: --name "Our lab"')
        return _renamed(None, name)
    try:
        before = Index.model_validate_json((out / INDEX).read_bytes())
    except ValidationError as error:
        raise CatalogueError(f"{out / INDEX} is no index of a catalogue: {error}") from error
    return _renamed(before, name) if name.strip() else before


def _renamed(before: Index | None, name: str) -> Index:
    try:
        told = before.model_dump(by_alias=True) if before else {}
        return Index.model_validate(told | {"name": " ".join(name.split())})
    except ValidationError as error:
        raise InputError(f"{name!r} cannot be a catalogue's name: 2 to 60 letters are expected.") from error


def _wheels(folder: Path, work: Path, modules: Path) -> list[Wheel]:
    """Build and look into every module of a folder."""
    if not folder.is_dir():
        raise NotFoundError(f"There is no folder {folder}.")
    sources = [path for path in sorted(folder.iterdir()) if _is_module(path)]
    if not sources:
        raise CatalogueError(
            f"{folder} holds no module.",
            hint=f"Put wheels (.whl), project folders, or folders with {MANIFEST} and tables into it.",
        )
    found = []
    for number, path in enumerate(sources):
        try:
            wheel = local_source(path).wheel(work / str(number))
            found.append(inspect_wheel(wheel, taken=taken_names(), distributions=app_versions(modules)))
        except GenotecaError as error:
            raise CatalogueError(f"{path.name}: {error.message}", title=error.title, hint=error.hint) from error
    return found


def _is_module(path: Path) -> bool:
    if path.is_dir():
        return (path / "pyproject.toml").is_file() or (path / MANIFEST).is_file()
    return path.suffix == ".whl"


def _add(found: dict[str, IndexedModule], wheel: Wheel, work: Path, out: Path, now: datetime) -> str:
    """Put a wheel's version into the index and its files into the catalogue; gives `ID==VERSION` if it is new."""
    module = found.get(wheel.id)
    known = next((one for one in module.versions if _same(one, wheel)), None) if module else None
    if module and module.distribution != wheel.distribution:
        raise CatalogueError(
            f"{wheel.id} comes as the distribution {wheel.distribution}; what is on offer is {module.distribution}.",
            hint="Two modules cannot have one id. Give one of them another id.",
        )
    if known:
        _check_unchanged(known, wheel, out)
        return ""
    target = out / ARTIFACTS / wheel.path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(wheel.path, target)
    package = _unpacked(wheel, work)
    version = _version(wheel, package, out, now)
    versions = sorted([version, *(module.versions if module else ())], key=lambda v: Version(v.version), reverse=True)
    newest = versions[0] is version or module is None
    found[wheel.id] = IndexedModule(
        id=wheel.id,
        distribution=wheel.distribution,
        readme=wheel.readme if newest or module is None else module.readme,
        icon=_icon(wheel, package) if newest or module is None else module.icon,
        versions=tuple(versions),
    )
    return f"{wheel.id}=={wheel.version}"


def _same(known: IndexedVersion, wheel: Wheel) -> bool:
    return Version(known.version) == Version(wheel.version)


def _check_unchanged(known: IndexedVersion, wheel: Wheel, out: Path) -> None:
    """Refuse other contents under a version that is published; another build of the same contents is none."""
    published = out / ARTIFACTS / known.wheel
    if known.sha256 == wheel.sha256:
        return
    if not published.is_file() or _contents(published) != _contents(wheel.path):
        raise CatalogueError(
            f"{wheel.id} {wheel.version} is published already, and what lies there now has other contents.",
            hint="A published version never changes: people hold its fingerprint. Raise its version.",
        )


def _contents(wheel: Path) -> dict[str, int]:
    """Name what a wheel holds, by checksum; who built it, and when, is left out."""
    with ZipFile(wheel) as archive:
        return {
            member.filename: member.CRC
            for member in archive.infolist()
            if not member.filename.endswith((".dist-info/RECORD", ".dist-info/WHEEL"))
        }


def _unpacked(wheel: Wheel, work: Path) -> Path:
    """Unpack a wheel's package; its paths were looked at."""
    folder = Path(tempfile.mkdtemp(dir=work))
    with ZipFile(wheel.path) as archive:
        archive.extractall(folder)
    return folder / wheel.package


def _version(wheel: Wheel, package: Path, out: Path, now: datetime) -> IndexedVersion:
    manifest = wheel.manifest
    size = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    told: dict[str, JsonValue] = manifest.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return IndexedVersion(
        version=wheel.version,
        tier=wheel.tier,
        wheel=wheel.path.name,
        sha256=wheel.sha256,
        bytes=wheel.bytes,
        unpacked_bytes=size,
        download_bytes=manifest.download_bytes,
        disk_bytes=manifest.disk_bytes + size,
        released=now.replace(microsecond=0),
        changelog=changes_in(changelog_of(package), wheel.version),
        requires_app=manifest.requires_app,
        requires=manifest.requires,
        genes=tuple(sorted(genes_of(package.rglob("*")))),
        screenshots=tuple(_screenshots(wheel, package, out)),
        manifest=told,
    )


def _screenshots(wheel: Wheel, package: Path, out: Path) -> Iterable[str]:
    for name in wheel.manifest.screenshots:
        picture = package / name
        if not picture.is_file() or not picture.resolve().is_relative_to(package.resolve()):
            raise CatalogueError(f"{wheel.id} names a screenshot {name!r} that is not in its package")
        if picture.stat().st_size > LARGEST_SCREENSHOT:
            raise CatalogueError(f"{wheel.id}: the screenshot {name} is larger than {LARGEST_SCREENSHOT} bytes")
        kept = f"{wheel.id}-{wheel.version}-{picture.name}"
        (out / SCREENSHOTS).mkdir(exist_ok=True)
        shutil.copyfile(picture, out / SCREENSHOTS / kept)
        yield kept


def _icon(wheel: Wheel, package: Path) -> str:
    icon = package / wheel.manifest.icon
    small = wheel.manifest.icon.endswith(".svg") and icon.is_file() and icon.stat().st_size <= LARGEST_ICON
    return icon.read_text("utf-8", "replace") if small else ""


def _check_ids(found: Mapping[str, IndexedModule]) -> None:
    by_fold: dict[str, str] = {}
    for module_id in found:
        other = by_fold.setdefault(fold(module_id), module_id)
        if other != module_id:
            raise CatalogueError(
                f"{other} and {module_id} differ only in - and _, so they are the same id", hint="Rename one of them."
            )


def _presets(folder: Path) -> tuple[dict[str, JsonValue], ...]:
    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted((folder / PRESETS).glob("*.toml")))


def _yanked(index: Index, yank: Mapping[str, str]) -> Index:
    """Mark versions as withdrawn. Raises NotFoundError for one that is not on offer."""
    left = dict(yank)
    modules = []
    for module in index.modules:
        why = {one.version: left.pop(f"{module.id}=={one.version}", one.yanked) for one in module.versions}
        versions = tuple(one.model_copy(update={"yanked": why[one.version]}) for one in module.versions)
        modules.append(module.model_copy(update={"versions": versions}))
    if left:
        have = ", ".join(f"{module.id}=={version.version}" for module in modules for version in module.versions)
        raise NotFoundError(f"{', '.join(left)} is not on offer, so it is not withdrawn.", hint=f"On offer: {have}.")
    return index.model_copy(update={"modules": tuple(modules)})
