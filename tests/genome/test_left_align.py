from __future__ import annotations

import random
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.genome.alleles import trim, trim_frame
from genoteca.genome.left_align import left_aligned
from genoteca.genome.schema import CHROM
from genoteca.genome.sequence import ReferenceSequence

from .sequences import repetitive, written

Allele = tuple[int, str, str]

LENGTH = 16569
BASES = repetitive(LENGTH, 7)


@cache
def sequence() -> ReferenceSequence:
    folder = Path(mkdtemp(prefix="genoteca-sequence-"))
    try:
        return written(folder / "s.parquet", cMT=BASES)
    finally:
        shutil.rmtree(folder)  # it stays open


def aligned(*alleles: Allele) -> list[Allele]:
    return left_aligned(table(*alleles), sequence()).select("pos", "ref", "alt").rows()


def table(*alleles: Allele) -> pl.DataFrame:
    frame = pl.DataFrame(alleles, schema={"pos": pl.UInt32, "ref": pl.String, "alt": pl.String}, orient="row")
    return trim_frame(frame.with_columns(chrom=pl.lit("MT", CHROM)))


def haplotype(allele: Allele, around: str = BASES) -> str:
    pos, ref, alt = allele
    assert around[pos - 1 : pos - 1 + len(ref)] == ref
    return around[: pos - 1] + alt + around[pos - 1 + len(ref) :]


@st.composite
def alleles(draw: st.DrawFn) -> Allele:
    pos = draw(st.integers(1, LENGTH - 60))
    ref = BASES[pos - 1 : pos - 1 + draw(st.integers(1, 50))]
    kind = draw(st.sampled_from(["any", "copy", "deletion"]))
    if kind == "any":
        return pos, ref, draw(st.text("ACGT", min_size=1, max_size=12))
    cut = draw(st.integers(0, len(ref) - 1))
    if kind == "deletion":
        return pos, ref, (ref[:cut] + ref[cut + draw(st.integers(1, 12)) :]) or ref[0]
    return pos, ref, ref[:cut] + ref[cut : cut + draw(st.integers(1, 12))] + ref[cut:]


@given(st.lists(alleles(), min_size=1, max_size=20))
def test_an_aligned_allele_spells_the_same_haplotype(given_alleles: list[Allele]) -> None:
    for before, after in zip(given_alleles, aligned(*given_alleles), strict=True):
        assert haplotype(after) == haplotype(before)


@given(st.lists(alleles(), min_size=1, max_size=20))
def test_aligning_twice_is_aligning_once(given_alleles: list[Allele]) -> None:
    once = aligned(*given_alleles)
    assert aligned(*once) == once
    assert [trim(*allele) for allele in once] == once


@given(st.lists(alleles(), min_size=1, max_size=20))
def test_two_spellings_of_one_indel_become_one(given_alleles: list[Allele]) -> None:
    frame = left_aligned(table(*given_alleles), sequence())
    for pos, ref, alt in frame.select("pos", "ref", "alt").rows():
        if (len(ref) == 1) != (len(alt) == 1) and ref[0] == alt[0]:
            assert set(aligned(*_spellings((pos, ref, alt)))) == {(pos, ref, alt)}


def _spellings(allele: Allele) -> list[Allele]:
    """Give an allele and every spelling of its haplotype further to the right."""
    found = [allele]
    while (end := found[-1][0] + len(allele[1])) < LENGTH:
        other = _rotated(allele, len(found))
        if BASES[other[0] - 1 : end] != other[1] or haplotype(other) != haplotype(allele):
            break
        found.append(other)
    return found


def _rotated(allele: Allele, shift: int) -> Allele:
    """The same bases put in or taken out, `shift` further to the right."""
    pos, ref, alt = allele
    long = max(ref, alt, key=len)
    turn = shift % (len(long) - 1)
    base, unit = BASES[pos + shift - 1], long[1:][turn:] + long[1:][:turn]
    return (pos + shift, base + unit, base) if len(ref) > len(alt) else (pos + shift, base, base + unit)


