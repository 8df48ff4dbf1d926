"""Feeding the queue from a backfill: a few runs at a time, each for all that is wanted of one genome.

What is written down is enough to go on after a crash at any moment: a look-up whose run was queued and not written
down is found to be at work, or to be done, and is not queued twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from genoteca.errors import GenotecaError
from genoteca.model.automation import Backfill, Cell, CellState

__all__ = ["MOST_TRIES", "Found", "Hands", "feed", "next_up"]

MOST_TRIES = 3
"""How often a look-up is queued that a crash, or the closing of the app, interrupts each time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Where one look-up was found to stand."""

    state: CellState
    reason: str = ""
    run: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hands:
    """What feeding needs to know and to do; it is handed over by whoever knows answers and the queue."""

    look: Callable[[str, Sequence[str]], Mapping[str, Found]]
    """How modules stand for a genome before they are asked: WAITING, QUEUED by another run, or need not be asked."""
    queue: Callable[[str, Sequence[str]], str]
    """Queue one run for a genome; gives its id. Raises GenotecaError where that cannot be."""
    ended: Callable[[str, Sequence[str]], Mapping[str, Found] | None]
    """What a run made of these modules (WAITING: it was interrupted); None: it is not over. Raises GenotecaError
    where what it depends on is damaged."""


def next_up(cells: Sequence[Cell], at_once: int) -> list[list[Cell]]:
    """Give the look-ups to queue next, those of one genome together, so that no more than `at_once` runs wait."""
    at_work = len({cell.run for cell in cells if cell.state is CellState.QUEUED})
    waiting = sorted((cell for cell in cells if cell.state is CellState.WAITING), key=lambda cell: cell.place)
    by_genome = [list(group) for _, group in groupby(waiting, key=lambda cell: cell.sample)]
    return by_genome[: max(at_once - at_work, 0)]


def feed(
    backfill: Backfill, cells: Sequence[Cell], hands: Hands, *, save: Callable[[Sequence[Cell]], None]
) -> list[Cell]:
    """Take in what has ended, and queue what comes next; gives the look-ups as they stand then.

    `save` writes look-ups down; it is called before and after each run that is queued.
    """
    known = {cell.place: cell for cell in cells}

    def keep(changed: Sequence[Cell]) -> None:
        if changed:
            save(changed)
            known.update({cell.place: cell for cell in changed})

    keep(_ended(list(known.values()), hands))
    passed_over = True
    while passed_over:  # genomes of which nothing had to be queued leave room for others
        passed_over = False
        for group in next_up(list(known.values()), backfill.at_once):
            changed = _queued(group, hands)
            keep(changed)
            passed_over |= not any(cell.state is CellState.QUEUED for cell in changed)
    return [known[place] for place in sorted(known)]


def _ended(cells: Sequence[Cell], hands: Hands) -> list[Cell]:
    """Give the look-ups whose runs are over, as they ended."""
    changed: list[Cell] = []
    queued = sorted((cell for cell in cells if cell.state is CellState.QUEUED), key=lambda cell: cell.run)
    for run, group in groupby(queued, key=lambda cell: cell.run):
        mine = list(group)
        told = _made_by(run, [cell.module for cell in mine], hands)
        if told is not None:
            changed += [_as_found(cell, told[cell.module]) for cell in mine]
    return changed


def _made_by(run: str, modules: Sequence[str], hands: Hands) -> Mapping[str, Found] | None:
    """Say what a run made of modules; what cannot be said for damage has failed, and keeps no other from going on."""
    try:
        return hands.ended(run, modules)
    except GenotecaError as error:
        return dict.fromkeys(modules, Found(state=CellState.FAILED, reason=error.message))


def _queued(group: Sequence[Cell], hands: Hands) -> list[Cell]:
    """Queue one run for what has to be asked about a genome; what need not be is over."""
    sample = group[0].sample
    try:
        stands = hands.look(sample, [cell.module for cell in group])
        found = [_as_found(cell, stands[cell.module]) for cell in group]
        asked = [cell for cell in found if cell.state is CellState.WAITING]
        run = hands.queue(sample, [cell.module for cell in asked]) if asked else ""
    except GenotecaError as error:
        failed = {"state": CellState.FAILED, "reason": error.message}
        return [cell.model_copy(update=failed) for cell in group]
    mine = {cell.place for cell in asked}
    return [_handed_in(cell, run) if cell.place in mine else cell for cell in found]


def _handed_in(cell: Cell, run: str) -> Cell:
    return cell.model_copy(update={"state": CellState.QUEUED, "run": run, "own": True, "tries": cell.tries + 1})


def _as_found(cell: Cell, found: Found) -> Cell:
    if found.state is CellState.WAITING and cell.tries >= MOST_TRIES:
        told = f"It was interrupted {cell.tries} times."
        return cell.model_copy(update={"state": CellState.FAILED, "reason": told})
    if found.state is CellState.WAITING:
        return cell.model_copy(update={"state": CellState.WAITING, "run": "", "own": False})
    return cell.model_copy(update={"state": found.state, "reason": found.reason, "run": found.run or cell.run})
