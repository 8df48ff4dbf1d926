"""The chains that a sample needs: fetched before its annotation, and the variants lifted by them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING

from genoteca.actions import references
from genoteca.actions.look import Look
from genoteca.engine import records
from genoteca.engine.capabilities import capability, sequence_of
from genoteca.model.build import Build
from genoteca.model.run import Run, RunKind, RunRequest, RunStatus
from genoteca.sdk.chains import LIFTED_TO, lifted_from, route, routes
from genoteca.sdk.testable import needed_chains
from genoteca.store.preferences import Preferences

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.sample import Sample
    from genoteca.store.installed import InstalledModule

__all__ = ["chain_runs", "enqueue_shared", "fetches_chain", "lifted_assets", "why_lift_is_old"]

SHARED = ("chain:", "sequence:")
"""What an answer may be made of besides the module's and the sample's own: by capability."""


def chain_runs(app: App, sample: Sample, modules: Sequence[InstalledModule]) -> list[str]:
    """Queue the fetching of the chains that these modules need for a sample and lack; gives the runs."""
    provided = references.provided_names(app.layout)
    wanted = {name for one in modules for name in needed_chains(one.sound_manifest(), sample, provided)}
    runs = []
    for name in sorted(wanted):
        stored = capability(app.layout, name)
        module = next(one for one in references.usable_modules(app.layout).values() if _provides(one, name))
        manifest = module.sound_manifest()
        settings = Preferences(app.layout.database).values(manifest)
        why = (
            "its data is not there yet"
            if stored is None
            else references.why_reference_is_old(stored, manifest, settings, module.digest)
        )
        if why:
            asset = [module.id, name.removeprefix("chain:")]
            runs.append(enqueue_shared(app, module, Build(name.rpartition("-")[2]), asset, why))
    return runs


def lifted_assets(app: App, sample: Sample, modules: Sequence[InstalledModule]) -> list[list[str]]:
    """Give `sample/lifted` where a sparse module is asked in another build, and it is not there or out of date."""
    provided = references.provided_names(app.layout)
    sparse = [
        one
        for one in modules
        if not one.sound_manifest().dense
        and lifted_from(one.sound_manifest(), sample.build) is LIFTED_TO[sample.build]
        and needed_chains(one.sound_manifest(), sample, provided)
    ]
    if not sparse:
        return []
    stored = records.current(app.layout, ["sample", "lifted"], sample.id.key)
    variants = records.current(app.layout, ["sample", "variants"], sample.id.key)
    chains = route(sample.build, LIFTED_TO[sample.build], provided)
    fresh = (
        stored is not None
        and variants is not None
        and stored.record.inputs.get("sample/variants") == variants.record.sha256
        and all(name in stored.record.inputs for name in chains)
        and not why_lift_is_old(Look(app), stored.record.inputs, missed=LIFTED_TO[sample.build])
    )
    return [] if fresh else [["sample", "lifted"]]


def why_lift_is_old(look: Look, inputs: dict[str, str], *, missed: Build | None) -> str:
    """Say which chain or reference sequence is another one, or is there, since; empty: none.

    `missed`: the build whose sequence a lift without one would have looked at.
    """
    if missed is not None and sequence_of(missed) not in inputs and look.capability(sequence_of(missed)):
        return f"the reference sequence of {missed} is there now"
    for name, digest in inputs.items():
        if name.startswith(SHARED):
            now = look.capability(name)
            if now is not None and now.record.sha256 != digest:
                return f"{name.replace(':', ' ')} is another one"
    return ""


def fetches_chain(run: Run) -> bool:
    """Whether a run fetches a chain."""
    names = {name for one, other in permutations(Build, 2) for name in routes(one, other)[0]}
    return run.request.kind is RunKind.REFERENCE and any(
        f"chain:{asset[-1]}" in names for asset in run.request.assets
    )


def enqueue_shared(
    app: App,
    module: InstalledModule,
    build: Build,
    asset: list[str],
    why: str,
    *,
    release: str = "",
    force: bool = False,
    chromosomes: list[str] | None = None,
    run_id: str = "",
) -> str:
    """Queue the making of a dataset for everyone, unless that is queued or at work; gives the run.

    `release`: the one to complete; empty: the publisher's newest. `force`: fetch also what is in the cache.
    `chromosomes`: those needed, where there is a file for each; None: those of every genome here.
    `run_id`: the id that a new run shall have.
    """
    request = RunRequest(
        kind=RunKind.REFERENCE,
        assets=[asset],
        modules=[module.id],
        build=build,
        release=release,
        force=force,
        chromosomes=chromosomes,
    )
    for run in app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING):
        if run.request == request:
            return run.id
    run = app.index.enqueue(request, run_id=run_id)
    app.index.update(run.id, message=f"Waiting ({why})")
    return run.id


def _provides(module: InstalledModule, name: str) -> bool:
    return name in module.sound_manifest().provides
