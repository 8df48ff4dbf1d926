"""Forgetting a genome, or a person with all of theirs; and the receipts of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from filelock import FileLock, Timeout

from genoteca.actions.app import App
from genoteca.actions.browsing import let_go
from genoteca.actions.explore_sources import drop_explored
from genoteca.actions.remembering import leave_sample
from genoteca.actions.words import counted, size_words
from genoteca.engine import records
from genoteca.engine.automation.giving_way import asking_to_give_way
from genoteca.engine.purge import purge
from genoteca.engine.purge import receipts as kept_receipts
from genoteca.engine.samples import all_samples, read_sample
from genoteca.errors import NotFoundError, RunError
from genoteca.model.receipt import Forgotten, Receipt, Searched
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId

__all__ = ["KINDS", "drop_receipt", "forget", "forget_sample", "receipt_words", "receipts", "samples_meant"]

KINDS = {
    "file": "The file it was read from, as it was kept here",
    "tables": "Tables that were read from it",
    "answers": "Answers of modules",
    "reports": "Reports",
    "notes": "Notes",
    "about": "What was stated about it",
    "exports": "Exports that nobody had fetched yet",
    "inbox": "Notes of Genoteca's beside files that it had refused",
    "cache": "Tables made ready for looking at",
    "logs": "Logs",
    "runs": "Runs",
    "dagster": "What Dagster noted of them",
    "kept": "Other rows that named it",
}
"""What the kinds of a receipt are called."""

LOG = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that what is being done by itself at this moment is waited for."""
WAITS = "Something is being done by itself at this moment. It was asked to stop; then the deletion begins."


def samples_meant(app: App, target: str) -> list[SampleId]:
    """Give the samples that `user/sample` or `user` names.

    Raises:
        InputError: it is no name of either.
        NotFoundError: there is no such sample or user.

    """
    if "/" in target:
        sample = SampleId.parse(target)
        if not app.layout.sample(sample.user, sample.sample).is_dir():
            read_sample(app.layout, sample)
        return [sample]
    # by folder, not by what can be read: a genome whose own file is damaged goes as well
    folder = app.layout.users / SampleId.parse(f"{target}/any").user
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not found:
        users = ", ".join(sorted({sample.id.user for sample in all_samples(app.layout)})) or "none yet"
        raise NotFoundError(f"There is no user {target!r}.", hint=f"Users here: {users}.")
    return [SampleId(user=target, sample=name) for name in found]


