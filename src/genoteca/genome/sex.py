"""What the calls on X and Y look like: shown on request, compared with the stated sex, never used in its place."""

from __future__ import annotations

from typing import Literal

from genoteca.model.quality import SexEvidence

__all__ = ["sex_evidence"]

ENOUGH_X = 100
"""Single-base alleles on X below which nothing is said. Somalier asks for 11 sites that were chosen by hand."""
TWO_X = 0.4
ONE_X = 0.1
"""Heterozygous per homozygous alleles on X: two copies from 0.4, as in Somalier, whose limit for one copy is 0.05 on
chosen sites (https://github.com/brentp/somalier); whole files hold more false heterozygotes, hence 0.1, and then Y
must speak too."""
FEW_Y = 0.1
"""Alleles on Y per allele on X up to which they are taken for stray reads of a genome without Y."""
SOME_Y = 5
SHARE_Y = 0.005
SURE_Y = 100_000
"""A Y is there from 5 alleles that are one in 200 of those on X, or from 100,000 bases that the file calls reference
there: a man of the reference's own lineage differs little from it."""
Pattern = Literal["XX", "XY"]

USUAL = 0.5
"""Heterozygous per homozygous records on the autosomes, below which X says nothing: with few reads a second allele is
missed everywhere. It is 2 in theory and varies with ancestry (Wang et al. 2015,
https://pmc.ncbi.nlm.nih.gov/articles/PMC4308666); NA12878 has 1.6, and 0.03 in a file of 2 reads a place."""


CHIP_TWO, CHIP_ONE, CHIP_USUAL = 0.5, 0.1, 0.1
"""The same for a chip, whose homozygous calls hold the reference's letter too: shares of its own autosomal ratio."""


def sex_evidence(
    *, heterozygous: int, homozygous: int, carried_y: int, reference_y: int, usual: float | None, chip: bool = False
) -> SexEvidence:
    """Tell XX from XY by single-base alleles outside the pseudoautosomal regions; None where it cannot be told.

    `usual` is the heterozygous ratio of the autosomes; `chip`: the calls are an array's, and not only of differences.
    """
    on_x = heterozygous + homozygous
    least, ratio = CHIP_USUAL if chip else USUAL, usual or 0
    two, one = (CHIP_TWO * ratio, CHIP_ONE * ratio) if chip else (TWO_X, ONE_X)
    if heterozygous >= two * homozygous:
        pattern, why = _two(on_x, carried_y, reference_y)
    elif heterozygous <= one * homozygous:
        pattern, why = _one(on_x, carried_y, reference_y)
    else:
        pattern, why = None, "X looks neither like one copy nor like two different ones."
    if on_x < ENOUGH_X:
        pattern, why = None, f"Only {on_x:,} single-base variants lie on X; at least {ENOUGH_X} are needed."
    elif ratio < least:
        pattern, why = None, "The file finds two different copies hardly anywhere, so that X says nothing."
    return SexEvidence(
        pattern=pattern,
        why=why,
        x_heterozygous=heterozygous,
        x_homozygous=homozygous,
        y_carried=carried_y,
        y_reference_bases=reference_y,
    )


def _two(on_x: int, carried_y: int, reference_y: int) -> tuple[Pattern | None, str]:
    if carried_y > FEW_Y * on_x or reference_y >= SURE_Y:
        return None, "X looks like two different copies, and yet there are calls on Y."
    return "XX", "X looks like two different copies, and there is next to nothing on Y."


def _one(on_x: int, carried_y: int, reference_y: int) -> tuple[Pattern | None, str]:
    if (carried_y >= SOME_Y and carried_y >= SHARE_Y * on_x) or reference_y >= SURE_Y:
        return "XY", "X looks like one copy, and there are calls on Y."
    return None, "X looks like one copy, and yet there is next to nothing on Y: the file may leave Y out."
