"""Installing, updating and removing: the button, and the progress that takes its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from genoteca import actions
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.actions.modules import modules_beneath
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import told, trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.components.trusting import needs_trust, trusts, trusts_again
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Cancelled, Progress, Work

__all__ = ["OnChange", "follow", "install_button", "start_install", "start_removal", "work_name"]

NOT_NOW = "Not while Genoteca is open without its modules"
"""Stands where a button would be that could only be refused."""
OnChange = Callable[[], Awaitable[object] | object]


def work_name(module_id: str) -> str:
    """Name under which work on a module is found."""
    return f"module {module_id}"


def start_install(
    desktop: Desktop,
    module_id: str,
    source: str,
    title: str,
    *,
    version: str | None = None,
    beneath: Sequence[str] = (),
    trusted: bool = False,
    word: str = "Installing",
) -> Work:
    """Install from the gallery (`source` is a card's) or from a file or folder (its path).

    `beneath`: sources of modules that it builds on, installed with it as one change, in their newest versions.
    """

    def install(progress: Progress, cancelled: Cancelled) -> None:
        if beneath:
            sources = [*beneath, source]
            actions.install_modules(desktop.app, sources, trusted=trusted, progress=progress, cancelled=cancelled)
            return
        actions.install_module(
            desktop.app, source, version=version, trusted=trusted, progress=progress, cancelled=cancelled
        )

    return desktop.works.queue(work_name(module_id), f"{word} {title}", install)


def start_removal(desktop: Desktop, module_id: str, title: str, *, with_results: bool) -> Work:
    """Remove a module; `with_results` also deletes what it said about every genome."""

    def remove(progress: Progress, cancelled: Cancelled) -> None:
        actions.remove_module(
            desktop.app, module_id, with_results=with_results, progress=progress, cancelled=cancelled
        )

    return desktop.works.queue(work_name(module_id), f"Removing {title}", remove)


def _start_check(desktop: Desktop, module_id: str, title: str) -> Work:
    def check(progress: Progress) -> None:
        progress(0.2, "Loading it in a process of its own")
        actions.check_modules(desktop.app)

    return desktop.works.start(work_name(module_id), f"Checking {title}", check)


def install_button(desktop: Desktop, module: ModuleCard, on_change: OnChange, *, short: bool = False) -> None:
    """Show the button that fits the module's state, and progress while something is done to it.

    `short`: with few words, for a card.
    """
    InstallButton(desktop, module, on_change, short=short).show()


class InstallButton:
    """One button, or how far it is with what the button began."""

    def __init__(self, desktop: Desktop, module: ModuleCard, on_change: OnChange, *, short: bool) -> None:
        self._desktop, self._module, self._on_change, self._short = desktop, module, on_change, short
        self._place = stack("tight")

    def show(self) -> None:
        """Draw what fits now."""
        name = work_name(self._module.id)
        work = self._desktop.works.find(name)
        self._place.clear()
        with self._place:
            if work and not work.over:
                follow(work, self._finished)
                return
            if work and work.trouble:
                self._desktop.works.forget(name)
                trouble_box(work.trouble)
            with row():
                self._button()

    def _button(self) -> None:
        module = self._module
        if self._desktop.app.without_modules:
            if not self._short and module.state in (ModuleState.AVAILABLE, ModuleState.UPDATE):
                said(NOT_NOW, "faint")
            return
        match module.state:
            case ModuleState.AVAILABLE:
                act("Install", self._install, kind="main-act", more="small-act")
            case ModuleState.UPDATE if not module.pinned:
                act("Update", self._update, kind="main-act", more="small-act")
            case ModuleState.BROKEN if module.needs_trust:
                act("Trust it again", self._trust, more="small-act")
            case ModuleState.BROKEN:
                act("Try again", self._check, more="small-act")
            case _ if module.manifest.annotates:
                word = "Look it up" if self._short else "Look it up in a genome"
                act(word, _to_a_genome(module), more="small-act")

    async def _install(self) -> None:
        beneath = await ask(modules_beneath, self._desktop.app, self._module)
        if not beneath or await _with_those(self._module, beneath):
            await self._begin("Installing", beneath)

    async def _update(self) -> None:
        await self._begin("Updating")

    async def _begin(self, word: str, beneath: Sequence[ModuleCard] = ()) -> None:
        module = self._module
        for one in (*beneath, module):
            if not await trusts(one):
                return
        start_install(
            self._desktop,
            module.id,
            module.source,
            module.manifest.title,
            beneath=[one.source for one in beneath],
            trusted=any(map(needs_trust, (*beneath, module))),
            word=word,
        )
        self.show()

    async def _trust(self) -> None:
        with told():
            if await trusts_again(self._desktop, self._module):
                await _called(self._on_change)

    def _check(self) -> None:
        _start_check(self._desktop, self._module.id, self._module.manifest.title)
        self.show()

    async def _finished(self, work: Work) -> None:
        if work.trouble:
            self.show()
            return
        self._desktop.works.forget(work_name(self._module.id))
        await _called(self._on_change)


async def _with_those(module: ModuleCard, beneath: Sequence[ModuleCard]) -> bool:
    """Say on which modules one builds, and ask whether they are installed with it."""
    titles = " and ".join(one.manifest.title for one in beneath)
    title = module.manifest.title
    data = sum(one.manifest.download_bytes for one in beneath)
    fetched = f" The data of {titles}, {words.file_size(data)}, is fetched when it is first asked." if data else ""
    return await confirmed(
        f"{title} builds on {titles}",
        f"It says what the answers of {titles} mean, so both are needed.{fetched}",
        yes=f"Install {'both' if len(beneath) == 1 else 'all'}",
        no="Not now",
        kind="main-act",
    )


async def _called(on_change: OnChange) -> None:
    answer = on_change()
    if isinstance(answer, Awaitable):
        await answer


def _to_a_genome(module: ModuleCard) -> Callable[[], None]:
    """Lead on: to the one genome there is, or to where one is chosen or added."""
    genomes = list(module.works_with)
    target = f"/genomes/{genomes[0]}/annotate" if len(genomes) == 1 else "/genomes"
    return lambda: ui.navigate.to(target)


def follow(work: Work, finished: Callable[[Work], Awaitable[None]]) -> None:
    """Show how far a work is with a way to stop it, and call `finished` once it is over."""
    track = Track(work.title)
    with row("keep tight"):
        line = said(work.message, "faint grow").props("aria-live=polite")
        if work.can_be_cancelled:
            cancel = act("Cancel", work.cancel, kind="quiet", more="small-act")
            cancel.props["aria-label"] = f"Cancel: {work.title}"
            cancel.on_click(cancel.disable)

    async def look() -> None:
        track.show(work.fraction)
        line.set_text(work.message)
        if work.over:
            timer.deactivate()
            await finished(work)

    timer = ui.timer(0.2, look)
