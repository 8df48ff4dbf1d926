"""Deciding about answers that wait: several together, wholly or not at all; and by themselves where nothing differs.

What is decided is written down first (`deciding`, in the genome's folder), then done module by module. A kill at any
write leaves either nothing decided, or a decision that whoever looks next brings to its end.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genoteca.engine import held, records
from genoteca.engine.changes import readable_comparisons
from genoteca.engine.files import write_private
from genoteca.engine.kinship import MODULE_DIGEST
from genoteca.engine.samples import read_sample
from genoteca.errors import DatasetError, GenotecaError
from genoteca.model.change import Changes
from genoteca.model.column import GATE
from genoteca.model.evidence import Outcome
from genoteca.model.record import Record
from genoteca.model.run import Run
from genoteca.model.sample import SampleId
from genoteca.sdk.closed import CLOSED, closed_told
from genoteca.sdk.made_with import COLUMNS
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout

__all__ = ["finish_deciding", "finish_everywhere", "leave_together", "settle_run", "take_together", "together"]

LOG = logging.getLogger(__name__)

ANNOTATIONS = "annotations"
DECIDING = "deciding"
"""Name of the file, in a genome's folder, that says what is being decided; there only meanwhile."""

MADE = ("module_version", "module_data_version", MODULE_DIGEST, "settings", "limits", COLUMNS)
"""Keys of a record's metadata that say, besides its inputs, how an answer was made."""

Requires = Mapping[str, Collection[str]]
"""By module: the modules on whose answers it builds."""


class _Deciding(BaseModel):
    """What is being taken, or left."""

    model_config = ConfigDict(extra="forbid")

    take: bool
    run: str
    modules: list[str]
    """In the order in which they build on each other."""


def together(layout: Layout, partition: str, requires: Requires, module_id: str) -> list[str]:
    """Give the modules whose waiting answers are taken, or left, with those of one: itself among them.

    Answers belong together where one was made of the other, through any number of others between. They stand in the
    order in which they build on each other. `requires`: of every module there is. Empty: nothing of it waits.

    Raises:
        DatasetError: a record is damaged.

    """
    waiting = held.held(layout, [module_id, ANNOTATIONS], partition)
    if waiting is None:
        return []
    made = _Made.by(layout, partition, requires, waiting.record.run)
    found, rim = {module_id}, [module_id]
    while rim:
        one = rim.pop()
        near = made.built_on(one) | {other for other in made.waiting if one in made.built_on(other)}
        rim += near - found
        found |= near
    return [one for one in made.in_order() if one in found]


def take_together(
    layout: Layout, partition: str, modules: Sequence[str], *, run: str, keep: int = records.KEEP
) -> None:
    """Put what a run made of modules in force, all of it or nothing.

    Raises:
        DatasetError: one of them is not, byte by byte, what was written: nothing is taken.

    """
    for one in modules:
        if waiting := held.held(layout, [one, ANNOTATIONS], partition, run=run):
            records.verified(waiting)
    _decide(layout, partition, _Deciding(take=True, run=run, modules=list(modules)), keep=keep)


def leave_together(layout: Layout, partition: str, modules: Sequence[str], *, run: str) -> None:
    """Delete what a run made of modules and what waits, all of it, and remember what it was."""
    _decide(layout, partition, _Deciding(take=False, run=run, modules=list(modules)))


def finish_deciding(layout: Layout, partition: str, *, keep: int = records.KEEP) -> None:
    """Bring to its end what a kill has interrupted; nothing, where nothing was."""
    path = _path(layout, partition)
    if not path.is_file():
        return
    try:
        _carry_out(layout, partition, _Deciding.model_validate_json(path.read_bytes()), keep=keep)
    except ValidationError:
        LOG.warning("a decision about new answers was damaged: they wait still")
    path.unlink(missing_ok=True)


def finish_everywhere(layout: Layout, *, keep: int = records.KEEP) -> None:
    """Bring to its end what a kill has interrupted, of every genome; what cannot be now is tried at the next look."""
    for path in sorted(layout.users.glob(f"*/*/{DECIDING}")):
        try:
            finish_deciding(layout, f"{path.parent.parent.name}/{path.parent.name}", keep=keep)
        except (GenotecaError, OSError):
            LOG.exception("a decision about new answers could not be brought to its end")


def settle_run(layout: Layout, run: Run, *, whole: bool = True, keep: int = records.KEEP) -> list[str]:
    """Take what waits of a run and would change nothing about the person; gives the modules taken.

    Only of a run that was asked to (`RunRequest.settles`). What builds on something that waits, waits as well.
    `whole`: the run ended in order; otherwise what it made and did not compare is deleted, and will be made again.

    What goes wrong leaves the answers waiting: the person decides.
    """
    request = run.request
    if not request.settles or request.partition is None:
        return []
    taken = list[str]()
    try:
        finish_deciding(layout, request.partition, keep=keep)
        made = _Made.by(layout, request.partition, request.requires, run.id)
        if not whole:
            made = _compared_of(layout, made)
        for one in made.in_order():
            closed = one in request.closed
            if made.built_on(one) <= {*taken} and _changes_nothing(layout, made.waiting[one], closed=closed):
                taken.append(one)
        if taken:
            take_together(layout, request.partition, taken, run=run.id, keep=keep)
    except (GenotecaError, OSError):
        LOG.exception("new answers wait: whether they change anything could not be told")
        return []
    return taken


