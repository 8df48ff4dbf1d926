"""Forgetting genomes: no byte of them stays in the data folder, and a search of every byte proves it.

The work is done by `python -m genoteca.engine.purge`, which reads the samples on its input: Dagster is loaded there.
It writes a journal first; a deletion that was killed goes on at the next start, wherever it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from genoteca import __version__
from genoteca.engine.automation.inbox import REFUSED, InboxMemory
from genoteca.engine.files import below, private_folder, remove_empty_folders, sha256_of, size_of, write_private
from genoteca.engine.forgetting.journal import Journal, is_pending
from genoteca.engine.index import RunIndex
from genoteca.engine.process import run_child
from genoteca.engine.samples import all_samples
from genoteca.errors import DatasetError
from genoteca.model.receipt import Forgotten, Kind, Receipt
from genoteca.model.sample import Sample, SampleId, slug
from genoteca.settings import Layout, Settings

if TYPE_CHECKING:
    from genoteca.model.receipt import Searched

__all__ = ["finish", "purge", "purge_samples", "receipts"]

KEPT_CACHE = frozenset({"fetch", "respelled"})
"""Parts of the cache that hold what publishers offer to everyone, and what was made of that alone."""
MADE_CACHE = frozenset({"browse", "compared", "desktop", "explore", "genes"})
"""Parts of the cache that may hold something of a genome. Where the cache lies elsewhere only these are removed: a
folder of its name there may be somebody's; what else is in it is searched, and named if it holds a trace."""
LONGEST = 3600.0
"""Seconds: every byte of the data folder is read."""
STAGES = ("noted", "set aside", "runs", "dagster", "databases", "files", "searched", "receipt")
"""Said one after the other, each when it is done."""


class Asked(BaseModel):
    """What the child is told; no sample: go on with what was interrupted."""

    samples: list[SampleId]


def purge(settings: Settings, samples: Sequence[SampleId], *, timeout: float = LONGEST) -> Forgotten:
    """Forget samples: their files, their runs, every mention of them. None of their runs may be at work.

    Raises:
        DatasetError: something could not be removed; asking again, or the next start, goes on where it stopped.

    """
    told, answer = "", ""
    try:
        asked = Asked(samples=list(samples)).model_dump_json()
        child = run_child(settings, "genoteca.engine.purge", asked, timeout=timeout)
        answer, told = child.stdout, child.stderr if child.returncode else ""
    except subprocess.TimeoutExpired:
        told = f"it took longer than {timeout:.0f} seconds"
    if told:
        what = ", ".join(sample.key for sample in samples) or "What was being deleted"
        raise DatasetError(
            f"{what} could not be deleted whole: {told.strip().splitlines()[-1]}",
            title="Not everything could be deleted",
            hint="Delete it again, or open Genoteca again: it goes on where it stopped. If that does not help, close "
            "Genoteca and delete the data folder by hand.",
        )
    return Forgotten.model_validate_json(answer.strip().splitlines()[-1])


def finish(settings: Settings) -> Forgotten | None:
    """Go on with a deletion that was interrupted; None: there is none, or another process is at it.

    Raises:
        DatasetError: something could not be removed.

    """
    if not is_pending(settings.layout):
        return None
    try:
        _lock(settings.layout).acquire(timeout=0).lock.release()
    except Timeout:
        return None
    return purge(settings, [])


def receipts(layout: Layout) -> list[Receipt]:
    """Give the receipts of every deletion, the newest first."""
    found = list[Receipt]()
    for path in layout.receipts.glob("*.json"):
        with suppress(ValidationError, FileNotFoundError):  # one that cannot be read hides no other
            found.append(Receipt.model_validate_json(path.read_bytes()))
    return sorted(found, key=lambda receipt: receipt.ended, reverse=True)


def purge_samples(
    layout: Layout,
    samples: Sequence[SampleId],
    told: Callable[[str], None] = lambda _stage: None,
    *,
    inbox: Path | None = None,
) -> Forgotten | None:
    """Do the work of `purge`, in this process; loads Dagster where there is a Dagster home. `told` hears each stage.

    `inbox`: the folder that is watched, where it is not the data folder's own.

    What was interrupted is finished first. None: there was nothing to do.
    """
    with _lock(layout).acquire(timeout=LONGEST):
        done, watched = None, inbox or layout.inbox
        if journal := Journal.read(layout):
            journal.resumed += 1
            done = _Deletion(layout, journal, watched).work(told)
        left = [sample for sample in samples if layout.sample(sample.user, sample.sample).is_dir()]
        if left:
            done = _Deletion(layout, _begin(layout, left), watched).work(told)
        return done


def _lock(layout: Layout) -> FileLock:
    return FileLock(layout.home / "forgetting.lock", mode=0o600)


