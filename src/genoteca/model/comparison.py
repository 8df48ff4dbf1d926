"""Two genomes laid side by side: what differs, and what cannot be said because a file is silent."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from genoteca.model.column import Column, ColumnType
from genoteca.model.evidence import Evidence

__all__ = ["COMPARED", "STATED", "Comparison", "Difference", "KinshipCounts", "compared_columns"]


class Difference(StrEnum):
    """How two genomes stand to each other at one allele that at least one of them carries."""

    SAME = "same"
    """Both carry it, on as many copies."""
    COPIES = "other copies"
    """Both carry it, one on one copy and the other on both; of two chips: other letters."""
    FIRST = "only in the first"
    """The second file has a genotype here without it, states the reference, or its silence may be read as that."""
    SECOND = "only in the second"
    SECOND_SILENT = "the second cannot say"
    """The first carries it; the second made no call here, or says nothing."""
    FIRST_SILENT = "the first cannot say"
    PARTLY = "partly known"
    """Both carry it, and of one genotype an allele is missing: the copies cannot be compared."""
    SPELLED = "spelled otherwise"
    """Only one file lists it in this spelling; the other carries the same change in another."""


STATED = frozenset({Evidence.CALLED, Evidence.OTHER_ALLELE, Evidence.REFERENCE})
"""Evidence that is a call of the file, not a reading of its silence."""

_MARKED = {Difference.FIRST, Difference.SECOND, Difference.FIRST_SILENT, Difference.SECOND_SILENT}


class KinshipCounts(BaseModel):
    """What relatedness is told from: single-base alleles on chromosomes 1 to 22 where both genotypes are known.

    The estimator is KING-robust between families, Manichaikul and others 2010, equation 11
    (https://doi.org/10.1093/bioinformatics/btq559).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    both_heterozygous: int = 0
    opposite: int = 0
    """One carries it on both copies, the other on none."""
    first_heterozygous: int = 0
    second_heterozygous: int = 0
    inferred: int = 0
    """Alleles of which one side is a file's silence."""

    @property
    def coefficient(self) -> float | None:
        """Give the kinship coefficient: 0.5 for one and the same genome, 0 for strangers; None: nothing tells."""
        fewest = min(self.first_heterozygous, self.second_heterozygous)
        if not fewest:
            return None
        shared = (self.both_heterozygous - 2 * self.opposite) / (2 * fewest)
        return shared + 0.5 - (self.first_heterozygous + self.second_heterozygous) / (4 * fewest)


class Comparison(BaseModel):
    """The counts of one comparison; the rows that differ stand in a table beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: str
    second: str
    """Partition keys, `user/sample`."""
    build: str
    """The build in which they were compared."""
    lifted: str = ""
    """Key of the sample whose variants were lifted to that build; empty: both are of it."""
    letters: bool = False
    """Two chips: genotypes were compared letter by letter, and no side has differences from a reference."""
    counts: dict[str, dict[Difference, int]] = Field(default_factory=dict)
    """By chromosome; differences of which there are none are left out."""
    why: dict[Difference, dict[Evidence, int]] = Field(default_factory=dict)
    """By difference, how the other side's answer is known."""
    set_aside: dict[str, int] = Field(default_factory=dict)
    """What could not be compared at all, by reason."""
    kinship: KinshipCounts | None = None
    """None: it cannot be told from these two."""

    def count(self, *of: Difference) -> int:
        """Count alleles of some differences on all chromosomes."""
        return sum(counts.get(one, 0) for counts in self.counts.values() for one in of)

    @property
    def shared(self) -> int:
        """Count the alleles that both carry, whatever their copies."""
        return self.count(Difference.SAME, Difference.COPIES, Difference.PARTLY)

    @property
    def differing(self) -> int:
        """Count the rows of the table: everything but `same`."""
        return self.count(*(one for one in Difference if one is not Difference.SAME))

    @property
    def called_in_both(self) -> int:
        """Count the alleles of which both files state a genotype: the denominator of `concordant`."""
        only = sum(
            number
            for one in (Difference.FIRST, Difference.SECOND)
            for evidence, number in self.why.get(one, {}).items()
            if evidence in STATED
        )
        return self.count(Difference.SAME, Difference.COPIES) + only

    @property
    def concordance(self) -> float | None:
        """Give the share of `called_in_both` with the same genotype; None: nothing is called in both."""
        return self.count(Difference.SAME) / self.called_in_both if self.called_in_both else None

    def seen_from(self, difference: Difference) -> dict[Evidence, int]:
        """Say by evidence what the other file says of the alleles of one difference."""
        return self.why.get(difference, {}) if difference in _MARKED else {}


T = ColumnType

COMPARED: tuple[Column, ...] = (
    Column(name="key", label="Key", type=T.KEY, description="Chromosome, position and alleles; sorted by it."),
    Column(name="chrom", label="Chromosome", type=T.CATEGORY, description="1-22, X, Y or MT, without chr."),
    Column(name="pos", label="Position", type=T.POSITION, description="1-based, after trimming.", minimum=1),
    Column(name="ref", label="Reference allele", description="On the plus strand.", null="two chips: not known"),
    Column(name="alt", label="Alternative allele", description="On the plus strand.", null="two chips: not known"),
    Column(
        name="difference",
        label="Difference",
        type=T.CATEGORY,
        description="How the two genomes stand to each other at this allele.",
        values=tuple(one.value for one in Difference if one is not Difference.SAME),
    ),
    Column(name="first_genotype", label="First: genotype", description="As its file has it.", null="not known"),
    Column(name="second_genotype", label="Second: genotype", description="As its file has it.", null="not known"),
    Column(
        name="first_known",
        label="First: how known",
        type=T.CATEGORY,
        description="The evidence of the first file.",
        values=tuple(Evidence),
    ),
    Column(
        name="second_known",
        label="Second: how known",
        type=T.CATEGORY,
        description="The evidence of the second file.",
        values=tuple(Evidence),
    ),
    Column(
        name="first_line", label="First: record", type=T.COUNT, description="Record number in its file.", null="none"
    ),
    Column(
        name="second_line",
        label="Second: record",
        type=T.COUNT,
        description="Record number in its file.",
        null="none",
    ),
)
"""One row per allele that differs, sorted by key."""


def compared_columns(first: str, second: str) -> Iterable[Column]:
    """Give the columns with the genomes' own names in place of first and second."""
    for column in COMPARED:
        label = column.label.replace("First:", f"{first}:").replace("Second:", f"{second}:")
        yield column.model_copy(update={"label": label})
