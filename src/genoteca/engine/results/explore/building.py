"""Making a browse table: the wide table in a DuckDB file, rows about variants first, each row under its number."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from genoteca.engine.results.explore.letters import Letters
from genoteca.engine.results.explore.rsids import write_index
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
JOINED, SORTED, INDEXED = 0.9, 0.95, 0.98
"""Share of the work after each step."""
SLOW = "alprd"
"""A way to pack fractions that takes a sixth of the time of writing, and saves a fortieth of the room."""
ROW_GROUP = 122_880
"""Rows that DuckDB keeps together (https://duckdb.org/docs/stable/internals/storage). Written in other portions, a
table of five million rows was written twice: it took nearly twice the time and the room."""
_RANK = pl.col("chrom").cast(pl.String).replace_strict(list(RANK), list(RANK.values()), default=None)
PLACE = (_RANK.cast(pl.Int64) * (1 << POSITION_BITS) + pl.col("pos").cast(pl.Int64)).alias("_place")


def build(spec: WideSpec, target: Path, progress: Progress, *, part: Path | None = None) -> None:
    """Make the table in the folder `target`, whole or not at all; until then it grows in the folder `part`.

    Raises:
        DatasetError: the rows are not those that were promised, or cannot be written.

    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = part or part_of(target)
    part.mkdir(mode=0o700)
    try:
        _fill(spec, part, progress)
        if target.exists():  # another process was quicker
            return
        part.replace(target)
    except duckdb.Error as error:
        raise DatasetError(f"The table could not be written: {error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(spec: WideSpec, folder: Path, progress: Progress) -> None:
    modules = [one.joined() for one in spec.modules]
    names = wide_names(modules)
    joined = JoinedTable(spec.variants, modules)
    identifiers = ("id", *(own["rsid"] for own in names.values() if "rsid" in own))
    limits = {
        "memory_limit": f"{spec.memory_gb:.1f}GB",
        "temp_directory": str(folder / "spill"),
    }
    rows = _Rows(joined, progress)
    with duckdb.connect(str(folder / TABLE), config={**SAFE, **limits}) as connection:
        connection.execute(f"SET disabled_compression_methods = '{SLOW}'")
        first, total = rows.write(connection)
        if total != joined.rows:
            raise DatasetError(f"{joined.rows:,} rows were promised, {total:,} stand in the table.")
        progress(SORTED, "Noting where every rsID stands")
        write_index(connection, identifiers)
        connection.execute("CREATE UNIQUE INDEX by_row ON answers (_row)")
        if total > first:
            places = connection.sql("SELECT _place FROM answers ORDER BY _row").to_arrow_table()["_place"]
            order = np.argsort(places.to_numpy(), kind="stable").astype(np.uint32)
            np.save(folder / PLACES, order)
        progress(INDEXED, "Writing it")
        about = WideAbout(
            columns=tuple(AnnotationColumn.model_validate(one.model_dump()) for one in joined.columns),
            names=names,
            titles={one.id: one.title for one in spec.modules},
            variants=joined.variants,
            rows=first,
            total=total,
            identifiers=identifiers,
            letters=rows.letters.told(),
        )
        connection.execute("CREATE TABLE about AS SELECT ? AS told", [about.model_dump_json()])
    (folder / TABLE).chmod(0o600)


class _Rows:
    """The rows of a wide table on their way into DuckDB, each joined while those before it are written."""

    def __init__(self, joined: JoinedTable, progress: Progress) -> None:
        self._joined, self._progress = joined, progress
        self._done = 0
        self.letters = Letters()

    def write(self, connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
        """Write those about variants, then the sites in their order; gives how many the first are, and all."""
        rows = self._create(connection, "TABLE answers", self._joined.about_variants())
        self._create(connection, "TEMP TABLE sites", self._joined.about_sites())
        self._progress(JOINED, "Putting sites in order")
        connection.execute(
            "INSERT INTO answers SELECT * REPLACE ((? + row_number() OVER () - 1)::UINTEGER AS _row) "
            "FROM (FROM sites ORDER BY _place, ref, alt, _row)",
            [rows],
        )
        connection.execute("DROP TABLE sites")
        return rows, _count(connection, "answers")

    def _create(self, connection: duckdb.DuckDBPyConnection, table: str, frames: Iterator[pl.DataFrame]) -> int:
        empty = self._numbered(pl.DataFrame(schema=polars_schema(self._joined.columns)))
        picked = ", ".join(_picked(name, kind) for name, kind in empty.schema.items())
        connection.register(
            "frame", pa.RecordBatchReader.from_batches(empty.to_arrow().schema, self._batches(frames))
        )
        connection.execute(f"CREATE {table} AS SELECT {picked} FROM frame")
        connection.unregister("frame")
        return _count(connection, table.split()[-1])

    def _batches(self, frames: Iterator[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
        for group in _groups(frames):
            self.letters.add(group)
            yield from self._numbered(group).rechunk().to_arrow().to_batches()
            self._done += len(group)
            part = JOINED * self._done / max(self._joined.rows, 1)
            self._progress(part, f"{self._done:,} of {self._joined.rows:,} rows have their answers beside them")

    def _numbered(self, frame: pl.DataFrame) -> pl.DataFrame:
        number = pl.int_range(self._done, self._done + pl.len(), dtype=pl.UInt32).alias("_row")
        return frame.with_columns(PLACE, number)


def _groups(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Give the rows of frames in DuckDB's own portions, the last one smaller."""
    rest = list[pl.DataFrame]()
    for frame in frames:
        rest.append(frame)
        held = sum(map(len, rest))
        if held >= ROW_GROUP:
            whole = pl.concat(rest)
            yield from (whole.slice(start, ROW_GROUP) for start in range(0, held - ROW_GROUP + 1, ROW_GROUP))
            rest = [whole.slice(held - held % ROW_GROUP)]
    if rest:
        yield pl.concat(rest)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _picked(name: str, kind: pl.DataType) -> str:
    return f'"{name}"::VARCHAR AS "{name}"' if isinstance(kind, pl.Enum) else f'"{name}"'
