"""The app's resources in small, on one temporary folder: what a module's own tests run against."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from genoteca.annotate.sample_tables import SampleTables
from genoteca.errors import DatasetError, FetchError
from genoteca.genome.chromosomes import chromosomes_in
from genoteca.model.build import Build
from genoteca.model.module import ModuleManifest
from genoteca.model.record import Record
from genoteca.model.sample import Sample
from genoteca.sdk.checksum_file import published_digest
from genoteca.sdk.dataset import Dataset, Written
from genoteca.sdk.isolated.environment import Environment, environment_name, make_environment
from genoteca.sdk.isolated.module import told_isolated
from genoteca.sdk.isolated.requirements import read_requirements
from genoteca.sdk.parquet import as_parquet, facts
from genoteca.sdk.progress import Progress
from genoteca.sdk.reference_verdicts import PublisherAsked
from genoteca.sdk.resources import Fetched, Stored
from genoteca.sdk.tiny_sample import TinySample

__all__ = ["LocalEngine", "LocalFetch", "LocalPaths", "keep"]


class LocalPaths:
    """Datasets of one sample and one module, in one folder."""

    def __init__(self, sample: TinySample, folder: Path, module_folder: Path) -> None:
        self.tiny = sample
        self.folder = folder
        self.package = module_folder
        self.datasets: dict[tuple[str, ...], Stored] = {}

    def stored(self, asset: Sequence[str], partition: str | None = None) -> Stored:
        """Give the dataset of an asset; there is one sample, so `partition` says nothing new."""
        if tuple(asset) not in self.datasets:
            raise DatasetError(f"{'/'.join(asset)} was not made for {partition or 'everyone'}.")
        return self.datasets[tuple(asset)]

    def reference(self, module_id: str, build: Build) -> Stored:
        """Give the module's reference."""
        found = self.stored([module_id, "reference"])
        if found.record.build != build:
            raise DatasetError(f"The reference of {module_id} is of {found.record.build}, not of {build}.")
        return found

    def capability(self, name: str) -> Stored | None:
        """Give the dataset made here that names a capability in its metadata, or None."""
        made = [stored for stored in self.datasets.values() if stored.is_the(name)]
        return max(made, key=lambda stored: stored.record.created, default=None)

    def sample(self, partition: str) -> Sample:
        """Give what is known of the sample."""
        if partition != self.tiny.sample.id.key:
            raise DatasetError(f"There is no sample {partition}, only {self.tiny.sample.id}.")
        return self.tiny.sample

    def sample_tables(self, partition: str) -> SampleTables:
        """Give the sample's tables."""
        self.sample(partition)
        return self.tiny.tables

    def sample_inputs(self, partition: str) -> dict[str, str]:
        """Give the sha256 of the sample's tables."""
        self.sample(partition)
        return self.tiny.inputs

    def carried(self, partition: str) -> int:  # noqa: ARG002 - nobody counted
        """Give nothing: its tables came without a reading."""
        return 0

    def alike(self, asset: Sequence[str], partition: str) -> list[Record]:  # noqa: ARG002 - there is one sample
        """Give nothing: there is one sample."""
        return []

    def publisher_asked(self, reference: Stored) -> PublisherAsked | None:  # noqa: ARG002 - nobody is asked
        """Give nothing: no publisher is asked."""
        return None

    def module_folder(self, module_id: str) -> Path:  # noqa: ARG002 - there is one module
        """Give the folder of the module's package."""
        return self.package

    def environment(self, manifest: ModuleManifest) -> Environment:
        """Make the environment of an isolated module, in the test's folder."""
        isolated = told_isolated(manifest)
        wanted = read_requirements(self.package, isolated.requirements)
        return make_environment(
            self.folder / "environments" / environment_name(wanted), wanted, python=isolated.python
        )

    def scratch(self) -> Path:
        """Give a new empty folder."""
        return Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))


class LocalFetch:
    """Fetches from this computer only."""

    def __init__(self, sources: Mapping[str, Path]) -> None:
        self.sources = sources

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        """Take the local file that stands for `source`, or `source` itself where it is one; look at its checksum.

        Raises:
            FetchError: no local file stands for it, or the checksum says no.

        """
        path = self.sources.get(source, Path(source))
        if not path.is_file():
            raise FetchError(
                f"{source} is not on this computer, and tests do not ask the network.",
                hint="Name a local file for it: materialize_module(…, sources={address: path}).",
            )
        progress(1.0, f"Read {path.name}")
        content = path.read_bytes()
        if checksum_url in self.sources:
            digest = published_digest(self.sources[checksum_url].read_text(), source.rpartition("/")[2])
            checksum = f"md5:{digest}"
        _verify(path, content, checksum)
        return Fetched(
            path=path,
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            url=source,
            from_cache=False,
            release="",
        )

    def fetch_all(self, sources: Sequence[str], *, progress: Progress) -> list[Fetched]:
        """Take the local files that stand for `sources`.

        Raises:
            FetchError: no local file stands for one of them.

        """
        return [self.fetch(source, progress=progress) for source in sources]

    def require_room(self, sizes: Mapping[str, int]) -> None:
        """Ask nothing: what stands for an address here is on the disk."""

    def forget(self, source: str) -> None:
        """Remove nothing: what stands for an address here is a file of the test's own."""

    def pin(self, source: str, *, progress: Progress) -> str:  # noqa: ARG002 - nobody is asked
        """Give a source of the Hub at the one commit of every test: forty zeros."""
        return re.sub(r"@[^/]+/", f"@{'0' * 40}/", source, count=1)


class LocalEngine:
    """What a run was asked for: one build, one engine, the chromosomes of one sample."""

    def __init__(self, sample: TinySample, engine: Literal["polars", "duckdb"] = "polars") -> None:
        self._sample = sample
        self._engine = engine

    def choose(self, rows: int) -> Literal["polars", "duckdb"]:  # noqa: ARG002 - a test's tables are all small
        """Give the one engine."""
        return self._engine

    def build(self) -> Build:
        """Give the one build."""
        return self._sample.sample.build

    def chromosomes(self) -> frozenset[str]:
        """Give the chromosomes on which the sample has variants."""
        return chromosomes_in(self._sample.tables.variants)

    def release(self) -> str:
        """Name no release: the newest."""
        return ""


def keep(paths: LocalPaths, context: Any, dataset: Dataset) -> Stored:
    """Write what an asset made, with its record, as the app's IO manager does."""
    asset = list(context.asset_key.path)
    place = paths.folder.joinpath(*asset[:-1])
    place.mkdir(parents=True, exist_ok=True)
    path = as_parquet(dataset.table, place / f"{asset[-1]}.parquet")
    if dataset.ending:
        path = Path(shutil.copyfile(path, place / f"{asset[-1]}{dataset.ending}"))
    content = path.read_bytes()
    written = Written(
        file=path.name,
        rows=0 if dataset.ending else facts(path)[1],
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    partition = context.partition_key if context.has_partition_key else None
    record = dataset.record(asset=asset, partition=partition, run=context.run_id, written=written)
    paths.datasets[tuple(asset)] = Stored(path=path, record=record)
    return paths.datasets[tuple(asset)]


def _verify(path: Path, content: bytes, checksum: str) -> None:
    if not checksum:
        return
    kind, _, expected = checksum.partition(":")
    found = hashlib.new(kind, content, usedforsecurity=False).hexdigest()
    if found != expected.lower():
        raise FetchError(f"{path.name}: {kind} is {found}, expected {expected}.")
