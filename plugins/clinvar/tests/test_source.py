from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from genoteca.sdk import Build, Fetched, NotOfferedError, Paths, Progress, ReferenceDataError, ReferenceRequest
from genoteca_clinvar.plugin import describe_module, make_reference
from genoteca_clinvar.source import PUBLISHER, fetch_release

HEADER_LINE = "##reference=GRCh38\n"


@dataclass
class Shelf:
    """Gives one local file for every address, and remembers what was asked."""

    file: Path
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    lacks: tuple[str, ...] = ()
    """Parts of addresses under which there is nothing."""

    def fetch(self, source: str, *, checksum: str = "", checksum_url: str = "", progress: Progress) -> Fetched:
        self.asked.append((source, checksum, checksum_url))
        if any(part in source for part in self.lacks):
            raise NotOfferedError(f"{source} answered 404.")
        progress(1.0, "there")
        size = self.file.stat().st_size
        return Fetched(path=self.file, sha256="0" * 64, bytes=size, url=source, from_cache=False, release="")


def request(shelf: Shelf, tmp_path: Path, build: Build = Build.GRCH38, **settings: str) -> ReferenceRequest:
    return ReferenceRequest(
        manifest=describe_module(),
        build=build,
        fetch=shelf,
        paths=cast("Paths", None),
        settings=settings,
        scratch=tmp_path,
        progress=lambda _fraction, _message: None,
    )


