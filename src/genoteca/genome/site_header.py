"""What the header of a VCF says of its sites: the fields of INFO, the filters, the build."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from genoteca.errors import ReferenceDataError
from genoteca.genome.build_evidence import SILENT, build_of_header, contig_lengths
from genoteca.genome.header import Header, parse_header
from genoteca.genome.stream import GenomeText
from genoteca.model.build import MT_LENGTH, Build

__all__ = ["InfoField", "SiteHeader", "read_site_header", "site_header"]

SITE_COLUMNS = ("chrom", "pos", "ref", "alt", "id", "qual", "filter")
"""What every frame of sites starts with."""

PER_ALLELE = ("A", "R")
ONE = (*PER_ALLELE, "1")
"""Numbers of which an allele has one value; of every other the record's whole list is its value, as text."""
NUMBERS: dict[str, pl.DataType] = {"Integer": pl.Int64(), "Float": pl.Float64()}

_ATTRIBUTE = re.compile(r'[<,](\w+)=("(?:[^"\\]|\\.)*"|[^,>]*)')


@dataclass(frozen=True, kw_only=True, slots=True)
class InfoField:
    """A field of INFO, as a header declares it (VCF 4.5 section 1.4.2, https://samtools.github.io/hts-specs/VCFv4.5.pdf)."""

    name: str
    type: str
    """Integer, Float, Flag, Character or String."""
    number: str
    """How many values a record has: a number, A (one per ALT), R (per allele), G (per genotype), `.` (any)."""
    description: str = ""

    @property
    def column(self) -> str:
        """Its column in a frame of sites: its name, or `INFO_<name>` where a site has a column of that name."""
        return f"INFO_{self.name}" if self.name in SITE_COLUMNS else self.name

    @property
    def dtype(self) -> pl.DataType:
        """What its column holds; a list of numbers stays the text that it is."""
        if self.type == "Flag":
            return pl.Boolean()
        return NUMBERS.get(self.type, pl.String()) if self.number in ONE else pl.String()


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteHeader:
    """What a file says of itself before its first record."""

    name: str
    """Of the file."""
    fields: dict[str, InfoField]
    """Of INFO, by name, in the header's order."""
    filters: dict[str, str]
    """What the filters mean, by name."""
    build: Build | None
    """None: the header does not say, or contradicts itself."""
    build_evidence: str
    """The words for it."""
    parsed: Header
    """Contigs, samples and every other line."""

    @property
    def has_rcrs(self) -> bool:
        """Whether its mitochondrion is that of 16,569 bases, which GRCh37 and GRCh38 share."""
        return contig_lengths(self.parsed).get("MT") == MT_LENGTH

    @property
    def contradicts(self) -> bool:
        """Whether it names two builds, or contigs of none that is known."""
        return self.build is None and self.build_evidence != SILENT

    def field(self, name: str) -> InfoField:
        """Give a field of INFO.

        Raises:
            ReferenceDataError: the header declares no such field.

        """
        if name not in self.fields:
            alike = [known for known in self.fields if known.lower() == name.lower()]
            known = ", ".join(alike or list(self.fields)[:20]) or "none"
            raise ReferenceDataError(
                f"The header of {self.name} declares no INFO field {name!r}.", hint=f"It declares: {known}."
            )
        return self.fields[name]


def read_site_header(path: Path) -> SiteHeader:
    """Read the header of a VCF or BCF (plain, gzip or bgzip), and no record.

    Raises:
        GenomeFileError: no VCF, or damaged.

    """
    with GenomeText(path) as text:
        return site_header(text.header(), path.name)


def site_header(lines: list[bytes], name: str, contigs: Iterable[str] = ()) -> SiteHeader:
    """Make it of the header's lines; `contigs`: names in the first records, of which an accession tells a build."""
    parsed = parse_header(lines, name)
    build, words = build_of_header(parsed, contigs)
    return SiteHeader(
        name=name,
        fields=_fields(parsed),
        filters={told["ID"]: told.get("Description", "") for told in _declared(parsed, "FILTER")},
        build=build,
        build_evidence=words,
        parsed=parsed,
    )


def _fields(header: Header) -> dict[str, InfoField]:
    fields: dict[str, InfoField] = {}
    for told in _declared(header, "INFO"):
        field = InfoField(
            name=told["ID"],
            type=told.get("Type", "String"),
            number=told.get("Number", "."),
            description=told.get("Description", ""),
        )
        fields.setdefault(field.name, field)
    return fields


def _declared(header: Header, kind: str) -> list[dict[str, str]]:
    """Attributes of every `##KIND=<ID=…>` line."""
    lines = (dict(_ATTRIBUTE.findall(value)) for value in header.values(kind))
    return [{key: _plain(value) for key, value in told.items()} for told in lines if "ID" in told]


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
