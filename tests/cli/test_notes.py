"""`genoteca notes`: written, listed, taken out and removed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from genoteca.cli.main import build
from genoteca.engine.samples import write_sample
from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.sample import Sample, SampleId, SampleKind, SourceFile
from genoteca.settings import Settings

KEY = "anna/g1"


@pytest.fixture
def home(settings: Settings) -> Path:
    sample = Sample(
        id=SampleId.parse(KEY),
        user_name="Anna",
        sample_name="g1",
        source=SourceFile(path="/nowhere.vcf", name="nowhere.vcf", kept="in place", bytes=1),
        build=Build.GRCH38,
        build_evidence="",
        kind=SampleKind.WHOLE_GENOME,
        added=datetime(2026, 1, 1, tzinfo=UTC),
    )
    write_sample(settings.layout, sample)
    return settings.home


def said(home: Path, *arguments: str) -> str:
    done = CliRunner().invoke(build(lambda *_args, **_more: None), ["--home", str(home), "notes", *arguments])
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_a_note_is_written_listed_taken_out_and_removed(home: Path, tmp_path: Path) -> None:
    said(home, "add", KEY, "chr2:135851076:G>A", "ask mum", "--tag", "family")
    told = json.loads(said(home, "list", KEY, "--json"))
    assert (told["schema"], told["sample"]) == (1, KEY)
    assert [(one["variant"], one["text"], one["tags"]) for one in told["notes"]] == [
        ("2-135851076-G-A", "ask mum", ["family"])
    ]
    assert json.loads(said(home, "list", KEY, "--tag", "other", "--json"))["notes"] == []
    out = tmp_path / "notes.csv"
    assert "1 note written" in said(home, "export", KEY, "--format", "csv", "--output", str(out))
    assert "2-135851076-G-A,ask mum,family," in out.read_text()
    assert json.loads(said(home, "remove", KEY, "2-135851076-G-A", "--json"))["removed"] == "2-135851076-G-A"
    assert json.loads(said(home, "export", KEY))["notes"] == []


def test_a_note_without_words_is_refused(home: Path) -> None:
    with pytest.raises(InputError, match="needs words"):
        said(home, "add", KEY, "2-5-A-C")
