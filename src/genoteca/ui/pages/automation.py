"""By itself: when each module is asked without being told to, the inbox, the night, and what was done."""

from __future__ import annotations

from functools import partial
from zoneinfo import available_timezones

from nicegui import ui

from genoteca.actions import automation
from genoteca.actions.automation import ASKED, POLICY_WORDS, WAITING, AutomationView, ModulePolicy
from genoteca.actions.remembering import known_samples
from genoteca.model.automation import Look, Noted, Policy, Rule
from genoteca.ui import words
from genoteca.ui.components.backfills_card import BackfillsCard
from genoteca.ui.components.boxes import box, card, heading, row, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.inbox_card import InboxCard
from genoteca.ui.components.notice import notice, told
from genoteca.ui.components.policy_choice import policy_choice
from genoteca.ui.desktop import Desktop, ask

__all__ = ["show"]

LOOK_EVERY = 3.0
"""Seconds between two looks at whether something was done."""
RULES = {
    Rule.ON_IMPORT: "Genome added",
    Rule.IDLE: "Nobody at work",
    Rule.NIGHTLY: "Night",
    Rule.INBOX: "Inbox",
    Rule.RELEASES: "Newer data",
}
HERE = "This computer's clock"


async def show(desktop: Desktop) -> None:
    """Draw the page."""
    zones = await ask(available_timezones)  # reads a folder of some six hundred files
    page = AutomationPage(desktop, await ask(automation.show_automation, desktop.app), zones)
    await page.draw()


