"""Genes that the installed modules know: of their tables, their manifests, and the references they publish.

Read of what a module knows for everyone, never of what it found in somebody's genome: a gene that is offered says
nothing of any answer, open or closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from genoteca.actions.app import App
from genoteca.engine import records
from genoteca.engine.files import write_private
from genoteca.errors import DatasetError
from genoteca.sdk.resources import Stored
from genoteca.store.catalogue import genes_of
from genoteca.store.digest import source_files
from genoteca.store.installed import InstalledModule, installed_modules

__all__ = ["known_genes", "learn_genes", "symbols_in"]

GENE = "gene"
_BESIDE = re.compile(r"\(.*?\)|\bnear\b", re.IGNORECASE)
"""What a table writes beside a symbol: `MCM6 (controls LCT)`, `near ZEB2`."""
_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*")


def known_genes(app: App) -> dict[str, list[str]]:
    """Give by symbol the titles of the installed modules that know of the gene; only what was learnt is looked at."""
    found: dict[str, set[str]] = {}
    for module in installed_modules(app.layout):
        if module.manifest is not None:
            for symbol in {*_of_package(module), *_of_references(app, module)}:
                found.setdefault(symbol, set()).add(module.manifest.title)
    return {symbol: sorted(titles) for symbol, titles in sorted(found.items())}


def learn_genes(app: App) -> bool:
    """Read the genes of references that have not been read yet; whether there were any; takes seconds."""
    kept = {_kept(app, stored): stored for module in installed_modules(app.layout) for stored in _gened(app, module)}
    missing = {place: stored for place, stored in kept.items() if not place.exists()}
    for place, stored in missing.items():
        write_private(place, "\n".join(sorted(_of_table(stored.path))))
    for place in _folder(app).glob("*.txt"):
        if place not in kept:
            place.unlink(missing_ok=True)
    return bool(missing)


def symbols_in(texts: Iterable[str]) -> frozenset[str]:
    """Give the symbols that a table's cells name: `BRCA2;LOC106721785`, `F5, F2`, `MCM6 (controls LCT)`."""
    plain = (_BESIDE.sub(" ", text) for text in texts)
    return frozenset(symbol for text in plain for symbol in _SYMBOL.findall(text))


def _of_package(module: InstalledModule) -> frozenset[str]:
    genes = module.manifest.genes if module.manifest else ()
    with suppress(OSError):  # it is being removed right now
        return symbols_in({*genes_of(source_files(module.folder)), *genes})
    return frozenset()


def _of_references(app: App, module: InstalledModule) -> Iterator[str]:
    for stored in _gened(app, module):
        with suppress(FileNotFoundError):  # not learnt yet
            yield from _kept(app, stored).read_text("utf-8").split("\n")


def _gened(app: App, module: InstalledModule) -> list[Stored]:
    """Give the module's references; of a module without a column of genes none."""
    manifest = module.manifest
    if manifest is None or not any(column.name == GENE for column in manifest.columns):
        return []
    try:
        return records.for_everyone(app.layout, module.id)
    except DatasetError:  # a damaged one is told of where it is used
        return []


def _of_table(path: Path) -> frozenset[str]:
    """Read the symbols of a Parquet table's column `gene`; none where it has no such column."""
    import polars as pl

    table = pl.scan_parquet(path)
    if GENE not in table.collect_schema().names():
        return frozenset()
    found = table.select(pl.col(GENE).cast(pl.String).unique()).collect(engine="streaming")
    return symbols_in(found[GENE].drop_nulls())


def _kept(app: App, stored: Stored) -> Path:
    return _folder(app) / f"{stored.record.sha256[:32]}.txt"


def _folder(app: App) -> Path:
    return app.layout.cache / "genes"
