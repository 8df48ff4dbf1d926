"""Every rule that a row of a table must keep by itself to become part of a module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from genoteca.annotate.panel import ordered_genotype
from genoteca.genome.lift import complement
from genoteca.genome.well_known import WELL_KNOWN
from genoteca.model.build import Build
from genoteca.model.column import ColumnType
from genoteca.sdk.authoring.looking import DraftLook
from genoteca.sdk.authoring.row_finding import RowFinding
from genoteca.sdk.authoring.rows import Row
from genoteca.sdk.authoring.sites import Region, Site, read_region, read_site
from genoteca.sdk.table_spec import TableKind

__all__ = ["ONE_COPY", "CheckedRow", "RowRules"]

ONE_COPY = ("Y", "MT")
_RSID = re.compile(r"rs[1-9][0-9]*", re.IGNORECASE)
_PMID = re.compile(r"[1-9][0-9]{0,7}")
"""Eight digits suffice: PubMed stands at some 40 million (https://pubmed.ncbi.nlm.nih.gov)."""
_KNOWN = {one.rsid: one for one in WELL_KNOWN}
_NUMBERS = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.FREQUENCY)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRow:
    """A row that keeps every rule."""

    row: Row
    sites: Mapping[Build, Site] = field(default_factory=dict)
    regions: Mapping[Build, Region] = field(default_factory=dict)
    genotype: str = ""
    """In the one order, in the letters that the file has it in."""
    strand: str = ""


class RowRules:
    """The rules for the rows of one table."""

    def __init__(self, look: DraftLook) -> None:
        self.look = look
        self.names = {build: dict(place) for build, place in look.table.places.items()}

    def row(self, row: Row) -> tuple[CheckedRow | None, list[RowFinding]]:
        """Look at one row."""
        found = [*self._papers(row), *self._types(row)]
        base = self.look.table.base
        sites: dict[Build, Site] = {}
        regions: dict[Build, Region] = {}
        for build, cells in row.places.items():
            if self.look.kind is TableKind.REGIONS:
                region, wrong = read_region(row.line, cells, self.names[build], build, base)
                regions |= {build: region} if region else {}
            else:
                site, wrong = read_site(row.line, cells, self.names[build], build, base)
                sites |= {build: site} if site else {}
            found += wrong
        if len(sites) + len(regions) < len(row.places):
            return None, found
        found += [*self._named(row, sites), *self._same_alleles(row, sites)]
        if self.look.kind is not TableKind.GENOTYPES:
            return CheckedRow(row=row, sites=sites, regions=regions), found
        strand = {"plus": "+", "minus": "-"}.get(
            (row.told.get("strand") or "+").lower(), row.told.get("strand") or "+"
        )
        if strand not in ("+", "-"):
            return None, [*found, self._said(row, "strand", "+ or -", "Empty means +, the plus strand.")]
        genotype, wrong = self._genotype(row, next(iter(sites.values())), strand)
        return CheckedRow(row=row, sites=sites, genotype=genotype, strand=strand), [*found, *wrong]

    def _said(self, row: Row, role: str, expected: str, hint: str) -> RowFinding:
        return RowFinding(
            line=row.line,
            column=self.look.roles[role],
            given=row.told.get(role),
            expected=expected,
            hint=hint,
        )

    def _papers(self, row: Row) -> Iterator[RowFinding]:
        for part in re.split(r"[;,\s]+", row.told.get("pmids") or ""):
            if part and not _PMID.fullmatch(part):
                yield self._said(
                    row,
                    "pmids",
                    "numbers of papers in PubMed",
                    f"{part!r} is none: write up to 8 digits, several with ; between them; no PMC numbers or links.",
                )

    def _types(self, row: Row) -> Iterator[RowFinding]:
        for column in self.look.kept:
            cell = row.says.get(column.name)
            if cell is None:
                continue
            number = column.type in _NUMBERS and _number(cell, whole=column.type is ColumnType.INTEGER) is None
            flag = column.type is ColumnType.FLAG and cell.lower() not in ("true", "false", "yes", "no", "1", "0")
            if number or flag:
                expected = "yes or no" if flag else f"a value of type {column.type}"
                hint = "Correct the cell, or take the column for text."
                yield RowFinding(line=row.line, column=column.source, given=cell, expected=expected, hint=hint)

    def _named(self, row: Row, sites: Mapping[Build, Site]) -> Iterator[RowFinding]:
        """Look whether an rsID is one, and whether the well-known ones stand where they should."""
        rsid = row.told.get("rsid")
        if rsid is None:
            return
        if not _RSID.fullmatch(rsid):
            yield self._said(row, "rsid", "rs and a number", "Leave the cell empty where it has no rsID.")
            return
        known = _KNOWN.get(rsid.lower())
        if known is None:
            return
        for build, site in sites.items():
            if (site.chrom, site.pos) == (known.chrom, known.positions.get(build, site.pos)):
                continue
            other = next((one for one, pos in known.positions.items() if pos == site.pos), None)
            hint = f"{site.pos:,} is its place in {other}: choose that build." if other else "Correct the position."
            expected = f"{known.chrom}:{known.positions[build]:,}, where {build} has {known.rsid}"
            yield RowFinding(
                line=row.line,
                column=self.names[build]["pos"],
                given=f"{site.chrom}:{site.pos:,}",
                expected=expected,
                hint=hint,
            )

    def _same_alleles(self, row: Row, sites: Mapping[Build, Site]) -> Iterator[RowFinding]:
        first = next(iter(sites.values()), None)
        for build, site in sites.items():
            if first is not None and {*site.alleles} != {*first.alleles}:
                yield RowFinding(
                    line=row.line,
                    column=self.names[build]["alt"],
                    given=f"{site.ref}>{','.join(site.alts)}",
                    expected=f"the same alleles in every build: {', '.join(first.alleles)}",
                    hint="Both are written on the plus strand of their own build.",
                )

    def _genotype(self, row: Row, site: Site, strand: str) -> tuple[str, list[RowFinding]]:
        written = tuple(complement(one) if strand == "-" else one for one in site.alleles)
        told = (row.told.get("genotype") or "").upper().replace("|", "/").replace(";", "/").replace(" ", "")
        single = all(len(one) == 1 for one in written)
        parts = list(told) if single and "/" not in told and len(told) == 2 else told.split("/")
        copies = 1 if site.chrom in ONE_COPY else 2
        if set(parts) <= set(written) and len(parts) == copies:
            return ordered_genotype("/".join(parts)), []
        turned = single and {complement(part) for part in parts if set(part) <= set("ACGT")} <= set(written)
        expected = f"{'one' if copies == 1 else 'two'} of the alleles {', '.join(written)}" + (
            ", joined by /" if copies == 2 else f": people have one copy of {site.chrom}"
        )
        hint = (
            "These are the letters of the other strand: turn them, or add a column strand with - for this site."
            if turned and parts != [""]
            else "Write the alleles as REF and ALT have them."
        )
        return "", [self._said(row, "genotype", expected, hint)]


def _number(cell: str, *, whole: bool) -> float | None:
    try:
        return int(cell) if whole else float(cell)
    except ValueError:
        return None
