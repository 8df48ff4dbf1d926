"""What was found in a genome file, and the few things to say before it is added."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions.planning import ImportPlan
from genoteca.actions.views import AddSample
from genoteca.model.build import Build
from genoteca.model.intake import FileFacts
from genoteca.model.sample import SampleKind, Sex
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.term import explained
from genoteca.ui.desktop import Desktop, ask

__all__ = ["AddGenome"]

BUILD_HELP = (
    "Positions mean something only together with the map they were counted on. The file does not say which one it "
    "used, and guessing would give wrong answers. Look in the laboratory's report: it says GRCh37 (also hg19) or "
    "GRCh38 (also hg38); before 2010 NCBI36 (also hg18). Files made since about 2020 mostly use GRCh38."
)

NO_GENOTYPES = (
    "A list of known sites, or a tumour's somatic calls (as Strelka writes them), is not a person's genome: read as "
    "one, it would give wrong answers, so it is not added. Ask its maker for the germline VCF with a genotype (GT) "
    "column."
)
NO_ROOM = (
    "Its tables may take more than is free, and half a genome is of no use. Make room, choose fewer people of the "
    "file, or move the data folder to another disk."
)
DECOMPOSE = "Take exchanges of several neighbouring bases apart"
DECOMPOSE_HELP = (
    "Some files write two or three neighbouring changes as one (AC to GT). Taken apart, each is looked up by itself. "
    "Left whole, they are still found, and such an answer is marked."
)
FEW = 12
"""As many people are shown as chips; more are searched by name."""
ARRAY_BUILD_HELP = (
    "Positions mean something only together with the map they were counted on. The file does not name one, and it "
    "holds too few well-known positions to tell. Guessing would give wrong answers. Look in the text that came with "
    "it: nearly all DNA tests since 2012 use GRCh37 (also build 37 or hg19), older ones NCBI36 (build 36)."
)


class AddGenome:
    """The preview of one file: `on_added` is called when more can be added from it, `on_done` at the end."""

    def __init__(
        self,
        desktop: Desktop,
        found: FileFacts,
        *,
        plan: ImportPlan,
        name: str,
        handle: str | None,
        more: int = 0,
        on_added: Callable[[], Awaitable[None]],
        on_done: Callable[[], Awaitable[None]],
    ) -> None:
        self._desktop, self._found, self._name, self._handle = desktop, found, name, handle
        self._plan, self._more = plan, more
        self._on_added, self._on_done = on_added, on_done
        self._added: list[str] = []
        self._members = list(found.members)
        self._people = list(found.samples)
        self._place = stack()
        self._draw()

    def _draw(self) -> None:
        self._place.clear()
        with self._place, card():
            self._head()
            if self._found.undecided:
                self._choose_member()
            else:
                self._choose_people()

    def _choose_member(self) -> None:
        """Ask which genome of an archive is meant."""
        self._told_added("The archive holds other genomes: add another, or leave it.")
        if not self._added:
            many = f"This archive holds {words.count(len(self._members))} genome files."
            said(f"{many} Each can be added by itself.", "strong")
        chosen = ui.radio(self._members, value=self._members[0] if len(self._members) == 1 else None)
        chosen.props["aria-label"] = "Which file of the archive"
        with row():
            act("Done" if self._added else "Leave it", self._leave, more="push")
            go = act("Open this one", lambda: self._open(str(chosen.value)), kind="main-act")
            go.bind_enabled_from(chosen, "value", backward=bool)

    async def _open(self, member: str) -> None:
        with told(file=(Path(self._found.path).name, self._name)):
            self._found = await ask(actions.inspect_genome, self._desktop.app, Path(self._found.path), member)
            self._plan = await ask(actions.plan_import, self._desktop.app, self._found)
            self._people = list(self._found.samples)
            self._draw()

    def _choose_people(self) -> None:
        self._facts()
        if not self._found.has_genotypes:
            with notice("warn", "This file lists variants without saying who carries them", NO_GENOTYPES):
                pass
            with row():
                act("Leave it", self._leave, more="push")
            return
        if self._found.build is None:
            self._ask_build()
        self._names()
        self._rare_choices()
        self._acts()
        self._refresh()

    def _head(self) -> None:
        with row("keep top-line"):
            ui.icon("description", size="30px").style("color: var(--brand)").props("aria-hidden=true")
            with stack("tight grow"):
                heading(self._name)
                said(f"{self._found.format}, {words.file_size(self._found.bytes)}", "faint")
            if self._found.synthetic:
                pill("Synthetic: no person", "info", "science")
            if self._more:
                pill("1 more file after this" if self._more == 1 else f"{self._more} more files after this")

    def _facts(self) -> None:
        found = self._found
        facts(
            (
                ("In the archive", found.member or ""),
                (
                    "Genome build",
                    f"{found.build}: {found.build_evidence}" if found.build else _unknown_build(found),
                ),
                ("Kind", words.kind(found.kind, read=False)),
                ("Samples", _people(found)),
                ("Kept", "A copy in Genoteca's folder" if self._handle else f"Read where it lies: {found.path}"),
            ),
            explained,
        )
        if found.has_genotypes:
            with box("facts"):
                said("Reading takes", "term")
                self._time = said("", "value")
                said("Room on the disk", "term")
                self._room = said("", "value")
            self._no_room = stack()

    def _ask_build(self) -> None:
        array = self._found.kind is SampleKind.ARRAY
        with notice("warn", "Which genome build?", ARRAY_BUILD_HELP if array else BUILD_HELP):
            self._build = ui.radio([build.value for build in Build], on_change=self._refresh).props("inline")

    def _names(self) -> None:
        self._told_added("The file holds other people: add another, or leave it.")
        if self._several:
            self._ask_whose()
        with box("halves"):
            self._user = ui.input("Person", value="me").props("hint='Whose it is; a family keeps several'")
            with box().style("display: contents") as self._of_one:
                first = self._people[0] if self._people else Path(self._found.member or self._name).name.split(".")[0]
                self._sample = ui.input("Name of this genome", value=first).props("hint='Short, to find it again'")
                self._sex = ui.select(
                    {sex.value: words.SEX[sex] for sex in Sex},
                    label="Chromosomal sex (optional)",
                    value=Sex.UNSTATED.value,
                ).props("hint='Decides how X and Y are read'")

    def _rare_choices(self) -> None:
        self._decompose: ui.checkbox | None = None
        if self._found.kind is not SampleKind.ARRAY:  # an array tells of single places only
            with ui.expansion("More choices").classes("grow"):
                self._decompose = ui.checkbox(DECOMPOSE)
                self._decompose.props["aria-label"] = DECOMPOSE
                said(DECOMPOSE_HELP, "faint")

    def _ask_whose(self) -> None:
        with row("top-line"):
            self._pick = ui.select(
                self._people,
                label="Whose genome in the file (one or more)",
                value=[self._people[0]],
                multiple=True,
                with_input=len(self._people) > FEW,
                on_change=self._refresh,
            ).classes("grow whose-pick")
            if len(self._people) <= FEW:
                self._pick.props("use-chips")
            else:
                self._pick.props("hide-selected")  # names beside what is typed would leave no room
            act("Choose all", lambda: self._pick.set_value(list(self._people)), kind="quiet")
        self._chosen = said("", "faint")

    def _told_added(self, more: str) -> None:
        if self._added:
            *first, last = self._added[-FEW:]
            said(f"{', '.join(first)} and {last} added. {more}" if first else f"{last} added. {more}", "strong")

    def _acts(self) -> None:
        with row():
            act("Done" if self._added else "Leave it", self._leave, more="push")
            self._add_act = act("Add this genome", self._add, kind="main-act", icon="add")

    @property
    def _several(self) -> bool:
        return len(self._found.samples) > 1

    @property
    def _picks(self) -> list[str]:
        return list(self._pick.value or []) if self._several else list(self._found.samples)

    def _refresh(self) -> None:
        """Fit the words and what can be said to how many are chosen."""
        picks = self._picks
        one = len(picks) == 1 or not self._several
        self._of_one.set_visibility(one)
        self._add_act.set_text("Add this genome" if one else f"Add these {words.count(len(picks))} genomes")
        known = self._found.build is not None or bool(self._build.value)
        self._add_act.set_enabled(bool(one or picks) and known and self._plan.fits(len(picks)))
        self._say_plan(len(picks))
        if not self._several:
            return
        if one:
            self._sample.set_value(picks[0])
        names = f": {_samples(picks)}" if picks and len(self._people) > FEW else ""
        more = "" if one else " Each keeps its name from the file; they are read one after the other."
        self._chosen.set_text(f"{words.count(len(picks))} of {words.count(len(self._people))} chosen{names}.{more}")

    def _say_plan(self, people: int) -> None:
        """Say how long it will take and what room it needs; where there is none, why it cannot be added."""
        plan = self._plan
        told_by = (
            f"as {plan.measured} earlier here did" if plan.measured else "assumed: nothing like it was read here yet"
        )
        self._time.set_text(f"About {words.about(plan.seconds(people))} ({told_by}); you can go on meanwhile")
        needed, free = words.file_size(plan.needed(people)), words.file_size(plan.free)
        self._room.set_text(f"Up to {needed} for its tables; {free} are free")
        self._no_room.clear()
        if not plan.fits(people):
            with self._no_room, notice("bad", "There is not enough room on the disk", NO_ROOM):
                pass

    def _request(self, picks: list[str]) -> AddSample:
        one = len(picks) < 2
        return AddSample(
            path=self._found.path,
            name=self._name,
            copy_file=self._handle is not None,
            user=self._user.value or "me",
            sample=(self._sample.value or "") if one else "",
            member=self._found.member,
            build=self._build.value if self._found.build is None else "auto",
            sex=Sex(self._sex.value) if one else Sex.UNSTATED,
            decompose=bool(self._decompose and self._decompose.value),
        )

    async def _add(self) -> None:
        uploads, picks = self._desktop.uploads, self._picks
        request = self._request(picks)
        people = [name for name in self._people if name not in picks]
        members = [name for name in self._members if name != self._found.member]
        more = bool(people or members)
        kept = await ask(uploads.again, self._handle) if self._handle and more else None
        with told(file=(Path(self._found.path).name, self._name)):
            self._add_act.disable()  # a second click while it is added would add it twice
            await ask(actions.add_samples, self._desktop.app, request, picks or [None])
            if self._handle:
                uploads.release(self._handle, delete=False)
            if more and (kept or not self._handle):
                await self._on_added()
                self._added += picks or [request.sample]
                self._go_on(kept, people, members)
            else:
                await self._on_done()
            return
        self._add_act.enable()
        if kept:
            uploads.release(kept, delete=True)

    def _go_on(self, kept: str | None, people: list[str], members: list[str]) -> None:
        """Offer the others of the file, then the other files of the archive."""
        upload = self._desktop.uploads.find(kept) if kept else None
        path = str(upload.path) if upload else self._found.path
        self._handle, self._people = kept, people
        self._found = self._found.model_copy(update={"path": path})
        if not people:
            self._members = members
            self._found = self._found.model_copy(update={"member": None, "format": "Archive"})
        self._draw()

    async def _leave(self) -> None:
        if self._handle:
            self._desktop.uploads.release(self._handle, delete=True)
        await self._on_done()


def _unknown_build(found: FileFacts) -> str:
    return found.build_evidence if found.kind is SampleKind.ARRAY else "Not stated in the file"


def _people(found: FileFacts) -> str:
    if found.kind is SampleKind.ARRAY:
        return "One person, whom the file does not name"
    many = len(found.samples)
    return (f"{words.count(many)}: " if many > 1 else "") + _samples(found.samples)


def _samples(names: list[str]) -> str:
    if len(names) > 6:
        return f"{', '.join(names[:5])} and {words.count(len(names) - 5)} more"
    return ", ".join(names) or "none named"
