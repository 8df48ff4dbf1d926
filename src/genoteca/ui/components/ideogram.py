"""The chromosomes, each in its length with its centromere, and where on them something was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui

from genoteca.actions.overview import ModuleOverview
from genoteca.model.build import CHROMOSOMES, Build
from genoteca.model.centromere import centromere
from genoteca.model.tally import STRETCH
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, said, stack
from genoteca.ui.components.buttons import link
from genoteca.ui.components.overview_links import explore_chromosome
from genoteca.ui.components.plots import table

__all__ = ["ideogram"]

HEIGHT = 12
MEGABASE = 1_000_000


def ideogram(key: str, build: Build, modules: Sequence[ModuleOverview]) -> None:
    """Draw where the modules found something; nothing where none did."""
    found = [one for one in modules if one.tally.rows]
    if not found:
        return
    places = _together(found)
    total = sum(one.tally.rows for one in found)
    with stack("tight"):
        heading("Where on the chromosomes", 3)
        said(
            f"{words.count(total)} {'finding' if total == 1 else 'findings'} by place, in {build}. A mark stands for "
            f"{STRETCH // MEGABASE} million bases with at least one; the waist is the centromere. Where there is no "
            "mark, nothing was found, or nothing was looked for.",
            "faint",
        )
    with box("ideogram", "ul"):
        for chrom in CHROMOSOMES:
            if chrom in places or chrom != "MT":
                _chromosome(build, chrom, places.get(chrom, {}), explore_chromosome(key, found, chrom))
    with box("chart-key", "p"):
        said("From", "faint")
        for one in found:
            link(f"{one.answer.title} ({words.count(one.tally.rows)})", f"/results/{key}/{one.answer.module}")
    _as_table(places)


def _together(modules: Sequence[ModuleOverview]) -> dict[str, dict[int, int]]:
    """Add up the modules' findings by chromosome and stretch."""
    places: dict[str, dict[int, int]] = {}
    for one in modules:
        for chrom, stretches in one.tally.places.items():
            mine = places.setdefault(chrom, {})
            for stretch, count in stretches.items():
                mine[stretch] = mine.get(stretch, 0) + count
    return places


def _chromosome(build: Build, chrom: str, stretches: Mapping[int, int], address: str) -> None:
    length, longest = build.lengths[chrom], max(build.lengths.values())
    count = sum(stretches.values())
    told = f"Chromosome {chrom}: {words.count(count)} {'finding' if count == 1 else 'findings'}"
    with box("chromosome", "li"):
        row = ui.link("", address).classes("chromosome-link") if count else box("chromosome-link", "span")
        row.props["aria-label"] = f"{told}. Open them in the explorer." if count else told
        if not count:
            row.props["role"] = "img"
        with row:
            said(chrom, "chromosome-name").props("aria-hidden=true")
            with box("chromosome-track").props("aria-hidden=true"):
                drawn = _svg("svg", width=f"{100 * length / longest:.2f}%", height=HEIGHT)
                with drawn:
                    _body(build, chrom, length)
                    for stretch, number in stretches.items():
                        _mark(chrom, length, stretch, number)
            said(words.count(count) if count else "", "chromosome-count").props("aria-hidden=true")


def _body(build: Build, chrom: str, length: int) -> None:
    waist = centromere(build, chrom)
    if waist is None:
        _svg("rect", x=0, y=0, width="100%", height=HEIGHT, rx=HEIGHT / 2).classes("arm")
        return
    start, end = 100 * waist.start / length, 100 * waist.end / length
    _svg("rect", x=0, y=0, width=f"{start:.2f}%", height=HEIGHT, rx=HEIGHT / 2).classes("arm")
    _svg("rect", x=f"{end:.2f}%", y=0, width=f"{100 - end:.2f}%", height=HEIGHT, rx=HEIGHT / 2).classes("arm")
    middle = HEIGHT / 3
    _svg("rect", x=f"{start:.2f}%", y=middle, width=f"{end - start:.2f}%", height=middle).classes("waist")


def _mark(chrom: str, length: int, stretch: int, count: int) -> None:
    """Draw one stretch with findings, wide enough to be seen."""
    start = stretch * STRETCH
    shade = "many" if count > 9 else "some" if count > 1 else "one"
    mark = _svg("rect", x=f"{100 * start / length:.2f}%", y=-1, width=4, height=HEIGHT + 2, rx=1.5)
    with mark.classes(f"mark {shade}"):
        title = _svg("title")
        end = min(start + STRETCH, length)
        title.props["textContent"] = (
            f"{chrom}:{start / MEGABASE:.0f}-{end / MEGABASE:.0f} Mb, "
            f"{words.count(count)} {'finding' if count == 1 else 'findings'}"
        )


def _svg(tag: str, **attributes: object) -> ui.element:
    drawn = ui.element(tag)
    drawn.props.update({name: str(value) for name, value in attributes.items()})
    return drawn


def _as_table(places: Mapping[str, Mapping[int, int]]) -> None:
    rows = [
        (
            chrom,
            words.count(sum(places[chrom].values())),
            ", ".join(
                f"{stretch * STRETCH // MEGABASE}-{(stretch + 1) * STRETCH // MEGABASE} Mb"
                for stretch in sorted(places[chrom])[:8]
            )
            + (f" and {len(places[chrom]) - 8} more" if len(places[chrom]) > 8 else ""),
        )
        for chrom in CHROMOSOMES
        if chrom in places
    ]
    with ui.expansion("The same as a table"):
        table(["Chromosome", "Findings", "Where"], rows)
