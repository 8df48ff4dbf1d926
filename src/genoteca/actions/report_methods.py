"""How the answers of a report were made, in words, from the records that lie beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genoteca import __version__
from genoteca.actions.genome import GenomeReport
from genoteca.actions.report_document import Rest
from genoteca.engine import records
from genoteca.engine.release_choice import release_name
from genoteca.model.counted import counted
from genoteca.model.sample import SampleKind
from genoteca.sdk.chains import lifted_from

if TYPE_CHECKING:
    from genoteca.actions.app import App
    from genoteca.model.sample import Sample
    from genoteca.sdk.resources import Stored
    from genoteca.store.installed import InstalledModule

__all__ = ["facts_of", "methods_of", "rest_of"]

KINDS = {
    SampleKind.WHOLE_GENOME: "a whole genome that lists differences only",
    SampleKind.EXOME: "an exome: the genes, not what lies between them",
    SampleKind.GVCF: "a gVCF, which also says where nothing differs",
    SampleKind.ARRAY: "the file of a DNA chip, which looks at chosen places only",
    SampleKind.PANEL: "a panel, or a region of a genome",
    SampleKind.NO_GENOTYPES: "a list without genotypes",
}
MATCHING = (
    "Every variant is brought into one form (shared bases trimmed, insertions and deletions moved as far left as "
    "they go where a reference sequence is installed) and compared with what a module lists by chromosome, position "
    "and both alleles, or by genotype. A place without a record counts as unchanged only where the file says so "
    "itself, or, where a module allows it, where other variants lie near; otherwise it is told as not covered."
)


def facts_of(told: GenomeReport) -> list[tuple[str, str]]:
    """Give what is known of the genome and its file."""
    sample, intake = told.card.sample, told.card.intake
    return [
        ("Kind", KINDS[sample.kind]),
        ("Genome build", f"{sample.build} ({sample.build_evidence})"),
        ("Sex, as stated", sample.sex.value),
        ("File", f"{sample.source.name}, {sample.source.bytes:,} bytes"),
        ("SHA-256 of the file", told.sha256),
        ("Made by", intake.caller if intake else ""),
        ("Read", f"{told.read:%d %B %Y}" if told.read else ""),
        ("Records", _records(told)),
    ]


def methods_of(app: App, told: GenomeReport) -> list[str]:
    """Say how the file was read, which calls were marked, and how answers were looked up."""
    sample = told.card.sample
    variants = records.current(app.layout, ["sample", "variants"], sample.id.key)
    reader = f", version {variants.record.code_version} of its reader" if variants else ""
    lines = [
        f"The file was read by Genoteca {__version__}{reader}, on the computer on which this report was made. It was "
        f"taken for {KINDS[sample.kind]}. {_records(told)}".strip()
    ]
    lines.append(_limits(told))
    lines.append(MATCHING)
    lines.append(
        "Each module looked up its own list, in a process of its own; DuckDB and Polars join the tables. Which "
        "version of a module was used, and which release of its data, with a checksum, stands in the table below."
    )
    return [line for line in lines if line]


def rest_of(app: App, sample: Sample, module: InstalledModule, stored: Stored) -> Rest:
    """Say what a module's stored answers rest on."""
    manifest, record = module.sound_manifest(), stored.record
    build = lifted_from(manifest, sample.build) or sample.build
    reference = records.latest_reference(app.layout, module.id, build)
    used = record.inputs.get(f"{module.id}/reference", "")
    same = reference is not None and reference.record.sha256 == used
    release = release_name(reference.record) if same and reference else record.release or record.data_version
    return Rest(
        title=manifest.title,
        version=str(record.metadata.get("module_version") or manifest.version),
        release=release,
        checksum=used,
        code_licence=manifest.licence.code,
        data_licence=record.licence or manifest.licence.data,
        note=manifest.licence.data_note,
        sources=[(source.name, source.citation, source.url) for source in manifest.sources],
    )


def _records(told: GenomeReport) -> str:
    intake = told.card.intake
    if intake is None:
        return ""
    aside = intake.records_read - intake.records_kept
    left = f"; {aside:,} set aside, each with its reason on the genome's page" if aside else ""
    return f"{counted(intake.records_read, 'record')} read, {intake.records_kept:,} kept{left}."


def _limits(told: GenomeReport) -> str:
    """Say by which limits calls were marked; a limit of nothing is left out."""
    held = told.effective
    named: Sequence[tuple[str, str]] = (
        ("min_quality", "a quality (QUAL) below {}"),
        ("min_depth", "fewer than {} reads"),
        ("min_genotype_quality", "a genotype quality (GQ) below {}"),
        ("min_balance", "an allele with less than a share of {} of the reads"),
    )
    marked = [
        words.format(f"{held[name]:g}")
        for name, words in named
        if isinstance(held.get(name), int | float) and held[name]
    ]
    failing = held.get("failing")
    filters = (
        "any FILTER but PASS"
        if not isinstance(failing, list)
        else f"the FILTER {', '.join(map(str, failing)) or '(none)'}"
    )
    text = f"Calls with {', '.join([filters, *marked])} are marked as doubtful and stay in."
    reference = told.reference_limits
    if "reference_quality" in reference:
        text += (
            f" The file's “no difference here” counts from a genotype quality of {reference['reference_quality']} "
            f"and {reference['reference_depth']} reads on."
        )
    return text
