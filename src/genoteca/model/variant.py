"""How one variant is named: in addresses, in notes, and where a person types one."""

from __future__ import annotations

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from genoteca.errors import InputError
from genoteca.model.build import CHROMOSOMES, chromosome

__all__ = ["UNKNOWN", "VariantName", "short_bases"]

UNKNOWN = "."
"""An allele that the file does not name: a chip's, of which a module tells the reference base."""

_WRITTEN = re.compile(r"(?P<chrom>\w+)[-:](?P<pos>\d[\d,]*)[-: ](?P<ref>[A-Za-z]+|\.)[-:> ](?P<alt>[A-Za-z,]+|\.)")
LONG = re.compile(r"[ACGTN]{25,}")
"""More bases than anybody reads."""
LAST = (1 << 28) - 1
"""The last position that a key can hold."""


class VariantName(BaseModel):
    """One allele at one position of a sample's own build; or, with unknown alleles, the position."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chrom: str
    pos: int = Field(ge=1, le=LAST)
    ref: str
    alt: str
    """Several alternatives of a site stand with commas between them."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `chrom-pos-ref-alt`; `chr`, colons and `>` are understood, unknown alleles are dots.

        Raises:
            InputError: it is not of that form.

        """
        found = _WRITTEN.fullmatch(text.strip())
        chrom = chromosome(found["chrom"]) if found else None
        pos = int(found["pos"].replace(",", "")) if found else 0
        if found is None or chrom is None or not 1 <= pos <= LAST:
            raise InputError(
                f"{text[:80]!r} names no variant.",
                title="This is not a variant",
                hint="A variant is written as chromosome-position-reference-alternative, like 2-135851076-G-A; "
                f"chromosomes are {CHROMOSOMES[0]} to 22, X, Y and MT.",
            )
        return cls(chrom=chrom, pos=pos, ref=found["ref"].upper(), alt=found["alt"].upper())

    @property
    def text(self) -> str:
        """Write it as addresses and notes do."""
        return f"{self.chrom}-{self.pos}-{self.ref}-{self.alt}"

    @property
    def alts(self) -> list[str]:
        """Give the alternatives; none where they are not known."""
        return [one for one in self.alt.split(",") if one and one != UNKNOWN]

    @property
    def known(self) -> bool:
        """Whether its alleles are known."""
        return self.ref != UNKNOWN and bool(self.alts)

    def __str__(self) -> str:
        return self.text


def short_bases(text: str) -> str:
    """Name every long stretch of bases in a text (an allele, a genotype) by its beginning and its length."""
    return LONG.sub(lambda found: f"{found[0][:12]}… ({len(found[0]):,} bases)", text)