def forget(app: App, target: str, *, waits: Callable[[str], object] = lambda _words: None) -> Forgotten:
    """Delete a genome (`user/sample`), or every genome of a user; no byte of it stays.

    Nothing is done by itself meanwhile: neither a backfill nor a policy asks about a genome that is going. What is at
    work so is asked to stop at the next place where it may; `waits` is told that it is waited for.

    Raises:
        NotFoundError: there is no such sample or user.
        RunError: a run of it is still working, or what is done by itself did not end.
        DatasetError: something could not be removed; the next start goes on where it stopped.

    """
    samples = samples_meant(app, target)
    lock = FileLock(app.layout.automation_lock, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waits(WAITS)
        _wait_for(app, lock)
    try:
        return _forget(app, samples)
    finally:
        lock.release()


def _wait_for(app: App, lock: FileLock) -> None:
    """Ask what is done by itself to stop, and wait for its end."""
    try:
        with asking_to_give_way(app.layout):
            lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        raise RunError(
            "Something is being done by itself at this moment, and did not end in time.",
            title="Nothing was deleted yet",
            hint="Try again in a minute, or switch off what is done by itself first.",
        ) from error


def _forget(app: App, samples: Sequence[SampleId]) -> Forgotten:
    keys = [sample.key for sample in samples]
    _require_idle(app, keys)
    _let_go_of(app, keys)
    try:
        return purge(app.settings, samples)
    finally:
        _let_go_of(app, keys)  # of what a screen has opened meanwhile


def _let_go_of(app: App, keys: Sequence[str]) -> None:
    """Close and drop what the app holds of genomes."""
    for stored in records.all_records(app.layout, older=True):
        if stored.record.partition in keys:
            let_go(app, stored)
    while app.tables:  # tables of two genomes that were compared are nobody's alone
        app.tables.popitem()[1].close()
    for key in keys:
        drop_explored(app, key)
        leave_sample(app, key)
        app.noted.pop(key, None)
    app.findable = None


def forget_sample(app: App, key: str) -> Forgotten:
    """Delete one genome; as `forget`, for where a key is meant and never a user.

    Raises:
        InputError: it is no key.
        NotFoundError: there is no such sample.
        RunError: a run of it is still working.

    """
    return forget(app, SampleId.parse(key).key)


def receipts(app: App) -> list[Receipt]:
    """Give the receipts of every deletion, the newest first."""
    return kept_receipts(app.layout)


def drop_receipt(app: App, number: str) -> None:
    """Throw a receipt away.

    Raises:
        NotFoundError: there is none of this number.

    """
    if number not in {receipt.number for receipt in receipts(app)}:
        raise NotFoundError(f"There is no receipt {number!r}.", hint="`genoteca forget --receipts` lists them.")
    (app.layout.receipts / f"{number}.json").unlink()


def receipt_words(receipt: Receipt) -> list[str]:
    """Say what a receipt says."""
    return list(_words(receipt))


def _words(receipt: Receipt) -> Iterator[str]:
    genomes = counted(receipt.genomes, "genome")
    people = {0: "", 1: " and a person"}.get(receipt.people, f" and {receipt.people} people")
    yield f"Deleted: {genomes}{people}, {receipt.ended:%Y-%m-%d %H:%M:%S} UTC"
    for kind, one in receipt.removed.items():
        told = [f"{counted(one.files, 'file')}, {size_words(one.bytes)}"] if one.files else []
        told += [counted(one.rows, "row")] if one.rows else []
        yield f"{KINDS[kind]}: {', '.join(told)}"
    if receipt.resumed:
        yield f"It was interrupted ({receipt.resumed}) and went on; what had gone by then may not be counted."
    if receipt.left_in_inbox:
        yield f"Put into the inbox by a person, whose own they stay: {counted(receipt.left_in_inbox, 'file')}"
    yield from search_words(receipt.searched)


def search_words(searched: Searched) -> Iterator[str]:
    """Say what was looked for afterwards and what was found."""
    looked = [
        counted(searched.keys, "key"),
        f"{counted(searched.names, 'name')} and beginnings of notes",
        f"{counted(searched.rows, 'row')} of the file",
        f"{counted(searched.keys_of_rows, 'pair')} of variants",
    ]
    yield f"Looked through {counted(searched.files, 'file')}, {size_words(searched.bytes)}, for {', '.join(looked)}"
    left = [*searched.found, *searched.tables_made_from_it]
    yield f"FOUND: {', '.join(left)}" if left else "Found: nothing"
    if searched.names_too_common:
        yield f"Too short or too common to be looked for by itself: {counted(searched.names_too_common, 'name')}"
    if not searched.rows:
        yield "No row of the file could be looked for: it was gone, or could not be read"
    if searched.in_files_of_others:
        yield f"Genomes that stay hold the same in {counted(searched.in_files_of_others, 'file')} of their own"
    if searched.in_published_files:
        yield f"Modules happen to hold the same letters in {counted(searched.in_published_files, 'file')}"
    if searched.tables_made_from_it:
        yield f"Made from what was deleted, as far as is known: {counted(len(searched.tables_made_from_it), 'table')}"
    else:
        yield f"Tables that are left: {searched.tables:,}; none was made from what was deleted"


def _require_idle(app: App, keys: Sequence[str]) -> None:
    for run in app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING):
        if run.request.partition in keys and app.index.cancel(run.id).status is not RunStatus.CANCELLED:
            raise RunError(
                f"A run of {run.request.partition} is being stopped; delete the sample when it has ended.",
                title="This sample is still being worked on",
                hint="Try again in a few seconds.",
            )
