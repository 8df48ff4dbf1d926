"""What a genome's table of all modules is made of: its variants, and the answers that speak of them."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from genoteca.actions.references import annotating_modules
from genoteca.engine import records
from genoteca.engine.files import changed_at
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError
from genoteca.model.column import ANNOTATIONS, LIFTED, AnnotationColumn
from genoteca.model.sample import Sample, SampleId
from genoteca.sdk.made_with import columns_made_with

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.engine.results.explore import Closed, WideSpec
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["Sources", "drop_explored", "known_sources", "sources_of"]

Stamp: TypeAlias = tuple[tuple[str, int], ...]

MEMORY_GB = 1.5
"""What making a table may take where the settings say nothing."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """A genome's variants and the modules whose answers stand beside them, by title."""

    sample: Sample
    variants: Stored
    modules: list[tuple[InstalledModule, Stored]]
    left_out: dict[str, str]
    """By id: why what is stored of a module cannot stand in the table. Whether it failed, its answer knows."""
    folder: Path
    """Where the table lies; its name says what it is made of."""
    memory_gb: float

    def spec(self) -> WideSpec:
        """Say what to make."""
        from genoteca.engine.results.explore import WideModule, WideSpec

        return WideSpec(
            variants=self.variants.path,
            sha256=self.variants.record.sha256,
            modules=tuple(
                WideModule(
                    id=module.id,
                    title=module.sound_manifest().title,
                    release=stored.record.release or stored.record.data_version,
                    path=stored.path,
                    sha256=stored.record.sha256,
                    columns=_columns(module, stored),
                )
                for module, stored in self.modules
            ),
            memory_gb=self.memory_gb,
        )

    def closed(self, opened: Mapping[str, Collection[str]]) -> Closed:
        """Say what stays closed: modules that ask first, and of the others the answers that do."""
        from genoteca.engine.results.explore import Closed

        gates = {module.id: module.sound_manifest().gate for module, _ in self.modules}
        whole = frozenset(name for name, gate in gates.items() if gate and gate not in opened.get(name, ()))
        return Closed(modules=whole, opened={name: frozenset(opened.get(name, ())) for name in gates})

    def told(self, closed: Closed) -> list[tuple[InstalledModule, Stored]]:
        """Give the modules of whose answers an export may tell counts: none that asks first."""
        return [(module, stored) for module, stored in self.modules if module.id not in closed.modules]


def sources_of(app: App, key: str) -> Sources:
    """Find what a genome's table is made of.

    Raises:
        NotFoundError: no such sample.
        InputError: its file was not read.

    """
    from genoteca.engine.joining import why_not_joined

    sample = read_sample(app.layout, SampleId.parse(key))
    stamp = _stamp(
        app, sample.id
    )  # before the records: what is replaced while they are read is seen at the next look
    variants = records.current(app.layout, ["sample", "variants"], key)
    if variants is None:
        raise InputError(
            f"The file of {key} was not read, so there is nothing to explore.",
            title="This genome was not read",
            hint="Read it again from the Genomes page, or add it again.",
        )
    found, left_out = list[tuple["InstalledModule", "Stored"]](), dict[str, str]()
    for module in sorted(annotating_modules(app.layout).values(), key=lambda one: one.sound_manifest().title):
        stored = records.current(app.layout, [module.id, "annotations"], key)
        why = why_not_joined(stored, variants)
        if stored is None or why:
            left_out[module.id] = why
        else:
            found.append((module, stored))
    sources = Sources(
        sample=sample,
        variants=variants,
        modules=found,
        left_out=left_out,
        folder=_tables(app, key),
        memory_gb=app.settings.memory_gb or MEMORY_GB,
    )
    made = replace(sources, folder=sources.folder / sources.spec().name)
    app.sources[key] = (stamp, made)
    return made


def known_sources(app: App, key: str) -> Sources:
    """Give what a genome's table is made of without reading every manifest again, while no record was replaced.

    Raises:
        NotFoundError: no such sample.
        InputError: its file was not read.

    """
    known = app.sources.get(key)
    return known[1] if known is not None and known[0] == _stamp(app, SampleId.parse(key)) else sources_of(app, key)


def _stamp(app: App, sample: SampleId) -> Stamp:
    """Tell when every record of a sample, and the set of modules, was replaced."""
    folder = app.layout.sample(sample.user, sample.sample)
    watched = [app.layout.modules / "current", *sorted(folder.glob("*.json")), *sorted(folder.glob("*/*.json"))]
    return tuple((str(file), changed_at(file)) for file in watched)


def _tables(app: App, key: str) -> Path:
    """Give the folder of a genome's tables in the cache."""
    return app.layout.cache / "explore" / blake2b(key.encode(), digest_size=8).hexdigest()


def drop_explored(app: App, key: str) -> None:
    """Let go of a genome's tables and remove them."""
    folder = _tables(app, key)
    app.sources.pop(key, None)
    for name in [name for name in app.explored if Path(name).parent == folder]:
        app.explored.pop(name).close()
    shutil.rmtree(folder, ignore_errors=True)


def _columns(module: InstalledModule, stored: Stored) -> tuple[AnnotationColumn, ...]:
    """Give every column that the answers were made with."""
    own = columns_made_with(stored.record, module.sound_manifest())
    lifted = LIFTED if "lifted" in stored.record.metadata else ()
    common = (AnnotationColumn.model_validate(one.model_dump()) for one in (*ANNOTATIONS, *lifted))
    every = list(common)
    return (*every[: len(ANNOTATIONS)], *own, *every[len(ANNOTATIONS) :])
