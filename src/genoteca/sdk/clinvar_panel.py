"""What the reports of panels of genes share that pick from ClinVar's answers: how an allele and a gene are named.

A row is one of ClinVar's alleles, with the panel's own `gene` (several are joined by `;`) and all of ClinVar's names
in `clinvar_gene`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genoteca.model.evidence import Evidence, Shape
from genoteca.model.report import Citation
from genoteca.model.variant import short_bases

if TYPE_CHECKING:
    import polars as pl

    from genoteca.sdk.result import ModuleResult

__all__ = ["clinvar_allele", "clinvar_citation", "clinvar_links", "dark_genes", "little_known", "some_of"]

VARIATION = "https://www.ncbi.nlm.nih.gov/clinvar/variation/{}/"
MOST_NAMED = 40


def clinvar_allele(row: Mapping[str, Any]) -> str:
    """Name one allele: where, which genotype, how ClinVar classifies it and how well, and for what."""
    stars = "no review status" if row["stars"] is None else f"{row['stars']} of 4 stars"
    listed = str(row["gene"]).split(";")
    also = [name for name in str(row["clinvar_gene"] or "").split(";") if name and name not in listed]
    told = [
        f"{row['chrom']}:{row['pos']} {short_bases(row['ref'])}>{short_bases(row['alt'])}",
        f"genotype {short_bases(row['genotype'])}" if row["genotype"] else "",
        f"{row['significance_class']}, {stars}",
        f"for: {str(row['conditions']).replace(';', ', ')}" if row["conditions"] else "",
        f"the record also names the gene{'' if len(also) == 1 else 's'} {', '.join(also)}" if also else "",
    ]
    return " · ".join(filter(None, told))


def clinvar_citation() -> Citation:
    """Cite ClinVar itself."""
    return Citation(
        text="Landrum MJ et al. ClinVar: improvements to accessing data. Nucleic Acids Res 2020;48(D1):D835-D844.",
        url="https://doi.org/10.1093/nar/gkz972",
    )


def clinvar_links(rows: Sequence[Mapping[str, Any]]) -> tuple[Citation, ...]:
    """Cite ClinVar's record of each row."""
    numbers = [row["variation_id"] for row in rows]
    return tuple(Citation(text=f"ClinVar {number}", url=VARIATION.format(number)) for number in numbers)


def dark_genes(rows: pl.LazyFrame, genes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give the genes of which the file tells nothing, and those in which ClinVar has nothing to look up.

    `rows`: the answers, with `gene` and `evidence`. `genes`: the whole list, in its order.
    """
    import polars as pl

    shapes = {kind.value: kind.shape is Shape.NOT_CALLABLE for kind in Evidence}
    dark = pl.col("evidence").cast(pl.String).replace_strict(shapes, return_dtype=pl.Boolean)
    by_gene = rows.select(pl.col("gene").cast(pl.String).str.split(";"), dark=dark).explode("gene").group_by("gene")
    told = dict(by_gene.agg(pl.col("dark").all()).collect().iter_rows())
    return [name for name in genes if told.get(name)], [name for name in genes if name not in told]


def little_known(result: ModuleResult, found_none: str) -> str:
    """Say that none of the alleles was found, and of how many the file tells anything at all.

    `found_none`: the words for it, a sentence without its end. They are left out where nothing was known: then
    nothing was looked at that could have been found.
    """
    known = result.shape(Shape.ANSWERED) + result.shape(Shape.REFERENCE)
    if not known:
        unclear = ", or could not tell," if result.evidence.get(Evidence.NO_CALL.value, 0) else ""
        return f"Your file says nothing{unclear} about any of them, so that none is ruled out."
    return (
        f"{found_none}; but it tells something about {known:,} of them only, and says nothing, or could not tell, "
        f"about {result.shape(Shape.NOT_CALLABLE):,}."
    )


def some_of(names: Sequence[str]) -> str:
    """Join the names of genes; of very many, say how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
