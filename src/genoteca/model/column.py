"""Columns: every table declares its own once; checks, tooltips, exports and docs read them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from genoteca.model.build import CHROMOSOMES
from genoteca.model.evidence import Evidence, Match
from genoteca.model.scale import Scale

__all__ = [
    "ANNOTATIONS",
    "COVERAGE",
    "GATE",
    "JOINED",
    "LIFTED",
    "LIFTED_VARIANTS",
    "STRUCTURAL",
    "UNSAID",
    "VARIANTS",
    "AnnotationColumn",
    "Column",
    "ColumnType",
]


GATE = "gate"
"""A module's column with what must be read and agreed to before its answer is shown; empty: nothing."""
UNSAID = "the module says nothing of it"
"""What an empty cell of a module means that does not say it."""


class ColumnType(StrEnum):
    """What a cell holds, and so how it is stored, filtered and drawn."""

    TEXT = "text"
    CATEGORY = "category"
    LIST = "list"
    """Texts joined by `;`."""
    INTEGER = "integer"
    POSITION = "position"
    COUNT = "count"
    KEY = "key"
    NUMBER = "number"
    FREQUENCY = "frequency"
    FLAG = "flag"
    STARS = "stars"
    """0 to 4."""
    LINK = "link"
    """An identifier; the column's link template makes the address."""
    BYTES = "bytes"
    """Packed values that only code reads; in no table that is shown."""


class Column(BaseModel):
    """One column of a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    label: str
    type: ColumnType = ColumnType.TEXT
    description: str = ""
    unit: str = ""
    null: str = ""
    """What an empty cell means."""
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    """For a category: every value it may take; empty: open."""


class AnnotationColumn(Column):
    """A column that a module adds to its annotations."""

    link: str = ""
    """Address template with `{}` where the cell's value goes; https only."""
    hidden: bool = False
    """Not shown until chosen."""
    scale: Scale | None = None
    """For a category that classifies what a row is about: how its values weigh; None: it does not. One a module."""

    @model_validator(mode="after")
    def _link_is_https(self) -> Self:
        if self.link and not (self.link.startswith("https://") and self.link.count("{}") == 1):
            raise ValueError(f"link must start with https:// and hold one {{}}, not {self.link!r}")
        return self

    @model_validator(mode="after")
    def _scale_is_of_its_values(self) -> Self:
        if self.scale is None:
            return self
        if self.type is not ColumnType.CATEGORY:
            raise ValueError(f"only a category has a scale, and {self.name} is of the type {self.type}")
        unknown = sorted(set(self.scale.places) - set(self.values)) if self.values else []
        if unknown:
            raise ValueError(f"the scale of {self.name} names what is not among its values: {', '.join(unknown)}")
        return self


def _c(name: str, label: str, kind: ColumnType, description: str, null: str = "", **more: object) -> Column:
    return Column.model_validate(
        {"name": name, "label": label, "type": kind, "description": description, "null": null, **more}
    )


T = ColumnType

VARIANTS: tuple[Column, ...] = (
    _c("key", "Key", T.KEY, "Contig rank (5 bits), 1-based position (28), REF and ALT (31); sorted by it."),
    _c("chrom", "Chromosome", T.CATEGORY, "1-22, X, Y or MT, without chr."),
    _c("pos", "Position", T.POSITION, "1-based position of the first base of REF, after trimming.", minimum=1),
    _c(
        "ref",
        "Reference allele",
        T.TEXT,
        "Upper case, trimmed, on the plus strand.",
        "an array: a module supplies it",
    ),
    _c(
        "alt",
        "Alternative allele",
        T.TEXT,
        "Upper case, trimmed, on the plus strand.",
        "an array: a module supplies it",
    ),
    _c("id", "Identifier", T.TEXT, "The ID field of the record.", "the record has none"),
    _c("qual", "Quality", T.NUMBER, "QUAL of the record, phred-scaled.", "the record has none", minimum=0),
    _c("filter", "Filter", T.TEXT, "The FILTER field: PASS, or the names of what it failed.", "not filtered"),
    _c("genotype", "Genotype", T.TEXT, "Alleles of the whole record before trimming; / unphased, | phased."),
    _c(
        "dosage",
        "Copies",
        T.COUNT,
        "Copies of this ALT.",
        "mitochondrial: see allele fraction; or an array",
        minimum=0,
    ),
    _c("ploidy", "Ploidy", T.COUNT, "Alleles in the genotype, missing ones counted.", minimum=1),
    _c("missing", "Missing alleles", T.COUNT, "Alleles of the genotype that are missing or unknown.", minimum=0),
    _c(
        "zygosity",
        "Zygosity",
        T.CATEGORY,
        "Of this ALT in this genotype.",
        "not carried, half known, or mitochondrial",
        values=("heterozygous", "homozygous", "hemizygous"),
    ),
    _c("phased", "Phased", T.FLAG, "Whether the genotype is phased."),
    _c("phase_set", "Phase set", T.TEXT, "PS of the record.", "no phase set"),
    _c(
        "allele_fraction",
        "Allele fraction",
        T.FREQUENCY,
        "AF of the sample, else AD/sum(AD).",
        "not given",
        minimum=0,
        maximum=1,
    ),
    _c("depth", "Depth", T.COUNT, "DP of the sample, in reads.", "not given", minimum=0),
    _c("genotype_quality", "Genotype quality", T.COUNT, "GQ, phred-scaled.", "not given", minimum=0),
    _c("allele_depth", "Allele depth", T.COUNT, "AD of this ALT, in reads.", "not given", minimum=0),
    _c("line", "Record", T.COUNT, "Record number in the source file, 1-based, header not counted.", minimum=1),
    _c("allele", "Allele number", T.COUNT, "Which ALT of the record, from 1.", minimum=1),
)
"""Per sample; one row per ALT allele of a kept record whose genotype is not hom-ref and not wholly missing."""

