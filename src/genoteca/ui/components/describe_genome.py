"""A dialog for what a person says about a genome: names, sex, relation, laboratory, day of the test, a note."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.errors import GenotecaError
from genoteca.model.sample import Sample, Sex
from genoteca.ui import words
from genoteca.ui.components.asking import answered
from genoteca.ui.components.boxes import box, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, trouble_box
from genoteca.ui.desktop import Desktop, ask

__all__ = ["describe_genome"]


async def describe_genome(desktop: Desktop, sample: Sample) -> bool:
    """Ask; True when something was changed and kept."""
    form = _Form(desktop, sample)
    return bool(await answered(form.dialog))


class _Form:
    def __init__(self, desktop: Desktop, sample: Sample) -> None:
        self._desktop, self._sample, told = desktop, sample, sample.details
        with ui.dialog(value=True) as self.dialog, box("sheet broad"):
            heading(f"About {sample.sample_name}")
            said("Names and notes are yours to choose: nothing is read again, and every result stays.", "soft")
            with box("fields"):
                self._name = ui.input("Name of this genome", value=sample.sample_name)
                self._person = ui.input("Person", value=sample.user_name).props(
                    "hint='Shown on all of their genomes'"
                )
                self._relation = ui.input("Whose it is to you", value=told.relation).props(
                    "hint='myself, my mother …'"
                )
                self._laboratory = ui.input("Laboratory", value=told.laboratory)
                tested = told.tested.isoformat() if told.tested else ""
                self._tested = ui.input("Day of the test", value=tested).props("type=date stack-label")
                self._sex = ui.select(
                    {sex.value: words.SEX[sex] for sex in Sex},
                    label="Chromosomal sex",
                    value=sample.sex.value,
                    on_change=self._sex_chosen,
                )
            self._effect = stack()
            self._note = ui.textarea("Note", value=told.note).props("outlined autogrow").classes("wide-field")
            self._trouble = stack()
            with row():
                said(f"Kept as {sample.id.key}", "faint grow kept-as")
                act("Leave it", lambda: self.dialog.submit(result=False), more="push")
                act("Keep", self._keep, kind="main-act")

    async def _sex_chosen(self) -> None:
        self._effect.clear()
        chosen = Sex(self._sex.value)
        if chosen is self._sample.sex:
            return
        change = await ask(actions.sex_change, self._desktop.app, self._sample.id.key, chosen)
        with self._effect, notice("info", "What this changes", change.affects):
            if change.answers:
                many = "1 module" if change.answers == 1 else f"{change.answers} modules"
                said(f"What {many} said is out of date then: annotate again.", "soft")
            if change.read_again:
                said("Its calls on X and Y were read otherwise: read the file again afterwards.", "soft")
            elif not change.answers:
                said("Nothing has to be made again.", "soft")

    async def _keep(self) -> None:
        changes = actions.Description(
            person=self._person.value,
            name=self._name.value,
            sex=Sex(self._sex.value),
            relation=self._relation.value or "",
            laboratory=self._laboratory.value or "",
            tested=self._tested.value or "",
            note=self._note.value or "",
        )
        self._trouble.clear()
        try:
            await ask(actions.describe_sample, self._desktop.app, self._sample.id.key, changes)
        except GenotecaError as error:
            with self._trouble:
                trouble_box(error)
            return
        self.dialog.submit(result=True)
