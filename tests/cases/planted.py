"""A small made-up world: one case of everything a file can say of a site, and the one right answer to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from genoteca.model.build import Build


class Says(NamedTuple):
    """An answer; null columns are None."""

    evidence: str
    match: str | None = None
    genotype: str | None = None
    dosage: int | None = None
    filtered: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What stands in the file, what is asked, and what is right."""

    name: str
    records: tuple[str, ...]
    """`chrom pos ref alt format sample`, `LowQual` before it where the file's FILTER says so, END behind."""
    site: str
    """`chrom pos ref alt` of the module."""
    says: Says
    """As one of many alleles, dense."""
    panel: Says | None = None
    """As a site with genotypes, where it differs: there the genotype is assembled and without phase."""
    concluded: bool = False
    """The authors' text for the genotype is shown."""
    region: str | None = None
    """Evidence of the row that a region of the site's first base has; None: it has none."""
    infer: bool = True
    always: bool = False

    @property
    def sparse(self) -> bool:
        """Whether a sparse module has a row: the very allele is carried."""
        return self.says.match == "allele" and self.says.evidence in ("called", "partial") and self.carried

    @property
    def carried(self) -> bool:
        """At least one copy; on the mitochondrion copies are not counted."""
        return bool(self.says.dosage) or self.site.startswith("MT")


REFERENCE_BLOCK = "GT:DP:GQ:MIN_DP 0/0:30:60:30"

