"""One run as it goes: every asset with its own bar, what it is doing, and a way to stop it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui import ui

from genoteca import actions
from genoteca.actions.troubles import trouble_in
from genoteca.actions.views import RunCard
from genoteca.errors import GenotecaError
from genoteca.model.run import LEFT_OUT, Line, LineKind, RunStatus
from genoteca.ui import words
from genoteca.ui.address import page_address
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import notice, told, trouble_box, trouble_rest
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["RunLive", "run_trouble", "status_pill"]

LOOK_EVERY = 0.4
"""Seconds between two looks at a run; a person sees that as steady."""


def status_pill(status: RunStatus) -> None:
    """Say where a run stands."""
    pill(words.STATUS[status][0], words.STATUS[status][2], words.STATUS[status][1])


def run_trouble(run: RunCard, titles: Mapping[str, str]) -> None:
    """Show what went wrong in a run, per asset; what was left out because of it is only named."""
    left_out = list[str]()
    for key, error in run.run.failed_assets.items():
        asset, title = words.asset(key, dict(titles)), str(error.get("title", "failed"))
        if title == LEFT_OUT:
            left_out.append(asset)
            continue
        with notice("bad", f"{asset}: {title}", error.get("message", "")):
            trouble_rest(trouble_in(error), asset=key)
    if left_out:
        said(f"Not made, as it rests on what failed: {', '.join(left_out)}.", "faint")
    if run.run.error and not run.run.failed_assets:
        trouble_box(trouble_in(run.run.error))


class RunLive:
    """Follows one run until it is over, then calls `on_over` once."""

    def __init__(
        self,
        desktop: Desktop,
        run_id: str,
        titles: Mapping[str, str],
        on_over: Callable[[RunCard], Awaitable[None]] | None = None,
    ) -> None:
        self._desktop, self._id, self._titles, self._on_over = desktop, run_id, dict(titles), on_over
        self._after = 0
        self._assets: dict[str, tuple[Track, ui.label]] = {}
        self._ended: set[str] = set()
        """Assets that are done, or failed."""
        self._status: RunStatus | None = None
        self._build()
        self._timer = ui.timer(LOOK_EVERY, self._look)

    def _build(self) -> None:
        own = page_address().partition("?")[0] == f"/runs/{self._id}"
        with card("snug"):
            with row("keep"):
                with stack("tight grow"):
                    self._title = heading("", 1 if own else 3)
                    self._message = said("Waiting for its turn", "faint").props("aria-live=polite")
                    if not own:
                        link("Steps and log ›", f"/runs/{self._id}", "link small")
                self._pill = box()
                self._cancel = act("Cancel", self._stop, more="small-act")
            self._track = Track("The whole run")
            self._assets_box = stack()
            self._trouble = stack()

    async def _stop(self) -> None:
        self._cancel.disable()
        with told():
            await ask(actions.cancel_run, self._desktop.app, self._id)

    async def _look(self) -> None:
        try:
            seen = await ask(actions.show_run, self._desktop.app, self._id)
            lines = await ask(actions.run_lines, self._desktop.app, self._id, self._after)
        except GenotecaError as error:
            self._timer.deactivate()
            self._message.set_text(f"{error.title}. {error.hint}")
            return
        for line in lines:
            self._after = max(self._after, line.seq)
            self._take(line)
        self._show(seen)
        if seen.run.status.over:
            self._timer.deactivate()
            if self._on_over:
                await self._on_over(seen)

    def _take(self, line: Line) -> None:
        if line.asset is None or line.kind in (LineKind.LOG, LineKind.CHECK):
            return
        track, text = self._asset(line.asset)
        state = {LineKind.DONE: "done", LineKind.FAILED: "bad"}.get(line.kind, "")
        track.show(1.0 if state else line.fraction, state)
        if state:
            self._ended.add(line.asset)
        said_now = {"done": "Done", "bad": "Failed"}.get(state) or line.message
        if said_now:
            text.set_text(said_now)

    def _stop_the_rest(self, cancelled: Sequence[str]) -> None:
        """Say of what was not made that it was cancelled: nothing of it goes on, and nothing of it failed."""
        for key in cancelled:
            self._asset(key)
        for key, (track, text) in self._assets.items():
            if key not in self._ended:
                track.show(0.0, "stopped")
                text.set_text("Cancelled")

    def _asset(self, key: str) -> tuple[Track, ui.label]:
        if key not in self._assets:
            with self._assets_box, box("asset"):
                said(words.asset(key, self._titles), "small")
                text = said("", "faint")
                self._assets[key] = (Track(words.asset(key, self._titles)), text)
        return self._assets[key]

    def _show(self, seen: RunCard) -> None:
        run = seen.run
        self._title.set_text(seen.title)
        state = {RunStatus.SUCCEEDED: "done", RunStatus.FAILED: "bad", RunStatus.CANCELLED: "stopped"}.get(
            run.status, ""
        )
        waiting = run.status is RunStatus.QUEUED
        whole = state and state != "stopped"
        self._track.show(1.0 if whole else 0.0 if waiting else run.fraction or (0.0 if state else None), state)
        took = "It had not begun" if run.seconds is None else f"Took {words.span(run.seconds)}"
        at_work = f"{run.message}, {seen.left}" if run.message and seen.left else run.message
        self._message.set_text(took if run.status.over else at_work)
        if run.status is self._status:
            return
        self._status = run.status
        if run.status.over:
            self._stop_the_rest(run.cancelled_assets)
        self._cancel.set_visibility(not run.status.over)
        self._pill.clear()
        with self._pill:
            status_pill(run.status)
        self._trouble.clear()
        with self._trouble:
            run_trouble(seen, self._titles)