COVERAGE: tuple[Column, ...] = (
    _c("chrom", "Chromosome", T.CATEGORY, "1-22, X, Y or MT, without chr."),
    _c("start", "Start", T.POSITION, "1-based, first base.", minimum=1),
    _c("end", "End", T.POSITION, "1-based, last base (inclusive).", minimum=1),
    _c(
        "evidence",
        "Evidence",
        T.CATEGORY,
        "reference: 0/0 with GQ and depth at or above the limits; no_call: anything weaker.",
        values=(Evidence.REFERENCE, Evidence.NO_CALL),
    ),
    _c("depth", "Depth", T.COUNT, "MIN_DP, else DP, in reads.", "not given", minimum=0),
    _c(
        "genotype_quality",
        "Genotype quality",
        T.COUNT,
        "GQ, else Illumina's GQX, phred-scaled.",
        "not given",
        minimum=0,
    ),
    _c("filter", "Filter", T.TEXT, "The FILTER field: PASS, or the names of what it failed.", "not filtered"),
    _c("line", "Record", T.COUNT, "Record number in the source file, 1-based, header not counted.", minimum=1),
)
"""Per sample; one row per reference block, hom-ref record or no-call record; sorted by chromosome and start."""

STRUCTURAL: tuple[Column, ...] = (
    _c("chrom", "Chromosome", T.CATEGORY, "1-22, X, Y or MT, without chr."),
    _c(
        "start",
        "Start",
        T.POSITION,
        "POS of the record, 1-based: by VCF the base before the first changed one. Of a breakend at a "
        "chromosome's very end: 0, or one more than its length.",
        minimum=0,
    ),
    _c(
        "end",
        "End",
        T.POSITION,
        "1-based, last base (inclusive): END, else POS and SVLEN, else the end of REF.",
        minimum=0,
    ),
    _c(
        "type",
        "Type",
        T.TEXT,
        "DEL, DUP:TANDEM, INS:ME:ALU, INV, CNV, BND (a breakend) …: the ALT's symbol, else SVTYPE.",
    ),
    _c(
        "length",
        "Length",
        T.COUNT,
        "Bases deleted, inserted, doubled or turned; of a breakend the way to its mate.",
        "not told, or the mate is on another chromosome",
        unit="bases",
        minimum=1,
    ),
    _c(
        "genotype",
        "Genotype",
        T.TEXT,
        "Alleles of the whole record; / unphased, | phased, ? unknown.",
        "the record has none",
    ),
    _c("copy_number", "Copy number", T.NUMBER, "Copies of the stretch, all alleles together.", "not told", minimum=0),
    _c("dosage", "Copies", T.COUNT, "Copies of this ALT.", "no genotype, or mitochondrial", minimum=0),
    _c(
        "zygosity",
        "Zygosity",
        T.CATEGORY,
        "Of this ALT in this genotype.",
        "not carried, half known, or mitochondrial",
        values=("heterozygous", "homozygous", "hemizygous"),
    ),
    _c("alt", "Alternative allele", T.TEXT, "As the file writes it."),
    _c(
        "mate_chrom",
        "Mate's chromosome",
        T.CATEGORY,
        "Where the other side of a breakend lies.",
        "no breakend, a single one, or no chromosome",
        values=CHROMOSOMES,
    ),
    _c(
        "mate_pos",
        "Mate's position",
        T.POSITION,
        "1-based; 0 is the chromosome's end before its first base.",
        "no breakend, a single one, or no chromosome",
        minimum=0,
    ),
    _c("mate", "Mate's identifier", T.TEXT, "MATEID of the record.", "none is named"),
    _c("imprecise", "Imprecise", T.FLAG, "Whether the caller says that the ends are not known to the base."),
    _c("earliest_start", "Earliest start", T.POSITION, "Start and the lower bound of CIPOS.", "not told", minimum=1),
    _c("latest_end", "Latest end", T.POSITION, "End and the upper bound of CIEND.", "not told", minimum=1),
    _c("qual", "Quality", T.NUMBER, "QUAL of the record, phred-scaled.", "the record has none", minimum=0),
    _c("filter", "Filter", T.TEXT, "The FILTER field: PASS, or the names of what it failed.", "not filtered"),
    _c("id", "Identifier", T.TEXT, "The ID field of the record.", "the record has none"),
    _c("depth", "Depth", T.COUNT, "DP of the sample, in reads.", "not given", minimum=0),
    _c("genotype_quality", "Genotype quality", T.COUNT, "GQ, phred-scaled.", "not given", minimum=0),
    _c("line", "Record", T.COUNT, "Record number in the source file, 1-based, header not counted.", minimum=1),
    _c("allele", "Allele number", T.COUNT, "Which ALT of the record, from 1.", minimum=1),
)
"""Per sample; one row per symbolic ALT or breakend, whatever its genotype; sorted by chromosome, start and line."""

