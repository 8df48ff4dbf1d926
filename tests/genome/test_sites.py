from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from genoteca.genome.sites import read_sites

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


@pytest.mark.real_data
def test_clinvar_reconciles(shared_data: Path) -> None:
    path = shared_data / "03-annotation-dbs" / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    sites = read_sites(path, info=["CLNSIG", "CLNREVSTAT", "ALLELEID"])
    assert sites.header["fileDate"] == ["2026-02-26"]
    assert sites.records_read == len(sites.table) + sum(sites.set_aside.values())
    assert sites.table["alleleid"].null_count() == 0
