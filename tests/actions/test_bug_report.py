"""What may be copied for a bug report: nothing of a person, however an error speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca import actions
from genoteca.actions import App
from genoteca.actions.bug_report import NOTE
from genoteca.actions.scrubbing import LEFT_OUT, scrubbed
from genoteca.actions.view import Trouble
from genoteca.settings import Settings

HOSTILE = """\
The file of ludmila/hg001 at /data/ludmila/My very own Genome/hg001 final.vcf.gz has a bad record in line 4711.
There is no person 'Max Mustermann' in it; it holds NA12878, Max Mustermann and Zoë.
C:\\Users\\Ludmila\\Desktop\\genome.txt and ~/genomes/zoe.txt and \\\\server\\share\\zoe.vcf
rs429358 is C/T, i5006049 is 0|1, chr19:44908684 T>C, 19-44908684-T-C, NC_000019.10:g.44908684T>C
APOE e4/e4, BRCA1 c.68_69delAG p.Glu23fs, CYP2C19 *2/*17, F5 Leiden: homozygous pathogenic carrier, risk
https://example.org/users/ludmila?token=s3cret ludmila@example.org 192.168.7.7
ACGTACGT CTT A/G AA TT 1/1 DELTAF508 rs 429358 4 4 9 0 8 6 8 4
Traceback (most recent call last):
  File "/data/ludmila/.venv/lib/python3.11/site-packages/genoteca/engine/worker.py", line 33, in run
    raise GenomeFileError(f"rs429358 C/T of ludmila")
  File "/data/ludmila/.venv/lib/python3.11/site-packages/polars/lazyframe/frame.py", line 9, in collect
  File "/data/ludmila/secret/zoe.py", line 2, in zoe
polars.exceptions.ComputeError: could not parse `AG` as dtype `i64` at column 'genotype'
"""
_NEVER = """
ludmila Max Mustermann Zo zoe hg001 NA12878 server share Desktop Leiden rs429358 i5006049 429358 44908684 APOE BRCA1
Glu23 68_69 CYP2C19 homozygous pathogenic carrier token s3cret 192 ACGT CTT DELTA secret very own
"""
NEVER = _NEVER.split()
GENOTYPE = re.compile(r"\b[ACGTN]+[/|>][ACGTN]+\b|\b\d[/|]\d\b|\be[234]\b|\*\d|\b(?:AA|TT|AG|CT)\b")


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    app = actions.open_app(settings)
    yield app
    actions.close(app)


def of_an_error(report: str) -> str:
    """Leave out what a report says of the versions of Genoteca and this computer, and of itself."""
    return report.partition("### ")[2].removesuffix(f"{NOTE}\n")


def test_a_hostile_error_gives_nothing_of_a_person_away(app: App) -> None:
    trouble = Trouble(title=HOSTILE, message=HOSTILE, hint=HOSTILE, detail=HOSTILE)
    report = actions.bug_report(app, trouble, asset="sample/variants")
    told = of_an_error(report)
    assert [word for word in NEVER if re.search(rf"(?<![a-z]){re.escape(word)}", told, re.IGNORECASE)] == []
    assert GENOTYPE.findall(told) == []
    assert str(app.layout.home) not in report


def test_what_helps_to_find_the_mistake_stays(app: App) -> None:
    trouble = Trouble(
        title="The worker was killed",
        message="The worker was killed from outside, most often because the computer ran out of memory.",
        detail=HOSTILE,
    )
    report = actions.bug_report(app, trouble, asset="sample/variants")
    assert trouble.message in report
    assert "genoteca/engine/worker.py, line 33, in run" in report
    assert "the library polars, line 9, in collect" in report
    assert "variants of a genome" in report
    assert "Genoteca" in report.splitlines()[0]


def test_a_module_that_is_not_installed_is_not_named(app: App) -> None:
    report = actions.bug_report(app, Trouble(title="It failed", message=""), asset="cancer-of-ludmila/annotations")
    assert "ludmila" not in report
    assert "annotations of a module" in report


@given(st.text(alphabet="ACGTN", min_size=2, max_size=30), st.integers(min_value=1000), st.sampled_from("/|>-:_"))
def test_letters_of_a_genome_positions_and_names_for_them_are_left_out(bases: str, place: int, between: str) -> None:
    said = f"At {place} stands {bases} and {bases}{between}{bases[0]}, known as rs{place} or {place}{between}{bases}"
    left = scrubbed(said)
    assert str(place) not in left
    assert bases not in left.replace(LEFT_OUT, "")


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.isprintable() and '"' not in name))
def test_whatever_is_quoted_is_left_out(name: str) -> None:
    assert scrubbed(f'There is no sample "{name}" here') == f"There is no sample {LEFT_OUT} here"