class _Deletion:
    """The stages of one deletion; each may be done again after a kill."""

    def __init__(self, layout: Layout, journal: Journal, inbox: Path) -> None:
        self._layout, self._journal, self._inbox = layout, journal, inbox
        self._keys = [sample.key for sample in journal.samples]

    def work(self, told: Callable[[str], None]) -> Forgotten:
        """Do what is left of it."""
        self._journal.write(self._layout)
        told(STAGES[0])
        stages = (self._set_aside, self._forget_runs, self._forget_in_dagster, self._scrub, self._remove_files)
        for name, stage in zip(STAGES[1:], stages, strict=False):
            stage()
            self._journal.write(self._layout)
            told(name)
        from genoteca.engine.forgetting.search import search

        found = search(self._layout, self._journal.needles)
        told(STAGES[-2])
        receipt = self._receipt(found)
        write_private(
            self._layout.receipts / f"{receipt.number}.json", receipt.model_dump_json(indent=1), sealed=True
        )
        told(STAGES[-1])
        self._journal.close(self._layout)
        return Forgotten(receipt=receipt, opening_key=self._journal.salt)

    def _set_aside(self) -> None:
        """Take the folders out of where genomes are listed, and count what is in them."""
        for sample in self._journal.samples:
            folder, place = self._layout.sample(sample.user, sample.sample), self._journal.place(self._layout, sample)
            if folder.is_dir() and not place.exists():
                folder.rename(place)
        for number, name in enumerate(self._journal.files):
            target = private_folder(self._journal.files_place(self._layout)) / f"{number}"
            if Path(name).is_file() and not target.exists():
                Path(name).rename(target)
        for path in sorted(self._layout.forgetting.rglob("*")):
            self._count(path, path.relative_to(self._layout.forgetting).as_posix())

    def _count(self, path: Path, name: str) -> None:
        if "/" in name and path.is_file() and name not in self._journal.sealed:
            own = hashlib.sha256(bytes.fromhex(self._journal.salt) + bytes.fromhex(sha256_of(path)))
            self._journal.sealed[name] = own.hexdigest()
            self._journal.count(_kind_of(name), files=1, size=path.stat().st_size)

    def _forget_runs(self) -> None:
        index = RunIndex(self._layout.database)
        for key in self._keys:
            gone = index.forget_sample(key)
            self._journal.runs += gone
            self._journal.count("runs", rows=len(gone))

    def _forget_in_dagster(self) -> None:
        if self._layout.dagster.is_dir():
            for key in self._keys:
                self._journal.count("dagster", rows=_forget_in_dagster(self._layout, key))

    def _scrub(self) -> None:
        self._remove_notes_in_inbox()
        from genoteca.engine.forgetting.scrub import scrub

        for database in sorted((*self._layout.home.glob("*.db"), *below(self._layout.dagster, "*.db"))):
            kind: Kind = "dagster" if database.is_relative_to(self._layout.dagster) else "kept"
            self._journal.count(kind, rows=scrub(database, [*self._keys, *self._journal.files]))

    def _remove_files(self) -> None:
        layout = self._layout
        here = layout.home / "cache"  # one that was moved may have left another here
        elsewhere = [] if layout.cache == here else [layout.cache / name for name in sorted(MADE_CACHE)]
        places: tuple[tuple[Kind, Path], ...] = (
            ("logs", layout.logs),
            ("cache", here),
            *(("cache", part) for part in elsewhere),
            ("exports", layout.made),
        )
        for kind, folder in places:
            files, size = _empty(folder, but=KEPT_CACHE if folder == here else frozenset())
            self._journal.count(kind, files=files, size=size)
        for run in self._journal.runs:
            shutil.rmtree(self._layout.temporary / f"run-{run}", ignore_errors=True)
        places_aside = [self._journal.place(layout, sample) for sample in self._journal.samples]
        for place in (*places_aside, self._journal.files_place(layout)):
            if place.is_dir():
                shutil.rmtree(place)
        for sample in self._journal.samples:
            remove_empty_folders(layout.users / sample.user, up_to=layout.users)
            if not (layout.users / sample.user).exists():
                _remove_inbox_of(self._inbox, sample.user)

    def _remove_notes_in_inbox(self) -> None:
        """Remove what the app wrote of files that it refused, where it names one who goes; the files stay."""
        from genoteca.engine.forgetting.search import Words

        words = Words(self._journal.needles)
        for note in _notes_in(self._inbox):
            text = note.read_bytes()
            if words.stand_in(text) or words.stand_in(note.relative_to(self._inbox).as_posix().encode()):
                self._journal.count("inbox", files=1, size=len(text))
                note.unlink()
        seen = InboxMemory(self._layout.database)
        for path, one in seen.sightings().items():  # what is still there is seen again at the next look
            if words.stand_in(f"{path}\n{one.words}".encode()):
                self._journal.count("inbox", rows=1)
                seen.forget(path)

    def _receipt(self, found: Searched) -> Receipt:
        journal = self._journal
        return Receipt(
            number=journal.number,
            version=__version__,
            began=journal.began,
            ended=datetime.now(UTC),
            resumed=journal.resumed,
            genomes=len(journal.samples),
            people=journal.people,
            removed=journal.removed,
            left_in_inbox=_left_in(self._inbox, {sample.user for sample in journal.samples}),
            sealed=sorted(journal.sealed.values()),
            searched=found,
        )


