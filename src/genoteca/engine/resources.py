"""The three resources that assets are given: where datasets lie, the network, and the run's choices."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.engine import beyond, records
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.engine.fetching import Fetcher
from genoteca.engine.files import private_folder
from genoteca.engine.held import held
from genoteca.engine.hosts import hosts_of
from genoteca.engine.hub import HubAccess
from genoteca.engine.limits import rules_of
from genoteca.engine.loading import Loaded
from genoteca.engine.needed_chromosomes import needed_chromosomes
from genoteca.engine.outside_log import OutsideLog
from genoteca.engine.recovery import SCRATCH
from genoteca.engine.samples import read_sample, write_sample
from genoteca.errors import DatasetError, ModuleError, RunError
from genoteca.genome.reading import Limits
from genoteca.model.build import Build
from genoteca.model.intake import Intake
from genoteca.model.module import ModuleManifest
from genoteca.model.record import Record
from genoteca.model.sample import Sample, SampleId, SampleKind
from genoteca.sdk.isolated.environment import Environment, read_environment
from genoteca.sdk.reference_verdicts import PublisherAsked
from genoteca.sdk.resources import ENGINE, FETCH, PATHS, Stored
from genoteca.settings import Settings

__all__ = ["RunChoice", "RunPaths", "Scope", "memory_of", "resources_of"]

MOST_COMPARED = 256 << 20
"""Bytes of a reference up to which each run compares it with its record; a genome's own tables are in any size."""
ROOMY = 1_500_000_000
"""Bytes below which a large join is given to DuckDB: Polars takes about one gigabyte for any size, DuckDB half."""
LARGE = 5_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What one run's resources depend on; the defaults serve for looking at definitions only."""

    run_id: str = "none"
    build: str | None = None
    engine: str = "auto"
    force: bool = False
    """Fetch everything anew, also what is in the cache."""
    release: str = ""
    """Which release of a reference to complete; empty: the newest."""
    chromosomes: Sequence[str] | None = None
    """Which a reference must have; None: those of every genome."""
    show_closed: bool = False
    """Put into the wide table what stays closed until the person asks."""
    held: bool = False
    """Leave in force what modules say of a sample: what is made waits beside it."""
    modules: Sequence[Loaded] = field(default_factory=tuple)


