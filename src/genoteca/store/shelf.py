"""Everything on offer: the shipped modules and those of every added catalogue, from the disk alone."""

from __future__ import annotations

import logging

from pydantic import ValidationError

from genoteca.settings import Layout
from genoteca.store.catalogue import CatalogueEntry, bundled_catalogue
from genoteca.store.environment import app_version
from genoteca.store.signed.added import AddedCatalogue, AddedCatalogues
from genoteca.store.signed.index import INDEX, Index, entries_of

__all__ = ["everything_on_offer", "index_of"]

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
    try:
        return Index.model_validate_json((catalogue.state / INDEX).read_bytes())
    except (OSError, ValidationError) as error:
        log.warning("the catalogue %s is left out: %s", catalogue.slug, error)
        return None


def _entries(catalogue: AddedCatalogue, catalogues: AddedCatalogues) -> list[CatalogueEntry]:
    index = index_of(catalogue)
    if index is None:
        # A refresh may have put another state in its place since the list was read.
        others = (one for one in catalogues.list() if one.slug == catalogue.slug and one.state != catalogue.state)
        index = next(filter(None, map(index_of, others)), None)
    if index is None:
        return []
    return entries_of(index, slug=catalogue.slug, name=catalogue.name, key=catalogue.fingerprint, app=app_version())