def _begin(layout: Layout, samples: Sequence[SampleId]) -> Journal:
    from genoteca.engine.forgetting.needles import needles_of

    staying = [one for one in all_samples(layout) if one.id not in samples]
    people = frozenset(sample.user for sample in samples) - {one.id.user for one in staying}
    going = [one for one in all_samples(layout) if one.id in samples]
    theirs = {one.source.path for one in staying}
    return Journal(
        samples=list(samples),
        people=len(people),
        needles=needles_of(layout, samples, people),
        files=sorted({one.source.path for one in going if _lies_apart(layout, one)} - theirs),
    )


def _lies_apart(layout: Layout, sample: Sample) -> bool:
    """Whether a genome's file lies in the data folder, but not in the genome's own."""
    path = Path(sample.source.path)
    return path.is_relative_to(layout.home) and not path.is_relative_to(layout.users)


def _remove_inbox_of(inbox: Path, user: str) -> None:
    """Remove the folder in the inbox that bears a person's name, if nothing is in it: a file there is their own."""
    for folder in inbox.iterdir() if inbox.is_dir() else ():
        if folder.is_dir() and slug(folder.name) == user:
            remove_empty_folders(folder, up_to=inbox)


def _notes_in(inbox: Path) -> list[Path]:
    return sorted((*inbox.glob(f"*{REFUSED}"), *inbox.glob(f"*/*{REFUSED}")))


def _left_in(inbox: Path, users: set[str]) -> int:
    """Count the files in the folders that bear these names."""
    folders = [one for one in inbox.iterdir() if one.is_dir() and slug(one.name) in users] if inbox.is_dir() else []
    return sum(path.is_file() for folder in folders for path in below(folder))


def _kind_of(name: str) -> Kind:
    """Say what a file of a genome's folder is; `name` begins with the number under which the folder is deleted."""
    first = name.split("/")[1]
    kinds: dict[str, Kind] = {"source": "file", "sample": "tables", "reports": "reports", "sample.json": "about"}
    return "notes" if "notes" in first else kinds.get(first, "answers")


def _forget_in_dagster(layout: Layout, key: str) -> int:
    """Delete a sample's runs and its partition as Dagster does it; what Dagster leaves is scrubbed afterwards."""
    from dagster import RunsFilter

    from genoteca.engine.instance import PARTITIONS, open_instance

    instance = open_instance(layout)
    runs = instance.get_runs(RunsFilter(tags={"dagster/partition": key}))
    for run in runs:
        instance.delete_run(run.run_id)
    instance.delete_dynamic_partition(PARTITIONS, key)
    instance.dispose()
    for run in runs:
        # Dagster empties the run's own database, and leaves the file.
        for path in below(layout.dagster, f"*{run.run_id}.db*"):
            path.unlink()
    return len(runs)


def _empty(folder: Path, *, but: frozenset[str]) -> tuple[int, int]:
    """Empty a folder of things that are of no sample alone, and give how many files and bytes that were.

    A traceback in a log may name a file, and a file may name a person. Logs stay as files, because somebody may be
    writing them. Whoever fetches an export that is gone is told that it must be made again.
    """
    files = size = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in but:
            continue
        for one in [path] if path.is_file() else below(path):
            if one.is_file() and (told := size_of(one)):
                files, size = files + 1, size + told
        if path.suffix == ".log":
            os.truncate(path, 0)
        else:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return files, size


def main() -> None:
    """Forget the samples that the input names, in the data folder that the environment names."""
    os.umask(0o077)

    def say(stage: str) -> None:
        sys.stdout.write(f"{stage}\n")
        sys.stdout.flush()

    asked, settings = Asked.model_validate_json(sys.stdin.read()), Settings()
    watched = Path(settings.inbox).expanduser() if settings.inbox else None
    done = purge_samples(settings.layout, asked.samples, say, inbox=watched)
    if done is None:
        raise SystemExit("there is nothing to delete")
    sys.stdout.write(f"{done.model_dump_json()}\n")


if __name__ == "__main__":
    main()
