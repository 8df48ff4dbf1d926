"""The style sheet's colours: words are readable on the ground they stand on, in light and in dark."""

from __future__ import annotations

import re
from itertools import product

import pytest

from genoteca.ui.theme import LOOK

STYLE = (LOOK / "genoteca.css").read_text("utf-8")
GROUNDS = ("ground", "surface", "sunken")
PAIRS = [
    *product(("ink", "ink-soft", "ink-faint", "brand"), GROUNDS),
    *((name, f"{name}-soft") for name in ("answered", "reference", "not-callable", "failed")),
    *product(("ink", "ink-soft"), ("answered-soft", "reference-soft", "not-callable-soft", "failed-soft")),
    ("brand-strong", "brand-soft"),
    ("on-brand", "brand"),
]
ENOUGH = 4.5
"""Contrast that WCAG 2.2 asks for words of ordinary size (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""


def colours(selector: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", STYLE, re.DOTALL | re.MULTILINE)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("words", "ground"), PAIRS)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_words_are_readable_on_their_ground(look: str, words: str, ground: str) -> None:
    known = colours(":root") | (colours("body.body--dark") if look == "dark" else {})
    assert contrast(known[words], known[ground]) >= ENOUGH
