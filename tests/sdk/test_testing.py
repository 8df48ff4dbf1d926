from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from genoteca.errors import DatasetError, FetchError, GenomeFileError
from genoteca.model.build import Build
from genoteca.sdk.local_resources import LocalFetch, LocalPaths
from genoteca.sdk.progress import report
from genoteca.sdk.testing import MakeSample


def test_the_tiny_sample_has_one_called_and_one_asserted_site(genoteca_sample: MakeSample) -> None:
    tiny = genoteca_sample()
    assert tiny.intake.reconciles
    assert (tiny.intake.records_read, tiny.intake.rows, tiny.intake.coverage_rows) == (2, 1, 1)
    assert tiny.sample.build is tiny.tables.build is Build.GRCH38
    assert tiny.sample.synthetic


def test_a_sample_may_be_written_as_text(genoteca_sample: MakeSample) -> None:
    text = (
        "##fileformat=VCFv4.2\n"
        "##contig=<ID=X,length=155270560>\n"
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME\n"
        "X\t5000000\t.\tA\tG\t60\tPASS\t.\tGT\t1/1\n"
    )
    tiny = genoteca_sample(text, build="GRCh37", sex="male", kind="exome")
    assert (tiny.sample.build, tiny.sample.sex, tiny.sample.kind) == ("GRCh37", "male", "exome")
    assert tiny.intake.rows == 1


def test_text_that_is_no_genome_is_refused(genoteca_sample: MakeSample) -> None:
    with pytest.raises(GenomeFileError):
        genoteca_sample("not a VCF\n")


def test_two_samples_never_share_a_folder(genoteca_sample: MakeSample) -> None:
    assert genoteca_sample().folder != genoteca_sample().folder


def test_fetching_takes_local_files_and_looks_at_checksums(tmp_path: Path) -> None:
    path, listed = tmp_path / "x.vcf", tmp_path / "x.vcf.md5"
    path.write_text("x")
    md5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
    listed.write_text(f"{md5}  x.vcf\n")
    address = "https://example.org/x.vcf"
    fetch = LocalFetch({address: path, f"{address}.md5": listed}).fetch
    found = fetch(address, checksum_url=f"{address}.md5", progress=report)
    assert (found.path, found.bytes, found.url) == (path, 1, address)
    assert fetch(str(path), checksum=f"md5:{md5}", progress=report).sha256 == hashlib.sha256(b"x").hexdigest()
    with pytest.raises(FetchError, match="md5 is"):
        fetch(str(path), checksum="md5:00", progress=report)
    with pytest.raises(FetchError, match="do not ask the network") as caught:
        fetch("https://example.org/y.vcf", progress=report)
    assert "sources=" in caught.value.hint


def test_paths_know_one_sample_and_what_was_made(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    tiny = genoteca_sample()
    paths = LocalPaths(tiny, tmp_path, tmp_path)
    assert paths.sample_tables("author/tiny") == tiny.tables
    assert paths.module_folder("any") == tmp_path
    assert paths.scratch() != paths.scratch()
    with pytest.raises(DatasetError, match="no sample anna/one"):
        paths.sample("anna/one")
    with pytest.raises(DatasetError, match="little/reference was not made"):
        paths.stored(["little", "reference"])