ANNOTATIONS: tuple[Column, ...] = (
    _c("site", "Site", T.COUNT, "Number of the module's site, from 0 in the order of its reference.", minimum=0),
    _c("key", "Key", T.KEY, "Key of the module's allele in the sample's build.", "no single allele"),
    _c("chrom", "Chromosome", T.CATEGORY, "Of the module's site, in the sample's build."),
    _c("pos", "Position", T.POSITION, "Of the module's site, 1-based, in the sample's build.", minimum=1),
    _c("ref", "Reference allele", T.TEXT, "The module's, in the sample's build."),
    _c("alt", "Alternative allele", T.TEXT, "The module's; several joined by a comma.", "none"),
    _c("row", "Variant row", T.COUNT, "Index into the variants table, from 0.", "no variant row", minimum=0),
    _c("line", "Record", T.COUNT, "Record number in the source file.", "no record", minimum=1),
    _c("allele", "Allele number", T.COUNT, "Which ALT of that record.", "no variant row", minimum=1),
    _c("genotype", "Genotype", T.TEXT, "What the sample carries at the site; ? is an unknown allele.", "not known"),
    _c("dosage", "Copies", T.COUNT, "Copies of the module's allele.", "not known, or mitochondrial", minimum=0),
    _c(
        "filtered",
        "Filtered",
        T.FLAG,
        "The file's FILTER, the user's limits or the stated sex (a male's two alleles on X or Y) speak against it.",
        "no record answers",
    ),
    _c("evidence", "Evidence", T.CATEGORY, "How the answer is known.", values=tuple(Evidence)),
    _c("match", "Matched by", T.CATEGORY, "What the answer was matched by.", "nothing matched", values=tuple(Match)),
)
"""What every module's annotations start with; the module's own columns follow. One row per answered site."""

LIFTED: tuple[Column, ...] = (
    _c(
        "lifted_from", "Lifted from", T.TEXT, "The module's site in its own build: build, place, alleles.", "not told"
    ),
    _c(
        "lift",
        "Lift",
        T.TEXT,
        "What the lift met: strands that differ, REF and ALT swapped, or why it failed.",
        "plain",
    ),
)
"""What annotations end with where the module has not the sample's build: its sites or the variants were lifted."""

LIFTED_VARIANTS: tuple[Column, ...] = (
    *VARIANTS,
    _c("variant", "Variant row", T.COUNT, "Index into the variants table, from 0.", minimum=0),
    _c("from_chrom", "Own chromosome", T.CATEGORY, "In the sample's build."),
    _c("from_pos", "Own position", T.POSITION, "1-based, in the sample's build.", minimum=1),
    _c("from_ref", "Own reference allele", T.TEXT, "In the sample's build."),
    _c("from_alt", "Own alternative allele", T.TEXT, "In the sample's build."),
    _c("flipped", "Strand flipped", T.FLAG, "The strands of the two builds differ here: alleles were complemented."),
    _c(
        "swapped",
        "Swapped",
        T.FLAG,
        "The other build's reference is this ALT: REF and ALT, copies and depths changed.",
    ),
    _c("checked", "Reference checked", T.FLAG, "REF was compared with the other build's sequence."),
)
"""Per sample; one row per variant row that lifts to the other build, sorted by its key there."""

JOINED: tuple[Column, ...] = (
    _c(
        "row", "Variant row", T.COUNT, "Index into the variants table, from 0.", "a site without a variant", minimum=0
    ),
    _c(
        "row_kind",
        "Row",
        T.CATEGORY,
        "variant: a variant, once, with the first answer of every module; further: a second or later answer of one "
        "module about a variant; site: an answer about an allele that no variant of the sample is.",
        values=("variant", "further", "site"),
    ),
    *(column.model_copy(update={"null": column.null or "a site without a variant"}) for column in VARIANTS),
)
"""What the wide table of a sample starts with; every module's columns follow, with its id before each."""
