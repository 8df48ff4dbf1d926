"""What was found in a genome file, and what became of every record of it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from genoteca.model.build import Build
from genoteca.model.sample import SampleKind

__all__ = ["FileFacts", "Intake", "SetAside"]


class FileFacts(BaseModel):
    """What the head of a genome file says, before anything is read or stored."""

    model_config = ConfigDict(extra="forbid")

    path: str
    name: str
    bytes: int
    format: str
    """`VCF 4.2`, `23andMe array`, or `array` where nothing names the maker."""
    compression: str
    """`none`, `gzip` or `bgzip`."""
    samples: list[str]
    """Sample names of the header, in file order; empty: the file has no genotypes, or is an array of one person."""
    build: Build | None
    """None: the file does not say, and nobody may guess."""
    build_evidence: str
    kind: SampleKind
    has_genotypes: bool
    gvcf: bool
    synthetic: bool
    """The header says that this is no person."""
    header_lines: int
    """Lines before the first record; physical line of a record = header_lines + record number."""
    member: str | None = None
    """Which file of an archive this is; null: the file is no archive, or nobody chose yet."""
    members: list[str] = Field(default_factory=list)
    """The genome files in an archive."""

    @property
    def undecided(self) -> bool:
        """Whether it is an archive with several genomes and none was chosen: nothing else is told then."""
        return len(self.members) > 1 and self.member is None

    @property
    def people(self) -> int:
        """Count the people whose genotypes the file holds; an array has one, whom it does not name."""
        return 1 if self.kind is SampleKind.ARRAY else len(self.samples)


class SetAside(BaseModel):
    """Some record numbers for one reason, so that a person can look them up in the file."""

    model_config = ConfigDict(extra="forbid")

    records: int
    first_lines: list[int] = Field(default_factory=list)
    """Record numbers (1-based, header not counted) of up to the first ten."""


class Intake(BaseModel):
    """The reconciliation of one reading: `records_read = records_kept + sum(set_aside)`."""

    model_config = ConfigDict(extra="forbid")

    records_read: int
    records_kept: int
    set_aside: dict[str, SetAside]
    """By reason, in words."""
    alleles_set_aside: dict[str, int]
    """ALT alleles of kept records that make no row (`*`, `<NON_REF>`, N), by allele class."""
    rows: int
    """Rows of the variants table (one per ALT allele)."""
    coverage_rows: int
    structural_rows: int = 0
    """Rows of the structural table (one per symbolic ALT or breakend), carried or not."""
    structural_carried: int = 0
    carried: int
    """Variant rows whose ALT is carried."""
    reference_agreement: float | None = None
    """Share of REF bases that agree with the installed reference sequence; null: none is installed."""
    plus_strand: bool = True
    """False: an array that does not say on which strand its alleles are."""
    header_lines: int
    kind: SampleKind
    kind_evidence: str = ""
    """What the kind was told by, in words; empty: read before this was kept."""
    caller: str = ""
    """Programs that the header names as its makers, or the vendor of an array; empty: the file tells of none."""
    warnings: list[str] = Field(default_factory=list)

    @property
    def reconciles(self) -> bool:
        """Whether every record read is either kept or set aside with a reason."""
        return self.records_read == self.records_kept + sum(a.records for a in self.set_aside.values())
