"""A person's own notes: kept with the sample, written whole or not at all, taken out as text."""

from __future__ import annotations

import csv
import io
import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from genoteca import actions
from genoteca.actions import App
from genoteca.engine import records
from genoteca.engine.samples import write_sample
from genoteca.errors import DatasetError, InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.sample import Sample, SampleId, SampleKind, SourceFile
from genoteca.settings import Settings

KEY, HERE = "anna/g1", "2-135851076-G-A"


@pytest.fixture
def app(settings: Settings) -> App:
    app = actions.open_app(settings)
    for name in ("g1", "g2"):
        write_sample(
            app.layout,
            Sample(
                id=SampleId(user="anna", sample=name),
                user_name="Anna",
                sample_name=name,
                source=SourceFile(path="/nowhere.vcf", name="nowhere.vcf", kept="in place", bytes=1),
                build=Build.GRCH38,
                build_evidence="",
                kind=SampleKind.WHOLE_GENOME,
                added=datetime(2026, 1, 1, tzinfo=UTC),
            ),
        )
    return app


def file_of(app: App) -> Path:
    return app.layout.sample("anna", "g1") / "notes.json"


def test_a_note_is_kept_with_its_sample_alone(app: App) -> None:
    actions.write_note(app, KEY, "chr2:135,851,076:g>a", " Milk!\r\nAsk mum. ", ["family", " to  check ", "family"])
    (note,) = actions.notes_of(app, KEY)
    assert (note.variant, note.text, note.tags) == (HERE, "Milk!\nAsk mum.", ("family", "to check"))
    assert actions.note_on(app, KEY, HERE) == note
    assert actions.notes_of(app, "anna/g2") == []
    assert file_of(app).stat().st_mode & 0o777 == 0o600


def test_a_note_is_replaced_and_keeps_when_it_was_first_written(app: App) -> None:
    first = actions.write_note(app, KEY, HERE, "one")
    second = actions.write_note(app, KEY, HERE, "two")
    assert first
    assert second
    assert (second.text, second.written) == ("two", first.written)
    assert second.changed >= first.changed
    assert len(actions.notes_of(app, KEY)) == 1


def test_notes_stand_in_the_order_of_the_genome(app: App) -> None:
    for variant in ("X-5-A-C", "10-7-A-C", "2-9-A-C", "2-10-A-C"):
        actions.write_note(app, KEY, variant, "here")
    assert [note.variant for note in actions.notes_of(app, KEY)] == ["2-9-A-C", "2-10-A-C", "10-7-A-C", "X-5-A-C"]


def test_a_note_without_words_and_tags_is_none(app: App) -> None:
    actions.write_note(app, KEY, HERE, "one")
    assert actions.write_note(app, KEY, HERE, " \n", [" "]) is None
    assert actions.notes_of(app, KEY) == []
    with pytest.raises(NotFoundError, match="no note on"):
        actions.remove_note(app, KEY, HERE)


@effort(max_examples=40)
@given(text=st.text(max_size=60), tags=st.lists(st.text(max_size=30), max_size=5))
def test_what_is_written_is_plain_text_whatever_is_given(text: str, tags: list[str]) -> None:
    from genoteca.actions.notes import _tags, _text

    for kept in (_text(text), *_tags(tags)):
        assert not any(ord(c) < 32 and c not in "\n\t" for c in kept)
        assert not set(kept) & set("\u202e\u2066\u200b\ufeff\x7f")
        kept.encode()
    assert not any({";", "\n"} & set(tag) or tag != tag.strip() for tag in _tags(tags))


def test_too_much_is_refused_and_nothing_is_changed(app: App) -> None:
    actions.write_note(app, KEY, HERE, "one")
    before = file_of(app).read_bytes()
    for text, tags in (("x" * 4001, []), ("", ["t" * 41]), ("", [f"tag{n}" for n in range(13)])):
        with pytest.raises(InputError):
            actions.write_note(app, KEY, HERE, text, tags)
    with pytest.raises(InputError, match="names no variant"):
        actions.write_note(app, KEY, "../../etc/passwd", "x")
    with pytest.raises(NotFoundError):
        actions.write_note(app, "anna/g9", HERE, "x")
    assert file_of(app).read_bytes() == before


def test_a_damaged_file_is_never_written_over(app: App) -> None:
    file_of(app).write_text('{"notes": [')
    with pytest.raises(DatasetError) as told:
        actions.write_note(app, KEY, HERE, "one")
    assert told.value.title == "Your notes cannot be read"
    assert file_of(app).read_text() == '{"notes": ['


def test_notes_written_at_once_are_all_kept(app: App) -> None:
    def write(number: int) -> None:
        actions.write_note(app, KEY, f"1-{number}-A-C", "mine")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [note.variant for note in actions.notes_of(app, KEY)] == [f"1-{number}-A-C" for number in range(1, 9)]


def test_notes_are_exported_as_json_and_csv_and_run_no_formula(app: App) -> None:
    actions.write_note(app, KEY, HERE, '=HYPERLINK("x")', ["@me", "b"])
    told = json.loads(actions.export_notes(app, KEY, "json"))
    assert [(one["variant"], one["text"], one["tags"]) for one in told["notes"]] == [
        (HERE, '=HYPERLINK("x")', ["@me", "b"])
    ]
    head, row = csv.reader(io.StringIO(actions.export_notes(app, KEY, "csv")))
    assert head[:3] == ["variant", "text", "tags"]
    assert row[:3] == [HERE, '\'=HYPERLINK("x")', "'@me; b"]


def test_the_tags_in_use_are_offered_the_commonest_first(app: App) -> None:
    actions.write_note(app, KEY, "1-5-A-C", "", ["a", "z"])
    actions.write_note(app, KEY, "1-6-A-C", "", ["z"])
    assert actions.tags_of(app, KEY) == ["z", "a"]


def test_notes_are_taken_for_no_table(app: App) -> None:
    actions.write_note(app, KEY, HERE, "one")
    assert records.damaged(app.layout) == []
    assert list(records.all_records(app.layout)) == []
