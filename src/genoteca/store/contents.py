"""What a module's package may hold, and the tier that follows from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from genoteca.errors import GenotecaError, ManifestError
from genoteca.model.module import ModuleManifest, Tier
from genoteca.sdk import load_manifest

__all__ = [
    "LARGEST_ICON",
    "MANIFEST",
    "NATIVE",
    "changelog_of",
    "changes_in",
    "icon_of",
    "is_data_file",
    "is_looked_into",
    "read_manifest",
    "readme_of",
    "tier_of",
    "tier_of_folder",
]

MANIFEST = "module.toml"
NATIVE = frozenset({".so", ".pyd", ".dll", ".dylib", ".a", ".o"})
TABLES = frozenset({".csv", ".tsv", ".parquet"})
PICTURES = frozenset({".svg", ".png"})
PAPERS = ("readme", "license", "licence", "notice", "citation", "changelog")
PAPER_SUFFIXES = frozenset({"", ".md", ".txt", ".rst"})
LEFTOVERS = frozenset({"__pycache__"})
LARGEST_ICON = 256 * 1024


def is_data_file(path: str) -> bool:
    """Whether a file may lie in a data module: the manifest, tables, pictures, and the papers beside them."""
    name = PurePosixPath(path)
    suffix = name.suffix.lower()
    if name.name == MANIFEST or suffix in TABLES | PICTURES:
        return True
    return suffix in PAPER_SUFFIXES and name.name.lower().startswith(PAPERS)


def tier_of(files: Iterable[tuple[str, bytes]]) -> Tier:
    """Decide the tier by contents, never by a claim.

    `files`: path relative to the package, and the bytes of those that `is_looked_into` names (of others the bytes are
    not read). Data: an empty `__init__.py`, the manifest, tables and pictures, nothing else. Isolated: a manifest
    with a part `[isolated]`, beside it the script and requirements that it names, and other Python files: none is
    ever imported by the app. Anything more is code.
    """
    found = dict(files)
    isolated = _isolated(found.get(MANIFEST, b""))
    named = {isolated.get("script"), isolated.get("requirements")} - {None, ""}
    whole = bool(isolated) and named <= found.keys()
    for path, content in found.items():
        empty_package = path == "__init__.py" and not content.strip()
        boxed = whole and path != "__init__.py" and (path in named or PurePosixPath(path).suffix == ".py")
        if not empty_package and not is_data_file(path) and not boxed:
            return Tier.CODE
    return Tier.ISOLATED if whole else Tier.DATA


def is_looked_into(path: str) -> bool:
    """Whether the tier depends on what a file holds."""
    return path in {"__init__.py", MANIFEST}


@lru_cache(maxsize=256)  # every page lists the modules several times
def _isolated(manifest: bytes) -> dict[str, object]:
    try:
        told = tomllib.loads(manifest.decode("utf-8")).get("isolated", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def tier_of_folder(package: Path) -> Tier:
    """Decide the tier of a package folder on disk; byte-compiled leftovers are not counted."""
    paths = [path for path in package.rglob("*") if path.is_file() and not LEFTOVERS & set(path.parts)]
    return tier_of(
        (name, path.read_bytes() if is_looked_into(name) else b"")
        for path in paths
        for name in [path.relative_to(package).as_posix()]
    )


def read_manifest(package: Path) -> ModuleManifest:
    """Read the manifest of a package folder without importing the package.

    Raises ManifestError when it is missing, unreadable or not valid.
    """
    if not (package / MANIFEST).is_file():
        raise ManifestError(
            f"{package.name} holds no {MANIFEST}",
            hint=f"The store reads a module's {MANIFEST} instead of running its code; put one into the package.",
        )
    try:
        return load_manifest(package)
    except GenotecaError:
        raise
    except (OSError, ValueError) as error:
        raise ManifestError(f"{MANIFEST} of {package.name} cannot be read: {error}") from error


def readme_of(folder: Path) -> str:
    """Read the README beside a module, as text; empty where there is none."""
    return _paper(folder, "readme")


def changelog_of(folder: Path) -> str:
    """Read the CHANGELOG beside a module, as text; empty where there is none."""
    return _paper(folder, "changelog")


def changes_in(changelog: str, version: str) -> str:
    """Give what a changelog says of one version: what stands under the heading that names it; empty where none does.

    A heading is a Markdown one (`## 1.2.0 (2026-11-01)`); its section ends at the next of the same or a higher level.
    """
    named = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.]|-\w)")
    lines, taken, level = changelog.splitlines(), list[str](), 0
    for line in lines:
        depth = len(line) - len(line.lstrip("#")) if line.startswith("#") else 0
        if level and depth and depth <= level:
            break
        if level:
            taken.append(line)
        elif depth and named.search(line):
            level = depth
    return "\n".join(taken).strip()


def _paper(folder: Path, name: str) -> str:
    found = sorted(path for path in folder.glob("*") if path.is_file() and path.stem.lower() == name)
    return found[0].read_text("utf-8", errors="replace") if found else ""


def icon_of(package: Path, manifest: ModuleManifest) -> Path | None:
    """Find the icon that the manifest names: a small picture that lies in the package, else None."""
    icon = package / manifest.icon
    inside = manifest.icon != "" and icon.is_file() and icon.resolve().is_relative_to(package.resolve())
    return icon if inside and icon.suffix.lower() in PICTURES and icon.stat().st_size <= LARGEST_ICON else None
