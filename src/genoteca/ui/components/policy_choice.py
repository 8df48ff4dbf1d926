"""When a module is asked without being told to, as a field."""

from __future__ import annotations

from nicegui import ui

from genoteca.actions import automation
from genoteca.actions.automation import POLICY_WORDS
from genoteca.model.automation import Policy
from genoteca.ui.components.notice import told
from genoteca.ui.desktop import Desktop, ask

__all__ = ["policy_choice"]


def policy_choice(desktop: Desktop, module: str, title: str, policy: Policy) -> None:
    """Draw the field; what is chosen is kept."""

    async def choose(value: str) -> None:
        with told():
            await ask(automation.choose_policy, desktop.app, module, Policy(value))
            desktop.messages.say(f"{title}: {POLICY_WORDS[Policy(value)].lower()}.", "good")

    options = {one.value: words for one, words in POLICY_WORDS.items()}
    field = ui.select(options, value=policy.value, on_change=lambda event: choose(str(event.value)))
    field.props(f'dense options-dense aria-label="When {title} is asked"').classes("policy-choice")
