from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoteca.errors import ReferenceDataError
from genoteca.genome.lift import Bases, Lift, LiftedSite, Reason, Spot, complement, lift_site

LENGTH = 1000


def chain(path: Path, *, forward: bool = True, blocks: str = "1000") -> Path:
    strand = "+" if forward else "-"
    path.write_text(f"chain 1 1 {LENGTH} + 0 {LENGTH} 1 {LENGTH} {strand} 0 {LENGTH} 1\n{blocks}\n\n")
    return path


def text(bases: str) -> Bases:
    return lambda chrom, start, end: bases[start - 1 : end] if chrom == "1" else ""


def test_one_base_is_counted_from_one_on_both_sides(tmp_path: Path) -> None:
    assert Lift([chain(tmp_path / "same.chain")]).base("1", 1) == Spot("1", 1, forward=True)
    assert Lift([chain(tmp_path / "turned.chain", forward=False)]).base("1", 1) == Spot("1", LENGTH, forward=False)


def test_a_place_in_a_gap_is_nowhere_and_a_stretch_over_it_is_broken(tmp_path: Path) -> None:
    lift = Lift([chain(tmp_path / "gap.chain", blocks="100\t10\t10\n890")])
    assert lift.base("1", 105) is Reason.NOWHERE
    assert lift.span("1", 98, 113) is Reason.BROKEN  # its ends keep their distance: the gap is as long on both sides
    assert lift.span("1", 91, 100) == Spot("1", 91, forward=True)
    assert lift.base("7", 5) is Reason.NOWHERE


def test_a_deletion_whose_end_touches_a_gap_is_set_aside(tmp_path: Path) -> None:
    lift = Lift([chain(tmp_path / "gap.chain", blocks="100\t0\t10\n400\t10\t0\n490")])
    assert lift_site(lift, ("1", 100), "A", ("AT",)) is Reason.BROKEN
    assert isinstance(lift_site(lift, ("1", 100), "A", ("T",)), LiftedSite)
    assert isinstance(lift_site(lift, ("1", 98), "AC", ("A",)), LiftedSite)


def test_a_base_that_is_the_others_reference_swaps_only_where_the_bases_are_known(tmp_path: Path) -> None:
    lift = Lift([chain(tmp_path / "same.chain")])
    there = text("T" * LENGTH)
    assert lift_site(lift, ("1", 7), "C", ("T",), there) == LiftedSite("1", 7, "T", ("C",), False, True, True)
    assert lift_site(lift, ("1", 7), "C", ("A", "T"), there) == LiftedSite("1", 7, "T", ("A", "C"), False, True, True)
    assert lift_site(lift, ("1", 7), "C", ("T",)) == LiftedSite("1", 7, "C", ("T",), False, False, False)
    assert lift_site(lift, ("1", 7), "C", ("A",), there) is Reason.MISMATCH
    assert lift_site(lift, ("1", 7), "CA", ("C",), there) is Reason.MISMATCH


def test_an_insertion_on_the_reverse_strand_needs_the_bases_beside_it(tmp_path: Path) -> None:
    lift = Lift([chain(tmp_path / "turned.chain", forward=False)])
    assert lift_site(lift, ("1", 300), "A", ("AG",)) is Reason.ANCHOR
    bases = list("C" * LENGTH)
    bases[LENGTH - 300] = "T"
    site = lift_site(lift, ("1", 300), "A", ("AG",), text("".join(bases)))
    assert site == LiftedSite("1", 1, "C", ("CC",), True, False, True)  # as far left as the run of C goes


def test_a_file_that_is_no_chain_says_so(tmp_path: Path) -> None:
    (tmp_path / "no.chain").write_text("garbage\n")
    with pytest.raises(ReferenceDataError, match="no chain file"):
        Lift([tmp_path / "no.chain"])
    with pytest.raises(ReferenceDataError, match="is not there"):
        Lift([tmp_path / "absent.chain"])


@given(st.integers(1, LENGTH - 12), st.text("ACGT", min_size=1, max_size=6), st.data())
def test_an_allele_there_and_back_over_a_turned_strand_spells_the_same_haplotype(
    tmp_path_factory: pytest.TempPathFactory, pos: int, alt: str, data: st.DataObject
) -> None:
    """Property: whatever is spelled, the sequence that the allele makes is the same on both sides."""
    folder = tmp_path_factory.mktemp("chains")
    chance = random.Random(data.draw(st.integers(0, 99)))  # noqa: S311 - no secret
    bases = "".join(chance.choices("ACGT", k=LENGTH))
    turned = complement(bases)
    lift = Lift([chain(folder / "turned.chain", forward=False)])
    length = data.draw(st.integers(1, 5))
    ref = bases[pos - 1 : pos - 1 + length]
    if ref == alt:
        return
    there = lift_site(lift, ("1", pos), ref, (alt,), text(turned))
    if pos > 1 and isinstance(there, LiftedSite):
        assert applied(turned, there) == complement(applied(bases, LiftedSite("1", pos, ref, (alt,), *[False] * 3)))
        back = lift_site(lift, (there.chrom, there.pos), there.ref, there.alts, text(bases))
        if isinstance(back, LiftedSite):
            assert applied(bases, back) == applied(bases, LiftedSite("1", pos, ref, (alt,), *[False] * 3))
    else:
        assert there in (Reason.ANCHOR, Reason.NOWHERE, Reason.BROKEN) or pos == 1


