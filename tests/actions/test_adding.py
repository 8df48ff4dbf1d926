"""What is stored when genomes are added, and what is refused before anything is."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from genoteca import actions
from genoteca.actions import AddSample, App
from genoteca.errors import DataFolderError, GenomeFileError, InputError
from genoteca.model.run import RunStatus
from genoteca.settings import Settings

HEAD = "##fileformat=VCFv4.2\n##contig=<ID=1,length=248956422>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def vcf(path: Path, *people: str) -> Path:
    """Write a VCF of one record."""
    names = "".join(f"\t{name}" for name in ("FORMAT", *people)) if people else ""
    calls = "\tGT" + "\t0/1" * len(people) if people else ""
    path.write_text(f"{HEAD}{names}\n1\t100\t.\tA\tC\t50\tPASS\t.{calls}\n")
    return path


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    """An open app whose queue waits."""
    opened = actions.open_app(settings)
    yield opened
    actions.close(opened)


def stored(app: App) -> list[str]:
    return [card.sample.id.key for card in actions.list_samples(app)]


def test_every_person_of_a_file_becomes_a_sample_with_a_run_of_its_own(app: App, tmp_path: Path) -> None:
    path = vcf(tmp_path / "trio.vcf", "Mother", "Father", "Child")
    added = actions.add_samples(app, AddSample(path=str(path), user="Anna"), None)
    assert [sample.key for sample, _ in added] == ["anna/mother", "anna/father", "anna/child"]
    assert len({run for _, run in added}) == 3
    assert {run.status for run in app.index.list()} == {RunStatus.QUEUED}
    cards = [actions.show_sample(app, sample.key).sample for sample, _ in added]
    assert [card.pick for card in cards] == ["Mother", "Father", "Child"]
    assert {card.source.path for card in cards} == {str(path)}
    assert {card.source.kept for card in cards} == {"in place"}


def test_an_upload_is_kept_once_and_deleting_one_person_leaves_the_other(app: App, tmp_path: Path) -> None:
    path = vcf(app.layout.temporary / "upload.genome", "Mother", "Child")
    content = path.read_bytes()
    request = AddSample(path=str(path), name="trio.vcf", copy_file=True)
    (mother, _), (child, _) = actions.add_samples(app, request, ["Mother", "Child"])
    places = [Path(actions.show_sample(app, one.key).sample.source.path) for one in (mother, child)]
    assert not path.exists()
    assert places[0].samefile(places[1])
    assert {place.stat().st_mode & 0o777 for place in places} == {0o600}
    actions.forget_sample(app, mother.key)
    assert not places[0].exists()
    assert places[1].read_bytes() == content


def test_a_disk_without_links_keeps_a_copy_each(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    path = vcf(app.layout.temporary / "upload.genome", "A", "B")
    added = actions.add_samples(app, AddSample(path=str(path), copy_file=True), None)
    places = [Path(actions.show_sample(app, one.key).sample.source.path) for one, _ in added]
    assert not places[0].samefile(places[1])
    assert places[0].read_bytes() == places[1].read_bytes()


@pytest.mark.parametrize(
    ("people", "picks", "request_", "words"),
    [
        (("A b", "a-B"), None, {}, "would both be kept as me/a-b"),
        (("A", "B"), None, {"sample": "x"}, "cannot all be called 'x'"),
        (("Anna", "B"), ["Anna", "Ana"], {}, "did you mean Anna"),
        (("A", "B"), [None], {}, "holds 2 samples: A, B"),
        ((), None, {}, "no genotypes"),
    ],
)
def test_what_cannot_be_added_leaves_nothing(
    app: App,
    tmp_path: Path,
    people: tuple[str, ...],
    picks: list[str | None] | None,
    request_: dict[str, str],
    words: str,
) -> None:
    path = vcf(tmp_path / "some.vcf", *people)
    request = AddSample(path=str(path), copy_file=True).model_copy(update=request_)
    with pytest.raises(InputError, match=words) as caught:
        actions.add_samples(app, request, picks)
    assert caught.value.hint
    assert path.exists()
    assert stored(app) == []
    assert app.index.list() == []


def test_a_name_in_use_keeps_all_of_them_out(app: App, tmp_path: Path) -> None:
    path = vcf(tmp_path / "two.vcf", "A", "B")
    actions.add_sample(app, AddSample(path=str(path), pick="B"))
    with pytest.raises(InputError, match="already a sample me/b"):
        actions.add_samples(app, AddSample(path=str(path)), None)
    assert stored(app) == ["me/b"]


def test_the_genome_of_an_archive_is_remembered(app: App, tmp_path: Path) -> None:
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("anna", "ben"):
            archive.write(vcf(tmp_path / f"{name}.vcf", name), f"{name}.vcf")
    with pytest.raises(InputError, match=r"2 genome files: anna\.vcf, ben\.vcf"):
        actions.add_sample(app, AddSample(path=str(path)))
    sample, _ = actions.add_sample(app, AddSample(path=str(path), member="ben.vcf"))
    assert sample.key == "me/ben"
    assert actions.show_sample(app, sample.key).sample.source.member == "ben.vcf"


def test_a_somatic_file_is_refused_with_what_to_ask_for(app: App, tmp_path: Path) -> None:
    path = tmp_path / "strelka.vcf"
    path.write_text(f"{HEAD}\tFORMAT\tTUMOR\n1\t100\t.\tA\tC\t50\tPASS\tSOMATIC\tAU:CU\t1,2:3,4\n")
    with pytest.raises(GenomeFileError, match="does not say what a person carries") as caught:
        actions.add_sample(app, AddSample(path=str(path)))
    assert "germline" in caught.value.hint
    assert stored(app) == []


def test_a_full_disk_is_told_before_anything_is_kept(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = vcf(tmp_path / "one.vcf", "A")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(DataFolderError, match="1 MB free") as caught:
        actions.add_sample(app, AddSample(path=str(path), copy_file=True))
    assert "room" in caught.value.title
    assert path.exists()
    assert stored(app) == []
