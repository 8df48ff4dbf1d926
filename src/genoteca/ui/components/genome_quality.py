"""How good the calls of a file are: figures with what is usual, histograms, filters, and X and Y on request."""

from __future__ import annotations

from nicegui import ui

from genoteca import actions
from genoteca.actions import GenomeReport
from genoteca.model.formats import decimal, written
from genoteca.model.quality import Histogram, Quality
from genoteca.model.sample import SampleKind
from genoteca.model.usual_ratios import ENOUGH, TWO_LETTERS_SEEN, changes_seen
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, pill, row, said, stack
from genoteca.ui.components.checks import checks_box, failed_checks
from genoteca.ui.components.genome_usual import BALANCE, DEPTH, MANY, QUALITIES, SPECTRUM, Usual, usual
from genoteca.ui.components.plots import histogram_plot, table
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop

__all__ = ["quality_section"]

GATE = (
    "The calls on the chromosomes X and Y show which of them a genome has. Nearly always that is what one expects. "
    "It may also show that a file is another person's, or a variation of the sex chromosomes that nobody knew of, "
    "which matters little to most people and much to some. It is compared with the sex stated when the genome was "
    "added, and changes no answer."
)

TABLES = {"variants": "Variants", "coverage": "Coverage", "structural": "Large changes"}

USUAL_CHANGES = {
    SampleKind.WHOLE_GENOME: "usual for a whole genome: 2.0 to 2.1",
    SampleKind.GVCF: "usual for a whole genome: 2.0 to 2.1, for an exome 2.8 to 3.3",
    SampleKind.EXOME: "usual for an exome: 2.8 to 3.3",
}


def quality_section(desktop: Desktop, report: GenomeReport) -> None:
    """Draw the section."""
    quality = report.quality
    if quality is None:
        return
    with card():
        heading("Quality")
        with box("tiles"):
            _counts(quality)
            if quality.alleles:
                _ratios(report, quality)
            if quality.alleles and not quality.unresolved:
                _typical(quality)
        checks_box({TABLES[name]: checks for name, checks in report.checks.items()})
        failed_checks([check for checks in report.checks.values() for check in checks])
        if quality.alleles:
            _plots(quality, report.card.sample.kind)
        _filters(quality)
        _sex(desktop, report)


def _tile(name: str, value: str, told: str, *, unusual: bool = False) -> None:
    with stack("tile tight"):
        said(name, "faint")
        with row("tight"):
            said(value, "figure")
            if unusual:
                pill("Unusual", "warn", "warning")
        said(told, "faint")


def _counts(quality: Quality) -> None:
    several = words.count(quality.multi_allelic)
    if quality.unresolved:
        told = "what the chip read; which of them differ from the reference, the modules know"
        _tile("Places called", words.count(quality.unresolved), told)
        return
    _tile("Differences carried", words.count(quality.alleles), f"in {words.count(quality.records)} records")
    _tile("One letter changed", words.count(quality.snvs), "single-letter variants (SNV)")
    _tile(
        "Letters added or missing",
        words.count(quality.insertions + quality.deletions),
        f"{words.count(quality.insertions)} insertions, {words.count(quality.deletions)} deletions",
    )
    _tile("Several letters exchanged", words.count(quality.mnvs), f"and {several} records with several alternatives")
    if quality.structural_listed:
        kinds = ", ".join(f"{words.count(n)} {kind}" for kind, n in quality.structural.items())
        _tile("Large changes carried", words.count(sum(quality.structural.values())), kinds or "none of those listed")


def _ratios(report: GenomeReport, quality: Quality) -> None:
    if quality.unresolved:
        told = "places with two different letters per place with the same letter twice"
        _tile("Het/hom", _ratio(quality.heterozygous_ratio), told)
        return
    kind, changes = report.card.sample.kind, quality.transitions + quality.transversions
    _tile(
        "Ti/Tv",
        _ratio(quality.transition_ratio),
        "changes between similar letters (A–G, C–T) per change between others; "
        + USUAL_CHANGES.get(kind, "about 2.0 over a whole genome, 2.8 to 3.3 in genes"),
        unusual=_far(quality.transition_ratio, changes_seen(kind), changes),
    )
    _tile(
        "Het/hom",
        _ratio(quality.heterozygous_ratio),
        "differences on one of two chromosomes per difference on both: 2 in theory, and less by ancestry",
        unusual=_far(quality.heterozygous_ratio, TWO_LETTERS_SEEN, quality.heterozygous + quality.homozygous),
    )


def _far(value: float | None, seen: tuple[float, float], count: int) -> bool:
    """Whether a ratio of enough calls lies outside what whole genomes, exomes and parts of them show."""
    return value is not None and count >= ENOUGH and not seen[0] <= value <= seen[1]


