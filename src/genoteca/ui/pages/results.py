"""Results: a genome at a glance. What matters first, in words and with evidence; what is missing, and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from genoteca import actions
from genoteca.actions.asides import modules_aside
from genoteca.actions.overview import Overview
from genoteca.model.build import Build
from genoteca.model.evidence import Outcome
from genoteca.model.sample import Sample
from genoteca.ui import words
from genoteca.ui.components.asides import asides_note
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.exporting import export_everything
from genoteca.ui.components.ideogram import ideogram
from genoteca.ui.components.notice import not_medical_advice, told_here, trouble_box
from genoteca.ui.components.overview_charts import class_chart
from genoteca.ui.components.overview_modules import module_box
from genoteca.ui.components.overview_summary import summary_box
from genoteca.ui.components.overview_waiting import waiting_box
from genoteca.ui.components.sample_card import structural_line
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]


async def show(desktop: Desktop, key: str = "") -> None:
    """Draw the overview of one genome; without a key, of the one added last."""
    samples = await ask(actions.brief_samples, desktop.app)
    if not samples:
        _nothing_yet()
        return
    sample = next((one for one in samples if one.id.key == key), samples[0] if not key else None)
    if sample is None:
        await ask(actions.show_sample, desktop.app, key)  # says that there is none
        return
    key = sample.id.key
    _head(desktop, sample)
    asides_note(await ask(modules_aside, desktop.app))
    body = box("stack loose overview")

    async def draw() -> None:
        """Draw it, or draw it anew when something was opened or closed again."""
        with body, told_here():
            try:
                told = await ask(actions.genome_overview, desktop.app, key, opened=desktop.opened_by_module(key))
            finally:
                body.clear()
            _body(desktop, key, told, draw)

    await draw()
    not_medical_advice()


def _body(desktop: Desktop, key: str, told: Overview, changed: Callable[[], Awaitable[None]]) -> None:
    if told.card.intake:
        structural_line(key, told.card.intake)
    if told.card.trouble:
        trouble_box(told.card.trouble)
    if not told.card.answers:
        _no_modules()
        return
    summary_box(key, told)
    for category, found in told.categories:
        with box("stack category", "section"):
            heading(category)
            for one in found:
                if one.findings or one.gate:
                    module_box(desktop, key, one, changed)
            with box("brief"):
                for one in found:
                    if not one.findings and not one.gate:
                        module_box(desktop, key, one, changed)
    _pictures(key, told)
    waiting_box(desktop, key, list(told.waiting))


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


def _head(desktop: Desktop, sample: Sample) -> None:
    key = sample.id.key

    async def export() -> None:
        card = await ask(actions.show_sample, desktop.app, key)
        if not any(answer.outcome is Outcome.ANSWERED for answer in card.answers):
            desktop.messages.say("Nothing was looked up in this genome yet.")
            return
        export_everything(desktop, sample, card.answers)

    with box("heading"):
        with stack("tight"):
            with row("tight"):
                heading(sample.sample_name, 1)
                if sample.synthetic:
                    pill("Synthetic: no person", "info", "science")
            said(f"{sample.user_name} · {sample.build} · {words.KINDS[sample.kind]}", "lead")
        with row("tight"):
            act("Report", lambda: ui.navigate.to(f"/report/{key}"), icon="description")
            act("Explore", lambda: ui.navigate.to(f"/explore/{key}"), icon="travel_explore")
            act("Where it comes from", lambda: ui.navigate.to(f"/lineage/{key}"), icon="account_tree")
            act("Export everything", export, icon="download")
            act("Annotate", lambda: ui.navigate.to(f"/genomes/{key}/annotate"), icon="play_arrow")


def _pictures(key: str, told: Overview) -> None:
    """Draw the chromosomes and the classes, of what is open."""
    open_ = [one for one in told.modules if not one.gate]
    build = told.card.sample.build
    if build is not Build.NCBI36 and any(one.tally.rows for one in open_):
        with card("picture"):
            ideogram(key, build, open_)
    classed = [one for one in open_ if len(one.tally.classes) > 1]  # one bar alone tells nothing
    if classed:
        with box("halves"):
            for one in classed:
                with card("picture"):
                    class_chart(key, one)
