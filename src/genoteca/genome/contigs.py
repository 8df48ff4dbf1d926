"""Which chromosome a contig of a file is, and why a record of it may be set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from genoteca.genome.header import Header
from genoteca.genome.schema import CHROM
from genoteca.model.build import CHROMOSOMES, MT_LENGTH, Build, chromosome

__all__ = ["Contigs", "Place"]

NOT_A_CHROMOSOME = "contig is not one of the chromosomes 1-22, X, Y and MT"
OTHER_MITOCHONDRION = "mitochondrial contig is not the 16,569 bases of NC_012920 (hg19's chrM has 16,571)"
OTHER_BUILD = "contig belongs to another genome build"

# Last version of each NC_ accession in GRCh37 (GCF_000001405.25), chromosomes 1 to 22, X, Y; in GRCh38
# (GCF_000001405.40) every one of them is one higher.
_GRCH37_VERSIONS = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_ACCESSION = re.compile(r"NC_0000(\d\d)\.(\d+)")


class Place(NamedTuple):
    """A contig of a file: its chromosome, or the reason why its records are set aside."""

    chrom: str | None
    length: int
    reason: str | None


@dataclass(slots=True)
class Contigs:
    """Folds contig names to chromosomes, once per name."""

    header: Header
    build: Build

    def table(self, names: list[str]) -> pl.DataFrame:
        """One row per contig name: `contig`, `chrom`, `length`, `contig_reason` (null: a chromosome)."""
        places = [self.place(name) for name in names]
        return pl.DataFrame(
            {
                "contig": names,
                "chrom": [place.chrom for place in places],
                "length": [place.length for place in places],
                "contig_reason": [place.reason for place in places],
            },
            schema={"contig": pl.String, "chrom": CHROM, "length": pl.UInt32, "contig_reason": pl.String},
        )

    def place(self, name: str) -> Place:
        """Fold one contig name."""
        if accession := _ACCESSION.fullmatch(name):
            return self._accession(int(accession[1]), int(accession[2]))
        chrom = "MT" if name == "NC_012920.1" else chromosome(name)
        if chrom is None:
            return Place(None, 0, NOT_A_CHROMOSOME)
        if chrom == "MT" and not self._is_rcrs(name):
            return Place(None, 0, OTHER_MITOCHONDRION)
        return Place(chrom, self.build.lengths[chrom], None)

    def _accession(self, number: int, version: int) -> Place:
        if not 1 <= number <= len(_GRCH37_VERSIONS):
            return Place(None, 0, NOT_A_CHROMOSOME)
        expected = _GRCH37_VERSIONS[number - 1] + (self.build is Build.GRCH38)
        if version != expected or self.build is Build.NCBI36:
            return Place(None, 0, OTHER_BUILD)
        chrom = CHROMOSOMES[number - 1]
        return Place(chrom, self.build.lengths[chrom], None)

    def _is_rcrs(self, name: str) -> bool:
        """Whether a mitochondrial contig is NC_012920: by its length where told, else by the custom of its name.

        Without a length, `chrM` in GRCh37 is taken for UCSC's hg19, whose chrM is NC_001807
        (https://genome.ucsc.edu/cgi-bin/hgGateway?db=hg19).
        """
        contig = self.header.contigs.get(name)
        if contig and contig.length:
            return contig.length == MT_LENGTH
        if name == "NC_012920.1":
            return True
        named_as_ucsc = name.lower() in {"chrm", "chrmt"}
        return self.build is Build.GRCH38 or (self.build is Build.GRCH37 and not named_as_ucsc)
