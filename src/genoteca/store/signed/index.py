"""The index of a catalogue, `catalogue.json`: its modules with their versions, as its publisher signed them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from genoteca.model.module import ModuleId, ModuleManifest, Tier, fold
from genoteca.store.catalogue import CatalogueEntry, OfferedVersion

__all__ = [
    "ARTIFACTS",
    "INDEX",
    "LARGEST_SCREENSHOT",
    "PICTURES_EACH",
    "SCREENSHOTS",
    "Index",
    "IndexedModule",
    "IndexedVersion",
    "artifact",
    "entries_of",
]

INDEX = "catalogue.json"
ARTIFACTS = "artifacts"
SCREENSHOTS = "screenshots"
PICTURES_EACH = 5
"""Screenshots of one module that are taken and shown."""
LARGEST_SCREENSHOT = 1024**2
"""In bytes."""


def _file_name(text: str) -> str:
    if PurePosixPath(text).name != text or "\\" in text or text.startswith("."):
        raise ValueError(f"{text!r} is not the name of a file")
    return text


def _version(text: str) -> str:
    Version(text)
    return text


def _specifiers(text: str) -> str:
    SpecifierSet(text)
    return text


def _name(text: str) -> str:
    # No control character and nothing that turns the direction of writing: a name must be what it looks like.
    if not text.isprintable() or text != " ".join(text.split()):
        raise ValueError(f"{text!r} is not a name that can be shown as it is")
    return text


FileName = Annotated[str, AfterValidator(_file_name)]


class Loose(BaseModel):
    """A table of the index: what a later Genoteca adds is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class IndexedVersion(Loose):
    """One version of a module; what its manifest says (licences, sources, permissions …) stands there."""

    version: Annotated[str, AfterValidator(_version)]
    tier: Tier
    wheel: FileName
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    unpacked_bytes: int = Field(ge=0)
    download_bytes: int = Field(ge=0)
    """Of the data it will fetch."""
    disk_bytes: int = Field(ge=0)
    """On disk, its data and itself."""
    released: datetime
    changelog: str = ""
    yanked: str = ""
    """Why it was withdrawn; empty: it was not."""
    requires_app: Annotated[str, AfterValidator(_specifiers)]
    requires: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    screenshots: tuple[FileName, ...] = ()
    """Files of the catalogue's folder of screenshots."""
    manifest: dict[str, JsonValue]

    def read_manifest(self) -> ModuleManifest | None:
        """Read the manifest; None: it has keys that this Genoteca does not know."""
        try:
            return ModuleManifest.model_validate(self.manifest)
        except ValidationError:
            return None


class IndexedModule(Loose):
    """One module with every version that is on offer, newest first."""

    id: ModuleId
    distribution: str
    readme: str = ""
    """Of the newest version, Markdown."""
    icon: str = ""
    """Of the newest version, SVG text."""
    versions: tuple[IndexedVersion, ...] = Field(min_length=1)


class Index(Loose):
    """Everything a catalogue offers."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    name: Annotated[str, AfterValidator(_name)] = Field(min_length=2, max_length=60)
    modules: tuple[IndexedModule, ...] = ()
    presets: tuple[dict[str, JsonValue], ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [fold(module.id) for module in self.modules]
        if len(set(ids)) != len(ids):
            raise ValueError("two modules have one id, or ids that differ only in - and _")
        for module in self.modules:
            versions = [Version(one.version) for one in module.versions]
            if len(set(versions)) != len(versions):
                raise ValueError(f"{module.id} has a version twice")
        return self

    def module(self, module_id: str) -> IndexedModule | None:
        """Find a module by its id."""
        return next((module for module in self.modules if module.id == module_id), None)


def artifact(wheel: str) -> str:
    """Path of an artifact inside a catalogue."""
    return f"{ARTIFACTS}/{wheel}"


def entries_of(index: Index, *, slug: str, name: str, key: str, app: str) -> list[CatalogueEntry]:
    """Give what an index offers, by title; a module of which no version can be read is left out.

    `slug`, `name`, `key`: of the catalogue as it was added; `app`: this version of Genoteca.
    """
    found = (_entry(module, slug=slug, name=name, key=key, app=app) for module in index.modules)
    return sorted((entry for entry in found if entry), key=lambda entry: entry.manifest.title.casefold())


def _entry(module: IndexedModule, *, slug: str, name: str, key: str, app: str) -> CatalogueEntry | None:
    versions = _newest_first(_offered(module, one) for one in module.versions)
    fitting = next((one for one in versions if not one.why_not(app)), None)
    shown = fitting or next((one for one in versions if one.manifest), None)
    if shown is None or shown.manifest is None:
        return None
    told = next(one for one in module.versions if one.version == shown.version)
    return CatalogueEntry(
        manifest=shown.manifest,
        tier=shown.tier,
        distribution=module.distribution,
        version=shown.version,
        readme=module.readme,
        package_bytes=told.unpacked_bytes,
        genes=tuple(sorted({*told.genes, *shown.manifest.genes})),
        versions=versions,
        catalogue=slug,
        catalogue_name=name,
        catalogue_key=key,
        drawing=module.icon,
    )


def _offered(module: IndexedModule, told: IndexedVersion) -> OfferedVersion:
    manifest = told.read_manifest()
    # An index whose manifest speaks of another module or version is not to be shown as this one.
    same = manifest and manifest.id == module.id and Version(manifest.version) == Version(told.version)
    return OfferedVersion(
        version=told.version,
        tier=told.tier,
        wheel=told.wheel,
        sha256=told.sha256,
        bytes=told.bytes,
        download_bytes=told.download_bytes,
        disk_bytes=told.disk_bytes,
        released=told.released,
        changelog=told.changelog,
        yanked=told.yanked,
        requires_app=told.requires_app,
        requires=told.requires,
        manifest=manifest if same else None,
        screenshots=told.screenshots,
    )


def _newest_first(versions: Iterable[OfferedVersion]) -> tuple[OfferedVersion, ...]:
    return tuple(sorted(versions, key=lambda one: Version(one.version), reverse=True))
