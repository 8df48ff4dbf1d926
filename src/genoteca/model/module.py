"""The manifest: everything a store, a screen and a person need to know of a module before running it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal, Self

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from genoteca.model.build import Build
from genoteca.model.column import ANNOTATIONS, LIFTED, AnnotationColumn
from genoteca.model.sample import SampleKind

__all__ = [
    "MODULE_ID",
    "Author",
    "Licence",
    "ModuleId",
    "ModuleManifest",
    "Permissions",
    "Setting",
    "SettingType",
    "Source",
    "Tier",
    "fold",
]

MODULE_ID = re.compile(r"[a-z][a-z0-9-]{1,39}")
RESERVED = frozenset({"sample"})


def fold(module_id: str) -> str:
    """Fold `-` and `_`: two ids that fold alike are the same id."""
    return module_id.replace("-", "_")


def _module_id(text: str) -> str:
    if not MODULE_ID.fullmatch(text) or text in RESERVED:
        raise ValueError(f"{text!r} is not a module id: [a-z][a-z0-9-]{{1,39}}, and not {sorted(RESERVED)}")
    return text


def _version(text: str) -> str:
    Version(text)
    return text


def _specifiers(text: str) -> str:
    SpecifierSet(text)
    return text


ModuleId = Annotated[str, AfterValidator(_module_id)]


class Strict(BaseModel):
    """A table of the manifest: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tier(StrEnum):
    """How far a module is trusted, decided by its contents."""

    DATA = "data"
    ISOLATED = "isolated"
    CODE = "code"


class Author(Strict):
    """Who made the module."""

    name: str
    url: str = ""


class Licence(Strict):
    """SPDX expressions of the module's code and of its data."""

    code: str = Field(min_length=2)
    data: str = Field(min_length=2)
    data_note: str = ""
    """The data licence in a sentence, where the SPDX name does not say it."""


class Source(Strict):
    """Where the module's facts come from."""

    name: str
    url: str = Field(pattern=r"^https://")
    release: str = ""
    licence: str = ""
    citation: str = ""


class Permissions(Strict):
    """What the module does to the machine, shown before it is installed."""

    network: tuple[str, ...] = ()
    """Hosts that its reference is fetched from; empty: it never asks for the network."""
    reads: tuple[str, ...] = ("variants", "coverage")
    writes: tuple[str, ...] = ("annotations",)
    compute: str = "light"


class SettingType(StrEnum):
    """What kind of value a module's setting takes."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    CHOICE = "choice"
    PATH_OR_URL = "path_or_url"


class Setting(Strict):
    """One setting that the user may change."""

    type: SettingType
    label: str = ""
    description: str = ""
    default: JsonValue = None
    choices: tuple[str, ...] = ()


class ModuleManifest(Strict):
    """Everything a module says of itself."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: ModuleId
    title: str = Field(min_length=2, max_length=60)
    summary: str = Field(min_length=10, max_length=200)
    description: str = ""
    """Markdown."""
    version: Annotated[str, AfterValidator(_version)]
    data_version: str = Field(min_length=1)
    """Of the tables it ships; for a fetched reference: of the conversion, the release stands in the record."""
    requires_app: Annotated[str, AfterValidator(_specifiers)] = ">=0.1,<1"
    authors: tuple[Author, ...] = Field(min_length=1)
    category: str = Field(min_length=2)
    tags: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    """Gene symbols it is found by, beside those its tables name."""
    icon: str = ""
    """File name of an SVG in the module's package."""
    screenshots: tuple[str, ...] = ()
    """File names of pictures (SVG, PNG) in the module's package that show what it answers."""
    licence: Licence
    sources: tuple[Source, ...] = Field(min_length=1)
    builds: tuple[Build, ...] = Field(min_length=1)
    sample_kinds: tuple[SampleKind, ...] = (
        SampleKind.WHOLE_GENOME,
        SampleKind.EXOME,
        SampleKind.GVCF,
        SampleKind.PANEL,
    )
    needs_gvcf: bool = False
    download_bytes: int = Field(default=0, ge=0)
    disk_bytes: int = Field(default=0, ge=0)
    permissions: Permissions = Permissions()
    requires: tuple[ModuleId, ...] = ()
    provides: tuple[str, ...] = ()
    """What it has for the app and for other modules, by name: `sequence:GRCh38`, `chain:GRCh37-GRCh38`."""
    dense: bool = True
    """Every site gets its evidence (panels, ClinVar), or rows only where an allele is carried (gnomAD)."""
    columns: tuple[AnnotationColumn, ...] = ()
    columns_from: Literal["manifest", "settings"] = "manifest"
    """Where the columns are declared: here, or by the hook `describe_columns`, which looks at the settings."""
    form: Literal["fields", "table"] = "fields"
    """How it is set up: a field for each setting, or a file of the user's and what its columns are."""
    settings: dict[str, Setting] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _columns_are_its_own(self) -> Self:
        names = [column.name for column in self.columns]
        taken = {column.name for column in (*ANNOTATIONS, *LIFTED)}
        clash = sorted({n for n in names if names.count(n) > 1 or n in taken})
        if clash:
            raise ValueError(f"columns declared twice, or under a name every module has: {', '.join(clash)}")
        return self

    @property
    def annotates(self) -> bool:
        """Whether it answers for a sample; a module that only provides something for others does not."""
        return bool(self.columns) or not self.provides

    @property
    def is_set_up(self) -> bool:
        """Whether its columns are known; where they come from the settings, a file must have been chosen."""
        return self.columns_from == "manifest" or bool(self.columns)

    def settled(self, columns: Sequence[AnnotationColumn], builds: Sequence[Build]) -> Self:
        """Give the manifest as it is under the settings.

        Raises:
            ValidationError: two columns have one name, or one that every module has.

        """
        told = self.model_dump(by_alias=True)
        return type(self).model_validate(told | {"columns": tuple(columns), "builds": tuple(builds)})

    def shown_columns(self) -> tuple[AnnotationColumn, ...]:
        """Columns shown until the user chooses others."""
        return tuple(column for column in self.columns if not column.hidden)
