"""Making a browse table: the wide table in a DuckDB file, rows about variants first, each row under its number."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from genoteca.engine.results.explore.letters import Letters
from genoteca.engine.results.explore.spec import PLACES, TABLE, WideAbout, WideSpec, part_of
from genoteca.engine.results.joined import JoinedTable, wide_names
from genoteca.engine.results.table import SAFE
from genoteca.errors import DatasetError
from genoteca.genome.schema import polars_schema
from genoteca.model.build import RANK
from genoteca.model.column import AnnotationColumn

__all__ = ["build"]

Progress = Callable[[float, str], None]

POSITION_BITS = 28
"""A place is the chromosome's rank and the position, in one number that sorts as the genome does."""
JOINED, SORTED, INDEXED = 0.8, 0.9, 0.97
"""Share of the work after each step."""
_RANK = pl.col("chrom").cast(pl.String).replace_strict(list(RANK), list(RANK.values()), default=None)
PLACE = (_RANK.cast(pl.Int64) * (1 << POSITION_BITS) + pl.col("pos").cast(pl.Int64)).alias("_place")


def build(spec: WideSpec, target: Path, progress: Progress, *, part: Path | None = None) -> None:
    """Make the table in the folder `target`, whole or not at all; until then it grows in the folder `part`.

    Raises:
        DatasetError: the rows are not those that were promised.

    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = part or part_of(target)
    part.mkdir(mode=0o700)
    try:
        _fill(spec, part, progress)
        if target.exists():  # another process was quicker
            return
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(spec: WideSpec, folder: Path, progress: Progress) -> None:
    modules = [one.joined() for one in spec.modules]
    joined = JoinedTable(spec.variants, modules)
    limits = {"memory_limit": f"{spec.memory_gb:.1f}GB", "temp_directory": str(folder / "spill")}
    letters = Letters()
    with duckdb.connect(str(folder / TABLE), config={**SAFE, **limits}) as connection:
        rows = _rows_about_variants(connection, _heard(joined, letters, progress), joined)
        progress(JOINED, "Putting sites in order")
        total = _sites(connection, rows)
        if total != joined.rows:
            raise DatasetError(f"{joined.rows:,} rows were promised, {total:,} stand in the table.")
        progress(SORTED, "Making the index")
        connection.execute("CREATE UNIQUE INDEX by_row ON answers (_row)")
        if total > rows:
            places = connection.sql("SELECT _place FROM answers ORDER BY _row").to_arrow_table()["_place"]
            order = np.argsort(places.to_numpy(), kind="stable").astype(np.uint32)
            np.save(folder / PLACES, order)
        progress(INDEXED, "Writing it")
        about = WideAbout(
            columns=tuple(AnnotationColumn.model_validate(one.model_dump()) for one in joined.columns),
            names=wide_names(modules),
            titles={one.id: one.title for one in spec.modules},
            variants=joined.variants,
            rows=rows,
            total=total,
            letters=letters.told(),
        )
        connection.execute("CREATE TABLE about AS SELECT ? AS told", [about.model_dump_json()])
    (folder / TABLE).chmod(0o600)


def _heard(joined: JoinedTable, letters: Letters, progress: Progress) -> Iterator[pl.DataFrame]:
    done = 0
    for frame in joined.frames():
        letters.add(frame)
        yield frame.with_columns(PLACE)
        done += len(frame)
        progress(JOINED * done / max(joined.rows, 1), f"{done:,} of {joined.rows:,} rows joined")


def _rows_about_variants(
    connection: duckdb.DuckDBPyConnection, frames: Iterator[pl.DataFrame], joined: JoinedTable
) -> int:
    """Write the rows about variants as they come, and lay the sites aside; gives how many were written."""
    empty = pl.DataFrame(schema=polars_schema(joined.columns)).with_columns(PLACE)
    picked = ", ".join(_picked(name, kind) for name, kind in empty.schema.items())
    connection.register("frame", empty.to_arrow())
    connection.execute(f"CREATE TABLE answers AS SELECT {picked}, 0::UINTEGER AS _row FROM frame")
    connection.execute(f"CREATE TEMP TABLE sites AS SELECT {picked} FROM frame")
    rows = 0
    for frame in frames:
        sites = frame["row_kind"].cast(pl.String) == "site"
        about = frame.filter(~sites).with_row_index("_number", offset=rows)
        rows += len(about)
        if len(about):
            connection.register("frame", about.to_arrow())
            connection.execute(f"INSERT INTO answers SELECT {picked}, _number::UINTEGER FROM frame")
        if sites.any():
            connection.register("frame", frame.filter(sites).to_arrow())
            connection.execute(f"INSERT INTO sites SELECT {picked} FROM frame")
    connection.unregister("frame")
    return rows


def _sites(connection: duckdb.DuckDBPyConnection, rows: int) -> int:
    connection.execute(
        "INSERT INTO answers SELECT *, (? + row_number() OVER () - 1)::UINTEGER "
        "FROM (FROM sites ORDER BY _place, ref, alt, rowid)",
        [rows],
    )
    connection.execute("DROP TABLE sites")
    found = connection.execute("SELECT count(*) FROM answers").fetchone()
    return int(found[0]) if found else 0


def _picked(name: str, kind: pl.DataType) -> str:
    return f'"{name}"::VARCHAR AS "{name}"' if isinstance(kind, pl.Enum) else f'"{name}"'
