"""The data folder as one file: made with a press, and looked at whether it is whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from nicegui import ui

from genoteca.actions.backing_up import Backup, asks_for_passphrase, back_up, backup_words, check
from genoteca.errors import InputError
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.notice import told
from genoteca.ui.components.progress import Track
from genoteca.ui.desktop import Desktop, ask

__all__ = ["BackupCard"]

LOOK_EVERY = 0.3


class BackupCard:
    """Making a backup, and looking at one."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop, self._share = desktop, 0.0
        with card():
            heading("A copy of everything")
            said(
                "One file with every genome, every answer, your notes, settings and modules. Keep it elsewhere.",
                "soft readable",
            )
            place = Path.home() / f"genoteca-{date.today():%Y-%m-%d}.backup"  # noqa: DTZ011 - the person's own day
            self._file = ui.input("File", value=str(place)).props("outlined dense").classes("wide")
            self._word = self._passphrase("Passphrase (empty: not encrypted)")
            self._again = self._passphrase("The passphrase once more")
            self._again.bind_visibility_from(self._word, "value", backward=bool)
            self._references = ui.switch("With the data of modules, which can also be fetched again", value=True)
            said(
                "Without its passphrase nobody can open an encrypted backup, you neither. Without a passphrase, "
                "whoever has the file can read the genomes in it.",
                "faint",
            )
            with row("tight"):
                self._acts = [
                    act("Make a backup", self._make, kind="main-act", icon="save"),
                    act("Look whether it is whole", self._check, icon="fact_check"),
                ]
            self._place = stack()
            link("How to move to another computer ›", "/help/keeping-and-forgetting")

    def _passphrase(self, label: str) -> ui.input:
        field = ui.input(label, password=True, password_toggle_button=True).classes("wide")
        return field.props("outlined dense autocomplete=new-password")

    async def _make(self) -> None:
        if self._word.value != (self._again.value if self._word.value else ""):
            with told():
                raise InputError("The two passphrases are not the same.", hint="Type them again.")
            return
        await self._do("Writing the backup", self._back_up)

    async def _check(self) -> None:
        await self._do("Reading the backup", self._look)

    async def _back_up(self) -> Backup:
        return await ask(
            back_up,
            self._desktop.app,
            self._path(),
            passphrase=self._word.value,
            references=bool(self._references.value),
            progress=self._hear,
        )

    async def _look(self) -> Backup:
        path = self._path()
        if await ask(asks_for_passphrase, path) and not self._word.value:
            raise InputError("This backup is encrypted.", title="It has a passphrase", hint="Type it above.")
        return await ask(check, path, passphrase=self._word.value, progress=self._hear)

    def _path(self) -> Path:
        return Path(self._file.value).expanduser()

    def _hear(self, share: float, _bytes: int) -> None:
        self._share = share

    async def _do(self, label: str, work: Callable[[], Awaitable[Backup]]) -> None:
        self._share = 0.0
        self._place.clear()
        for one in self._acts:
            one.disable()
        with self._place:
            said(label, "small").props("role=status")
            track = Track(label)
            timer = ui.timer(LOOK_EVERY, lambda: track.show(self._share))
        try:
            with told():
                done = await work()
                self._draw(done)
                return
        finally:
            timer.deactivate()
            for one in self._acts:
                one.enable()
        self._place.clear()

    def _draw(self, done: Backup) -> None:
        self._place.clear()
        with self._place, box("stack tight").props("role=status"):
            first, *rest = backup_words(done)
            said(first, "strong wrap-anywhere")
            for line in rest:
                said(line, "small")
