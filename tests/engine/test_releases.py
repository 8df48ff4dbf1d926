"""Releases of a module's references: side by side, chosen, dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genoteca.engine import records
from genoteca.engine.capabilities import capability
from genoteca.engine.kinship import kinship, serves
from genoteca.engine.release_choice import chosen_releases, release_folder
from genoteca.engine.releases import Release, drop_release, named_release, releases_of, use_release
from genoteca.errors import DatasetError, NotFoundError
from genoteca.model.record import Record
from genoteca.sdk.dataset import Dataset, Written
from genoteca.settings import Layout

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MONTHS = {"2026-02-26": 0, "2026-03-05": 1, "2026-03-12": 2}


def made(
    layout: Layout, release: str, build: str | None = "GRCh38", *, asset: str = "reference", run: str = "aaaaaaaa"
) -> Record:
    """Publish a table of a hundred bytes."""
    path = records.record_path(layout, ["c", asset], None, data_version=release_folder(release), build=build)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = records.dataset_path(path, run)
    table.write_bytes(b"x" * 100)
    record = Record(
        asset=["c", asset],
        partition=None,
        run=run,
        created=BEGIN + timedelta(days=MONTHS.get(release, 9)),
        file=table.name,
        rows=1,
        bytes=100,
        sha256=release,
        code_version="1",
        data_version="1",
        build=build,
        release=release,
        metadata={"provides": [f"{asset}:{build}"]},
    )
    records.write_record(path, record)
    return record


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "home")


@pytest.fixture
def three(layout: Layout) -> Layout:
    for release in MONTHS:
        made(layout, release)
    made(layout, "2026-03-05", "GRCh37")
    return layout


def in_force(layout: Layout, build: str = "GRCh38") -> str:
    found = records.latest_reference(layout, "c", build)
    assert found is not None
    return found.record.release


def test_the_newest_is_used_until_another_one_is_chosen_and_again_after(three: Layout) -> None:
    assert in_force(three) == "2026-03-12"
    use_release(three, "c", named_release(releases_of(three, "c"), "2026-03-05", "c"))
    assert in_force(three) == "2026-03-05"
    assert in_force(three, "GRCh37") == "2026-03-05"
    use_release(three, "c", named_release(releases_of(three, "c"), "2026-02-26", "c"))
    assert in_force(three) == "2026-02-26"
    assert in_force(three, "GRCh37") == "2026-03-05", "a build without that release keeps its own"
    use_release(three, "c", None)
    assert in_force(three) == "2026-03-12"


def test_a_choice_is_no_record_and_survives_the_database(three: Layout) -> None:
    use_release(three, "c", releases_of(three, "c")[-1])
    assert records.damaged(three) == []
    assert chosen_releases(three, "c") == {"GRCh38": "2026-02-26"}
    assert not three.database.exists()


def test_a_damaged_choice_is_said_and_not_guessed(three: Layout) -> None:
    three.chosen_releases("c").write_text("{")
    with pytest.raises(DatasetError, match="damaged"):
        records.latest_reference(three, "c", "GRCh38")
    use_release(three, "c", named_release_of(three, "2026-02-26"))
    assert in_force(three) == "2026-02-26"


def named_release_of(layout: Layout, name: str) -> Release:
    """Find a release although nobody can tell which one is used."""
    choice = layout.chosen_releases("c")
    damaged = choice.read_text()
    choice.unlink()
    found = named_release(releases_of(layout, "c"), name, "c")
    choice.write_text(damaged)
    return found


def test_a_dropped_release_is_gone_from_the_disk_and_from_the_choice(three: Layout) -> None:
    made(three, "2026-03-05", run="bbbbbbbb")
    oldest = named_release(releases_of(three, "c"), "2026-03-05", "c")
    use_release(three, "c", oldest)
    size = sum(path.stat().st_size for path in three.references("c").glob("2026-03-05/*/*"))
    assert oldest.bytes == size > 300
    assert drop_release(three, "c", oldest) == size
    assert [one.name for one in releases_of(three, "c")] == ["2026-03-12", "2026-02-26"]
    assert not (three.references("c") / "2026-03-05").exists()
    assert chosen_releases(three, "c") == {}
    assert in_force(three) == "2026-03-12"
    assert records.latest_reference(three, "c", "GRCh37") is None


def test_a_release_is_found_by_its_beginning_where_no_other_begins_so(three: Layout) -> None:
    assert named_release(releases_of(three, "c"), "2026-02", "c").name == "2026-02-26"
    for unclear in ("2026-03", "2027", ""):
        with pytest.raises(NotFoundError, match="has no release"):
            named_release(releases_of(three, "c"), unclear, "c")


def test_files_of_no_build_are_releases_too_and_each_is_used(layout: Layout) -> None:
    made(layout, "2026-02-26", None, asset="GRCh37-GRCh38")
    made(layout, "2026-03-05", None, asset="GRCh38-GRCh37")
    assert [one.in_force for one in releases_of(layout, "c")] == [("any",), ("any",)]


def test_a_capability_is_that_of_the_chosen_release(three: Layout) -> None:
    found = capability(three, "reference:GRCh38", modules=["c"])
    assert found is not None
    assert found.record.release == "2026-03-12"
    use_release(three, "c", named_release(releases_of(three, "c"), "2026-02", "c"))
    found = capability(three, "reference:GRCh38", modules=["c"])
    assert found is not None
    assert found.record.release == "2026-02-26"


@pytest.mark.parametrize("name", ["GRCh38 (GCA_000001405.15), UCSC hg38", "../../etc", "Ω", "x" * 300, "a/b"])
def test_every_name_of_a_release_has_a_folder_of_its_own(name: str) -> None:
    folder = release_folder(name)
    assert records.PART.fullmatch(folder)
    assert folder != release_folder(f"{name}!")
    assert release_folder("2026-02-26") == "2026-02-26"


def dataset(*files: str, **changed: object) -> Dataset:
    noted = [{"url": name, "sha256": f"sha of {name}"} for name in files]
    metadata = {"module_version": "1", "settings": {}, **({"files": noted} if noted else {}), **changed}
    return Dataset(table=None, code_version="1", metadata=metadata)  # type: ignore[arg-type]


def record_of(made: Dataset, sha256: str) -> Record:
    written = Written(file=None, rows=0, bytes=0, sha256=sha256)
    return made.record(asset=["c", "reference"], partition=None, run="r" * 8, written=written)


def test_answers_made_before_a_chromosome_was_added_stand_where_only_what_is_carried_has_a_row() -> None:
    first = record_of(dataset("21"), "A")
    second = dataset("21", "22")
    second.metadata |= kinship(first, second)
    now = record_of(second, "B")
    assert serves(now, "B", dense=True)
    assert serves(now, "A", dense=False)
    assert not serves(now, "A", dense=True), "a dense module has new sites"
    third = dataset("21", "22")
    third.metadata |= kinship(now, third)
    again = record_of(third, "C")
    assert serves(again, "B", dense=True), "the same files, made into a table once more"
    assert serves(again, "A", dense=False)
    assert not serves(again, "Z", dense=False)


@pytest.mark.parametrize(
    "other",
    [dataset("22"), dataset("21", module_version="2"), dataset("21", settings={"x": 1}), dataset()],
    ids=["other files", "another version", "other settings", "no file"],
)
def test_what_was_made_otherwise_serves_no_older_answer(other: Dataset) -> None:
    other.metadata |= kinship(record_of(dataset("21"), "A"), other)
    assert not serves(record_of(other, "B"), "A", dense=False)


def test_tables_made_of_no_noted_file_are_never_taken_for_the_same() -> None:
    assert kinship(record_of(dataset(), "A"), dataset()) == {}
