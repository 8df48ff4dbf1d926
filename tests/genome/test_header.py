from __future__ import annotations

import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.header import Contig, parse_header

COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def test_contigs_samples_and_other_lines_are_read() -> None:
    header = parse_header(
        [
            b"##fileformat=VCFv4.3",
            b'##contig=<ID=chr1,length=248956422,assembly="B38, patched",species="Homo sapiens">',
            b"##contig=<ID=GL1>",
            b'##FORMAT=<ID=GT,Number=1,Type=String,Description="a, b">',
            COLUMNS + b"\tFORMAT\tA\tB c",
        ],
        "x.vcf",
    )
    assert header.version == "4.3"
    assert header.lines == 5
    assert header.contigs == {
        "chr1": Contig(length=248956422, assembly="B38, patched"),
        "GL1": Contig(length=None, assembly=""),
    }
    assert header.samples == ["A", "B c"]
    assert header.declares("FORMAT", "GT")
    assert not header.declares("INFO", "GT")


def test_a_sample_named_twice_is_refused_and_named() -> None:
    with pytest.raises(GenomeFileError, match="'A' more than once"):
        parse_header([COLUMNS + b"\tFORMAT\tA\tA"], "x.vcf")


@pytest.mark.parametrize("line", [b"#CHROM POS ID REF ALT QUAL FILTER INFO", COLUMNS + b"\tSAMPLE", b"#CHROM\tPOS"])
def test_a_line_that_does_not_name_the_columns_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(GenomeFileError, match=r"Line 2 of x\.vcf"):
        parse_header([b"##fileformat=VCFv4.2", line], "x.vcf")


def test_bytes_that_are_no_utf8_do_not_stop_the_header() -> None:
    header = parse_header([b"##source=Universit\xe4t", COLUMNS], "x.vcf")
    assert header.values("SOURCE") == ["Universit�t"]


def test_a_tab_behind_the_columns_of_a_file_without_samples_is_nobody() -> None:
    assert parse_header([b"##fileformat=VCFv4.1", COLUMNS + b"\t"], "x.vcf").samples == []
