"""One structural record: what its fields say of each symbolic ALT or breakend.

What they mean: VCF 4.5 sections 1.6.1, 3 and 5, https://samtools.github.io/hts-specs/VCFv4.5.pdf. Callers add to it:
CHR2, POS2 and an END on the other chromosome are Delly's (https://github.com/dellytools/delly), SVINSLEN is Manta's
(https://github.com/Illumina/manta/blob/master/docs/userGuide/README.md), a CGA_WINEND and a CGA_CP stand in Complete
Genomics' windows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from genoteca.genome.alternates import UNKNOWN, AlleleClass, classify
from genoteca.genome.breakends import is_breakend, mate_of
from genoteca.genome.contigs import Contigs
from genoteca.genome.genotype import ParsedGenotype
from genoteca.model.build import par
from genoteca.model.column import STRUCTURAL
from genoteca.model.sample import Sex

__all__ = ["Row", "StructuralRecord"]

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = tuple[Cell, ...]

SPANNING = ("DEL", "DUP", "INV", "CNV")
"""Types whose SVLEN counts bases of the reference, from the one after POS."""
JOINTS = ("BND", "TRA")
"""Types that join two places of the genome."""
ENDS = ("END", "CGA_WINEND")
COPIES = ("CN", "CGA_CP")
ALLELE_COPIES = (4, 4)
"""From VCF 4.4 on, CN in INFO counts the copies that an ALT stands for, and no longer those of a person."""
LARGEST = 2**32 - 1


@dataclass(kw_only=True, slots=True)
class StructuralRecord:
    """One record: its columns as text, `said` that of the picked sample; `genotype` null: it has no GT."""

    contigs: Contigs
    sex: Sex
    line: int
    fields: list[str]
    said: str
    genotype: ParsedGenotype | None = None
    chrom: str = field(init=False)
    chrom_length: int = field(init=False)
    pos: int = field(init=False)
    alts: list[str] = field(init=False)
    info: dict[str, str] = field(init=False)
    sample: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        place = self.contigs.place(self.fields[0])
        self.chrom, self.chrom_length = place.chrom or "", place.length
        self.pos = int(self.fields[1])
        self.alts = self.fields[4].split(",")
        self.info = {key: value for key, _, value in (one.partition("=") for one in self.fields[7].split(";"))}
        self.sample = dict(zip(self.fields[8].split(":"), self.said.split(":"), strict=False))

    def rows(self) -> Iterator[Row]:
        """Give one row of the structural table per structural ALT."""
        for number, alt in enumerate(self.alts, start=1):
            if classify(alt) is AlleleClass.STRUCTURAL:
                told = self._place(number, alt) | self._called(number) | self._quality()
                told |= {"alt": alt, "allele": number}
                yield tuple(told[column.name] for column in STRUCTURAL)

    @property
    def carried(self) -> int:
        """How many of its structural ALTs the genotype carries."""
        called = self.genotype.called if self.genotype else ()
        alts = enumerate(self.alts, start=1)
        return sum(number in called and classify(alt) is AlleleClass.STRUCTURAL for number, alt in alts)

    def _place(self, number: int, alt: str) -> dict[str, Cell]:
        kind = self._kind(alt)
        mate_chrom, mate_pos = self._mate(alt, kind)
        joint = kind in JOINTS or mate_chrom is not None
        end = self._end_of_ref if joint else self._end(number, kind)
        return {
            "chrom": self.chrom,
            "start": self.pos,
            "end": end,
            "type": kind,
            "length": self._way(mate_chrom, mate_pos) if joint else self._length(number, kind),
            "mate_chrom": mate_chrom,
            "mate_pos": mate_pos,
            "mate": _given(self.info.get("MATEID", "")),
            "imprecise": "IMPRECISE" in self.info,
            "earliest_start": self._margin("CIPOS", number, self.pos, side=0),
            "latest_end": self._margin("CIEND", number, end, side=1),
        }

    def _called(self, number: int) -> dict[str, Cell]:
        copies = self.genotype.called.count(number) if self.genotype else None
        spelled = self._spelled()
        return {
            "genotype": ("|" if self.genotype.phased else "/").join(spelled) if self.genotype else None,
            "copy_number": self._copy_number(copies),
            "dosage": None if self.chrom == "MT" else copies,
            "zygosity": None if self.chrom == "MT" or "?" in spelled else self._zygosity(copies or 0),
        }

    def _quality(self) -> dict[str, Cell]:
        return {
            "qual": _number(self.fields[5]),
            "filter": _given(self.fields[6]),
            "id": _given(self.fields[2]),
            "depth": _count(self.sample.get("DP", "")),
            "genotype_quality": _count(self.sample.get("GQ", "")),
            "line": self.line,
        }

    def _kind(self, alt: str) -> str:
        if is_breakend(alt):
            return "BND"
        symbol = alt.strip("<>").upper()
        if _copies_of(alt) is not None:
            return "CNV"
        return symbol or self.info.get("SVTYPE", "").upper() or "SV"

    def _mate(self, alt: str, kind: str) -> tuple[str | None, int | None]:
        """Give the other side of a breakend, or of a joint that CHR2 names; neither where it is no chromosome."""
        told = mate_of(alt)
        contig, pos = (told.contig, told.pos) if told else ("", None)
        if told is None and (self._ends_elsewhere() or (kind in JOINTS and self._other_contig)):
            contig, pos = self._other_contig, _count(self.info.get("POS2") or self.info.get("END", ""))
        chrom = self.contigs.place(contig).chrom
        return (None, None) if chrom is None or pos is None else (chrom, pos)

    @property
    def _other_contig(self) -> str:
        return self.info.get("CHR2") or self.info.get("END_CHR", "")

    def _ends_elsewhere(self) -> bool:
        """Tell whether END is a position of another contig."""
        other = self._other_contig
        return bool(other) and self.contigs.place(other).chrom != self.chrom

    def _way(self, mate_chrom: str | None, mate_pos: int | None) -> int | None:
        if mate_pos is None or mate_chrom != self.chrom:
            return None
        return abs(mate_pos - self.pos) or None

    @property
    def _end_of_ref(self) -> int:
        return self.pos + len(self.fields[3]) - 1

    def _end(self, number: int, kind: str) -> int:
        """Give the last base; of several ALTs each has its own SVLEN, because END is that of the longest."""
        lengths = self._listed("SVLEN")
        length = self._svlen(number)
        by_length = self.pos + length if length and kind.split(":")[0] in SPANNING else None
        if by_length and len(self.alts) > 1 and len(lengths) == len(self.alts):
            return min(by_length, self.chrom_length)
        told = next((end for key in ENDS for end in self._listed(key)[:1] if end is not None), 0)
        if told < self.pos or self._ends_elsewhere():
            told = by_length or self._end_of_ref
        return min(told, self.chrom_length)

    def _svlen(self, number: int) -> int | None:
        """Give SVLEN of one ALT, without its sign; one value alone is that of a lone ALT."""
        listed = self._listed("SVLEN")
        if len(listed) not in (1, len(self.alts)):
            return None
        told = listed[number - 1 if len(listed) == len(self.alts) else 0]
        return abs(told) or None if told is not None else None

    def _length(self, number: int, kind: str) -> int | None:
        if length := self._svlen(number):
            return length
        if kind.split(":")[0] == "INS":
            return _count(self.info.get("SVINSLEN", "").split(",")[0]) or None
        return self._end(number, kind) - self.pos or None

    def _margin(self, key: str, number: int, place: int, *, side: int) -> int | None:
        """Give `place` and the bound of a confidence interval on one side of it; never on the other."""
        listed = self._listed(key)
        pair = listed if len(listed) == 2 else listed[2 * number - 2 : 2 * number]
        told = pair[side] if len(pair) == 2 else None
        if told is None:
            return None
        if side == 0:
            return max(min(1, place), place + min(told, 0))
        return min(place + max(told, 0), max(self.chrom_length, place))

    def _spelled(self) -> list[str]:
        """Spell the alleles of the genotype, sequences in upper case, `?` for one that is not known."""
        if self.genotype is None:
            return []
        texts = [self.fields[3].upper()]
        texts += [alt.upper() if classify(alt) is AlleleClass.SEQUENCE else alt for alt in self.alts]
        return ["?" if one < 0 or texts[one].upper() in UNKNOWN else texts[one] for one in self.genotype.called]

    def _zygosity(self, copies: int) -> str | None:
        ploidy = len(self.genotype.called) if self.genotype else 0
        if not copies:
            return None
        if ploidy == 1 or (copies == ploidy and self._has_one_copy()):
            return "hemizygous"
        return "homozygous" if copies == ploidy else "heterozygous"

    def _has_one_copy(self) -> bool:
        """Tell where a male has one copy: X and Y outside the pseudoautosomal regions."""
        if self.sex is not Sex.MALE or self.chrom not in ("X", "Y"):
            return False
        regions = [region for region in par(self.contigs.build) if region.chrom == self.chrom]
        return not any(region.start <= self.pos <= region.end for region in regions)

    def _copy_number(self, copies: int | None) -> float | None:
        """Give the copies of the stretch: the sample's CN, else those of `<CNx>` alleles, else CN of INFO.

        CN of INFO tells of a person only before VCF 4.4, in a file of one sample, where that sample carries the ALT.
        """
        told = next((found for key in COPIES if (found := _number(self.sample.get(key, ""))) is not None), None)
        if told is None:
            told = self._counted()
        header = self.contigs.header
        if told is None and copies and len(header.samples) == 1 and _version(header.version) < ALLELE_COPIES:
            told = _number(self.info.get("CN", ""))
        return told if told is None or told >= 0 else None

    def _counted(self) -> float | None:
        """Add up the copies of a genotype of `<CNx>` alleles; null where one is not known."""
        each = [1, *(_copies_of(alt) for alt in self.alts)]
        if self.genotype is None or each[1:].count(None) == len(self.alts):
            return None
        found = [each[one] if one >= 0 else None for one in self.genotype.called]
        return None if None in found else float(sum(one or 0 for one in found))

    def _listed(self, key: str) -> list[int | None]:
        """Give the whole numbers of an INFO key."""
        return [_whole(part) for part in self.info[key].split(",")] if key in self.info else []


def _copies_of(alt: str) -> int | None:
    """Read the copies that `<CN0>`, `<CN2>` … stand for."""
    number = alt.upper().removeprefix("<CN").removesuffix(">")
    return int(number) if alt.upper() == f"<CN{number}>" and number.isdecimal() and len(number) < 6 else None


def _given(text: str) -> str | None:
    return None if text in ("", ".") else text


def _number(text: str) -> float | None:
    try:
        told = float(text)
    except ValueError:
        return None
    return told if math.isfinite(told) else None


def _whole(text: str) -> int | None:
    told = _number(text)
    return None if told is None or abs(told) > LARGEST else math.floor(told)


def _count(text: str) -> int | None:
    told = _whole(text)
    return None if told is None or told < 0 else told


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (0,)
