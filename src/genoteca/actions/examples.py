"""What a module's answers look like: real rows only, with a word on where they come from."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING

from genoteca.actions.results import result_page, show_result
from genoteca.actions.samples import demo_genome
from genoteca.actions.view import View
from genoteca.actions.views import Query
from genoteca.errors import ManifestError, NotFoundError
from genoteca.model.column import GATE
from genoteca.model.filter import Condition, Operator
from genoteca.model.sample import SampleId, slug
from genoteca.sdk.table_spec import TableKind, load_table_spec
from genoteca.store.catalogue import bundled_catalogue
from genoteca.store.installed import installed_modules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from genoteca.actions.app import App
    from genoteca.model.module import ModuleManifest

__all__ = ["ExampleRows", "example_rows"]

EXAMPLE = "example.csv"
"""Rows that a module ships: answers of its own about the demo genome or about a published one."""
COMMON = {"genotype": "Genotype", "evidence": "Evidence"}
"""What stands before a module's own columns."""
ROWS = 4
COLUMNS = 5
CALLED = Condition(column="evidence", op=Operator.IN, value=["called"])
KNOWN = Condition(column="evidence", op=Operator.IN, value=["partial", "other_allele", "reference", "inferred"])


class ExampleRows(View):
    """A few rows of what a module says."""

    source: str
    """Where they come from, in a sentence."""
    columns: list[str]
    """Labels."""
    rows: list[list[str]]


def example_rows(app: App, module_id: str) -> ExampleRows | None:
    """Give a few real rows of a module, or None: what it said of the demo genome, rows it ships, or of its tables.

    Answers that stay closed until they are asked for are never among them.
    """
    return _of_demo(app, module_id) or _of_package(app, module_id)


def _of_demo(app: App, module_id: str) -> ExampleRows | None:
    demo = demo_genome(app)
    key = SampleId(user=slug(demo.user), sample=slug(demo.sample)).key
    try:
        header = show_result(app, key, module_id)
        found = result_page(app, key, module_id, Query(where=CALLED, limit=50)).rows
        found = found or result_page(app, key, module_id, Query(where=KNOWN, limit=50)).rows
    except NotFoundError:
        return None
    rows = [
        {name: _text(value) for name, value in row.items()} | {"evidence": str(row["evidence"]).replace("_", " ")}
        for row in found
        if not row.get(GATE)
    ]
    return _table("What it said of the demo genome, which is of no person.", rows[:ROWS], header.module.manifest)


def _of_package(app: App, module_id: str) -> ExampleRows | None:
    package, manifest = _package(app, module_id)
    if package is None or manifest is None:
        return None
    try:
        if (package / EXAMPLE).is_file():
            return _shipped(package / EXAMPLE, manifest)
        return _table("The first rows of its own table.", list(islice(_own_rows(package), ROWS)), manifest)
    except (OSError, ValueError, ManifestError):  # a code module has no tables of its own; a broken one says so
        return None


def _package(app: App, module_id: str) -> tuple[Path | None, ModuleManifest | None]:
    for one in installed_modules(app.layout):
        if one.id == module_id and not one.broken:
            return one.folder, one.manifest
    entry = next((one for one in bundled_catalogue() if one.id == module_id), None)
    return (entry.package, entry.manifest) if entry else (None, None)


def _shipped(path: Path, manifest: ModuleManifest) -> ExampleRows | None:
    """Read rows that a module ships; the comment in their first line says where they come from."""
    with path.open(encoding="utf-8", newline="") as file:
        about = file.readline().removeprefix("#").strip()
        return _table(about, list(islice(csv.DictReader(file), ROWS)), manifest)


def _own_rows(package: Path) -> Iterator[dict[str, str]]:
    """Read rows of a data module's table as it was written, one of each site and none that stays closed."""
    spec = load_table_spec(package)
    if spec.kind is not TableKind.GENOTYPES:
        yield from _read(package / (spec.alleles or spec.regions))
        return
    sites = {row["site"]: row for row in _read(package / spec.sites)}
    seen: set[str] = set()
    for row in _read(package / spec.genotypes):
        both = sites.get(row["site"], {}) | row
        if row["site"] not in seen and not both.get(GATE) and not both.get("opt_in"):
            seen.add(row["site"])
            yield both


def _read(path: Path) -> Iterator[dict[str, str]]:
    if path.suffix == ".parquet":
        raise ValueError(f"{path.name} is no text")
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")


def _table(source: str, rows: list[dict[str, str]], manifest: ModuleManifest) -> ExampleRows | None:
    """Keep the columns that are shown at first and say something in these rows, behind what the genome has."""
    told = {column.name: column.label for column in manifest.shown_columns()}
    names = [name for name in told if any(row.get(name) for row in rows)][:COLUMNS]
    if not names:
        return None
    common = {name: label for name, label in COMMON.items() if any(row.get(name) for row in rows)}
    labels: Mapping[str, str] = common | {name: told[name] for name in names}
    return ExampleRows(
        source=source,
        columns=list(labels.values()),
        rows=[[row.get(name) or "–" for name in labels] for row in rows],
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)
