"""The header: the way home, the palette, whose genome is looked at, help, and the look."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import app, ui

from genoteca import actions
from genoteca.actions import KnownSample
from genoteca.ui.address import page_address
from genoteca.ui.components.boxes import box
from genoteca.ui.components.buttons import icon_act
from genoteca.ui.components.help_link import help_here
from genoteca.ui.components.palette import find_button
from genoteca.ui.desktop import Desktop, ask

__all__ = ["header"]

THEMES = {
    "light": ("Light", "light_mode", False),
    "dark": ("Dark", "dark_mode", True),
    "system": ("As this computer", "brightness_auto", None),
}


def header(desktop: Desktop, address: str, *, kept: bool = True) -> None:
    """Draw it; `address` is the page's own. `kept`: whether it may be opened at the next start."""
    with box("top", "header"):
        with ui.element("a").classes("brand").props("href=/ aria-label='Genoteca, start'"):
            ui.element("img").props("src=/look/logo.svg alt=''")
            ui.label("Genoteca").classes("name")
        find_button()
        place = box()
        help_here(address.partition("?")[0])
        _theme_switch(desktop)

    drawn: list[object] = []

    async def begin() -> None:
        """Draw whose genome it is once the page stands: looking is reading a few small files."""
        key = actions.sample_of(address)
        if key:
            await ask(actions.choose_sample, desktop.app, key)
        if kept:
            await ask(actions.remember_page, desktop.app, address)
        await whose()

    async def whose() -> None:
        """Draw whose genome it is; where nothing changed, a menu that is open stays."""
        samples = await ask(actions.known_samples, desktop.app)
        current = await ask(actions.current_sample, desktop.app)
        if place.is_deleted or drawn == [samples, current]:
            return
        drawn[:] = [samples, current]
        place.clear()
        shown = next((one for one in samples if one.key == current), None)
        if shown is not None:
            with place:
                _sample_switch(desktop, shown, samples)

    ui.timer(0, begin, once=True)
    desktop.genomes_changed.subscribe(whose)


def _sample_switch(desktop: Desktop, shown: KnownSample, samples: Sequence[KnownSample]) -> None:
    async def look_at(sample: KnownSample) -> None:
        await ask(actions.choose_sample, desktop.app, sample.key)
        now = page_address()
        before = next((one for one in samples if one.key == actions.sample_of(now)), None)
        target = actions.page_of_another(now, sample, before)
        if target == now:
            ui.navigate.reload()
        else:
            ui.navigate.to(target)

    with box("whose", "button").props("type=button aria-haspopup=menu") as button:
        button.props["aria-label"] = f"Genome: {shown.who} / {shown.name}, {_kind(shown)}. Choose another"
        ui.icon("fingerprint").props("aria-hidden=true")
        with box("words"):
            ui.label(f"{shown.who} / {shown.name}")
            ui.label(_kind(shown)).classes("kind")
        ui.icon("expand_more").classes("more").props("aria-hidden=true")
        with ui.menu().props("auto-close").classes("whose-list") as menu:
            menu.props["aria-label"] = "Genomes"
            for one in samples:
                chosen = "true" if one.key == shown.key else "false"
                with ui.menu_item(on_click=lambda one=one: look_at(one)) as item:
                    item.props(f"role=menuitemradio aria-checked={chosen}")
                    ui.icon("check" if one.key == shown.key else "fingerprint", size="20px").props("aria-hidden=true")
                    with box("stack tight"):
                        ui.label(f"{one.who} / {one.name}")
                        ui.label(_kind(one)).classes("faint")
            ui.separator()
            ui.menu_item("Add a genome", lambda: ui.navigate.to("/genomes"))


def _kind(sample: KnownSample) -> str:
    return f"{sample.kind_words}, {sample.build}" + (", synthetic" if sample.synthetic else "")


def _theme_switch(desktop: Desktop) -> None:
    _, icon, _ = THEMES[desktop.app.settings.theme]
    # empty until a look is chosen: what it holds then restyles the whole page whenever anything on it changes
    look = ui.element().props("hidden")

    async def choose(name: str) -> None:
        app.config.dark = THEMES[name][2]  # every page opened after it, and this one
        look.clear()
        with look:
            ui.dark_mode(THEMES[name][2])
        button.props(f"icon={THEMES[name][1]}")
        await ask(actions.change_settings, desktop.app, theme=name)

    button = icon_act(icon, "Look: light or dark")
    button.props("aria-haspopup=menu")
    with button, ui.menu().props("auto-close"):
        for name, (words, _, _) in THEMES.items():
            ui.menu_item(words, lambda name=name: choose(name))