def edited(few: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    text = few.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "edited.vcf"
    path.write_text(text)
    return path


@pytest.mark.parametrize("build", [Build.GRCH37, Build.GRCH38])
def test_the_publishers_two_files_are_fetched_with_their_checksums(few: Path, tmp_path: Path, build: Build) -> None:
    shelf = Shelf(few)
    fetch_release(request(shelf, tmp_path, build))
    folder = f"https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_{build}"
    assert shelf.asked == [
        (f"{folder}/clinvar.vcf.gz", "", f"{folder}/clinvar.vcf.gz.md5"),
        (f"{folder}/clinvar_papu.vcf.gz", "", f"{folder}/clinvar_papu.vcf.gz.md5"),
    ]


def test_an_older_release_is_found_in_the_publishers_archive(few: Path, tmp_path: Path) -> None:
    asked = replace(
        request(shelf := Shelf(few, lacks=("vcf_GRCh38/clinvar_", "weekly")), tmp_path), release="2024-01-07"
    )
    fetch_release(asked)
    folder = "https://ftp.ncbi.nlm.nih.gov/pub/clinvar/vcf_GRCh38"
    assert [source.removeprefix(folder) for source, _, _ in shelf.asked] == [
        "/clinvar_20240107.vcf.gz",
        "/weekly/clinvar_20240107.vcf.gz",
        "/archive_2.0/2024/clinvar_20240107.vcf.gz",
        "/archive_2.0/2024/clinvar_20240107_papu.vcf.gz",
    ]
    assert all(beside == f"{source}.md5" for source, _, beside in shelf.asked)
    shelf.lacks = ("clinvar_",)
    with pytest.raises(NotOfferedError, match="2024-01-07 lies neither"):
        fetch_release(asked)


def test_only_the_host_of_the_manifest_is_asked() -> None:
    hosts = describe_module().permissions.network
    assert PUBLISHER.split("/")[2] in hosts
    assert len(hosts) == 1


def test_a_source_of_ones_own_is_taken_alone(few: Path, tmp_path: Path) -> None:
    shelf = Shelf(few)
    fetch_release(request(shelf, tmp_path, source=" /data/{build}/clinvar.vcf.gz ", checksum="md5:" + "0" * 32))
    assert shelf.asked == [("/data/GRCh38/clinvar.vcf.gz", "md5:" + "0" * 32, "")]


def test_a_reference_is_made_of_a_release(few: Path, tmp_path: Path) -> None:
    made = make_reference(request(Shelf(few), tmp_path, source=str(few)))
    assert made.release == "2026-02-26"
    assert made.build is Build.GRCH38
    assert made.metadata["records_read"] == 12


def test_both_of_the_publishers_files_make_one_reference(few: Path, tmp_path: Path) -> None:
    made = make_reference(request(Shelf(few), tmp_path))
    assert made.metadata["records_read"] == 24
    assert made.metadata["alleles_kept"] == 8


def test_a_file_of_another_build_is_refused_by_its_header(few: Path, tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match=r"is of GRCh38; GRCh37 was asked for") as caught:
        make_reference(request(Shelf(few), tmp_path, Build.GRCH37, source=str(few)))
    assert caught.value.title == "This release is of another genome build"


def test_a_header_that_is_silent_is_answered_by_the_accessions(few: Path, tmp_path: Path) -> None:
    path = edited(few, tmp_path, (HEADER_LINE, ""))
    with pytest.raises(ReferenceDataError, match=r"is of GRCh38; GRCh37 was asked for"):
        make_reference(request(Shelf(path), tmp_path, Build.GRCH37, source=str(path)))
    assert make_reference(request(Shelf(path), tmp_path, source=str(path))).release == "2026-02-26"


def test_a_silent_header_over_accessions_of_another_build_is_refused(few: Path, tmp_path: Path) -> None:
    changes = (HEADER_LINE, ""), ("NC_000013.11", "NC_000013.10"), ("NC_000001.11", "NC_000001.10")
    path = edited(few, tmp_path, *changes)
    with pytest.raises(ReferenceDataError, match=r"is of GRCh37; GRCh38 was asked for"):
        make_reference(request(Shelf(path), tmp_path, source=str(path)))


def test_a_vcf_that_is_not_clinvars_is_refused(few: Path, tmp_path: Path) -> None:
    path = edited(few, tmp_path, ("CLNSIG=", "SIG="))
    with pytest.raises(ReferenceDataError, match="is not ClinVar's VCF"):
        make_reference(request(Shelf(path), tmp_path, source=str(path)))


@pytest.mark.real_data
def test_the_release_of_2026_becomes_a_reference(real: Path, tmp_path: Path) -> None:
    path = real / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    made = make_reference(request(Shelf(path), tmp_path, source=str(path)))
    assert (made.release, made.metadata["alleles_kept"]) == ("2026-02-26", 50_443)


@pytest.mark.real_data
def test_a_release_of_2019_is_of_grch37(real: Path, tmp_path: Path) -> None:
    path = real / "clinvar_20191007.vcf.gz"
    made = make_reference(request(Shelf(path), tmp_path, Build.GRCH37, source=str(path)))
    assert (made.release, made.build) == ("2019-10-07", Build.GRCH37)
    with pytest.raises(ReferenceDataError, match=r"is of GRCh37; GRCh38 was asked for"):
        make_reference(request(Shelf(path), tmp_path, source=str(path)))


@pytest.mark.real_data
@pytest.mark.parametrize("build", ["b37", "b38"])
def test_a_table_made_from_clinvar_by_others_is_refused(real: Path, tmp_path: Path, build: str) -> None:
    path = real / "macarthur" / f"clinvar_alleles_example_750_rows.single.{build}.vcf"
    with pytest.raises(ReferenceDataError, match="is not ClinVar's VCF"):
        make_reference(request(Shelf(path), tmp_path, source=str(path)))


@pytest.mark.real_data
def test_a_cache_name_without_an_ending_is_read_all_the_same(real: Path, tmp_path: Path) -> None:
    cached = tmp_path / ("0" * 64)
    shutil.copyfile(real / "vep-testset" / "input.vcf.gz", cached)
    made: dict[str, Any] = make_reference(request(Shelf(cached), tmp_path, source="https://example.org/x")).metadata
    assert made["alleles_kept"] == 50
