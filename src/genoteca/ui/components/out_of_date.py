"""What is out of date: every reason, and the button that makes it anew once the person knows what it takes."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions.costs import cost_words
from genoteca.actions.status import status
from genoteca.actions.updating import update
from genoteca.actions.views import AnswerState, ModuleAnswer
from genoteca.model.evidence import Outcome
from genoteca.ui import words
from genoteca.ui.components.asking import confirmed
from genoteca.ui.components.boxes import box, row, said
from genoteca.ui.components.buttons import Kind, act, link
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.desktop import Desktop, ask

__all__ = ["out_of_date_notice", "reasons_in_words", "update_act"]

TITLES = {
    AnswerState.OUT_OF_DATE: ("Out of date", "This stands as it was looked up. Since then:"),
    AnswerState.WAITING: ("New answers wait", "This stands until you have looked at what would change. Since then:"),
    AnswerState.KEPT: ("Older answers kept", "You have left newer answers, so this stands. Since then:"),
}
STANDS = {
    AnswerState.RUNNING: (
        "It is being looked up again",
        "This stands as it was looked up before, until the new answers are there.",
    ),
    AnswerState.FAILED: ("The last look-up failed", "This stands as it was looked up before."),
}
UNTOUCHED = "What is up to date is not touched, and you can go on reading meanwhile."
SHOWN_FIRST = "What would change an answer about you waits until you have seen it."


def reasons_in_words(answer: ModuleAnswer) -> str:
    """Say every reason why an answer is out of date, a sentence each; else the one why of its state."""
    return " ".join(words.sentence(one.words) for one in answer.reasons) or words.sentence(answer.why)


def out_of_date_notice(desktop: Desktop, key: str, answer: ModuleAnswer) -> None:
    """Say that an answer stands, but something it rests on has changed: what, and how to make it anew.

    Also that it stands while it is looked up again, or because that has failed.
    """
    if answer.state in STANDS and answer.outcome is Outcome.ANSWERED:
        title, about = STANDS[answer.state]
        with notice("info", title, about), row("tight"):
            link("The run ›", f"/runs/{answer.run}")
    if not answer.state.is_old:
        return
    title, about = TITLES[answer.state]
    with notice("warn" if answer.state is AnswerState.OUT_OF_DATE else "info", title, about):
        with box("", "ul"):
            for one in answer.reasons:
                with box("", "li"):
                    said(words.sentence(one.words))
        with row("tight"):
            if answer.state is AnswerState.OUT_OF_DATE:
                update_act(desktop, "Update", key, answer.module)
            else:
                link("What would change ›", f"/changes/{key}")


def update_act(
    desktop: Desktop,
    label: str,
    key: str = "",
    module: str = "",
    *,
    kind: Kind = "plain",
    more: str = "",
) -> None:
    """Offer to look up again what is out of date: of one genome, one module, or of all."""

    async def go() -> None:
        with told():
            found = await ask(status, desktop.app, key, module)
            if not found.old:
                desktop.messages.say(found.nothing_old, "warn" if found.failed else "good")
                return
            first = SHOWN_FIRST if desktop.app.settings.changed_answers == "show" else ""
            takes = f"It takes {cost_words(found.cost)}. {UNTOUCHED} {first}".strip()
            if not await confirmed(_title(found.old), takes, yes="Update", no="Not now", kind="main-act"):
                return
            queued = await ask(update, desktop.app, key, module)
            for trouble in queued.refused.values():
                with ui.dialog(value=True), box("sheet"):
                    trouble_box(trouble)
            if queued.runs and not queued.refused:
                ui.navigate.to(f"/runs/{queued.runs[0].id}" if len(queued.runs) == 1 else "/runs")

    act(label, go, kind=kind, icon="update", more=more)


def _title(count: int) -> str:
    return "Look up one answer again?" if count == 1 else f"Look up {words.count(count)} answers again?"
