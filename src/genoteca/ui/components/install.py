"""Installing, updating and removing: the button, and the progress that takes its place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import ModuleCard, ModuleState
from genoteca.ui.components.boxes import row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Cancelled, Progress, Work

__all__ = ["OnChange", "install_button", "start_install", "start_removal", "work_name"]

OnChange = Callable[[], Awaitable[object] | object]


def work_name(module_id: str) -> str:
    """Name under which work on a module is found."""
    return f"module {module_id}"


def start_install(desktop: Desktop, module_id: str, source: str, title: str, *, trusted: bool = False) -> Work:
    """Install from the gallery (`source` is the id) or from a file or folder (its path)."""

    def install(progress: Progress, cancelled: Cancelled) -> None:
        actions.install_module(desktop.app, source, trusted=trusted, progress=progress, cancelled=cancelled)

    return desktop.works.queue(work_name(module_id), f"Installing {title}", install)


def start_removal(desktop: Desktop, module_id: str, title: str, *, with_results: bool) -> Work:
    """Remove a module; `with_results` also deletes what it said about every genome."""

    def remove(progress: Progress, cancelled: Cancelled) -> None:
        actions.remove_module(
            desktop.app, module_id, with_results=with_results, progress=progress, cancelled=cancelled
        )

    return desktop.works.queue(work_name(module_id), f"Removing {title}", remove)


def _start_update(desktop: Desktop, module_id: str, title: str) -> Work:
    def update(progress: Progress, cancelled: Cancelled) -> None:
        actions.update_modules(desktop.app, module_id, progress=progress, cancelled=cancelled)

    return desktop.works.queue(work_name(module_id), f"Updating {title}", update)


def _start_check(desktop: Desktop, module_id: str, title: str) -> Work:
    def check(progress: Progress) -> None:
        progress(0.2, "Loading it in a process of its own")
        actions.check_modules(desktop.app)

    return desktop.works.start(work_name(module_id), f"Checking {title}", check)


def install_button(desktop: Desktop, module: ModuleCard, on_change: OnChange) -> None:
    """Show the button that fits the module's state, and progress while something is done to it."""
    place = stack("tight")
    title = module.manifest.title

    def show() -> None:
        work = desktop.works.find(work_name(module.id))
        place.clear()
        with place:
            if work and not work.over:
                _follow(work, finished)
                return
            if work and work.trouble:
                trouble_box(work.trouble)
            _button()

    def _button() -> None:
        if module.state is ModuleState.AVAILABLE:
            with row():
                act(
                    "Install",
                    lambda: begin(start_install(desktop, module.id, module.id, title)),
                    kind="main-act",
                    more="small-act",
                )
        elif module.state is ModuleState.UPDATE:
            with row():
                act(
                    "Update",
                    lambda: begin(_start_update(desktop, module.id, title)),
                    kind="main-act",
                    more="small-act",
                )
        elif module.state is ModuleState.INSTALLED and module.manifest.annotates:
            with row():
                act("Look it up in a genome", _to_a_genome(module), more="small-act")
        elif module.state is ModuleState.BROKEN:
            with row():
                act("Try again", lambda: begin(_start_check(desktop, module.id, title)), more="small-act")

    def begin(_: Work) -> None:
        show()

    async def finished(work: Work) -> None:
        if not work.trouble:
            desktop.works.forget(work_name(module.id))
            ui.notify(f"{work.title}: {'cancelled' if work.cancelled() else 'done'}", position="bottom-right")
            answer = on_change()
            if isinstance(answer, Awaitable):
                await answer
        else:
            show()

    show()


def _to_a_genome(module: ModuleCard) -> Callable[[], None]:
    """Lead on: to the one genome there is, or to where one is chosen or added."""
    genomes = list(module.works_with)
    target = f"/genomes/{genomes[0]}/annotate" if len(genomes) == 1 else "/genomes"
    return lambda: ui.navigate.to(target)


def _follow(work: Work, finished: Callable[[Work], Awaitable[None]]) -> None:
    track = Track(work.title)
    with row("keep tight"):
        line = said(work.message, "faint grow").props("aria-live=polite")
        if work.can_be_cancelled:
            act("Cancel", work.cancel, kind="quiet", more="small-act")

    async def look() -> None:
        track.show(work.fraction)
        line.set_text(work.message)
        if work.over:
            timer.deactivate()
            await finished(work)

    timer = ui.timer(0.2, look)
