"""What the screens and the command line are given: plain values, nothing that can act."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue, SerializerFunctionWrapHandler, model_serializer

from genoteca.actions.module_views import ModuleCard
from genoteca.actions.view import Reason, Trouble, View
from genoteca.model.column import AnnotationColumn, Column, ColumnType
from genoteca.model.evidence import Outcome
from genoteca.model.filter import Filter, Sort
from genoteca.model.intake import Intake
from genoteca.model.record import CheckResult
from genoteca.model.report import ReportSection
from genoteca.model.run import Run
from genoteca.model.sample import Sample, Sex

__all__ = [
    "AddSample",
    "AnnotateReport",
    "AnswerState",
    "Cell",
    "HelpPage",
    "ModuleAnswer",
    "ModuleReport",
    "Query",
    "RecordDetail",
    "ReportCard",
    "ResultHeader",
    "ResultPage",
    "RowDetail",
    "RunCard",
    "SampleCard",
    "SampleState",
    "Step",
    "TableHeader",
]


class AddSample(View):
    """What a person says of a genome file when adding it."""

    path: str
    """File on this computer; an uploaded file lies in the data folder's `tmp`."""
    name: str = ""
    """Name of the file as the person knows it; empty: the path's."""
    copy_file: bool = False
    """Move the file into the data folder (uploads), or read it where it is."""
    user: str = "me"
    sample: str = ""
    """Empty: the sample's name in the file."""
    pick: str | None = None
    """Who is meant of a file with several people."""
    member: str | None = None
    """Which genome is meant of an archive with several."""
    build: str = "auto"
    sex: Sex = Sex.UNSTATED
    decompose: bool = False
    """Take exchanges of several bases (MNVs) apart into single bases."""


class HelpPage(View):
    """One page of the help, in Markdown."""

    name: str
    """As in its address."""
    title: str
    text: str


_SAID_IF_SO = ("lifted", "unusable", "reused", "closed", "closed_rows", "waits", "report_failed", "cancelled")
COUNTED = frozenset({"evidence", "filtered", "rows", "unusable", "closed_rows"})
"""What tells something of the person, in numbers."""


