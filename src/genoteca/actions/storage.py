"""What the data folder takes on the disk, by genome and by module, and cleaning what can be had again."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from genoteca.actions.app import App, free_bytes
from genoteca.actions.modules import titles
from genoteca.actions.view import View
from genoteca.engine.files import size_of
from genoteca.engine.folder_sizes import Cancelled, size_below
from genoteca.engine.samples import all_samples
from genoteca.errors import DataFolderError, InputError
from genoteca.model.run import RunStatus

__all__ = ["CachePart", "Part", "Storage", "cache_parts", "clean_cache", "measure_storage", "unstopped"]

Progress = Callable[[float, int], None]
"""Takes a share of 0 to 1, and the bytes counted so far."""

CACHE = {
    "fetch": (
        "Downloads of reference data",
        "What modules need of it later is fetched again, and half-finished downloads begin anew.",
    ),
    "browse": ("Tables made ready for looking at", "The next look at a large result takes some seconds longer."),
    "respelled": ("References in another spelling", "The next annotation with them makes them again."),
    "explore": (
        "Genomes' tables of all modules (Explore)",
        "Exploring a genome makes its table again, in some seconds.",
    ),
    "compared": ("Comparisons of two genomes", "To see one again, compare the two again."),
    "genes": ("Names of genes that can be searched for", "They are read again from the modules' tables."),
}
"""Folders of the cache that may be emptied: their name, and what follows."""
FOR_RUNS = frozenset({"fetch", "respelled"})
"""Those that a run may be reading; the others are made for the screens."""


class Part(View):
    """A part of the data folder."""

    name: str
    bytes: int
    sample: str = ""
    """Name of the genome that it belongs to; empty: it is everyone's."""
    module: str = ""
    """Name of the module that it belongs to; empty: none."""


class CachePart(View):
    """A part of the cache that can be emptied."""

    key: str
    name: str
    bytes: int
    then: str
    """What follows of emptying it."""


class Storage(View):
    """What the data folder takes."""

    parts: list[Part]
    free: int
    """Bytes that are free on its disk."""

    @property
    def bytes(self) -> int:
        """Give the bytes of all parts."""
        return sum(part.bytes for part in self.parts)

    def by_sample(self) -> dict[str, int]:
        """Give the bytes of every genome with its answers, the largest first."""
        return _summed((part.sample, part.bytes) for part in self.parts if part.sample)

    def by_module(self) -> dict[str, int]:
        """Give the bytes of every module's data and its answers about all genomes, the largest first."""
        return _summed((part.module, part.bytes) for part in self.parts if part.module)

    def others(self) -> dict[str, int]:
        """Give the bytes of what belongs to no genome and no single module, the largest first."""
        return _summed((part.name, part.bytes) for part in self.parts if not part.sample and not part.module)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    folder: Path
    name: str
    sample: str = ""
    module: str = ""


def unstopped() -> bool:
    """Never stop."""
    return False


def measure_storage(
    app: App, *, progress: Progress = lambda _share, _bytes: None, cancelled: Cancelled = unstopped
) -> Storage | None:
    """Count the data folder; None: it was cancelled. A file that is left where it lies, outside, is not counted."""
    parts = list[Part]()
    places = list(_places(app))
    before = 0
    for number, place in enumerate(places):

        def seen(_files: int, size: int, number: int = number, before: int = before) -> None:
            progress(number / len(places), before + size)

        size = size_below(place.folder, seen=seen, cancelled=cancelled)
        if size is None:
            return None
        before += size
        if size:
            parts.append(Part(name=place.name, sample=place.sample, module=place.module, bytes=size))
    single = sum(size_of(path) for path in app.layout.home.iterdir() if path.is_file())
    parts.append(Part(name="The list of runs, settings, locks", bytes=single))
    return Storage(parts=parts, free=free_bytes(app.layout))


def cache_parts(app: App) -> list[CachePart]:
    """Give what can be emptied, with how much that frees; what is empty is left out."""
    found = list[CachePart]()
    for key, (name, then) in CACHE.items():
        size = size_below(app.layout.cache / key, seen=lambda _files, _size: None, cancelled=unstopped)
        if size:
            found.append(CachePart(key=key, name=name, bytes=size, then=then))
    return found


def clean_cache(app: App, keys: Sequence[str]) -> int:
    """Empty parts of the cache, also while the desktop is open; give the bytes that were freed.

    Raises:
        InputError: a run is at work or waits that may need them, or there is no such part.
        DataFolderError: something could not be removed.

    """
    if unknown := sorted(set(keys) - set(CACHE)):
        raise InputError(f"{unknown[0]!r} is no part of the cache.", hint=f"Parts: {', '.join(CACHE)}.")
    if FOR_RUNS.intersection(keys) and app.index.with_status(
        RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING
    ):
        raise InputError(
            "A run is at work or waits, and may need what is in the cache.",
            title="Not while a run is at work",
            hint="Wait until it is over, or cancel it on the Runs page.",
        )
    freed = sum(part.bytes for part in cache_parts(app) if part.key in keys)
    # who reads a table at this moment keeps it; it closes with the last of them
    if {"browse", "compared"}.intersection(keys):
        app.tables.clear()
    if "explore" in keys:
        app.explored.clear()
        app.sources.clear()
    if "genes" in keys:
        app.findable = None
    for key in keys:
        _empty(app.layout.cache / key)
    return freed


def _empty(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataFolderError(
            f"{folder} could not be emptied whole: {error.strerror or error}.",
            hint="Close what uses it and try again; what is left is harmless.",
        ) from error


def _places(app: App) -> Iterator[_Place]:
    layout, names = app.layout, titles(app)
    for sample in all_samples(layout):
        owner = f"{sample.user_name} / {sample.sample_name}"
        for folder in _folders(layout.sample(sample.id.user, sample.id.sample)):
            module = "" if folder.name in OWN else names.get(folder.name, folder.name)
            yield _Place(folder=folder, name=folder.name, sample=owner, module=module)
    for folder in _folders(layout.home / "references"):
        yield _Place(folder=folder, name=folder.name, module=names.get(folder.name, folder.name))
    yield _Place(folder=layout.modules, name="Installed programs, tables and their earlier versions")
    for folder in _folders(layout.cache):
        yield _Place(folder=folder, name=CACHE.get(folder.name, (f"Cache: {folder.name}", ""))[0])
    for folder in _folders(layout.home):
        if folder.name not in APART:
            yield _Place(folder=folder, name=REST.get(folder.name, folder.name))


def _folders(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for name, size in pairs:
        total[name] += size
    return dict(total.most_common())


OWN = frozenset({"sample", "source"})
"""Folders of a genome that no module made: what was read of its file, and the file."""
APART = frozenset({"users", "references", "modules", "cache"})
REST = {
    "dagster": "What Dagster notes of runs",
    "logs": "Logs",
    "tmp": "Uploads on their way",
    "catalogue": "Catalogues",
    "catalogue-keys": "Keys of catalogues",
}
