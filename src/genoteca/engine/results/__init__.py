"""Results as a screen or a command reads them: filtered, sorted, paged, exported."""

from genoteca.engine.results.export import write_rows
from genoteca.engine.results.formats import Format
from genoteca.engine.results.table import ResultTable
from genoteca.engine.results.where import parse_where

__all__ = ["Format", "ResultTable", "parse_where", "write_rows"]
