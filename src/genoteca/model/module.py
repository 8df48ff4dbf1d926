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
from genoteca.model.column import ANNOTATIONS, GATE, LIFTED, AnnotationColumn, ColumnType
from genoteca.model.report import ReportTemplate
from genoteca.model.sample import SampleKind
from genoteca.model.smart_filter import SmartFilter, columns_of

__all__ = [
    "ALLOW_NETWORK",
    "MODULE_ID",
    "Author",
    "Isolated",
    "Licence",
    "ModuleId",
    "ModuleManifest",
    "Permissions",
    "ReportNaming",
    "Setting",
    "SettingType",
    "Source",
    "Tier",
    "fold",
]

ALLOW_NETWORK = "allow_network"
"""Setting of an isolated module that opens its box to the network; off unless the user turns it on."""

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


class Isolated(Strict):
    """How the script of an isolated module is run: in a process and an environment of its own, in a closed box."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    script: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*\.py$")
    """File beside `module.toml`."""
    requirements: str = Field(default="", pattern=r"^([A-Za-z0-9_-]+\.txt)?$")
    """File beside `module.toml`: what the script imports, every line one pinned version with its hashes; empty: only
    what comes with Python."""
    python: str = Field(default="3.11", pattern=r"^3\.(1[1-9]|[2-9][0-9])$")
    """The oldest Python that it runs on."""
    tables: Literal["parquet", "tsv"] = "parquet"
    """How it is handed the genome's tables, and hands back its own."""
    memory_mb: int = Field(default=2048, ge=64, le=65536)
    """It is ended above this."""
    seconds: int = Field(default=600, ge=1, le=86400)
    """It is ended after this."""
    output_mb: int = Field(default=512, ge=1, le=16384)
    """It is ended when it has written more than this."""


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

    def title(self, name: str) -> str:
        """Give what it is called where people read it; `name`: its own, in the manifest."""
        return self.label or name.replace("_", " ").capitalize()


class ReportNaming(Strict):
    """What a module's report section is called, and how it is made."""

    title: str = Field(min_length=2, max_length=80)
    template: ReportTemplate | None = None
    """Filled in by the app; null: the module's hook `report_section` writes the section."""
    gate: str = ""
    """What must be read and agreed to before the section, or how the answers fall into classes, is shown; the table
    of the answers stays open. Empty: nothing."""


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
    identity: tuple[str, ...] = ()
    """Its own columns that tell rows of one allele apart, release after release; empty: the allele alone does."""
    columns_from: Literal["manifest", "settings"] = "manifest"
    """Where the columns are declared: here, or by the hook `describe_columns`, which looks at the settings."""
    form: Literal["fields", "table"] = "fields"
    """How it is set up: a field for each setting, or a file of the user's and what its columns are."""
    settings: dict[str, Setting] = Field(default_factory=dict)
    isolated: Isolated | None = None
    """Its script runs in a closed box; None: it has none."""
    filters: tuple[SmartFilter, ...] = ()
    """Its smart filters: offered above its results, one click each."""
    report: ReportNaming | None = None
    """Its report section; null: it has none."""
    gate: str = ""
    """What must be read and agreed to before anything that it says of a genome is shown, counts included."""

    @model_validator(mode="after")
    def _asks_before_it_leaves_the_box(self) -> Self:
        asked = self.settings.get(ALLOW_NETWORK)
        if self.isolated is None:
            return self
        if self.columns_from == "settings" or self.form == "table" or self.provides:
            raise ValueError("an isolated module declares its columns here, and provides nothing to others")
        if asked is not None and (asked.type is not SettingType.BOOLEAN or asked.default is not False):
            raise ValueError(
                f"settings.{ALLOW_NETWORK} is a boolean whose default is false: only the user turns it on"
            )
        if bool(self.permissions.network) is not (asked is not None):
            raise ValueError(
                "an isolated module that asks the network names its hosts under permissions.network and declares "
                f"settings.{ALLOW_NETWORK}; one that does not has neither"
            )
        return self

    @model_validator(mode="after")
    def _rows_that_ask_are_always_there(self) -> Self:
        if any(column.name == GATE for column in self.columns) and not (self.dense or self.gate):
            raise ValueError(
                f"a row behind the column {GATE!r} tells that its allele is carried, just by being there: with "
                'dense = false, write the gate of the whole module (gate = "…") instead'
            )
        return self

    @model_validator(mode="after")
    def _columns_are_its_own(self) -> Self:
        names = [column.name for column in self.columns]
        taken = {column.name for column in (*ANNOTATIONS, *LIFTED)}
        clash = sorted({n for n in names if names.count(n) > 1 or n in taken})
        if clash:
            raise ValueError(f"columns declared twice, or under a name every module has: {', '.join(clash)}")
        return self

    @model_validator(mode="after")
    def _rows_and_classes_name_columns(self) -> Self:
        names = {column.name: column for column in self.columns}
        scales = [column.scale for column in self.columns if column.scale]
        if len(scales) > 1:
            raise ValueError("two columns have a scale: one classifies, the others tell more")
        if self.columns_from == "manifest" and (unknown := sorted(set(self.identity) - set(names))):
            raise ValueError(f"identity names columns that it has not: {', '.join(unknown)}")
        stars = names.get(scales[0].stars) if scales and scales[0].stars else None
        if scales and scales[0].stars and (stars is None or stars.type is not ColumnType.STARS):
            raise ValueError(f"the scale's stars are not a column of stars: {scales[0].stars}")
        return self

    @model_validator(mode="after")
    def _filters_name_columns(self) -> Self:
        names = [one.name for one in self.filters]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"filters declared twice: {', '.join(doubled)}")
        template = self.report.template if self.report else None
        told = template.findings if template else ()
        trees = [*(one.where for one in self.filters), *(one.where for one in told)]
        shown = [name for one in told for name in (*one.title, one.text, *one.details, *filter(None, [one.pmids]))]
        known = {column.name for column in (*ANNOTATIONS, *LIFTED, *self.columns)}
        unknown = sorted({*shown, *(name for tree in trees for name in columns_of(tree))} - known)
        if unknown and self.columns_from == "manifest":
            raise ValueError(f"filters or report name columns that it has not: {', '.join(unknown)}")
        return self

    @property
    def annotates(self) -> bool:
        """Whether it answers for a sample; a module that only provides something for others does not."""
        return bool(self.columns) or not self.provides

    @property
    def gates(self) -> tuple[str, ...]:
        """What must be read and agreed to before it says in words what it found; rows may ask once more."""
        return tuple(gate for gate in (self.gate, self.report.gate if self.report else "") if gate)

    @property
    def is_set_up(self) -> bool:
        """Whether its columns are known; where they come from the settings, a file must have been chosen."""
        return self.columns_from == "manifest" or bool(self.columns)

    def settled(self, columns: Sequence[AnnotationColumn], builds: Sequence[Build]) -> Self:
        """Give the manifest as it is under the settings; its rows are told apart by those columns that it then has.

        Raises:
            ValidationError: two columns have one name, or one that every module has.

        """
        there = {column.name for column in columns}
        own = {
            "columns": tuple(columns),
            "builds": tuple(builds),
            "identity": tuple(name for name in self.identity if name in there),
        }
        return type(self).model_validate(self.model_dump(by_alias=True) | own)

    def shown_columns(self) -> tuple[AnnotationColumn, ...]:
        """Columns shown until the user chooses others."""
        return tuple(column for column in self.columns if not column.hidden)
