"""A table that does not describe every genotype says so, and tells whom it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sdk.modules import write_module

from genoteca.errors import GenotecaError, ManifestError, ReferenceDataError
from genoteca.sdk import data_plugin, load_manifest
from genoteca.sdk.testing import MakeSample, materialize_module

COLUMN = '\n[[columns]]\nname = "described"\nlabel = "In it"\ntype = "category"\ndescription = "Whether."\n'


def incomplete(folder: Path, *, without: str, column: str = COLUMN) -> Path:
    """Write a module of two sites that says it is not complete, without some of its genotypes."""
    package = write_module(folder)
    manifest = (package / "module.toml").read_text()
    (package / "module.toml").write_text(manifest.replace("[table]", "[table]\ncomplete = false") + column)
    rows = (package / "genotypes.csv").read_text().splitlines(keepends=True)
    (package / "genotypes.csv").write_text("".join(row for row in rows if without not in row))
    (package / "combinations.csv").write_text((package / "combinations.csv").read_text().splitlines()[0] + "\n")
    return package


def test_who_has_a_genotype_without_a_row_is_told_so(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    made = materialize_module(data_plugin(incomplete(tmp_path, without="milk,G/A")), genoteca_sample())
    assert made.failed_checks == []
    said = {row["trait"]: (row["genotype"], row["described"]) for row in made.table.iter_rows(named=True)}
    assert said == {"Lactase": ("A/G", "genotype not described by this module"), "Earwax": ("C/C", "described")}


def test_where_the_genotype_is_not_known_nothing_is_said_of_it(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    head = '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n'
    head += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
    vcf = f"{head}2\t135851076\t.\tG\tA\t9\tPASS\t.\tGT\t./1\n16\t48224287\t.\tC\tT\t9\tPASS\t.\tGT\t./.\n"
    made = materialize_module(data_plugin(incomplete(tmp_path, without="milk,G/A")), genoteca_sample(vcf))
    assert {row["evidence"]: row["described"] for row in made.table.iter_rows(named=True)} == {
        "partial": None,
        "no_call": None,
    }


def test_without_the_word_every_genotype_is_still_demanded(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    package = incomplete(tmp_path, without="milk,G/A")
    manifest = (package / "module.toml").read_text()
    (package / "module.toml").write_text(manifest.replace("complete = false", "").removesuffix(COLUMN))
    with pytest.raises(GenotecaError, match="has no row for A/G"):
        materialize_module(data_plugin(package), genoteca_sample())


def test_the_column_that_tells_it_must_be_declared(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    package = incomplete(tmp_path, without="milk,G/A", column="")
    with pytest.raises(ManifestError, match="no column 'described' of type category"):
        materialize_module(data_plugin(package), genoteca_sample())


def test_a_site_without_any_genotype_is_refused_all_the_same(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    package = incomplete(tmp_path, without="wax,")
    assert load_manifest(package).dense
    with pytest.raises(ReferenceDataError, match="has no row for"):
        materialize_module(data_plugin(package), genoteca_sample())


def test_only_genotypes_can_be_incomplete(tmp_path: Path, genoteca_sample: MakeSample) -> None:
    package = write_module(tmp_path)
    text = (package / "module.toml").read_text()
    start = text.index("[table]")
    (package / "module.toml").write_text(
        f'{text[:start]}[table]\nkind = "alleles"\nalleles = "sites.csv"\ncomplete = false\n'
    )
    with pytest.raises(ManifestError, match="complete = false is of genotypes"):
        materialize_module(data_plugin(package), genoteca_sample())
