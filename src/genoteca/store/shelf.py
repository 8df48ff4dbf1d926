"""Everything on offer: the shipped modules and those of every added catalogue, from the disk alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from genoteca.settings import Layout
from genoteca.store.catalogue import CatalogueEntry, bundled_catalogue
from genoteca.store.environment import app_version
from genoteca.store.presets import OfferedPreset, read_presets, shipped_presets
from genoteca.store.signed.added import AddedCatalogue, AddedCatalogues
from genoteca.store.signed.index import INDEX, Index, entries_of

__all__ = ["everything_on_offer", "index_of", "presets_on_offer"]

Got = TypeVar("Got")

log = logging.getLogger(__name__)


def everything_on_offer(layout: Layout) -> list[CatalogueEntry]:
    """List the shipped modules, then those of each added catalogue as it was verified last. Asks no network.

    One id may stand there more than once: see `genoteca.store.choice`.
    """
    catalogues = AddedCatalogues(layout)
    added = [entry for one in catalogues.list() for entry in _entries(one, catalogues)]
    return [*bundled_catalogue(), *added]


def index_of(catalogue: AddedCatalogue) -> Index | None:
    """Read the index that was verified last; None: it is gone or damaged."""
    return _read(catalogue, _index)


def presets_on_offer(layout: Layout) -> list[OfferedPreset]:
    """List the shipped presets, then those of each added catalogue as it was verified last. Asks no network."""
    found = [OfferedPreset(preset=preset) for preset in shipped_presets()]
    for one in AddedCatalogues(layout).list():
        index = index_of(one)
        found += (
            OfferedPreset(preset=preset, catalogue=one.slug, catalogue_name=one.name)
            for preset in read_presets(index.presets if index else (), where=one.name)
        )
    return found


def _entries(catalogue: AddedCatalogue, catalogues: AddedCatalogues) -> tuple[CatalogueEntry, ...]:
    found = _entries_as_verified(catalogue)
    if found is None:
        # A refresh may have put another state in its place since the list was read.
        others = (one for one in catalogues.list() if one.slug == catalogue.slug and one.state != catalogue.state)
        found = next(map(_entries_as_verified, others), None)
    return found or ()


def _entries_as_verified(catalogue: AddedCatalogue) -> tuple[CatalogueEntry, ...] | None:
    told = (catalogue.slug, catalogue.name, catalogue.fingerprint)
    return _read(catalogue, lambda path, changed, size: _offered(path, changed, size, told))


def _read(catalogue: AddedCatalogue, read: Callable[[Path, int, int], Got]) -> Got | None:
    path = catalogue.state / INDEX
    try:
        state = path.stat()
        return read(path, state.st_mtime_ns, state.st_size)
    except (OSError, ValidationError) as error:
        log.warning("the catalogue %s is left out: %s", catalogue.slug, error)
        return None


@lru_cache(maxsize=16)
def _index(path: Path, changed: int, size: int) -> Index:  # noqa: ARG001 - they are the cache's key
    return Index.model_validate_json(path.read_bytes())


@lru_cache(maxsize=16)
def _offered(path: Path, changed: int, size: int, told: tuple[str, str, str]) -> tuple[CatalogueEntry, ...]:
    """Read what an index offers: a second for two thousand versions, so it is done once."""
    slug, name, key = told
    return tuple(entries_of(_index(path, changed, size), slug=slug, name=name, key=key, app=app_version()))
