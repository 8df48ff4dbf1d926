"""Bringing in modules of another format: looked at first, installed when the user says so."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from genoteca.actions.app import App
from genoteca.actions.installing import install_module
from genoteca.actions.module_views import ModuleCard
from genoteca.actions.modules import module_source
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.engine.fetching import Fetcher
from genoteca.engine.hub import CDN, SCHEME, HubAccess
from genoteca.errors import InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.store.just_dna.documents import front_matter
from genoteca.store.just_dna.formats import OTHER_TABLES, READ_FILES
from genoteca.store.just_dna.origin import Origin
from genoteca.store.just_dna.report import JustDnaReport
from genoteca.store.just_dna.unpacking import unpack

if TYPE_CHECKING:
    from genoteca.store.just_dna.placing import BasesOf

__all__ = ["ImportedModule", "JustDnaReport", "import_just_dna", "install_import", "leave_import"]

Progress = Callable[[float, str], None]

CARD = "README.md"
HUB = re.compile(r"hf://datasets/(?P<repo>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w.-]+))?/(?P<path>[^\\@]+)", re.ASCII)
_HINT = "Give a folder, a .zip, or hf://datasets/just-dna-seq/annotators/data/NAME."


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedModule:
    """A module that was read and written anew, and is not installed yet."""

    report: JustDnaReport
    card: ModuleCard
    folder: Path
    """The data module, in the data folder's temporary part, until it is left or installed."""


def import_just_dna(
    app: App, source: str, *, module_id: str = "", progress: Progress = lambda _fraction, _stage: None
) -> ImportedModule:
    """Read a just-dna module (a folder, a zip of one, or a folder of a dataset on the Hub) and write a data module.

    Nothing is installed. `module_id`: empty takes `just-dna-` and its own name. A module on the Hub is fetched at the
    commit that its revision stands for (without one: main), each file held to its digest.

    Raises:
        NotFoundError: there is no such folder or file.
        InputError: it is no just-dna module, or none of its rows can be used.
        FetchError: the Hub cannot be reached or may not be asked, or a file is not what its commit names.

    """
    from genoteca.store.just_dna.converting import build_of, convert  # only now: it loads the tables' library

    app.layout.temporary.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="import-", dir=app.layout.temporary))
    try:
        folder, origin = _fetched(app, source, work, progress)
        progress(0.6, "Reading its tables")
        report = convert(
            folder, work / "module", origin=origin, module_id=module_id, bases_of=_bases(app, Build(build_of(folder)))
        )
        progress(0.9, "Looking at the new module")
        card = module_source(app, str(work / "module"))
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return ImportedModule(report=report, card=card, folder=work / "module")


def install_import(
    app: App, found: ImportedModule, *, progress: Progress = lambda _fraction, _stage: None
) -> ModuleCard:
    """Install what was read, as any data module, and remove the written folder.

    Raises:
        InstallError: it cannot be installed; what was installed still works.
        CheckError: it breaks a rule.

    """
    try:
        return install_module(app, str(found.folder), progress=progress)
    finally:
        leave_import(found)


def leave_import(found: ImportedModule) -> None:
    """Remove the written folder of a module that is not wanted."""
    shutil.rmtree(found.folder.parent, ignore_errors=True)


def _fetched(app: App, source: str, work: Path, progress: Progress) -> tuple[Path, Origin]:
    """Bring the module's files into one folder; a folder of the user's is read where it lies."""
    if source.startswith(SCHEME):
        return _from_hub(app, source, work, progress)
    path = Path(source).expanduser()
    if path.is_dir():
        return path, Origin(given=f"the folder {path.resolve().name}", name=path.resolve().name)
    if not path.is_file():
        raise NotFoundError(f"There is no {source!r}.", hint=_HINT)
    if path.suffix.lower() != ".zip":
        raise InputError(f"{path.name} is neither a folder nor a .zip.", hint=_HINT)
    unpacked = work / "unpacked"
    unpacked.mkdir()
    unpack(path, unpacked)
    return unpacked, Origin(given=f"the file {path.name}", name=path.stem)


def _from_hub(app: App, source: str, work: Path, progress: Progress) -> tuple[Path, Origin]:
    asked = HUB.fullmatch(source.rstrip("/"))
    if asked is None:
        raise InputError(f"{source!r} names no folder of a dataset on the Hub.", hint=_HINT)
    fetch = _fetcher(app)
    inside = asked["path"].strip("/")
    pinned = fetch.pin(f"hf://datasets/{asked['repo']}@{asked['revision'] or 'main'}/{CARD}", progress=progress)
    commit = pinned.partition("@")[2].partition("/")[0]
    base = f"hf://datasets/{asked['repo']}@{commit}"
    named = [f"{base}/{inside}/{name}" for name in (*READ_FILES, *OTHER_TABLES)]
    there = fetch.present([*named, f"{base}/{CARD}"], progress=progress)
    wanted = [one for one in there if one.rpartition("/")[2] in READ_FILES or one == f"{base}/{CARD}"]
    if not any(one in named for one in there):
        raise NotFoundError(
            f"{asked['repo']} has no just-dna module in {inside!r} at {commit[:8]}.",
            hint="Its folders are listed on the dataset's page, under Files.",
        )
    folder = work / "fetched"
    folder.mkdir()
    licence = ""
    for one, file in zip(wanted, fetch.fetch_all(wanted, progress=lambda f, m: progress(f / 2, m)), strict=True):
        if one == f"{base}/{CARD}":
            licence = front_matter(file.path.read_text("utf-8", errors="replace")).text("license")
        else:
            shutil.copyfile(file.path, folder / one.rpartition("/")[2])
    for one in set(there) & set(named) - set(wanted):
        (folder / one.rpartition("/")[2]).touch()  # only its name is told
    return folder, Origin(
        given=f"{base}/{inside}",
        name=inside.rpartition("/")[2],
        url=f"https://huggingface.co/datasets/{asked['repo']}/tree/{commit}/{inside}",
        release=commit,
        card_licence=licence,
    )


def _fetcher(app: App) -> Fetcher:
    settings = app.settings
    return Fetcher(
        settings.layout.cache,
        hosts=[urlsplit(settings.hf_endpoint).hostname or "", CDN],
        offline=settings.offline,
        hub=HubAccess(endpoint=settings.hf_endpoint, token=settings.hf_token, offline=settings.hf_hub_offline),
        on_request=app.outside.noting("A module of the just-dna collection"),
    )


def _bases(app: App, build: Build) -> BasesOf | None:
    """Open the reference sequence of a build, where a module has fetched one."""
    stored = capability(app.layout, sequence_of(build))
    if stored is None:
        return None
    from genoteca.genome.sequence import ReferenceSequence

    sequence = ReferenceSequence(stored.path, build)

    def bases(chrom: str, start: int, end: int) -> str:
        text = sequence.bases(chrom, start, end)
        return "" if "N" in text else text

    return bases
