"""The explorer: everything in one grid, a genome's variants and every module's answers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from nicegui import ui
from pydantic import TypeAdapter, ValidationError

from genoteca import actions
from genoteca.actions import AnswerState, ExploreAbsent, ExploreHeader
from genoteca.actions.views import SampleState
from genoteca.errors import FilterError, RunError
from genoteca.model.filter import Filter
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.explore_box import ExploreBox
from genoteca.ui.components.explore_grid import ExploreView
from genoteca.ui.components.explore_state import ages
from genoteca.ui.components.notice import not_medical_advice, notice, trouble_box
from genoteca.ui.components.progress import Track
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.explore_rows import opened_of
from genoteca.ui.work import Progress

__all__ = ["show", "show_any"]

_FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
BEAT = 0.3
"""Seconds between two looks at how far the table is."""


async def show_any(desktop: Desktop) -> None:
    """Lead to the genome that is looked at; where it cannot be read yet, to one that is asked for."""
    samples = [card for card in await ask(actions.list_samples, desktop.app) if card.state is SampleState.READY]
    ready, current = [card.sample.id.key for card in samples], await ask(actions.current_sample, desktop.app)
    if current in ready or len(ready) == 1:
        ui.navigate.to(f"/explore/{current if current in ready else ready[0]}")
        return
    heading("Explore", 1)
    if not samples:
        said("There is no genome yet.", "lead")
        link("Add one", "/genomes")
        return
    said("Which genome?", "lead")
    for card in samples:
        sample = card.sample
        link(f"{sample.user_name} / {sample.sample_name}", f"/explore/{sample.id.key}")


async def show(desktop: Desktop, key: str, asked: Mapping[str, str]) -> None:
    """Draw the page; `asked` is the address's query: `where`, `text`, `sites`, `genes`, `jump`."""
    view = ExploreView(
        where=_where(asked.get("where", "")),
        text=asked.get("text", ""),
        sites=asked.get("sites") == "1",
        genes=asked.get("genes") == "1",
    )
    header = await ask(actions.show_explorer, desktop.app, key, opened_of(desktop, key))
    _head(header)
    _closed(desktop, header)
    place, jump = stack(), asked.get("jump", "")
    if header.ready:
        await _draw(desktop, header, view, jump, place)
    else:
        await _make(desktop, header, view, jump, place)
    not_medical_advice()


def _head(header: ExploreHeader) -> None:
    sample = header.sample
    with stack("tight"):
        with row("tight explorer-head"):
            heading("Explore", 1)
            said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
            if sample.synthetic:
                pill("Synthetic: no person", "info", "science")
            link("What stands in it", "/help/explorer", "link small")
            if header.left_out:
                _left_out(header.left_out)
        ages(sample.id.key, header.modules)
        if not header.modules:
            said("No module has answers about this genome: the table shows your file alone.", "soft")
            link("Ask some", f"/genomes/{sample.id.key}/annotate")


def _left_out(left_out: Sequence[ExploreAbsent]) -> None:
    """Name the modules without answers in the table, and why, once the person asks; how many failed stands there."""
    one, aside = len(left_out) == 1, sum(absent.aside for absent in left_out)
    failed = sum(absent.state is AnswerState.FAILED for absent in left_out) - aside
    words_of = f"{len(left_out)} {'module has' if one else 'modules have'} no answers here"
    words_of += (": it failed" if one else f": {failed} of them failed") if failed else ""
    if aside:
        words_of += ": it is set aside" if one else f"{',' if failed else ':'} {aside} of them set aside"
    with (
        act(words_of, kind="quiet", more="small-act"),
        ui.menu().props("role=dialog aria-label='No answers here'"),
        stack("tight column-chooser"),
    ):
        for absent in left_out:
            said(f"{absent.title}: {words.sentence(absent.why)}", "small soft")


def _closed(desktop: Desktop, header: ExploreHeader) -> None:
    """Name the modules that ask before they are shown, and show each once the person asks."""
    key = header.sample.id.key

    def read(title: str, module: str, gate: str) -> None:
        with ui.dialog(value=True) as dialog, box("sheet"):
            heading(title)
            ask_first(desktop, key, module, gate, ui.navigate.reload, title=title)
            act("Leave it closed", dialog.close, more="push")
        dialog.on("hide", dialog.delete)

    some = [module for module in header.modules if module.gated_rows and not module.gate]
    closed = [module for module in header.modules if module.gate]
    if closed or some:
        with row("tight preset-line").props("role=note"):
            ui.icon("visibility_off", size="18px").props("aria-hidden=true")
            if closed:
                said("Closed until you ask:", "small")
            for one in closed:
                act(one.title, partial(read, one.title, one.id, one.gate), kind="quiet", more="small-act")
            if some:
                said(f"{'Single' if closed else 'Closed until you ask: single'} answers of", "small")
            for one in some:
                link(one.title, f"/results/{key}/{one.id}", "link small")
    opened = [(one, gates) for one in header.modules if (gates := sorted(desktop.opened(key, one.id)))]
    if opened:
        with row("tight small"):
            said("Opened by you:", "faint small")
            for one, gates in opened:
                said(one.title, "small")
                hide_again(desktop, key, one.id, gates, ui.navigate.reload, title=one.title)


async def _make(desktop: Desktop, header: ExploreHeader, view: ExploreView, jump: str, place: ui.element) -> None:
    """Make the table in its place, telling how far it is; then draw it there.

    The timer stands outside of `place`: what is cleared away takes its timers along, and what they are doing.
    """
    key, opened = header.sample.id.key, opened_of(desktop, header.sample.id.key)

    def make(progress: Progress) -> None:
        def heard(fraction: float, message: str) -> None:
            if work.cancelled():
                raise RunError("The table was not made.", title="Cancelled")
            progress(fraction, message)

        actions.prepare_explorer(desktop.app, key, heard)

    name = f"explore {key}"
    work = desktop.works.start(name, f"Putting answers beside the variants of {key}", make)
    with (
        place,
        notice("info", "Putting every answer beside its variant", "This is done once, and again after a look-up."),
    ):
        track = Track("Putting every answer beside its variant")
        message = said("Starting", "faint").props("aria-live=polite")
        with row():
            act("Cancel", work.cancel)

    async def look() -> None:
        track.show(work.fraction or None)
        message.set_text(work.message)
        if not work.over:
            return
        timer.deactivate()
        desktop.works.forget(name)
        # First what is awaited: the timer goes away with what is cleared.
        layout = await ask(actions.last_layout, desktop.app)
        made = (
            header if work.trouble or work.cancelled() else await ask(actions.show_explorer, desktop.app, key, opened)
        )
        place.clear()
        with place:
            if work.trouble is not None:
                trouble_box(work.trouble)
            elif work.cancelled():
                with notice("info", "Cancelled", "The table was not made."):
                    act("Make it", ui.navigate.reload, kind="main-act")
            else:
                ExploreBox(desktop, made, view, layout, jump=jump)

    timer = ui.timer(BEAT, look)


async def _draw(desktop: Desktop, header: ExploreHeader, view: ExploreView, jump: str, place: ui.element) -> None:
    layout = await ask(actions.last_layout, desktop.app)
    with place:
        ExploreBox(desktop, header, view, layout, jump=jump)


def _where(text: str) -> Filter | None:
    """Read the filter of an address.

    Raises:
        FilterError: it is none.

    """
    if not text:
        return None
    try:
        return _FILTER.validate_json(text)
    except ValidationError as error:
        raise FilterError(
            f"The address holds a filter that cannot be read: {error.errors()[0]['msg']}.",
            hint="Leave out what follows the question mark in the address.",
        ) from error
