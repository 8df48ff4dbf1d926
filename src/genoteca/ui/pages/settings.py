"""Settings: how the desktop looks, how runs work, where everything lies, and what was asked of the internet."""

from __future__ import annotations

from nicegui import app, ui

from genoteca import __version__, actions
from genoteca.model.formats import Formats, use_formats
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act, link, outside_link
from genoteca.ui.components.history_card import history_fields
from genoteca.ui.components.notice import NOT_MEDICAL_ADVICE, told
from genoteca.ui.components.privacy import Privacy
from genoteca.ui.components.setting_fields import choice, keep, number, switch
from genoteca.ui.components.storage import StorageCard
from genoteca.ui.components.term import term
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.theme import dark_of

__all__ = ["show"]

THEMES = {"system": "As this computer", "light": "Light", "dark": "Dark"}
FORMATS = {
    Formats.ENGLISH.value: "1,234,567.8 · 5 Mar 2026, 14:05",
    Formats.ISO.value: "1 234 567.8 · 2026-03-05 14:05",
    Formats.ISO_COMMA.value: "1 234 567,8 · 2026-03-05 14:05",
}
CHECKS = {"off": "Only when I ask", "daily": "Every day", "weekly": "Every week"}
CHANGED = {"show": "Show me first", "take": "Take it and tell me"}
LIMIT_WORDS = ("Genotype quality", "Depth", "QUAL", "Inferred", "Filtered")
LIMITS = (
    ("min_reference_quality", "Genotype quality from which the file's “no difference here” counts", 1),
    ("min_reference_depth", "Reads from which the file's “no difference here” counts", 1),
    ("min_quality", "Mark calls with a quality (QUAL) below", 1),
    ("min_depth", "Mark calls with fewer reads than", 1),
    ("min_genotype_quality", "Mark calls with a genotype quality below", 1),
    ("infer_within", "Bases to the next call within which silence may be read as “no difference”", 1000),
)


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    heading("Settings", 1)
    with box("halves"):
        with stack("loose"):
            _look(desktop)
            _working(desktop)
            StorageCard(desktop)
        with stack("loose"):
            _modules(desktop)
            _limits(desktop)
            _keeping(desktop)
    await Privacy(desktop).draw()
    _about(desktop)


def _look(desktop: Desktop) -> None:
    async def choose(name: str) -> None:
        await keep(desktop, theme=name)
        app.config.dark = dark_of(desktop.app.settings)
        ui.navigate.reload()

    async def write_so(name: str) -> None:
        await keep(desktop, formats=name)
        use_formats(Formats(desktop.app.settings.formats))
        ui.navigate.reload()

    with card():
        heading("Look")
        looks = ui.radio(THEMES, value=desktop.app.settings.theme, on_change=lambda event: choose(event.value))
        looks.props("data-setting=theme")
        ui.select(
            FORMATS,
            label="Numbers and dates",
            value=desktop.app.settings.formats,
            on_change=lambda event: write_so(event.value),
        ).props("data-setting=formats")
        said("On every screen. Exported files and the command line are written the same way everywhere.", "faint")


def _working(desktop: Desktop) -> None:
    settings = desktop.app.settings
    with card():
        heading("Speed, memory, network")
        choice(desktop, "engine", words.ENGINES, "How genomes are looked up")
        number(desktop, "memory_gb", ui.number("Gigabytes of memory to aim at", value=settings.memory_gb, step=0.5))
        said("Every way gives the same answers. 0 gigabytes: half of what is free.", "faint")
        standby = ui.number("Seconds to stay ready between runs", value=settings.standby_seconds, precision=0)
        number(desktop, "standby_seconds", standby)
        said("The next run then starts at once; some memory is held meanwhile. 0: not at all.", "faint")
        switch(desktop, "offline", "Never use the internet")
        switch(desktop, "developer", "Developer mode")
        said("For those who write modules: a program may then be installed from the folder of its source.", "faint")
        choice(desktop, "check_updates", CHECKS, "Look for newer data of modules")
        said(
            "While Genoteca is open, publishers are asked whether they have something newer. Nothing is fetched "
            "until you say so, and every request is listed below.",
            "faint",
        )


def _modules(desktop: Desktop) -> None:
    with card():
        heading("Modules")
        choice(desktop, "changed_answers", CHANGED, "When an update would change an answer")
        said(
            "What changes nothing about you is used without a word. What you ask a module for by its name is used at "
            "once.",
            "faint",
        )
        said("Other people's catalogues, programs that you trust, and every change with a way back.", "faint")
        link("Catalogues, trust and history ›", "/settings/modules")
        said("When modules are asked without being told to, a folder that is watched, and the night.", "faint")
        link("What is done by itself ›", "/automation")


def _keeping(desktop: Desktop) -> None:
    with card():
        heading("Keeping and forgetting")
        said("Whether everything is as it was written, a copy of it as one file, and what was deleted.", "faint")
        history_fields(desktop)
        link("Verify, back up, delete ›", "/settings/keeping")


def _limits(desktop: Desktop) -> None:
    with card():
        heading("Limits")
        said(
            "For those who know their file: they decide what counts as known. What was looked up before a change is "
            "then out of date; after a change of the first two, a genome's own page offers to read it again. Limits "
            "of one genome only are set on its page.",
            "faint",
        )
        with row("tight small"):
            said("Words:", "faint")
            for word in LIMIT_WORDS:
                term(word)
        for name, label, step in LIMITS:
            with row("keep"):
                said(label, "grow small")
                field = ui.number(value=getattr(desktop.app.settings, name), step=step, precision=0)
                field.style("width: 110px").props["aria-label"] = label
                number(desktop, name, field)


def _about(desktop: Desktop) -> None:
    async def check() -> None:
        with told():
            findings = await ask(actions.doctor, desktop.app)
            _findings(findings)

    with card():
        heading("About Genoteca")
        facts(
            (
                ("Version", __version__),
                ("Licence", "Apache License 2.0"),
            )
        )
        said(NOT_MEDICAL_ADVICE)
        with row("tight"):
            act("Check this installation", check, icon="health_and_safety")
            outside_link("The licence", "https://www.apache.org/licenses/LICENSE-2.0")


def _findings(findings: list[actions.Health]) -> None:
    with ui.dialog(value=True) as dialog, box("sheet"):
        heading("How this installation is")
        for finding in findings:
            with box("across keep top-line tight"):
                ui.icon("check_circle" if finding.ok else "error", size="20px").style(
                    f"color: var({'--answered' if finding.ok else '--failed'})"
                ).props("aria-hidden=true")
                with stack("tight grow"):
                    said(finding.name, "strong")
                    said(finding.message, "small")
        with row():
            act("Close", dialog.close, more="push")
