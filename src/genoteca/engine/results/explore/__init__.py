"""The explorer's table: a sample's variants with every module's answers beside them, to scroll, sort and filter."""

from genoteca.engine.results.explore.asking import build_wide
from genoteca.engine.results.explore.closed import Closed
from genoteca.engine.results.explore.facets import values_of
from genoteca.engine.results.explore.gathered import gathered_columns
from genoteca.engine.results.explore.genes import GeneRow, Genes, genes_of
from genoteca.engine.results.explore.jumping import Jump, jump
from genoteca.engine.results.explore.shown import Shown
from genoteca.engine.results.explore.spec import WideModule, WideSpec
from genoteca.engine.results.explore.table import View, WideTable, is_built

__all__ = [
    "Closed",
    "GeneRow",
    "Genes",
    "Jump",
    "Shown",
    "View",
    "WideModule",
    "WideSpec",
    "WideTable",
    "build_wide",
    "gathered_columns",
    "genes_of",
    "is_built",
    "jump",
    "values_of",
]
