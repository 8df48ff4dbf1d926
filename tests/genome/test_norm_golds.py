"""What `bcftools norm` makes of its own test files, and what is made of them here.

Out of scope, with the reason:
- `norm.right-align.*.out`: moves indels to the right in genes of the minus strand (as HGVS does); tables here have
  one spelling, the leftmost. (Left-aligned, its indel stays where the file has it.)
- `norm.setref.out`: corrects REF, and swaps genotypes with it; here a REF that contradicts the sequence is reported
  and set aside, never corrected. That exactly those records are found is compared below.
- `norm.iupac.out`: writes N for REF letters that are no base; here such a record is set aside with that reason.
- `<DEL>` and `<DUP>` of `norm.symbolic.*.out`: symbolic alleles have no spelling that could move.
- `norm.out` joins the alleles of a record: compared allele by allele.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from genoteca.genome.alleles import trim_frame
from genoteca.genome.left_align import left_aligned
from genoteca.genome.reference_check import CONTRADICTS, contradicting
from genoteca.genome.schema import CHROM
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build

from .sequences import written

if TYPE_CHECKING:
    from .conftest import Reader

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = pytest.mark.real_data

SHORT = ("21", "22", "Y", "19", "20", "18", "17", "16")
"""Chromosomes under whose names the contigs of a file are read: padding a long one with N takes seconds."""


class Allele(NamedTuple):
    chrom: str
    pos: int
    ref: str
    alt: str


@pytest.fixture(scope="module")
def golds() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the real genomes do not lie beside this checkout")
    return SHARED / "01-vcf-conformance" / "bcftools"


class World:
    """A FASTA, and the VCFs that go with it, under the names of short chromosomes."""

    def __init__(self, fasta: Path, folder: Path) -> None:
        parts = re.split(r"(?m)^>(\S+).*$", fasta.read_text())[1:]
        bases = {name: text.replace("\n", "").upper() for name, text in zip(parts[::2], parts[1::2], strict=True)}
        self.names = dict(zip(bases, SHORT, strict=False))
        self.sequence: ReferenceSequence = written(
            folder / "s.parquet", Build.GRCH38, **{f"c{self.names[name]}": told for name, told in bases.items()}
        )

    def text(self, vcf: Path) -> str:
        """Give a VCF with the contigs renamed."""
        lines = []
        for line in vcf.read_text().splitlines():
            name, tab, rest = line.partition("\t")
            if not line.startswith("##contig"):
                lines.append(self.names.get(name, name) + tab + rest)
        return "\n".join(lines) + "\n"

    def records(self, vcf: Path) -> list[list[str]]:
        """Give the columns of every record of a VCF."""
        return [line.split("\t") for line in self.text(vcf).splitlines() if line and line[0] != "#"]

    def alleles(self, vcf: Path) -> list[Allele]:
        """Give every allele of a VCF that is a sequence, as the file has it."""
        listed = [
            Allele(chrom, int(pos), ref.upper(), alt.upper())
            for chrom, pos, _, ref, alts, *_ in self.records(vcf)
            for alt in alts.split(",")
        ]
        return [one for one in listed if re.fullmatch("[ACGT]+", one.ref) and re.fullmatch("[ACGT]+", one.alt)]

    def normal(self, alleles: list[Allele]) -> list[Allele]:
        """Trim and left-align every allele."""
        frame = pl.DataFrame(alleles, schema=["chrom", "pos", "ref", "alt"], orient="row")
        made = left_aligned(trim_frame(frame.cast({"chrom": CHROM, "pos": pl.UInt32})), self.sequence)
        return [Allele(*row) for row in made.rows()]


@pytest.fixture(scope="module")
def world(golds: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(golds / "norm.fa", tmp_path_factory.mktemp("norm"))


def test_split_and_left_aligned_alleles_are_those_of_the_gold(golds: Path, world: World) -> None:
    gold = world.alleles(golds / "norm.split.and.norm.out")
    assert len(gold) == 29
    assert Counter(world.normal(world.alleles(golds / "norm.split.vcf"))) == Counter(gold)


def test_jointly_left_aligned_alleles_are_those_of_the_gold_one_by_one(golds: Path, world: World) -> None:
    given, gold = (world.alleles(golds / name) for name in ("norm.vcf", "norm.out"))
    # the gold was made with --check-ref x: it leaves the record out whose REF is wrong
    ours = [one for one in given if world.sequence.bases(one.chrom, one.pos, one.pos) == one.ref[0]]
    assert len(ours) == len(gold) == 35
    assert Counter(world.normal(ours)) == Counter(world.normal(gold))


def test_splitting_alone_keeps_every_allele(golds: Path, world: World) -> None:
    whole, split = (world.alleles(golds / name) for name in ("norm.split.vcf", "norm.split.out"))
    assert Counter(whole) == Counter(split)


@pytest.mark.parametrize("sample", [0, 1])
def test_a_file_read_with_its_sequence_has_the_alleles_and_copies_of_the_gold(
    golds: Path, world: World, tmp_path: Path, read_file: Reader, sample: int
) -> None:
    path = tmp_path / "split.vcf"
    path.write_text(world.text(golds / "norm.split.vcf"))
    read = read_file(path, pick=("XY00001", "XY00002")[sample], sequence=world.sequence)
    gold: Counter[tuple[Allele, int]] = Counter()
    for chrom, pos, _, ref, alt, *rest in world.records(golds / "norm.split.and.norm.out"):
        genotype = rest[4 + sample].split(":")[0]
        if "." not in genotype and alt != ".":
            gold[Allele(chrom, int(pos), ref, alt), genotype.count("1")] += 1
    told = read.variants.select(pl.col("chrom").cast(pl.String), "pos", "ref", "alt", "dosage").rows()
    assert Counter((Allele(*row[:4]), row[4]) for row in told) == gold
    assert read.intake.reference_agreement == 1.0
    assert read.intake.reconciles


@pytest.mark.parametrize(
    ("number", "vcf", "gold"),
    [
        ("", "norm.symbolic.vcf", "norm.symbolic.1.out"),
        ("", "norm.symbolic.2.vcf", "norm.symbolic.2.out"),
        (".3", "norm.symbolic.3.vcf", "norm.symbolic.3.1.out"),
    ],
)
def test_indels_beside_symbolic_alleles_are_those_of_the_gold(
    golds: Path, tmp_path: Path, number: str, vcf: str, gold: str
) -> None:
    world = World(golds / f"norm.symbolic{number}.fa", tmp_path)
    assert world.normal(world.alleles(golds / vcf)) == world.alleles(golds / gold)


def test_a_ref_that_the_gold_corrects_is_reported(
    golds: Path, world: World, tmp_path: Path, read_file: Reader
) -> None:
    given, corrected = (world.records(golds / name) for name in ("norm.setref.vcf", "norm.setref.out"))
    plain = [n for n, record in enumerate(given) if re.fullmatch("[ACGTacgt]+", record[3])]
    rows = [(given[n][0], int(given[n][1]), given[n][3].upper()) for n in plain]
    frame = pl.DataFrame(rows, schema={"chrom": CHROM, "pos": pl.UInt32, "ref": pl.String}, orient="row")
    wrong = [given[n][3].upper() != corrected[n][3].upper() for n in plain]
    assert any(wrong)
    assert contradicting(frame, world.sequence).tolist() == wrong
    path = tmp_path / "setref.vcf"
    path.write_text(world.text(golds / "norm.setref.vcf"))
    read = read_file(path, pick="XY00001", sequence=world.sequence)
    lines = [n + 1 for n, is_wrong in zip(plain, wrong, strict=True) if is_wrong]
    assert set(read.intake.set_aside[CONTRADICTS].first_lines) <= set(lines)
    assert not set(read.variants["line"].to_list()) & set(lines)
