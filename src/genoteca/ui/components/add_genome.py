"""What was found in a genome file, and the few things to say before it is added."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import AddSample
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import Sex
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["AddGenome"]

BUILD_HELP = (
    "Positions mean something only together with the map they were counted on. The file does not say which one it "
    "used, and guessing would give wrong answers. Look in the laboratory's report: it says GRCh37 (also hg19) or "
    "GRCh38 (also hg38). Files made since about 2020 mostly use GRCh38."
)


class AddGenome:
    """The preview of one file: `on_added` is called when one of several people was added, `on_done` at the end."""

    def __init__(
        self,
        desktop: Desktop,
        found: FileFacts,
        *,
        name: str,
        handle: str | None,
        on_added: Callable[[], Awaitable[None]],
        on_done: Callable[[], Awaitable[None]],
        added: tuple[str, ...] = (),
    ) -> None:
        self._desktop, self._found, self._name, self._handle, self._on_done = desktop, found, name, handle, on_done
        self._added, self._on_added = added, on_added
        self._people = [name for name in found.samples if name not in added]
        self._place = stack()
        with self._place:
            self._build_card()

    def _build_card(self) -> None:
        found = self._found
        with card():
            self._head()
            self._facts()
            if found.build is None:
                self._ask_build()
            if not found.has_genotypes:
                self._no_genotypes()
            self._names()
            self._acts()

    def _head(self) -> None:
        with row("keep top-line"):
            ui.icon("description", size="30px").style("color: var(--brand)").props("aria-hidden=true")
            with stack("tight grow"):
                heading(self._name)
                said(f"{self._found.format}, {words.file_size(self._found.bytes)}", "faint")
            if self._found.synthetic:
                pill("Synthetic: no person", "info", "science")

    def _facts(self) -> None:
        found = self._found
        facts(
            (
                (
                    "Genome build",
                    f"{found.build}: {found.build_evidence}" if found.build else "Not stated in the file",
                ),
                ("Kind", words.KINDS[found.kind]),
                ("Samples", _samples(found.samples)),
                ("Kept", "A copy in Genoteca's folder" if self._handle else f"Read where it lies: {found.path}"),
            )
        )

    def _ask_build(self) -> None:
        with notice("warn", "Which genome build?", BUILD_HELP):
            self._build = ui.radio([Build.GRCH37.value, Build.GRCH38.value]).props("inline")

    def _no_genotypes(self) -> None:
        with notice(
            "warn", "This file lists variants without saying who carries them", "Modules will have nothing to test."
        ):
            pass

    def _names(self) -> None:
        several, people = len(self._found.samples) > 1, self._people
        if self._added:
            said(
                f"{' and '.join(self._added)} added. The file holds other people: add another, or leave it.", "strong"
            )
        with box("halves"):
            if several:
                self._pick = ui.select(
                    people, label="Whose genome in the file", value=people[0], with_input=len(people) > 12
                )
            self._user = ui.input("Person", value="me").props("hint='Whose it is; a family keeps several'")
            first = people[0] if people else self._name.split(".")[0]
            self._sample = ui.input("Name of this genome", value=first).props("hint='Short, to find it again'")
            self._sex = ui.select(
                {sex.value: words.SEX[sex] for sex in Sex},
                label="Chromosomal sex (optional)",
                value=Sex.UNSTATED.value,
            ).props("hint='Decides how X and Y are read'")
        if several:
            self._pick.on_value_change(lambda event: self._sample.set_value(event.value))

    def _acts(self) -> None:
        with row():
            act("Done" if self._added else "Leave it", self._leave, more="push")
            self._add_act = act("Add this genome", self._add, kind="main-act", icon="add")
        if not self._found.has_genotypes:
            self._add_act.disable()
        elif self._found.build is None:
            self._add_act.bind_enabled_from(self._build, "value", backward=bool)

    def _request(self) -> AddSample:
        return AddSample(
            path=self._found.path,
            name=self._name,
            copy_file=self._handle is not None,
            user=self._user.value or "me",
            sample=self._sample.value or "",
            pick=self._pick.value if len(self._found.samples) > 1 else None,
            build=self._build.value if self._found.build is None else "auto",
            sex=Sex(self._sex.value),
        )

    async def _add(self) -> None:
        uploads, request = self._desktop.uploads, self._request()
        others = len(self._people) > 1
        kept = await ask(uploads.again, self._handle) if self._handle and others else None
        with told(file=(Path(self._found.path).name, self._name)):
            self._add_act.disable()  # a second click while it is added would add it twice
            await ask(actions.add_sample, self._desktop.app, request)
            if self._handle:
                uploads.release(self._handle, delete=False)
            if others and (kept or not self._handle):
                await self._on_added()
                self._offer_others(kept, request.pick or "")
            else:
                await self._on_done()
            return
        self._add_act.enable()
        if kept:
            uploads.release(kept, delete=True)

    def _offer_others(self, kept: str | None, added: str) -> None:
        upload = self._desktop.uploads.find(kept) if kept else None
        found = self._found.model_copy(update={"path": str(upload.path)}) if upload else self._found
        self._place.clear()
        with self._place:
            AddGenome(
                self._desktop,
                found,
                name=self._name,
                handle=kept,
                on_added=self._on_added,
                on_done=self._on_done,
                added=(*self._added, added),
            )

    async def _leave(self) -> None:
        if self._handle:
            self._desktop.uploads.release(self._handle, delete=True)
        await self._on_done()


def _samples(names: list[str]) -> str:
    if len(names) > 6:
        return f"{len(names)}: {', '.join(names[:5])} and {len(names) - 5} more"
    return ", ".join(names) or "none named"
