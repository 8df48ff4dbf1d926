"""Which files a just-dna module has, and whether they are the ones its manifest names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genoteca.errors import InputError
from genoteca.store.digest import file_digest
from genoteca.store.just_dna.documents import Document, read_json
from genoteca.store.just_dna.formats import (
    ANNOTATIONS,
    MANIFEST,
    OTHER_TABLES,
    READ_FILES,
    RESOLUTION,
    STUDIES,
    STUDIES_CSV,
    VARIANTS,
    WEIGHTS,
)

__all__ = ["Found", "find"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The files of a module that are read."""

    folder: Path
    form: str
    rows: Path
    annotations: Path | None
    studies: Path | None
    resolution: Path | None
    others: tuple[str, ...]
    """Tables of other kinds, by name."""
    stale: tuple[str, ...]
    """Tables that lie there and the manifest does not name: left by an earlier version, and not read."""


def find(folder: Path) -> Found:
    """Look at a folder: compiled tables are taken before a specification, whose places they already have.

    Of tables of other kinds only the names count; they may be empty here.

    Raises:
        InputError: it holds neither, or a file is not the one that manifest.json names.

    """
    listed = _listed(folder)
    present = {path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()}
    stale = {name for name in present if name.endswith(".parquet") and listed and name not in listed}
    usable = present - stale
    others = tuple(sorted(usable & set(OTHER_TABLES)))
    form = "compiled tables" if WEIGHTS in usable else "specification"
    rows = WEIGHTS if WEIGHTS in usable else VARIANTS
    if rows not in usable:
        told = f"it has {', '.join(others)}, which are not read here" if others else "it has none of their tables"
        raise InputError(
            f"{folder.name} holds neither {WEIGHTS} nor {VARIANTS}: {told}.",
            title="No table of this module can be read",
            hint="Only tables of genotypes are imported. Give the folder of one module, or its zip.",
        )
    for name in sorted(usable & listed.keys() & set(READ_FILES)):
        _look_at_digest(folder / name, listed[name])
    compiled = rows == WEIGHTS

    def path(name: str, *, wanted: bool) -> Path | None:
        return folder / name if wanted and name in usable else None

    return Found(
        folder=folder,
        form=form,
        rows=folder / rows,
        annotations=path(ANNOTATIONS, wanted=compiled),
        studies=path(STUDIES if compiled else STUDIES_CSV, wanted=True),
        resolution=path(RESOLUTION, wanted=True),
        others=others,
        stale=tuple(sorted(stale)),
    )


def _listed(folder: Path) -> dict[str, str]:
    """Give the tables that manifest.json names, with their sha256; empty where there is no such list."""
    path = folder / MANIFEST
    files = read_json(path).part("artifact").parts("files") if path.is_file() else list[Document]()
    return {file.text("name"): file.text("sha256").removeprefix("sha256:") for file in files if file.text("name")}


def _look_at_digest(path: Path, expected: str) -> None:
    if expected and file_digest(path) != expected.lower():
        raise InputError(
            f"{path.name} is not the file that {MANIFEST} names: its sha256 is another.",
            title="A file of the module is damaged or was changed",
            hint="Get the module again.",
        )
