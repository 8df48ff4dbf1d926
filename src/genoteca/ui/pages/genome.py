"""One genome's own page: what its file says, what it does not say, how good it is, and the limits it is read with."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions import GenomeReport
from genoteca.actions.views import RunCard, SampleState
from genoteca.model.intake import Intake
from genoteca.model.sample import SampleKind
from genoteca.ui import words
from genoteca.ui.components.boxes import card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act, link
from genoteca.ui.components.genome_coverage import coverage_section, large_only
from genoteca.ui.components.genome_limits import limits_section
from genoteca.ui.components.genome_quality import quality_section
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.plots import table
from genoteca.ui.components.run_live import RunLive
from genoteca.ui.components.sample_card import not_read
from genoteca.ui.components.term import explained
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

MEANING = {
    SampleKind.WHOLE_GENOME: (
        "The whole genome was looked at, and the file lists only where you differ from the reference. Where it lists "
        "nothing there is probably no difference; Genoteca says “inferred” then, and only where it is safe to."
    ),
    SampleKind.EXOME: (
        "Only the parts of the genome that make proteins were looked at, about a fiftieth of it. Elsewhere the "
        "file's silence says nothing."
    ),
    SampleKind.GVCF: (
        "The file also states where nothing differs, and how sure that is. A “no” can be told from “not looked at”."
    ),
    SampleKind.ARRAY: (
        "A chip reads some hundred thousand chosen letters. Everything between them is unknown, and a rare finding "
        "must be confirmed by another method first."
    ),
    SampleKind.PANEL: (
        "The file covers a part of the genome: a few genes, one chromosome, or a selection. Where it lists nothing, "
        "nothing is known: silence is never taken for “no difference”."
    ),
    SampleKind.NO_GENOTYPES: "The file lists variants, but not what this person carries.",
}

LARGE_ONLY = (
    "The file lists large changes only: stretches that are missing, doubled, turned round or moved. The small ones, "
    "which modules ask about, are in another file of the same laboratory: add that one too."
)


async def show(desktop: Desktop, key: str) -> None:
    """Draw the page."""
    report = await ask(actions.genome_report, desktop.app, key)
    sample, intake = report.card.sample, report.card.intake
    link("‹ All genomes", "/genomes")
    with row("top-line"):
        with stack("tight grow"):
            with row("tight"):
                heading(sample.sample_name, 1)
                if sample.synthetic:
                    pill("Synthetic: no person", "info", "science")
            said(f"{sample.user_name} · {words.kind(sample.kind, read=intake is not None)}", "lead")
        if any(answer.outcome for answer in report.card.answers):
            act("See the results", lambda: ui.navigate.to(f"/results/{key}"), kind="main-act", icon="fact_check")
        elif report.card.state is SampleState.READY:
            act("Annotate", lambda: ui.navigate.to(f"/genomes/{key}/annotate"), kind="main-act", icon="play_arrow")
    _standing(desktop, report)
    _file(report)
    if report.quality is not None:
        coverage_section(report)
        quality_section(desktop, report)
    if intake is not None:
        _left_out(intake)
        limits_section(desktop, report)


def _standing(desktop: Desktop, report: GenomeReport) -> None:
    """Say what keeps the page from being whole, with the button that helps."""
    shown = report.card

    async def again() -> None:
        with told():
            await ask(actions.read_again, desktop.app, shown.sample.id.key)
            ui.navigate.reload()

    async def over(_: RunCard) -> None:
        ui.navigate.reload()

    if shown.state is SampleState.IMPORTING and shown.import_run:
        RunLive(desktop, shown.import_run.id, {}, over)
        return
    if shown.trouble:
        not_read(shown)
    if why := shown.why_read_again:
        with notice("warn", "This genome should be read again", words.sentence(why)), row():
            act("Read it again", again, kind="main-act", icon="replay")
    elif shown.state is SampleState.FAILED or report.quality is None:
        text = "Its figures are measured while the file is read; an earlier version did not keep them."
        with notice("info", "There are no figures of this genome yet", "" if shown.trouble else text), row():
            act("Read it again", again, kind="main-act", icon="replay")


def _file(report: GenomeReport) -> None:
    sample, intake = report.card.sample, report.card.intake
    agreement = intake.reference_agreement if intake else None
    with card():
        heading("What this file is")
        if intake or sample.kind is not SampleKind.PANEL:
            said(_meaning(report), "soft")
        facts(
            (
                ("Kind", words.kind(sample.kind, read=intake is not None)),
                ("Told by", words.sentence(intake.kind_evidence) if intake else ""),
                ("Genome build", sample.build),
                ("Build told by", words.sentence(sample.build_evidence)),
                (
                    "Reference agrees",
                    "" if agreement is None else f"{words.percent(agreement, 2)} of the letters looked at",
                ),
                ("Made by", (intake.caller or "The file does not say.") if intake else ""),
                ("Sample in the file", sample.pick or ""),
                ("Stated sex", words.SEX[sample.sex]),
                ("File", f"{sample.source.name}, {words.file_size(sample.source.bytes)}"),
                ("Checksum (SHA-256)", report.sha256),
                ("Read", words.when(report.read) if report.read else ""),
            ),
            explained,
        )
        if intake:
            with row("tight"):
                said("Row by row:", "faint")
                for name, label in (
                    ("variants", "variants"),
                    ("coverage", "coverage"),
                    ("structural", "large changes"),
                ):
                    link(label, f"/genomes/{sample.id.key}/tables/{name}")


def _meaning(report: GenomeReport) -> str:
    if large_only(report):
        return LARGE_ONLY
    return MEANING[report.card.sample.kind]


def _left_out(intake: Intake) -> None:
    aside = sum(part.records for part in intake.set_aside.values())
    with card():
        heading("What was left out")
        said(
            f"{words.count(intake.records_read)} records read = {words.count(intake.records_kept)} kept + "
            f"{words.count(aside)} set aside. Nothing is dropped without standing here.",
        )
        if intake.set_aside:
            table(
                ["Set aside because", "Records", "Look at these lines of the file"],
                [
                    (
                        words.sentence(reason),
                        words.count(part.records),
                        _lines(intake, part.first_lines, part.records),
                    )
                    for reason, part in intake.set_aside.items()
                ],
            )
        if intake.alleles_set_aside:
            said("Alleles of kept records that are no sequence and make no variant:")
            table(
                ["Allele", "How many"],
                [(allele, words.count(number)) for allele, number in intake.alleles_set_aside.items()],
            )
        for warning in intake.warnings:
            with notice("warn", warning):
                pass


def _lines(intake: Intake, records: list[int], total: int) -> str:
    """Say the lines of the file, its header counted, as a text editor numbers them."""
    told = ", ".join(words.count(intake.header_lines + record) for record in records)
    return told + (" …" if total > len(records) else "")
