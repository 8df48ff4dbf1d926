"""What screens and commands are told of modules, their data, versions and history."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field, JsonValue

from genoteca.actions.view import Trouble, View
from genoteca.model.module import ALLOW_NETWORK, ModuleManifest, Tier
from genoteca.sdk.isolated.boxes import Box, box_here
from genoteca.store.choice import SHIPPED_SLUG
from genoteca.store.preferences import own_source
from genoteca.store.trust import runs_as

__all__ = [
    "DataRelease",
    "DataUpdate",
    "GenerationCard",
    "ModuleCard",
    "ModuleData",
    "ModuleState",
    "ModuleVersion",
    "Provided",
    "TrustDecision",
]


class ModuleState(StrEnum):
    """Where a module stands in the store."""

    AVAILABLE = "available"
    INSTALLED = "installed"
    UPDATE = "update available"
    BROKEN = "set aside"


class Provided(View):
    """One thing that a module has for the app or for others."""

    name: str
    """`sequence:GRCh38`"""
    build: str
    """In which it can be fetched by itself; empty: it is fetched where it is needed."""
    release: str
    bytes: int
    when: datetime | None
    """None: it is not there."""


class DataRelease(View):
    """One release of a module's data that is there."""

    name: str
    builds: list[str]
    """Empty: of no build of its own, as the chains between two."""
    used_in: list[str]
    """Builds in which it is the one that is used."""
    chosen: bool
    """By the user; else the newest is used."""
    bytes: int
    """On the disk."""
    when: datetime
    rows: int
    chromosomes: list[str] = Field(default_factory=list)
    """Those that were fetched; empty: all that it has."""
    unusable: str = ""
    """Why it cannot be chosen; empty: it can."""
    licence: str = ""


class DataUpdate(View):
    """Newer data than any that is there."""

    build: str
    have: str
    """The newest release that is there."""
    release: str
    """What the publisher has; empty: it does not say its name."""


class ModuleData(View):
    """The data of a module: what is there, and what its publisher has."""

    module: str
    releases: list[DataRelease]
    """Newest first."""
    missing: list[str]
    """Builds of which nothing is there yet."""
    updates: list[DataUpdate] = Field(default_factory=list)
    checked: datetime | None = None
    """When the publisher was last asked; None: never."""
    problems: list[str] = Field(default_factory=list)
    """Why it could not be asked then."""
    runs: list[str] = Field(default_factory=list)
    """Runs that are queued or at work for it."""
    can_check: bool = False
    fetches: bool = False
    """Whether it fetches anything at all; else its data came with it."""
    own_source: str = ""
    """The file or folder on this computer that it is read from in place of its publisher's; empty: none was set."""


class ModuleVersion(View):
    """One version of a module on offer."""

    version: str
    tier: Tier
    bytes: int
    """To fetch for the module itself; shipped with the app: of its package."""
    download_bytes: int
    """To fetch for its data."""
    disk_bytes: int
    """On disk, its data and itself."""
    released: datetime | None = None
    """When it was first on offer; None: shipped with the app."""
    changelog: str = ""
    """What is new in it, Markdown."""
    yanked: str = ""
    """Why its publisher withdrew it; empty: it did not."""
    requires_app: str
    requires: list[str] = Field(default_factory=list)
    why_not: str = ""
    """Why it cannot be installed; empty: it can."""


class ModuleCard(View):
    """One module with everything its card and its detail show."""

    id: str
    manifest: ModuleManifest
    tier: Tier
    state: ModuleState
    version: str
    """On offer, else installed."""
    installed_version: str | None = None
    origin: str
    """`shipped with Genoteca`, or the file it was installed from."""
    icon: str = ""
    """SVG text."""
    readme: str = ""
    """Markdown."""
    bytes: int = 0
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    trouble: Trouble | None = None
    works_with: dict[str, str] = Field(default_factory=dict)
    """By sample: `yes`, or why not."""
    provided: list[Provided] = Field(default_factory=list)
    """What it has for the app or for others, once it is installed."""
    newer_data: bool = False
    """Whether its publisher is known to have newer data than what is there."""
    catalogue: str = ""
    """Slug of the added catalogue that this card is of; empty: shipped with the app, or from a file."""
    catalogue_name: str = ""
    others: list[str] = Field(default_factory=list)
    """Other catalogues that offer a module of the same id; `shipped` stands for what came with the app."""
    versions: list[ModuleVersion] = Field(default_factory=list)
    """On offer, newest first."""
    genes: list[str] = Field(default_factory=list)
    """Gene symbols it is found by."""
    withdrawn: str = ""
    """Why the version that is installed was withdrawn by its publisher; empty: it was not."""

    pinned: str = ""
    """The installed version, where updates pass it by; empty: it is not pinned."""
    needs_trust: bool = False
    """Whether it is set aside because nobody trusts its code, or not any more."""

    @property
    def runs_as(self) -> Tier:
        """The tier that it has on this computer: without a box, an isolated module is code."""
        return runs_as(self.tier)

    @property
    def box(self) -> Box:
        """What shuts an isolated module in on this computer."""
        return box_here()

    @property
    def network_granted(self) -> bool:
        """Whether the user opened the box of an isolated module to the network."""
        return self.settings.get(ALLOW_NETWORK) is True

    @property
    def source(self) -> str:
        """What names this very card to an action: `ID@catalogue`, or the id alone where no other offers it."""
        catalogue = self.catalogue or (SHIPPED_SLUG if self.others else "")
        return f"{self.id}@{catalogue}" if catalogue else self.id

    @property
    def own_source(self) -> str:
        """The file or folder on this computer that its data is read from in place of its publisher's."""
        return own_source(self.manifest, self.settings)


class GenerationCard(View):
    """The modules as they were at one time, and what was changed then."""

    number: int
    when: datetime
    changes: list[str]
    """In words: `ClinVar 1.0.0 → 1.1.0`."""
    modules: list[str]
    """Ids and versions of all that were installed."""
    current: bool


class TrustDecision(View):
    """One module whose code a person trusted, by the sha256 of its wheel."""

    id: str
    title: str
    version: str
    sha256: str
    tier: Tier
    when: datetime
    installed: bool
    """Whether these very contents are installed now."""
