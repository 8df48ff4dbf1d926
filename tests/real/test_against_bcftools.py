"""Real pieces of ClinVar, gnomAD, dbSNP, ExAC and Ensembl, asked of real people, answered as bcftools answers."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.real.oracles import Allele, Oracle, Told, alleles_of, by_bcftools, by_hand, lines_of

import genoteca_clinvar.plugin as clinvar
from genoteca.annotate.answer import Answer
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build, chromosome
from genoteca.model.column import Column
from genoteca.model.evidence import Match
from genoteca.model.sample import Sex
from genoteca.sdk import SampleTables, annotate_alleles, publish_batches, scan_sites, verify_published
from genoteca.sdk.testing import MakeSample, materialize_module

pytestmark = pytest.mark.real_data


class Piece(NamedTuple):
    """A reference, its build, and the INFO keys that are compared."""

    path: str
    build: Build
    keys: tuple[str, ...] = ()


OLD, NEW = Build.GRCH37, Build.GRCH38
DATABASES = "03-annotation-dbs/"
PIECES = (
    Piece("clinvar/clinvar_20191007.vcf.gz", OLD, ("CLNSIG", "ALLELEID")),
    Piece("clinvar/clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz", NEW, ("CLNSIG", "CLNREVSTAT", "ALLELEID")),
    Piece("clinvar/macarthur/clinvar_alleles_example_750_rows.single.b37.vcf", OLD, ("ALLELE_ID", "PATHOGENIC")),
    Piece("clinvar/macarthur/clinvar_alleles.multi.b37.vcf.gz", OLD, ("CLINICAL_SIGNIFICANCE",)),
    Piece("clinvar/macarthur/clinvar_alleles_example_750_rows.single.b38.vcf", NEW, ("ALLELE_ID",)),
    Piece("clinvar/vep-testset/input.vcf.gz", NEW, ("CLNSIG",)),
    Piece("dbsnp/dbsnp_135.b37.1000.vcf", OLD, ("VP", "RSPOS")),
    Piece("gatk-snippets/Homo_sapiens_assembly19.dbsnp135.chr1_1M.exome_intervals.vcf", OLD, ("VP", "dbSNPBuildID")),
    Piece("gatk-snippets/dbSNP_hg19_snippet.vcf", OLD, ("VP",)),
    Piece("gatk-snippets/clinvar_hg19_column_test.vcf", OLD),
    Piece("gatk-snippets/dbsnp_138.b37.excluding_sites_after_129.ch20.1m-1m1k.vcf", OLD),
    Piece("gnomad/dbsnp/example/dbsnp.brca1.vcf", OLD, ("RS", "VC")),
    Piece("gnomad/grch37/v2.1/gnomad-exomes.1.vcf.bgz", OLD, ("AC", "AF", "AN")),
    Piece("gnomad/grch38/v4.0/gnomad-exomes.1.vcf.bgz", NEW, ("AC", "AN")),
    Piece("gnomad/grch38/v4.0/gnomad-exomes.X.vcf.bgz", NEW, ("AC", "AF", "nhomalt")),
    Piece("gnomad/grch38/v4.0/gnomad-genomes.X.vcf.bgz", NEW, ("AC", "AF")),
    Piece("gnomad/grch38/v4.0/gnomad-genomes.Y.vcf.bgz", NEW, ("AC", "AF")),
    Piece("gnomad/gnomad-nuclear/example-genomes-grch38/v3.1/gnomad-genomes.vcf.bgz", NEW, ("AC", "AF")),
    Piece("gnomad/gnomad-mtdna/example/gnomad-mtdna.vcf.bgz", NEW, ("AN",)),
    Piece("jvarkit/gnomad.genomes.r2.0.1.sites.1.vcf.gz", OLD, ("AC", "AF")),
    Piece("jvarkit/ExAC.r1.sites.vep.vcf.gz", OLD, ("AC", "AF")),
    Piece("ensembl-variation/exac.vcf.gz", OLD, ("AC",)),
    Piece("ensembl-variation/th_test.vcf.gz", OLD, ("AC", "AF", "EUR_AF")),
    Piece("ensembl-variation/test.vcf.gz", OLD),
)  # fmt: skip

SAMPLES = "02-sample-vcfs/"
PEOPLE = (
    ("ashk-trio.vcf.gz", "HG002", OLD, 50),
    pytest.param("ashk-trio.vcf.gz", "HG004", OLD, 50, marks=pytest.mark.long),
    ("bioc-VariantAnnotation/h1187-10k.vcf.gz", "HCC1187-H-200-37-ASM-N1", OLD, 10),
    pytest.param("NA12878_NIST2.19_wholegenome_indels.vcf.gz", "NA12878", OLD, 2, marks=pytest.mark.long),
)
"""Person, build, and how many of their alleles the pieces list at least."""

THEMSELVES = (
    ("ashk-trio.vcf.gz", "HG002", OLD, ("AC",)),
    pytest.param(
        "1000genomes/1kg-phaseIII-v5a.20130502.genotypes.chr22-16-16.5mb.vcf.gz", "HG00100", OLD, ("AC", "EUR_AF"),
        marks=pytest.mark.long,
    ),
    ("1000genomes/1kGP_high_coverage_Illumina.chr1.filtered.SNV_INDEL_SV_phased_panel-head-1000.vcf.gz",
     "HG00096", NEW, ("AC", "AF")),
    ("gatk/YRIoffspring.chr20snippet.g.vcf", "NA19240", OLD, ()),
    ("glow/CEUTrio.HiSeq.WGS.b37.NA12878.20.21.vcf", "NA12878", OLD, ("AC",)),
    ("talos-trio/joint.vcf.bgz", "proband", NEW, ()),
)  # fmt: skip
"""A file with several people is a reference of the alleles that all of them have, and the person is one of them."""


AGAIN = [pytest.mark.long] if shutil.which("bcftools") else []
"""Where bcftools is there, the plain loops say the same once more."""


@pytest.fixture(params=["bcftools", pytest.param("by hand", marks=AGAIN)])
def oracle(request: pytest.FixtureRequest) -> Oracle:
    """Who else is asked."""
    if request.param == "by hand":
        return by_hand
    if not shutil.which("bcftools"):
        pytest.skip("bcftools is not on this computer")
    return by_bcftools


def read(path: Path, person: str, build: Build, folder: Path) -> SampleTables:
    variants, coverage, structural = (folder / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    intake = read_genome(
        path, pick=person, build=build, sex=Sex.UNSTATED, limits=Limits(), variants=variants, coverage=coverage,
        structural=structural, progress=lambda *_: None,
    )  # fmt: skip
    assert intake.reconciles
    return SampleTables(variants=variants, coverage=coverage, structural=structural, build=build, kind=intake.kind)


def published(path: Path, keys: Sequence[str], target: Path) -> Path:
    """Publish a file of alleles as a module does: its ID, and INFO values of the ALT."""
    with scan_sites(path, info=keys) as scan:
        per_alt = {
            text.removeprefix("<ID=").partition(",")[0]
            for text in scan.header.get("INFO", ())
            if ",Number=A," in text
        }
        of_alt = pl.col("allele") - 1
        chosen = [
            (pl.col(key.lower()).str.split(",").list.get(of_alt) if key in per_alt else pl.col(key.lower()))
            for key in keys
        ]
        batches = (
            batch.select("chrom", "pos", "ref", "alt", name=pl.col("id")).hstack(batch.select(chosen).get_columns())
            for batch in scan.batches()
        )
        publish_batches(batches, target)
    verify_published(target)
    return target


def asked(reference: Path, sample: SampleTables, keys: Sequence[str]) -> Answer:
    """The alleles that are carried, by both engines; a dense answer calls the same ones and no other."""
    columns = [Column(name=name, label=name) for name in ("name", *map(str.lower, keys))]
    answers = [
        annotate_alleles(reference, sample, columns=columns, dense=False, engine=engine)
        for engine in ("polars", "duckdb")
    ]
    assert_frame_equal(answers[0].frame(), answers[1].frame())
    dense = annotate_alleles(reference, sample, columns=columns, dense=True, engine="polars")
    assert dense.sites == sum(dense.evidence.values())
    found = dense.frame().filter(
        pl.col("evidence").is_in(["called", "partial"]),
        pl.col("match") == Match.ALLELE.value,
        (pl.col("dosage") >= 1) | (pl.col("chrom") == "MT"),
    )
    assert set(answers[0].frame()["site"]) == set(found["site"])
    return answers[0]


def of_answer(answer: Answer, keys: Sequence[str]) -> dict[Allele, list[tuple[int | None, tuple[str, ...]]]]:
    """Copies and values of every row of an answer, by its allele."""
    told: dict[Allele, list[tuple[int | None, tuple[str, ...]]]] = {}
    for row in answer.frame().iter_rows(named=True):
        values = tuple("." if row[name] is None else row[name] for name in ("name", *map(str.lower, keys)))
        told.setdefault((row["chrom"], row["pos"], row["ref"], row["alt"]), []).append((row["dosage"], values))
    return told


def agree(answer: Answer, expected: dict[Allele, Told], keys: Sequence[str]) -> None:
    """The same alleles, the same copies, and of the reference what it says of that very allele."""
    found = of_answer(answer, keys)
    assert found.keys() == expected.keys()
    for allele, rows in found.items():
        told = expected[allele]
        if len(told.copies) == 1 and allele[0] != "MT":
            assert {copies for copies, _ in rows} == set(told.copies), allele
        # bcftools annotates one of several equal records of a sample, and leaves the others bare
        said = {values for values in told.values if set(values) != {"."}} or told.values
        assert {plain(values) for values in said} <= {plain(values) for _, values in rows}, allele


def plain(values: tuple[str, ...]) -> tuple[str, ...]:
    """Fractions as bcftools writes them, with the digits of a 32-bit float."""
    return tuple(f"{float(value):.4g}" if FRACTION.fullmatch(value) else value for value in values)


FRACTION = re.compile(r"[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|0")


@pytest.mark.parametrize(("file", "person", "build", "least"), PEOPLE)
def test_a_person_carries_of_every_piece_what_bcftools_finds(
    shared_data: Path, tmp_path: Path, oracle: Oracle, file: str, person: str, build: Build, least: int
) -> None:
    path = shared_data / SAMPLES / file
    sample = read(path, person, build, tmp_path)
    carried = 0
    for piece in PIECES:
        if piece.build is not build:
            continue
        source = shared_data / DATABASES / piece.path
        reference = published(source, piece.keys, tmp_path / "reference.parquet")
        expected = oracle(path, person, source, piece.keys, tmp_path)
        agree(asked(reference, sample, piece.keys), expected, piece.keys)
        carried += len(expected)
    assert carried >= least


@pytest.mark.parametrize("piece", PIECES, ids=[piece.path for piece in PIECES])
def test_who_carries_a_piece_s_own_alleles_is_told_so(
    shared_data: Path, tmp_path: Path, oracle: Oracle, piece: Piece
) -> None:
    source = shared_data / DATABASES / piece.path
    planted = tmp_path / "planted.vcf"
    planted.write_text("\n".join(genome_with(source, piece.build)) + "\n")
    reference = published(source, piece.keys, tmp_path / "reference.parquet")
    expected = oracle(planted, "me", source, piece.keys, tmp_path)
    assert expected
    agree(asked(reference, read(planted, "me", piece.build, tmp_path), piece.keys), expected, piece.keys)


@pytest.mark.parametrize(("file", "person", "build", "keys"), THEMSELVES)
def test_of_the_alleles_of_several_people_one_carries_her_own(
    shared_data: Path, tmp_path: Path, oracle: Oracle, file: str, person: str, build: Build, keys: tuple[str, ...]
) -> None:
    path = shared_data / SAMPLES / file
    reference = published(path, keys, tmp_path / "reference.parquet")
    expected = oracle(path, person, path, keys, tmp_path)
    assert len(expected) > 10
    agree(asked(reference, read(path, person, build, tmp_path), keys), expected, keys)


def test_the_clinvar_module_says_of_every_carried_allele_what_its_record_says(
    shared_data: Path, tmp_path: Path, oracle: Oracle, genoteca_sample: MakeSample
) -> None:
    source = shared_data / DATABASES / "clinvar" / "clinvar_20260226.GRCh38.genes_without_chr17.vcf.gz"
    planted = tmp_path / "planted.vcf"
    planted.write_text("\n".join(genome_with(source, NEW)) + "\n")
    expected = oracle(planted, "me", source, ("CLNSIG", "ALLELEID", "CLNREVSTAT"), tmp_path)
    made = materialize_module(clinvar, genoteca_sample(planted.read_text()), settings={"source": str(source)})
    assert made.failed_checks == []
    carried = made.table.filter(
        pl.col("evidence").is_in(["called", "partial"]), pl.col("match") == "allele", pl.col("dosage") >= 1
    )
    found = {(row["chrom"], row["pos"], row["ref"], row["alt"]): row for row in carried.iter_rows(named=True)}
    assert len(expected) > 20_000
    assert found.keys() == expected.keys()
    for allele, told in expected.items():
        said = {values for values in told.values if set(values) != {"."}}
        row = found[allele]
        ours = (row["variation_id"], row["significance"], str(row["allele_id"]), row["review_status"])
        assert ours in {tuple(in_words(value) for value in values) for values in said}, allele


def in_words(value: str) -> str | None:
    return None if value == "." else re.sub(r"[|/]", ";", value).replace("_", " ")


def genome_with(source: Path, build: Build) -> Iterator[str]:
    """A genome that has some of a reference's alleles: alone or several in a record, spelled longer, and decoys."""
    yield "##fileformat=VCFv4.2"
    yield from (f"##contig=<ID={chrom},length={length}>" for chrom, length in build.lengths.items())
    yield '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">'
    yield "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tme"
    chance = random.Random(source.name)  # noqa: S311 - the same genome every time
    records = [line.split("\t") for line in lines_of(source) if not line.startswith("#")]
    for cells in records:
        alts = [cells[4].upper().split(",")[number - 1] for number, _ in alleles_of(cells)]
        if alts and chromosome(cells[0]) == cells[0]:
            yield from record_of(cells, alts, chance)


def record_of(cells: list[str], alts: list[str], chance: random.Random) -> Iterator[str]:
    ref, way = cells[3].upper(), chance.randrange(5)
    if way == 0:
        genotype = "1|2" if len(alts) > 1 else chance.choice(["0/1", "1/1", "./1", "0|1"])
        yield written(cells, ref, ",".join(alts), genotype)
    elif way == 1:
        yield written(cells, ref + "TG", alts[-1] + "TG", chance.choice(["1/1", "1|0"]))
    elif way == 2:
        others = [base for base in "ACGT" if base not in (ref, *alts)]
        yield written(cells, ref[0], "".join(others[:1]) if len(ref) == 1 else ref[0] + "ACGTACGT", "0/1")
    elif way == 3:
        yield written(cells, ref, ",".join([*alts, "<NON_REF>"]), "0/1")


def written(cells: list[str], ref: str, alt: str, genotype: str) -> str:
    genotype = "1" if cells[0] in ("Y", "MT") else genotype
    return "\t".join([cells[0], cells[1], ".", ref, alt, "50", "PASS", ".", "GT", genotype])
