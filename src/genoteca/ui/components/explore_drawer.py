"""Everything about one row of the explorer: the file's values, and module by module what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExploreHeader, ExploreModule, ExploreRow, ExploreSaying
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, row, rule, said, stack
from genoteca.ui.components.buttons import act, icon_act, link
from genoteca.ui.components.cells import cell_facts
from genoteca.ui.components.evidence import evidence_legend, evidence_mark
from genoteca.ui.components.explore_state import state_mark
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.notice import not_medical_advice, notice, told
from genoteca.ui.components.term import explained
from genoteca.ui.components.variant_notes import note_chips
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.explore_rows import opened_of

__all__ = ["FROM", "open_explored"]

KINDS = {
    "variant": "",
    "further": "A further answer: the first one has a row above it",
    "site": "A place where you carry nothing that the module speaks of",
}
"""What stands beside a row that is not simply a variant."""
FROM = "explore"
"""What the address of a variant's page says where it was opened from the explorer."""


async def open_explored(
    desktop: Desktop, header: ExploreHeader, number: int, on_agreed: Callable[[], object]
) -> None:
    """Show one row; `on_agreed` is called when the person asks to see what was closed."""
    key = header.sample.id.key
    found: ExploreRow | None = None
    with told():
        found = await ask(actions.explore_row, desktop.app, key, number, opened_of(desktop, key))
    if found is None:
        return
    with ui.dialog(value=True).props("position=right full-height") as dialog:
        drawer = box("drawer").props("role=document")
    dialog.on("hide", dialog.delete)
    close = dialog.close
    templates = {one.column.name: one.column.link for one in header.columns if one.column.link}
    modules = {one.id: one for one in header.modules}

    async def agree(saying: ExploreSaying) -> None:
        desktop.agreed.add((key, saying.module, saying.gate))
        await show(await ask(actions.explore_row, desktop.app, key, number, opened_of(desktop, key)))
        on_agreed()

    async def show(detail: ExploreRow) -> None:
        drawer.clear()
        with drawer:
            with row("keep top-line"):
                with stack("tight grow"):
                    heading(detail.title)
                    if about := " · ".join(filter(None, (detail.name, KINDS[detail.kind]))):
                        said(about, "soft")
                icon_act("close", "Close", close)
            own = stack("tight")
            for saying in detail.sayings:
                _saying(saying, modules[saying.module], agree, templates)
            if not detail.sayings:
                said("No module says anything of it.", "soft")
            rule()
            heading("In your file", 3)
            cell_facts(detail.cells, {})
            evidence_legend()
            _technical(detail, templates)
            not_medical_advice()
        if detail.variant:
            with own:
                link("Everything about this variant", f"/variant/{key}/{detail.variant}?from={FROM}", "link own-page")
                name = await ask(actions.find_variant, desktop.app, key, detail.variant)
                note_chips(await ask(actions.note_on, desktop.app, key, name.text))

    with told():
        await show(found)


def _technical(detail: ExploreRow, templates: Mapping[str, str]) -> None:
    """Keep what only researchers want in a fold: keys, record numbers, what an answer was matched by."""
    parts = [("Your file", detail.technical), *((one.title, one.technical) for one in detail.sayings)]
    with ui.expansion("Details for researchers").classes("more"), stack("tight"):
        for title, cells in parts:
            if cells:
                said(title, "small strong")
                cell_facts(cells, templates)
        for step in detail.lineage:
            said(step.text, "small soft")


def _saying(
    saying: ExploreSaying,
    module: ExploreModule,
    agree: Callable[[ExploreSaying], object],
    templates: Mapping[str, str],
) -> None:
    with box("saying"):
        with row("keep tight"):
            module_icon(saying.icon)
            said(saying.title, "h3 grow")
            if saying.evidence and not saying.gate:
                evidence_mark(saying.evidence)
                explained(words.EVIDENCE[saying.evidence], "small")
            state_mark(module.state)
        if module.why:
            said(words.sentence(module.why), "small soft")
        if saying.gate:
            with notice("info", "Before you look", saying.gate):
                said("You can leave this closed: nothing else depends on it.", "soft")
                with row():
                    act("Show me", lambda: agree(saying), kind="main-act")
            return
        if saying.unsaid:
            said("No answer is shown here: some of this module's answers stay closed until you ask.", "faint")
        if saying.evidence:
            said(words.sentence(saying.evidence.words), "faint")
        cell_facts(saying.cells, templates)
