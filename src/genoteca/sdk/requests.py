"""What the asset factories hand to an author's plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from genoteca.model.build import Build
from genoteca.model.module import ModuleManifest
from genoteca.sdk.progress import Progress
from genoteca.sdk.resources import EngineChoice, Fetch, Paths, Stored

if TYPE_CHECKING:
    from genoteca.annotate.sample_tables import SampleTables

__all__ = ["AnnotateRequest", "ReferenceRequest"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceRequest:
    """Make the reference of one build."""

    manifest: ModuleManifest
    build: Build
    fetch: Fetch
    paths: Paths
    settings: Mapping[str, JsonValue]
    """Every declared setting: the user's value, else the default."""
    scratch: Path
    """An empty folder, removed at the end of the run."""
    progress: Progress
    chromosomes: frozenset[str] | None = None
    """Those needed, for a publisher with a file for each: of the genome that is asked about, or of all on this
    computer; None: not known, take all.

    A reference that lacks any says in its metadata, under `chromosomes`, which ones it has.
    """
    release: str = ""
    """The release that is to be completed, as the module named it; empty: the newest that there is.

    What is published then must be that release: another one is refused.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnotateRequest:
    """Answer one sample. Build, sample kind and genotypes were looked at before."""

    manifest: ModuleManifest
    sample_tables: SampleTables
    reference: Stored
    """In the sample's build."""
    settings: Mapping[str, JsonValue]
    """Every declared setting: the user's value, else the default."""
    engine: EngineChoice
    progress: Progress
