"""Results: per genome, what every module answered and how it knows."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import AnswerState, ModuleAnswer, SampleCard
from genoteca.model.evidence import Outcome
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.evidence import evidence_bar, nothing_known
from genoteca.ui.components.exporting import export_everything
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.module_matrix import answer_pill
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.notice import not_medical_advice, notice, trouble_box
from genoteca.ui.components.sample_card import structural_line
from genoteca.ui.desktop import Desktop, ask

__all__ = ["answer_checks", "show"]


async def show(desktop: Desktop, key: str = "") -> None:
    """Draw the results of one genome; without a key, of the one added last."""
    samples = await ask(actions.list_samples, desktop.app)
    if not samples:
        _nothing_yet()
        return
    newest = max(samples, key=lambda card: card.sample.added)
    shown = await ask(actions.show_sample, desktop.app, key) if key else newest
    _head(desktop, shown, samples)
    if not shown.answers:
        _no_modules()
    for answer in shown.answers:
        _answer(shown.sample.id.key, answer)
    not_medical_advice()


def _nothing_yet() -> None:
    heading("Results", 1)
    with box("empty"):
        ui.icon("fact_check").props("aria-hidden=true")
        said("No genome has been added yet.", "h3")
        said("Results appear here once a module has looked something up in a genome.")
        with row("tight"):
            act("Add a genome", lambda: ui.navigate.to("/genomes"), kind="main-act")
            act("Try the demo", lambda: ui.navigate.to("/welcome"))


def _no_modules() -> None:
    with box("empty"):
        ui.icon("extension").props("aria-hidden=true")
        said("No module is installed yet.", "h3")
        act("Open the store", lambda: ui.navigate.to("/store"), kind="main-act")


def _head(desktop: Desktop, shown: SampleCard, samples: list[SampleCard]) -> None:
    sample = shown.sample
    with box("heading"):
        with stack("tight"):
            with row("tight"):
                heading(sample.sample_name, 1)
                if sample.synthetic:
                    pill("Synthetic: no person", "info", "science")
            said(f"{sample.user_name} · {sample.build} · {words.KINDS[sample.kind]}", "lead")
            if shown.intake:
                structural_line(sample.id.key, shown.intake)
        with row("tight"):
            if len(samples) > 1:
                others = {
                    card.sample.id.key: f"{card.sample.user_name} / {card.sample.sample_name}" for card in samples
                }
                chooser = ui.select(others, value=sample.id.key, label="Genome").style("min-width: 210px")
                chooser.on_value_change(lambda event: ui.navigate.to(f"/results/{event.value}"))
            if any(answer.outcome is Outcome.ANSWERED for answer in shown.answers):
                act(
                    "Export everything",
                    lambda: export_everything(desktop, sample, shown.answers),
                    icon="download",
                )
            act("Annotate", lambda: ui.navigate.to(f"/genomes/{sample.id.key}/annotate"), icon="play_arrow")


def _answer(key: str, answer: ModuleAnswer) -> None:
    with card(), box("answer"):
        module_icon(answer.icon)
        with stack():
            with row("tight"):
                heading(answer.title)
                answer_pill(answer.state)
            _said_of(answer)
        if answer.outcome is Outcome.ANSWERED:
            with box("acts"):
                act("Open", lambda: ui.navigate.to(f"/results/{key}/{answer.module}"), kind="main-act")


def _said_of(answer: ModuleAnswer) -> None:
    if answer.trouble:
        trouble_box(answer.trouble)
        link(f"Page and settings of {answer.title}", f"/store/{answer.module}")
    if answer.outcome is Outcome.ANSWERED:
        said(answer.words, "")
        if answer.lifted:
            said(answer.lifted, "soft")
        if answer.evidence:
            evidence_bar(answer.evidence)
            if not answer.closed:  # what is closed may be known
                nothing_known(answer.evidence)
        about = (
            answer.filtered and f"{words.count(answer.filtered)} marked filtered",
            answer.release and f"Release {answer.release}",
            answer.when and f"Looked up {words.when(answer.when)}",
        )
        said(" · ".join(filter(None, (str(part or "") for part in about))), "faint")
        answer_checks(answer)
    elif answer.outcome is Outcome.CANNOT_BE_TESTED:
        with notice("warn", "This genome cannot be tested with it", answer.why or answer.words):
            needed_module(answer)
    if answer.why and answer.state is AnswerState.OUT_OF_DATE:
        said(f"Out of date: {answer.why}", "faint")
    if answer.state is AnswerState.NOT_RUN:
        said("Not looked up in this genome yet.")


def answer_checks(answer: ModuleAnswer) -> None:
    """Show the checks that did not pass."""
    for check in answer.checks:
        if not check.passed:
            with notice("warn", f"A check did not pass: {check.name.replace('_', ' ')}", check.description):
                pass
