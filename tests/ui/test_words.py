"""Figures and names in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genoteca.model.evidence import Evidence, Shape
from genoteca.model.formats import Formats, use_formats
from genoteca.model.module import Tier
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleKind, Sex
from genoteca.ui import words


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (25_000, "25 kB"), (1.2e9, "1.2 GB"), (3.4e12, "3.4 TB")],
)
def test_sizes_are_in_powers_of_ten(size: float, text: str) -> None:
    assert words.file_size(int(size)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0.42, "0.4 s"), (59, "59 s"), (61, "1 min 1 s"), (3700, "1 h 1 min")]
)
def test_durations_are_as_exact_as_needed(seconds: float | None, text: str) -> None:
    assert words.span(seconds) == text


def test_every_word_of_the_model_is_said_on_the_screens() -> None:
    for spoken, kinds in (
        (words.EVIDENCE, Evidence),
        (words.KINDS, SampleKind),
        (words.SEX, Sex),
        (words.TIERS, Tier),
        (words.STATUS, RunStatus),
    ):
        assert set(spoken) == set(kinds)


def test_every_shape_is_drawn_by_the_style_sheet() -> None:
    from genoteca.ui.theme import LOOK

    style = "".join(sheet.read_text("utf-8") for sheet in LOOK.glob("*.css"))
    for shape in Shape:
        assert f".shape.{words.shape_class(shape)} " in style
    assert f".shape.{words.evidence_class(Evidence.INFERRED).replace(' ', '.')} " in style
    assert set(words.SHAPES) == set(Shape)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0, "0 %"), (1, "100 %"), (0.123456, "12.3 %"), (0.0005, "0.05 %"), (0.0000012, "1 in 833,333")],
)
def test_a_share_is_written_as_people_read_it(share: float, said: str) -> None:
    assert words.share(share) == said


def test_figures_follow_the_format_that_was_chosen() -> None:
    use_formats(Formats.ISO_COMMA)
    try:
        assert (words.percent(0.99876), words.percent(0.99876, 2)) == ("99,9 %", "99,88 %")
        assert words.count(1234567) == "1\u202f234\u202f567"
    finally:
        use_formats(Formats.ENGLISH)


def test_no_screen_writes_a_figure_past_the_format_that_was_chosen() -> None:
    past = re.compile(r":,\}|:,?\.\d%\}|:,\.\d")
    screens = Path(words.__file__).parent.rglob("*.py")
    assert [path.name for path in screens if past.search(path.read_text("utf-8"))] == []


def test_a_moment_is_told_in_local_time() -> None:
    assert "2026" in words.when(datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert words.when(None) == "–"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (None, "The run"),
        ("sample/variants", "Reading the variants"),
        ("sample/structural", "Reading the structural variants"),
        ("clinvar/reference", "ClinVar: reference data"),
        ("clinvar/annotations", "ClinVar: looking up your genome"),
        ("other/annotations", "other: looking up your genome"),
    ],
)
def test_an_asset_is_named_for_the_owner_of_the_genome(key: str | None, text: str) -> None:
    assert words.asset(key, {"clinvar": "ClinVar"}) == text


@pytest.mark.parametrize(
    ("spdx", "told"),
    [
        ("CC0-1.0", "free for any use (CC0)"),
        ("CC-BY-4.0", "free for any use, naming the source (CC BY 4.0)"),
        ("CC-BY-SA-4.0", "free for any use, naming the source, on the same terms (CC BY-SA 4.0)"),
        ("CC-BY-NC-4.0", "not for commercial use (CC BY-NC 4.0)"),
        ("CC0-1.0 AND CC-BY-NC-SA-4.0", "not for commercial use (CC0 and CC BY-NC-SA 4.0)"),
        ("LicenseRef-NCBI-public-domain", "free for any use (public domain, NCBI)"),
        ("LicenseRef-Yours", "yours: not known to Genoteca"),
        ("LicenseRef-Some-Terms", "Some Terms"),
        ("Artistic-2.0", "Artistic-2.0"),
    ],
)
def test_a_licence_is_said_in_words_and_an_unknown_one_as_it_stands(spdx: str, told: str) -> None:
    assert words.licence(spdx) == told


def test_a_kind_that_only_the_calls_tell_is_not_said_before_they_were_read() -> None:
    assert words.kind(SampleKind.PANEL, read=False).startswith("Measured while it is read")
    assert words.kind(SampleKind.PANEL, read=True) == words.KINDS[SampleKind.PANEL]
    assert words.kind(SampleKind.GVCF, read=False) == words.KINDS[SampleKind.GVCF]


def test_what_a_module_provides_is_said_in_words() -> None:
    assert words.provided("chain:NCBI36-GRCh37") == "Chain NCBI36 → GRCh37"
    assert words.provided("sequence:GRCh38") == "Sequence GRCh38"


def test_a_sentence_begins_with_a_capital_but_an_address_stays_as_it_is() -> None:
    assert words.sentence("module 1 → 2") == "Module 1 → 2."
    assert (
        words.sentence("https://example.org/a is not in the cache.") == "https://example.org/a is not in the cache."
    )