def applied(bases: str, site: LiftedSite) -> str:
    assert bases[site.pos - 1 : site.pos - 1 + len(site.ref)] == site.ref
    return bases[: site.pos - 1] + site.alts[0] + bases[site.pos - 1 + len(site.ref) :]


def fasta(path: Path) -> Bases:
    return text("".join(path.read_text().splitlines()[1:]))


def records(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]


PICARD = [
    ("testLiftoverMismatchingSnps", "test.two.block.over", "dummy.two.block", "vcfWithFlippedAlleles"),
    ("testLiftoverMismatchingSnps", "test.over", "dummy", "vcfWithFlippedAllelesNegativeChain"),
    ("testLiftoverMixedVariants", "test.over", "dummy", "vcfWithMixed"),
]


@pytest.mark.real_data
@pytest.mark.parametrize(("given_file", "chain_file", "bases", "expected"), PICARD)
def test_picards_cases_lift_and_are_rejected_as_picard_does(
    shared_data: Path, given_file: str, chain_file: str, bases: str, expected: str
) -> None:
    """Its multi-allelic indels are anchored elsewhere, so alleles are compared by the sequence they make."""
    folder = shared_data / "08-liftover" / "picard-liftover"
    sequence = "".join((folder / f"{bases}.reference.fasta").read_text().splitlines()[1:])
    lift = Lift([folder / f"{chain_file}.chain"])
    made: set[tuple[str, ...]] = set()
    rejected = set()
    for chrom, pos, name, ref, alts, *_ in records(folder / f"{given_file}.vcf"):
        site = lift_site(lift, (chrom.removeprefix("chr"), int(pos)), ref, alts.split(","), text(sequence))
        if isinstance(site, Reason):
            rejected.add((name, str(site)))
        else:
            made.add((str(site.swapped), str(site.flipped), *haplotypes(sequence, site.pos, site.ref, site.alts)))
    wanted = {
        (
            str("SwappedAlleles" in info),
            str("ReverseComplementedAlleles" in info),
            *haplotypes(sequence, int(pos), ref, alts.split(",")),
        )
        for _, pos, _, ref, alts, _, _, info, *_ in records(folder / f"{expected}.lift.vcf")
    }
    assert made == wanted
    rejects = records(folder / f"{expected}.reject.vcf")
    assert {row[6] for row in rejects} <= {"MismatchedRefAllele"}
    assert rejected == {(row[2], str(Reason.MISMATCH)) for row in rejects}


def haplotypes(sequence: str, pos: int, ref: str, alts: object) -> list[str]:
    assert sequence[pos - 1 : pos - 1 + len(ref)] == ref
    return sorted(sequence[: pos - 1] + alt + sequence[pos - 1 + len(ref) :] for alt in alts)  # type: ignore[attr-defined]


@pytest.mark.real_data
def test_a_contig_that_the_chain_does_not_name_is_rejected_as_picard_does(shared_data: Path) -> None:
    folder = shared_data / "08-liftover" / "picard-liftover"
    lift = Lift([folder / "test.over.badContig.chain"])
    assert lift_site(lift, ("1", 1), "C", ("T",)) is Reason.NOWHERE


@pytest.fixture
def ensembl(shared_data: Path) -> Callable[[str], Path]:
    return lambda name: shared_data / "08-liftover" / "ensembl-chains" / f"{name}.chain.gz"


@pytest.mark.real_data
def test_places_there_and_back_are_the_same_wherever_both_ways_are_unique(ensembl: Callable[[str], Path]) -> None:
    """GRCh38 → GRCh37 lists patches too; what falls on a chromosome once both ways must come back."""
    there, back = Lift([ensembl("GRCh37_to_GRCh38")]), Lift([ensembl("GRCh38_to_GRCh37")])
    chosen = random.Random(7)  # noqa: S311 - no secret
    compared = same = 0
    for chrom, length in (("1", 249_250_621), ("9", 141_213_431), ("17", 81_195_210), ("X", 155_270_560)):
        for pos in (chosen.randint(1, length) for _ in range(2_000)):
            spot = there.base(chrom, pos)
            if isinstance(spot, Spot) and isinstance(again := back.base(spot.chrom, spot.pos), Spot):
                compared += 1
                same += again == (chrom, pos, spot.forward)
    assert compared > 6_500
    assert same == compared


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("place", "there"), [(("1", 169_519_049), ("1", 169_549_811)), (("11", 66_328_095), ("11", 66_560_624))]
)
def test_the_traps_lie_where_they_should(
    ensembl: Callable[[str], Path], place: tuple[str, int], there: tuple[str, int]
) -> None:
    assert Lift([ensembl("GRCh37_to_GRCh38")]).base(*place) == (*there, True)


@pytest.mark.real_data
def test_two_chains_in_a_row_lead_where_the_direct_one_does(ensembl: Callable[[str], Path]) -> None:
    direct = Lift([ensembl("NCBI36_to_GRCh38")])
    steps = Lift([ensembl("NCBI36_to_GRCh37"), ensembl("GRCh37_to_GRCh38")])
    chosen = random.Random(3)  # noqa: S311 - no secret
    pairs = [(direct.base("2", pos), steps.base("2", pos)) for pos in chosen.choices(range(1, 242_000_000), k=2000)]
    both = [(one, other) for one, other in pairs if isinstance(one, Spot) and isinstance(other, Spot)]
    assert len(both) > 1_800
    assert sum(one == other for one, other in both) == len(both)
