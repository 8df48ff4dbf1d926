"""Presets: a set of modules installed as one, and what is shown of their results from then on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from genoteca.actions.installing import install_modules
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.actions.modules import list_modules
from genoteca.actions.view import View
from genoteca.errors import NotFoundError
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.store.presets import ModuleView, ModuleViews, Preset, shipped_presets
from genoteca.store.stages import Cancelled, Progress, never, silent

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.column import Column

__all__ = ["PresetCard", "columns_of", "filter_words", "install_preset", "leave_preset", "list_presets", "view_of"]

_SIGNS = {
    Operator.EQUAL: "is",
    Operator.NOT_EQUAL: "is not",
    Operator.LESS: "is below",
    Operator.AT_MOST: "is at most",
    Operator.GREATER: "is above",
    Operator.AT_LEAST: "is at least",
    Operator.IN: "is",
}


class PresetCard(View):
    """One preset with what a screen shows of it."""

    preset: Preset
    modules: list[ModuleCard]
    """In the preset's order."""
    missing: list[str]
    """Names of its modules that are not installed, as an install takes them."""
    in_use: bool
    """Whether it decides what is shown of every one of its modules."""
    download_bytes: int
    """What the missing ones will fetch at most."""


def list_presets(app: App) -> list[PresetCard]:
    """Give the presets whose modules are all on offer or installed, by title."""
    # of an id that several catalogues offer, the one shipped with the app
    known = {card.id: card for card in reversed(list_modules(app)) if not card.catalogue or card.installed_version}
    views = ModuleViews(app.layout.database).all()
    return [
        _card(preset, known, {name for name, view in views.items() if view.preset == preset.id})
        for preset in shipped_presets()
        if set(preset.modules) <= known.keys()
    ]


def install_preset(
    app: App, preset_id: str, *, progress: Progress = silent, cancelled: Cancelled = never
) -> PresetCard:
    """Install what is missing of a preset's modules as one change, and show of all of them what it says.

    All that is missing is installed, or nothing. Modules that are there already stay as they are.

    Raises:
        NotFoundError: there is no such preset.
        InstallError: a module cannot be installed, or it was cancelled.
        CheckError: a module breaks a rule.

    """
    wanted = _found(app, preset_id)
    if wanted.missing:
        install_modules(app, wanted.missing, progress=progress, cancelled=cancelled)
    ModuleViews(app.layout.database).keep(wanted.preset)
    return _found(app, preset_id)


def leave_preset(app: App, module_id: str) -> None:
    """Show of a module's results every row and the columns it shows itself again."""
    ModuleViews(app.layout.database).forget(module_id)


def view_of(app: App, module_id: str, columns: Collection[str]) -> ModuleView | None:
    """Give what a preset says is shown of a module's table, as far as the table has it; None: nothing is said.

    A filter that names a column which the table does not have is left out whole: half of it would mislead.
    """
    view = ModuleViews(app.layout.database).find(module_id)
    if view is None:
        return None
    kept = tuple(name for name in view.columns if name in columns)
    fits = view.filter is not None and columns_of(view.filter) <= set(columns)
    return view.model_copy(update={"columns": kept, "filter": view.filter if fits else None})


def columns_of(asked: Filter) -> set[str]:
    """Give the columns that a filter names."""
    match asked:
        case Condition():
            return {asked.column}
        case Not():
            return columns_of(asked.part)
        case _:
            return set().union(*(columns_of(part) for part in asked.parts))


def filter_words(asked: Filter, columns: Collection[Column]) -> str:
    """Say a filter in words, with the columns' labels."""
    labels = {column.name: column.label for column in columns}
    match asked:
        case Condition():
            return _condition_words(asked, labels.get(asked.column, asked.column))
        case Not():
            return f"not ({filter_words(asked.part, columns)})"
        case All():
            return " and ".join(_inner(part, columns) for part in asked.parts)
        case Any_():
            return " or ".join(_inner(part, columns) for part in asked.parts)


def _inner(part: Filter, columns: Collection[Column]) -> str:
    told = filter_words(part, columns)
    return f"({told})" if isinstance(part, All | Any_) and len(part.parts) > 1 else told


def _condition_words(one: Condition, label: str) -> str:
    value = one.value
    if isinstance(value, bool):
        return f"{label}: {'yes' if value is (one.op is Operator.EQUAL) else 'no'}"
    told = " or ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    sign = _SIGNS.get(one.op, one.op.value)
    return f"{label} {sign}" if one.op in (Operator.EMPTY, Operator.NOT_EMPTY) else f"{label} {sign} {told}"


def _found(app: App, preset_id: str) -> PresetCard:
    cards = list_presets(app)
    card = next((one for one in cards if one.preset.id == preset_id), None)
    if card is None:
        known = ", ".join(one.preset.id for one in cards)
        raise NotFoundError(f"There is no preset {preset_id!r}.", hint=f"Presets: {known}")
    return card


def _card(preset: Preset, known: dict[str, ModuleCard], shown_by_it: set[str]) -> PresetCard:
    modules = [known[name] for name in preset.modules]
    missing = [card for card in modules if card.state is ModuleState.AVAILABLE]
    return PresetCard(
        preset=preset,
        modules=modules,
        missing=[card.source for card in missing],
        in_use=not missing and set(preset.modules) <= shown_by_it,
        download_bytes=sum(card.manifest.download_bytes for card in missing),
    )
