"""How much of the genome a file speaks of: stated, not callable, under a variant, or silent."""

from __future__ import annotations

from genoteca.actions import GenomeReport
from genoteca.model.formats import written
from genoteca.model.quality import Quality
from genoteca.model.sample import SampleKind
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.plots import density_plot, stacked_plot

__all__ = ["coverage_section", "large_only"]

SHAPES = (
    ("reference", "No difference, stated", "reference"),
    ("variant", "A difference", "answered"),
    ("no_call", "The file could not tell", "not-callable"),
    ("silent", "The file says nothing", "not-applicable"),
)
OF_A_CHIP = {"variant": "Read by the chip"}
"""What a shape means where the calls are a chip's: which of them are differences, only the modules know."""


def coverage_section(report: GenomeReport) -> None:
    """Draw the section."""
    quality = report.quality
    if quality is None:
        return
    with card():
        heading("How much of the genome it covers")
        said(_meaning(report, quality))
        _bar(quality)
        if quality.shares.reference + quality.shares.no_call > 0 and not quality.unresolved:
            said(_limits(report), "faint")
        if quality.shares.reference + quality.shares.no_call >= 0.001:
            _by_chromosome(quality)
        if quality.alleles:
            _density(quality)


def _meaning(report: GenomeReport, quality: Quality) -> str:
    stated = quality.shares.reference + quality.shares.variant
    if report.card.sample.kind is SampleKind.GVCF:
        return (
            f"Of the 3.1 billion letters of the genome, this file states {_share(stated)} well enough to count. "
            "About a fifteenth of the genome cannot be read by any common method."
        )
    if quality.unresolved:
        return f"The chip read {words.count(quality.unresolved)} places; of all others the file says nothing."
    if large_only(report):
        return f"The file lists large changes only, {words.count(quality.structural_listed)} of them."
    return (
        f"The file lists {words.count(quality.alleles)} differences. A list of differences says little of what lies "
        "between them; what that means for this file stands above."
    )


def large_only(report: GenomeReport) -> bool:
    """Whether a file lists structural variants, and neither a small variant nor a stretch without any."""
    quality, intake = report.quality, report.card.intake
    return bool(quality and intake and quality.structural_listed and not intake.rows and not quality.shares.reference)


def _share(part: float) -> str:
    if not part:
        return "0 %"
    if part < 0.0001:
        return written("less than 0.01 %")
    if 0.9995 <= part < 1:
        return written("more than 99.9 %")
    return words.percent(part, 1 if part >= 0.001 else 2)


def _bar(quality: Quality) -> None:
    chip = OF_A_CHIP if quality.unresolved else {}
    parts = [(getattr(quality.shares, name), chip.get(name, label), shape) for name, label, shape in SHAPES]
    if chip:
        parts = parts[1:]  # a chip states no reference
    drawn = box("bar").props("role=img")
    drawn.props["aria-label"] = "Of the genome's letters: " + ", ".join(
        f"{label} {_share(part)}" for part, label, _ in parts
    )
    with drawn:
        for part, _, shape in parts:
            if part:
                box(shape).style(f"flex: {part:.6f} 1 0")
    with box("legend"):
        for part, label, shape in parts:
            with box():
                box(f"shape {shape}", "span").props("aria-hidden=true")
                said(label, "")
                said(_share(part), "strong")


def _limits(report: GenomeReport) -> str:
    quality, depth = (report.reference_limits.get(f"reference_{name}") for name in ("quality", "depth"))
    if quality is None:
        return "A statement of “no difference” counts only with enough reads behind it; the limits stand in Settings."
    return (
        f"The file's “no difference here” counts from a genotype quality of {quality} and {depth} reads; a weaker "
        "statement is “could not tell”. Both limits stand in Settings."
    )


def _by_chromosome(quality: Quality) -> None:
    shown = [one for one in quality.chromosomes if one.chrom != "MT"]
    parts = {
        "No difference, stated": ("reference_bases", "var(--reference)"),
        "A difference": ("variant_bases", "var(--answered)"),
        "Could not tell": ("no_call_bases", "var(--not-callable)"),
    }
    stacked_plot(
        "Each chromosome",
        "Share of its letters that the file speaks of. What is missing up to 100 % is silence.",
        [one.chrom for one in shown],
        {
            name: ([round(100 * getattr(one, bases) / one.length, 2) for one in shown], colour)
            for name, (bases, colour) in parts.items()
        },
        axis="Chromosome",
    )


def _density(quality: Quality) -> None:
    what = "calls" if quality.unresolved else "differences"
    with stack("tight"):
        density_plot(
            f"Where the {what} lie",
            f"One cell per million letters of each chromosome: the stronger its colour, the more {what}; grey: none.",
            {one.chrom: one.density for one in quality.chromosomes if one.chrom != "MT"},
            unit="Millions of letters from the chromosome's start",
        )
