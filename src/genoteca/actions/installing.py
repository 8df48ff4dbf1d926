"""Installing modules, updating them, pinning them, going back, and taking them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from genoteca.actions.app import App
from genoteca.actions.checking import checker, generations, settle_current
from genoteca.actions.module_views import GenerationCard, ModuleCard, ModuleState
from genoteca.actions.modules import list_modules, show_module
from genoteca.actions.references import all_refs
from genoteca.actions.removing import forget_module, require_idle
from genoteca.actions.taking import taker
from genoteca.actions.words import change_words
from genoteca.engine.modules import write_loaded_modules
from genoteca.errors import GenotecaError, InputError, InstallError
from genoteca.store.generations import Cancelled, Generations, Prepared, Progress
from genoteca.store.installed import installed_modules
from genoteca.store.pins import Pins
from genoteca.store.quarantine import Quarantine
from genoteca.store.shelf import everything_on_offer
from genoteca.store.sources import InstallSource, install_source
from genoteca.store.stages import Stages, never, silent
from genoteca.store.trust import Trust, needs_decision

__all__ = [
    "install_module",
    "install_modules",
    "module_history",
    "pin_module",
    "remove_module",
    "roll_back_modules",
    "update_modules",
]

PREPARING = 0.3
"""Share of an install's progress until it is known what is installed."""


