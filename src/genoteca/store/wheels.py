"""Looking into a wheel before anything of it is unpacked."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path, PurePosixPath, PureWindowsPath
from zipfile import BadZipFile, ZipFile, ZipInfo
from zipfile import Path as ZipPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from genoteca.errors import InstallError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.store.contents import MANIFEST, NATIVE, read_manifest, tier_of
from genoteca.store.digest import file_digest

__all__ = ["GROUP", "Wheel", "inspect_extra", "inspect_wheel", "package_of", "top_level_of"]

GROUP = "genoteca"
MOST_FILES = 20_000
MOST_BYTES = 4 * 1024**3
MOST_READ = 16 * 1024**2
"""Bytes of a file that is read into memory before anything is unpacked: metadata, manifest, `__init__.py`."""
BUILD_HINT = "Build a wheel of it (uv build --wheel) and install the .whl file, or give its source folder."
FORGED_HINT = "A module's wheel holds one package and its metadata, nothing else. Do not install it; tell its author."


@dataclass(frozen=True, kw_only=True, slots=True)
class Wheel:
    """A module's wheel that may be installed, as far as its file tells."""

    path: Path
    sha256: str
    bytes: int
    distribution: str
    """Canonical name."""
    version: str
    requires: tuple[str, ...]
    """Requirement lines (PEP 508)."""
    package: str
    entry: str
    """Entry-point value; of a data module it only names the package."""
    manifest: ModuleManifest
    tier: Tier
    readme: str
    top_level: frozenset[str]

    @property
    def id(self) -> str:
        """The module's id."""
        return self.manifest.id


def inspect_wheel(path: Path, *, taken: Collection[str], distributions: Collection[str] = ()) -> Wheel:
    """Read a wheel's metadata, entry point, manifest and tier, and refuse what no module may be.

    `taken`: lower-case top-level names of the app's environment; `distributions`: its canonical distribution names.

    Raises InstallError for a source archive, a compiled wheel, paths that leave the folder, shadowing, `.pth` files,
    scripts, or other than one `genoteca` entry point; ManifestError for the manifest.
    """
    distribution, version = _name_and_version(path)
    if distribution in distributions:
        raise InstallError(f"{path.name} would replace {distribution}, which the app itself uses", hint=FORGED_HINT)
    try:
        with ZipFile(path) as archive:
            return _read(path, archive, _checked(path.name, archive, taken), distribution, version)
    except (BadZipFile, OSError) as error:
        raise InstallError(f"{path} cannot be read as a wheel: {error}", hint="Get the file again.") from error


def inspect_extra(path: Path, *, taken: Collection[str]) -> tuple[str, str]:
    """Check the wheel of something a module requires by the same rules; returns its canonical name and version.

    Raises InstallError.
    """
    named = _name_and_version(path)
    try:
        with ZipFile(path) as archive:
            _checked(path.name, archive, taken)
    except (BadZipFile, OSError) as error:
        raise InstallError(f"{path} cannot be read as a wheel: {error}", hint="Get the file again.") from error
    return named


def top_level_of(path: Path) -> frozenset[str]:
    """Name what a wheel puts directly into `site`. Raises InstallError when the file is gone or damaged."""
    try:
        with ZipFile(path) as archive:
            return _top_level(archive.namelist())
    except (BadZipFile, OSError) as error:
        raise InstallError(
            f"{path}, kept from an earlier install, is gone or damaged: {error}",
            hint="Remove the module it belongs to, then install it again.",
        ) from error


def package_of(entry: EntryPoint) -> str:
    """Name the package a module's entry point lies in, or points to."""
    return entry.module.partition(".")[0]


def _name_and_version(path: Path) -> tuple[str, str]:
    if path.suffix != ".whl":
        raise InstallError(f"{path.name} is not a wheel; only wheels are installed", hint=BUILD_HINT)
    try:
        name, version, _build, tags = parse_wheel_filename(path.name)
    except (InvalidWheelFilename, InvalidVersion) as error:
        raise InstallError(f"{path.name} is not the name of a wheel: {error}", hint=BUILD_HINT) from error
    if not any(tag.platform == "any" and tag.abi == "none" for tag in tags):
        raise InstallError(
            f"{path.name} is compiled for one system; a module is pure Python or tables",
            hint="Ask the author for a pure wheel (py3-none-any).",
        )
    return canonicalize_name(name), str(version)


def _checked(name: str, archive: ZipFile, taken: Collection[str]) -> list[str]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
        raise InstallError(f"{name} unpacks to more than {MOST_FILES} files or {MOST_BYTES} bytes", hint=FORGED_HINT)
    seen: set[str] = set()
    for member in members:
        for broken, why in RULES:
            if broken(member):
                raise InstallError(f"{name} holds {member.filename!r}: {why}", hint=FORGED_HINT)
        top = _top(member.filename)
        if top.lower().removesuffix(".py") in taken:
            raise InstallError(
                f"{name} holds {member.filename!r}: it would shadow the app's own {top!r}", hint=FORGED_HINT
            )
        if member.filename.lower() in seen:
            raise InstallError(f"{name} holds {member.filename!r} twice", hint=FORGED_HINT)
        seen.add(member.filename.lower())
    return [member.filename for member in members]


def _escapes(member: ZipInfo) -> bool:
    path = member.orig_filename
    return (
        "\\" in path
        or "\0" in path
        or PurePosixPath(path).is_absolute()
        or PureWindowsPath(path).drive != ""
        or ".." in PurePosixPath(path).parts
    )


