"""Columns of a browse table that say at once what its columns name apart: the gene, and the rsID of a row.

They are computed where they are asked for, from what may be told: a gene that a closed answer alone names is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from genoteca.model.column import Column

__all__ = ["GENE", "RSID", "gathered_columns", "gathered_sql"]

GENE = Column(
    name="gene",
    label="Gene",
    description="The gene that the first module which names one gives.",
    null="no module names a gene here",
)
RSID = Column(
    name="rsid",
    label="rsID",
    description="Of your file; where that has none, of the first module which names one.",
    null="neither your file nor a module names one",
)
FILE = 'CASE WHEN "id" ILIKE \'rs%\' THEN "id" END'
"""What the file names: its identifier may be another's than dbSNP's."""


def gathered_columns(names: Mapping[str, Mapping[str, str]]) -> list[Column]:
    """Give those that a table has; `names`: by module, each of its columns and its name in the table."""
    return [GENE, RSID] if any("gene" in own for own in names.values()) else [RSID]


def gathered_sql(names: Mapping[str, Mapping[str, str]], told: Callable[[str], str]) -> dict[str, str]:
    """Give what stands for each; `told`: the SQL of a column as it may be told."""
    genes = [told(own["gene"]) for own in names.values() if "gene" in own]
    rsids = [FILE, *(told(own["rsid"]) for own in names.values() if "rsid" in own)]
    found = {RSID.name: f"coalesce({', '.join(rsids)})"}
    return found | ({GENE.name: f"coalesce({', '.join(genes)})"} if genes else {})
