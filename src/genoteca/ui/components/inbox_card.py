"""The inbox as a person sees it: the folder, what becomes of a file, and which files wait or were refused."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions import automation
from genoteca.actions.inbox import InboxFile, show_inbox
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.file_browser import browse
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["InboxCard"]

LOOK_EVERY = 3.0
HOW = {
    "move": "Move them into Genoteca's data folder",
    "leave": "Leave them there, and read them where they lie",
    "off": "Do not look into the folder",
}


class InboxCard:
    """The folder and its files; the files are drawn anew as they change."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._files: list[InboxFile] | None = None

    async def draw(self) -> None:
        """Draw it, and look at the files now and then."""
        settings = self._desktop.app.settings
        with card() as made:
            made.props("id=inbox")
            heading("Inbox")
            said("Genome files that you put into this folder are added by themselves, once they are whole.")
            with row("keep"):
                self._folder = said("", "mono grow").props("data-setting=inbox")
                act("Another folder", self._choose, more="small-act")
            said(
                "A file in a folder inside of it belongs to the person of that folder's name; any other is yours. "
                "Deeper folders are not looked at.",
                "faint",
            )
            how = ui.radio(HOW, value=settings.inbox_files, on_change=lambda event: self._keep(str(event.value)))
            how.props("data-setting=inbox_files aria-label='What becomes of the files'")
            self._place = stack()
        await self._look()
        ui.timer(LOOK_EVERY, self._look)

    async def _choose(self) -> None:
        path = await browse(("/",), title="The folder to watch", folders=True)
        if path is not None:
            with told():
                await ask(automation.change_automation, self._desktop.app, inbox=str(path))
                self._desktop.messages.say("Kept.", "good")
                await self._look()

    async def _keep(self, how: str) -> None:
        with told():
            await ask(automation.change_automation, self._desktop.app, inbox_files=how)
            self._desktop.messages.say("Kept.", "good")

    async def _look(self) -> None:
        seen = await ask(show_inbox, self._desktop.app)
        self._folder.set_text(str(seen.folder))
        if seen.files != self._files:
            self._files = seen.files
            self._place.clear()
            with self._place:
                for one in seen.files:
                    _line(one)


def _line(one: InboxFile) -> None:
    with box(f"message {'warn' if one.refused else 'info'}"):
        ui.icon("warning" if one.refused else "hourglass_bottom").props("aria-hidden=true")
        with stack("tight grow"):
            name = f"{one.folder} / {one.name}" if one.folder else one.name
            said(f"{name}, {words.file_size(one.bytes)}", "strong")
            said(one.words, "small")
            if one.refused:
                said("A note of it lies beside the file. It is looked at again when the file changes.", "faint")
