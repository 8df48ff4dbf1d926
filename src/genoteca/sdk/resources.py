"""The three resources the app gives to every asset, as protocols; the engine implements them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from genoteca.model.build import Build
from genoteca.model.record import Record
from genoteca.model.sample import Sample
from genoteca.sdk.progress import Progress

if TYPE_CHECKING:
    from genoteca.annotate.sample_tables import SampleTables
    from genoteca.model.module import ModuleManifest
    from genoteca.sdk.isolated.environment import Environment
    from genoteca.sdk.reference_verdicts import PublisherAsked

__all__ = [
    "ENGINE",
    "FETCH",
    "IO_MANAGER",
    "PATHS",
    "PROVIDES",
    "RESOURCES",
    "EngineChoice",
    "Fetch",
    "Fetched",
    "Paths",
    "Stored",
]

PATHS = "genoteca_paths"
FETCH = "genoteca_fetch"
ENGINE = "genoteca_engine"
IO_MANAGER = "genoteca_io"
PROVIDES = "provides"
"""Key of a dataset's metadata under which it names the capabilities it is, as `sequence:GRCh38`."""
RESOURCES = frozenset({PATHS, FETCH, ENGINE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A dataset that is there: its Parquet file and its record."""

    path: Path
    record: Record

    def is_the(self, capability: str) -> bool:
        """Tell whether its record names it as the dataset of a capability."""
        told = self.record.metadata.get(PROVIDES)
        return capability in told if isinstance(told, list) else told == capability


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A file that was fetched and verified, or a local one that was named instead."""

    path: Path
    sha256: str
    bytes: int
    url: str
    """Where it came from; for a local file its path."""
    from_cache: bool
    release: str
    """Last-Modified of the publisher, or the commit of the Hub; empty: not said."""
    checksum: str = ""
    """What it was held to, as `md5:…`, `sha256:…` or `git-sha1:…`; empty: the publisher names none."""
    etag: str = ""
    last_modified: str = ""
    """The publisher's headers of these names; empty: not said."""


class Paths(Protocol):
    """Where datasets lie. The only way for an asset to reach a file."""

    def stored(self, asset: Sequence[str], partition: str | None = None) -> Stored:
        """Give the current dataset of an asset.

        Raises:
            DatasetError: there is none, or its record is damaged.

        """

    def reference(self, module_id: str, build: Build) -> Stored:
        """Give a module's reference in one build: the release that the user chose, else the newest.

        Raises:
            DatasetError: there is none.

        """

    def capability(self, name: str) -> Stored | None:
        """Give the dataset that provides a capability (`sequence:GRCh38`, `chain:GRCh37-GRCh38`), or None.

        Of several releases: the one that the user chose, else the newest.

        An installed module's manifest says `provides = [name]`, and its dataset `metadata["provides"] = [name]`.

        Raises:
            DatasetError: it is damaged.

        """

    def sample(self, partition: str) -> Sample:
        """Give what is known of a sample; `partition` is `user/sample`."""

    def sample_tables(self, partition: str) -> SampleTables:
        """Give a sample's variants, coverage and structural variants.

        Raises:
            DatasetError: the sample was not read yet.

        """

    def sample_inputs(self, partition: str) -> dict[str, str]:
        """Give the sha256 of every table of the sample, by asset."""

    def carried(self, partition: str) -> int:
        """Count the variants that a sample carries, as its reading did; 0: it is not known."""

    def alike(self, asset: Sequence[str], partition: str) -> list[Record]:
        """Give the records of an asset for some other samples of the same build and kind."""

    def publisher_asked(self, reference: Stored) -> PublisherAsked | None:
        """Give what the publisher of a reference said when it was last asked for something newer, or None."""

    def module_folder(self, module_id: str) -> Path:
        """Give the folder of an installed module's package: its tables, its icon."""

    def environment(self, manifest: ModuleManifest) -> Environment:
        """Give the environment of an isolated module.

        Raises:
            ModuleError: it is not there.

        """

    def scratch(self) -> Path:
        """Give an empty folder of this run, removed at its end."""


class Fetch(Protocol):
    """The only way for an asset to ask for the network."""

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        """Fetch an https address or a file of the Hugging Face Hub, or take a local file as it is.

        `checksum` is `sha256:…` or `md5:…`; `checksum_url` names the publisher's .md5 or .sha256 file. A file of the
        Hub is written `hf://datasets/OWNER/NAME@COMMIT/path` and held to the digest that its commit names.

        Raises:
            FetchError: not reachable, not on the module's list of hosts, or the checksum says no.

        """

    def fetch_all(self, sources: Sequence[str], *, progress: Progress) -> list[Fetched]:
        """Fetch a set of files, in their order: all of them are given, or none.

        Ask for what is needed only: the chromosomes at hand, where a publisher has a file for each.

        Raises:
            FetchError: as `fetch`, for the first file that cannot be had.

        """

    def require_room(self, sizes: Mapping[str, int]) -> None:
        """Check that the disk has room for what is not there yet of these addresses, by their sizes in bytes.

        For a large set whose files are fetched one after the other; `fetch` looks for room for its own file only.

        Raises:
            FetchError: it has not.

        """

    def forget(self, source: str) -> None:
        """Remove what was fetched from an https address from the disk, once what was made of it is whole.

        For files that are too large to be kept beside it; of anything else nothing is removed.
        """

    def pin(self, source: str, *, progress: Progress) -> str:
        """Give a source of the Hub (`hf://datasets/OWNER/NAME@main/path`) at the commit that `main` is now.

        Raises:
            FetchError: there is no such revision, or it may not be read.

        """


class EngineChoice(Protocol):
    """What the run was asked to use."""

    def choose(self, rows: int) -> Literal["polars", "duckdb"]:
        """Choose the join engine for a reference of so many rows."""

    def build(self) -> Build:
        """Give the build that a reference run shall publish."""

    def chromosomes(self) -> frozenset[str]:
        """Give the chromosomes that are needed: of the genome that is asked about, else of all on this computer."""

    def release(self) -> str:
        """Name the release that a reference run shall publish; empty: the publisher's newest."""
