"""The lineage of what is said about a variant, as a picture: file → variants → reference release → result → run."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from nicegui import ui

from genoteca.actions.variant_views import LineageBranch
from genoteca.actions.views import Step
from genoteca.ui.components.boxes import box, card, heading, said, stack
from genoteca.ui.components.lineage import lineage_steps

__all__ = ["lineage_card"]

WIDTH, HEIGHT, GAP = 200, 92, 30
LETTERS, LINES = 30, 3
TITLE_LETTERS = 25
"""A title is written larger and bolder."""
TITLES = {"Reference": "Reference release"}
NONE = "No module has an answer of its own here; the file and what was read of it stand for themselves."


@dataclass(kw_only=True, slots=True)
class _Node:
    x: float
    y: float
    title: str
    text: str
    kind: str = ""


@dataclass(kw_only=True, slots=True)
class _Picture:
    """Boxes, and arrows from one to another by their numbers."""

    nodes: list[_Node] = field(default_factory=list)
    arrows: list[tuple[int, int]] = field(default_factory=list)

    def add(self, x: float, y: float, step: Step, *, after: int | None = None, kind: str = "") -> int:
        """Add a box, with an arrow from another; gives its number."""
        self.nodes.append(_Node(x=x, y=y, title=TITLES.get(step.title, step.title), text=step.text, kind=kind))
        number = len(self.nodes) - 1
        if after is not None:
            self.arrows.append((after, number))
        return number

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return max(one.x for one in self.nodes) + WIDTH + 2, max(one.y for one in self.nodes) + HEIGHT + 2


def lineage_card(
    origin: Sequence[Step], branches: Sequence[LineageBranch], title: str = "Where this comes from"
) -> None:
    """Draw the picture, wide and narrow, and say the same in words."""
    if not origin:
        return
    with card("snug lineage-card"):
        heading(title, 2)
        if not branches:
            said(NONE, "small soft")
        told = (
            f"File, variants, then for {', '.join(one.title for one in branches) or 'no module'}: reference release, "
        )
        told += "result and run. The same follows in words."
        _drawn(_wide(origin, branches), "wide-only", told)
        _drawn(_narrow(origin, branches), "narrow-only", told)
        with ui.expansion("The same in words"):
            _words(origin, branches)


def _wide(origin: Sequence[Step], branches: Sequence[LineageBranch]) -> _Picture:
    picture, step = _Picture(), WIDTH + GAP
    middle = max(len(branches) - 1, 0) * (HEIGHT + GAP) / 2
    last = picture.add(1, 1 + middle, origin[0])
    last = picture.add(1 + step, 1 + middle, origin[1], after=last)
    for number, one in enumerate(branches):
        y, before = 1 + number * (HEIGHT + GAP), last
        for place, (part, kind) in enumerate(_parts(one)):
            before = picture.add(1 + (2 + place) * step, y, part, after=before, kind=kind)
    return picture


def _narrow(origin: Sequence[Step], branches: Sequence[LineageBranch]) -> _Picture:
    picture, step = _Picture(), HEIGHT + GAP
    last = picture.add(1, 1, origin[0])
    last = picture.add(1, 1 + step, origin[1], after=last)
    y = 1 + 2 * step
    for one in branches:
        before: int | None = last if one is branches[0] else None
        for part, kind in _parts(one):
            before = picture.add(1, y, part, after=before, kind=kind)
            y += step
    return picture


def _parts(one: LineageBranch) -> list[tuple[Step, str]]:
    reference = one.reference.model_copy(update={"title": "Reference release"})
    result = one.result.model_copy(update={"title": one.title})
    return [(reference, ""), (result, "result"), (one.run, "run")]


def _drawn(picture: _Picture, kind: str, told: str) -> None:
    width, height = picture.size
    with box(f"lineage-picture {kind}", "svg").props("role=img") as drawn:
        drawn.props["viewBox"] = f"0 0 {width:.0f} {height:.0f}"
        drawn.props["aria-label"] = told
        drawn.style(f"max-width: {width:.0f}px")
        for start, end in picture.arrows:
            _arrow(picture.nodes[start], picture.nodes[end])
        for node in picture.nodes:
            _node(node)


def _node(node: _Node) -> None:
    frame = box(f"node {node.kind}", "rect")
    frame.props.update({"x": node.x, "y": node.y, "width": WIDTH, "height": HEIGHT, "rx": 10})
    _line(node.title, node.x + 12, node.y + 23, "title", TITLE_LETTERS)
    lines = textwrap.wrap(node.text, LETTERS, max_lines=LINES, placeholder=" …")
    for number, line in enumerate(lines):
        _line(line, node.x + 12, node.y + 43 + 17 * number, "words")


def _line(text: str, x: float, y: float, kind: str, letters: int = LETTERS) -> None:
    short = text if len(text) <= letters else f"{text[: letters - 1]}…"
    box(kind, "text").props.update({"x": x, "y": y, "textContent": short})


def _arrow(start: _Node, end: _Node) -> None:
    if start.x == end.x:
        x, bottom, top = start.x + WIDTH / 2, start.y + HEIGHT, end.y
        way, head = f"M {x} {bottom} V {top - 7}", f"M {x - 5} {top - 8} L {x} {top - 1} L {x + 5} {top - 8} Z"
    else:
        left, right = start.x + WIDTH, end.x
        one, other = start.y + HEIGHT / 2, end.y + HEIGHT / 2
        bend = left + GAP / 2
        way = f"M {left} {one} H {bend} V {other} H {right - 7}"
        head = f"M {right - 8} {other - 5} L {right - 1} {other} L {right - 8} {other + 5} Z"
    box("way", "path").props["d"] = way
    box("head", "path").props["d"] = head


def _words(origin: Sequence[Step], branches: Sequence[LineageBranch]) -> None:
    with stack():
        lineage_steps(origin)
        for one in branches:
            with stack("tight"):
                said(one.title, "h3")
                lineage_steps([one.reference, one.result, one.run])