def _ratio(value: float | None) -> str:
    return "–" if value is None else decimal(value, 2)


def _typical(quality: Quality) -> None:
    for name, values, told in (
        ("Reads per call", quality.depth, "the middle value (DP): how often the place was read"),
        (
            "Genotype quality",
            quality.genotype_quality,
            "the middle value (GQ): 20 is one error in a hundred, 30 in 1,000",
        ),
    ):
        _tile(
            name,
            "–" if values.median is None else written(f"{values.median:g}"),
            told if values.given else "not in this file",
        )


def _plots(quality: Quality, kind: SampleKind) -> None:
    shown = [one for one in quality.chromosomes if one.variants or one.chrom != "MT"]
    histogram_plot(
        "Calls on each chromosome" if quality.unresolved else "Differences on each chromosome",
        "How many calls of the file lie on each.",
        [one.chrom for one in shown],
        [one.variants for one in shown],
        axis="Chromosome",
    )
    usual(None if quality.unresolved else MANY.get(kind))
    with box("halves"):
        _values("Reads per call", "How often the place of each call was read.", quality.depth, "Reads (DP)", DEPTH)
        _values(
            "Genotype quality",
            "How sure the file is of each call: the more to the right, the surer.",
            quality.genotype_quality,
            "Genotype quality (GQ)",
            QUALITIES,
        )
        _balance(quality.balance)
        _spectrum(quality)


def _spectrum(quality: Quality) -> None:
    if quality.spectrum is None or not sum(quality.spectrum.values()):
        return
    with stack():
        histogram_plot(
            "Which letter became which",
            "Single letters changed, as read from the strand on which the first letter is C or T.",
            list(quality.spectrum),
            list(quality.spectrum.values()),
            axis="Change",
        )
        usual(SPECTRUM)


def _values(title: str, told: str, values: Histogram, axis: str, expected: Usual) -> None:
    if not values.given:
        return
    starts = [int(start) for start in values.starts]
    step = starts[1] - starts[0]
    labels = [f"{start}–{start + step - 1}" for start in starts[:-1]] + [f"{starts[-1]}+"]
    with stack():
        histogram_plot(title, f"{told} {_missing(values)}".strip(), labels, values.counts, axis=axis)
        usual(expected)


def _balance(values: Histogram) -> None:
    if not values.given:
        return
    labels = [f"{100 * start:.0f}–{100 * start + 5:.0f} %" for start in values.starts]
    told = "Where you have two different letters, the share of the reads that shows the changed one."
    with stack():
        histogram_plot(
            "Balance of two letters",
            f"{told} {_missing(values)}".strip(),
            labels,
            values.counts,
            axis="Share of reads",
        )
        usual(BALANCE)


def _missing(values: Histogram) -> str:
    return f"Not given for {words.count(values.without)} calls." if values.without else ""


def _filters(quality: Quality) -> None:
    filters = quality.filters
    if not filters.passed + filters.failed + filters.without:
        return
    with stack():
        heading("The file's own filter", 3)
        if not filters.passed + filters.failed:
            said("The file holds no verdict of a filter.")
            return
        said(
            f"{words.count(filters.passed)} calls passed, {words.count(filters.failed)} failed, and "
            f"{words.count(filters.without)} have no verdict. What failed is marked “filtered” and stays.",
        )
        if filters.names:
            table(["Name", "Calls that failed it"], [(name, words.count(n)) for name, n in filters.names.items()])


def _sex(desktop: Desktop, report: GenomeReport) -> None:
    key = report.card.sample.id.key
    with stack():
        heading("X and Y", 3)
        place = stack()

    def draw() -> None:
        place.clear()
        with place:
            if GATE in desktop.opened(key, "sample"):
                _sex_told(report)
                hide_again(desktop, key, "sample", [GATE], draw, title="X and Y")
            else:
                ask_first(desktop, key, "sample", GATE, draw, title="X and Y")

    draw()


def _sex_told(report: GenomeReport) -> None:
    quality = report.quality
    if quality is None:
        return
    said(actions.sex_compared(report), "strong")
    said(quality.sex.why)
    with ui.expansion("How this was told"):
        table(
            ["Outside the shared ends of X and Y", "Calls"],
            [
                ("Two different letters on X", words.count(quality.sex.x_heterozygous)),
                ("One letter only on X", words.count(quality.sex.x_homozygous)),
                ("Differences on Y", words.count(quality.sex.y_carried)),
                ("Letters of Y stated as no difference", words.count(quality.sex.y_reference_bases)),
            ],
        )
        said(
            "Two copies of X: at least 4 two-letter calls per 10 others. One copy: at most 1 per 10, and something "
            "on Y. Anything else, fewer than 100 calls on X, or a file that finds two letters hardly anywhere: it "
            "cannot be told.",
            "faint",
        )
