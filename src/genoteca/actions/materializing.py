"""Materialize assets by their keys: what Dagster's screens ask for, and the command line's equal.

A mixed choice is parted into the runs that the app makes anyway, one after the other: the reading of a genome,
references, answers, the wide table. None of them is another path: all wait in the same queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from genoteca.actions import references
from genoteca.actions.annotating import annotate
from genoteca.actions.app import App
from genoteca.actions.chains import enqueue_shared
from genoteca.actions.exporting import join_sample
from genoteca.actions.samples import CORE
from genoteca.actions.view import View
from genoteca.engine import records
from genoteca.engine.samples import all_samples, read_sample
from genoteca.engine.stages import as_stages
from genoteca.errors import InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.report import REPORT
from genoteca.model.run import RunKind, RunRequest, RunStatus
from genoteca.model.sample import Sample, SampleId
from genoteca.sdk.chains import lifted_from
from genoteca.store.installed import InstalledModule

__all__ = ["Partition", "asset_keys", "materialize", "partitions"]

ANSWERED = ("annotations", REPORT)
SHARED = "reference"
CHAIN = "chain:"
LIFTED, ANNOTATED = "sample/lifted", "sample/annotated"
WHY = "asked for by its key"


class Partition(View):
    """One partition of the assets that belong to a genome."""

    key: str
    """`user/sample`."""
    build: Build
    materialized: int
    """Assets that are there for it."""


@dataclass(kw_only=True, slots=True)
class _Wanted:
    """What was asked for, parted by the run that makes it."""

    core: bool = False
    shared: list[tuple[InstalledModule, str]] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    joined: bool = False

    @property
    def of_a_sample(self) -> bool:
        """Whether a partition must be named."""
        return self.core or bool(self.modules) or self.joined


def asset_keys(app: App) -> dict[str, bool]:
    """Give the keys of all assets that can be materialized, joined with `/`, and whether each has partitions."""
    found = {"/".join(key): True for key in CORE} | {ANNOTATED: True}
    for module in references.usable_modules(app.layout).values():
        found |= {f"{module.id}/{name}": False for name in _shared_names(module)}
        manifest = module.sound_manifest()
        if manifest.annotates:
            found[f"{module.id}/annotations"] = True
        if manifest.report:
            found[f"{module.id}/{REPORT}"] = True
    return found


def partitions(app: App) -> list[Partition]:
    """Give every partition, by key."""
    made = [one.record.partition for one in records.all_records(app.layout)]
    return [
        Partition(key=one.id.key, build=one.build, materialized=made.count(one.id.key))
        for one in sorted(all_samples(app.layout), key=lambda one: one.id.key)
    ]


def materialize(
    app: App, keys: Sequence[str], *, partition: str = "", build: str = "", run_id: str = "", again: bool = True
) -> list[str]:
    """Queue the making of assets, also of those that are up to date; gives the runs, in their order.

    `again`: modules are asked also where their answer is up to date.
    `run_id`: the id that the last of them shall have; it has another one where the very same waits or works already.
    `build`: of references; without it the sample's, else every one that the genomes on this computer need.

    Raises:
        NotFoundError: no such asset, or no such sample.
        InputError: a partition is missing or one too many, or something else must be made first.

    """
    wanted = _parted(app, keys)
    if wanted.of_a_sample and not partition:
        raise InputError(
            f"{', '.join(keys)} is made for one genome, and none is named.",
            title="Which genome?",
            hint="Name a partition, as user/sample. `genoteca partitions list` shows them.",
        )
    sample = read_sample(app.layout, SampleId.parse(partition)) if partition else None
    with as_stages(app.index) as runs:
        return _Stages(app=app, sample=sample, run_id=run_id, runs=runs, again=again).queue(wanted, build)


def _parted(app: App, keys: Sequence[str]) -> _Wanted:
    known, usable, wanted = asset_keys(app), references.usable_modules(app.layout), _Wanted()
    for key in dict.fromkeys(keys):
        owner, _, name = key.partition("/")
        if key not in known and key != LIFTED:
            raise NotFoundError(f"There is no asset {key!r}.", hint=f"These can be made: {', '.join(sorted(known))}.")
        if key == LIFTED:
            raise InputError(
                f"{LIFTED} is made for the modules that need it, together with their answers.",
                title="It is not made by itself",
                hint="Materialize the annotations of a module instead.",
            )
        if [owner, name] in CORE:
            wanted.core = True
        elif key == ANNOTATED:
            wanted.joined = True
        elif known[key]:
            wanted.modules += [owner] if owner not in wanted.modules else []
        else:
            wanted.shared.append((usable[owner], name))
    return wanted


def _shared_names(module: InstalledModule) -> list[str]:
    """Name the datasets that a module keeps for everyone."""
    manifest = module.sound_manifest()
    chains = [name.removeprefix(CHAIN) for name in manifest.provides if name.startswith(CHAIN)]
    return chains or [SHARED]


@dataclass(kw_only=True, slots=True)
class _Stages:
    """Queues stage after stage; only the last one takes the id that was asked for."""

    app: App
    sample: Sample | None
    run_id: str
    runs: list[str]
    again: bool

    def queue(self, wanted: _Wanted, build: str) -> list[str]:
        """Queue everything."""
        shared = [(module, one, name) for module, name in wanted.shared for one in self._builds(module, name, build)]
        left = wanted.core + len(shared) + bool(wanted.modules) + wanted.joined
        for module, one, name in shared:
            left -= 1
            self.runs.append(enqueue_shared(self.app, module, one, [module.id, name], WHY, run_id=self._id(left)))
        if self.sample is None:
            return self.runs
        key = self.sample.id.key
        if wanted.core:
            left -= 1
            self.runs.append(self._read(key, self._id(left)))
        if wanted.modules:
            left -= 1
            self.runs.append(annotate(self.app, key, wanted.modules, force=self.again, run_id=self._id(left)))
        if wanted.joined:
            self.runs.append(self._join(self.sample, wanted.modules))
        return self.runs

    def _id(self, left: int) -> str:
        return "" if left else self.run_id

    def _read(self, key: str, run_id: str) -> str:
        for run in self.app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING):
            if run.request.partition == key and run.request.kind is RunKind.IMPORT:
                return run.id
        request = RunRequest(kind=RunKind.IMPORT, partition=key, assets=CORE)
        return self.app.index.enqueue(request, run_id=run_id).id

    def _join(self, sample: Sample, modules: Sequence[str]) -> str:
        """Queue the wide table, of the answers that are there and of those that are about to be made."""
        key = sample.id.key
        if not self.runs:
            return join_sample(self.app, key, run_id=self.run_id)
        there = [
            one
            for one in references.annotating_modules(self.app.layout)
            if one in modules or records.current(self.app.layout, [one, "annotations"], key)
        ]
        request = RunRequest(
            kind=RunKind.JOIN,
            partition=key,
            assets=[ANNOTATED.split("/")],
            modules=there,
            build=sample.build,
            after=[*self.runs],
        )
        return self.app.index.enqueue(request, run_id=self.run_id).id

    def _builds(self, module: InstalledModule, name: str, build: str) -> list[Build]:
        """Give the builds to make a dataset in."""
        if name != SHARED:
            return [Build(name.rpartition("-")[2])]
        manifest = module.sound_manifest()
        if build:
            if build not in manifest.builds:
                there = ", ".join(manifest.builds)
                raise InputError(f"{module.id} has no data for the build {build!r}.", hint=f"It has: {there}.")
            return [Build(build)]
        samples = [self.sample] if self.sample else all_samples(self.app.layout)
        needed = {lifted_from(manifest, one.build) or one.build for one in samples}
        return sorted(needed & set(manifest.builds)) or [manifest.builds[0]]
