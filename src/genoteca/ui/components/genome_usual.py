"""What is usual in a genome file, beside each plot: in words, with its source."""

from __future__ import annotations

from dataclasses import dataclass

from genoteca.model.sample import SampleKind
from genoteca.ui.components.boxes import box, said
from genoteca.ui.components.buttons import outside_link

__all__ = ["BALANCE", "DEPTH", "MANY", "QUALITIES", "SPECTRUM", "Usual", "usual"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """A range that most files lie in, and who says so."""

    text: str
    source: str = ""
    address: str = ""


_TYPICAL = Usual(
    text="A typical genome differs from the reference at 4.1 to 5.0 million places; longer chromosomes have more, X "
    "has fewer where there is one copy of it, and Y has few that can be read.",
    source="1000 Genomes Project 2015",
    address="https://doi.org/10.1038/nature15393",
)
MANY = {
    SampleKind.WHOLE_GENOME: _TYPICAL,
    SampleKind.GVCF: _TYPICAL,
    SampleKind.EXOME: Usual(text="An exome has some ten thousands, most on the chromosomes with most genes."),
}
_READS = "Planned are usually 30 to 50 reads at each place for a whole genome, and 100 for an exome. "
DEPTH = Usual(
    text=_READS + "One hill is good; many calls with fewer than 10 reads are less sure.",
    source="Illumina, coverage",
    address="https://www.illumina.com/science/technology/next-generation-sequencing/plan-experiments/coverage.html",
)
QUALITIES = Usual(
    text="20 stands for one wrong genotype in a hundred, 30 for one in 1,000; in a good file most lie above 20.",
    source="VCF, FORMAT GQ",
    address="https://samtools.github.io/hts-specs/VCFv4.4.pdf",
)
BALANCE = Usual(
    text="Each of two letters comes from one of two chromosomes, so that about half of the reads show it; a second "
    "hill below 30 % points to errors or to a mixture of two samples."
)
SPECTRUM = Usual(
    text="About two in three are C>T or T>C, changes between letters of a like shape: that is a Ti/Tv of 2.0 to 2.1. "
    "Many C>A beyond the others point to damaged DNA.",
    source="GATK, callset evaluation",
    address="https://gatk.broadinstitute.org/hc/en-us/articles/360035531572",
)


def usual(told: Usual | None) -> None:
    """Write it below a plot; nothing where nothing is known to be usual."""
    if told is None:
        return
    with box("plot-said"):
        said(f"What is usual: {told.text}", "small soft")
        if told.address:
            with box("source"):
                outside_link(f"Source: {told.source}", told.address)
