"""Damaged and hostile files: refused in words, or read with nothing changed in silence."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.model.build import Build

if TYPE_CHECKING:
    from tests.genome.conftest import Read, Reader

pytestmark = pytest.mark.real_data

REFUSED = {
    "trunc_half.vcf.gz": "near byte",
    "bitflip_middle.vcf.gz": "damaged",
    "trailing_garbage.vcf.gz": "damaged",
    "no_header.vcf": "does not begin",
    "cr_only.vcf": "carriage return",
    "utf16.vcf": "UTF-16",
    "duplicate_sample_names.vcf": "more than once",
    "fake_bcf.bcf": "BCF",
    "empty.vcf": "no text",
    "empty.vcf.gz": "no text",
    "only_eof_block.vcf.gz": "no text",
    "zip_two_genomes.zip": "2 genome files",
    "zip_bomb_500MB.zip": "times its size",
    "tar_symlink.tar.gz": "without a genome",
    "zip_nested_12.zip": "without a genome",
    "gzip_bomb_256MiB_valid_records.vcf.gz": "times its size",
}

READ = {
    "trunc_no_eof_block.vcf.gz": (1000, 0),
    "trunc_last_line_cut_mid_field.vcf": (1000, 1),
    "gz_name_but_plain_text.vcf.gz": (1000, 0),
    "plain_name_but_gzip.vcf": (1000, 0),
    "header_only.vcf": (0, 0),
    "crlf.vcf": (200, 0),
    "utf8_bom.vcf": (20, 0),
    "latin1_bytes.vcf": (20, 0),
    "unsorted_and_split_contig.vcf": (300, 0),
    "pos_negative_zero_huge.vcf": (6, 6),
    "gt_out_of_range.vcf": (2, 1),
    "html_and_formula_injection.vcf": (2, 0),
    "nul_bytes.vcf": (10, 1),
    "ragged_columns.vcf": (60, 20),
    "path_traversal_contig.vcf": (1, 1),
    "header_200k_contigs.vcf.gz": (1, 1),
    "one_line_8MB.vcf.gz": (1, 0),
    "alleles_20000.vcf.gz": (1, 0),
    "dtc_bad_rows.txt": (8, 8),
    "zip_slip.zip": (1, 0),
    "sample_name_markup.vcf": (1, 0),
}


def _read(path: Path, read_file: Reader) -> Read:
    facts = inspect_file(path)
    return read_file(path, pick=next(iter(facts.samples), None), build=facts.build or Build.GRCH38)


@pytest.mark.parametrize(("name", "words"), REFUSED.items())
def test_a_file_that_cannot_be_trusted_is_refused(
    shared_data: Path, read_file: Reader, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(GenomeFileError, match=words) as caught:
        _read(shared_data / "09-hostile" / "generated" / name, read_file)
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "counts"), READ.items())
def test_a_file_that_can_be_read_reconciles(
    shared_data: Path, read_file: Reader, name: str, counts: tuple[int, int]
) -> None:
    intake = _read(shared_data / "09-hostile" / "generated" / name, read_file).intake
    assert (intake.records_read, sum(aside.records for aside in intake.set_aside.values())) == counts
    assert intake.reconciles


def test_no_file_with_an_expectation_is_left_out(shared_data: Path) -> None:
    with (shared_data / "09-hostile" / "expected.tsv").open() as file:
        told = {Path(row["file"]).name for row in csv.DictReader(file, delimiter="\t")}
    assert told <= {*REFUSED, *READ}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("trunc_no_eof_block.vcf.gz", "end marker is missing"),
        ("unsorted_and_split_contig.vcf", "not in order"),
    ],
)
def test_what_is_doubtful_is_told(shared_data: Path, read_file: Reader, name: str, words: str) -> None:
    warnings = _read(shared_data / "09-hostile" / "generated" / name, read_file).intake.warnings
    assert any(words in warning for warning in warnings)


def test_a_cut_last_line_is_named(shared_data: Path, read_file: Reader) -> None:
    read = _read(shared_data / "09-hostile" / "generated" / "trunc_last_line_cut_mid_field.vcf", read_file)
    assert any("record 1,000" in warning for warning in read.intake.warnings)
    assert [aside.first_lines for aside in read.intake.set_aside.values()] == [[1000]]


def test_the_same_records_in_another_wrapping_are_the_same_genome(shared_data: Path, read_file: Reader) -> None:
    folder = shared_data / "09-hostile" / "generated"
    plain, packed = (
        _read(folder / name, read_file) for name in ("gz_name_but_plain_text.vcf.gz", "plain_name_but_gzip.vcf")
    )
    assert plain.variants.equals(packed.variants)
    assert plain.coverage.equals(packed.coverage)


def test_no_malformed_file_of_other_projects_crashes(shared_data: Path, read_file: Reader) -> None:
    outcomes = []
    for path in sorted((shared_data / "09-hostile" / "real-malformed").iterdir()):
        try:
            outcomes.append(_read(path, read_file).intake.reconciles)
        except GenomeFileError as error:
            outcomes.append(bool(error.message and error.hint))
    assert outcomes
    assert all(outcomes)
