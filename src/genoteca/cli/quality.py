"""A genome's quality and limits as the command line says them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from genoteca import actions
from genoteca.actions import GenomeReport, LimitsPreview
from genoteca.errors import InputError
from genoteca.model.quality import Histogram, Quality
from genoteca.model.sample import CallLimits

__all__ = ["changed_limits", "limits_lines", "quality_document", "quality_lines"]

REASONS = {
    "filter": "the file's own filter",
    "qual": "quality (QUAL)",
    "depth": "reads (DP)",
    "genotype_quality": "genotype quality (GQ)",
    "balance": "allele balance",
}


def changed_limits(now: CallLimits, asked: Mapping[str, object]) -> CallLimits:
    """Give limits with some of them changed.

    Raises:
        InputError: a limit cannot take its value.

    """
    try:
        return CallLimits.model_validate({**now.model_dump(), **asked})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"The limit {first['loc'][0]} cannot be {first['input']!r}: {first['msg']}.",
            title="This limit cannot be set",
            hint="Qualities and reads are 0 or more; a balance is from 0 to below 0.5.",
        ) from error


def quality_document(report: GenomeReport, *, inferred_sex: bool) -> dict[str, Any]:
    """Give what `samples quality --json` prints; the inferred sex only where it was asked for."""
    quality = None if report.quality is None else report.quality.model_dump(mode="json")
    if quality is not None and report.quality is not None:
        quality["transition_ratio"] = report.quality.transition_ratio
        quality["heterozygous_ratio"] = report.quality.heterozygous_ratio
        if not inferred_sex:
            del quality["sex"]
    intake, sample = report.card.intake, report.card.sample
    return {
        "sample": sample.id.key,
        "build": sample.build,
        "build_evidence": sample.build_evidence,
        "kind": sample.kind,
        "kind_evidence": intake.kind_evidence if intake else "",
        "caller": intake.caller if intake else "",
        "file": sample.source.name,
        "sha256": report.sha256,
        "why_read_again": report.card.why_read_again,
        "quality": quality,
    }


def quality_lines(report: GenomeReport, *, inferred_sex: bool) -> Iterator[str]:
    """Say a genome's quality, line by line."""
    intake, sample, quality = report.card.intake, report.card.sample, report.quality
    yield f"{sample.id}: {sample.kind}, {sample.build} ({sample.build_evidence})"
    if intake and intake.kind_evidence:
        yield f"Kind: {intake.kind_evidence}"
    yield f"Made by: {(intake.caller if intake else '') or 'the file does not say'}"
    if why := report.card.why_read_again:
        yield f"Should be read again (genoteca samples read-again {sample.id}): {why}"
    if quality is None:
        yield "No quality figures yet: read it again (genoteca samples read-again)."
        return
    yield from _figures(quality)
    if inferred_sex:
        yield f"X and Y: {quality.sex.why} {actions.sex_compared(report)}"


def _figures(quality: Quality) -> Iterator[str]:
    yield (
        f"{quality.alleles:,} alleles in {quality.records:,} records: {quality.snvs:,} single bases, "
        f"{quality.insertions:,} insertions, {quality.deletions:,} deletions, {quality.mnvs:,} longer exchanges; "
        f"{quality.multi_allelic:,} records with several alternatives"
    )
    for kind, count in quality.structural.items():
        yield f"  structural {kind}: {count:,}"
    yield f"Ti/Tv {_ratio(quality.transition_ratio)}, het/hom {_ratio(quality.heterozygous_ratio)}"
    yield f"Depth: {_median(quality.depth)}; genotype quality: {_median(quality.genotype_quality)}"
    filters = quality.filters
    yield f"Filter: {filters.passed:,} passed, {filters.failed:,} failed, {filters.without:,} without a verdict"
    for name, count in filters.names.items():
        yield f"  {count:,} {name}"
    shares = quality.shares
    yield (
        f"Of the genome's bases: {shares.reference:.3%} stated as reference, {shares.no_call:.3%} not called, "
        f"{shares.variant:.3%} under variants, {shares.silent:.3%} not spoken of"
    )


def limits_lines(limits: CallLimits, told: LimitsPreview) -> Iterator[str]:
    """Say a sample's limits and what they mark, line by line."""
    own = limits.model_dump(exclude_none=True)
    yield "Own limits: " + (", ".join(f"{name} {value}" for name, value in own.items()) or "none; the settings hold")
    yield f"They mark {told.marked:,} of {told.rows:,} variants as filtered and delete none."
    for reason, count in told.reasons.items():
        yield f"  {count:,} by {REASONS[reason]}"
    for reason, count in told.not_judged.items():
        yield f"  {count:,} not judged by {REASONS[reason]}: the file gives no value"


def _ratio(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _median(values: Histogram) -> str:
    if values.median is None:
        return "not given"
    return f"median {values.median:g}, not given for {values.without:,}"