class ModuleReport(View):
    """What one module made of a sample in one run.

    Written out, `lifted`, `unusable`, `reused`, `closed`, `closed_rows`, `waits`, `report_failed` and `cancelled`
    stand only where they say something.
    """

    outcome: Outcome
    reason: str = ""
    release: str = ""
    sites: int | None = None
    """None: sparse, rows only where an allele is carried."""
    evidence: dict[str, int] = Field(default_factory=dict)
    filtered: int = 0
    lifted: str = ""
    """What was lifted from another build and what was not; empty: nothing was."""
    unusable: dict[str, int] = Field(default_factory=dict)
    """Calls of an array that answer as no call, by reason."""
    rows: int = 0
    seconds: float | None = None
    peak_memory_mb: float | None = None
    """Of the whole run."""
    reused: bool = False
    """The answer was up to date, and was not made again."""
    closed: bool = False
    """Its counts are left out: they stay closed until the person asks to see them."""
    closed_rows: int = 0
    """Answers that stay closed until the person asks for each: none of the other counts is of them."""
    waits: bool = False
    """It waits beside the answers in force until it is taken or left."""
    report_failed: str = ""
    """Why its report section could not be written; the answers stand. Empty: it was, or it has none."""
    words: str = Field(default="", exclude=True)
    """Its counts in a sentence; not written out."""
    cancelled: bool = False
    """It was not looked up, because the run, or the fetching of the module's data, was cancelled."""

    @model_serializer(mode="wrap")
    def _only_what_is_said(self, written: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        told: dict[str, JsonValue] = written(self)
        told = {name: value for name, value in told.items() if not self.closed or name not in COUNTED}
        return {name: value for name, value in told.items() if value or name not in _SAID_IF_SO}


class AnnotateReport(View):
    """What `annotate --json` prints, its schema number aside."""

    run: str
    sample: str
    modules: dict[str, ModuleReport]


class SampleState(StrEnum):
    """Where a sample stands."""

    READY = "ready"
    IMPORTING = "importing"
    FAILED = "failed"


class AnswerState(StrEnum):
    """Where one module stands for one sample."""

    UP_TO_DATE = "up to date"
    OUT_OF_DATE = "out of date"
    WAITING = "new answers wait"
    """Out of date; what replaces it is there, and waits until the person takes or leaves it."""
    KEPT = "older answers kept"
    """Out of date; the person has left what would replace it."""
    NOT_RUN = "not run"
    RUNNING = "running"
    CANNOT_BE_TESTED = "cannot be tested"
    FAILED = "failed"

    @property
    def is_old(self) -> bool:
        """Whether the answers in force are out of date, whatever is done about it."""
        return self in (AnswerState.OUT_OF_DATE, AnswerState.WAITING, AnswerState.KEPT)


class ModuleAnswer(View):
    """What one module says of one sample, in counts."""

    module: str
    title: str
    icon: str
    state: AnswerState
    why: str = ""
    """Why it is out of date (the first reason), cannot be tested or failed."""
    reasons: list[Reason] = Field(default_factory=list)
    """Every reason why it is out of date; none: it is not."""
    needs: str = ""
    """Id of the module without which it cannot be tested: the chains between two builds; empty: none is wanted."""
    lifted: str = ""
    """What was lifted from another build and what was not, in words; empty: nothing was."""
    outcome: Outcome | None = None
    words: str = ""
    """`412 sites: 398 called or reference, 14 not covered`; never a bare `nothing found`."""
    sites: int | None = None
    evidence: dict[str, int] = Field(default_factory=dict)
    filtered: int = 0
    unusable: dict[str, int] = Field(default_factory=dict)
    """Calls of an array that answer as no call, by reason."""
    rows: int = 0
    closed: int = 0
    """Answers that stay closed until the person asks for each, in none of the other counts."""
    release: str = ""
    data_version: str = ""
    when: datetime | None = None
    run: str | None = None
    waits: bool = False
    """Of what one run made: it waits beside the answers in force."""
    trouble: Trouble | None = None
    checks: list[CheckResult] = Field(default_factory=list)
    gate: str = ""
    """What must be read and agreed to first: counts and words are left out. Empty: nothing, or it was agreed to."""

    @property
    def doubt(self) -> str:
        """Why what stands may not be the newest, as part of a sentence; empty: nothing speaks against it."""
        failed = self.state is AnswerState.FAILED and self.outcome is Outcome.ANSWERED
        return "the last look-up failed" if failed else self.why if self.reasons else ""


class SampleCard(View):
    """One sample with everything its card shows."""

    sample: Sample
    state: SampleState
    intake: Intake | None = None
    import_run: Run | None = None
    trouble: Trouble | None = None
    answers: list[ModuleAnswer] = Field(default_factory=list)
    """One per installed module, in the gallery's order."""
    why_read_again: str = ""
    """Why its file should be read again, as part of a sentence; empty: it need not."""
    changes: int = 0
    """Changes of its answers that were not looked at yet; of nothing that stays closed."""
    waiting: int = 0
    """Modules whose new answers wait to be taken or left."""


class ResultHeader(View):
    """The head of one module's results for one sample."""

    sample: Sample
    module: ModuleCard
    answer: ModuleAnswer
    columns: list[Column | AnnotationColumn]
    """Every column of the table, the module's own after the common ones."""
    shown: list[str]
    """Columns shown until the user chooses others."""
    preset: str = ""
    """Title of the preset that chose them; empty: the module did."""
    where: Filter | None = None
    """Which rows the preset shows; None: all."""
    where_words: str = ""

    @property
    def source(self) -> str:
        """Name under which a grid asks for its rows."""
        return self.module.id


class TableHeader(View):
    """The head of one of a sample's own tables."""

    sample: Sample
    table: str
    title: str
    about: str
    """What stands in it, in words."""
    columns: list[Column]
    shown: list[str]
    """Columns shown until the user chooses others."""
    rows: int
    when: datetime

    @property
    def source(self) -> str:
        """Name under which a grid asks for its rows."""
        return f"sample/{self.table}"


class ReportCard(View):
    """A module's report section about one sample, and where it stands."""

    module: str
    title: str
    release: str = ""
    when: datetime | None = None
    """When it was written; None: it is not there."""
    section: ReportSection | None = None
    trouble: Trouble | None = None
    """Why there is no section."""
    out_of_date: str = ""
    """Why the answers that it was written from are out of date; empty: they are not."""
    gate: str = ""
    """Not empty: what must be read and agreed to before it is shown."""


class Query(View):
    """Which rows of a table, in which order."""

    where: Filter | None = None
    text: str = ""
    """Found in any text column, without regard to case."""
    sort: list[Sort] = Field(default_factory=list)
    start: int = Field(default=0, ge=0)
    limit: int | None = Field(default=100, ge=0)
    """None: every row."""


class ResultPage(View):
    """A stretch of rows."""

    rows: list[dict[str, JsonValue]]
    """By column name, `_row` added: the row's number in the unsorted table, stable, for `result_row`."""
    matched: int
    """Rows that the filter leaves."""
    total: int


class Cell(View):
    """One value of a row, ready to show as text."""

    column: str
    label: str
    text: str
    description: str = ""
    link: str = ""
    type: ColumnType = ColumnType.TEXT
    """How it is drawn."""
    number: float | None = None
    """The value itself, where it is one."""


class Step(View):
    """One step of a row's lineage, from the file to the answer."""

    title: str
    text: str
    when: datetime | None = None


class RowDetail(View):
    """Everything about one answer."""

    title: str
    evidence: str
    evidence_words: str
    cells: list[Cell]
    """The module's own columns first."""
    technical: list[Cell]
    lineage: list[Step]
    gate: str = ""
    """Not empty: what must be read and agreed to before the answer is shown."""
    caution: str = ""
    """Not empty: what must be said beside the answer."""
    variant: str = ""
    """Name of the variant that it is about; empty: it is about no single one."""


class RecordDetail(View):
    """Everything about one row of a sample's own table."""

    title: str
    cells: list[Cell]
    lineage: list[Step]
    variant: str = ""
    """Name of the variant that it is; empty: it is none."""


class RunCard(View):
    """One run as a list shows it."""

    run: Run
    title: str
    """`Annotate anna/hg001 with ClinVar`."""
    left: str = ""
    """About how long it will still take, in words; empty: not known."""
    outcomes: dict[str, ModuleAnswer] = Field(default_factory=dict)
