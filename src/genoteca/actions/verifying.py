"""Comparing every file with its hash, and making again what is damaged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import Field

from genoteca.actions.annotating import annotate
from genoteca.actions.app import App
from genoteca.actions.browsing import let_go
from genoteca.actions.chains import enqueue_shared
from genoteca.actions.exporting import join_sample
from genoteca.actions.genome import read_again
from genoteca.actions.references import usable_modules
from genoteca.actions.view import View
from genoteca.actions.words import counted
from genoteca.engine import records
from genoteca.engine.at_rest import is_readable
from genoteca.engine.changes import CLASSES
from genoteca.engine.files import sha256_of
from genoteca.engine.folder_sizes import Cancelled
from genoteca.engine.putting_back import put_back, what_was_written
from genoteca.engine.rebuild import renew_dagster, renew_index
from genoteca.engine.release_choice import chosen_releases, release_name
from genoteca.engine.samples import read_sample
from genoteca.engine.verifying import Damage, Progress, verify_files
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId
from genoteca.sdk.resources import Stored
from genoteca.store.verifying import damaged_modules, in_wheel

__all__ = ["Damaged", "NotCompared", "Stopped", "Verified", "make_again", "not_compared_words", "verify"]

CANNOT = {
    "source": "The copy of the genome's file is damaged. Add the genome again from your own file, or restore a "
    "backup.",
    "sample": "What was stated about the genome is damaged. Restore a backup, or delete the genome and add it anew.",
    "notes": "Your notes are damaged. Restore a backup, or open the file with a text editor and save what is right.",
    "module": "Install the module again: its files are then written anew.",
    "database": "SQLite cannot read all of it. Restore a backup; or close Genoteca and delete the file: runs and "
    "answers come back from their records, and what you had set, allowed and planned must be set again.",
    "kept": "No run makes it. Save it again where you made it (settings, the choice of a release, a report), delete "
    "it if you can do without it, or restore a backup.",
    "chosen": "You chose this release, and a later one is there: only the newest can be made again. Choose another "
    "one on the module's page (`genoteca modules release ID --use newest`), or restore a backup.",
    "classes": "It says how variants were classified before, and the answers that it was made of are gone. Restore a "
    "backup; to delete the file by hand gives up that part of the history, and nothing else.",
}
"""What cannot be made again by a run, and what to do then."""


SMALL = ("record", "sample", "notes", "kept", "module")
"""Kinds of files that may be put back byte by byte."""
JOINED, LIFTED = ["sample", "annotated"], ["sample", "lifted"]


class Stopped(Exception):  # noqa: N818 - no error: the person wanted no more
    """Verifying was stopped."""


class Damaged(View):
    """One file that is not what was written."""

    kind: str
    place: str
    message: str
    sample: str
    asset: list[str]
    current: bool
    build: str
    known: bool = False
    """Whether what was written is known to the byte, and is put back; nothing is made or dropped then."""
    can_be_made_again: bool
    advice: str


class NotCompared(View):
    """One file that had no seal."""

    place: str
    why: str


class Verified(View):
    """What was compared, and what is damaged."""

    files: int
    bytes: int
    seconds: float
    damage: list[Damaged]
    not_compared: list[NotCompared] = Field(default_factory=list)
    """What had no seal: looked at as far as its kind can be, nothing is known to be wrong; it has one now."""

    @property
    def whole(self) -> bool:
        """Whether no file is known to be another than was written."""
        return not self.damage

    @property
    def complete(self) -> bool:
        """Whether every file is what was written: all of them could be compared."""
        return not self.damage and not self.not_compared


def verify(
    app: App,
    sample: str = "",
    *,
    progress: Callable[[int], None] = lambda _bytes: None,
    cancelled: Cancelled = lambda: False,
) -> Verified:
    """Compare every recorded file with its hash: of all genomes, references and modules, or of one genome.

    Raises:
        NotFoundError: there is no such sample.
        Stopped: it was cancelled.

    """
    begun, total = time.monotonic(), 0

    def hear(size: int) -> None:
        nonlocal total
        total += size
        progress(total)
        if cancelled():
            raise Stopped

    seen = verify_files(app.layout, sample, progress=hear)
    found = list(seen.damage) if sample else [*seen.damage, *_modules(app, hear)]
    damage = [_shown(app, one) for one in found]
    return Verified(
        files=seen.files,
        bytes=total,
        seconds=round(time.monotonic() - begun, 3),
        damage=damage,
        not_compared=[NotCompared(place=one.place, why=one.why) for one in seen.not_compared],
    )


def not_compared_words(found: Verified) -> str:
    """Say what had no seal, in a sentence."""
    many = f"{counted(len(found.not_compared), 'file')} had no seal to compare with"
    return (
        f"{many}: nothing is known to be wrong there, and a seal was set now. All else is as it was written."
        if (found.whole)
        else f"{many}; a seal was set now."
    )


def make_again(app: App, damaged: Damaged) -> str:
    """Drop what is damaged and queue the run that makes it again; gives the run, or nothing where none is needed.

    What is known to the byte (see `putting_back`) is written back. An older version that is kept beside the one in
    force is else only dropped, and so is an older release of data: to make it again would give the newest.

    Raises:
        InputError: no run can make it again; the hint says what to do.
        NotFoundError: its module is not installed.

    """
    if not damaged.can_be_made_again:
        raise InputError(damaged.message, title="This cannot be made again", hint=damaged.advice)
    if damaged.kind == "dagster":
        _dagster_anew(app)
        return ""
    if damaged.kind == "database":
        renew_index(app.layout)
        return ""
    place = app.layout.home / damaged.place
    if (told := _written(app, damaged.kind, damaged.place)) is not None:
        put_back(place, told)
        return ""
    record_file = place.with_name(f"{damaged.asset[-1]}.json")
    if not damaged.current and _older_release(app, damaged.asset, damaged.sample, place):
        _drop(app, record_file)
        return ""
    if not damaged.current:
        for path in _version(record_file, place):
            path.unlink(missing_ok=True)
        return ""
    remake = _remaking(app, damaged)
    _drop(app, record_file)
    return remake()


def _written(app: App, kind: str, place: str) -> bytes | None:
    """Give what a damaged file held, where that is known to the byte."""
    path = app.layout.home / place
    told = in_wheel(app.layout.modules, path) if kind == "module" else None
    return what_was_written(path) if told is None and kind in SMALL else told


def _dagster_anew(app: App) -> None:
    """Make Dagster's databases anew, of the records, while nothing is at work."""
    if app.index.with_status(RunStatus.RUNNING, RunStatus.CANCELLING):
        raise InputError("A run is at work.", title="Not while a run is at work", hint="Wait until it is over.")
    working = app.executor.executing
    app.executor.stop()
    try:
        with FileLock(app.layout.worker_lock, mode=0o600).acquire(timeout=0):
            renew_dagster(app.settings)
    except Timeout as error:
        raise InputError(
            "Another Genoteca works the queue of this data folder.",
            title="Ask the one that is open",
            hint="Do it there (Settings → Keeping and forgetting), or close it first.",
        ) from error
    finally:
        if working:
            app.executor.start()


