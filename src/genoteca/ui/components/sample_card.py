"""One genome: what it is, what became of every record, and where each module stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import AnswerState, ModuleAnswer, RunCard, SampleCard, SampleState
from genoteca.model.intake import Intake
from genoteca.model.run import RunStatus
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, rule, said, stack
from genoteca.ui.components.buttons import act, icon_act, link
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.desktop import Desktop, ask

__all__ = ["answer_pill", "not_read", "sample_card", "structural_line"]

_STATES = {
    AnswerState.UP_TO_DATE: ("Up to date", "good", "check"),
    AnswerState.OUT_OF_DATE: ("Out of date", "warn", "update"),
    AnswerState.NOT_RUN: ("Not looked up yet", "", "radio_button_unchecked"),
    AnswerState.RUNNING: ("Running", "info", "autorenew"),
    AnswerState.CANNOT_BE_TESTED: ("Cannot be tested", "warn", "block"),
    AnswerState.FAILED: ("Failed", "bad", "error"),
}

OTHER_BUILD = "It knows the positions of another genome build than this genome's."


def answer_pill(state: AnswerState) -> None:
    """Say where one module stands for one genome."""
    text, kind, icon = _STATES[state]
    pill(text, kind, icon)


def sample_card(
    desktop: Desktop,
    shown: SampleCard,
    *,
    on_forget: Callable[[SampleCard], Awaitable[None]],
    on_change: Callable[[], Awaitable[None]],
) -> None:
    """Draw one genome's card."""
    sample = shown.sample
    with card():
        with row("keep top-line"):
            with stack("tight grow"):
                with row("tight"):
                    heading(sample.sample_name)
                    if sample.synthetic:
                        pill("Synthetic: no person", "info", "science")
                said(sample.user_name, "faint")
            icon_act("delete", f"Delete {sample.sample_name}", lambda: on_forget(shown))
        _facts(shown)
        link("Coverage, quality and limits ›", f"/genomes/{sample.id.key}")
        if shown.state is SampleState.IMPORTING and shown.import_run:
            _importing(desktop, shown, on_change)
        if shown.trouble:
            not_read(shown)
            _retry(desktop, shown, on_change)
        if shown.intake:
            _intake(shown.intake)
            structural_line(sample.id.key, shown.intake)
        if shown.why_read_again:
            why = words.sentence(shown.why_read_again)
            with notice("warn", "This genome should be read again", why), row():
                act("Read it again", lambda: _read_again(desktop, shown, on_change), icon="replay")
        if shown.state is SampleState.READY:
            rule()
            _answers(shown)


def _facts(shown: SampleCard) -> None:
    sample = shown.sample
    facts(
        (
            ("Genome build", f"{sample.build}: {sample.build_evidence}"),
            ("Kind", words.kind(sample.kind, read=shown.intake is not None)),
            ("File", f"{sample.source.name}, {words.file_size(sample.source.bytes)}"),
            ("In the archive", sample.source.member or ""),
            ("Sample in the file", sample.pick or ""),
            ("Sex", "" if sample.sex == "unstated" else words.SEX[sample.sex]),
            ("Exchanges of several bases", "Taken apart into single bases" if sample.decompose else ""),
            ("Added", words.when(sample.added)),
        )
    )


def _importing(desktop: Desktop, shown: SampleCard, on_change: Callable[[], Awaitable[None]]) -> None:
    async def over(_: RunCard) -> None:
        await on_change()

    if shown.import_run:
        RunLive(desktop, shown.import_run.id, {}, over)


def not_read(shown: SampleCard) -> None:
    """Say why a genome's file was not read; to cancel is no failure."""
    if shown.import_run and shown.import_run.status is RunStatus.CANCELLED:
        with notice("warn", "Reading was cancelled", "Nothing of this genome is known yet."):
            pass
    elif shown.trouble:
        trouble_box(shown.trouble)


def _retry(desktop: Desktop, shown: SampleCard, on_change: Callable[[], Awaitable[None]]) -> None:
    async def retry() -> None:
        if shown.import_run:
            with told():
                await ask(actions.retry_run, desktop.app, shown.import_run.id)
                await on_change()

    with row():
        act("Read it again", retry, icon="replay")


async def _read_again(desktop: Desktop, shown: SampleCard, on_change: Callable[[], Awaitable[None]]) -> None:
    with told():
        await ask(actions.read_again, desktop.app, shown.sample.id.key)
        await on_change()


def _intake(intake: Intake) -> None:
    aside = sum(part.records for part in intake.set_aside.values())
    with row("tight"):
        pill(f"{words.count(intake.records_read)} {'record' if intake.records_read == 1 else 'records'} read")
        pill(f"{words.count(intake.records_kept)} kept", "good")
        pill(f"{words.count(aside)} set aside", "warn" if aside else "")
    if intake.set_aside or intake.alleles_set_aside:
        title = "What was set aside, and why" if aside else "What in these records makes no variant, and why"
        with ui.expansion(title), stack("tight"):
            for reason, part in intake.set_aside.items():
                lines = ", ".join(words.count(line) for line in part.first_lines)
                more = " and more" if part.records > len(part.first_lines) else ""
                said(f"{words.count(part.records)}: {reason}", "")
                said(f"Record {lines}{more}" if lines else "", "faint")
            for reason, number in intake.alleles_set_aside.items():
                said(f"{words.count(number)} alleles of kept records: {reason}", "")
    for warning in intake.warnings:
        with notice("warn", warning):
            pass


def structural_line(key: str, intake: Intake) -> None:
    """Say how many structural variants a genome's file lists, with the way to them; nothing where it lists none."""
    if intake.structural_rows:
        many = "large change" if intake.structural_rows == 1 else "large changes"
        with row("tight"):
            link(f"{words.count(intake.structural_rows)} {many}", f"/genomes/{key}/tables/structural")
            said(f"(structural variants), {words.count(intake.structural_carried)} carried", "faint")


def _answers(shown: SampleCard) -> None:
    key = shown.sample.id.key
    with row("tight"):
        heading("What modules say", 3)
        act(
            "Annotate",
            lambda: ui.navigate.to(f"/genomes/{key}/annotate"),
            kind="main-act",
            icon="play_arrow",
            more="push",
        )
    if not shown.answers:
        with row("tight"):
            said("No module is installed yet.")
            link("Open the store", "/store")
    for answer in shown.answers:
        _answer(key, answer)


def _answer(key: str, answer: ModuleAnswer) -> None:
    lacking = bool(answer.needs) and answer.state is AnswerState.NOT_RUN
    with box("run-line answer-line"):
        module_icon(answer.icon, "tiny")
        with stack("tight"):
            if answer.outcome == "answered":
                link(answer.title, f"/results/{key}/{answer.module}")
            else:
                said(answer.title, "strong")
            said(answer.why or answer.words or (OTHER_BUILD if lacking else ""), "faint")
            needed_module(answer)
        answer_pill(AnswerState.CANNOT_BE_TESTED if lacking else answer.state)
