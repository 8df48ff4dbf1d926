"""The inbox: a genome file that is dropped into a folder is added by itself, once it is whole."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.samples import add_sample, inspect_genome
from genoteca.actions.view import View
from genoteca.actions.views import AddSample
from genoteca.engine.automation.giving_way import asked_to_give_way
from genoteca.engine.automation.inbox import REFUSED, Dropped, InboxMemory, Sighting, dropped_files
from genoteca.engine.automation.memory import Memory
from genoteca.engine.automation.whole import End, end_of
from genoteca.engine.files import private_folder
from genoteca.engine.samples import all_samples
from genoteca.errors import DataFolderError, GenotecaError, InputError
from genoteca.model.automation import Rule
from genoteca.model.sample import SampleId, slug

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["InboxFile", "InboxView", "inbox_folder", "look_into_inbox", "show_inbox"]

PATIENCE = timedelta(minutes=10)
"""How long the end of a file is waited for, and after which one that found no room is tried again."""
NOBODY = "me"
"""Whose genome a file is that lies in no folder, as where none is said on the command line."""
COPYING, CUT_OFF, LATER, TAKING, REFUSED_STATE = "copying", "cut off", "later", "taking", "refused"
WAITS = "It is looked at again in a moment: it may still be copied."
NO_END = "Its end is missing: it may still be copied."
GONE_ON = (
    "This note goes away when the file does, and the file is looked at again when it changes. On the page Genomes of "
    "the app a file can be added by hand: there you are asked what the file does not say."
)


class InboxFile(View):
    """A file in the inbox that was not taken yet."""

    name: str
    folder: str
    bytes: int
    refused: bool
    words: str
    since: datetime


class InboxView(View):
    """The inbox as it was seen last."""

    folder: Path
    watched: bool
    there: bool
    """Whether the folder is there."""
    files: list[InboxFile]


def inbox_folder(app: App) -> Path:
    """Give the folder that is watched."""
    return Path(app.settings.inbox).expanduser() if app.settings.inbox else app.layout.inbox


def show_inbox(app: App) -> InboxView:
    """Give the files that wait in the inbox, or were refused."""
    folder = inbox_folder(app)
    seen = InboxMemory(app.layout.database).sightings().values()
    return InboxView(
        folder=folder,
        watched=app.settings.automation and app.settings.inbox_files != "off",
        there=folder.is_dir(),
        files=[_shown(one, folder) for one in seen if Path(one.path).is_relative_to(folder)],
    )


def look_into_inbox(app: App, log: Memory, now: datetime) -> str:
    """Look at every file of the inbox once, and add those that are whole; says in words what was seen."""
    folder = inbox_folder(app)
    if app.settings.inbox_files == "off":
        return "It is switched off."
    if not app.settings.inbox:
        private_folder(folder)
    if not folder.is_dir():
        return "There is no such folder."
    return _Inbox(app, log, now).look(folder)


def _shown(one: Sighting, folder: Path) -> InboxFile:
    path = Path(one.path)
    return InboxFile(
        name=path.name,
        folder="" if path.parent == folder else path.parent.name,
        bytes=one.bytes,
        refused=one.state == REFUSED_STATE,
        words=one.words,
        since=one.since,
    )


class _Inbox:
    """One look into the inbox."""

    def __init__(self, app: App, log: Memory, now: datetime) -> None:
        self._app, self._log, self._now = app, log, now
        self._memory = InboxMemory(app.layout.database)
        self._moves = app.settings.inbox_files == "move"

    def look(self, folder: Path) -> str:
        """Look at every file once."""
        files = dropped_files(folder)
        seen, taken = self._memory.sightings(), self._memory.taken()
        for path in seen.keys() - {str(file.path) for file in files}:
            self._memory.forget(path)
            _unlink(Path(path + REFUSED))
        new = [file for file in files if file.mark not in taken]
        for file in new:
            if asked_to_give_way(self._app.layout):
                break
            self._look_at(file, seen.get(str(file.path)))
        waiting = len(self._memory.sightings())
        if not waiting:
            return "Nothing new lies there."
        return "1 file waits, or was refused." if waiting == 1 else f"{waiting} files wait, or were refused."

    def _look_at(self, file: Dropped, seen: Sighting | None) -> None:
        if seen is None or not seen.is_of(file):
            _unlink(_note_of(file))
            self._keep(file, COPYING, WAITS)
            return
        waited = self._now - seen.since >= PATIENCE
        if seen.state == REFUSED_STATE or (seen.state == LATER and not waited) or seen.since >= self._now:
            return
        if seen.state == CUT_OFF and not waited:
            return
        try:
            end = End.WHOLE if seen.state == TAKING else end_of(file.path)
        except OSError as error:
            self._refuse(file, InputError(f"{file.path.name} cannot be read: {error.strerror}."))
            return
        if end is End.WHOLE or (end is End.OPEN and seen.state == CUT_OFF):  # it is that long the same
            self._take(file, seen)
        elif seen.state == CUT_OFF:
            told = f"{file.path.name} ends before its end: it was not copied whole."
            self._refuse(file, InputError(told, title="This file is cut off", hint="Copy it again."))
        else:
            self._keep(file, CUT_OFF, NO_END, since=seen.since)

    def _take(self, file: Dropped, seen: Sighting) -> None:
        self._keep(file, TAKING, "", since=seen.since)
        try:
            added = list(self._added(file, seen.since))
        except DataFolderError as error:
            self._keep(file, LATER, error.message)
            self._log.note(Rule.INBOX, self._now, f"A file waits: {error.title}", failed=True)
        except GenotecaError as error:
            self._refuse(file, error)
        else:
            self._let_go(file)
            for sample, run in added:
                self._log.note(Rule.INBOX, self._now, "Added from the inbox", sample=sample.key, run=run)

    def _added(self, file: Dropped, since: datetime) -> Iterator[tuple[SampleId, str]]:
        """Add everyone in a file; who was added before a crash is not added twice."""
        user = _user(file.folder)
        facts = inspect_genome(self._app, file.path)
        people: list[str | None] = [*facts.samples] or [None]
        for pick in people:
            if self._is_there(file, user, pick, since):
                continue
            name = pick if pick is not None and facts.people > 1 else file.path.name.split(".")[0]
            request = AddSample(
                path=str(file.path),
                name=file.path.name,
                copy_file=self._moves,
                user=user,
                sample=_free_name(self._app, user, name),
                pick=pick,
            )
            with _ours(self._app, file) if self._moves else _as_it_lies(file) as path:
                yield add_sample(self._app, request.model_copy(update={"path": str(path)}))

    def _is_there(self, file: Dropped, user: str, pick: str | None, since: datetime) -> bool:
        return any(
            pick in (None, one.pick)
            and one.added >= since
            and (one.id.user, one.source.name, one.source.bytes) == (slug(user), file.path.name, file.bytes)
            for one in all_samples(self._app.layout)
        )

    def _let_go(self, file: Dropped) -> None:
        """Remove a file that was moved; one that stays, or cannot be removed, is remembered."""
        _unlink(_note_of(file))
        if self._moves and _is_as_it_was(file) and _unlink(file.path):
            self._memory.forget(str(file.path))
        else:
            self._memory.take(file)

    def _refuse(self, file: Dropped, error: GenotecaError) -> None:
        told = f"{error.title}. {error.message} {error.hint}".strip()
        self._keep(file, REFUSED_STATE, told)
        self._log.note(Rule.INBOX, self._now, f"A file was not taken: {error.title}", failed=True)
        _write_note(_note_of(file), f"{file.path.name} was not taken by Genoteca.\n\n{told}\n\n{GONE_ON}\n")

    def _keep(self, file: Dropped, state: str, words: str, *, since: datetime | None = None) -> None:
        self._memory.keep(
            Sighting(
                path=str(file.path),
                bytes=file.bytes,
                changed=file.changed,
                since=since or self._now,
                state=state,
                words=words,
            )
        )


@contextmanager
def _as_it_lies(file: Dropped) -> Iterator[Path]:
    yield file.path


@contextmanager
def _ours(app: App, file: Dropped) -> Iterator[Path]:
    """Give a second name for a file in the data folder, to be moved from there; a copy where there can be none.

    The file stays in the inbox until the genome is written down: a crash in between loses nothing.
    """
    folder = private_folder(app.layout.temporary / f"inbox-{uuid.uuid4().hex}")
    path = folder / file.path.name
    try:
        if not _link(file, path):
            shutil.copyfile(file.path, path, follow_symlinks=False)
        yield path
    except OSError as error:
        raise DataFolderError(
            f"{file.path.name} could not be moved into the data folder: {error.strerror or error}.",
            hint="Make room on the disk.",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link(file: Dropped, path: Path) -> bool:
    """Give a file of ours a second name; one that is another's, or has more names, could change behind our back."""
    with suppress(OSError):
        seen = file.path.stat(follow_symlinks=False)
        if os.name != "nt" and seen.st_nlink == 1 and seen.st_uid == os.getuid():
            path.hardlink_to(file.path)
            return True
    return False


