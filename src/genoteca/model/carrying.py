"""Which answers say that an allele is carried: it was called, or half of the genotype is known and that half has it.

`partial` alone does not say so: of `./0` one copy is the reference, and the other is not known.
"""

from __future__ import annotations

from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Any_, Condition, Filter, Operator

__all__ = ["CARRYING", "carrying"]


def carrying(evidence: str, *seen: Condition) -> Filter:
    """Give the filter of a table whose column of evidence has this name.

    `seen`: any one of these says that the known half of a genotype has what the answer is about.
    """
    half = [Condition(column=evidence, op=Operator.EQUAL, value=Evidence.PARTIAL.value), Any_(**{"or": list(seen)})]
    called = Condition(column=evidence, op=Operator.EQUAL, value=Evidence.CALLED.value)
    return Any_(**{"or": [called, All(**{"and": half})]})


CARRYING = carrying(
    "evidence",
    Condition(column="dosage", op=Operator.AT_LEAST, value=1),
    Condition(column="alt", op=Operator.EMPTY),
)
"""Of a module's own table. An answer about a place or a stretch has no allele: what the file has there was met."""
