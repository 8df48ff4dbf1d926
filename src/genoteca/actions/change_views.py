"""What the page of a genome's changes shows."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from genoteca.actions.view import Trouble, View
from genoteca.model.change import Change, Generation, Tally
from genoteca.model.sample import Sample

__all__ = [
    "CHANGE_WORDS",
    "ChangeLine",
    "ClassEntry",
    "ClassHistory",
    "Compared",
    "Earlier",
    "ModuleChanges",
    "SampleChanges",
]

CHANGE_WORDS = {
    Change.RAISED: "now in a class that matters more",
    Change.UP: "class went up",
    Change.DOWN: "class went down",
    Change.OTHER: "another class",
    Change.NEW: "new",
    Change.GONE: "no longer listed",
    Change.REST: "something else differs",
}
"""Each kind in a few words, for the owner of the genome."""


class ChangeLine(View):
    """One row that differs."""

    number: int
    """Of its table, from 0."""
    change: Change
    title: str
    place: str
    variant: str = ""
    """Name of its own page; empty: it has none."""
    class_before: str = ""
    class_after: str = ""
    stars_before: int | None = None
    stars_after: int | None = None
    cells: list[tuple[str, str, str]] = Field(default_factory=list)
    """What else differs: label, before, now."""
    gates: list[str] = Field(default_factory=list)
    """What was to be read first, before and now, where these are two; empty: they are one, or none."""


class Compared(View):
    """Answers that replaced older ones, or would; what changed with them."""

    module: str
    run: str
    before: Generation
    after: Generation
    why_not: str = ""
    """Why they could not be compared; empty: they were."""
    closed: bool = False
    """Nothing of what changed is told before the person asks."""
    seen: bool = False
    tally: Tally = Tally()
    notable: int = 0
    added: list[str] = Field(default_factory=list)
    removed: list[str] = Field(default_factory=list)
    class_label: str = ""
    lines: list[ChangeLine] = Field(default_factory=list)
    """The first of what the person carries; empty where the words ask to be opened first."""
    has_table: bool = False
    """All that differs can still be looked at; later only the classes are kept."""
    damaged: str = ""
    """What of it is damaged, and what to do; empty: nothing."""
    words: str = ""


class Earlier(View):
    """An older answer that can still be read."""

    run: str
    created: datetime
    release: str
    in_force: bool


class ModuleChanges(View):
    """What changed of one module's answers."""

    module: str
    title: str
    icon: str = ""
    gates: list[str] = Field(default_factory=list)
    """What must be agreed to, the first of it first; empty: everything is open, or nothing is there to be opened."""
    opened: list[str] = Field(default_factory=list)
    """What the person has opened, and may close again."""
    silent: bool = False
    """Until it is opened no number is told either."""
    waiting: Compared | None = None
    """Answers that wait to be taken or left."""
    why_waiting_is_old: str = ""
    taken_with: list[str] = Field(default_factory=list)
    """Titles of the modules whose answers wait as well, and are taken or left with it: one builds on the other."""
    kept: str = ""
    """What the person has left, and it would be the same now: `2026-02-26 → 2026-03-05`; empty: nothing was."""
    troubles: list[Trouble] = Field(default_factory=list)
    """What of it is damaged, and what to do."""
    compared: list[Compared] = Field(default_factory=list)
    """The newest first."""
    earlier: list[Earlier] = Field(default_factory=list)
    can_preview: bool = False
    """Its answer is out of date, so that new ones can be looked at before they are taken, again if they were left."""
    why_old: str = ""


class SampleChanges(View):
    """What changed about one genome."""

    sample: Sample
    modules: list[ModuleChanges] = Field(default_factory=list)
    """Those with something that waits or that is new first."""


class ClassEntry(View):
    """What a module said of a variant, from a release on."""

    when: datetime
    release: str
    value: str
    """Empty: it had no class, or was not listed."""
    stars: int | None = None
    listed: bool = True


class ClassHistory(View):
    """How a module's class of one variant went, the oldest first."""

    module: str
    title: str
    label: str
    entries: list[ClassEntry]
