"""Where every module stands for every genome: what is out of date, why, and what catching up would cost."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import Field

from genoteca.actions.answers import Standing, standing
from genoteca.actions.asides import ModuleAside, modules_aside
from genoteca.actions.costs import Cost, Costs
from genoteca.actions.look import Look
from genoteca.actions.references import chosen_modules
from genoteca.actions.view import Reason, ReasonKind, View
from genoteca.actions.views import AnswerState
from genoteca.engine import records
from genoteca.engine.last_runs import last_runs
from genoteca.engine.record_index import RecordIndex
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import DatasetError
from genoteca.model.counted import counted
from genoteca.model.sample import SampleId

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.run import Run
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["ModuleStatus", "SampleStatus", "Stands", "Status", "status"]

OWN = "sample"
"""First part of the keys of a genome's own tables."""


class ModuleStatus(View):
    """Where one module stands for one genome; nothing that it says of the person."""

    module: str
    title: str
    state: AnswerState
    reasons: list[Reason] = Field(default_factory=list)
    """Every reason why it is out of date."""
    failed: str = ""
    """How it failed."""
    seconds: float | None = None
    """About how long it takes to look it up again, where it is out of date; None: it is not, or nobody knows."""


class SampleStatus(View):
    """Where every module stands for one genome."""

    sample: str
    """`user/sample`."""
    name: str
    modules: list[ModuleStatus] = Field(default_factory=list)
    """By title."""

    @property
    def old(self) -> list[str]:
        """Give the modules whose answers are out of date."""
        return [one.module for one in self.modules if one.state is AnswerState.OUT_OF_DATE]


class Status(View):
    """Where every module stands for every genome of a data folder."""

    samples: list[SampleStatus] = Field(default_factory=list)
    """By user and name."""
    cost: Cost = Cost()
    """Of bringing up to date what is not."""
    aside: list[ModuleAside] = Field(default_factory=list)
    """Modules that are installed and kept out: nobody can say where they stand."""

    @property
    def old(self) -> int:
        """Count the answers that are out of date."""
        return sum(len(one.old) for one in self.samples)

    @property
    def failed(self) -> int:
        """Count the modules whose last look-up failed: what they said before, if anything, may be out of date."""
        return sum(one.state is AnswerState.FAILED for sample in self.samples for one in sample.modules)

    @property
    def nothing_old(self) -> str:
        """Say that nothing is to be brought up to date; what is going on, failed, waits or was left is told."""
        told = {
            AnswerState.RUNNING: ("answer is being looked up", "answers are being looked up", "see how far it is"),
            AnswerState.FAILED: ("look-up failed", "look-ups failed", "see why, and ask again"),
            AnswerState.WAITING: ("new answer waits", "new answers wait", "have a look"),
            AnswerState.KEPT: ("older answer was kept", "older answers were kept", "you may look again"),
        }
        found = Counter(one.state for sample in self.samples for one in sample.modules)
        parts = [
            f"{counted(found[state], one, many)}: {then}" for state, (one, many, then) in told.items() if found[state]
        ]
        return f"Nothing is out of date, but {'; '.join(parts)}." if parts else "Everything is up to date."


def status(app: App, sample: str = "", module: str = "") -> Status:
    """Say where modules stand for genomes; of one sample (`user/sample`) or one module, where it is named.

    What the records of answers say is taken from the app's own index, as long as their files were not touched since.

    Raises:
        NotFoundError: no such sample, or no such module is installed and usable.

    """
    if sample:
        read_sample(app.layout, SampleId.parse(sample))
    if module:
        chosen_modules(app.layout, [module])
    with _uncollected():
        stands = Stands(app)
        found = _found(stands, sample, module)
        stands.save()
    return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: of thousands of records none is any before the end. A third of the time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


class Stands:
    """Where answers stand, asked one by one in one look at the data folder."""

    def __init__(self, app: App) -> None:
        self._index = index = RecordIndex(app.layout)

        def current(asset: Sequence[str], key: str) -> Stored | None:
            return records.current(app.layout, asset, key) if asset[0] == OWN else index.current(asset, key)

        self.look = Look(app, current)
        self._last = last_runs(app.index, self.look.annotating)

    def of(self, sample: Sample, module: InstalledModule) -> Standing:
        """Say where a module stands; where something that it depends on is damaged, it is to be made again."""
        try:
            return standing(self.look, sample, module, self._telling(sample, module))
        except DatasetError as error:
            reason = Reason(kind=ReasonKind.DAMAGED, words=error.message)
            return Standing(AnswerState.OUT_OF_DATE, reasons=[reason])

    def last_run(self, sample: Sample, module: InstalledModule) -> str:
        """Give the newest run that asked a module; empty: none did."""
        last = self._last.get((sample.id.key, module.id))
        return last.id if last else ""

    def save(self) -> None:
        """Keep what was read, for the next look."""
        self._index.save()

    def _telling(self, sample: Sample, module: InstalledModule) -> Run | None:
        """Give the newest run that asked a module, where it says more than what is stored does."""
        last = self._last.get((sample.id.key, module.id))
        if last is None:
            return None
        stored = self.look.current([module.id, "annotations"], sample.id.key) if last.over else None
        told = stored is not None and records.in_force_since(stored.record) >= last.queued
        return None if told else self.look.app.index.get(last.id)


def _found(stands: Stands, sample: str, module: str) -> Status:
    look = stands.look
    modules = [one for one in look.annotating.values() if module in ("", one.id)]
    modules.sort(key=lambda one: one.sound_manifest().title.casefold())
    costs = Costs(look)
    found = []
    for one in all_samples(look.app.layout):
        told = [stands.of(one, each) for each in modules]
        for each, now in zip(modules, told, strict=True):
            costs.learn(one, each, now.stored)
        if sample in ("", one.id.key):
            found.append((one, told))
    samples = [_of_sample(one, modules, told, costs) for one, told in found]
    aside = [one for one in modules_aside(look.app) if module in ("", one.module)]
    return Status(samples=samples, cost=costs.total(), aside=aside)


def _of_sample(
    sample: Sample, modules: Sequence[InstalledModule], told: Sequence[Standing], costs: Costs
) -> SampleStatus:
    old = [each for each, now in zip(modules, told, strict=True) if now.state is AnswerState.OUT_OF_DATE]
    seconds = costs.of(sample, old) if old else {}
    return SampleStatus(
        sample=sample.id.key,
        name=f"{sample.user_name} / {sample.sample_name}",
        modules=[
            ModuleStatus(
                module=each.id,
                title=each.sound_manifest().title,
                state=now.state,
                reasons=list(now.reasons),
                failed=now.trouble.message if now.trouble else "",
                seconds=seconds.get(each.id),
            )
            for each, now in zip(modules, told, strict=True)
        ],
    )