class RunPaths:
    """Where datasets lie, for one run; implements the SDK's `Paths`."""

    def __init__(self, settings: Settings, scope: Scope, *, thorough: bool = False) -> None:
        """`thorough`: what answers are made of is compared with its record, byte by byte, once (a second a gigabyte).

        Else, and large references always, only where they were touched since they were written.
        """
        self._settings = settings
        self._layout = settings.layout
        self._thorough, self._compared = thorough, set[Path]()
        self.show_closed = scope.show_closed
        self._held_by = scope.run_id if scope.held else ""
        self._folders: Mapping[str, Path] = {loaded.ref.id: loaded.ref.folder for loaded in scope.modules}
        self._environments = {loaded.ref.id: loaded.ref.environment for loaded in scope.modules}
        self._provided: Mapping[str, tuple[str, ...]] = {one.ref.id: one.manifest.provides for one in scope.modules}
        self._scratch = self._layout.temporary / f"{SCRATCH}{scope.run_id}"

    def stored(self, asset: Sequence[str], partition: str | None = None) -> Stored:
        """Give the current dataset of an asset, compared with its record (see `thorough`)."""
        found = self._made_here(asset, partition) or records.current(self._layout, asset, partition)
        return self._whole(_present(found, "/".join(asset), partition))

    def current(self, asset: Sequence[str], partition: str) -> Stored | None:
        """Give the current dataset of a sample's asset, verified as `stored` does; None: there is none yet."""
        found = self._made_here(asset, partition) or records.current(self._layout, asset, partition)
        return None if found is None else self._whole(found)

    def _whole(self, stored: Stored) -> Stored:
        """Give a dataset that is what was written, as far as that is looked at."""
        if not self._thorough or (stored.record.partition is None and stored.record.bytes > MOST_COMPARED):
            return records.trusted(stored)
        if stored.path not in self._compared:
            records.verified(stored)
            self._compared.add(stored.path)
        return stored

    def known_sha256(self, asset: Sequence[str], partition: str) -> str:
        """Give the sha256 that the record of a sample's asset names; empty: there is no record, or it is damaged."""
        with suppress(DatasetError):
            found = records.current(self._layout, asset, partition)
            return "" if found is None else found.record.sha256
        return ""

    def _made_here(self, asset: Sequence[str], partition: str | None) -> Stored | None:
        """Give what a run that leaves the answers in force has made itself: the next is made of it."""
        if not self._held_by or partition is None:
            return None
        return held(self._layout, asset, partition, run=self._held_by)

    def reference(self, module_id: str, build: Build) -> Stored:
        """Give a module's reference in one build: the release that the user chose, else the newest."""
        found = records.latest_reference(self._layout, module_id, build)
        return self._whole(_present(found, f"{module_id}/reference", build))

    def capability(self, name: str) -> Stored | None:
        """Give the dataset that provides a capability, verified where its file was touched; or None."""
        own = [module_id for module_id, provided in self._provided.items() if name in provided]
        found = capability(self._layout, name, modules=own)
        return None if found is None else records.trusted(found)

    def sample(self, partition: str) -> Sample:
        """Give what is known of a sample; `partition` is `user/sample`."""
        return read_sample(self._layout, SampleId.parse(partition))

    def sample_tables(self, partition: str) -> SampleTables:
        """Give a sample's tables, with its own limits, else those of the settings."""
        sample = self.sample(partition)
        structural = records.current(self._layout, ["sample", "structural"], partition)
        variants = self.stored(["sample", "variants"], partition)
        sequence = self._sequence_of(sample, partition)
        return SampleTables(
            variants=variants.path,
            coverage=self.stored(["sample", "coverage"], partition).path,
            structural=self._whole(structural).path if structural else None,
            build=sample.build,
            kind=sample.kind,
            plus_strand=Intake.model_validate(variants.record.metadata["intake"]).plus_strand,
            sex=sample.sex,
            rules=rules_of(self._settings, sample.limits),
            sequence=sequence,
            room=self._room(sequence),
        )

    def _room(self, sequence: Path | None) -> Room:
        cache = private_folder(self._layout.respelled) if sequence else None
        return Room(scratch=self.scratch(), cache=cache, memory=memory_of(self._settings))

    def _sequence_of(self, sample: Sample, partition: str) -> Path | None:
        """Give the sequence with which a sample was left-aligned, also where its module is gone since."""
        used = self.stored(["sample", "variants"], partition).record.inputs.get(sequence_of(sample.build))
        if used is None:
            return None
        found = next(
            (one for one in records.all_records(self._layout, older=True) if one.record.sha256 == used), None
        )
        if found is None:
            raise DatasetError(
                f"The {sample.build} sequence that {partition} was read with is gone: its insertions and deletions "
                "cannot be compared with a module's.",
                title="This genome must be read again",
                hint="Read it again from the Genomes page.",
            )
        return records.trusted(found).path

    def sample_inputs(self, partition: str) -> dict[str, str]:
        """Give the sha256 of `sample/variants`, `sample/coverage` and, where it was read, `sample/structural`."""
        keys = (["sample", "variants"], ["sample", "coverage"])
        inputs = {"/".join(key): self.stored(key, partition).record.sha256 for key in keys}
        structural = records.current(self._layout, ["sample", "structural"], partition)
        return inputs | ({"sample/structural": structural.record.sha256} if structural else {})

    def module_folder(self, module_id: str) -> Path:
        """Give the folder of an installed module's package: its tables, its icon."""
        if module_id not in self._folders:
            raise ModuleError(
                f"The module {module_id} is not part of this run.", hint="Name it in the manifest under `requires`."
            )
        return self._folders[module_id]

    def environment(self, manifest: ModuleManifest) -> Environment:
        """Give the environment of an isolated module, made when it was installed."""
        folder = self._environments.get(manifest.id)
        found = None if folder is None else read_environment(folder)
        if found is None:
            raise ModuleError(
                f"The environment of {manifest.id} is gone, or was made for another Python.",
                title="The module's environment is missing",
                hint=f"Remove {manifest.id} and install it again: its environment is made anew.",
            )
        return found

    def carried(self, partition: str) -> int:
        """Count the variants that a sample carries, as its reading did."""
        intake = self.stored(["sample", "variants"], partition).record.metadata.get("intake")
        return 0 if intake is None else Intake.model_validate(intake).carried

    def alike(self, asset: Sequence[str], partition: str) -> list[Record]:
        """Give the records of an asset for some other samples of the same build and kind."""
        return beyond.alike(self._layout, asset, partition)

    def publisher_asked(self, reference: Stored) -> PublisherAsked | None:
        """Give what the publisher of a reference said when it was last asked for something newer."""
        return beyond.publisher_asked(self._layout, reference)

    def scratch(self) -> Path:
        """Give an empty folder of this run, removed at its end."""
        return Path(tempfile.mkdtemp(dir=private_folder(self._scratch)))

    def limits(self) -> Limits:
        """Give the limits from which a file's 0/0 counts as reference."""
        return Limits(
            reference_quality=self._settings.min_reference_quality, reference_depth=self._settings.min_reference_depth
        )

    def remember_kind(self, sample: Sample, kind: SampleKind) -> None:
        """Write down the kind that reading the whole file found, where its head said another."""
        now = read_sample(self._layout, sample.id)  # its limits may have been changed since the run began
        if now.kind is not kind:
            write_sample(self._layout, now.model_copy(update={"kind": kind}))

    def remove_scratch(self) -> None:
        """Remove every scratch folder of this run."""
        shutil.rmtree(self._scratch, ignore_errors=True)


