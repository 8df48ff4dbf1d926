"""The data of a module on its page: which releases are there, what is newer, and fetching it with progress."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui import ui

from genoteca import actions
from genoteca.actions.module_views import DataRelease, DataUpdate, ModuleData
from genoteca.actions.views import RunCard
from genoteca.model.run import RunStatus
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, icon_act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.desktop import Desktop, ask

__all__ = ["ModuleDataCard"]


ALL_CHROMOSOMES = 25
"""1 to 22, X, Y and MT."""


class ModuleDataCard:
    """The card; it draws itself anew when something of it changed."""

    def __init__(self, desktop: Desktop, module_id: str, title: str, live: ui.element) -> None:
        """Make the card; what is being fetched is shown in `live`, which is as wide as the page."""
        self._live = live
        self._desktop, self._id, self._titles = desktop, module_id, {module_id: title}
        self._card = card()
        self._card.set_visibility(False)

    async def draw(self, *, cancelled: bool = False) -> None:
        """Draw what is there now; `cancelled`: a fetch was stopped just now."""
        data = await ask(actions.module_data, self._desktop.app, self._id)
        self._card.clear()
        self._card.set_visibility(bool(data.releases) or data.fetches)
        with self._card:
            heading("Data", 3)
            if data.own_source:
                said(f"Read from {data.own_source}, as you set it; its publisher is not asked.", "faint")
            for update in data.updates:
                self._update(update, data)
            for release in data.releases:
                self._release(release, came_along=not data.fetches)
            for build in data.missing:
                self._absent(build, data)
            if any(release.chosen for release in data.releases):
                self._unchosen()
            self._foot(data)
        self._live.clear()
        with self._live:
            if cancelled:
                with notice("warn", "Cancelled", "What arrived is kept, and the next try goes on from there."):
                    pass
            for run in data.runs:
                RunLive(self._desktop, run, self._titles, self._over)

    async def _over(self, seen: RunCard) -> None:
        if seen.run.failed_assets or seen.run.error:
            return  # what went wrong stands there, and stays
        await self.draw(cancelled=seen.run.status is RunStatus.CANCELLED)

    def _update(self, update: DataUpdate, data: ModuleData) -> None:
        with notice("info", "Newer data can be fetched", f"{self._titles[self._id]} {actions.update_words(update)}"):
            if not data.runs and update.build in {build for one in data.releases for build in one.builds}:
                act(f"Fetch it for {update.build}", partial(self._fetch, update.build), icon="download")

    def _release(self, release: DataRelease, *, came_along: bool) -> None:
        told_of = (
            ", ".join(release.builds),
            _chromosomes(release),
            words.file_size(release.bytes),
            "came with the module" if came_along else f"made {words.when(release.when)}",
        )
        with box("across keep top-line tight release"):
            with stack("tight grow"):
                with row("tight"):
                    said(actions.release_words(release.name), "strong")
                    if release.used_in:
                        pill("Chosen by you" if release.chosen else "Used", "good", "check")
                said(" · ".join(filter(None, told_of)), "faint")
                if release.unusable:
                    said(f"Cannot be used: {release.unusable}.", "faint")
            if not release.used_in and not release.unusable:
                act("Use this one", partial(self._use, release.name), more="small-act")
            icon_act("delete", f"Delete release {release.name} from the disk", partial(self._drop, release))

    def _absent(self, build: str, data: ModuleData) -> None:
        told = "Not there yet. It is fetched" if data.fetches else "Not made yet. It is made from the module's tables"
        if data.own_source:
            told = "Not read yet. Your file is read"
        with box("across keep top-line tight"):
            with stack("tight grow"):
                said(build, "strong")
                said(f"{told} when a genome needs it.", "faint")
            if not data.runs and (data.fetches or data.own_source):
                word = f"Read it as {build}" if data.own_source else f"Fetch {build}"
                act(word, partial(self._fetch, build), icon="folder_open" if data.own_source else "download")

    def _unchosen(self) -> None:
        with row("tight"):
            said("You chose a release; a newer one is not used until you say so.", "faint grow")
            act("Use the newest again", partial(self._use, actions.NEWEST), more="small-act")

    def _foot(self, data: ModuleData) -> None:
        if data.problems:
            _problems(data.problems)
        if data.checked and not data.problems and not data.updates:
            said(f"What the publisher had when it was asked, {words.when(data.checked)}, is here.", "faint")
        builds = sorted({build for release in data.releases for build in release.used_in if build in release.builds})
        with row("tight"):
            if data.can_check:
                act("Check for newer data now", self._check, kind="quiet", icon="update")
            if data.fetches and not data.runs:
                for build in builds:
                    again = partial(self._fetch, build, force=True)
                    word = "Read" if data.own_source else "Fetch"
                    act(f"{word} {build} anew", again, kind="quiet", icon="replay")

    async def _fetch(self, build: str, *, force: bool = False) -> None:
        with told():
            await ask(actions.prepare_module, self._desktop.app, self._id, build, force=force)
            await self.draw()
            # on a narrow screen the button lies far below what it began
            self._live.run_method("scrollIntoView", {"block": "center"})

    async def _check(self) -> None:
        with told():
            await ask(actions.check_updates, self._desktop.app, self._id)
            await self.draw()

    async def _use(self, name: str) -> None:
        with told():
            await ask(actions.choose_data_release, self._desktop.app, self._id, name)
            await self.draw()

    async def _drop(self, release: DataRelease) -> None:
        sure = await confirmed(
            f"Delete {actions.release_words(release.name)} from the disk?",
            f"{words.file_size(release.bytes)} become free. What was looked up with it stays. It can be fetched "
            "again only as long as its publisher has it; a genome that was read with it must be read again.",
            yes="Delete",
        )
        if sure:
            with told():
                await ask(actions.drop_data_release, self._desktop.app, self._id, release.name)
                await self.draw()


def _problems(problems: Sequence[str]) -> None:
    """Say in a line that a publisher could not be asked; all that was said of it is there for who wants it."""
    said("The publisher could not be asked whether there is something newer.", "faint")
    with ui.expansion("What happened").classes("more"):
        for problem in problems:
            said(problem, "mono pre small")


def _chromosomes(release: DataRelease) -> str:
    """Say which chromosomes a release was fetched of, where it is not all of them."""
    some = 0 < len(release.chromosomes) < ALL_CHROMOSOMES
    word = "chromosome" if len(release.chromosomes) == 1 else "chromosomes"
    return f"{word} {', '.join(release.chromosomes)}" if some else ""
