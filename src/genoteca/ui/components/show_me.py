"""What a person reads before something serious is shown, and the way to close it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from genoteca.ui.components.boxes import row, said
from genoteca.ui.components.buttons import act
from genoteca.ui.components.notice import notice
from genoteca.ui.desktop import Desktop

__all__ = ["ask_first", "hide_again"]

LEFT_CLOSED = "You can leave this closed: nothing else depends on it."
Changed = Callable[[], Awaitable[None] | None]


def ask_first(
    desktop: Desktop,
    key: str,
    module: str | Sequence[str],
    gate: str,
    changed: Changed,
    *,
    title: str = "",
    heading: str = "Before you look",
    more: str = "",
) -> None:
    """Say what the person would see, and show it once they ask; `changed` draws the page again.

    `module`: whose gate it is, several where they ask the same; `title`: what is shown, read aloud with the button;
    `more`: what else is to be known before it is opened.
    """
    modules = (module,) if isinstance(module, str) else module

    async def agree() -> None:
        desktop.agreed.update((key, one, gate) for one in modules)
        await _done(changed)

    with notice("info", heading, gate):
        said(f"{more} {LEFT_CLOSED}".strip(), "soft")
        with row():
            act("Show me", agree, kind="main-act").props["aria-label"] = f"Show me {title}".strip()


def hide_again(
    desktop: Desktop, key: str, module: str, gates: Sequence[str], changed: Changed, *, title: str = ""
) -> None:
    """Offer to close what was opened; nothing where nothing was."""
    if not gates:
        return

    async def close() -> None:
        desktop.agreed.difference_update({(key, module, gate) for gate in gates})
        await _done(changed)

    made = act("Hide again", close, kind="quiet", icon="visibility_off", more="hide-again")
    made.props["aria-label"] = f"Hide again {title}".strip()


async def _done(changed: Changed) -> None:
    waiting = changed()
    if waiting is not None:
        await waiting
