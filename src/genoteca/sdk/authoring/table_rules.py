"""What the rows of a table say together: REF beside the reference sequence, the same twice, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from genoteca.annotate.panel import ordered_genotype
from genoteca.genome.lift import complement
from genoteca.genome.reference_check import contradicting
from genoteca.genome.schema import CHROM
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.sdk.authoring.looking import DraftLook
from genoteca.sdk.authoring.row_finding import RowFinding
from genoteca.sdk.authoring.row_rules import ONE_COPY, CheckedRow, RowRules
from genoteca.sdk.authoring.rows import ReadRows
from genoteca.sdk.authoring.sites import Site, allele_pairs
from genoteca.sdk.table_spec import TableKind

__all__ = ["CheckedRows", "check_rows"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRows:
    """What was found in a table."""

    read: int
    good: tuple[CheckedRow, ...]
    """Rows with nothing wrong in them."""
    findings: tuple[RowFinding, ...]
    """What must be mended first, then what the author decides; each by row."""
    reference_compared: tuple[Build, ...]
    """Builds whose reference sequence is installed, and was compared with."""

    @property
    def wrong(self) -> tuple[RowFinding, ...]:
        """Give what must be mended before a module is made."""
        return tuple(one for one in self.findings if one.level == "wrong")

    @property
    def complete(self) -> bool:
        """Whether nothing was left to the author; of genotypes, that each possible one has a row."""
        return not any(one.level == "doubtful" for one in self.findings)


def check_rows(read: ReadRows, look: DraftLook, sequences: Mapping[Build, ReferenceSequence]) -> CheckedRows:
    """Look at every row, then at all of them together; nothing is left out of the count.

    `sequences`: those that are installed; REF of the other builds is not compared.
    """
    rules, findings = RowRules(look), [_of_other_width(line, look) for line in read.other_width]
    good: list[CheckedRow] = []
    for row in read.rows:
        checked, found = rules.row(row)
        findings += found
        if checked is not None and not found:
            good.append(checked)
    if not read.rows and not findings:
        findings.append(
            RowFinding(line=1, column="all of them", given=None, expected="at least one row", hint="Is it the sheet?")
        )
    together = _Together(look, sequences)
    against = list(together.references(good))
    other = {one.line for one in against}
    good = [one for one in good if one.row.line not in other]
    findings += [*against, *together.together(good)]
    if not findings and look.kind is TableKind.GENOTYPES:  # a row to be mended may be the one that seems missing
        findings += together.undescribed(good)
    ordered = sorted(findings, key=lambda one: (one.level != "wrong", one.line))
    return CheckedRows(
        read=read.read,
        good=tuple(good),
        findings=tuple(ordered),
        reference_compared=tuple(build for build in sequences if look.kind is not TableKind.REGIONS),
    )


def _of_other_width(line: int, look: DraftLook) -> RowFinding:
    return RowFinding(
        line=line,
        column="all of them",
        given=None,
        expected=f"as many cells as there are columns, {len(look.table.names)}",
        hint="Is a comma, a tab or a line break inside a cell? Put the cell in quotation marks.",
    )


class _Together:
    """The rules for rows beside each other."""

    def __init__(self, look: DraftLook, sequences: Mapping[Build, ReferenceSequence]) -> None:
        self.look = look
        self.sequences = sequences
        self.names = {build: dict(place) for build, place in look.table.places.items()}

    def references(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        """Compare REF with the installed sequences."""
        for build, sequence in self.sequences.items():
            placed = [one for one in good if build in one.sites]
            if not placed:
                continue
            frame = pl.DataFrame(
                {
                    "chrom": [one.sites[build].chrom for one in placed],
                    "pos": [one.sites[build].pos for one in placed],
                    "ref": [one.sites[build].ref for one in placed],
                },
                schema={"chrom": CHROM, "pos": pl.UInt32, "ref": pl.String},
            )
            for one, differs in zip(placed, contradicting(frame, sequence), strict=True):
                if not differs:
                    continue
                site = one.sites[build]
                there = sequence.bases(site.chrom, site.pos, site.pos + len(site.ref) - 1)
                yield RowFinding(
                    line=one.row.line,
                    column=self.names[build]["ref"],
                    given=site.ref,
                    expected=f"{there}, which {build} has at {site.chrom}:{site.pos:,}",
                    hint=self._why_other(site, there),
                )

    def _why_other(self, site: Site, there: str) -> str:
        if there in site.alts:
            return "REF and ALT seem exchanged."
        if there == complement(site.ref):
            return "It is the letter of the other strand: write REF and ALT on the plus strand."
        return "Is the build right, and does the file count its positions from 1?"

    def together(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        """Look at rows beside each other: the same twice, one name at two places, genotypes that are missing."""
        yield from self._twice(good)
        if self.look.kind is not TableKind.REGIONS:
            yield from self._one_place_a_name(good)
        if self.look.kind is TableKind.GENOTYPES:
            yield from self._one_site_a_place(good)

    def _twice(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        first: dict[tuple[object, ...], int] = {}
        column = self.look.roles.get("genotype") or self.look.roles.get("pos") or self.look.roles["start"]
        for one in good:
            place = next(iter((one.sites or one.regions).values()))
            known = first.setdefault((place, one.genotype), one.row.line)
            if known != one.row.line:
                what = f"genotype {one.genotype} of {place}" if one.genotype else str(place)
                yield RowFinding(
                    line=one.row.line,
                    column=column,
                    given=what,
                    expected=f"each once; row {known} has it already",
                    hint="Keep one of the two rows.",
                    level="wrong" if self.look.kind is TableKind.GENOTYPES else "doubtful",
                )

    def _one_place_a_name(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        first: dict[str, tuple[str, int, int]] = {}
        for one in good:
            rsid, site = one.row.told.get("rsid"), next(iter(one.sites.values()))
            if rsid is None:
                continue
            chrom, pos, line = first.setdefault(rsid.lower(), (site.chrom, site.pos, one.row.line))
            if (chrom, pos) != (site.chrom, site.pos):
                yield RowFinding(
                    line=one.row.line,
                    column=self.look.roles["rsid"],
                    given=rsid,
                    expected=f"one place for it; here {site.chrom}:{site.pos:,}, in row {line} {chrom}:{pos:,}",
                    hint="Correct the position or the rsID.",
                )

    def _one_site_a_place(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        first: dict[tuple[str, int], tuple[Site, str, str | None, int]] = {}
        for one in good:
            site = next(iter(one.sites.values()))
            now = (site, one.strand, one.row.told.get("rsid"), one.row.line)
            known, strand, rsid, line = first.setdefault((site.chrom, site.pos), now)
            if known == site and strand == one.strand and rsid == now[2]:
                continue
            column = "alt" if known != site else "strand" if strand != one.strand else "rsid"
            given = site if known != site else f"strand {one.strand}" if strand != one.strand else now[2]
            expected = known if known != site else f"strand {strand}" if strand != one.strand else rsid
            yield RowFinding(
                line=one.row.line,
                column=self.look.roles.get(column, column),
                given=str(given),
                expected=f"the same as in row {line}, which is of this place: {expected}",
                hint="All rows of a place say the same of it; several ALT are joined by a comma.",
            )

    def undescribed(self, good: Iterable[CheckedRow]) -> Iterator[RowFinding]:
        """Look for genotypes that are possible at a site and have no row."""
        told: dict[Site, set[str]] = {}
        where: dict[Site, CheckedRow] = {}
        for one in good:
            site = next(iter(one.sites.values()))
            told.setdefault(site, set()).add(one.genotype)
            where.setdefault(site, one)
        for site, found in told.items():
            one = where[site]
            written = tuple(complement(part) if one.strand == "-" else part for part in site.alleles)
            pairs = [written] if site.chrom in ONE_COPY else []
            possible = [*written] if pairs else [ordered_genotype("/".join(pair)) for pair in allele_pairs(written)]
            if missing := [genotype for genotype in possible if genotype not in found]:
                yield RowFinding(
                    line=one.row.line,
                    column=self.look.roles["genotype"],
                    given=", ".join(sorted(found)),
                    expected=f"a row for {', '.join(missing)} of {site} too",
                    hint="Add a row for it; else who has this genotype is told that the module does not describe it.",
                    level="doubtful",
                )
