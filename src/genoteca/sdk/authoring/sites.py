"""Where a row lies, read and looked at: chromosome, position, alleles, as a build has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genoteca.genome.alleles import trim
from genoteca.model.build import Build, chromosome
from genoteca.sdk.authoring.row_finding import RowFinding

__all__ = ["Region", "Site", "read_region", "read_site"]

_BASES = frozenset("ACGT")
Cells = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A place with its alleles, in capital letters on the plus strand; `pos` 1-based."""

    chrom: str
    pos: int
    ref: str
    alts: tuple[str, ...]

    @property
    def alleles(self) -> tuple[str, ...]:
        """Give REF and every ALT."""
        return (self.ref, *self.alts)

    def __str__(self) -> str:
        """Write it as one says it."""
        return f"{self.chrom}:{self.pos} {self.ref}>{','.join(self.alts)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A stretch of a chromosome, 1-based, both ends included."""

    chrom: str
    start: int
    end: int

    def __str__(self) -> str:
        """Write it as one says it."""
        return f"{self.chrom}:{self.start}-{self.end}"


class _Reader:
    """Reads the cells of one row, and notes what is wrong."""

    def __init__(self, line: int, cells: Cells, names: Mapping[str, str], build: Build, base: int) -> None:
        self.line, self.cells, self.names, self.build, self.base = line, cells, names, build, base
        self.findings: list[RowFinding] = []

    def wrong(self, role: str, expected: str, hint: str) -> None:
        given = self.cells.get(role)
        self.findings.append(
            RowFinding(line=self.line, column=self.names[role], given=given, expected=expected, hint=hint)
        )

    def chrom(self) -> str | None:
        found = chromosome(self.cells.get("chrom") or "")
        if found is None:
            self.wrong("chrom", "a chromosome 1-22, X, Y or MT", "Write its name, with or without chr.")
        return found

    def number(self, role: str, chrom: str | None, *, counted_from: int) -> int | None:
        text = (self.cells.get(role) or "").replace(",", "")
        length = self.build.lengths[chrom] if chrom else None
        if not text.isdecimal():
            self.wrong(role, "a position", "Write a whole number, without letters.")
            return None
        made = int(text) + (1 - counted_from)
        if length is not None and not 1 <= made <= length:
            expected = f"a position from 1 to {length:,}, where chromosome {chrom} of {self.build} ends"
            self.wrong(role, expected, "Correct it, or choose the build that the table is of.")
            return None
        return made

    def alleles(self) -> tuple[str, tuple[str, ...]] | None:
        ref, alts = (self.cells.get("ref") or "").upper(), _listed(self.cells.get("alt"))
        for role, given in (("ref", (ref,)), ("alt", alts)):
            if not all(one and set(one) <= _BASES for one in given):
                self.wrong(
                    role,
                    "letters A, C, G, T",
                    "Write the bases of the plus strand; an insertion or a deletion with the base before it.",
                )
                return None
        if ref in alts or len(set(alts)) < len(alts):
            self.wrong("alt", f"alleles other than the reference {ref}, each once", "Is it the other one of the two?")
            return None
        return ref, alts


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").upper().replace(";", ",").replace("|", ",").split(","))


def read_site(
    line: int, cells: Cells, names: Mapping[str, str], build: Build, base: int
) -> tuple[Site | None, list[RowFinding]]:
    """Read the site of a row in one build; None where something is wrong, with what it is.

    `names`: the file's columns by role. `base`: what the first base is numbered in the file.
    """
    reader = _Reader(line, cells, names, build, base)
    chrom, alleles = reader.chrom(), reader.alleles()
    pos = reader.number("pos", chrom, counted_from=base)
    if chrom is None or pos is None or alleles is None:
        return None, reader.findings
    ref, alts = alleles
    for alt in alts if len(alts) == 1 else ():
        shortest = trim(pos, ref, alt)
        if shortest != (pos, ref, alt):
            told = "{}, {}, {}".format(*shortest)
            reader.wrong("ref", f"the shortest spelling: {told}", f"Write {told} as position, REF and ALT.")
            return None, reader.findings
    return Site(chrom=chrom, pos=pos, ref=ref, alts=alts), reader.findings


def read_region(
    line: int, cells: Cells, names: Mapping[str, str], build: Build, base: int
) -> tuple[Region | None, list[RowFinding]]:
    """Read the stretch of a row in one build; a file that counts from 0 does not include its ends."""
    reader = _Reader(line, cells, names, build, base)
    chrom = reader.chrom()
    start = reader.number("start", chrom, counted_from=base)
    end = reader.number("end", chrom, counted_from=1)
    if chrom is None or start is None or end is None:
        return None, reader.findings
    if end < start:
        reader.wrong("end", f"a position not before the start, {start:,}", "Are start and end exchanged?")
        return None, reader.findings
    return Region(chrom=chrom, start=start, end=end), reader.findings


def allele_pairs(alleles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give every pair of alleles that a person may have, each once."""
    return ((one, other) for n, one in enumerate(alleles) for other in alleles[n:])
