from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.genome.packing import bgzip

from genoteca.errors import GenomeFileError
from genoteca.genome.contigs import NOT_A_CHROMOSOME, OTHER_BUILD
from genoteca.genome.sites import read_sites, scan_sites
from genoteca.model.build import Build

if TYPE_CHECKING:
    from collections.abc import Callable


def test_every_allele_has_a_row_with_the_info_that_was_asked_for(write_vcf: Callable[..., Path]) -> None:
    path = write_vcf(
        "1 100 42 A C,GT 12.5 PASS AF=0.1,0.2;CLNSIG=Pathogenic,_low_penetrance;DB",
        "chrX 50 . CAT CAAT . . XCLNSIG=no;AF=",
        header=("##fileDate=2026-02-26", "##reference=GRCh38"),
        samples=(),
    )
    sites = read_sites(path, info=["CLNSIG", "AF", "DB"])
    assert sites.records_read == 2
    assert sites.set_aside == {}
    assert sites.header["fileDate"] == ["2026-02-26"]
    assert sites.table.columns == [
        *("line", "chrom", "pos", "id", "ref", "alt", "allele", "qual", "filter"),
        *("clnsig", "af", "db"),
    ]
    assert sites.table.rows() == [
        (1, "1", 100, "42", "A", "C", 1, 12.5, "PASS", "Pathogenic,_low_penetrance", "0.1,0.2", "true"),
        (1, "1", 100, "42", "A", "GT", 2, 12.5, "PASS", "Pathogenic,_low_penetrance", "0.1,0.2", "true"),
        (2, "X", 50, None, "C", "CA", 1, None, None, None, "", None),
    ]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("1 100 . A . . . X", "no ALT"),
        ("1 100 . A N . . X", "A, C, G, T"),
        ("1 100 . A <DEL> . . X", "symbolic"),
        ("1 100 . A * . . X", "deleted"),
        ("1 100 . N A . . X", "REF"),
        ("1 x . C A . . X", "POS"),
        ("NT_113889.1 100 . C A . . X", "chromosomes"),
        ("1 100 . C", "columns"),
    ],
)
def test_what_is_no_allele_is_counted_by_its_reason(write_vcf: Callable[..., Path], record: str, words: str) -> None:
    sites = read_sites(write_vcf(record, "2 5 . A C . . X", samples=()), info=[])
    assert len(sites.table) == 1
    (reason,) = sites.set_aside
    assert words in reason


def test_a_mitochondrion_of_another_length_is_counted(write_vcf: Callable[..., Path]) -> None:
    path = write_vcf("chrM 5 . A C . . X", header=("##contig=<ID=chrM,length=16571>",), samples=())
    assert "16,571" in next(iter(read_sites(path, info=[]).set_aside))


def large(write_vcf: Callable[..., Path]) -> Path:
    """A file larger than what is read with its header, 64 KiB."""
    records = [f"{chrom} {pos} {pos} A C,<DEL>,GT . . AF={pos};DB" for chrom in "12" for pos in range(900, 3000)]
    return write_vcf(*records, "3 5 . N A . . DB", samples=())


@pytest.mark.parametrize("size", [*(pytest.param(size, marks=pytest.mark.long) for size in (8, 64)), 300, 20_000])
def test_batches_of_any_size_are_the_whole_file(write_vcf: Callable[..., Path], size: int) -> None:
    path = large(write_vcf)
    whole = read_sites(path, info=["DB", "AF"])
    with scan_sites(path, info=["DB", "AF"]) as scan:
        batches = list(scan.batches(size))
        assert scan.fraction == 1
    assert_frame_equal(pl.concat(batches), whole.table)
    assert (scan.header, scan.records_read, scan.set_aside) == (whole.header, 4201, whole.set_aside)
    assert sum(whole.set_aside.values()) == 4201
    assert len(batches) > 1


def test_a_file_without_the_marker_of_its_end_is_refused(write_vcf: Callable[..., Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(bgzip(large(write_vcf).read_bytes())[:-28])
    with pytest.raises(GenomeFileError, match="is not whole"):
        read_sites(cut, info=[])


def test_the_counts_of_a_scan_grow_as_it_is_read(write_vcf: Callable[..., Path]) -> None:
    with scan_sites(large(write_vcf), info=[]) as scan:
        batches = scan.batches(1000)
        assert (scan.records_read, scan.set_aside) == (0, {})
        next(batches)
        first = scan.records_read
        assert 0 < first < 4201
        assert list(scan.set_aside.values()) == [first]
        next(batches)
        assert first < scan.records_read < 4201


def test_of_a_key_that_stands_twice_the_first_value_counts(write_vcf: Callable[..., Path]) -> None:
    path = write_vcf("1 1 . A C . . AF=1;DB;AF=2", "1 2 . A C . . DBX=3;AF;AF=é=4", "1 3 . A C . . .", samples=())
    assert read_sites(path, info=["AF", "DB"]).table.select("af", "db").rows() == [
        ("1", "true"), ("true", None), (None, None),
    ]  # fmt: skip


def test_a_file_without_records_has_an_empty_table(write_vcf: Callable[..., Path]) -> None:
    sites = read_sites(write_vcf(samples=()), info=["AF"])
    assert (sites.records_read, sites.table.height, sites.table.columns[-1]) == (0, 0, "af")


@pytest.mark.real_data
def test_clinvar_reconciles(shared_data: Path) -> None:
    path = shared_data / "03-annotation-dbs" / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    sites = read_sites(path, info=["CLNSIG", "CLNREVSTAT", "ALLELEID"])
    assert sites.header["fileDate"] == ["2026-02-26"]
    assert sites.records_read == len(sites.table) + sum(sites.set_aside.values())
    assert sites.table["alleleid"].null_count() == 0


def test_accessions_are_chromosomes_of_their_own_build_only(write_vcf: Callable[..., Path]) -> None:
    path = write_vcf(
        *("NC_000007.14 5 . A C . . X", "CM000669.2 6 . A C . . X", "NC_000007.13 7 . A C . . X"), samples=()
    )
    sites = read_sites(path, info=[], build=Build.GRCH38)
    assert sites.table.select(pl.col("chrom").cast(pl.String), "pos").rows() == [("7", 5), ("7", 6)]
    assert sites.set_aside == {OTHER_BUILD: 1}
    assert read_sites(path, info=[]).set_aside == {NOT_A_CHROMOSOME: 3}, "without a build nobody can tell"