def _decide(layout: Layout, partition: str, deciding: _Deciding, *, keep: int = records.KEEP) -> None:
    write_private(_path(layout, partition), deciding.model_dump_json())
    finish_deciding(layout, partition, keep=keep)


def _carry_out(layout: Layout, partition: str, deciding: _Deciding, *, keep: int) -> None:
    if not deciding.take:
        for one in reversed(deciding.modules):  # what builds on others goes before them
            held.refuse(layout, one, partition, run=deciding.run)
        return
    for one in deciding.modules:
        try:
            if held.held(layout, [one, ANNOTATIONS], partition, run=deciding.run):
                held.take(layout, one, partition, keep=keep)
            held.finish(layout, one, partition, keep=keep)
        except DatasetError:  # damaged since it was looked at: what was said before stands
            LOG.exception("the new answers of %s could not be taken", one)
            return


def _path(layout: Layout, partition: str) -> Path:
    sample = SampleId.parse(partition)
    return layout.sample(sample.user, sample.sample) / DECIDING


@dataclass(frozen=True, kw_only=True, slots=True)
class _Made:
    """What a run made of a genome's answers, and what waits."""

    waiting: dict[str, Stored]
    requires: Requires

    @classmethod
    def by(cls, layout: Layout, partition: str, requires: Requires, run: str) -> _Made:
        found = ((one, held.held(layout, [one, ANNOTATIONS], partition, run=run)) for one in requires)
        return cls(waiting={one: stored for one, stored in found if stored is not None}, requires=requires)

    def built_on(self, module_id: str) -> set[str]:
        """Give those of the answers that wait of which another one was made, as its record says or its module."""
        inputs, needs = self.waiting[module_id].record.inputs, self.requires[module_id]
        used = {one for one, stored in self.waiting.items() if inputs.get(f"{one}/{ANNOTATIONS}") == _hash(stored)}
        return (used | {one for one in needs if one in self.waiting}) - {module_id}

    def in_order(self) -> list[str]:
        """Give the modules so that each stands behind those on which it builds."""
        found = list[str]()

        def add(one: str) -> None:
            for needed in sorted(self.built_on(one)):
                add(needed)
            if one not in found:
                found.append(one)

        for one in self.waiting:
            add(one)
        return found


def _hash(stored: Stored) -> str:
    return stored.record.sha256


def _compared_of(layout: Layout, made: _Made) -> _Made:
    """Leave out, and delete, what a killed run has made and not compared."""
    found = dict[str, Stored]()
    for one, stored in made.waiting.items():
        if _standing(layout, stored.record) is None or _comparison(layout, stored.record) is not None:
            found[one] = stored
        else:
            held.drop(stored.path.parent)
    return replace(made, waiting=found)


def _changes_nothing(layout: Layout, waiting: Stored, *, closed: bool) -> bool:
    """Tell whether new answers may replace those in force without a word: nothing about the person differs.

    About the person is what they carry or, of a module that concludes from genotypes, what their file knows: how
    others classify an allele that somebody does not have says nothing of them. Where what stood said nothing (it
    could not be tested, or is damaged), nothing is replaced; where all that an answer is made of is the same, nothing
    is said anew.

    `closed`, or rows behind a gate in either answer: nobody looks at them before the person asks, so they wait
    whatever they say. Else the waiting alone would tell that something behind the gate has changed.
    """
    stands = _standing(layout, waiting.record)
    if stands is None or stands.outcome is not Outcome.ANSWERED or _of_the_same(layout, stands, waiting.record):
        return True
    changes = _comparison(layout, waiting.record)
    if closed or _has_closed(stands) or _has_closed(waiting.record) or changes is None:
        return False
    if changes.why_not or changes.added or changes.removed or changes.closed:
        return False
    return not sum(changes.tally.carried.values())


def _of_the_same(layout: Layout, stands: Record, waiting: Record) -> bool:
    """Tell whether new answers were made of the very same as those in force, in the same way: they say the same.

    So it is where what they build on was looked up again and came out the same, byte by byte.
    """
    made = [(one.inputs, one.code_version, [one.metadata.get(name) for name in MADE]) for one in (stands, waiting)]
    if made[0] != made[1]:
        return False
    sample = read_sample(layout, SampleId.parse(stands.partition or ""))
    return sample.sex_at(stands.created) is sample.sex_at(waiting.created)


def _standing(layout: Layout, waiting: Record) -> Record | None:
    """Give the record of the answers in force beside those that wait; None: there are none, or they are damaged."""
    try:
        stored = records.current(layout, waiting.asset, waiting.partition)
    except DatasetError:
        return None
    return stored.record if stored else None


def _has_closed(record: Record) -> bool:
    """Tell whether an answer has rows behind a gate, or does not say."""
    if CLOSED in record.metadata:
        told = closed_told(record)
        return told is None or bool(told)
    columns = record.metadata.get(COLUMNS)
    if not isinstance(columns, list):
        return bool(record.rows)
    return bool(record.rows) and any(isinstance(one, dict) and one.get("name") == GATE for one in columns)


def _comparison(layout: Layout, waiting: Record) -> Changes | None:
    """Give what the comparison with the answers in force says; None: it is not there, or is damaged."""
    found, _ = readable_comparisons(layout, waiting.asset[0], waiting.partition or "")
    return next((one.changes for one in found if one.record.run == waiting.run), None)
