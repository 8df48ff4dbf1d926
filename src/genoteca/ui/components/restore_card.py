"""A backup put into a new folder: chosen, compared with its list, and only then there."""

from __future__ import annotations

import threading
from pathlib import Path

from nicegui import ui

from genoteca.actions.backing_up import Backup, asks_for_passphrase, backup_words, restore_beside
from genoteca.errors import InputError
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["RestoreCard"]

LOOK_EVERY = 0.3
ENDINGS = (".backup",)


class Stopped(Exception):  # noqa: N818 - no error: the person wanted no more
    """Restoring was stopped."""


class RestoreCard:
    """Restoring a backup; the data folder that is open is never touched."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._stop, self._share, self._bytes = threading.Event(), 0.0, 0
        with card():
            heading("Bring a copy back")
            said(
                "A backup becomes a data folder of its own, in a new or an empty folder. What you have open now "
                "stays as it is.",
                "soft readable",
            )
            with row("keep"):
                self._file = ui.input("Backup file").props("outlined dense").classes("grow")
                act("Choose", self._choose, icon="folder_open")
            self._word = ui.input("Its passphrase, if it has one", password=True, password_toggle_button=True)
            self._word.props("outlined dense autocomplete=off").classes("wide")
            place = desktop.app.layout.home.with_name(f"{desktop.app.layout.home.name}-restored")
            self._folder = ui.input("New folder", value=str(place)).props("outlined dense").classes("wide")
            with row("tight"):
                self._act = act("Restore into this folder", self._restore, icon="settings_backup_restore")
            self._place = stack()

    async def _choose(self) -> None:
        if path := await browse(ENDINGS, title="Choose a backup"):
            self._file.value = str(path)

    async def _restore(self) -> None:
        self._stop.clear()
        self._share, self._bytes = 0.0, 0
        self._act.disable()
        self._place.clear()
        with self._place:
            with row("keep"):
                so_far = said("Restoring", "small grow").props("role=status")
                act("Stop", self._stop.set, more="small-act")
            track = Track("Restoring the backup")

            def show() -> None:
                track.show(self._share)
                so_far.set_text(f"Restored and compared so far: {words.file_size(self._bytes)}")

            timer = ui.timer(LOOK_EVERY, show)
        done = None
        try:
            with told():
                done = await self._work()
        finally:
            timer.deactivate()
            self._act.enable()
            self._place.clear()
        if done:
            self._draw(done)

    async def _work(self) -> Backup | None:
        source, target = _path(self._file), _path(self._folder)
        if not self._file.value.strip() or not self._folder.value.strip():
            raise InputError("A backup file and a new folder are needed.", hint="Fill in both fields.")
        if await ask(asks_for_passphrase, source) and not self._word.value:
            raise InputError("This backup is encrypted.", title="It has a passphrase", hint="Type it above.")
        try:
            return await ask(
                restore_beside,
                self._desktop.app,
                source,
                target,
                passphrase=self._word.value,
                progress=self._hear,
            )
        except Stopped:
            self._desktop.messages.say("Stopped: nothing was restored.")
            return None

    def _hear(self, share: float, size: int) -> None:
        self._share, self._bytes = share, size
        if self._stop.is_set():
            raise Stopped

    def _draw(self, done: Backup) -> None:
        self._word.value = ""
        with self._place, box("stack tight").props("role=status"):
            with row("tight"):
                ui.icon("check_circle", size="20px").style("color: var(--answered)").props("aria-hidden=true")
                said("Restored, and every file is as it was backed up", "strong")
            for line in backup_words(done):
                said(line, "small wrap-anywhere")
            said("To open it, close Genoteca and start it with this folder:", "small")
            said(f'genoteca --home "{self._folder.value}"', "mono wrap-anywhere")
            link("To use it in the place of the one that is open ›", "/help/keeping-and-forgetting")


def _path(field: ui.input) -> Path:
    return Path(str(field.value).strip()).expanduser()
