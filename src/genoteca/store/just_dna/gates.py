"""Answers that are shown only to those who ask for them: the genes for which this house asks first."""

from __future__ import annotations

import polars as pl

__all__ = ["gate_of"]

_OPEN = "Open it only if you want to know."
_KIN = "the answer may matter for your parents, brothers, sisters and children as well"
_GATES = {
    "APOE": "This is a site of APOE, which is linked to Alzheimer's disease in later life. One site alone does not "
    f"tell your APOE type, nothing known today removes the risk, and {_KIN}. {_OPEN}",
    "F5": f"This is a site of the clotting factor F5: it may make blood clots in the veins more likely, and {_KIN}. "
    f"{_OPEN}",
    "F2": f"This is a site of the clotting factor F2: it may make blood clots in the veins more likely, and {_KIN}. "
    f"{_OPEN}",
    "HFE": f"This is a site of HFE, which is linked to iron build-up (haemochromatosis), and {_KIN}. {_OPEN}",
}


def gate_of(gene: pl.Expr) -> pl.Expr:
    """Give the sentence before the answers of a gene; null where none is needed. Several genes are joined by `;`."""
    gate = pl.lit(None, pl.String)
    for name, sentence in _GATES.items():
        gate = pl.when(gene.str.to_uppercase().str.contains(rf"\b{name}\b")).then(pl.lit(sentence)).otherwise(gate)
    return gate
