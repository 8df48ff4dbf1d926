"""The demo: install a module, add the synthetic genome, annotate it; one button for the three."""

from __future__ import annotations

from collections.abc import Callable

from genoteca import actions
from genoteca.actions.module_views import ModuleState
from genoteca.errors import NotFoundError, RunError
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleId, slug
from genoteca.ui import words
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Progress, Work

__all__ = ["DEMO", "demo_key", "start_demo"]

DEMO = "demo"
MODULE = "everyday-traits"


def demo_key(desktop: Desktop) -> str:
    """Give the partition key of the demo genome."""
    request = actions.demo_genome(desktop.app)
    return SampleId(user=slug(request.user), sample=slug(request.sample)).key


def start_demo(desktop: Desktop) -> Work:
    """Do the three steps, or what is missing of them."""

    def play(progress: Progress) -> None:
        _install(desktop, _part(progress, 0.0, 0.35))
        _add(desktop, _part(progress, 0.35, 0.65))
        _annotate(desktop, _part(progress, 0.65, 1.0))
        progress(1.0, "Here it is")

    return desktop.works.start(DEMO, "Setting up the demo", play)


def _part(progress: Progress, start: float, end: float) -> Progress:
    def report(fraction: float, message: str) -> None:
        progress(start + (end - start) * fraction, message)

    return report


def _install(desktop: Desktop, progress: Progress) -> None:
    progress(0, "1 of 3: Installing Everyday traits")
    module = actions.show_module(desktop.app, MODULE)
    if module.state is ModuleState.AVAILABLE:
        actions.install_module(
            desktop.app,
            module.source,
            progress=lambda fraction, message: progress(fraction, f"1 of 3: {words.stage(message)}"),
        )


def _add(desktop: Desktop, progress: Progress) -> None:
    progress(0, "2 of 3: Reading the demo genome")
    try:
        known = actions.show_sample(desktop.app, demo_key(desktop))
        run = known.import_run.id if known.import_run and not known.intake else None
    except NotFoundError:
        _, run = actions.add_sample(desktop.app, actions.demo_genome(desktop.app))
    if run:
        _wait(desktop, run, progress, "2 of 3: Reading the demo genome")


def _annotate(desktop: Desktop, progress: Progress) -> None:
    run = actions.annotate(desktop.app, demo_key(desktop), [MODULE])
    _wait(desktop, run, progress, "3 of 3: Looking up everyday traits")


def _wait(desktop: Desktop, run_id: str, progress: Callable[[float, str], None], said: str) -> None:
    for line in actions.follow_run(desktop.app, run_id):
        progress(line.fraction or 0.2, said)
    over = actions.show_run(desktop.app, run_id).run
    if over.status is not RunStatus.SUCCEEDED:
        told = over.error or next(iter(over.failed_assets.values()), {})
        raise RunError(
            told.get("message", f"The run ended as {over.status}."),
            title=told.get("title", "The demo could not be made"),
            hint=told.get("hint", "Look at the run under Runs, and try again."),
        )
