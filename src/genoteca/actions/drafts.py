"""A module made of a table that someone already has: looked at, checked row by row, tried, saved, taken out."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from packaging.version import Version

from genoteca.actions.app import App
from genoteca.actions.installing import install_module
from genoteca.actions.module_views import ModuleCard
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.engine.trying import TriedModule, try_module
from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.module import MODULE_ID, RESERVED, ModuleManifest
from genoteca.sdk.authoring.draft import LICENCES, MARK, ROLES_OF_KIND, Draft
from genoteca.sdk.authoring.row_finding import RowFinding
from genoteca.sdk.own_table.told import KeptColumn, Told, columns_setting
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.installed import installed_modules
from genoteca.store.sources import install_source

if TYPE_CHECKING:
    from genoteca.sdk.authoring.looking import DraftLook
    from genoteca.sdk.authoring.table_rules import CheckedRows

__all__ = [
    "LICENCES",
    "ROLES_OF_KIND",
    "CheckedDraft",
    "Draft",
    "RowFinding",
    "Taken",
    "TriedModule",
    "check_draft",
    "columns_setting",
    "draft_id",
    "export_draft",
    "kept_columns",
    "look_at_draft",
    "missing_words",
    "save_draft",
    "try_draft",
]

FIRST = "1.0.0"

Progress = Callable[[float, str], None]
Taken = Literal["folder", "wheel"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedDraft:
    """What was found in the rows of a draft's table."""

    read: int
    good: int
    findings: tuple[RowFinding, ...]
    compared: tuple[Build, ...]
    """Builds whose reference sequence is on this computer, and was compared with."""

    @property
    def wrong(self) -> int:
        """Count what must be mended."""
        return sum(one.level == "wrong" for one in self.findings)


def draft_id(draft: Draft) -> str:
    """Give the id of a draft's module: the one it was given, else one made of its title; empty: none can be."""
    made = draft.id or re.sub(r"[^a-z0-9]+", "-", draft.title.lower()).strip("-")[:40].rstrip("-")
    return made if MODULE_ID.fullmatch(made) and made not in RESERVED else ""


def kept_columns(setting: str) -> tuple[KeptColumn, ...] | None:
    """Read what the list of columns says; None: nothing was changed in it."""
    return Told.of({"columns": setting}).columns


def missing_words(draft: Draft) -> dict[str, str]:
    """Say by field what the module still needs to be told in words; none: it can be saved."""
    told = {
        "title": "" if 2 <= len(draft.title.strip()) <= 60 and draft_id(draft) else "a title of 2 to 60 letters",
        "summary": "" if 10 <= len(draft.summary.strip()) <= 200 else "a sentence of 10 to 200 letters",
        "author": "" if draft.author.strip() else "who made it",
        "category": "" if len(draft.category.strip()) >= 2 else "a category",
        "source_name": "" if draft.source_name.strip() else "where its facts come from",
        "source_url": "" if re.match(r"https://\S+\.\S", draft.source_url) else "the source's address, https://…",
    }
    return {name: words for name, words in told.items() if words}


def look_at_draft(app: App, draft: Draft) -> DraftLook:
    """Look at the table: what its columns are taken for, and what must still be said. Nothing is kept.

    Raises:
        InputError: no such file, or no table in it.
        GenomeFileError: it is damaged.

    """
    from genoteca.sdk.authoring import looking  # loads Polars, which other pages do without

    with _scratch(app) as scratch:
        return looking.look_at_draft(draft, scratch)


def check_draft(app: App, draft: Draft) -> CheckedDraft:
    """Look at every row of the table, beside the reference sequence where it is on this computer.

    Raises:
        InputError: the file cannot be used, or it is not said yet what its columns are.

    """
    with _scratch(app) as scratch:
        _, checked = _checked(app, draft, scratch)
    return CheckedDraft(
        read=checked.read,
        good=len(checked.good),
        findings=checked.findings,
        compared=checked.reference_compared,
    )


def try_draft(app: App, draft: Draft, sample: str) -> TriedModule:
    """Say what the module would tell of a genome; it is not installed, and nothing is kept.

    Raises:
        InputError: rows must be mended first, or words are missing.
        CheckError: the module cannot be used.

    """
    with _scratch(app) as scratch:
        folder, _ = _written(app, draft, scratch)
        return try_module(app.settings, folder, sample)


def save_draft(app: App, draft: Draft, *, progress: Progress = lambda _fraction, _stage: None) -> ModuleCard:
    """Install the module; made once more of a changed table, it takes the place of the earlier one.

    Raises:
        InputError: rows must be mended first, words are missing, or another module has its id.
        InstallError: it could not be installed; nothing was changed.

    """
    with _scratch(app) as scratch:
        folder, _ = _written(app, draft, scratch)
        return install_module(app, str(folder), progress=progress)


def export_draft(app: App, draft: Draft, out: Path, *, form: Taken) -> Path:
    """Write the module into the folder `out`: as a wheel, or as its folder in a .zip.

    Raises:
        InputError: rows must be mended first, or words are missing.

    """
    with _scratch(app) as scratch:
        folder, manifest = _written(app, draft, scratch)
        if form == "wheel":
            return install_source(str(folder)).wheel(out)
        target = out / f"{manifest.id}.zip"
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                # without the time of day: the same module gives the same bytes
                archive.writestr(ZipInfo(f"{manifest.id}/{path.name}"), path.read_bytes(), ZIP_DEFLATED)
        return target


@contextmanager
def _scratch(app: App) -> Iterator[Path]:
    app.layout.temporary.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=app.layout.temporary, prefix="draft-") as folder:
        yield Path(folder)


def _checked(app: App, draft: Draft, scratch: Path) -> tuple[DraftLook, CheckedRows]:
    from genoteca.genome.sequence import ReferenceSequence
    from genoteca.sdk.authoring import looking
    from genoteca.sdk.authoring.rows import read_rows
    from genoteca.sdk.authoring.table_rules import check_rows

    look = looking.look_at_draft(draft, scratch)
    if look.missing:
        raise InputError(
            f"Of {look.table.file} it is not known {'; '.join(look.missing)}.",
            title="Something must be said first",
            hint="Choose the columns and the genome build.",
        )
    stored = {build: capability(app.layout, sequence_of(build)) for build in look.builds}
    sequences = {build: ReferenceSequence(one.path, build) for build, one in stored.items() if one is not None}
    return look, check_rows(read_rows(draft, look, scratch), look, sequences)


def _written(app: App, draft: Draft, scratch: Path) -> tuple[Path, ModuleManifest]:
    from genoteca.sdk.authoring.writing import write_draft

    if missing := missing_words(draft):
        raise InputError(f"Missing: {'; '.join(missing.values())}.", title="Something must be said first")
    named = draft.model_copy(update={"id": draft_id(draft)})
    version = _version(app, named.id)
    look, checked = _checked(app, named, scratch)
    folder = scratch / named.id
    return folder, write_draft(named, look, checked, folder, version=version)


def _version(app: App, module_id: str) -> str:
    """Give the next version of a module that was made here.

    Raises:
        InputError: the id is another module's.

    """
    known = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    own = known is None or (known.manifest is not None and MARK in known.manifest.tags)
    if not own or module_id in {entry.id for entry in bundled_catalogue()}:
        raise InputError(
            f"There is a module {module_id} already, made by someone else.",
            title="This name is taken",
            hint="Choose another title.",
        )
    if known is None:
        return FIRST
    major, minor, micro = (*Version(known.version).release, 0, 0)[:3]
    return f"{major}.{minor}.{micro + 1}"
