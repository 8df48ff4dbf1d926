"""What the screens and the command line are given: plain values, nothing that can act."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SerializerFunctionWrapHandler, model_serializer

from genoteca.model.column import AnnotationColumn, Column
from genoteca.model.evidence import Outcome
from genoteca.model.filter import Filter, Sort
from genoteca.model.intake import Intake
from genoteca.model.module import ALLOW_NETWORK, ModuleManifest, Tier
from genoteca.model.record import CheckResult
from genoteca.model.report import ReportSection
from genoteca.model.run import Run
from genoteca.model.sample import Sample, Sex
from genoteca.sdk.isolated.boxes import Box, box_here
from genoteca.store.choice import SHIPPED_SLUG
from genoteca.store.preferences import own_source
from genoteca.store.trust import runs_as

__all__ = [
    "AddSample",
    "AnnotateReport",
    "AnswerState",
    "Cell",
    "DataRelease",
    "DataUpdate",
    "GenerationCard",
    "HelpPage",
    "ModuleAnswer",
    "ModuleCard",
    "ModuleData",
    "ModuleReport",
    "ModuleState",
    "ModuleVersion",
    "Provided",
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
    "Trouble",
    "TrustDecision",
]


class View(BaseModel):
    """A value handed to a screen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Trouble(View):
    """An error as a screen shows it."""

    title: str
    message: str
    hint: str = ""
    detail: str = ""


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


_SAID_IF_SO = ("lifted", "unusable", "reused", "closed", "report_failed", "cancelled")
COUNTED = frozenset({"evidence", "filtered", "rows", "unusable"})
"""What tells something of the person, in numbers."""


class ModuleReport(View):
    """What one module made of a sample in one run.

    Written out, `lifted`, `unusable`, `reused`, `closed`, `report_failed` and `cancelled` stand only where they say
    something.
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
    NOT_RUN = "not run"
    RUNNING = "running"
    CANNOT_BE_TESTED = "cannot be tested"
    FAILED = "failed"


class ModuleAnswer(View):
    """What one module says of one sample, in counts."""

    module: str
    title: str
    icon: str
    state: AnswerState
    why: str = ""
    """Why it is out of date, cannot be tested or failed."""
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
    release: str = ""
    data_version: str = ""
    when: datetime | None = None
    run: str | None = None
    trouble: Trouble | None = None
    checks: list[CheckResult] = Field(default_factory=list)
    gate: str = ""
    """What must be read and agreed to first: counts and words are left out. Empty: nothing, or it was agreed to."""


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


class ModuleState(StrEnum):
    """Where a module stands in the store."""

    AVAILABLE = "available"
    INSTALLED = "installed"
    UPDATE = "update available"
    BROKEN = "set aside"


class Provided(View):
    """One thing that a module has for the app or for others."""

    name: str
    """`sequence:GRCh38`"""
    build: str
    """In which it can be fetched by itself; empty: it is fetched where it is needed."""
    release: str
    bytes: int
    when: datetime | None
    """None: it is not there."""


class DataRelease(View):
    """One release of a module's data that is there."""

    name: str
    builds: list[str]
    """Empty: of no build of its own, as the chains between two."""
    used_in: list[str]
    """Builds in which it is the one that is used."""
    chosen: bool
    """By the user; else the newest is used."""
    bytes: int
    """On the disk."""
    when: datetime
    rows: int
    chromosomes: list[str] = Field(default_factory=list)
    """Those that were fetched; empty: all that it has."""
    unusable: str = ""
    """Why it cannot be chosen; empty: it can."""
    licence: str = ""


class DataUpdate(View):
    """Newer data than any that is there."""

    build: str
    have: str
    """The newest release that is there."""
    release: str
    """What the publisher has; empty: it does not say its name."""


class ModuleData(View):
    """The data of a module: what is there, and what its publisher has."""

    module: str
    releases: list[DataRelease]
    """Newest first."""
    missing: list[str]
    """Builds of which nothing is there yet."""
    updates: list[DataUpdate] = Field(default_factory=list)
    checked: datetime | None = None
    """When the publisher was last asked; None: never."""
    problems: list[str] = Field(default_factory=list)
    """Why it could not be asked then."""
    runs: list[str] = Field(default_factory=list)
    """Runs that are queued or at work for it."""
    can_check: bool = False
    fetches: bool = False
    """Whether it fetches anything at all; else its data came with it."""
    own_source: str = ""
    """The file or folder on this computer that it is read from in place of its publisher's; empty: none was set."""


