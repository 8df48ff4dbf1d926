"""One genome: what it is, what became of every record, and where each module stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.views import AnswerState, RunCard, SampleCard, SampleState
from genoteca.model.intake import Intake
from genoteca.model.run import RunStatus
from genoteca.ui import words
from genoteca.ui.components.boxes import card, facts, pill, row, said, stack
from genoteca.ui.components.buttons import act, icon_act, link
from genoteca.ui.components.describe_genome import describe_genome
from genoteca.ui.components.module_matrix import module_matrix, next_step
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.components.term import explained
from genoteca.ui.desktop import Desktop, ask

__all__ = ["changes_link", "not_read", "sample_card", "structural_line"]


def sample_card(
    desktop: Desktop,
    shown: SampleCard,
    *,
    others: bool,
    on_forget: Callable[[SampleCard], Awaitable[None]],
    on_change: Callable[[], Awaitable[None]],
) -> None:
    """Draw one genome's card; `others`: there is another genome to compare it with."""
    sample = shown.sample
    with card("genome-card"):
        with stack("tight"):
            with row("keep top-line"):
                _who(shown)
                with row("keep tight genome-acts"):
                    _acts(desktop, shown, others=others, on_forget=on_forget, on_change=on_change)
            _about(shown)
        if shown.state is SampleState.IMPORTING and shown.import_run:
            _importing(desktop, shown, on_change)
        if shown.trouble:
            not_read(shown)
            _retry(desktop, shown, on_change)
        if shown.why_read_again:
            why = words.sentence(shown.why_read_again)
            with notice("warn", "This genome should be read again", why), row():
                act("Read it again", lambda: _read_again(desktop, shown, on_change), icon="replay")
        if shown.state is SampleState.READY:
            if shown.answers:
                module_matrix(sample.id.key, shown.answers)
            else:
                said("No module is installed yet, so that nothing can be asked.")
            with row("genome-foot"):
                next_step(desktop, shown)
            with row("genome-foot"):
                changes_link(shown)
                link("Coverage, quality and limits ›", f"/genomes/{sample.id.key}")
        with ui.expansion("The file, and what became of its records").classes("about-file"), stack():
            _facts(shown)
            if shown.intake:
                _intake(shown.intake)
                structural_line(sample.id.key, shown.intake)


def changes_link(shown: SampleCard) -> None:
    """Lead to what changed of a genome's answers, with how much of it was not looked at yet."""
    many = f"{words.count(shown.changes)} {'change' if shown.changes == 1 else 'changes'} not looked at yet"
    with row("tight keep"):
        link("What changed ›", f"/changes/{shown.sample.id.key}")
        if shown.changes:
            pill(many, "info", "update")
        if shown.waiting and not any(answer.state is AnswerState.WAITING for answer in shown.answers):
            wait = "new answer waits" if shown.waiting == 1 else "new answers wait"
            pill(f"{words.count(shown.waiting)} {wait}", "info", "rate_review")


def _who(shown: SampleCard) -> None:
    sample = shown.sample
    with row("tight grow"):
        link(sample.sample_name, f"/genomes/{sample.id.key}", "h2 genome-name")
        if sample.synthetic:
            pill("Synthetic: no person", "info", "science")
        if shown.intake:
            many = shown.intake.records_read
            pill(f"{words.count(many)} {'record' if many == 1 else 'records'} read")


def _about(shown: SampleCard) -> None:
    sample, told = shown.sample, shown.sample.details
    whose = f"{sample.user_name} ({told.relation})" if told.relation else sample.user_name
    tested = f"tested {told.tested.isoformat()}" if told.tested else ""
    kind = words.kind(sample.kind, read=shown.intake is not None)
    parts = (whose, kind, str(sample.build), told.laboratory, tested, f"added {words.when(sample.added)}")
    said(" · ".join(filter(None, parts)), "faint")
    if told.note:
        said(told.note, "small pre genome-note")


def _acts(
    desktop: Desktop,
    shown: SampleCard,
    *,
    others: bool,
    on_forget: Callable[[SampleCard], Awaitable[None]],
    on_change: Callable[[], Awaitable[None]],
) -> None:
    sample = shown.sample

    async def describe() -> None:
        if await describe_genome(desktop, sample):
            await on_change()

    icon_act("edit", f"Describe {sample.sample_name}: names, sex, notes", describe)
    if others and shown.state is SampleState.READY:
        icon_act(
            "compare",
            f"Compare {sample.sample_name} with another genome",
            lambda: ui.navigate.to(f"/compare?a={sample.id.key}"),
        )
    icon_act("delete", f"Delete {sample.sample_name}", lambda: on_forget(shown))


def _facts(shown: SampleCard) -> None:
    sample = shown.sample
    facts(
        (
            ("Kept as", sample.id.key),
            ("Genome build", f"{sample.build}: {sample.build_evidence}"),
            ("File", f"{sample.source.name}, {words.file_size(sample.source.bytes)}"),
            ("In the archive", sample.source.member or ""),
            ("Sample in the file", sample.pick or ""),
            ("Sex", "" if sample.sex == "unstated" else words.SEX[sample.sex]),
            ("Exchanges of several bases", "Taken apart into single bases" if sample.decompose else ""),
        ),
        explained,
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
