"""Where the centromeres lie: the waist of each chromosome where it is drawn."""

from __future__ import annotations

from genoteca.model.build import CHROMOSOMES, Build, Region

__all__ = ["centromere"]


def centromere(build: Build, chrom: str) -> Region | None:
    """Give the centromere of a chromosome; None: it has none (MT), or none is told for the build (NCBI36)."""
    return _CENTROMERES.get(build, {}).get(chrom)


def _table(ends: str) -> dict[str, Region]:
    """Read `start-end` in units of 100,000 bases (0-based, half open), in the order of the chromosomes without MT."""
    found = {}
    for chrom, told in zip(CHROMOSOMES[:-1], ends.split(), strict=True):
        start, end = (int(part) * 100_000 for part in told.split("-"))
        found[chrom] = Region(chrom, start + 1, end)
    return found


# The two bands `acen` of each chromosome in UCSC's table cytoBand, as one stretch:
# https://hgdownload.soe.ucsc.edu/goldenPath/hg19/database/cytoBand.txt.gz and
# https://hgdownload.soe.ucsc.edu/goldenPath/hg38/database/cytoBand.txt.gz (free for any use). UCSC gives bands to
# 100,000 bases. They are where a stain was seen under a microscope, and are drawn, never used to decide anything.
_CENTROMERES = {
    Build.GRCH37: _table(
        "1215-1289 905-968 879-939 482-527 461-507 587-633 580-617 431-481 473-507 380-423 516-557 333-382 "
        "163-195 161-191 158-207 346-386 222-258 154-190 244-286 256-294 109-143 122-179 581-630 116-134"
    ),
    Build.GRCH38: _table(
        "1217-1251 918-960 878-940 482-518 461-514 585-626 581-621 432-472 422-455 380-416 510-558 332-378 "
        "165-189 161-182 175-205 353-384 227-274 154-215 242-281 257-304 109-130 137-174 581-638 103-106"
    ),
}
