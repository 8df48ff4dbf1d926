"""The folder that a boxed script is run in: what it may read, and the one folder it may write."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from genoteca.annotate.sample_tables import SampleTables
from genoteca.errors import ModuleError
from genoteca.model.module import Isolated, ModuleManifest

__all__ = ["ANSWER_COLUMNS", "RunFolder", "fill_folder"]

ANSWER_COLUMNS = ("chrom", "pos", "ref", "alt", "row", "genotype", "dosage", "filtered", "evidence", "match")
"""What a script may say of a site; the module's own columns follow. The rest the app knows itself."""

SHIPPED = ("launcher.py", "landlock.py", "seccomp.py", "genoteca_isolated.py")
"""Files beside this one that go into the box."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """Where everything of one run lies."""

    root: Path

    @property
    def library(self) -> Path:
        """The launcher, the author's library, dagster-pipes."""
        return self.root / "library"

    @property
    def input(self) -> Path:
        """The genome's tables and the request."""
        return self.root / "input"

    @property
    def output(self) -> Path:
        """The one folder the script may write."""
        return self.root / "output"


def fill_folder(
    root: Path,
    manifest: ModuleManifest,
    isolated: Isolated,
    *,
    module: Path,
    tables: SampleTables,
    settings: Mapping[str, JsonValue],
    linked: bool,
) -> RunFolder:
    """Lay out a run in an empty folder.

    `linked`: the genome's tables are given as hard links, which cost no room: only into a box that keeps them from
    being written; else they are copied.
    """
    folder = RunFolder(root=root)
    for place in (folder.library, folder.input, folder.output):
        place.mkdir(mode=0o700)
    _ship(folder.library)
    given = {
        name: _given(table, folder.input / f"{name}.{isolated.tables}", linked=linked)
        for name, table in (("variants", tables.variants), ("coverage", tables.coverage))
    }
    request = {
        "schema": 1,
        "module": manifest.id,
        "build": str(tables.build),
        "kind": str(tables.kind),
        "sex": str(tables.sex),
        "plus_strand": tables.plus_strand,
        "settings": dict(settings),
        "columns": [column.name for column in manifest.columns],
        "answer_columns": [*ANSWER_COLUMNS, *(column.name for column in manifest.columns)],
        "tables": isolated.tables,
        "module_folder": str(module),
        "output": str(folder.output / f"annotations.{isolated.tables}"),
        **{name: str(path) for name, path in given.items()},
    }
    (folder.input / "request.json").write_text(json.dumps(request, indent=1), "utf-8")
    return folder


def _ship(library: Path) -> None:
    here = Path(__file__).parent
    for name in SHIPPED:
        shutil.copyfile(here / name, library / name)
    found = importlib.util.find_spec("dagster_pipes")
    if found is None or found.origin is None:
        raise ModuleError("dagster-pipes is not part of this app.", hint="Install Genoteca again.")
    shutil.copytree(
        Path(found.origin).parent, library / "dagster_pipes", ignore=shutil.ignore_patterns("__pycache__")
    )


def _given(table: Path, target: Path, *, linked: bool) -> Path:
    if target.suffix == ".tsv":
        pl.scan_parquet(table).sink_csv(target, separator="\t")
        return target
    if linked:
        try:
            os.link(table, target)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(table, target)
    else:
        shutil.copyfile(table, target)
    return target