def install_module(
    app: App,
    id_or_path: str,
    *,
    version: str | None = None,
    trusted: bool = False,
    own_source: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> ModuleCard:
    """Install a module, or change nothing; waits for another install's end.

    `id_or_path`: `ID`, `ID@catalogue`, a wheel or a folder. `version`: one that is on offer, else the newest.
    `trusted`: the user confirmed the code of a module that is not shipped with the app. `own_source`: it was written
    by the app, so its code may be built. `cancelled` is asked between steps.

    Raises:
        NotFoundError: it is neither a module nor a file.
        InstallError: it cannot be a module, conflicts with the app or another, is pinned, its code is not trusted,
            there is not enough room, or it was cancelled.
        CheckError: it breaks a rule.

    """
    source = f"{id_or_path}=={version}" if version else id_or_path
    installer = generations(app, developer=own_source)
    found = _source(app, source, progress, cancelled)
    prepared = installer.prepare(found, progress=progress, cancelled=cancelled)
    _install(app, installer, [prepared], trusted=trusted, progress=progress, cancelled=cancelled)
    return show_module(app, prepared.wheel.id)


def install_modules(
    app: App,
    ids_or_paths: Sequence[str],
    *,
    trusted: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> list[ModuleCard]:
    """Install several modules as one change, which one roll-back takes back: all of them, or none.

    Raises:
        NotFoundError: one is neither a module nor a file.
        InstallError: as `install_module`.
        CheckError: one breaks a rule.

    """
    installer = generations(app)
    prepared = []
    for number, source in enumerate(ids_or_paths):

        def part(fraction: float, stage: str, number: int = number, source: str = source) -> None:
            progress(PREPARING * (number + fraction) / len(ids_or_paths), f"{stage} {source}")

        found = _source(app, source, part, cancelled)
        prepared.append(installer.prepare(found, progress=part, cancelled=cancelled))
    _install(app, installer, prepared, trusted=trusted, progress=progress, cancelled=cancelled)
    return [show_module(app, one.wheel.id) for one in prepared]


def update_modules(
    app: App,
    module_id: str | None = None,
    *,
    trusts: Callable[[ModuleCard], bool] = lambda _card: False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> list[ModuleCard]:
    """Update one module, or all that have an update and are not pinned; gives those that changed.

    Of all, each that can be updated is: what keeps one back keeps no other back. `trusts`: asked of each whether the
    user confirms its code, where that is not shipped with the app.

    Raises:
        NotFoundError: it is not installed.
        InstallError: some could not be updated, or the one is pinned; what was installed of them still works.

    """
    cards = [show_module(app, module_id)] if module_id else list_modules(app)
    due = [card for card in cards if card.state is ModuleState.UPDATE and (module_id or not card.pinned)]
    failed: dict[str, GenotecaError] = {}
    for number, card in enumerate(due):

        def part(fraction: float, stage: str, number: int = number, title: str = card.manifest.title) -> None:
            progress((number + fraction) / len(due), stage if len(due) == 1 else f"{title}: {stage}")

        try:
            install_module(app, card.source, trusted=trusts(card), progress=part, cancelled=cancelled)
        except GenotecaError as error:
            if len(due) == 1 or cancelled():
                raise
            failed[card.manifest.title] = error
    if failed:
        told = " ".join(f"{title}: {error.message}" for title, error in failed.items())
        done = len(due) - len(failed)
        raise InstallError(
            told,
            title="Not everything could be updated",
            hint=f"{done} of {len(due)} updates were installed. Update each of the others by itself.",
        )
    return [show_module(app, card.id) for card in due]


def remove_module(
    app: App,
    module_id: str,
    *,
    with_results: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> None:
    """Remove a module; what it said stays, unless it shall go too: then nothing of it is left but its generations.

    Raises:
        NotFoundError: it is not installed.
        InstallError: another module needs it.
        RunError: its results shall go, and a run of it is at work.

    """
    _require_modules(app)
    if with_results:
        require_idle(app, module_id)
    generations(app).remove(module_id, progress=progress, cancelled=cancelled)
    Quarantine(app.layout.database).clear(module_id)
    Pins(app.layout.database).clear(module_id)
    if with_results:
        progress(1.0, "Deleting its results")
        forget_module(app, module_id)
    write_loaded_modules(app.layout, all_refs(app.layout))


def pin_module(app: App, module_id: str, version: str | None) -> ModuleCard:
    """Let a module stay at the version that is installed: updates pass it by. None lets it go again.

    Raises:
        NotFoundError: there is no such module.
        InputError: another version is installed, or none.

    """
    card = show_module(app, module_id)
    if version is None:
        Pins(app.layout.database).clear(module_id)
        return show_module(app, module_id)
    if version != card.installed_version:
        told = f"{card.installed_version} is installed" if card.installed_version else "it is not installed"
        raise InputError(
            f"{module_id} cannot be pinned to {version}: {told}.",
            hint="Install that version first; a pin keeps the version that is there.",
        )
    Pins(app.layout.database).set(module_id, version)
    return show_module(app, module_id)


def roll_back_modules(app: App, number: int | None = None) -> int:
    """Go back to the modules as they were before the last change, or to a kept generation; gives its number.

    An app that was opened without its modules has them again.

    Raises:
        NotFoundError: there is no such generation.

    """
    before = {one.id: one.sha256 for one in installed_modules(app.settings.layout)}
    chosen = generations(app).rollback(number).number
    app.without_modules = False
    settle_current(app, before)
    return chosen


def module_history(app: App) -> list[GenerationCard]:
    """Give the generations that one can go back to, and the current one; newest first."""
    installer = generations(app)
    current = installer.current()
    return [
        GenerationCard(
            number=record.number,
            when=record.made_at,
            changes=[change_words(change) for change in record.changes],
            modules=[f"{module.id} {module.version}" for module in record.modules],
            current=current is not None and record.number == current.number,
        )
        for record in reversed(installer.history())
    ]


def _source(app: App, id_or_path: str, progress: Progress, cancelled: Cancelled) -> InstallSource:
    """Find what is meant among everything on offer; what an added catalogue offers is fetched."""
    return install_source(
        id_or_path,
        everything_on_offer(app.layout),
        installed=installed_modules(app.layout),
        take=taker(app, Stages(progress=progress, cancelled=cancelled).tell),
    )


def _install(
    app: App,
    installer: Generations,
    prepared: Sequence[Prepared],
    *,
    trusted: bool,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    _require_modules(app)
    pins, there = Pins(app.layout.database), {one.id: one.version for one in installed_modules(app.layout)}
    for one in prepared:
        _require_unpinned(pins, one, there.get(one.wheel.id))
        if trusted and needs_decision(one.wheel, one.origin):
            Trust(app.layout.database).confirm(one.wheel, typed=one.wheel.id)
    installer.install_together(prepared, check=checker(app, cancelled), progress=progress, cancelled=cancelled)
    for one in prepared:
        Quarantine(app.layout.database).clear(one.wheel.id)
    write_loaded_modules(app.layout, all_refs(app.layout))


def _require_modules(app: App) -> None:
    if app.without_modules:
        raise InstallError(
            "Genoteca was opened without its modules, so none is changed now",
            hint="Go back to before the last change, or use the modules as they are; then try again.",
        )


def _require_unpinned(pins: Pins, prepared: Prepared, installed: str | None) -> None:
    wheel = prepared.wheel
    if wheel.version != installed and pins.holds(wheel.id, installed):
        raise InstallError(
            f"{wheel.manifest.title} is pinned to {installed}; {wheel.version} was to be installed",
            title="The module is pinned",
            hint=f"Unpin it first, on its page or with: genoteca modules unpin {wheel.id}",
        )
