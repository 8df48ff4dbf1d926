"""The answers of one module in the order of the file's records: sorted on disk, handed out line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from genoteca.engine.results import sql
from genoteca.engine.results.about import about_variant_sql
from genoteca.engine.results.table import SAFE
from genoteca.errors import DatasetError
from genoteca.model.column import Column, ColumnType
from genoteca.model.evidence import Match
from genoteca.model.export import ModuleExport
from genoteca.model.filter import All, Filter

__all__ = ["Feed", "ModuleAnswers"]

BATCH = 50_000
"""Answers read at a time."""
LARGEST, SMALLEST = 2**31 - 1, -(2**31) + 8
"""Whole numbers of VCF: 32 bits, of which the eight lowest are reserved (section 1.3)."""
WHOLE = (ColumnType.INTEGER, ColumnType.POSITION, ColumnType.COUNT)
NEEDED = ("line", "allele", "evidence", "match", "genotype", "dosage", "filtered", "pos", "ref", "alt")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModuleAnswers:
    """A module's stored answers, and which of them are exported."""

    module: str
    title: str
    release: str
    path: Path
    columns: Sequence[Column]
    """Every column of the table."""
    own: Sequence[Column]
    """The module's own."""
    where: Filter | None = None
    """Rows of the view; None: all."""
    text: str = ""
    """Searched for in the view."""
    open: Filter | None = None
    """Rows that may be shown; None: all. The others are counted as hidden."""
    lines: npt.NDArray[np.uint32] | None = None
    """Records whose answers are exported, by number; what may not be shown of them is not counted. None: all."""


class Feed:
    """One module's answers that have a record, by line; memory stays flat, what must be sorted waits in `scratch`.

    An answer about the variant that it was found by (`about.about_variant`) is about an ALT allele of the record
    (`on_alt`); any other is about the record.
    """

    def __init__(self, source: ModuleAnswers, scratch: Path) -> None:
        self.source = source
        self._connection = duckdb.connect(config={**SAFE, "temp_directory": str(scratch)})
        self._connection.execute(f"CREATE TEMP VIEW stored AS {self._view()}")
        self.counts = self._counted()
        self.large = frozenset(c.name for c in source.own if c.type in WHOLE and self._is_large(c.name))
        self._batches = self._sorted()
        self._rest = next(self._batches, pl.DataFrame())

    def close(self) -> None:
        """Let the files go."""
        self._batches = iter(())
        self._connection.close()

    def up_to(self, line: int) -> pl.DataFrame:
        """Take the answers of every line up to this one; empty, and without columns, where there is none."""
        taken = []
        while len(self._rest) and self._rest["line"][-1] <= line:
            taken.append(self._rest)
            self._rest = next(self._batches, pl.DataFrame())
        if len(self._rest) and self._rest["line"][0] <= line:
            here = int(self._rest["line"].search_sorted(line, "right"))
            taken.append(self._rest[:here])
            self._rest = self._rest[here:]
        return pl.concat(taken) if taken else pl.DataFrame()

    def require_empty(self) -> None:
        """See that every answer found its line.

        Raises:
            DatasetError: some are about lines beyond the file's end.

        """
        if len(self._rest):
            raise DatasetError(
                f"{self.source.title} has an answer for record {self._rest['line'][0]:,}; the file ends before it.",
                hint="Read the genome again, and look it up again.",
            )

    def _view(self) -> str:
        """Give the stored table with categories as text, and whether each answer is about an ALT allele."""
        source = self._connection.read_parquet(str(self.source.path))
        kinds = dict(zip(source.columns, map(str, source.types), strict=True))
        missing = [column.name for column in self.source.columns if column.name not in kinds]
        if missing:
            raise DatasetError(f"{self.source.path.name} lacks the columns {', '.join(missing)}.")
        shown = [f'"{n}"::VARCHAR AS "{n}"' if kind.startswith("ENUM") else f'"{n}"' for n, kind in kinds.items()]
        path = str(self.source.path).replace("'", "''")
        on_alt = f"(line IS NOT NULL AND allele IS NOT NULL AND {about_variant_sql(kinds)})"
        view = f"SELECT {', '.join(shown)}, {on_alt} AS on_alt FROM read_parquet('{path}')"
        if self.source.lines is None:
            return view
        self._connection.register("wanted", pl.DataFrame({"line": self.source.lines}).to_arrow())
        self._connection.execute("CREATE TEMP TABLE kept AS SELECT line FROM wanted")
        self._connection.unregister("wanted")
        return f"{view} WHERE line IN (SELECT line FROM kept)"

    def _clause(self, *, shown: bool) -> tuple[str, list[Any]]:
        """Give the WHERE clause of the view; `shown`: of what may be shown of it."""
        source = self.source
        parts = [part for part in (source.where, source.open if shown else None) if part is not None]
        tree = All.model_validate({"and": parts}) if parts else None
        clause, values = sql.where(tree, source.text, {column.name: column for column in source.columns})
        return clause or " WHERE true", values

    def _counted(self) -> ModuleExport:
        one_by_one = self.source.lines is not None  # how many are closed in a few records would tell of whom
        every = self._clause(shown=one_by_one)[0]
        rows = self._rows(f"SELECT count(*) FROM stored{every}", shown=one_by_one)[0][0]
        where = self._clause(shown=True)[0]
        told = self._rows(
            f"SELECT line IS NOT NULL, on_alt, evidence, count(*) FROM stored{where} GROUP BY ALL ORDER BY evidence"
        )
        alleles = self._rows(f"SELECT count(*) FROM (SELECT DISTINCT line, allele FROM stored{where} AND on_alt)")[0][
            0
        ]
        on_alt = sum(count for _, here, _, count in told if here)
        return ModuleExport(
            title=self.source.title,
            release=self.source.release,
            rows=rows,
            hidden=rows - sum(count for *_, count in told),
            on_variants=alleles,
            further=on_alt - alleles,
            on_records=sum(count for has_line, here, _, count in told if has_line and not here),
            elsewhere={evidence: count for has_line, _, evidence, count in told if not has_line},
        )

    def _is_large(self, name: str) -> bool:
        where = self._clause(shown=True)[0]
        low, high = self._rows(f'SELECT min("{name}"), max("{name}") FROM stored{where}')[0]
        return low is not None and (low < SMALLEST or high > LARGEST)

    def _sorted(self) -> Iterator[pl.DataFrame]:
        where, values = self._clause(shown=True)
        listed = ", ".join(f'"{name}"' for name in (*NEEDED, *(column.name for column in self.source.own)))
        order = f"line, on_alt, allele, match = '{Match.DECOMPOSED}', site"
        found = self._connection.sql(
            f"SELECT on_alt, {listed} FROM stored{where} AND line IS NOT NULL ORDER BY {order}", params=values
        )
        for batch in found.to_arrow_reader(BATCH):
            if batch.num_rows:
                yield pl.DataFrame(batch)

    def _rows(self, statement: str, *, shown: bool = True) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, self._clause(shown=shown)[1]).fetchall()