def _is_as_it_was(file: Dropped) -> bool:
    with suppress(OSError):
        seen = file.path.stat(follow_symlinks=False)
        return (seen.st_size, seen.st_mtime_ns) == (file.bytes, file.changed)
    return False


def _user(folder: str) -> str:
    """Name whose genome it is: a folder's name that makes none is refused, or two people would become one."""
    if not folder:
        return NOBODY
    try:
        slug(folder)
    except InputError as error:
        raise InputError(
            f"The folder {folder!r} holds no letter a-z and no digit, so nobody can be kept under its name.",
            title="The folder's name cannot be used",
            hint="Give it another name, for example anna.",
        ) from error
    return folder


def _free_name(app: App, user: str, name: str) -> str:
    """Give a name that no genome of this person has yet: a number is added to one in use."""
    try:
        first = slug(name)
    except InputError:
        name = first = "genome"
    known = {one.name for one in (app.layout.users / slug(user)).glob("*") if (one / "sample.json").exists()}
    if first not in known:
        return name
    short = name[:56]
    return next(f"{short} {number}" for number in range(2, 10_000) if slug(f"{short} {number}") not in known)


def _note_of(file: Dropped) -> Path:
    return file.path.with_name(file.path.name + REFUSED)


def _write_note(path: Path, text: str) -> None:
    """Write the note beside a file; where nobody may write there, the app tells it all the same."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # never through a link that lies there
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
