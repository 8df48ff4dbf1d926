"""One run: its steps on a time axis, its log, what it takes, what was asked, and what can be done with it."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.changes import changed_by_run
from genoteca.actions.views import RunCard
from genoteca.model.evidence import Outcome
from genoteca.model.run import RunStatus
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.in_dagster import open_in_dagster
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.outside import outside_table
from genoteca.ui.components.run_live import RunLive, run_trouble, status_pill
from genoteca.ui.components.run_log import RunLog
from genoteca.ui.components.term import explained
from genoteca.ui.components.timeline import timeline
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

LOOK_EVERY = 1.0
"""Seconds between two looks at the steps of a run that goes on, and at what it takes."""


async def show(desktop: Desktop, run_id: str) -> None:
    """Draw the page."""
    shown = await ask(actions.show_run, desktop.app, run_id)
    titles = {card.id: card.manifest.title for card in await ask(actions.list_modules, desktop.app)}
    link("‹ All runs", "/runs")

    async def over(_: RunCard) -> None:
        ui.navigate.reload()

    if shown.run.status.over:
        await _head(desktop, shown)
        run_trouble(shown, titles)
        await _changed(desktop, shown)
        _report(shown, titles)
    else:
        RunLive(desktop, shown.run.id, titles, over)
    with card():
        heading("Steps")
        await Steps(desktop, shown, titles).draw()
    with card():
        heading("Log")
        RunLog(desktop, shown.run.id, titles)
    await _asked(desktop, shown)


async def _head(desktop: Desktop, shown: RunCard) -> None:
    run = shown.run

    async def retry() -> None:
        with told():
            planned = await ask(actions.retry_words, desktop.app, run.id)
            if await confirmed("Run it again?", "\n\n".join(filter(None, planned)), yes="Run again", no="Leave it"):
                ui.navigate.to(f"/runs/{await ask(actions.retry_run, desktop.app, run.id)}")

    with row("heading run-over"):
        with stack("tight"):
            heading(shown.title, 1)
            with row("tight"):
                status_pill(run.status)
        with row("tight"):
            act("Open in Dagster", lambda: open_in_dagster(desktop, run.id), icon="account_tree")
            well = run.status is RunStatus.SUCCEEDED
            act("Run again", retry, kind="plain" if well else "main-act", icon="replay")


async def _changed(desktop: Desktop, shown: RunCard) -> None:
    """Lead to what the run's answers change, where they replaced older ones or wait to."""
    key, run = shown.run.request.partition, shown.run
    if key is None or not await ask(changed_by_run, desktop.app, key, run.id, run.request.modules):
        return
    waits = any(one.waits for one in shown.outcomes.values())
    if waits:
        with notice("info", "New answers wait", "Those in force stay as they are until you use the new ones."), row():
            act(
                "See what would change", lambda: ui.navigate.to(f"/changes/{key}"), kind="main-act", icon="difference"
            )
        return
    with notice("info", "Its answers were compared with the older ones"):
        link("What changed ›", f"/changes/{key}")


def _report(shown: RunCard, titles: dict[str, str]) -> None:
    run = shown.run
    with card():
        facts(
            (
                ("Asked for", words.when(run.queued)),
                ("Started", words.when(run.started)),
                ("Took", words.span(run.seconds)),
                ("Processor time", "" if run.cpu_seconds is None else words.span(run.cpu_seconds)),
                ("Memory at most", words.memory(run.peak_memory_mb) if run.peak_memory_mb else ""),
                ("Tables joined by", "" if run.request.engine == "auto" else run.request.engine),
                ("Genome", run.request.partition or ""),
                ("Run", run.id),
            ),
            explained,
        )
        for module, answer in shown.outcomes.items():
            with stack("tight"):
                if answer.outcome is Outcome.ANSWERED and run.request.partition:
                    link(titles.get(module, module), f"/results/{run.request.partition}/{module}")
                else:
                    said(titles.get(module, module), "strong")
                said(answer.words or answer.why or answer.state)


class Steps:
    """The steps, drawn anew while the run goes on, with what it takes of the computer meanwhile."""

    def __init__(self, desktop: Desktop, shown: RunCard, titles: dict[str, str]) -> None:
        self._desktop, self._run, self._titles = desktop, shown.run, titles
        self._now = box("run-now").props("role=status aria-live=off")
        self._place = stack()

    async def draw(self) -> None:
        """Draw them, and again while they change."""
        await self._look()
        if not self._run.status.over:
            ui.timer(LOOK_EVERY, self._look)

    async def _look(self) -> None:
        app, run_id = self._desktop.app, self._run.id
        steps = await ask(actions.run_steps, app, run_id)
        usage = None if self._run.status.over else await ask(actions.run_usage, app, run_id)
        self._now.clear()
        with self._now:
            if usage:
                said(f"Memory now: {words.memory(usage.memory_mb)}", "")
                said(f"Processor time of its worker: {words.span(usage.cpu_seconds)}", "")
        self._place.clear()
        with self._place:
            timeline(steps, self._titles)
            if not any(step.begun is not None for step in steps):
                waits = "It waits for its turn." if self._run.status is RunStatus.QUEUED else "It is starting."
                said("Nothing was begun." if self._run.status.over else waits, "faint")
        if any(step.peak_memory_mb for step in steps):
            with self._place:
                said("Memory: the most that the worker had held until then, from its start.", "faint")


async def _asked(desktop: Desktop, shown: RunCard) -> None:
    """Show what was asked of the run as it is kept, and what the run asked of the internet."""
    text = await ask(actions.run_request_json, desktop.app, shown.run.id)
    count = await ask(actions.count_outside_requests, desktop.app, run_id=shown.run.id)
    asked = await ask(actions.outside_requests, desktop.app, run_id=shown.run.id, limit=200)
    with card():
        heading("What was asked")
        with ui.expansion("The request as it is kept"):
            said(text, "raw").props("tabindex=0 role=region aria-label='The request of this run'")
        if count:
            with ui.expansion(f"Requests to other hosts: {words.count(count)}"):
                outside_table(asked)
                if count > len(asked):
                    link("The whole list is in the settings", "/settings#outside")
        else:
            said("It asked nothing of the internet.", "small")
