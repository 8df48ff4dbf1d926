"""Presets: a set of modules installed as one, and what is shown of their results from then on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from genoteca.actions.installing import install_modules
from genoteca.actions.module_views import ModuleCard, ModuleState
from genoteca.actions.modules import list_modules
from genoteca.actions.view import View
from genoteca.errors import InputError, NotFoundError
from genoteca.model.filter import All, Any_, Condition, Filter, Not, Operator
from genoteca.store.presets import ModuleView, ModuleViews, OfferedPreset, Preset
from genoteca.store.shelf import presets_on_offer
from genoteca.store.stages import Cancelled, Progress, never, silent

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.column import Column

__all__ = [
    "PresetCard",
    "columns_of",
    "filter_words",
    "find_preset",
    "install_preset",
    "leave_preset",
    "list_presets",
    "view_of",
]


class PresetCard(View):
    """One preset with what a screen shows of it."""

    preset: Preset
    source: str
    """What names this very preset: `ID@catalogue`, or the id alone of one shipped with the app."""
    catalogue: str = ""
    """Short name of the catalogue that offers it; empty: shipped with the app."""
    catalogue_name: str = ""
    modules: list[ModuleCard]
    """In the preset's order."""
    in_use: bool
    """Whether it decides what is shown of every one of its modules."""
    download_bytes: int
    """What the missing ones will fetch at most."""

    @property
    def missing(self) -> list[ModuleCard]:
        """Its modules that are not installed."""
        return [card for card in self.modules if card.state is ModuleState.AVAILABLE]


def list_presets(app: App) -> list[PresetCard]:
    """Give the presets whose modules are all on offer or installed: the shipped ones, then each catalogue's.

    What a catalogue's preset names is that catalogue's module where it offers it, else the one shipped with the app.
    What is installed stays, whoever it came from.
    """
    cards, views = list_modules(app), ModuleViews(app.layout.database).all()
    known = {slug: _known(cards, slug) for slug in {"", *(card.catalogue for card in cards)}}
    return [
        _card(one, known[one.catalogue], {name for name, view in views.items() if view.preset == one.source})
        for one in presets_on_offer(app.layout)
        if set(one.preset.modules) <= known.setdefault(one.catalogue, known[""]).keys()
    ]


def install_preset(
    app: App,
    preset_id: str,
    *,
    trusted: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> PresetCard:
    """Install what is missing of a preset's modules as one change, and show of all of them what it says.

    `preset_id`: `ID`, or `ID@catalogue` where several offer it; `trusted`: a person agreed to every program among
    what is missing. All that is missing is installed, or nothing. What is there already stays as it is.

    Raises:
        NotFoundError: there is no such preset.
        InputError: several catalogues offer one of that id.
        InstallError: a module cannot be installed or is not trusted, or it was cancelled.
        CheckError: a module breaks a rule.

    """
    wanted = find_preset(app, preset_id)
    if wanted.missing:
        sources = [card.source for card in wanted.missing]
        install_modules(app, sources, trusted=trusted, progress=progress, cancelled=cancelled)
    offered = OfferedPreset(preset=wanted.preset, catalogue=wanted.catalogue, catalogue_name=wanted.catalogue_name)
    ModuleViews(app.layout.database).keep(offered)
    return find_preset(app, wanted.source)


def find_preset(app: App, preset_id: str) -> PresetCard:
    """Give one preset, by `ID` or `ID@catalogue`.

    Raises:
        NotFoundError: there is no such preset.
        InputError: several catalogues offer one of that id, and none is shipped.

    """
    cards = list_presets(app)
    found = [card for card in cards if card.source == preset_id] or [
        card for card in cards if card.preset.id == preset_id
    ]
    if len(found) > 1:
        choices = " or ".join(card.source for card in found)
        raise InputError(
            f"{len(found)} catalogues offer a preset {preset_id!r}: {choices}.",
            title="Which one is meant?",
            hint=f"Name it in full, for example: {found[0].source}",
        )
    if not found:
        known = ", ".join(card.source for card in cards)
        raise NotFoundError(f"There is no preset {preset_id!r}.", hint=f"Presets: {known}")
    return found[0]


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
    sign = "is" if one.op is Operator.IN else one.op.words  # its values are joined by "or"
    return f"{label} {sign}" if one.op in (Operator.EMPTY, Operator.NOT_EMPTY) else f"{label} {sign} {told}"


def _known(cards: Sequence[ModuleCard], catalogue: str) -> dict[str, ModuleCard]:
    """Give by id what a preset of a catalogue means, best last: shipped, the catalogue's own, installed."""
    shipped = [card for card in cards if not card.catalogue]
    own = [card for card in cards if card.catalogue == catalogue]
    installed = [card for card in cards if card.installed_version]
    return {card.id: card for card in (*shipped, *own, *installed)}


def _card(offered: OfferedPreset, known: dict[str, ModuleCard], shown_by_it: set[str]) -> PresetCard:
    preset = offered.preset
    modules = [known[name] for name in preset.modules]
    missing = [card for card in modules if card.state is ModuleState.AVAILABLE]
    return PresetCard(
        preset=preset,
        source=offered.source,
        catalogue=offered.catalogue,
        catalogue_name=offered.catalogue_name,
        modules=modules,
        in_use=not missing and set(preset.modules) <= shown_by_it,
        download_bytes=sum(card.manifest.download_bytes for card in missing),
    )