def _remaking(app: App, damaged: Damaged) -> Callable[[], str]:
    """Give what queues the run; what cannot be is said now, before anything is dropped."""
    asset, key = damaged.asset, damaged.sample
    if key and asset == JOINED:
        return lambda: join_sample(app, key)
    if key and asset == LIFTED:
        return lambda: ""  # made by the next annotation that needs it
    if key and asset[0] == "sample":
        return lambda: read_again(app, key)
    module = usable_modules(app.layout).get(asset[0])
    if module is None:
        raise NotFoundError(
            f"{asset[0]} is not installed, so {damaged.place} cannot be made again.", hint="Install it first."
        )
    if key:
        return lambda: annotate(app, key, [module.id], force=True)
    build = Build(damaged.build)
    return lambda: enqueue_shared(app, module, build, asset, "its table was damaged")


def _drop(app: App, record_file: Path) -> None:
    """Take a damaged dataset out of force: its record, its table, and the record's copy."""
    for stored in records.all_records(app.layout, older=True):
        if stored.path.parent == record_file.parent:
            let_go(app, stored)
    run = ""
    try:
        run = records.read_record(record_file).run
    except DatasetError:  # the newest copy says which run it was
        kept = _copies(record_file)
        run = max(kept, key=lambda path: path.stat().st_mtime_ns).stem.rpartition("-")[2] if kept else ""
    if run:
        for path in record_file.parent.glob(f"{record_file.stem}-{run[:8]}.*"):
            path.unlink(missing_ok=True)
    record_file.unlink(missing_ok=True)


