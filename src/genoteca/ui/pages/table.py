"""One module's results for one genome: the answer in words, the table, and the way out as a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from nicegui import ui

from genoteca import actions
from genoteca.actions import ExportReport
from genoteca.actions.gates import without_closed
from genoteca.actions.views import Query, ResultHeader
from genoteca.model.evidence import Outcome
from genoteca.model.sample import SampleKind
from genoteca.ui import words
from genoteca.ui.components.boxes import heading, pill, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.checks import checks_box, failed_checks
from genoteca.ui.components.evidence import evidence_bar, nothing_known
from genoteca.ui.components.exporting import follow_export
from genoteca.ui.components.icon import module_icon
from genoteca.ui.components.kept_view import as_left
from genoteca.ui.components.needed import needed_module
from genoteca.ui.components.notice import not_medical_advice, notice, trouble_box
from genoteca.ui.components.out_of_date import out_of_date_notice
from genoteca.ui.components.report import report_box
from genoteca.ui.components.row_drawer import open_row
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.components.table_box import Refresh, TableBox
from genoteca.ui.components.unusable import unusable_calls
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.rows import CAUTION, GATE, narrowed
from genoteca.ui.work import Progress

__all__ = ["show"]


async def show(desktop: Desktop, key: str, module_id: str) -> None:
    """Draw the page."""
    opened = desktop.opened(key, module_id)
    header = await ask(actions.show_result, desktop.app, key, module_id, opened=opened)
    header = await as_left(desktop, header)
    link("‹ Results", f"/results/{key}")
    head = stack()
    with head:
        _head(header)

    def may_hide() -> None:
        """Offer to close what was opened, single rows among it."""
        gates = sorted(desktop.opened(key, module_id))
        hide_again(desktop, key, module_id, gates, ui.navigate.reload, title=header.answer.title)

    async def count_again() -> None:
        """Say what is said once the person opened a row: it counts now, and may be closed again."""
        now = await ask(actions.show_result, desktop.app, key, module_id, opened=desktop.opened(key, module_id))
        head.clear()
        with head:
            _head(now)
        hiding.clear()
        with hiding:
            may_hide()

    if header.answer.gate and header.answer.outcome is Outcome.ANSWERED:
        _closed(desktop, header)
        not_medical_advice()
        return
    hiding = stack()
    with hiding:
        may_hide()
    out_of_date_notice(desktop, key, header.answer)
    if header.answer.trouble:
        trouble_box(header.answer.trouble)
    await _report(desktop, header)
    if header.answer.outcome is Outcome.ANSWERED:
        _table(desktop, header, count_again)
    elif header.answer.outcome is Outcome.CANNOT_BE_TESTED:
        with notice("warn", "This genome cannot be tested with it", header.answer.why or header.answer.words):
            needed_module(header.answer)
    not_medical_advice()


def _closed(desktop: Desktop, header: ResultHeader) -> None:
    """Say what the person would see, and show it once they ask."""
    key, module, gate = header.sample.id.key, header.module.id, header.answer.gate
    ask_first(desktop, key, module, gate, ui.navigate.reload, title=header.answer.title)


async def _report(desktop: Desktop, header: ResultHeader) -> None:
    if header.module.manifest.report is None or header.answer.outcome is not Outcome.ANSWERED:
        return
    key, module, title = header.sample.id.key, header.module.id, header.answer.title
    opened = desktop.opened(key, module)
    gates = header.module.manifest.gates
    closed = next((gate for gate in gates if gate not in opened), "")
    report = await ask(actions.report_section, desktop.app, key, module, opened=not closed)
    if closed:
        ask_first(desktop, key, module, closed, ui.navigate.reload, title=title)
    else:
        report_box(report)


def _head(header: ResultHeader) -> None:
    answer, sample = header.answer, header.sample
    with row("keep top-line"):
        module_icon(header.module.icon)
        with stack("tight grow"):
            heading(answer.title, 1)
            with row("tight"):
                said(f"{sample.user_name} / {sample.sample_name} · {sample.build}", "soft")
                if sample.synthetic:
                    pill("Synthetic: no person", "info", "science")
    with stack("tight"):
        said(answer.words, "lead")
        if answer.lifted:
            said(answer.lifted, "soft")
        if answer.evidence:
            evidence_bar(answer.evidence)
            if not answer.closed:  # what is closed may be known
                nothing_known(answer.evidence)
        told_of = (
            answer.release and f"Release {answer.release}",
            answer.when and f"Looked up {words.when(answer.when)}",
        )
        said(" · ".join(str(part) for part in told_of if part), "faint")
        unusable_calls(answer.unusable)
        failed_checks(answer.checks)
        checks_box({"Answers": answer.checks})
        if answer.outcome is not None:
            link("Where it comes from ›", f"/lineage/{sample.id.key}?module={answer.module}")
    caution = next((column.description for column in header.columns if column.name == CAUTION), "")
    if caution and sample.kind is SampleKind.ARRAY:
        with notice("warn", "This genome was read by a DNA chip", caution):
            pass


def _table(desktop: Desktop, header: ResultHeader, count_again: Callable[[], Awaitable[None]]) -> None:
    key, module = header.sample.id.key, header.module.id
    gated = any(column.name == GATE for column in header.columns)

    async def opened(number: int, refresh: Refresh) -> None:
        async def agreed() -> None:
            refresh()
            await count_again()

        await open_row(desktop, header, number, agreed)

    def export(query: Query, format_: str, path: Path, progress: Progress) -> int:
        where = narrowed(desktop, key, module, query, table.smart).where
        where = without_closed(where, desktop.opened(key, module)) if gated else where
        return actions.export_result(
            desktop.app,
            key,
            module,
            query.model_copy(update={"where": where}),
            columns=None,
            format=format_,
            output=path,
            about=actions.about_result(desktop.app, key, module, opened=desktop.opened(key, module)),
            progress=progress,
        )

    def vcf(query: Query) -> None:
        gates = desktop.opened(key, module)
        query = narrowed(desktop, key, module, query, table.smart)

        def make(path: Path, progress: Progress) -> ExportReport:
            return actions.export_view_as_vcf(
                desktop.app, key, module, query, columns=None, output=path, opened=gates, progress=progress
            )

        follow_export(desktop, f"{key}/{module}", "vcf", make)

    table = TableBox(
        desktop,
        header,
        on_open=opened,
        on_export=export,
        nothing="The module looked, and has nothing to list.",
        on_vcf=None if header.sample.kind is SampleKind.ARRAY else vcf,
        smart=header.module.manifest.filters,
    )
