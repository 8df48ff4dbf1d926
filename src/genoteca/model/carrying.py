"""Which answers say that an allele is carried: it was called, or half of the genotype is known and that half has it.

`partial` alone does not say so: of `./0` one copy is the reference, and the other is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from genoteca.model.evidence import Evidence
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator

__all__ = ["CARRYING", "carrying", "compared_columns"]


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


def compared_columns(where: Filter, half: str = "") -> Iterator[str]:
    """Give the column of every condition of a filter; of "the known half has it" only how the answer is known.

    How many copies are asked for there tells no more than that column: that an answer is carried, or not known.
    `half`: the column of copies of the answers that a part around this one asks to be half known.
    """
    match where:
        case Condition(column=column, op=op, value=value):
            some = op in (Operator.EMPTY, Operator.NOT_EMPTY) or (op is Operator.AT_LEAST and value == 1)
            if not (column == half and some):
                yield column
        case Not(part=part):
            yield from compared_columns(part)
        case All(parts=parts):
            for part in parts:
                yield from compared_columns(part, _half_known(where) or half)
        case Any_(parts=parts):
            for part in parts:
                yield from compared_columns(part, half)


def _half_known(where: All) -> str:
    """Name the column of copies of the answers which this asks to be half known; empty: it asks for none."""
    for part in where.parts:
        if isinstance(part, Condition) and part.op is Operator.EQUAL and part.value == Evidence.PARTIAL.value:
            return part.column.removesuffix("evidence") + "dosage"
    return ""
