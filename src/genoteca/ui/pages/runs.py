"""Runs: what is being made, what was made, how long it took and what it needed."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import RunCard
from genoteca.model.evidence import Outcome
from genoteca.model.run import Line, LineKind, RunStatus
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.run_live import RunLive, run_trouble, status_pill
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show", "show_one"]


async def show(desktop: Desktop) -> None:
    """Draw the list: what goes on now, then what is over."""
    runs = await ask(actions.list_runs, desktop.app)
    titles = await _titles(desktop)
    with stack("tight"):
        heading("Runs", 1)
        said("Everything Genoteca has worked on, with what it took.", "lead")
    going = [run for run in runs if not run.run.status.over]
    over = [run for run in runs if run.run.status.over]

    async def again(_: RunCard) -> None:
        ui.navigate.reload()

    for run in going:
        RunLive(desktop, run.run.id, titles, again)
    if over:
        with card():
            for run in over:
                _line(run)
    if not runs:
        with box("empty"):
            ui.icon("autorenew").props("aria-hidden=true")
            said("Nothing has been run yet.", "h3")
            said("Reading a genome and annotating it appear here.")


def _line(shown: RunCard) -> None:
    run = shown.run
    with box("run-line"):
        status_pill(run.status)
        with stack("tight"):
            link(shown.title, f"/runs/{run.id}")
            memory = f"{run.peak_memory_mb:,.0f} MB at most" if run.peak_memory_mb else ""
            told_of = (words.when(run.started or run.queued), words.span(run.seconds), memory)
            said(" · ".join(filter(None, told_of)), "faint")


async def show_one(desktop: Desktop, run_id: str) -> None:
    """Draw one run with its log."""
    shown = await ask(actions.show_run, desktop.app, run_id)
    titles = await _titles(desktop)
    link("‹ All runs", "/runs")

    async def over(_: RunCard) -> None:
        ui.navigate.reload()

    if not shown.run.status.over:
        RunLive(desktop, shown.run.id, titles, over)
    else:
        _report(desktop, shown, titles)
    heading("Log")
    Log(desktop, shown.run.id, titles)


def _report(desktop: Desktop, shown: RunCard, titles: dict[str, str]) -> None:
    run = shown.run

    async def retry() -> None:
        with told():
            ui.navigate.to(f"/runs/{await ask(actions.retry_run, desktop.app, run.id)}")

    with row("top-line"):
        with stack("tight grow"):
            heading(shown.title, 1)
            with row("tight"):
                status_pill(run.status)
        if run.status != "succeeded":
            act("Try again", retry, kind="main-act", icon="replay")
    run_trouble(shown, titles)
    with card():
        facts(
            (
                ("Started", words.when(run.started)),
                ("Took", words.span(run.seconds)),
                ("Processor time", "" if run.cpu_seconds is None else words.span(run.cpu_seconds)),
                ("Memory at most", f"{run.peak_memory_mb:,.0f} MB" if run.peak_memory_mb else ""),
                ("Tables joined by", "" if run.request.engine == "auto" else run.request.engine),
                ("Genome", run.request.partition or ""),
                ("Run", run.id),
            )
        )
        for module, answer in shown.outcomes.items():
            with stack("tight"):
                if answer.outcome is Outcome.ANSWERED and run.request.partition:
                    link(titles.get(module, module), f"/results/{run.request.partition}/{module}")
                else:
                    said(titles.get(module, module), "strong")
                said(answer.words or answer.why or answer.state)


class Log:
    """The lines of a run, new ones as they come."""

    def __init__(self, desktop: Desktop, run_id: str, titles: dict[str, str]) -> None:
        self._desktop, self._id, self._titles, self._after = desktop, run_id, titles, 0
        self._box = box("log").props("role=log tabindex=0")
        self._timer = ui.timer(0.6, self._look)

    async def _look(self) -> None:
        lines = await ask(actions.run_lines, self._desktop.app, self._id, self._after)
        shown = await ask(actions.show_run, self._desktop.app, self._id)
        with self._box:
            for line in lines:
                self._after = max(self._after, line.seq)
                self._draw(line, cancelled=shown.run.status is RunStatus.CANCELLED)
        if shown.run.status.over:
            self._timer.deactivate()
            if not self._after:
                with self._box:
                    said("It ended before it had anything to say.", "")

    def _draw(self, line: Line, *, cancelled: bool) -> None:
        share = f" {line.fraction:.0%}" if line.fraction is not None and line.kind is LineKind.PROGRESS else ""
        about = words.asset(line.asset, self._titles)
        failed = line.kind is LineKind.FAILED and not (cancelled and line.asset is None)
        message = line.message or ("failed" if failed else "cancelled" if line.kind is LineKind.FAILED else line.kind)
        said(f"{line.time.astimezone():%H:%M:%S}  {about}: {message}{share}", "bad" if failed else "")


async def _titles(desktop: Desktop) -> dict[str, str]:
    return {card.id: card.manifest.title for card in await ask(actions.list_modules, desktop.app)}
