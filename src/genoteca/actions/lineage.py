"""The way of one answer: file → variant → reference → module → run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genoteca.actions.tracing import ReferenceTrace, reference_used
from genoteca.actions.views import Step
from genoteca.actions.words import release_words
from genoteca.engine import records
from genoteca.model.formats import whole
from genoteca.model.intake import Intake

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.record import Record
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["lineage_of", "read_from", "reference_step"]


def lineage_of(
    app: App, sample: Sample, module: InstalledModule, stored: Stored, values: dict[str, Any]
) -> list[Step]:
    """Give the steps from the file to an answer, in their order; `values` is the answer's row."""
    manifest, record = module.sound_manifest(), stored.record
    version = record.metadata.get("module_version", module.version)
    return [
        read_from(app, sample, values),
        _variant(app, sample, values),
        reference_step(reference_used(app, module.id, record), module, record),
        Step(
            title="Module",
            text=f"{manifest.title} {version}, code {record.code_version}",
            when=module.installed_at,
        ),
        Step(title="Run", text=f"Run {record.run[:8]}", when=record.created),
    ]


def read_from(app: App, sample: Sample, values: dict[str, Any]) -> Step:
    """Give the first step, the record of the file; `values` is a row with the column `line`."""
    source = records.current(app.layout, ["sample", "source"], sample.id.key)
    digest = f", sha256 {source.record.sha256[:16]}…" if source else ""
    place = f"{sample.source.name} ({sample.build}{digest})"
    if values.get("line") is None:
        return Step(title="File", text=f"{place}: no record of its own for this site", when=sample.added)
    line = int(values["line"])
    variants = records.current(app.layout, ["sample", "variants"], sample.id.key)
    header = Intake.model_validate(variants.record.metadata["intake"]).header_lines if variants else 0
    return Step(title="File", text=f"{place}: record {whole(line)}, line {whole(line + header)}", when=sample.added)


def _variant(app: App, sample: Sample, values: dict[str, Any]) -> Step:
    stored = records.current(app.layout, ["sample", "variants"], sample.id.key)
    reader = f"read by version {stored.record.code_version} of the reader" if stored else "not read"
    genotype = values.get("genotype") or "not known"
    if values.get("row") is None:
        return Step(title="Genotype", text=f"{genotype}, {reader}")
    return Step(
        title="Genotype", text=f"{genotype}, {reader}; row {whole(int(values['row']) + 1)} of the variants table"
    )


def reference_step(used: ReferenceTrace | None, module: InstalledModule, record: Record) -> Step:
    """Say in a step which reference an answer was looked up in."""
    manifest = module.sound_manifest()
    release = release_words(record.release or record.data_version)
    commit = f" at commit {used.commit[:8]}" if used and used.commit and used.commit[:8] != release else ""
    names = [source.name for source in manifest.sources if source.name != manifest.title]
    built_on = f"; built on {', '.join(names)}" if names else ""
    lifted = f" lifted from {used.build}" if used and used.build and used.build != record.build else ""
    text = f"{manifest.title}, release {release}{commit}, {record.build}{lifted}, licence {record.licence}{built_on}"
    return Step(title="Reference", text=text, when=used.made if used else None)
