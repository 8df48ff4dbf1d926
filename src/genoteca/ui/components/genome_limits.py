"""A genome's own limits: what they would mark is shown as they are typed; they hide and delete nothing."""

from __future__ import annotations

from nicegui import ui
from pydantic import ValidationError

from genoteca import actions
from genoteca.actions import GenomeReport, LimitsPreview
from genoteca.model.sample import CallLimits
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["limits_section"]

FIELDS = (
    ("min_genotype_quality", "Genotype quality (GQ) below", 1.0),
    ("min_depth", "Fewer reads (DP) than", 1.0),
    ("min_quality", "Quality of the record (QUAL) below", 1.0),
    ("min_balance", "Share of reads for one of two letters below", 0.05),
)
WHOLE = ("min_genotype_quality", "min_depth")

REASONS = {
    "filter": "by the file's own filter",
    "qual": "by quality (QUAL)",
    "depth": "by reads (DP)",
    "genotype_quality": "by genotype quality (GQ)",
    "balance": "by the balance of two letters",
}
MISSING = {
    "filter": "no filter verdict",
    "qual": "no QUAL given",
    "depth": "no DP given",
    "genotype_quality": "no GQ given",
    "balance": "no reads per letter (AD or AF) given",
}


def limits_section(desktop: Desktop, report: GenomeReport) -> None:
    """Draw the section; a chip's raw data give nothing that a limit could be set on."""
    if report.quality and report.quality.unresolved and report.card.sample.limits == CallLimits():
        with card():
            heading("Your limits")
            said("The raw data of a chip name neither reads nor a quality: there is nothing to set a limit on.")
        return
    LimitsForm(desktop, report)


class LimitsForm:
    """The section with its fields, the live preview, and the button that keeps the limits."""

    def __init__(self, desktop: Desktop, report: GenomeReport) -> None:
        self._desktop, self._report = desktop, report
        self._key = report.card.sample.id.key
        self._limits = self._kept = report.card.sample.limits
        self._asked = 0
        with card() as self._card:
            heading("Your limits")
            said(
                "Calls below these limits are marked “filtered” wherever they appear. None is hidden or deleted, and "
                "a call is never marked for a value that the file does not give. An empty field: the limit in "
                "Settings holds.",
            )
            with box("halves"):
                with stack():
                    for name, label, step in FIELDS:
                        self._number(name, label, step)
                    self._names()
                self._preview = stack().props("aria-live=polite")
            with row("tight"):
                self._keep = act("Keep these limits", self._save, kind="main-act")
                act("Use the limits in Settings", self._clear, kind="quiet")
        self._keep.disable()
        ui.timer(0, self._look, once=True)

    def _number(self, name: str, label: str, step: float) -> None:
        effective = self._report.effective.get(name)
        with row("keep"):
            said(label, "grow small")
            field = ui.number(
                value=getattr(self._limits, name),
                min=0,
                max=0.49 if name == "min_balance" else None,
                step=step,
                precision=0 if name in WHOLE else 2,
                placeholder=f"{effective or 'none'}" if getattr(self._limits, name) is None else "none",
            )
            field.props("debounce=300 clearable").style("width: 130px").props["aria-label"] = label
            field.on_value_change(lambda event: self._change(**{name: event.value}))

    def _names(self) -> None:
        quality = self._report.quality
        known = sorted({*(quality.filters.names if quality else ()), *(self._limits.failing or ())})
        if not known:
            return
        chosen = known if self._limits.failing is None else list(self._limits.failing)
        field = ui.select(known, value=chosen, multiple=True, label="Names in FILTER that count as a failure")
        field.props("use-chips").classes("wide-field")

        async def choose() -> None:
            names = tuple(field.value or ())
            await self._change(failing=None if set(names) >= set(known) else names)

        field.on_value_change(choose)

    async def _change(self, **values: object) -> None:
        plain = {
            name: int(value) if name in WHOLE and isinstance(value, float) else value
            for name, value in values.items()
        }
        try:
            self._limits = CallLimits.model_validate({**self._limits.model_dump(), **plain})
        except ValidationError:
            return  # half typed, or beyond what the field allows: the field itself says so
        await self._look()

    async def _look(self) -> None:
        self._asked += 1
        mine = self._asked
        with self._card, told():
            found = await ask(actions.preview_limits, self._desktop.app, self._key, self._limits)
            if mine == self._asked:  # a later change is already asked about
                self._draw(found)

    def _draw(self, found: LimitsPreview) -> None:
        self._preview.clear()
        with self._preview, stack("preview"):
            said("These limits would mark" if self._limits != self._kept else "These limits mark", "faint")
            said(f"{words.count(found.marked)} of {words.count(found.rows)} variants", "figure")
            for reason, count in found.reasons.items():
                said(f"{words.count(count)} {REASONS[reason]}")
            if sum(found.reasons.values()) > found.marked:
                said("Some for more than one reason.", "faint")
            for reason, count in found.not_judged.items():
                said(f"{words.count(count)} not judged: {MISSING[reason]}", "faint")
        self._keep.set_enabled(self._limits != self._kept)

    async def _save(self) -> None:
        with told():
            await ask(actions.set_limits, self._desktop.app, self._key, self._limits)
            self._kept = self._limits
            self._desktop.messages.say("Kept.", "good")
            await self._look()
            self._say_old()

    async def _clear(self) -> None:
        with told():
            await ask(actions.set_limits, self._desktop.app, self._key, CallLimits())
            ui.navigate.reload()

    def _say_old(self) -> None:
        if any(answer.outcome for answer in self._report.card.answers):
            with (
                self._preview,
                notice("info", "What modules said is now out of date", "Annotate again to use these."),
            ):
                act("Annotate", lambda: ui.navigate.to(f"/genomes/{self._key}/annotate"), icon="play_arrow")
