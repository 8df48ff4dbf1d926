"""The counts of a comparison: in words, as a bar, by chromosome; and a kinship on request."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from genoteca import actions
from genoteca.actions import ComparedGenomes
from genoteca.model.comparison import Difference
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.plots import stacked_plot, table
from genoteca.ui.components.show_me import ask_first, hide_again
from genoteca.ui.desktop import Desktop

__all__ = ["counts_section"]

GATE = (
    "Two genomes show how closely two people are related. Nearly always that is what one expects. It may also show "
    "that a parent or a sibling is not who one thought, which is news that cannot be taken back and that concerns "
    "others too. It is an estimate from two files, and no proof."
)
_SHAPES = (
    ("answered", (Difference.SAME,), "Same genotype"),
    ("reference", (Difference.COPIES, Difference.PARTLY, Difference.SPELLED), "In both, otherwise"),
    ("not-applicable", (Difference.FIRST, Difference.SECOND), "Only in one"),
    ("not-callable", (Difference.FIRST_SILENT, Difference.SECOND_SILENT), "One file cannot say"),
)


def counts_section(desktop: Desktop, shown: ComparedGenomes) -> None:
    """Draw the section."""
    told, one, other = shown.told, shown.first.sample_name, shown.second.sample_name
    with card():
        heading("In short")
        with box("tiles"):
            _tile("In both", told.shared, "places read by both" if told.letters else "differences from the reference")
            _tile("Same genotype", told.count(Difference.SAME), _agreement(shown))
            if not told.letters:
                _tile(f"Only in {one}", told.count(Difference.FIRST), "where the other file speaks")
                _tile(f"Only in {other}", told.count(Difference.SECOND), "where the other file speaks")
            silent = told.count(Difference.FIRST_SILENT, Difference.SECOND_SILENT)
            _tile("Cannot be compared", silent, "one file made no call there, or says nothing")
        _bar(shown)
        with stack("tight"):
            for line in actions.comparison_words(shown):
                said(line, "soft")
        link("How two genomes are compared", "/help/comparing")
    with card():
        _chromosomes(shown)
    _kinship(desktop, shown)


def _tile(name: str, value: int, told: str) -> None:
    with stack("tile tight"):
        said(name, "faint")
        said(words.count(value), "figure")
        said(told, "faint")


def _agreement(shown: ComparedGenomes) -> str:
    told = shown.told
    if told.concordance is None:
        return "no place is called in both"
    return f"{words.percent(told.concordance)} of the {words.count(told.called_in_both)} called in both files"


def _bar(shown: ComparedGenomes) -> None:
    total = shown.told.count(*Difference)
    if not total:
        return
    parts = [(shape, shown.told.count(*of), label) for shape, of, label in _SHAPES]
    drawn = box("bar").props("role=img")
    drawn.props["aria-label"] = "Of all differences: " + ", ".join(
        f"{label} {_part(n, total)}" for _, n, label in parts
    )
    with drawn:
        for shape, number, _ in parts:
            if number:
                box(shape).style(f"flex: {number / total:.6f} 1 0")
    with box("legend"):
        for shape, number, label in parts:
            with box():
                box(f"shape {shape}", "span").props("aria-hidden=true")
                said(label, "")
                said(_part(number, total), "strong")


def _part(number: int, total: int) -> str:
    """Write a share; what is there is never 0 %, and what is not all never 100 %."""
    if 0 < number < 0.0005 * total:
        return "less than 0.1 %"
    return "more than 99.9 %" if 0.9995 * total < number < total else words.percent(number / total)


def _chromosomes(shown: ComparedGenomes) -> None:
    counts = shown.told.counts
    shares = {
        label: ([_share(shown, chrom, of) for chrom in counts], f"var(--{shape})") for shape, of, label in _SHAPES
    }
    stacked_plot(
        "Each chromosome",
        "Of the differences that either genome has on it, how many are the same, differ, or cannot be compared.",
        list(counts),
        shares,
        axis="Chromosome",
    )
    kinds = [one for one in Difference if shown.told.count(one)]
    with ui.expansion("How many, and how they differ"), box("scroll"):
        table(
            ["Chromosome", *(_named(one, shown) for one in kinds)],
            [[chrom, *(words.count(here.get(one, 0)) for one in kinds)] for chrom, here in counts.items()],
        )


def _named(difference: Difference, shown: ComparedGenomes) -> str:
    names = (shown.first.sample_name, shown.second.sample_name)
    said_of = difference.value
    if "the first" in said_of or "the second" in said_of:  # a genome's own name stays as it is written
        return said_of.replace("the first", names[0]).replace("the second", names[1])
    return f"{said_of[:1].upper()}{said_of[1:]}"


def _share(shown: ComparedGenomes, chrom: str, of: Sequence[Difference]) -> float:
    here = shown.told.counts[chrom]
    return round(100 * sum(here.get(one, 0) for one in of) / max(sum(here.values()), 1), 2)


def _kinship(desktop: Desktop, shown: ComparedGenomes) -> None:
    key = f"{shown.told.first} {shown.told.second}"

    def draw() -> None:
        place.clear()
        with place:
            opened = desktop.opened(key, "compared")
            if GATE in opened:
                said(actions.kinship_words(shown))
                hide_again(desktop, key, "compared", [GATE], draw, title="how closely related")
            else:
                ask_first(desktop, key, "compared", GATE, draw, title="how closely related")

    with card():
        heading("How closely related")
        place = stack()
        draw()
