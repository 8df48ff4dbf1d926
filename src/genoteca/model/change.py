"""What changed between two answers of one module about one genome: kinds, counts, and the columns of the tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from genoteca.model.column import AnnotationColumn, Column, ColumnType
from genoteca.model.evidence import Evidence
from genoteca.model.scale import Scale

__all__ = [
    "AFTER",
    "BEFORE",
    "CHANGE",
    "CLASSES",
    "COMPARED",
    "GATES",
    "IDENTITY",
    "PLACES",
    "Change",
    "Changes",
    "Generation",
    "Tally",
    "change_columns",
    "gates_in",
    "gates_opened",
    "joined_gates",
    "notable",
]

BEFORE, AFTER = "before_", "after_"
"""What the columns with the values start with; the number of the compared column follows."""

COMPARED = ("genotype", "dosage", "filtered", "evidence", "match", "lift")
"""Columns of every module's table that are compared; the others say where a row lies, or only number it."""


GATES = "\x1f"
"""Between the two gates of a row that stood behind one before and stands behind another now."""


def joined_gates(before: str, after: str) -> str:
    """Name what a row stands behind: both gates, where it was another one before."""
    return GATES.join(dict.fromkeys(filter(None, (before, after))))


def gates_in(gate: str) -> list[str]:
    """Give the gates that must all be open before a row of changes is shown."""
    return [one for one in gate.split(GATES) if one]


def gates_opened(opened: Collection[str]) -> list[str]:
    """Give all that a row of changes may stand behind once these gates are open: one of them, or two."""
    single = sorted(set(opened))
    return [*single, *(joined_gates(one, other) for one in single for other in single if one != other)]


class Change(StrEnum):
    """What became of a row, in the order in which it is told."""

    RAISED = "raised"
    """Its class weighs now, and did not before: uncertain → pathogenic."""
    UP = "up"
    """Its class weighs more than before."""
    DOWN = "down"
    """Its class weighs less than before."""
    OTHER = "other"
    """Another class, without an order between the two."""
    NEW = "new"
    """There was no such row."""
    GONE = "gone"
    """There is no such row any more."""
    REST = "rest"
    """The class is the same, or the module has none; something else differs."""

    @property
    def of_class(self) -> bool:
        """Whether a row that stayed has another class now."""
        return self in (Change.RAISED, Change.UP, Change.DOWN, Change.OTHER)


PLACES = {kind.value: place for place, kind in enumerate(Change)}
"""Where each kind stands in the order."""

T = ColumnType

IDENTITY: tuple[Column, ...] = (
    Column(name="chrom", label="Chromosome", type=T.CATEGORY, null="the site could not be lifted"),
    Column(name="pos", label="Position", type=T.POSITION, null="the site could not be lifted"),
    Column(name="ref", label="Reference allele"),
    Column(name="alt", label="Alternative allele"),
    Column(name="lifted_from", label="Lifted from", description="Of a site that could not be lifted: where it lies."),
)
"""What tells a site, in both answers."""

CHANGE: tuple[Column, ...] = (
    *IDENTITY,
    Column(name="change", label="Change", type=T.CATEGORY, values=tuple(Change)),
    Column(
        name="carried",
        label="About you",
        type=T.FLAG,
        description="Your file has, or had, this allele; of a module without classes: it knows the genotype.",
    ),
    Column(name="place", label="Order", type=T.INTEGER, description="What is told first: from 0."),
    Column(name="level", label="Weight now", type=T.INTEGER, description="0 is the weightiest class.", null="none"),
    Column(name="about", label="About", description="What the row is about, as the module names it."),
    Column(name="class_before", label="Before", type=T.CATEGORY, null="no class, or no row"),
    Column(name="class_after", label="Now", type=T.CATEGORY, null="no class, or no row"),
    Column(name="stars_before", label="Stars before", type=T.STARS, null="none given"),
    Column(name="stars_after", label="Stars now", type=T.STARS, null="none given"),
    Column(name="evidence_before", label="Evidence before", type=T.CATEGORY, values=tuple(Evidence), null="no row"),
    Column(name="evidence_after", label="Evidence now", type=T.CATEGORY, values=tuple(Evidence), null="no row"),
    Column(name="columns", label="What differs", type=T.LIST, null="the whole row is new, or gone"),
    Column(name="gate", label="Asks first", description="Before and now, where they differ.", null="open"),
)
"""What a table of changes starts with, one row per row that differs; the values before and after follow."""