def _version(record_file: Path, place: Path) -> Iterable[Path]:
    """Give the files of one older version: its record and its table."""
    run = records.run_of(place, record_file.stem)
    return list(record_file.parent.glob(f"{record_file.stem}-{run}.*")) if run else [place]


def _copies(record_file: Path) -> list[Path]:
    found = record_file.parent.glob(f"{record_file.stem}-*.json")
    return [path for path in found if records.run_of(path, record_file.stem)]


def _modules(app: App, hear: Progress) -> Iterator[Damage]:
    for path, module, told in damaged_modules(app.layout.modules, hear):
        place = path.relative_to(app.layout.home).as_posix()
        yield Damage(kind="module", place=place, message=f"{place} of {module}: {told}.")


def _shown(app: App, damage: Damage) -> Damaged:
    advice = CANNOT.get(damage.kind, "")
    if damage.kind == "database" and is_readable(app.layout.database):
        advice = ""
    if not advice and damage.sample and damage.asset[:1] == ("sample",) and damage.current:
        advice = _why_not_read_again(app, damage.sample)
    if not advice and damage.asset[-1:] == (CLASSES,) and not _can_compare_again(app, damage):
        advice = CANNOT["classes"]
    older = _older_release(app, damage.asset, damage.sample, app.layout.home / damage.place)
    if not advice and older and damage.current and _is_chosen(app, older):
        advice = CANNOT["chosen"]
    known = _written(app, damage.kind, damage.place) is not None
    return Damaged(
        kind=damage.kind,
        place=damage.place,
        message=damage.message,
        sample=damage.sample,
        asset=list(damage.asset),
        current=damage.current and older is None,
        build=damage.build,
        known=known,
        can_be_made_again=known or not advice,
        advice="" if known else advice,
    )


def _older_release(app: App, asset: Sequence[str], sample: str, place: Path) -> Stored | None:
    """Give the dataset for everyone that a file is of, where a later release of it is there; else None."""
    if sample or not asset:
        return None
    root = app.layout.references(asset[0])
    found = [one for one in records.all_records(app.layout) if one.path.is_relative_to(root)]
    same = [one for one in found if one.record.asset == list(asset) and one.path.parent.name == place.parent.name]
    newest = max(same, key=lambda one: one.record.created, default=None)
    return next((one for one in same if one.path.parent == place.parent and one is not newest), None)


def _is_chosen(app: App, stored: Stored) -> bool:
    with suppress(DatasetError):
        chosen = chosen_releases(app.layout, stored.record.asset[0])
        return release_name(stored.record) in chosen.values()
    return False


def _can_compare_again(app: App, damage: Damage) -> bool:
    """Tell whether the two answers that were compared are still there: they are compared anew at the next look."""
    run = records.run_of(app.layout.home / damage.place, CLASSES)
    with suppress(DatasetError):
        kept = records.history(app.layout, [damage.asset[0], "annotations"], damage.sample, held=True)
        return any(one.run[:8] == run for one in kept[:-1])
    return False


def _why_not_read_again(app: App, key: str) -> str:
    """Say why a genome's file cannot be read again; empty: it can."""
    try:
        source = read_sample(app.layout, SampleId.parse(key)).source
    except (DatasetError, NotFoundError):
        return CANNOT["sample"]
    path = Path(source.path)
    if not path.is_file():
        return f"{path} is gone: put it back, or restore a backup."
    with suppress(DatasetError):
        read = records.current(app.layout, ["sample", "source"], key)
        if read is not None and sha256_of(path) != read.record.sha256:
            return CANNOT["source"] if source.kept == "copy" else f"{path} is not what was read: put that back."
    return ""
