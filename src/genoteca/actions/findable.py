"""What can be found whatever genome is looked at: pages, things to do, modules, settings, help, genes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from genoteca.actions.automation import SETTINGS
from genoteca.actions.glossary import glossary
from genoteca.actions.help import help_pages
from genoteca.actions.known_genes import known_genes
from genoteca.actions.module_views import ModuleState
from genoteca.actions.modules import list_modules
from genoteca.engine.files import changed_at
from genoteca.settings import Settings

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["Findable", "FindableThings", "KnownGene", "findable"]

PAGES = (
    ("Store", "Modules on offer", "/store", "shop gallery install modules"),
    ("Genomes", "Your genome files", "/genomes", "samples files people"),
    ("Results", "What the modules say", "/results", "answers findings"),
    ("Explore", "Every variant in one table", "/explore", "variants table filter"),
    ("Compare two genomes", "Shared, only here, different genotypes", "/compare", "family relatives difference"),
    ("Runs", "What is being made, and what was", "/runs", "progress log cancel history"),
    (
        "By itself",
        "Modules asked when it is time, inbox",
        "/automation",
        "automation schedule nightly idle",
    ),
    ("Settings", "Look, speed, network, limits", "/settings", "preferences options"),
    ("Catalogues, trust and history", "Where modules come from", "/settings/modules", "updates undo roll back"),
    ("Keeping and forgetting", "Verify, back up, receipts", "/settings/keeping", "backup restore delete verify"),
    ("Help", "Every help page", "/help", "manual guide documentation"),
    ("Glossary", "The words of the field", "/help/glossary", "terms meaning words"),
)
ACTIONS = (
    ("Add a genome", "Open a genome file on this computer", "/genomes", "import upload vcf 23andme file new", True),
    ("Install modules", "Choose from the store", "/store", "add get", True),
    ("Look for updates", "Modules with something newer", "/store?updates=yes", "upgrade new version", False),
    ("Make a module from a table", "Of a file of your own", "/author", "author own csv excel", False),
    ("Try the demo genome", "A genome of nobody", "/welcome", "example synthetic start", False),
    ("Take the last change of modules back", "From their history", "/settings/modules", "undo roll back", False),
    ("Ask many genomes at once", "All genomes by some modules", "/automation#backfills", "backfill batch all", False),
    (
        "What was asked of the internet",
        "Every request ever made",
        "/settings#outside",
        "network privacy outside",
        False,
    ),
    ("Choose light or dark", "How the app looks", "/settings#theme", "theme dark mode appearance", False),
)
HIDDEN_SETTINGS = frozenset({"home", "hf_endpoint", "hf_token", "hf_hub_offline", "check_seconds", "port"})
"""Settings that no page of the app shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findable:
    """One thing with everything that is searched of it."""

    kind: str
    label: str
    detail: str
    target: str
    more: str = ""
    """Words that are searched and not shown."""
    first: bool = False
    """Offered before anything was typed."""
    said: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", f"{self.label} {self.detail} {self.more}".casefold())


class KnownGene(NamedTuple):
    """A gene and the modules that know of it."""

    folded: str
    symbol: str
    titles: list[str]


class FindableThings:
    """Everything that can be found, made once and kept while nothing is installed, removed or published."""

    def __init__(self, offers: list[Findable], genes: list[KnownGene]) -> None:
        self._offers, self._genes = offers, genes

    def __iter__(self) -> Iterator[Findable]:
        return iter(self._offers)

    def genes_beginning(self, letters: str, *, most: int = 40) -> list[KnownGene]:
        """Give the genes whose symbol begins with these letters, by symbol."""
        begin = bisect_left(self._genes, (letters,))
        near = self._genes[begin : begin + most]
        return [gene for gene in near if gene.folded.startswith(letters)]


def findable(app: App) -> FindableThings:
    """Give everything that can be found; made anew where something changed on the disk."""
    state = _state(app)
    if app.findable is None or app.findable[0] != state:
        app.findable = (state, _gathered(app))
    return app.findable[1]


def _gathered(app: App) -> FindableThings:
    genes = [KnownGene(symbol.casefold(), symbol, titles) for symbol, titles in known_genes(app).items()]
    return FindableThings([*_pages(), *_modules(app), *_settings(), *_help()], sorted(genes))


def _state(app: App) -> tuple[tuple[str, int], ...]:
    """Say how what is installed, on offer and published stands: a few looks at the disk, nothing is read."""
    layout = app.layout
    looked = [
        layout.modules / "current",
        *sorted(layout.catalogue.glob("*/*.json")),
        *sorted((layout.cache / "genes").glob("*.txt")),
    ]
    return tuple((str(path), changed_at(path)) for path in looked)


def _pages() -> Iterator[Findable]:
    for label, detail, target, more, first in ACTIONS:
        yield Findable(kind="action", label=label, detail=detail, target=target, more=more, first=first)
    for label, detail, target, more in PAGES:
        yield Findable(kind="page", label=label, detail=detail, target=target, more=more, first=True)


def _modules(app: App) -> Iterator[Findable]:
    for card in list_modules(app):
        manifest = card.manifest
        there = "on offer" if card.state is ModuleState.AVAILABLE else "installed"
        more = " ".join((card.id, manifest.category, *manifest.tags, manifest.summary))
        detail = f"{manifest.category or 'Module'}, {there}"
        target = f"/store/{card.source}"
        yield Findable(kind="module", label=manifest.title, detail=detail, target=target, more=more)


def _settings() -> Iterator[Findable]:
    for name, told in Settings.model_fields.items():
        if name not in HIDDEN_SETTINGS:
            label = name.replace("_", " ").replace("gb", "in gigabytes").capitalize()
            detail = (told.description or "").replace("`", "")
            page = "/automation" if name in SETTINGS and name != "check_updates" else "/settings"
            yield Findable(kind="setting", label=label, detail=detail, target=f"{page}#{name}", more=name)


def _help() -> Iterator[Findable]:
    for page in help_pages():
        yield Findable(kind="help", label=page.title, detail="Help", target=f"/help/{page.name}", more=page.text)
    for term in glossary():
        target, more = f"/help/glossary#{term.id}", " ".join([*term.also, term.short])
        yield Findable(kind="term", label=term.term, detail="Glossary", target=target, more=more)