CASES = (
    Case(
        name="one copy", records=("20 1000 A G GT 0/1",), site="20 1000 A G",
        says=Says("called", "allele", "A/G", 1, False), panel=Says("called", "genotype", "A/G", 1, False),
        concluded=True, region="called",
    ),
    Case(
        name="two copies", records=("20 1100 A G GT 1/1",), site="20 1100 A G",
        says=Says("called", "allele", "G/G", 2, False), panel=Says("called", "genotype", "G/G", 2, False),
        concluded=True, region="called",
    ),
    Case(
        name="phased", records=("20 1200 A G GT:PS 1|0:1200",), site="20 1200 A G",
        says=Says("called", "allele", "G|A", 1, False), panel=Says("called", "genotype", "A/G", 1, False),
        concluded=True, region="called",
    ),
    Case(
        name="asserted reference", records=(f"20 2000 A <NON_REF> {REFERENCE_BLOCK} 2050",), site="20 2010 C T",
        says=Says("reference", "position", "C/C", 0, False), concluded=True,
    ),
    Case(
        name="weakly asserted reference", records=("20 2100 A <NON_REF> GT:DP:GQ:MIN_DP 0/0:30:0:30 2150",),
        site="20 2110 C T", says=Says("no_call", "position", filtered=False),
    ),
    Case(
        name="no call", records=("20 2200 C T GT ./.",), site="20 2200 C T",
        says=Says("no_call", "position", filtered=False),
    ),
    Case(name="uncovered", records=(), site="20 40000000 C T", says=Says("not_covered"), always=True),
    Case(name="inferred", records=(), site="20 1500 C T", says=Says("inferred", None, "C/C", 0), concluded=True),
    Case(
        name="silence that must not be read", records=(), site="20 1501 C T", says=Says("not_covered"), infer=False,
        always=True,
    ),
    Case(
        name="decoy among several alleles", records=("20 3000 A G,T GT 0/2",), site="20 3000 A G",
        says=Says("other_allele", "allele", "A/T", 0, False), panel=Says("other_allele", "allele", "A/T", 0, False),
        region="called",
    ),
    Case(
        name="one of two alleles", records=("20 3100 A G,T GT 1/2",), site="20 3100 A G",
        says=Says("called", "allele", "G/T", 1, False), region="called",
    ),
    Case(
        name="both alleles, asked together", records=("20 3200 A T,G GT 1/2",), site="20 3200 A G,T",
        says=Says("called", "allele", "T/G", 1, False), panel=Says("called", "genotype", "G/T", None, False),
        concluded=True, region="called",
    ),
    Case(
        name="deletion shifted to the right", records=("20 4003 TT T GT 0/1",), site="20 4000 CT C",
        says=Says("not_covered"), always=True,
    ),
    Case(
        name="deletion spelled longer", records=("20 4100 CTTG CTG GT 0/1",), site="20 4100 CT C",
        says=Says("called", "allele", "CTTG/CTG", 1, False), panel=Says("called", "genotype", "C/CT", 1, False),
        concluded=True,
    ),
    Case(
        name="wrong reference base", records=("20 5000 T G GT 0/1",), site="20 5000 A G",
        says=Says("no_call", "position", filtered=False), region="called",
    ),
    Case(
        name="filtered", records=("LowQual 20 6000 A G GT 0/1",), site="20 6000 A G",
        says=Says("called", "allele", "A/G", 1, True), panel=Says("called", "genotype", "A/G", 1, True),
        concluded=True, region="called",
    ),
    Case(
        name="half a call", records=("20 7000 A G GT ./1",), site="20 7000 A G",
        says=Says("partial", "allele", "?/G", 1, False), panel=Says("partial", "allele", "G/?", 1, False),
        region="partial",
    ),
    Case(
        name="the only X", records=("X 5000000 A G GT 1",), site="X 5000000 A G",
        says=Says("called", "allele", "G", 1, False), panel=Says("called", "genotype", "G", 1, False),
        concluded=True, region="called",
    ),
    Case(
        name="the only X, written twice", records=("X 5000100 A G GT 1/1",), site="X 5000100 A G",
        says=Says("called", "allele", "G/G", 2, False), panel=Says("called", "genotype", "G/G", 2, False),
        concluded=True, region="called",
    ),
    Case(
        name="two alleles where there is one X", records=("X 5000200 A G GT 0/1",), site="X 5000200 A G",
        says=Says("called", "allele", "A/G", 1, True), panel=Says("called", "genotype", "A/G", 1, True),
        concluded=True, region="called",
    ),
    Case(
        name="a share of the mitochondria", records=("MT 3243 A G GT:AF 0/1:0.35",), site="MT 3243 A G",
        says=Says("called", "allele", "A/G", None, False), region="called",
    ),
    Case(
        name="too small a share of the mitochondria", records=("MT 4000 A G GT:AF 0/1:0.05",), site="MT 4000 A G",
        says=Says("other_allele", "allele", "A/G", None, False), panel=Says("called", "genotype", "A", None, False),
        concluded=True,
    ),
    Case(
        name="the same record twice", records=("20 8000 A G GT 0/1", "20 8000 A G GT 0/1"), site="20 8000 A G",
        says=Says("called", "allele", "A/G", 1, False), panel=Says("called", "genotype", "A/G", 1, False),
        concluded=True, region="called",
    ),
    Case(
        name="two records of one place", records=("20 8100 A G GT 0/1", "20 8100 A T GT 0/1"), site="20 8100 A G",
        says=Says("called", "allele", "G/T", 1, False), region="called",
    ),
    Case(
        name="a deleted copy", records=("20 9000 A G,* GT 1/2",), site="20 9000 A G",
        says=Says("called", "allele", "G/*", 1, False), region="called",
    ),
    Case(
        name="a copy that is anything", records=("20 9100 A G,<NON_REF> GT 1/2",), site="20 9100 A G",
        says=Says("partial", "allele", "G/?", 1, False), region="partial",
    ),
    Case(
        name="under a deletion", records=("20 9200 ACG A GT 0/1",), site="20 9201 C T", says=Says("not_covered"),
        region="called",
    ),
    Case(
        name="part of a longer change", records=("20 9300 AC GT GT 0/1",), site="20 9300 A G",
        says=Says("called", "decomposed", "A/G", 1, False), panel=Says("called", "genotype", "A/G", 1, False),
        concluded=True, region="called",
    ),
)  # fmt: skip


def genome(cases: tuple[Case, ...] = CASES, build: Build = Build.GRCH38) -> str:
    """Write the file."""
    head = ["##fileformat=VCFv4.2"]
    head += [f"##contig=<ID={chrom},length={length}>" for chrom, length in build.lengths.items()]
    head += ['##FILTER=<ID=LowQual,Description="Low">', "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tME"]
    return "\n".join([*head, *(line(record) for case in cases for record in case.records), ""])


def line(record: str) -> str:
    cells = record.split(" ")
    verdict = cells.pop(0) if cells[0] == "LowQual" else "PASS"
    chrom, pos, ref, alt, layout, values, *end = cells
    return "\t".join([chrom, pos, ".", ref, alt, "60", verdict, f"END={end[0]}" if end else ".", layout, values])