CLASSES: tuple[Column, ...] = tuple(
    column
    for column in CHANGE
    if column.name in ("chrom", "pos", "ref", "alt", "lifted_from", "change", "carried", "gate")
    or column.name.startswith(("class_", "stars_"))
)
"""What is kept for good of every row whose class or stars changed, or that came or went."""


def change_columns(columns: Sequence[Column]) -> list[Column]:
    """Give every column of a table of changes; `columns`: those that were compared, in their order."""
    told = [*CHANGE]
    for when, words in ((BEFORE, "before"), (AFTER, "now")):
        for number, column in enumerate(columns):
            again = Column(
                name=f"{when}{number}",
                label=f"{column.label} {words}",
                type=column.type,
                description=column.description,
                null="it did not change, or it is empty",
            )
            told.append(again)
    return told


class Tally(BaseModel):
    """How many rows changed, by kind: those about the person (what they carry, or what is known), and all others."""

    model_config = ConfigDict(extra="forbid")

    carried: dict[Change, int] = Field(default_factory=dict)
    others: dict[Change, int] = Field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.carried.values()) + sum(self.others.values())

    def plus(self, other: Tally) -> Tally:
        """Give both together."""
        return Tally(carried=_sum(self.carried, other.carried), others=_sum(self.others, other.others))


def _sum(one: dict[Change, int], other: dict[Change, int]) -> dict[Change, int]:
    return {kind: one.get(kind, 0) + other.get(kind, 0) for kind in Change if one.get(kind) or other.get(kind)}


class Generation(BaseModel):
    """One of the two answers."""

    model_config = ConfigDict(extra="forbid")

    run: str
    created: datetime
    release: str
    version: str = ""
    """Of the module."""


class Changes(BaseModel):
    """What a record says of a comparison; the rows lie in its tables."""

    model_config = ConfigDict(extra="forbid")

    before: Generation
    after: Generation
    why_not: str = ""
    """Why the two could not be compared; empty: they were."""
    columns: list[AnnotationColumn] = Field(default_factory=list)
    """Those that were compared, in the order of the values."""
    added: list[str] = Field(default_factory=list)
    """Labels of columns that only the new answer has: they were not compared."""
    removed: list[str] = Field(default_factory=list)
    """Labels of columns that only the older answer has."""
    scale: Scale | None = None
    """How the module's classes weigh; None: it has none."""
    class_label: str = ""
    dense: bool = True
    tally: Tally = Tally()
    """Of the rows that stand behind no gate of their own."""
    closed: dict[str, Tally] = Field(default_factory=dict)
    """Of the rows behind each gate."""

    def told(self, opened: Sequence[str] = ()) -> Tally:
        """Count what is open: the rows behind no gate, or behind such as are all opened."""
        found = self.tally
        for gate, one in self.closed.items():
            found = found.plus(one) if set(gates_in(gate)) <= {*opened} else found
        return found


def notable(changes: Changes, tally: Tally) -> int:
    """Count the changes that are worth a look: about the person, where the module says something of them.

    Of a module with classes, those of another class, new and gone. Of one that lists what others carry (no classes,
    rows only where an allele is carried) none: a release changes every frequency a little.
    """
    if changes.scale is not None:
        return sum(count for kind, count in tally.carried.items() if kind is not Change.REST)
    return sum(tally.carried.values()) if changes.dense else 0