class AutomationPage:
    """The page; what was done is drawn anew as it is done, and no field changes under a hand."""

    def __init__(self, desktop: Desktop, seen: AutomationView, zones: set[str]) -> None:
        self._desktop, self._seen, self._zones = desktop, seen, zones
        self._last_looks: dict[Rule, ui.label] = {}

    async def draw(self) -> None:
        """Draw all of it."""
        with stack("tight"):
            heading("By itself", 1)
            said("What Genoteca does without being asked, on this computer only, while it is open.", "lead")
        self._master()
        with box("halves"):
            with stack("loose"):
                self._modules()
                self._night()
            with stack("loose"):
                await InboxCard(self._desktop).draw()
                self._news()
        await BackfillsCard(self._desktop).draw()
        with card():
            heading("What was done by itself")
            self._noted = stack()
        await self._draw_noted()
        self._draw_looks()
        ui.timer(LOOK_EVERY, self._look)

    def _master(self) -> None:
        settings = self._desktop.app.settings

        async def turn() -> None:
            await self._keep(automation=bool(field.value))
            off.set_visibility(not field.value)

        with card("snug"):
            field = ui.switch("Do what is set on this page", value=settings.automation, on_change=turn)
            field.props("data-setting=automation")
        off = box()
        with off, notice("warn", "Switched off", "Nothing is done by itself until you switch it on again."):
            pass
        off.set_visibility(not settings.automation)

    def _modules(self) -> None:
        with card():
            heading("When modules are asked")
            if not self._seen.policies:
                said("No module is installed yet.")
                link("Choose one in the Store ›", "/store")
                return
            for one in self._seen.policies:
                self._policy(one)
            for rule in (Rule.ON_IMPORT, Rule.IDLE):
                self._last_looks[rule] = said("", "faint")
            with ui.expansion("What this means").classes("more"):
                said(f"“{POLICY_WORDS[Policy.ON_IMPORT]}”: a new genome is looked up as soon as it is read.", "small")
                said(
                    f"“{POLICY_WORDS[Policy.IDLE]}” and “{POLICY_WORDS[Policy.NIGHTLY]}”: every genome that was not "
                    "looked up yet, or whose answer is out of date, for example because newer data was fetched.",
                    "small",
                )
                said("Where new answers about you would differ, they wait until you have seen them.", "small")
                link("When an update would change an answer ›", "/settings#changed_answers")
                said(
                    "What you would be asked about before you see it stays closed until you open it. What failed, or "
                    "what you stopped, is not tried again until something changes.",
                    "small",
                )

    def _policy(self, one: ModulePolicy) -> None:
        with box("policy-line"):
            with stack("tight grow"):
                link(one.title, f"/store/{one.module}")
                if not one.usable:
                    said("It is not installed, or set aside.", "faint")
            policy_choice(self._desktop, one.module, one.title, one.policy)

    def _night(self) -> None:
        settings = self._desktop.app.settings
        zones = {"": HERE} | {zone: zone.replace("_", " ") for zone in sorted(self._zones)}
        with card():
            heading("Night, and quiet")
            with row():
                at = ui.input("It is night at", value=settings.night_time).props("type=time data-setting=night_time")
                at.on("blur", lambda: self._keep_night(at), [])
                at.on("keydown.enter", lambda: self._keep_night(at), [])
                zone = ui.select(zones, value=settings.time_zone, label="By the clock of", with_input=True)
                zone.props("data-setting=time_zone").classes("grow zone-choice")
                zone.on_value_change(lambda event: self._keep_if_changed("time_zone", event.value))
            self._next = said(_next_words(self._seen), "faint")
            said(
                "A night that the computer slept through is caught up with once, when Genoteca is open again.",
                "faint",
            )
            self._last_looks[Rule.NIGHTLY] = said("", "faint")
            idle = ui.number("Nobody is at work after so many minutes", value=settings.idle_minutes, precision=0)
            idle.props("debounce=600 hide-bottom-space data-setting=idle_minutes")
            idle.validation = {"Not kept: below 1": lambda value: value is None or value >= 1}
            idle.on_value_change(partial(self._keep_minutes, idle))
            said("That is: nothing runs or waits, and nobody clicks or types here.", "faint")

    async def _keep_night(self, field: ui.input) -> None:
        await self._keep_if_changed("night_time", field.value)

    async def _keep_minutes(self, field: ui.number) -> None:
        if not field.error and field.value is not None:
            await self._keep_if_changed("idle_minutes", int(field.value))

    async def _keep_if_changed(self, name: str, value: object) -> None:
        if value is not None and value != getattr(self._desktop.app.settings, name):
            await self._keep(**{name: value})
            self._seen = await ask(automation.show_automation, self._desktop.app)
            self._next.set_text(_next_words(self._seen))

    def _news(self) -> None:
        settings = self._desktop.app.settings
        with card():
            heading("Newer data")
            field = ui.switch(
                "Fetch newer data of modules by itself",
                value=settings.fetch_releases,
                on_change=lambda event: self._keep(fetch_releases=bool(event.value)),
            )
            field.props("data-setting=fetch_releases")
            said(
                "For modules that are not asked only by you. Publishers are asked as often as the settings say, or "
                "every week if they said never; each request is in the list there. Answers made with older data are "
                "out of date then, and are made again when their module is asked.",
                "faint",
            )
            link("How often publishers are asked ›", "/settings#check_updates")
            self._last_looks[Rule.RELEASES] = said("", "faint")

    async def _keep(self, **values: object) -> None:
        with told():
            await ask(automation.change_automation, self._desktop.app, **values)
            self._desktop.messages.say("Kept.", "good")

    async def _look(self) -> None:
        seen = await ask(automation.show_automation, self._desktop.app)
        if seen.noted != self._seen.noted:
            self._seen = seen
            await self._draw_noted()
        self._seen = seen
        self._draw_looks()

    def _draw_looks(self) -> None:
        for rule, label in self._last_looks.items():
            label.set_text(_look_words(self._seen.looks.get(rule)))
            label.set_visibility(rule in self._seen.looks)

    async def _draw_noted(self) -> None:
        names = {one.key: f"{one.who} / {one.name}" for one in await ask(known_samples, self._desktop.app)}
        titles = {one.module: one.title for one in self._seen.policies}
        self._noted.clear()
        with self._noted:
            if not self._seen.noted:
                said("Nothing yet.", "faint")
            for one in self._seen.noted:
                _noted_line(one, names.get(one.sample, one.sample), titles)


def _noted_line(one: Noted, genome: str, titles: dict[str, str]) -> None:
    kind = "warn" if one.failed else "info"
    with box(f"message {kind}"):
        ui.icon("warning" if one.failed else "check_circle").props("aria-hidden=true")
        with stack("tight grow"):
            text = _worded(one.words, titles)
            said(f"{genome}: {text}" if genome else text, "")
            with row("tight"):
                times = f", {one.times} times" if one.times > 1 else ""
                said(f"{RULES[one.rule]} · {words.when(one.last)}{times}", "faint")
                if one.words.startswith(WAITING):
                    link("What would change ›", f"/changes/{one.sample}")
                elif one.run:
                    link("Its run", f"/runs/{one.run}")


def _worded(text: str, titles: dict[str, str]) -> str:
    for start in (ASKED, WAITING):
        if text.startswith(start):
            return f"{start}{_titled(text.removeprefix(start), titles)}"
    return text


def _titled(modules: str, titles: dict[str, str]) -> str:
    return ", ".join(titles.get(one, one) for one in modules.split(", "))


def _look_words(look: Look | None) -> str:
    return "" if look is None else f"{RULES[look.rule]}: looked {words.when(look.when)}. {look.words}"


def _next_words(seen: AutomationView) -> str:
    return f"Next: {words.when(seen.next_night)} on this computer's clock." if seen.next_night else ""
