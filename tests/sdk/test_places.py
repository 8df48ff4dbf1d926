from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.sdk.modules import manifest

from genoteca.annotate.publish import verify_published
from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk.place_file import read_alleles, read_regions, verify_regions

ALLELES = """build,chrom,pos,ref,alt,meaning,weight,always
GRCh38,2,200,G,A,second,0.5,true
GRCh37,1,7,G,A,elsewhere,,
GRCh38,chr1,100,ctt,CT,first,1,
"""
REGIONS = """chrom_GRCh37,start_GRCh37,end_GRCh37,chrom_GRCh38,start_GRCh38,end_GRCh38,meaning,weight
1,5,6,2,50,60,second,1
1,7,8,1,50,50,first,0
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text)
    return path


def test_alleles_of_one_build_are_published(tmp_path: Path) -> None:
    table = read_alleles(written(tmp_path, ALLELES), manifest(), Build.GRCH38)
    shown = ["site", "chrom", "pos", "ref", "alt", "infer", "always", "meaning", "weight"]
    assert table.select(shown).rows() == [
        (0, "1", 100, "CT", "C", False, False, "first", 1.0),
        (1, "2", 200, "G", "A", False, True, "second", 0.5),
    ]
    table.write_parquet(tmp_path / "made.parquet")
    verify_published(tmp_path / "made.parquet")


@pytest.mark.parametrize(
    ("given", "instead", "error", "said"),
    [
        ("200,G,A", "200,G,A/T", ReferenceDataError, r"table\.csv, line 2, column alt: 'A/T' was given, one allele"),
        ("200,G,A", "200,,A", ReferenceDataError, "line 2, column ref: nothing was given"),
        ("200,G,A", "200,G,g", ReferenceDataError, "line 2, column alt: 'G' was given, an allele other than"),
        ("0.5", "half", ReferenceDataError, "line 2, column weight: 'half' was given, a value of type number"),
        ("second,0.5,true", "second,0.5,ever", ReferenceDataError, "column always: 'ever' was given, true or false"),
        ("meaning", "meening", ManifestError, r"table\.csv has no column meaning"),
        ("always", "allways", ManifestError, "column 'allways' is not known"),
    ],
)
def test_a_wrong_table_of_alleles_is_refused(
    tmp_path: Path, given: str, instead: str, error: type[Exception], said: str
) -> None:
    assert given in ALLELES
    path = written(tmp_path, ALLELES.replace(given, instead, 1))
    with pytest.raises(error, match=said):
        read_alleles(path, manifest(), Build.GRCH38)


def test_regions_of_one_build_are_published(tmp_path: Path) -> None:
    table = read_regions(written(tmp_path, REGIONS), manifest(), Build.GRCH38)
    assert table.rows() == [(0, "1", 50, 50, "first", 0.0), (1, "2", 50, 60, "second", 1.0)]
    table.write_parquet(tmp_path / "made.parquet")
    verify_regions(tmp_path / "made.parquet")


def test_a_region_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, REGIONS.replace("50,60", "50,49"))
    with pytest.raises(ReferenceDataError, match="line 2, column end: 49 was given, a position not before the start"):
        read_regions(path, manifest(), Build.GRCH38)


def test_regions_out_of_order_are_found(tmp_path: Path) -> None:
    table = read_regions(written(tmp_path, REGIONS), manifest(), Build.GRCH38)
    table.reverse().write_parquet(tmp_path / "numbers.parquet")
    with pytest.raises(ReferenceDataError, match="not numbered from 0"):
        verify_regions(tmp_path / "numbers.parquet")
    swapped = table.reverse().with_columns(site=pl.int_range(2, dtype=pl.UInt32))
    swapped.write_parquet(tmp_path / "order.parquet")
    with pytest.raises(ReferenceDataError, match="not sorted"):
        verify_regions(tmp_path / "order.parquet")
