"""Whether a module can say anything about a sample at all: decided before any row is read."""

from __future__ import annotations

from genoteca.model.module import ModuleManifest
from genoteca.model.sample import Sample, SampleKind

__all__ = ["why_not_testable"]


def why_not_testable(manifest: ModuleManifest, sample: Sample) -> str:
    """Say in a sentence why the module cannot answer this sample; empty: it can."""
    if sample.build not in manifest.builds:
        builds = " and ".join(manifest.builds)
        return f"{manifest.title} knows positions of {builds}; this genome is of {sample.build}."
    if sample.kind is SampleKind.NO_GENOTYPES:
        return "The file lists variants but no genotypes, so it does not say what this person carries."
    if manifest.needs_gvcf and sample.kind is not SampleKind.GVCF:
        return f"{manifest.title} needs a gVCF, which also says where nothing differs; this file is a {sample.kind}."
    if sample.kind not in manifest.sample_kinds:
        kinds = ", ".join(manifest.sample_kinds)
        return f"{manifest.title} is made for {kinds}; this file is of the kind {sample.kind}."
    return ""