def _present(found: Stored | None, name: str, which: str | None) -> Stored:
    if found is None:
        place = f" for {which}" if which else ""
        raise DatasetError(
            f"There is no {name}{place} yet.",
            title="Something must be made first",
            hint="A genome is read, and a module's reference prepared, before the module can answer.",
        )
    return found


class RunChoice:
    """What the run was asked to use; implements the SDK's `EngineChoice`."""

    def __init__(self, settings: Settings, scope: Scope) -> None:
        self._asked = scope.engine if scope.engine != "auto" else settings.engine
        self._memory = memory_of(settings)
        self._build = scope.build
        self._release = scope.release
        self._layout = settings.layout
        self._chromosomes = scope.chromosomes

    def choose(self, rows: int) -> Literal["polars", "duckdb"]:
        """Choose the join engine: the one asked for, else Polars unless a large join meets little memory."""
        if self._asked == "auto":
            return "duckdb" if rows > LARGE and self._memory < ROOMY else "polars"
        return "duckdb" if self._asked == "duckdb" else "polars"

    def build(self) -> Build:
        """Give the build that a reference run shall publish."""
        if self._build is None:
            raise RunError("This run names no genome build.", hint="A reference is prepared for one build at a time.")
        return Build(self._build)

    def chromosomes(self) -> frozenset[str]:
        """Give the chromosomes that are needed: of the genome that is asked about, else of all on this computer."""
        return needed_chromosomes(self._layout) if self._chromosomes is None else frozenset(self._chromosomes)

    def release(self) -> str:
        """Name the release that a reference run shall publish; empty: the publisher's newest."""
        return self._release


def memory_of(settings: Settings) -> int:
    """Give the bytes of memory that an annotation aims at: the user's limit, else half of what is free now."""
    return int(settings.memory_gb * 1e9) or psutil.virtual_memory().available // 2


def resources_of(settings: Settings, scope: Scope) -> dict[str, object]:
    """Give the resources of one run, by the keys that assets ask for."""
    purpose = f"Data of {', '.join(one.manifest.title for one in scope.modules) or 'no module'}"
    run_id = None if scope.run_id == "none" else scope.run_id
    return {
        PATHS: RunPaths(settings, scope, thorough=True),
        FETCH: Fetcher(
            settings.layout.cache,
            hosts=[
                host
                for one in scope.modules
                for host in hosts_of(one.manifest.permissions, one.ref.settings, settings.hf_endpoint)
            ],
            offline=settings.offline,
            force=scope.force,
            hub=HubAccess(endpoint=settings.hf_endpoint, token=settings.hf_token, offline=settings.hf_hub_offline),
            on_request=OutsideLog(settings.layout.database).noting(purpose, run_id=run_id),
        ),
        ENGINE: RunChoice(settings, scope),
    }
