"""What reading a genome file will take, said before anything of it is stored: time and room on the disk."""

from __future__ import annotations

from statistics import median

from genoteca.actions.app import App, free_bytes
from genoteca.actions.view import View
from genoteca.engine.files import LEAST_ROOM
from genoteca.engine.samples import all_samples
from genoteca.model.intake import FileFacts
from genoteca.model.run import RunKind, RunStatus

__all__ = ["ImportPlan", "plan_import"]

PACKED = (".gz", ".bgz", ".tgz", ".zip", ".bcf", ".xz", ".bz2", ".zst")
LARGE = 5_000_000
"""Bytes from which a reading tells of speed; a smaller one is mostly the start of its process."""
START_SECONDS = 5.0
"""What a reading takes before the first record, until this computer has read a small file."""
PACKED_RATE, PLAIN_RATE = 4_000_000, 25_000_000
"""Bytes of a file read in a second, until this computer has read a large one: what two cores of 2020 manage."""


class ImportPlan(View):
    """What adding a file will take."""

    each_seconds: float
    """For one person."""
    each_bytes: int
    """Bytes of a person's tables at most; an upload lies in the data folder already."""
    measured: int
    """Earlier readings on this computer that the time is told by; 0: it is assumed."""
    free: int
    """Bytes free on the disk of the data folder."""

    def seconds(self, people: int) -> float:
        """Give the time until everyone is read, one after the other."""
        return self.each_seconds * max(people, 1)

    def needed(self, people: int) -> int:
        """Give the bytes that must be free: those that adding asks for."""
        return max(LEAST_ROOM, self.each_bytes * max(people, 1))

    def fits(self, people: int) -> bool:
        """Whether there is room for so many."""
        return self.free >= self.needed(people)


def plan_import(app: App, facts: FileFacts) -> ImportPlan:
    """Say what adding a file's persons will take; nothing is stored.

    The room is what `add_samples` asks for, the time is told by earlier readings of files that were packed alike.
    """
    packed = facts.compression != "none"
    starts, rates = _measured(app, packed=packed)
    rate = median(rates) if rates else (PACKED_RATE if packed else PLAIN_RATE)
    return ImportPlan(
        each_seconds=(median(starts) if starts else START_SECONDS) + facts.bytes / rate,
        each_bytes=2 * facts.bytes // max(facts.people, 1),
        measured=len(rates) if facts.bytes >= LARGE else len(starts),
        free=free_bytes(app.layout),
    )


def _measured(app: App, *, packed: bool) -> tuple[list[float], list[float]]:
    """Give the seconds that small files took, and the bytes a second of large ones, on this computer."""
    sizes = {
        one.id.key: (one.source.bytes, one.source.name.lower().endswith(PACKED)) for one in all_samples(app.layout)
    }
    done = [
        (run.seconds, *sizes[run.request.partition])
        for run in app.index.list(limit=500)
        if run.request.kind is RunKind.IMPORT and run.status is RunStatus.SUCCEEDED and run.request.partition in sizes
        if run.seconds
    ]
    small = [seconds for seconds, size, _ in done if size < LARGE]
    start = min(small, default=START_SECONDS)
    rates = [size / max(seconds - start, 0.1) for seconds, size, was in done if size >= LARGE and was == packed]
    return small, rates
