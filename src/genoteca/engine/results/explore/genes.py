"""The rows of a view gathered by gene: one heading a gene with its count, its rows under it where it is unfolded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from genoteca.engine.results.explore.table import View, WideTable

__all__ = ["Gene", "GeneRow", "Genes", "genes_of"]


class Gene(NamedTuple):
    """One gene of a view; empty: rows of which no module names a gene."""

    name: str
    rows: int


class GeneRow(NamedTuple):
    """A line of the gathered table: a heading, or a row of the gene above it."""

    gene: Gene
    number: int | None
    """Of the row; None: it is the heading."""


@dataclass(frozen=True, kw_only=True)
class Genes:
    """Every gene of a view, by name; rows without a gene come last."""

    genes: list[Gene]
    total: int

    def lines(self, table: WideTable, view: View, unfolded: Collection[str], start: int, limit: int) -> list[GeneRow]:
        """Give a stretch of the lines."""
        found, at, end = list[GeneRow](), 0, start + limit
        for gene in self.genes:
            length = 1 + (gene.rows if gene.name in unfolded else 0)
            if at + length > start and at < end:
                if at >= start:
                    found.append(GeneRow(gene, None))
                first = max(start - at - 1, 0)
                wanted = end - at - 1 - first
                if length > 1 and wanted > 0:
                    found += [GeneRow(gene, row) for row in _rows(table, view, gene.name, first, wanted)]
            at += length
            if at >= end:
                break
        return found

    def length(self, unfolded: Collection[str]) -> int:
        """Count the lines."""
        return len(self.genes) + sum(gene.rows for gene in self.genes if gene.name in unfolded)


def genes_of(table: WideTable, view: View) -> Genes:
    """Gather a view by gene: the first module that names one for a row says which."""
    clause, values = table.listed(view)
    where = f" WHERE {clause}" if clause else ""
    found = table.values(
        f"SELECT {_gene(table, view)} AS gene, count(*) FROM answers{where} GROUP BY gene ORDER BY gene = '', gene",
        values,
    )
    genes = [Gene(str(name), int(count)) for name, count in found]
    return Genes(genes=genes, total=sum(gene.rows for gene in genes))


def _gene(table: WideTable, view: View) -> str:
    return table.said(view.closed).gene()


def _rows(table: WideTable, view: View, gene: str, start: int, limit: int) -> list[int]:
    clause, values = table.listed(view)
    where = " AND ".join(filter(None, [clause, f"{_gene(table, view)} = ?"]))
    statement = f"SELECT _row FROM answers WHERE {where} ORDER BY _place, _row LIMIT {limit:d} OFFSET {start:d}"
    return [int(row) for (row,) in table.values(statement, [*values, gene])]
