"""Plots that are drawn on this computer, each with its figures beside it as a table for those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from nicegui import ui

from genoteca.model.formats import decimal
from genoteca.ui import words
from genoteca.ui.components.boxes import box, heading, said, stack

__all__ = ["density_plot", "histogram_plot", "stacked_plot", "table"]

# The plots are drawn as SVG, where a colour may be one of the style sheet's: they follow light and dark.
INK, FAINT, LINE = "var(--ink-soft)", "var(--ink-faint)", "var(--line)"
FONT = {"fontFamily": "Roboto, sans-serif", "fontSize": 12, "color": INK}


def histogram_plot(
    title: str, told: str, labels: Sequence[str], counts: Sequence[int], *, axis: str, colour: str = "var(--brand)"
) -> None:
    """Draw bars side by side; `told` says in words what they show."""
    series = {"type": "bar", "data": list(counts), "barCategoryGap": "12%", "itemStyle": {"color": colour}}
    _plot(title, told, {**_axes(labels, axis), "series": [series]})
    _figures([axis, "Count"], [(label, words.count(n)) for label, n in zip(labels, counts, strict=True)])


def stacked_plot(
    title: str, told: str, labels: Sequence[str], parts: Mapping[str, tuple[Sequence[float], str]], *, axis: str
) -> None:
    """Draw bars of parts that lie on each other, in hundredths; each part has its values and its colour."""
    series = [
        {"type": "bar", "name": name, "stack": "all", "data": list(values), "itemStyle": {"color": colour}}
        for name, (values, colour) in parts.items()
    ]
    options = _axes(labels, axis)
    options["yAxis"] |= {"max": 100, "axisLabel": {**FONT, "formatter": "{value} %"}}
    options["legend"] = {"top": 0, "textStyle": FONT, "itemWidth": 12, "itemHeight": 12}
    options["grid"]["top"] = 56
    _plot(title, told, {**options, "series": series})
    rows = zip(labels, *(values for values, _ in parts.values()), strict=True)
    _figures([axis, *parts], [(str(label), *(f"{decimal(value, 1)} %" for value in row)) for label, *row in rows])


def density_plot(title: str, told: str, rows: Mapping[str, Sequence[int]], *, unit: str) -> None:
    """Draw one line of cells per name, darker where the count is higher."""
    names = list(rows)
    cells = [[x, y, n] for y, name in enumerate(names) for x, n in enumerate(rows[name])]
    most = max((n for _, _, n in cells), default=0)
    usual = sorted(n for _, _, n in cells if n)
    options = _axes([str(n) for n in range(max(map(len, rows.values())))], unit)
    options["xAxis"] |= {"splitLine": {"show": False}, "axisLabel": {**FONT, "interval": 49}}
    options["yAxis"] = {"type": "category", "data": names, "inverse": True, "axisLabel": {**FONT, "interval": 0}}
    options["yAxis"] |= {"axisLine": {"show": False}, "axisTick": {"show": False}}
    options["visualMap"] = {
        "show": False,
        "type": "piecewise",
        "dimension": 2,
        "pieces": _steps(usual[len(usual) * 9 // 10] if usual else 1, most),
    }
    options["series"] = [{"type": "heatmap", "data": cells, "itemStyle": {"borderWidth": 0}, "animation": False}]
    _plot(title, told, options, tall=True)
    _figures(
        ["Chromosome", "Count", "Stretches without any"],
        [(name, words.count(sum(row)), f"{sum(not n for n in row)} of {len(row)}") for name, row in rows.items()],
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a small table."""
    with box("figures", "table"):
        with box("", "thead"), box("", "tr"):
            for column in columns:
                box("", "th").props("scope=col").props["innerText"] = column
        with box("", "tbody"):
            for row in rows:
                with box("", "tr"):
                    for cell in row:
                        box("", "td").props["innerText"] = cell


def _steps(high: int, most: int) -> list[dict[str, Any]]:
    """Five shades up to what nine of ten cells stay below, and one for nothing at all."""
    parts = [round(high * part / 4) for part in (1, 2, 3)]
    limits = sorted({1, *(part + 1 for part in parts), most + 1})
    shades = ("25%", "45%", "70%", "100%")
    found: list[dict[str, Any]] = [{"value": 0, "color": "var(--sunken)"}]
    for number, (low, top) in enumerate(pairwise(limits)):
        colour = f"color-mix(in srgb, var(--brand) {shades[min(number, 3)]}, var(--sunken))"
        found.append({"gte": low, "lt": top, "color": colour})
    return found


def _axes(labels: Sequence[str], name: str) -> dict[str, Any]:
    plain = {"axisLine": {"lineStyle": {"color": LINE}}, "axisTick": {"show": False}, "axisLabel": FONT}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 12, "top": 16, "bottom": 30, "containLabel": True},
        "tooltip": {"trigger": "item", "confine": True, "transitionDuration": 0, "className": "plot-tip"},
        "xAxis": {
            "type": "category",
            "data": list(labels),
            "name": name,
            "nameLocation": "middle",
            "nameGap": 30,
            "nameTextStyle": {**FONT, "color": FAINT},
            **plain,
        },
        "yAxis": {"type": "value", "splitLine": {"lineStyle": {"color": LINE}}, **plain},
    }


def _plot(title: str, told: str, options: dict[str, Any], *, tall: bool = False) -> None:
    with stack("tight"):
        heading(title, 3)
        said(told, "faint")
    drawn = ui.echart(options, renderer="svg").classes("plot tall" if tall else "plot").props("role=img")
    drawn.props["aria-label"] = f"{title}. {told} The figures follow as a table."


def _figures(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with ui.expansion("The same as a table"):
        table(columns, rows)
