"""The quality figures of a genome that was read: counts and histograms, never a genotype."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ChromosomeFigures", "CoverageShares", "FilterCounts", "Histogram", "Quality", "SexEvidence"]


class Figures(BaseModel):
    """A value object of figures."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Histogram(Figures):
    """How many values fall from each start up to the next; the last bin also holds everything above."""

    starts: list[float]
    counts: list[int]
    without: int = 0
    """Calls for which the file gives no value."""
    median: float | None = None
    """Of the values themselves, not of the bins; null: no value is given."""

    @property
    def given(self) -> int:
        """Calls for which the file gives a value."""
        return sum(self.counts)


class ChromosomeFigures(Figures):
    """One chromosome: its variants, and how many of its bases the file speaks of."""

    chrom: str
    length: int
    """Bases in the genome build, the never-sequenced stretches (N) counted."""
    variants: int = 0
    snvs: int = 0
    indels: int = 0
    reference_bases: int = 0
    no_call_bases: int = 0
    variant_bases: int = 0
    """Bases of REF under carried alleles, overlaps counted once."""
    density: list[int] = Field(default_factory=list)
    """Carried alleles in each million bases, from the first base on."""


class CoverageShares(Figures):
    """Shares of the genome build's bases, from 0 to 1."""

    reference: float
    """Stated as having no difference, well enough to count."""
    no_call: float
    variant: float
    """Under carried alleles."""

    @property
    def silent(self) -> float:
        """Share of which the file says nothing."""
        return max(0.0, 1 - self.reference - self.no_call - self.variant)


class SexEvidence(Figures):
    """What X and Y outside the pseudoautosomal regions look like. It decides nothing; see `genome.sex`."""

    pattern: Literal["XX", "XY"] | None
    """Null: it cannot be told."""
    why: str
    x_heterozygous: int
    x_homozygous: int
    """Homozygous or hemizygous."""
    y_carried: int
    y_reference_bases: int


class FilterCounts(Figures):
    """What the FILTER column says of the carried alleles: `passed + without + failed` are all of them."""

    passed: int = 0
    without: int = 0
    """No verdict: the file was not filtered, or this record was not."""
    failed: int = 0
    names: dict[str, int] = Field(default_factory=dict)
    """Alleles under every name of a failed filter; one that failed two counts under both."""


class Quality(Figures):
    """Figures of one sample's tables; an allele counts when the sample carries it."""

    records: int
    """Records with a carried allele."""
    alleles: int
    """Carried alleles: rows of the variants table; for an array its calls."""
    snvs: int
    insertions: int
    deletions: int
    mnvs: int
    """Several bases replaced by as many others or, with another length, by none of them."""
    unresolved: int
    """Calls without a REF (arrays), which are neither of the above: the reference's own letters are among them."""
    multi_allelic: int
    """Records that list two or more alternative sequences."""
    structural: dict[str, int] = Field(default_factory=dict)
    """Carried structural variants by type."""
    structural_listed: int = 0
    """Structural records of the file, carried or not."""
    transitions: int
    transversions: int
    spectrum: dict[str, int] | None = None
    """Single bases by change, MT left out; a change and its complement are one: `C>A` is also `G>T`. Null: not
    counted, by a version that did not."""
    heterozygous: int
    """Heterozygous records on the autosomes."""
    homozygous: int
    """Homozygous ones; for an array those of the reference's letter too."""
    depth: Histogram
    genotype_quality: Histogram
    balance: Histogram
    """Share of the reads that show the allele, over heterozygous calls."""
    filters: FilterCounts
    sex: SexEvidence
    chromosomes: list[ChromosomeFigures]
    """1 to 22, X, Y, MT."""

    @property
    def transition_ratio(self) -> float | None:
        """Transitions per transversion (Ti/Tv) of single bases, MT left out; None without a transversion."""
        return self.transitions / self.transversions if self.transversions else None

    @property
    def heterozygous_ratio(self) -> float | None:
        """Heterozygous per homozygous records on the autosomes; None without a homozygous one."""
        return self.heterozygous / self.homozygous if self.homozygous else None

    @property
    def length(self) -> int:
        """Give the bases of the genome build."""
        return sum(one.length for one in self.chromosomes)

    @property
    def shares(self) -> CoverageShares:
        """Give the share of the genome build's bases that the file speaks of in each way."""
        return CoverageShares(
            reference=sum(one.reference_bases for one in self.chromosomes) / self.length,
            no_call=sum(one.no_call_bases for one in self.chromosomes) / self.length,
            variant=sum(one.variant_bases for one in self.chromosomes) / self.length,
        )
