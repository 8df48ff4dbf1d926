"""A module loaded from the folder it is written in: looked at after every save, installed when it is whole."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from genoteca.actions.annotating import annotate
from genoteca.actions.app import App, start
from genoteca.actions.authoring import check_module_folder
from genoteca.actions.installing import install_module
from genoteca.actions.runs import follow_run, show_run
from genoteca.actions.samples import add_sample, demo_genome, list_samples
from genoteca.errors import GenotecaError
from genoteca.model.run import RunStatus
from genoteca.sdk.finding import Finding
from genoteca.store.digest import source_files

__all__ = ["Preview", "PreviewRequest", "PreviewState", "preview_module"]

LOOK_EVERY = 0.5
"""Seconds between two looks at the folder's files: their names, sizes and times."""

Seen = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewRequest:
    """What is to be previewed."""

    folder: Path
    demo: bool
    """Whether the data folder is there for this alone: then the demo genome is added, and annotated at every save."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewState:
    """How the module stands since the last save."""

    number: int = 0
    """Grows with every save that was looked at to its end."""
    at_work: str = "Looking at it for the first time"
    """What is being done; empty: nothing."""
    loaded: datetime | None = None
    """When what the app shows now was loaded; null: nothing was yet."""
    module_id: str = ""
    broken: tuple[Finding, ...] = ()
    """Rules that the last save breaks; the app goes on with what was loaded before."""
    trouble: GenotecaError | None = None
    """Why the last save could not be loaded, or answered for no genome."""
    sample: str = ""
    """The genome that it was asked about, as user/sample; empty: none."""

    @property
    def results(self) -> str:
        """Give the address of what it says of that genome; empty: it was not asked."""
        return f"/results/{self.sample}/{self.module_id}" if self.sample else ""


@dataclass(kw_only=True, slots=True)
class Preview:
    """One module's folder, watched."""

    app: App
    folder: Path
    demo: bool
    """As `PreviewRequest.demo`."""
    state: PreviewState = field(default_factory=PreviewState)
    _seen: Seen = ()
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look at the folder until `stop`: now, and whenever a save has settled. Nothing that it holds ends this."""
        while not self._over.is_set():
            before = self._seen
            now = _seen(self.folder)
            if now != before and not self._over.wait(LOOK_EVERY / 5) and _seen(self.folder) == now:
                self._seen = now
                self.load()
            self._over.wait(LOOK_EVERY)

    def stop(self) -> None:
        """End the watching."""
        self._over.set()

    def load(self) -> None:
        """Check the folder as it is now; install it if it is whole, and ask it about the demo genome."""
        number = self.state.number + 1
        try:
            self._say("Checking it")
            broken = tuple(one for one in check_module_folder(self.app, self.folder) if not one.ok)
            if broken:
                self.state = replace(self.state, number=number, at_work="", broken=broken, trouble=None)
                return
            self._say("Installing it")
            card = install_module(self.app, str(self.folder), trusted=True, own_source=True)
            self.state = replace(self.state, module_id=card.id, loaded=datetime.now(UTC), broken=(), trouble=None)
            sample = self._annotated(card.id) if self.demo and card.manifest.annotates else ""
        except GenotecaError as error:
            self.state = replace(self.state, number=number, at_work="", broken=(), trouble=error)
            return
        self.state = replace(self.state, number=number, at_work="", sample=sample)

    def _say(self, words: str) -> None:
        self.state = replace(self.state, at_work=words)

    def _annotated(self, module_id: str) -> str:
        start(self.app)
        if not list_samples(self.app):
            self._say("Reading the demo genome")
            self._wait(add_sample(self.app, demo_genome(self.app))[1])
        key = list_samples(self.app)[0].sample.id.key
        self._say("Asking it about the demo genome")
        self._wait(annotate(self.app, key, [module_id]))
        return key

    def _wait(self, run: str) -> None:
        """Follow a run to its end.

        Raises:
            GenotecaError: it failed, with its reason.

        """
        for _ in follow_run(self.app, run):
            if self._over.is_set():
                return
        over = show_run(self.app, run).run
        if over.status is not RunStatus.SUCCEEDED:
            told = over.error or next(iter(over.failed_assets.values()), {})
            raise GenotecaError(
                told.get("message", f"The run ended as {over.status}."),
                title=told.get("title", "The module did not answer"),
                hint=told.get("hint", "Look at the run under Runs."),
            )


def preview_module(app: App, asked: PreviewRequest) -> Preview:
    """Load a module from its folder and watch it from now on, in a thread that ends with the program."""
    made = Preview(app=app, folder=asked.folder, demo=asked.demo)
    threading.Thread(target=made.watch, name=f"preview {asked.folder.name}", daemon=True).start()
    return made


def _seen(folder: Path) -> Seen:
    """Give names, times and sizes of the module's files; one that is just being replaced is left out."""
    found = []
    for path in source_files(folder) if folder.is_dir() else ():
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((path.relative_to(folder).as_posix(), state.st_mtime_ns, state.st_size))
    return tuple(found)
