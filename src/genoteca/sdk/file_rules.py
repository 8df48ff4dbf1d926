"""Rules on the files of a module's package folder."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

from genoteca.errors import GenotecaError, ManifestError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.finding import Broken, broken_by
from genoteca.sdk.manifest import MANIFEST_FILE
from genoteca.sdk.table_spec import TABLE_SUFFIXES, load_table_spec

__all__ = ["DATA_RULES", "FILE_RULES"]

LEVELS_TO_DISTRIBUTION = 3
"""`src/<package>` lies two below the folder with pyproject.toml; one more for a namespace."""

PMID = re.compile(r"[1-9][0-9]{0,7}")
"""Eight digits suffice: PubMed stands at some 40 million (https://pubmed.ncbi.nlm.nih.gov)."""
PAPERS_COLUMN = "pmids"

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
    raise Broken(
        f"{distribution} has no README.",
        hint="Add README.md: what it says, from which sources, how sure.",
        at=("README.md", 0),
    )


def the_icon_is_there(manifest: ModuleManifest, folder: Path) -> str:
    """The icon that the manifest names lies in the package folder."""
    if manifest.icon and not (folder / PurePath(manifest.icon).name).is_file():
        raise Broken(
            f"The icon {manifest.icon!r} is not in {folder}.", hint="Put it beside module.toml.", key=("icon",)
        )
    return manifest.icon or "No icon is named; the store draws one."


def the_tables_are_there(_: ModuleManifest, folder: Path) -> str:
    """Every table that `[table]` names lies in the package folder, and `[table]` is valid."""
    try:
        told = {key: name for key, name in load_table_spec(folder).files().items() if name}
    except ManifestError as error:
        raise broken_by(error) from error
    if missing := [key for key, name in told.items() if not (folder / name).is_file()]:
        names = ", ".join(told[key] for key in missing)
        raise Broken(
            f"Named in [table], and not in {folder}: {names}.", hint="Put them there.", key=("table", missing[0])
        )
    return ", ".join(told.values())


def the_tables_can_be_read(manifest: ModuleManifest, folder: Path) -> str:
    """Every row of every table is as it must be, in each genome build that the manifest names."""
    from genoteca.sdk.data_tables import tables_of  # loads Polars

    counts = []
    for build in manifest.builds:
        try:
            rows = tables_of(folder, load_table_spec(folder), manifest).read(build)
        except GenotecaError as error:
            raise broken_by(error) from error
        counts.append(f"{len(rows):,} rows in {build}")
    return f"{' and '.join(counts)}."


def papers_are_numbered(manifest: ModuleManifest, folder: Path) -> str:
    """A column `pmids` holds PubMed's numbers, several with `;` between them, and nothing else."""
    from genoteca.sdk.table_file import LINE, read_table  # loads Polars

    if not any(column.name == PAPERS_COLUMN for column in manifest.columns):
        return "No column pmids is declared."
    seen = 0
    for name in filter(None, load_table_spec(folder).files().values()):
        if not (folder / name).is_file():
            continue
        table = read_table(folder / name)
        if PAPERS_COLUMN not in table.columns:
            continue
        for line, cell in table.select(LINE, PAPERS_COLUMN).drop_nulls().iter_rows():
            told = cell if isinstance(cell, list) else str(cell).split(";")
            if wrong := [one for one in told if not PMID.fullmatch(str(one).strip())]:
                raise Broken(
                    f"{name}, line {line}, column pmids: {wrong[0]!r} was given, the number of a paper in PubMed "
                    "was expected.",
                    hint="Write numbers only, as in 11788828;16444273; no PMC numbers, no links.",
                    at=(name, line),
                )
            seen += len(told)
    return f"{seen:,} numbers of papers."


def it_holds_data_only(_: ModuleManifest, folder: Path) -> str:
    """A data module holds an empty `__init__.py`, the manifest, tables, pictures and papers: nothing that runs."""
    foreign = sorted(path.relative_to(folder).as_posix() for path in _files(folder) if not _is_data(path, folder))
    if foreign:
        raise Broken(
            f"Not data: {', '.join(foreign)}.",
            hint="Leave them out, or make it a code module with hooks of its own and without [table].",
            at=(foreign[0], 0),
        )
    return "Manifest, tables and papers only."


FILE_RULES = (a_readme_is_there, the_icon_is_there)
DATA_RULES = (the_tables_are_there, it_holds_data_only, the_tables_can_be_read, papers_are_numbered)


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
