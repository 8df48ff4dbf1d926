"""What changed about a genome: new answers to look at before they are used, and what each look-up has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.change_views import Compared, ModuleChanges, SampleChanges
from genoteca.actions.changes import sample_changes, see_changes
from genoteca.actions.held_changes import adopt, preview_update, refuse
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.change_card import compared_box, releases
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.notice import not_medical_advice, notice, told, told_here, trouble_box
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

Redraw = Callable[[], Awaitable[None]]

NOT_A_DIAGNOSIS = "This says how others classify the variant now; it is not a diagnosis."


async def show(desktop: Desktop, key: str) -> None:
    """Draw the page; what it shows counts as looked at."""
    sample = (await ask(actions.show_sample, desktop.app, key)).sample
    link(f"‹ {sample.sample_name}", f"/genomes/{key}")
    with stack("tight"):
        heading("What changed", 1)
        with row("tight"):
            said(f"{sample.user_name} / {sample.sample_name}", "soft")
            if sample.synthetic:
                pill("Synthetic: no person", "info", "science")
        said(
            "Your genome stays as it is; what is known about it moves. Here stands what the modules say now and did "
            f"not say before. {NOT_A_DIAGNOSIS}",
            "lead",
        )
    body = box("stack loose changes")

    async def draw() -> None:
        with body, told_here():
            try:
                shown = await ask(sample_changes, desktop.app, key, opened=desktop.opened_by_module(key))
            finally:
                body.clear()
            _body(desktop, shown, draw)
            await ask(see_changes, desktop.app, shown)

    await draw()
    link("How changes are told", "/help/what-changed")
    not_medical_advice()


def _body(desktop: Desktop, shown: SampleChanges, changed: Redraw) -> None:
    telling = [one for one in shown.modules if one.waiting or one.compared or one.can_preview or one.troubles]
    quiet = [one for one in shown.modules if one not in telling]
    if not shown.modules:
        said("No module has answered about this genome yet.", "soft")
    for one in telling:
        _module(desktop, shown.sample.id.key, one, changed)
    if quiet:
        with card("snug"):
            heading("Nothing to compare with yet")
            said(f"Looked up once, or never anew since: {', '.join(one.title for one in quiet)}.", "soft")


def _module(desktop: Desktop, key: str, one: ModuleChanges, changed: Redraw) -> None:
    with card("snug module-changes"):
        with row("keep top-line"):
            module_icon(one.icon, "tiny")
            with stack("grow tight"):
                heading(one.title)
            hide_again(desktop, key, one.module, one.opened, changed, title=one.title)
        for trouble in one.troubles:
            trouble_box(trouble)
        if one.waiting:
            _waiting(desktop, key, one, one.waiting, changed)
        elif one.can_preview:
            _preview(desktop, key, one)
        if one.gates:
            more = (
                ""
                if one.silent
                else "How many answers changed is told without asking; what they are is shown once you ask."
            )
            ask_first(desktop, key, one.module, one.gates[0], changed, title=one.title, more=more)
        for compared in one.compared[:1]:
            compared_box(key, compared)
        if len(one.compared) > 1:
            with ui.expansion(f"Before that: {words.count(len(one.compared) - 1)}"), stack():
                for compared in one.compared[1:]:
                    compared_box(key, compared)
        _earlier(key, one)


def _waiting(desktop: Desktop, key: str, one: ModuleChanges, waiting: Compared, changed: Redraw) -> None:
    """Show what would change, and let the person take it or leave it."""

    async def take() -> None:
        with told():
            await ask(adopt, desktop.app, key, one.module, seen=waiting.run)
            desktop.messages.say(f"The new answers of {one.title} are used now.", "good")
            await changed()

    async def leave() -> None:
        text = (
            "The new answers are deleted, and not looked up again by themselves. You can look at them again here; "
            "something newer still is offered again."
        )
        if not await confirmed("Keep the old answers?", text, yes="Keep the old ones", no="Not yet"):
            return
        with told():
            await ask(refuse, desktop.app, key, one.module, seen=waiting.run)
            await changed()

    with notice("info", "New answers wait", "Until you use them, every other page shows the old ones."):
        with row("tight"):
            said(releases(waiting), "strong")
            said(f"Looked up {words.when(waiting.after.created)}", "faint")
        if one.why_waiting_is_old:
            said(f"They are out of date by now: {one.why_waiting_is_old}. Look again before you decide.", "small")
        if one.taken_with:
            said(
                f"Used, or left, together with those of {', '.join(one.taken_with)}: one builds on the other.",
                "small",
            )
        compared_box(key, waiting, heading=False)
        if not (waiting.notable or waiting.closed or waiting.why_not) and (one.gates or one.opened):
            said("They wait all the same: what this module tells only when you ask is not replaced unasked.", "small")
        with row("tight"):
            act("Use the new answers", take, kind="main-act", icon="check")
            act("Keep the old ones", leave, icon="history")
            if one.why_waiting_is_old:
                act("Look again", lambda: _look(desktop, key, one.module), kind="quiet", icon="update")


def _preview(desktop: Desktop, key: str, one: ModuleChanges) -> None:
    if one.kept:
        told_of = (
            f"{words.sentence(one.kept)} You have left the newer answers; something newer still is offered again."
        )
        with notice("info", "You kept the older answers", told_of), row("tight"):
            act("Look again", lambda: _look(desktop, key, one.module), icon="difference")
        return
    with notice("info", "There is something newer", words.sentence(one.why_old)), row("tight"):
        act("See what would change", lambda: _look(desktop, key, one.module), icon="difference")
        said("The answers in force stay as they are meanwhile.", "small soft")


async def _look(desktop: Desktop, key: str, module: str) -> None:
    with told():
        ui.navigate.to(f"/runs/{await ask(preview_update, desktop.app, key, [module])}")


def _earlier(key: str, one: ModuleChanges) -> None:
    older = [answer for answer in one.earlier if not answer.in_force]
    if not older or one.gates:
        return
    with ui.expansion("Older answers that can still be opened"), box("change-list", "ul"):
        for answer in older:
            with box("", "li"):
                link(f"Release {answer.release}", f"/changes/{key}/{one.module}~{answer.run[:8]}~answers")
                said(f"Looked up {words.when(answer.created)}", "small soft")
