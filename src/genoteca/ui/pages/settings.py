"""Settings: how the desktop looks, how runs work, where everything lies, and what was asked of the internet."""

from __future__ import annotations

from nicegui import app, ui

from genoteca import __version__, actions
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, row, said, stack
from genoteca.ui.components.buttons import act, link, outside_link
from genoteca.ui.components.notice import NOT_MEDICAL_ADVICE, told
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.theme import dark_of

__all__ = ["show"]

THEMES = {"system": "As this computer", "light": "Light", "dark": "Dark"}
CHECKS = {"off": "Only when I ask", "daily": "Every day", "weekly": "Every week"}
NOT_NEGATIVE = "Not kept: below 0"
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
            _modules()
        with stack("loose"):
            _limits(desktop)
    await _requests(desktop)
    _about(desktop)


def _look(desktop: Desktop) -> None:
    async def choose(name: str) -> None:
        await _keep(desktop, theme=name)
        app.config.dark = dark_of(desktop.app.settings)
        ui.navigate.reload()

    with card():
        heading("Look")
        looks = ui.radio(THEMES, value=desktop.app.settings.theme, on_change=lambda event: choose(event.value))
        looks.props("data-setting=theme")


def _working(desktop: Desktop) -> None:
    settings = desktop.app.settings
    with card():
        heading("Speed, memory, network")
        ui.select(
            words.ENGINES,
            label="How genomes are looked up",
            value=settings.engine,
            on_change=lambda event: _keep(desktop, engine=event.value),
        ).props("data-setting=engine")
        _number(desktop, "memory_gb", ui.number("Gigabytes of memory to aim at", value=settings.memory_gb, step=0.5))
        said("Every way gives the same answers. 0 gigabytes: half of what is free.", "faint")
        standby = ui.number("Seconds to stay ready between runs", value=settings.standby_seconds, precision=0)
        _number(desktop, "standby_seconds", standby)
        said("The next run then starts at once; some memory is held meanwhile. 0: not at all.", "faint")
        ui.switch(
            "Never use the internet",
            value=settings.offline,
            on_change=lambda event: _keep(desktop, offline=bool(event.value)),
        ).props("data-setting=offline")
        ui.switch(
            "Developer mode",
            value=settings.developer,
            on_change=lambda event: _keep(desktop, developer=bool(event.value)),
        ).props("data-setting=developer")
        said("For those who write modules: a program may then be installed from the folder of its source.", "faint")
        ui.select(
            CHECKS,
            label="Look for newer data of modules",
            value=settings.check_updates,
            on_change=lambda event: _keep(desktop, check_updates=event.value),
        ).props("data-setting=check_updates")
        said(
            "While Genoteca is open, publishers are asked whether they have something newer. Nothing is fetched "
            "until you say so, and every request is listed below.",
            "faint",
        )


def _modules() -> None:
    with card():
        heading("Modules")
        said("Other people's catalogues, programs that you trust, and every change with a way back.", "faint")
        link("Catalogues, trust and history ›", "/settings/modules")


def _limits(desktop: Desktop) -> None:
    with card():
        heading("Limits")
        said(
            "For those who know their file: they decide what counts as known. What was looked up before a change is "
            "then out of date; after a change of the first two, a genome's own page offers to read it again. Limits "
            "of one genome only are set on its page.",
            "faint",
        )
        for name, label, step in LIMITS:
            with row("keep"):
                said(label, "grow small")
                field = ui.number(value=getattr(desktop.app.settings, name), step=step, precision=0)
                field.style("width: 110px").props["aria-label"] = label
                _number(desktop, name, field)


def _number(desktop: Desktop, name: str, field: ui.number) -> None:
    """Keep what a field of a setting is changed to; a negative number is refused in the field and not kept."""

    async def keep() -> None:
        if not field.error and field.value != getattr(desktop.app.settings, name):
            await _keep(desktop, **{name: field.value})

    # no `min`: the field would put 0 in the place of what was typed, and 0 would be kept
    field.props(f"debounce=600 hide-bottom-space data-setting={name}")
    field.validation = {NOT_NEGATIVE: lambda value: value is None or value >= 0}
    field.on_value_change(keep)


async def _keep(desktop: Desktop, **values: object) -> None:
    if any(value is None for value in values.values()):
        return
    with told():
        await ask(actions.change_settings, desktop.app, **values)
        desktop.messages.say("Kept.", "good")


async def _requests(desktop: Desktop) -> None:
    asked = await ask(actions.outside_requests, desktop.app)
    with card():
        heading("What was asked of the internet")
        if not asked:
            said(
                "Nothing. Modules with their own data need no network; a few fetch public reference data when you "
                "annotate."
            )
        for one in asked[:50]:
            said(" · ".join(f"{value}" for value in one.values() if value not in (None, "")), "mono")


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
                ("Data folder", str(desktop.app.layout.home)),
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
