"""The makers' layouts as they really are."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from genoteca.errors import GenomeFileError
from genoteca.genome.inspect import inspect_file
from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

if TYPE_CHECKING:
    from tests.genome.conftest import Read, Reader

pytestmark = pytest.mark.real_data

EIGHT = [("AA", 101), ("CC", 102), ("GG", 103), ("TT", 104), ("--", 105), ("CG", 106), ("CT", 107), ("AT", 108)]

SAME_EIGHT = {
    "23andme.txt": "23andMe array",
    "23andme_allele.txt": "23andMe array",
    "23andme_win.txt": "23andMe array",
    "23mofang.txt": "23Mofang array",
    "DNALand.txt": "DNA.Land array",
    "ancestry.txt": "AncestryDNA array",
    "ancestry_multi_sep.txt": "AncestryDNA array",
    "ftdna.csv": "FamilyTreeDNA array",
    "ftdna_famfinder.csv": "FamilyTreeDNA array",
    "generic.csv": "array",
    "generic.tsv": "array",
    "generic_extra_column.tsv": "array",
    "generic_header_comment.tsv": "array",
    "generic_multi_rsid.tsv": "array",
    "generic_no_header.tsv": "array",
    "generic_non_standard_columns.tsv": "array",
    "genesforgood.txt": "Genes for Good array",
    "livingdna.csv": "Living DNA array",
    "mapmygenome.txt": "array",
    "mapmygenome_alt_header.txt": "array",
    "mapmygenome_new_format.txt": "Mapmygenome array",
    "myheritage.csv": "MyHeritage array",
    "myheritage_extra_quotes.csv": "MyHeritage array",
    "plink.txt": "array",
    "sano_dtc.txt": "Sano array",
    "sano_dtc_no_comments.txt": "Sano array",
    "selfdecode.txt": "SelfDecode array",
    "tellmeGen.txt": "array",
}
NO_ARRAYS = {"discrepant_snps.csv", "empty.txt", "generic.fa"}


def _read(path: Path, read_file: Reader) -> Read:
    return read_file(path, build=inspect_file(path).build or Build.GRCH37)


def _genotypes(read: Read) -> dict[tuple[str, int], str]:
    chrom = pl.col("chrom").cast(pl.String)
    called = read.variants.select(chrom, "pos", "genotype").rows()
    silent = read.coverage.select(chrom, "start", pl.lit("--")).rows()
    return {(where, pos): "".join(sorted(text.split("/"))) for where, pos, text in [*called, *silent]}


@pytest.mark.parametrize(("name", "named"), SAME_EIGHT.items())
def test_every_maker_says_the_same_eight_genotypes(
    shared_data: Path, read_file: Reader, name: str, named: str
) -> None:
    path = shared_data / "07-dtc" / "apriha-snps" / "input" / name
    assert inspect_file(path).format == named
    assert _genotypes(_read(path, read_file)) == {("1", pos): genotype for genotype, pos in EIGHT}


def test_every_file_of_every_maker_reconciles_or_is_refused_in_words(shared_data: Path, read_file: Reader) -> None:
    arrays, refused = 0, set()
    for path in sorted((shared_data / "07-dtc").rglob("*")):
        if path.suffix not in {".txt", ".csv", ".tsv", ".23andme", ".fa"} or path.parent.name in {
            "truth",
            "resources",
        }:
            continue
        try:
            facts = inspect_file(path)
        except GenomeFileError as error:
            refused.add(path.name if error.message and error.hint else "without words")
            continue
        if facts.kind is not SampleKind.ARRAY:
            continue
        arrays += 1
        intake = _read(path, read_file).intake
        rows = len(path.read_bytes().rstrip(b"\n").split(b"\n")) - facts.header_lines
        assert (intake.records_read, intake.reconciles) == (rows, True), path.name
    assert refused == NO_ARRAYS | {"iyg_sample.csv", "23andme.fa"}
    assert arrays == 51


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("apriha-snps/input/NCBI36.csv", Build.NCBI36),
        ("apriha-snps/input/GRCh37.csv", Build.GRCH37),
        ("apriha-snps/input/GRCh38.csv", Build.GRCH38),
        ("opensnp/23andMe_test.csv", Build.NCBI36),
        ("opensnp/deCODEme_test.csv", Build.NCBI36),
        ("opensnp/decode_small.txt", Build.NCBI36),
        ("opensnp/ancestry_test.csv", Build.GRCH37),
        ("opensnp/ftdna-illumina_sample.csv", Build.GRCH37),
        ("opensnp/testdatensatz1_23andme.txt", Build.NCBI36),
        ("opensnp/only_23andme.txt", None),
        ("opensnp/testdatensatz3_23andme.txt", None),
        ("apriha-snps/input/23andme.txt", None),
    ],
)
def test_the_build_is_known_or_asked_for(shared_data: Path, name: str, build: Build | None) -> None:
    assert inspect_file(shared_data / "07-dtc" / name).build is build


def test_the_2011_files_are_read_as_ncbi36(shared_data: Path, read_file: Reader) -> None:
    folder = shared_data / "07-dtc" / "opensnp"
    read = _read(folder / "testdatensatz1_23andme.txt", read_file)
    assert (read.intake.records_read, read.intake.records_kept, read.intake.plus_strand) == (985, 985, True)
    assert _genotypes(read)["1", 72017] == "AA"
    assert any("NCBI36" in warning for warning in read.intake.warnings)
    spoilt = _read(folder / "testdatensatz2_23andme.txt", read_file)
    assert {reason: told.first_lines for reason, told in spoilt.intake.set_aside.items()} == {
        "genotype cannot be read": [1]
    }
    assert spoilt.variants.filter(pos=742429)["genotype"].to_list() == ["?/A"]


def test_the_known_genotypes_stand_where_the_truth_has_them(shared_data: Path, read_file: Reader) -> None:
    with (shared_data / "07-dtc" / "truth" / "dtc_facts.tsv").open() as file:
        truth = {row["rsid"]: row["genotype"] for row in csv.DictReader(file, delimiter="\t")}
    read = read_file(shared_data / "07-dtc" / "opensnp" / "testdatensatz3_23andme.txt", build=Build.NCBI36)
    found = dict(read.variants.filter(pl.col("id").is_in(list(truth))).select("id", "genotype").rows())
    assert found == {"rs7412": "/".join(truth["rs7412"])}


def test_decode_is_turned_to_the_plus_strand(shared_data: Path, read_file: Reader) -> None:
    folder = shared_data / "07-dtc" / "opensnp"
    ours = _genotypes(_read(folder / "decode_small.txt", read_file))
    theirs = _genotypes(_read(folder / "testdatensatz1_23andme.txt", read_file))
    # One person each: at sites that both call homozygous, the alleles of one file are those of the other's site.
    shared = [(ours[place], theirs[place]) for place in ours.keys() & theirs.keys()]
    called = [(mine, other) for mine, other in shared if "-" not in mine + other]
    alike = sum(bool(set(mine) & set(other)) for mine, other in called)
    assert len(called) > 300
    assert alike > 0.9 * len(called)


def test_the_hostile_rows_are_all_told_and_the_conflict_is_no_call(shared_data: Path, read_file: Reader) -> None:
    read = _read(shared_data / "09-hostile" / "generated" / "dtc_bad_rows.txt", read_file)
    told = {reason: aside.first_lines for reason, aside in read.intake.set_aside.items()}
    assert sorted(line for lines in told.values() for line in lines) == list(range(1, 9))
    assert told["another row of the same position has another genotype"] == [1, 8]
    assert read.variants.is_empty()
    assert read.coverage.select("start", "evidence").rows() == [(45411941, "no_call")]
