"""Rules on the files of a module's package folder."""

from __future__ import annotations

from pathlib import Path, PurePath

from genoteca.errors import ManifestError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.finding import Broken
from genoteca.sdk.manifest import MANIFEST_FILE
from genoteca.sdk.table_spec import TABLE_SUFFIXES, load_table_spec

__all__ = ["DATA_RULES", "FILE_RULES"]

LEVELS_TO_DISTRIBUTION = 3
"""`src/<package>` lies two below the folder with pyproject.toml; one more for a namespace."""

PICTURES = (".svg", ".png")
PAPERS = ("readme", "license", "licence", "notice", "citation", "changelog")
PAPER_SUFFIXES = ("", ".md", ".txt", ".rst")


def a_readme_is_there(_: ModuleManifest, folder: Path) -> str:
    """The distribution has a README, which the store shows; asked of sources only, an installed one was asked."""
    distribution = _distribution(folder)
    if distribution is None:
        return "Not a source folder: nothing to look at."
    for place in (distribution, folder):
        if found := [path.name for path in place.iterdir() if path.stem.lower() == "readme"]:
            return f"{found[0]}."
    raise Broken(f"{distribution} has no README.", hint="Add README.md: what it says, from which sources, how sure.")


def the_icon_is_there(manifest: ModuleManifest, folder: Path) -> str:
    """The icon that the manifest names lies in the package folder."""
    if manifest.icon and not (folder / PurePath(manifest.icon).name).is_file():
        raise Broken(f"The icon {manifest.icon!r} is not in {folder}.", hint="Put it beside module.toml.")
    return manifest.icon or "No icon is named; the store draws one."


def the_tables_are_there(_: ModuleManifest, folder: Path) -> str:
    """Every table that `[table]` names lies in the package folder, and `[table]` is valid."""
    try:
        named = [name for name in load_table_spec(folder).files().values() if name]
    except ManifestError as error:
        raise Broken(error.message, hint=error.hint) from error
    if missing := [name for name in named if not (folder / name).is_file()]:
        raise Broken(f"Named in [table], and not in {folder}: {', '.join(missing)}.", hint="Put them there.")
    return ", ".join(named)


def it_holds_data_only(_: ModuleManifest, folder: Path) -> str:
    """A data module holds an empty `__init__.py`, the manifest, tables, pictures and papers: nothing that runs."""
    foreign = sorted(path.relative_to(folder).as_posix() for path in _files(folder) if not _is_data(path, folder))
    if foreign:
        raise Broken(
            f"Not data: {', '.join(foreign)}.",
            hint="Leave them out, or make it a code module with hooks of its own and without [table].",
        )
    return "Manifest, tables and papers only."


FILE_RULES = (a_readme_is_there, the_icon_is_there)
DATA_RULES = (the_tables_are_there, it_holds_data_only)


def _distribution(folder: Path) -> Path | None:
    for place in (folder, *folder.resolve().parents[:LEVELS_TO_DISTRIBUTION]):
        if (place / "pyproject.toml").is_file():
            return place
    return None


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if not path.is_dir() and "__pycache__" not in path.parts]


def _is_data(path: Path, folder: Path) -> bool:
    if path.is_symlink():
        return False
    if path == folder / "__init__.py":
        return not path.read_bytes().strip()
    suffix = path.suffix.lower()
    if path.name == MANIFEST_FILE or suffix in (*TABLE_SUFFIXES, *PICTURES):
        return True
    return suffix in PAPER_SUFFIXES and path.name.lower().startswith(PAPERS)
