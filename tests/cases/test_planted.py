"""Every planted case gets its one right answer: real reader, real data modules of every kind, real Dagster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.cases.planted import CASES, Case, Says, genome
from tests.genome.sequences import written

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.panel import ordered_genotype
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.reference_check import CONTRADICTS
from genoteca.model.build import Build
from genoteca.model.column import Column
from genoteca.model.sample import SampleKind, Sex
from genoteca.sdk import Outcome, data_plugin
from genoteca.sdk.materialized import Materialized
from genoteca.sdk.testing import MakeSample, materialize_module
from genoteca.sdk.tiny_sample import TinySample

TOML = """
schema = 1
id = "planted"
title = "Planted"
summary = "Made-up sites."
version = "1.0.0"
data_version = "1"
category = "Traits"
builds = ["GRCh38"]
dense = {dense}
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
[[authors]]
name = "An author"
[[sources]]
name = "Made up"
url = "https://example.org"
citation = "Made up."
[table]
{table}
dense = {dense}
[[columns]]
name = "case"
label = "Case"
description = "What was planted."
[[columns]]
name = "text"
label = "Text"
description = "What its authors say of a genotype."
"""
TABLES = {
    "alleles": 'kind = "alleles"\nalleles = "t.tsv"',
    "regions": 'kind = "regions"\nregions = "t.tsv"',
    "genotypes": 'kind = "genotypes"\nsites = "t.tsv"\ngenotypes = "g.tsv"',
}

HEADS = {
    "alleles": "case text chrom pos ref alt infer always",
    "regions": "case text chrom start end",
    "genotypes": "site case chrom pos ref alt infer",
}


def module(folder: Path, kind: str, *, dense: bool = True) -> Path:
    package = folder / f"{kind}-{dense}"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.toml").write_text(TOML.format(table=TABLES[kind], dense=str(dense).lower()))
    rows: list[tuple[object, ...]] = []
    for case in CASES:
        chrom, pos, ref, alt = case.site.split()
        if kind == "genotypes":
            rows.append((case.name, case.name, chrom, pos, ref, alt, case.infer))
        elif kind == "alleles":
            rows.append((case.name, "", chrom, pos, ref, alt.split(",")[0], case.infer, case.always))
        else:
            rows.append((case.name, "", chrom, pos, pos))
    write(package / "t.tsv", HEADS[kind], rows)
    if kind == "genotypes":
        texts = [(case.name, genotype, genotype) for case in CASES for genotype in genotypes_of(case)]
        write(package / "g.tsv", "site genotype text", texts)
    return package


def write(path: Path, head: str, rows: Iterable[Sequence[object]]) -> None:
    lines = ["\t".join(map(str, row)) for row in (head.split(), *rows)]
    path.write_text("\n".join([*lines, ""]))


def genotypes_of(case: Case) -> list[str]:
    """Every genotype of a site, of one copy and of two."""
    chrom, _, ref, alt = case.site.split()
    alleles = [ref, *alt.split(",")]
    pairs = [ordered_genotype("/".join(pair)) for pair in combinations_with_replacement(alleles, 2)]
    return alleles if chrom == "MT" else [*pairs, *(alleles if chrom == "X" else [])]


@pytest.fixture
def sample(genoteca_sample: MakeSample) -> TinySample:
    return genoteca_sample(genome(), sex="male", kind="whole genome")


def answers(made: Materialized) -> dict[str, dict[str, Any]]:
    """Rows by case; a case has one row at most."""
    assert made.failed_checks == []
    rows = {str(row["case"]): row for row in made.table.iter_rows(named=True)}
    assert len(rows) == len(made.table)
    return rows


def said(row: dict[str, Any] | None) -> Says:
    if row is None:
        return Says("not_covered")
    return Says(row["evidence"], row["match"], row["genotype"], row["dosage"], row["filtered"])


def test_every_record_of_the_world_is_read(sample: TinySample) -> None:
    assert sample.intake.reconciles
    assert {reason: aside.records for reason, aside in sample.intake.set_aside.items()} == {"duplicate record": 1}
    assert sample.intake.alleles_set_aside == {"*": 1, "<NON_REF>": 1}


def test_of_many_alleles_every_case_has_its_evidence(sample: TinySample, tmp_path: Path) -> None:
    made = materialize_module(data_plugin(module(tmp_path, "alleles")), sample)
    rows = answers(made)
    assert {case.name: said(rows.get(case.name)) for case in CASES} == {case.name: case.says for case in CASES}
    assert made.record().sites == sum(made.evidence.values()) == len(CASES)
    assert {case.name for case in CASES if case.says.evidence == "not_covered"} - rows.keys() == {"under a deletion"}


def test_a_sparse_module_has_the_carried_alleles_and_no_others(sample: TinySample, tmp_path: Path) -> None:
    rows = answers(materialize_module(data_plugin(module(tmp_path, "alleles", dense=False)), sample))
    assert {name: said(row) for name, row in rows.items()} == {case.name: case.says for case in CASES if case.sparse}


@pytest.mark.parametrize("dense", [True, False])
def test_both_engines_give_the_same_rows(sample: TinySample, tmp_path: Path, *, dense: bool) -> None:
    made = materialize_module(data_plugin(module(tmp_path, "alleles", dense=dense)), sample)
    reference = made.paths.stored(["planted", "reference"]).path
    columns = [Column(name="case", label="Case"), Column(name="text", label="Text")]
    for engine in ("polars", "duckdb"):
        answer = annotate_alleles(reference, sample.tables, columns=columns, dense=dense, engine=engine)
        assert_frame_equal(answer.frame(), made.table, check_dtypes=False)


def test_as_sites_with_genotypes_every_case_has_its_evidence_and_its_text(sample: TinySample, tmp_path: Path) -> None:
    made = materialize_module(data_plugin(module(tmp_path, "genotypes")), sample)
    rows = answers(made)
    assert {name: said(row) for name, row in rows.items()} == {c.name: c.panel or c.says for c in CASES}
    shown = {case.name: rows[case.name]["genotype"] if case.concluded else None for case in CASES}
    assert {name: row["text"] for name, row in rows.items()} == shown
    assert made.record().sites == sum(made.evidence.values()) == len(CASES)


def test_as_regions_every_variant_that_is_carried_there_has_a_row(sample: TinySample, tmp_path: Path) -> None:
    made = materialize_module(data_plugin(module(tmp_path, "regions", dense=False)), sample)
    found = {(row["case"], row["evidence"], row["match"]) for row in made.table.iter_rows(named=True)}
    assert found == {(case.name, case.region, "position") for case in CASES if case.region}


def test_with_the_reference_sequence_a_shifted_deletion_is_found_and_a_wrong_base_is_set_aside(
    tmp_path: Path,
) -> None:
    """What the same two records are without it stands among the cases."""
    cases = [case for case in CASES if case.name in ("deletion shifted to the right", "wrong reference base")]
    source, sequence = tmp_path / "genome.vcf", tmp_path / "sequence.parquet"
    source.write_text(genome(tuple(cases)))
    opened = written(sequence, c20="A" * 3999 + "CTTTTTG" + "A" * 994)
    variants, coverage, structural = (tmp_path / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    intake = read_genome(
        source, pick=None, build=Build.GRCH38, sex=Sex.MALE, limits=Limits(), variants=variants, coverage=coverage,
        structural=structural, sequence=opened, progress=lambda *_: None,
    )  # fmt: skip
    assert {reason: aside.records for reason, aside in intake.set_aside.items()} == {CONTRADICTS: 1}
    tables = SampleTables(
        variants=variants, coverage=coverage, structural=structural, build=Build.GRCH38, kind=SampleKind.WHOLE_GENOME,
        sequence=sequence,
    )  # fmt: skip
    asked = [dict(zip(("chrom", "pos", "ref", "alt"), case.site.split(), strict=True)) for case in cases]
    frame = pl.DataFrame(asked).with_columns(pl.col("pos").cast(pl.UInt32), always=True, infer=True)
    reference = tmp_path / "reference.parquet"
    write_published(publish_alleles(frame), reference)
    for engine in ("polars", "duckdb"):
        answer = annotate_alleles(reference, tables, columns=[], dense=True, engine=engine)
        rows = [said(row) for row in answer.frame().iter_rows(named=True)]
        assert rows == [Says("called", "allele", "TT/T", 1, False), Says("no_call", "position", filtered=False)]


def test_a_y_site_does_not_apply_to_a_female(genoteca_sample: MakeSample, tmp_path: Path) -> None:
    package = module(tmp_path, "alleles")
    row = ("y", "", "Y", 5_000_000, "A", "G", "true", "true")
    write(package / "t.tsv", HEADS["alleles"], [row])
    for sex, evidence in (("female", "not_applicable"), ("male", "not_covered")):
        made = materialize_module(data_plugin(package), genoteca_sample(genome(), sex=sex, kind="whole genome"))
        assert said(made.table.row(0, named=True)) == Says(evidence)


@pytest.mark.parametrize("kind", TABLES)
def test_a_genome_of_another_build_cannot_be_tested_and_says_why(
    genoteca_sample: MakeSample, tmp_path: Path, kind: str
) -> None:
    other = genoteca_sample(genome().replace("length=64444167", "length=63025520"), build="GRCh37")
    made = materialize_module(data_plugin(module(tmp_path, kind, dense=kind != "regions")), other)
    assert made.outcome is Outcome.CANNOT_BE_TESTED
    assert "knows positions of GRCh38; this genome is of GRCh37" in made.reason
    assert made.table.is_empty()


@pytest.mark.parametrize("kind", ["alleles", "genotypes"])
def test_a_file_whose_reference_bases_are_not_the_builds_cannot_be_tested(
    genoteca_sample: MakeSample, tmp_path: Path, kind: str
) -> None:
    wrong = tuple(
        Case(name=f"{n}", records=(f"20 {n}000 T G GT 0/1",), site=f"20 {n}000 A G", says=Says("no_call"))
        for n in range(1, 31)
    )
    package = module(tmp_path, kind)
    if kind == "alleles":
        rows = [(case.name, "", *case.site.split(), "true", "true") for case in wrong]
        write(package / "t.tsv", HEADS[kind], rows)
    else:
        rows = [(case.name, case.name, *case.site.split(), "true") for case in wrong]
        write(package / "t.tsv", HEADS[kind], rows)
        texts = [(case.name, genotype, "x") for case in wrong for genotype in genotypes_of(case)]
        write(package / "g.tsv", "site genotype text", texts)
    made = materialize_module(data_plugin(package), genoteca_sample(genome(wrong), kind="whole genome"))
    assert made.outcome is Outcome.CANNOT_BE_TESTED
    assert "do not agree with GRCh38 (0 of 30)" in made.reason
