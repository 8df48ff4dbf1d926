"""Single-base sites within exchanges of several bases: the same answers whether those were taken apart or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.publish import publish_alleles, verify_published, write_published
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import Sex

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
Site = tuple[int, str, str]


def answers(folder: Path, records: list[str], sites: list[Site], *, decompose: bool) -> list[dict[str, Any]]:
    """Read records `pos ref alt genotype` of chromosome 1 and ask for sites; rows in the order of the sites."""
    path, reference = folder / "g.vcf", folder / "reference.parquet"
    variants, coverage, structural = (folder / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    rows = [
        f"1\t{pos}\t.\t{ref}\t{alt}\t50\tPASS\t.\tGT:DP:GQ\t{gt}:30:99\n"
        for pos, ref, alt, gt in map(str.split, records)
    ]
    path.write_text("##fileformat=VCFv4.2\n" + COLUMNS + "".join(rows))
    intake = read_genome(
        path,
        pick=None,
        build=Build.GRCH38,
        sex=Sex.UNSTATED,
        limits=Limits(),
        progress=lambda _fraction, _message: None,
        decompose=decompose,
        variants=variants,
        coverage=coverage,
        structural=structural,
    )
    assert intake.reconciles
    asked = [{"chrom": "1", "pos": pos, "ref": ref, "alt": alt} for pos, ref, alt in sites]
    frame = pl.DataFrame(asked, schema={"chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String})
    write_published(publish_alleles(frame.with_columns(always=True)), reference)
    verify_published(reference)
    sample = SampleTables(
        variants=variants, coverage=coverage, structural=structural, build=Build.GRCH38, kind=intake.kind
    )
    return annotate_alleles(reference, sample, columns=[], dense=True, engine="polars").frame().rows(named=True)


@pytest.mark.parametrize(
    ("records", "site", "evidence", "dosage", "bases"),
    [
        (["100 ACG TCT 0/1"], (100, "A", "T"), "called", 1, "A/T"),
        (["100 ACG TCT 0/1"], (100, "A", "C"), "other_allele", 0, "A/T"),
        (["100 ACG TCT 1/1"], (102, "G", "T"), "called", 2, "T/T"),
        (["100 ACG TCT ./1"], (102, "G", "T"), "partial", 1, "?/T"),
        (["100 AT GC,AC 1/2"], (101, "T", "C"), "called", 2, "C/C"),
        (["100 AT GC,A 1/2"], (101, "T", "C"), "called", 1, "C/*"),
        (["100 AT GC 0/1", "100 A G 0/1"], (100, "A", "G"), "called", 1, "A/G"),
        (["100 AT GC 0/1", "101 T C 0/1"], (101, "T", "C"), "called", 1, "T/C"),
        (["100 AT GC 0/1", "100 A T 0/1"], (100, "A", "G"), "called", 1, "G/T"),
        (["100 AT GC 1/1", "100 AT GC 1/1"], (101, "T", "C"), "called", 2, "C/C"),
    ],
)
def test_a_site_within_has_one_answer(
    tmp_path: Path, records: list[str], site: Site, evidence: str, dosage: int, bases: str
) -> None:
    for decompose in (False, True):
        (row,) = answers(tmp_path, records, [site], decompose=decompose)
        assert (row["evidence"], row["dosage"]) == (evidence, dosage), decompose
        alone = len(records) == 1 and "," not in records[0]
        if decompose or alone:  # one record of several alleles is shown as it writes its genotype
            assert sorted(row["genotype"].split("/")) == sorted(bases.split("/")), decompose
        if evidence == "called" and alone:
            assert row["match"] == ("allele" if decompose else "decomposed")


def test_a_base_in_between_is_known_either_way(tmp_path: Path) -> None:
    site = (101, "C", "T")
    (whole,) = answers(tmp_path, ["100 ACG TCT 0/1"], [site], decompose=False)
    (apart,) = answers(tmp_path, ["100 ACG TCT 0/1"], [site], decompose=True)
    assert (whole["evidence"], whole["genotype"], whole["dosage"]) == ("other_allele", "C/C", 0)
    assert (apart["evidence"], apart["genotype"], apart["dosage"]) == ("reference", "C/C", 0)
    assert apart["line"] == whole["line"] == 1


def test_a_module_s_whole_exchange_is_found_only_where_it_was_left_whole(tmp_path: Path) -> None:
    site = (100, "AT", "GC")
    (whole,) = answers(tmp_path, ["100 AT GC 0/1"], [site], decompose=False)
    (apart,) = answers(tmp_path, ["100 AT GC 0/1"], [site], decompose=True)
    assert (whole["evidence"], apart["evidence"]) == ("called", "partial")
