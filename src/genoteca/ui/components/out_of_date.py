"""What is out of date: every reason, and the button that makes it anew once the person knows what it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca.actions.costs import cost_words
from genoteca.actions.status import status
from genoteca.actions.updating import update
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, row, said
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.desktop import Desktop, ask

__all__ = ["out_of_date_notice", "reasons_in_words", "update_act"]

Changed = Callable[[], Awaitable[None]]


def reasons_in_words(answer: ModuleAnswer) -> str:
    """Say every reason why an answer is out of date, a sentence each; else the one why of its state."""
    return " ".join(words.sentence(one.words) for one in answer.reasons) or words.sentence(answer.why)


def out_of_date_notice(desktop: Desktop, key: str, answer: ModuleAnswer) -> None:
    """Say that an answer stands, but something it rests on has changed: what, and how to make it anew."""
    if answer.state is not AnswerState.OUT_OF_DATE:
        return
    with notice("warn", "Out of date", "This stands as it was looked up. Since then:"):
        with box("", "ul"):
            for one in answer.reasons:
                with box("", "li"):
                    said(words.sentence(one.words))
        with row("tight"):
            update_act(desktop, "Update", key, answer.module)


def update_act(
    desktop: Desktop, label: str, key: str = "", module: str = "", changed: Changed | None = None, *, more: str = ""
) -> None:
    """Offer to look up again what is out of date: of one genome, one module, or of all."""

    async def go() -> None:
        with told():
            found = await ask(status, desktop.app, key, module)
            if not found.old:
                desktop.messages.say("Everything is up to date.", "good")
                return
            if not await confirmed(_title(found.old), _takes(cost_words(found.cost)), yes="Update", no="Not now"):
                return
            queued = await ask(update, desktop.app, key, module)
            target = f"/runs/{queued.runs[0].id}" if len(queued.runs) == 1 else "/runs"
            if queued.runs:
                desktop.messages.say("What is out of date is being looked up again.", target=target)
            for trouble in queued.refused.values():
                with ui.dialog(value=True), box("sheet"):
                    trouble_box(trouble)
            if changed:
                await changed()
            elif queued.runs:
                ui.navigate.to(target)

    act(label, go, icon="update", more=more)


def _title(count: int) -> str:
    return "Look up one answer again?" if count == 1 else f"Look up {words.count(count)} answers again?"


def _takes(cost: str) -> str:
    return f"It takes {cost}. What is up to date is not touched, and you can go on reading meanwhile."
