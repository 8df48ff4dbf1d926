"""What the explorer's screen is given: plain values, nothing that can act."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from genoteca.actions.view import View
from genoteca.actions.views import AnswerState, Cell, Query, Step
from genoteca.model.column import AnnotationColumn
from genoteca.model.evidence import Evidence
from genoteca.model.filter import Filter
from genoteca.model.sample import Sample

__all__ = [
    "ExploreAbsent",
    "ExploreColumn",
    "ExploreFilter",
    "ExploreHeader",
    "ExploreJump",
    "ExploreModule",
    "ExplorePage",
    "ExploreQuery",
    "ExploreRow",
    "ExploreSaying",
]


class ExploreColumn(View):
    """One column of the table of all modules."""

    column: AnnotationColumn
    """Its name is the module's id with `_` for `-`, then its own."""
    module: str = ""
    """Whose it is; empty: the genome file's."""
    own: str
    """Its name in the module's own table."""
    label: str
    """Its label there, without the module's title."""
    shown: bool
    """Whether it is shown until the person chooses others."""
    silent: bool = False
    """Whether no row about a variant says anything in it: it is not shown where those stand alone."""


class ExploreFilter(View):
    """A module's own filter, in the columns of the table of all modules."""

    module: str
    name: str
    label: str
    description: str
    where: Filter


class ExploreModule(View):
    """A module whose answers stand in the table."""

    id: str
    title: str
    icon: str = ""
    release: str = ""
    dense: bool
    """Whether it has a list of sites, each with an answer; else a row stands where the genome carries its allele."""
    gate: str = ""
    """What must be read and agreed to before anything of it is shown; empty: nothing, or it was agreed to."""
    gated_rows: bool = False
    """Whether single answers ask before they are shown."""
    state: AnswerState = AnswerState.UP_TO_DATE
    """Where it stands now; its answers in the table may be older."""
    why: str = ""
    """Why its answers are not to be taken as they stand: out of date, older than a look-up that failed, or being made
    again; empty: they are as new as they can be."""
    lifted: str = ""
    """What was lifted from another build and what was not, in words; empty: nothing was, or it stays closed."""


class ExploreAbsent(View):
    """A module without answers in the table."""

    title: str
    state: AnswerState
    why: str
    aside: bool = False
    """It is installed and kept out: whatever it said is shown nowhere."""


class ExploreHeader(View):
    """The head of a genome's table of all modules."""

    sample: Sample
    ready: bool
    """Whether the table is there; else it is made first."""
    modules: list[ExploreModule]
    left_out: list[ExploreAbsent] = Field(default_factory=list)
    """By title."""
    columns: list[ExploreColumn]
    filters: list[ExploreFilter]


class ExploreQuery(Query):
    """Which rows of the table of all modules."""

    sites: bool = False
    """Also answers about sites where the genome carries nothing that the module speaks of."""
    columns: list[str] = Field(default_factory=list)
    """Columns given; empty: all."""
    unfolded: list[str] | None = None
    """Gathered by gene: genes whose rows are listed; None: not gathered."""


class ExplorePage(View):
    """A stretch of rows."""

    rows: list[dict[str, JsonValue]]
    """By column name. `_row` is the row's number; `_closed` names the modules that stay closed, `_unsaid` those that
    show no answer in it while some of theirs stay closed. Gathered by gene, a heading is `_gene` with `_rows`, its
    count."""
    matched: int
    """Rows that the filter leaves; gathered by gene: lines."""
    beside: int
    """Rows that it would leave beside them at sites where the genome carries nothing."""
    total: int
    genes: int = 0
    """Gathered by gene: how many."""


class ExploreJump(View):
    """Where something stands in a view."""

    kind: Literal["place", "variant", "rsid", "gene"]
    words: str
    index: int | None
    found: bool
    where: Filter | None = None


class ExploreSaying(View):
    """What one module says in a row."""

    module: str
    title: str
    icon: str = ""
    evidence: Evidence | None = None
    gate: str = ""
    """Not empty: what must be read and agreed to before it is shown."""
    unsaid: bool = False
    """It shows no answer, and some of its answers stay closed: this may be one of them, or none."""
    cells: list[Cell] = Field(default_factory=list)
    technical: list[Cell] = Field(default_factory=list)
    """What tells a researcher how the answer was found, and a reader nothing."""


class ExploreRow(View):
    """Everything about one row."""

    title: str
    variant: str = ""
    """As its page is named in addresses; empty: it has none."""
    name: str = ""
    """The gene and the rsID, as far as they are known."""
    kind: Literal["variant", "further", "site"]
    """What the row is about, as the table has it."""
    cells: list[Cell]
    """Of the genome file."""
    technical: list[Cell] = Field(default_factory=list)
    """Of the genome file: keys, record numbers and what else is there for researchers."""
    sayings: list[ExploreSaying]
    lineage: list[Step]
