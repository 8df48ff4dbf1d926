from __future__ import annotations

import polars as pl

from genoteca.genome.schema import CHROM, EVIDENCE, polars_schema
from genoteca.model.column import ANNOTATIONS, COVERAGE, VARIANTS


def test_every_declared_column_is_stored_in_its_order() -> None:
    for table in (VARIANTS, COVERAGE, ANNOTATIONS):
        assert polars_schema(table).names() == [column.name for column in table]


def test_chromosomes_evidence_and_closed_categories_are_enums() -> None:
    schema = polars_schema([*VARIANTS, *COVERAGE[3:4]])
    assert schema["chrom"] == CHROM
    assert schema["evidence"] == EVIDENCE
    assert schema["zygosity"] == pl.Enum(["heterozygous", "homozygous", "hemizygous"])


def test_numbers_are_stored_as_what_they_are() -> None:
    schema = polars_schema(VARIANTS)
    assert schema["key"] == pl.UInt64
    assert schema["pos"] == pl.UInt32
    assert schema["qual"] == pl.Float64
    assert schema["phased"] == pl.Boolean