class ModuleVersion(View):
    """One version of a module on offer."""

    version: str
    tier: Tier
    bytes: int
    """To fetch for the module itself; shipped with the app: of its package."""
    download_bytes: int
    """To fetch for its data."""
    disk_bytes: int
    """On disk, its data and itself."""
    released: datetime | None = None
    """When it was first on offer; None: shipped with the app."""
    changelog: str = ""
    """What is new in it, Markdown."""
    yanked: str = ""
    """Why its publisher withdrew it; empty: it did not."""
    requires_app: str
    requires: list[str] = Field(default_factory=list)
    why_not: str = ""
    """Why it cannot be installed; empty: it can."""


class ModuleCard(View):
    """One module with everything its card and its detail show."""

    id: str
    manifest: ModuleManifest
    tier: Tier
    state: ModuleState
    version: str
    """On offer, else installed."""
    installed_version: str | None = None
    origin: str
    """`shipped with Genoteca`, or the file it was installed from."""
    icon: str = ""
    """SVG text."""
    readme: str = ""
    """Markdown."""
    bytes: int = 0
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    trouble: Trouble | None = None
    works_with: dict[str, str] = Field(default_factory=dict)
    """By sample: `yes`, or why not."""
    provided: list[Provided] = Field(default_factory=list)
    """What it has for the app or for others, once it is installed."""
    newer_data: bool = False
    """Whether its publisher is known to have newer data than what is there."""
    catalogue: str = ""
    """Slug of the added catalogue that this card is of; empty: shipped with the app, or from a file."""
    catalogue_name: str = ""
    others: list[str] = Field(default_factory=list)
    """Other catalogues that offer a module of the same id; `shipped` stands for what came with the app."""
    versions: list[ModuleVersion] = Field(default_factory=list)
    """On offer, newest first."""
    genes: list[str] = Field(default_factory=list)
    """Gene symbols it is found by."""
    withdrawn: str = ""
    """Why the version that is installed was withdrawn by its publisher; empty: it was not."""

    pinned: str = ""
    """The installed version, where updates pass it by; empty: it is not pinned."""
    needs_trust: bool = False
    """Whether it is set aside because nobody trusts its code, or not any more."""

    @property
    def runs_as(self) -> Tier:
        """The tier that it has on this computer: without a box, an isolated module is code."""
        return runs_as(self.tier)

    @property
    def box(self) -> Box:
        """What shuts an isolated module in on this computer."""
        return box_here()

    @property
    def network_granted(self) -> bool:
        """Whether the user opened the box of an isolated module to the network."""
        return self.settings.get(ALLOW_NETWORK) is True

    @property
    def source(self) -> str:
        """What names this very card to an action: `ID@catalogue`, or the id alone where no other offers it."""
        catalogue = self.catalogue or (SHIPPED_SLUG if self.others else "")
        return f"{self.id}@{catalogue}" if catalogue else self.id

    @property
    def own_source(self) -> str:
        """The file or folder on this computer that its data is read from in place of its publisher's."""
        return own_source(self.manifest, self.settings)


class GenerationCard(View):
    """The modules as they were at one time, and what was changed then."""

    number: int
    when: datetime
    changes: list[str]
    """In words: `ClinVar 1.0.0 → 1.1.0`."""
    modules: list[str]
    """Ids and versions of all that were installed."""
    current: bool


class TrustDecision(View):
    """One module whose code a person trusted, by the sha256 of its wheel."""

    id: str
    title: str
    version: str
    sha256: str
    tier: Tier
    when: datetime
    installed: bool
    """Whether these very contents are installed now."""


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


class RecordDetail(View):
    """Everything about one row of a sample's own table."""

    title: str
    cells: list[Cell]
    lineage: list[Step]


class RunCard(View):
    """One run as a list shows it."""

    run: Run
    title: str
    """`Annotate anna/hg001 with ClinVar`."""
    left: str = ""
    """About how long it will still take, in words; empty: not known."""
    outcomes: dict[str, ModuleAnswer] = Field(default_factory=dict)