def _is_link(member: ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)


def _is_read(member: ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return path.name in (MANIFEST, "__init__.py") or _top(member.filename).endswith(".dist-info")


def _suffix(member: ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


RULES: tuple[tuple[Callable[[ZipInfo], bool], str], ...] = (
    (_escapes, "the path leaves the module's folder"),
    (_is_link, "links are not installed"),
    (lambda member: _suffix(member) == ".pth", "it would run at every start of Python"),
    (
        lambda member: _top(member.filename).endswith(".data"),
        "scripts and data outside the package are not installed",
    ),
    (lambda member: _is_read(member) and member.file_size > MOST_READ, "it is larger than any file of its kind"),
    (lambda member: _suffix(member) in NATIVE, "it is compiled; a module is pure Python or tables"),
)


def _top(path: str) -> str:
    return PurePosixPath(path).parts[0]


def _top_level(names: list[str]) -> frozenset[str]:
    return frozenset(_top(name).lower() for name in names if not _top(name).endswith(".dist-info"))


def _read(path: Path, archive: ZipFile, names: list[str], distribution: str, version: str) -> Wheel:
    info = _info_folder(path.name, names)
    metadata = PathDistribution(ZipPath(archive, f"{info}/"))
    _same_names(path.name, metadata, distribution, version)
    entry = _only_entry(path.name, list(metadata.entry_points.select(group=GROUP)))
    _no_other_entries(path.name, list(metadata.entry_points))
    package = package_of(entry)
    requires = _requirements(path.name, metadata)
    manifest = _manifest(path.name, archive, names, package)
    _same_identity(path.name, manifest, entry, version)
    return Wheel(
        path=path,
        sha256=file_digest(path),
        bytes=path.stat().st_size,
        distribution=distribution,
        version=version,
        requires=requires,
        package=package,
        entry=entry.value,
        manifest=manifest,
        tier=_tier(archive, names, info, package, requires),
        readme=str(metadata.metadata.json.get("description", "") or ""),
        top_level=_top_level(names),
    )


def _info_folder(name: str, names: list[str]) -> str:
    folders = {_top(path) for path in names if _top(path).endswith(".dist-info")}
    if len(folders) != 1 or f"{next(iter(folders))}/METADATA" not in names:
        raise InstallError(
            f"{name} holds {len(folders)} .dist-info folders with metadata, one is expected", hint=BUILD_HINT
        )
    return folders.pop()


def _same_names(name: str, metadata: PathDistribution, distribution: str, version: str) -> None:
    inside = (canonicalize_name(metadata.name), metadata.version)
    if inside != (distribution, version):
        raise InstallError(f"{name} says inside that it is {inside[0]} {inside[1]}", hint=FORGED_HINT)


def _no_other_entries(name: str, entries: list[EntryPoint]) -> None:
    others = sorted({entry.group for entry in entries} - {GROUP})
    if others:
        raise InstallError(
            f"{name} declares commands or plugins of other programs ({', '.join(others)})",
            hint=f"A module has one entry point, in the group {GROUP!r}, and no scripts.",
        )


def _only_entry(name: str, entries: list[EntryPoint]) -> EntryPoint:
    if len(entries) != 1:
        found = ", ".join(entry.name for entry in entries) or "none"
        raise InstallError(
            f"{name} has {len(entries)} entry points in the group {GROUP!r} ({found}), one is expected",
            hint='Add [project.entry-points.genoteca] with one line, for example my-module = "my_module".',
        )
    return entries[0]


def _manifest(name: str, archive: ZipFile, names: list[str], package: str) -> ModuleManifest:
    inside = f"{package}/{MANIFEST}"
    if inside not in names:
        raise InstallError(
            f"{name} holds no {inside}",
            hint=f"The store reads a module's {MANIFEST} instead of running its code; put one into the package.",
        )
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, package)
        alone.mkdir()
        (alone / MANIFEST).write_bytes(archive.read(inside))
        return read_manifest(alone)


def _same_identity(name: str, manifest: ModuleManifest, entry: EntryPoint, version: str) -> None:
    if entry.name != manifest.id:
        raise InstallError(f"{name}: the entry point is named {entry.name!r}, the manifest says {manifest.id!r}")
    if Version(manifest.version) != Version(version):
        raise InstallError(
            f"{name} has version {version}, its {MANIFEST} says {manifest.version}",
            hint=f"Give pyproject.toml and {MANIFEST} the same version.",
        )


def _tier(archive: ZipFile, names: list[str], info: str, package: str, requires: tuple[str, ...]) -> Tier:
    inside = [name for name in names if _top(name) != info]
    prefix = f"{package}/"
    if not all(name.startswith(prefix) for name in inside) or not all(_is_the_app(line) for line in requires):
        return Tier.CODE
    return tier_of(
        (name.removeprefix(prefix), archive.read(name) if name.endswith("__init__.py") else b"") for name in inside
    )


def _requirements(name: str, metadata: PathDistribution) -> tuple[str, ...]:
    lines = tuple(metadata.requires or ())
    try:
        for line in lines:
            Requirement(line)
    except InvalidRequirement as error:
        raise InstallError(f"{name} requires something unreadable: {error}", hint=BUILD_HINT) from error
    return lines


def _is_the_app(line: str) -> bool:
    return canonicalize_name(Requirement(line).name) == "genoteca"