def test_what_the_sequence_contradicts_is_left_as_it_is() -> None:
    pos = BASES.index("AAAAAA", 100) + 3
    sound, wrong = (pos, "AA", "A"), (pos, "AC", "A")
    assert aligned(sound) != [sound]
    assert aligned(wrong) == [wrong]


def test_what_is_no_indel_stays() -> None:
    pos = 500
    other = next(base for base in "ACGT" if base != BASES[pos - 1])
    complex_ = (pos, BASES[pos - 1 : pos + 2], other + other)
    assert aligned((pos, BASES[pos - 1], other), complex_) == [(pos, BASES[pos - 1], other), trim(*complex_)]


def test_an_indel_is_not_moved_over_the_beginning_or_unknown_bases(tmp_path: Path) -> None:
    here = written(tmp_path / "s.parquet", cMT="AAAAACNNAAAAAT")
    frame = left_aligned(table((5, "AC", "C"), (4, "AA", "A"), (12, "AA", "A"), (9, "AA", "A")), here)
    # the five A of the start: the first one is the base before; behind N, the first known base is
    assert frame.select("pos", "ref", "alt").rows() == [
        (1, "AA", "A"),
        (1, "AA", "A"),
        (9, "AA", "A"),
        (9, "AA", "A"),
    ]


def test_without_its_chromosome_nothing_moves() -> None:
    frame = table((200, "AA", "A")).with_columns(chrom=pl.lit("7", CHROM))
    assert left_aligned(frame, sequence()).equals(frame)


def test_other_columns_and_the_order_stay() -> None:
    pos = BASES.index("TTTTTT", 100) + 4
    frame = table((pos, "TT", "T"), (50, BASES[49], "N"), (pos, "T", "TTT")).with_row_index("line")
    made = left_aligned(frame, sequence())
    assert made.columns == frame.columns
    assert made["line"].to_list() == [0, 1, 2]
    assert made["pos"].to_list()[1] == 50


@pytest.mark.skipif(shutil.which("bcftools") is None, reason="bcftools is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_bcftools_norm_gives_the_same_alleles(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    bases = repetitive(LENGTH, seed + 100)
    here = written(tmp_path / "s.parquet", cMT=bases)
    given_alleles = [_any_allele(chance, bases) for _ in range(3000)]
    ours = left_aligned(table(*given_alleles), here).select("pos", "ref", "alt").rows()
    assert ours == _by_bcftools(tmp_path, bases, given_alleles)


def _any_allele(chance: random.Random, bases: str) -> Allele:
    pos = chance.randint(2, LENGTH - 100)
    ref = bases[pos - 1 : pos - 1 + chance.choice([1, 2, 3, 8, 40])]
    cut = chance.randint(0, len(ref) - 1)
    alts = (
        ref[:cut] + ref[cut + chance.randint(1, 9) :],
        ref[:cut] + "".join(chance.choices("ACGT", k=chance.randint(1, 5))) + ref[cut:],
        ref[:cut] + ref[cut : cut + chance.randint(1, 9)] + ref[cut:],
        "".join(chance.choices("ACGT", k=chance.randint(1, 4))),
    )
    alt = chance.choice(alts)
    return (pos, ref, alt) if alt and alt != ref else (pos, ref, ref + "A")


def _by_bcftools(folder: Path, bases: str, given_alleles: list[Allele]) -> list[Allele]:
    fasta, vcf = folder / "s.fa", folder / "in.vcf"
    fasta.write_text(f">MT\n{bases}\n")
    head = f"##fileformat=VCFv4.2\n##contig=<ID=MT,length={LENGTH}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    rows = [f"MT\t{pos}\t{n}\t{ref}\t{alt}\t.\t.\t.\n" for n, (pos, ref, alt) in enumerate(given_alleles)]
    vcf.write_text(head + "".join(rows))
    command = ["bcftools", "norm", "--no-version", "-f", str(fasta), str(vcf)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    fields = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#")]
    found = {int(one[2]): (int(one[1]), one[3], one[4]) for one in fields}
    return [found[n] for n in range(len(given_alleles))]
