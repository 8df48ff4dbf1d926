"""The status bar: what is going on, how far it is, a way to stop it, and what the app said last."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.messages import Message
from genoteca.ui.watching import Going

__all__ = ["status_bar"]

ICONS = {"info": "info", "good": "check_circle", "warn": "warning", "bad": "error"}


def status_bar(desktop: Desktop) -> None:
    """Draw it; it follows what goes on as long as the page is open."""
    StatusBar(desktop)


class StatusBar:
    """One page's bar. Its parts are changed in place, so that a button does not vanish under a finger."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._going: Going | None = None
        self._bar = box("status still", "footer").props("role=region aria-label='What is going on'")
        with self._bar:
            self._work = box("work")
            self._quiet = said("Nothing is running.", "calm")
            self._last = box("last").props("role=status aria-live=polite")
            self._all = act("Messages", self._show_all, kind="quiet", icon="notifications_none", more="small-act")
        self._shown: Message | None = None
        self._draw_work()
        self._draw_messages()
        desktop.watch.changed.subscribe(self._draw_work)
        desktop.messages.came.subscribe(self._draw_messages)

    def _draw_work(self) -> None:
        going = self._desktop.watch.going
        self._work.set_visibility(bool(going))
        self._quiet.set_visibility(not going)
        first = going[0] if going else None
        if first is None or self._going is None or not _same(first, self._going):
            self._work.clear()
            if first is not None:
                self._build(first)
        self._going = first
        if first is not None:
            self._track.show(first.fraction)
            self._stage.set_text(first.stage)
            self._cancel.set_enabled(not first.stopping)
            self._cancel.set_visibility(first.can_be_cancelled)
            others = len(going) - 1
            self._more.set_visibility(bool(others))
            self._more.set_text(f"and {others} more")
        self._tell_height()

    def _build(self, going: Going) -> None:
        with self._work:
            if going.target:
                link(going.title, going.target, "title")
            else:
                said(going.title, "title")
            self._track = Track(going.title)
            self._stage = said("", "stage")
            self._cancel = act("Stop", self._stop, more="small-act")
            self._cancel.props["aria-label"] = f"Stop: {going.title}"
            self._more = link("", "/runs")

    async def _stop(self) -> None:
        going = self._going
        if going is None:
            return
        self._cancel.disable()
        with told():
            if going.work is not None:
                going.work.cancel()
            elif going.run:
                await ask(actions.cancel_run, self._desktop.app, going.run)

    def _draw_messages(self) -> None:
        messages = self._desktop.messages
        newest = messages.kept[0] if messages.kept else None
        self._all.set_text(f"Messages ({messages.unread})" if messages.unread else "Messages")
        self._all.set_visibility(newest is not None)
        if newest is not self._shown:
            self._last.clear()
            if newest is not None:
                self._last.classes(replace=f"last new {newest.kind}")
                with self._last:
                    ui.icon(ICONS[newest.kind]).props("aria-hidden=true")
                    said(newest.text, "words")
                    if newest.target:
                        link("Open", newest.target)
        self._shown = newest
        self._tell_height()

    def _tell_height(self) -> None:
        """On a phone it is there only while it has something to say."""
        still = not self._desktop.watch.going and not self._desktop.messages.kept
        self._bar.classes(add="still" if still else "", remove="" if still else "still")

    def _show_all(self) -> None:
        messages = self._desktop.messages

        def clear() -> None:
            messages.clear()
            dialog.close()

        with ui.dialog(value=True) as dialog, box("sheet"):
            with row("keep"):
                heading("Messages")
                act("Clear", clear, kind="quiet", more="push small-act")
            with stack("tight"):
                for message in messages.kept:
                    _line(message)
            said("The last ones since Genoteca was opened.", "faint")
            with row():
                act("Close", dialog.close, more="push")
        dialog.on("hide", dialog.delete)
        messages.read()


def _line(message: Message) -> None:
    with box(f"message {message.kind}"):
        ui.icon(ICONS[message.kind]).props("aria-hidden=true")
        with stack("tight grow"):
            said(message.text, "")
            with row("tight"):
                said(words.when(message.when), "faint")
                if message.target:
                    link("Open", message.target)


def _same(one: Going, other: Going) -> bool:
    """Whether two looks saw the same thing, however far it is."""
    return (one.title, one.run, one.target) == (other.title, other.run, other.target) and one.work is other.work
