"""Whether a module can say anything about a sample at all: decided before any row is read."""

from __future__ import annotations

from collections.abc import Collection

from genoteca.model.module import ModuleManifest
from genoteca.model.sample import Sample, SampleKind
from genoteca.sdk.chains import CHAINS_MODULE, LIFTED_TO, lifted_from, route

__all__ = ["needed_chains", "why_not_testable"]


def why_not_testable(manifest: ModuleManifest, sample: Sample, provided: Collection[str] = ()) -> str:
    """Say in a sentence why the module cannot answer this sample; empty: it can.

    `provided`: names of the capabilities that there are, as `chain:GRCh37-GRCh38`.
    """
    if not manifest.is_set_up:
        return f"{manifest.title} is not set up yet: choose its file on the module's page."
    if sample.build not in manifest.builds and not needed_chains(manifest, sample, provided):
        builds = " and ".join(manifest.builds)
        if manifest.isolated is not None:
            return f"{manifest.title} is made for {builds}; this genome is of {sample.build}."
        return (
            f"{manifest.title} knows positions of {builds}; this genome is of {sample.build}. "
            f"The module {CHAINS_MODULE} lifts them from one build to the other."
        )
    if sample.kind is SampleKind.NO_GENOTYPES:
        return "The file lists variants but no genotypes, so it does not say what this person carries."
    if manifest.needs_gvcf and sample.kind is not SampleKind.GVCF:
        return f"{manifest.title} needs a gVCF, which also says where nothing differs; this file is a {sample.kind}."
    if sample.kind not in manifest.sample_kinds:
        kinds = ", ".join(manifest.sample_kinds)
        return f"{manifest.title} is made for {kinds}; this file is of the kind {sample.kind}."
    return ""


def needed_chains(manifest: ModuleManifest, sample: Sample, provided: Collection[str]) -> list[str]:
    """Give the names of the chains that are used to answer this sample, of those provided.

    Empty: none is needed, or there is no way. Sites are lifted to the sample; a module that has rows only where an
    allele is carried may list too many, and the sample's variants are lifted to it.
    """
    source = lifted_from(manifest, sample.build)
    if source is None:
        return []
    to_sample = route(source, sample.build, provided)
    if manifest.dense:
        return to_sample
    to_module = route(sample.build, source, provided) if LIFTED_TO[sample.build] is source else []
    return [*to_sample, *to_module] if to_sample and to_module else []
