"""Results as a screen or a command reads them: filtered, sorted, paged.

What writes them to a file is in `export`: it loads Polars, PyArrow and a writer of Excel files, and no screen does.
"""

from genoteca.engine.results.formats import Format
from genoteca.engine.results.table import ResultTable
from genoteca.engine.results.where import parse_where

__all__ = ["Format", "ResultTable", "parse_where"]
