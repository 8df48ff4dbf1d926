"""A preset in the gallery: a set of modules with one button."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from genoteca import actions
from genoteca.actions import PresetCard
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.install import follow
from genoteca.ui.components.notice import trouble_box
from genoteca.ui.components.trusting import needs_trust, trusts
from genoteca.ui.desktop import Desktop
from genoteca.ui.work import Cancelled, Progress, Work

__all__ = ["preset_card"]


def preset_card(desktop: Desktop, shown: PresetCard, on_change: Callable[[], Awaitable[None]]) -> None:
    """Draw the card; `on_change` is called when the set is installed."""
    preset, name = shown.preset, f"preset {shown.source}"
    with card("preset-card snug").props("role=listitem"):
        with row("keep"):
            with box("icons"):
                for module in shown.modules:
                    module_icon(module.icon, "tiny")
            box("push")
            if shown.catalogue:
                pill(shown.catalogue_name, icon="inventory_2")
            if shown.in_use:
                pill("In use", "good", "check")
        with stack("tight"):
            said(preset.title, "h3").props("role=heading aria-level=3")
            said(preset.summary, "soft small")
        said(_modules(shown), "faint")
        place = box("stack tight acts")

    def show() -> None:
        work = desktop.works.find(name)
        place.clear()
        with place:
            if work and not work.over:
                follow(work, finished)
                return
            if work and work.trouble:
                trouble_box(work.trouble)
                desktop.works.forget(name)
            if not shown.in_use and not desktop.app.without_modules:
                with row():
                    act(_offer(shown), begin, more="small-act")

    async def begin() -> None:
        programs = [module for module in shown.missing if needs_trust(module)]
        for module in programs:
            if not await trusts(module):
                return

        def install(progress: Progress, cancelled: Cancelled) -> None:
            actions.install_preset(
                desktop.app, shown.source, trusted=bool(programs), progress=progress, cancelled=cancelled
            )

        desktop.works.queue(name, f"Installing {preset.title}", install)
        show()

    async def finished(work: Work) -> None:
        if work.trouble:
            show()
            return
        desktop.works.forget(name)
        await on_change()

    show()


def _modules(shown: PresetCard) -> str:
    titles = ", ".join(module.manifest.title for module in shown.modules)
    fetched = f" · {words.file_size(shown.download_bytes)} to fetch later" if shown.download_bytes else ""
    return f"{titles}{fetched}"


def _offer(shown: PresetCard) -> str:
    if not shown.missing:
        return "Use it"
    if len(shown.missing) == 1:
        return "Install 1 module"
    return f"Install {len(shown.missing)} modules"
