"""What bringing answers up to date would cost: how long it takes, from what it took before, and what is fetched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import Field, computed_field

from genoteca.actions import references
from genoteca.actions.annotating import download_size
from genoteca.actions.rereading import reading_reasons
from genoteca.actions.view import View
from genoteca.actions.words import lasting_words, size_words
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.sdk.chains import lifted_from

if TYPE_CHECKING:
    from genoteca.actions.look import Look
    from genoteca.model.build import Build
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["Cost", "CostPart", "Costs", "cost_words"]

WORKER_SECONDS = 2.0
"""What a run takes besides its tables: its worker begins, and ends."""


class CostPart(View):
    """What one step of catching up costs."""

    what: str
    """`read again`, `look up` or `prepare`."""
    sample: str = ""
    module: str = ""
    seconds: float | None = None
    """None: it was never done here."""
    download_bytes: int | None = 0
    """None: something is fetched, and nobody said how much."""


class Cost(View):
    """What catching up costs in all."""

    parts: list[CostPart] = Field(default_factory=list)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def runs(self) -> int:
        """Count the runs: each genome that is read or asked, and each table that is prepared."""
        single = sum(one.what != "look up" for one in self.parts)
        return single + len({one.sample for one in self.parts if one.what == "look up"})

    @computed_field  # type: ignore[prop-decorator]
    @property
    def seconds(self) -> float:
        """About how long it takes, as far as it was done before."""
        return round(sum(one.seconds or 0 for one in self.parts) + WORKER_SECONDS * self.runs, 1)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def unknown(self) -> int:
        """Count the steps of which nobody knows how long they take."""
        return sum(one.seconds is None for one in self.parts)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def download_bytes(self) -> int:
        """Bytes to fetch at most, as far as they are known."""
        return sum(one.download_bytes or 0 for one in self.parts)


def cost_words(cost: Cost) -> str:
    """Say what catching up costs: `about 20 seconds; 12 MB to fetch at most`."""
    unknown = [one for one in cost.parts if one.seconds is None]
    told = lasting_words(cost.seconds) + (" or more" if unknown else "")
    if not cost.download_bytes and not any(one.download_bytes is None for one in cost.parts):
        return f"{told}; nothing to fetch"
    at_most = f"{size_words(cost.download_bytes)} to fetch at most" if cost.download_bytes else ""
    more = "data to fetch, of unknown size" if any(one.download_bytes is None for one in cost.parts) else ""
    return "; ".join(filter(None, (told, at_most, more)))


class Costs:
    """Adds up what catching up costs; learns from every answer that is there."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._own: dict[tuple[str, str], float] = {}
        self._known: dict[str, list[tuple[int, float]]] = {}
        self._parts: list[CostPart] = []
        self._prepared: set[tuple[str, str, str]] = set()

    def learn(self, sample: Sample, module: InstalledModule, stored: Stored | None) -> None:
        """Note how long an answer took, with the size of its genome."""
        seconds = _taken(stored.record) if stored else None
        if seconds is not None:
            self._own[sample.id.key, module.id] = seconds
            self._known.setdefault(module.id, []).append((self._rows(sample), seconds))

    def of(self, sample: Sample, modules: Sequence[InstalledModule]) -> dict[str, float | None]:
        """Add what it costs to look these up again; gives the seconds of each, None: it was never done here."""
        seconds = {module.id: self._seconds(sample, module.id) for module in modules}
        self._read_again(sample)
        for module in modules:
            self._prepare(sample, module)
        self._parts += [
            CostPart(what="look up", sample=sample.id.key, module=module, seconds=took)
            for module, took in seconds.items()
        ]
        return seconds

    def total(self) -> Cost:
        """Give the sum."""
        return Cost(parts=self._parts)

    def _seconds(self, sample: Sample, module_id: str) -> float | None:
        """Tell from this genome itself, else from the one nearest to it in size; a larger one takes longer."""
        own = self._own.get((sample.id.key, module_id))
        known = self._known.get(module_id, [])
        if own is not None or not known:
            return own
        rows = self._rows(sample)
        nearest, took = min(known, key=lambda one: abs(math.log((one[0] + 1) / (rows + 1))))
        return took * max(1.0, rows / max(nearest, 1))

    def _rows(self, sample: Sample) -> int:
        try:
            variants = self._look.current(["sample", "variants"], sample.id.key)
        except DatasetError:
            return 0
        return variants.record.rows if variants else 0

    def _read_again(self, sample: Sample) -> None:
        with suppress(DatasetError):
            variants = self._look.current(["sample", "variants"], sample.id.key)
            if variants is not None and reading_reasons(self._look, sample):
                seconds = None
                with suppress(NotFoundError):
                    seconds = self._look.app.index.get(variants.record.run).seconds
                self._parts.append(CostPart(what="read again", sample=sample.id.key, seconds=seconds))

    def _prepare(self, sample: Sample, module: InstalledModule) -> None:
        """Add the making of a module's data, once for all genomes that need it."""
        build = lifted_from(module.sound_manifest(), sample.build) or sample.build
        with suppress(InputError, DatasetError):  # `annotate` tells of a release that cannot be used
            stored = self._look.reference(module.id, build)
            by_chromosome = stored is not None and "chromosomes" in stored.record.metadata
            step = (module.id, str(build), sample.id.key if by_chromosome else "")
            if step in self._prepared:
                return
            self._prepared.add(step)
            if self._wanted(sample, module, build):
                fetched = download_size(self._look.app, module)
                self._parts.append(
                    CostPart(
                        what="prepare",
                        module=module.id,
                        seconds=_taken(stored.record) if stored else None,
                        download_bytes=None if fetched == 0 else fetched or 0,
                    )
                )

    def _wanted(self, sample: Sample, module: InstalledModule, build: Build) -> bool:
        manifest = module.sound_manifest()
        layout = self._look.app.layout
        return manifest.is_set_up and bool(references.reference_wanted(layout, module, build, key=sample.id.key)[0])


def _taken(record: Record) -> float | None:
    """Give the seconds that the making of a table took, as its record says."""
    taken = record.metadata.get("taken")
    seconds = taken.get("seconds") if isinstance(taken, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None
