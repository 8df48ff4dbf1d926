"""What the app does by itself: when each module is asked, what is due, and many look-ups asked for at once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Backfill",
    "BackfillState",
    "Cell",
    "CellState",
    "ChosenPolicy",
    "Look",
    "Noted",
    "Policy",
    "Rule",
    "Situation",
    "Standing",
    "Tried",
    "Wanted",
]


class Policy(StrEnum):
    """When a module is asked without being told to."""

    MANUAL = "manual"
    """Never."""
    ON_IMPORT = "on_import"
    """About a new genome, or one that was read again, as soon as it is read."""
    IDLE = "idle"
    """About every genome that it was not asked about, or whose answer is out of date, while nobody is at work."""
    NIGHTLY = "nightly"
    """The same, at a set hour."""


class Rule(StrEnum):
    """What makes the app do something by itself."""

    ON_IMPORT = "on_import"
    IDLE = "idle"
    NIGHTLY = "nightly"
    INBOX = "inbox"
    RELEASES = "releases"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChosenPolicy(_Value):
    """A module's policy, and since when: what was there before is not new."""

    policy: Policy
    since: datetime


class Situation(_Value):
    """All that decides when something is due, besides the clock."""

    policies: dict[str, ChosenPolicy] = Field(default_factory=dict)
    """By module; one that is absent is asked by hand."""
    night_time: str = "03:00"
    """The hour of the nightly look, `HH:MM` as a clock in `time_zone` shows it."""
    time_zone: str = ""
    """A name of the IANA time zone database; empty: this computer's own."""
    last_night: datetime | None = None
    """The scheduled moment that was caught up with last."""
    idle_minutes: int = 10
    busy: bool = False
    """Whether a run is queued or at work."""
    moved: datetime | None = None
    """When the person, or a run that the person asked for, last did something; null: not known of."""


class Standing(_Value):
    """A module that should be asked about a genome: it never was, or its answer is out of date."""

    sample: str
    """`user/sample`."""
    module: str
    why: str
    """Why it should be, in words."""
    read: datetime
    """When the genome was read."""
    answered: datetime | None = None
    """When the module answered last; null: never."""
    state: str
    """What an answer would be made of; where it is as it was at a try that did not help, it is not tried again."""


class Tried(_Value):
    """The last time that a module was asked about a genome without being told to."""

    state: str
    """As in `Standing`."""
    run: str | None
    """Null: it is known by now that it did not help, or nothing could be queued."""


class Wanted(_Value):
    """What one rule asks about one genome now."""

    rule: Rule
    sample: str
    modules: tuple[str, ...]
    """In the order of their ids."""
    states: dict[str, str]
    """`Standing.state` by module."""


class Look(_Value):
    """The last time that a rule was looked at, and what came of it in words."""

    rule: Rule
    when: datetime
    words: str


class Noted(_Value):
    """Something that was done by itself, or that could not be."""

    rule: Rule
    first: datetime
    last: datetime
    times: int
    sample: str = ""
    """`user/sample`; empty: it is about no genome."""
    words: str
    run: str = ""
    failed: bool = False


class BackfillState(StrEnum):
    """Where many look-ups that were asked for at once stand."""

    GOING = "going"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class CellState(StrEnum):
    """Where one look-up of a backfill stands: one module about one genome."""

    WAITING = "waiting"
    QUEUED = "queued"
    """Its run is queued or at work."""
    DONE = "done"
    UP_TO_DATE = "up_to_date"
    """Nothing had to be done."""
    WAITS = "waits"
    """New answers wait: they would change something, or stay closed until the person asks."""
    KEPT = "kept"
    """Nothing was done: the person has left the new answers."""
    CANNOT = "cannot_be_tested"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (CellState.WAITING, CellState.QUEUED)


class Cell(_Value):
    """One look-up of a backfill."""

    place: int
    sample: str
    module: str
    state: CellState = CellState.WAITING
    run: str = ""
    own: bool = False
    """Whether the backfill queued that run, and nobody else."""
    tries: int = 0
    """How often it was queued: what a crash interrupted is queued again."""
    reason: str = ""


class Backfill(_Value):
    """Look-ups of several genomes by several modules."""

    id: int
    state: BackfillState
    created: datetime
    ended: datetime | None = None
    modules: tuple[str, ...]
    at_once: int
    """Runs that may be queued or at work at a time."""
    genomes: int
    counts: dict[CellState, int] = Field(default_factory=dict)

    @property
    def total(self) -> int:
        """Count its look-ups; those about a genome that was deleted meanwhile are gone."""
        return sum(self.counts.values())

    @property
    def over(self) -> int:
        """Count the look-ups of which nothing more will come."""
        return sum(number for state, number in self.counts.items() if state.over)
