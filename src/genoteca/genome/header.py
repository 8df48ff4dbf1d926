"""The header of a VCF: its contigs, its samples, and what else it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from genoteca.errors import GenomeFileError

__all__ = ["Contig", "Header", "parse_header"]

FIXED = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")

_VALUE = r'("(?:[^"\\]|\\.)*"|[^,>]*)'
_ID = re.compile(rf"[<,]ID={_VALUE}")
_LENGTH = re.compile(r"[<,]length=(\d+)")
_ASSEMBLY = re.compile(rf"[<,]assembly={_VALUE}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contig:
    """A contig line: its length in bases and its assembly, each empty when not told."""

    length: int | None
    assembly: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """What a VCF's header says."""

    version: str
    lines: int
    """Lines up to and including `#CHROM`."""
    contigs: dict[str, Contig]
    meta: list[tuple[str, str]]
    """Every `##key=value` line but contigs, in file order."""
    samples: list[str]

    def values(self, key: str) -> list[str]:
        """Give the value of every `##key=` line, upper and lower case alike."""
        return [value for told, value in self.meta if told.lower() == key.lower()]

    def declares(self, kind: str, name: str) -> bool:
        """Whether a line `##KIND=<ID=name,…>` stands in the header."""
        return any(told == kind and value.startswith(f"<ID={name},") for told, value in self.meta)


def parse_header(lines: Sequence[bytes], name: str) -> Header:
    """Read the header of the file `name`; its last line is `#CHROM`.

    Raises:
        GenomeFileError: the `#CHROM` line is not one, or names a sample twice.

    """
    texts = [line.decode("utf-8", "replace") for line in lines]
    contigs: dict[str, Contig] = {}
    meta: list[tuple[str, str]] = []
    for text in texts[:-1]:
        key, _, value = text.removeprefix("##").partition("=")
        if key == "contig":
            _add_contig(contigs, value)
        else:
            meta.append((key, value))
    version = next((value for key, value in meta if key == "fileformat"), "")
    return Header(
        version=version.removeprefix("VCFv"),
        lines=len(lines),
        contigs=contigs,
        meta=meta,
        samples=_samples(texts[-1], name, len(lines)),
    )


def _add_contig(contigs: dict[str, Contig], value: str) -> None:
    if told := _ID.search(value):
        length, assembly = _LENGTH.search(value), _ASSEMBLY.search(value)
        contigs[told[1].strip('"')] = Contig(
            length=int(length[1]) if length else None, assembly=assembly[1].strip('"') if assembly else ""
        )


def _samples(line: str, name: str, number: int) -> list[str]:
    columns = line.split("\t")
    if columns[8:] == [""]:  # dbSNP's release 135 ends this line with a tab
        del columns[8:]
    if tuple(columns[:8]) != FIXED or columns[8:9] not in ([], ["FORMAT"]):
        raise GenomeFileError(
            f"Line {number} of {name} should name the columns #CHROM, POS, ID, REF, ALT, QUAL, FILTER, INFO and then "
            f"FORMAT with the samples, separated by tabs; it reads {line[:80]!r}.",
            hint="A text editor may have turned tabs into spaces; open the original file.",
        )
    samples = columns[9:]
    twice = sorted({sample for sample in samples if samples.count(sample) > 1}) if _repeats(samples) else []
    if twice:
        raise GenomeFileError(
            f"{name} names the sample {twice[0]!r} more than once (line {number}): which is meant cannot be told.",
            hint="Rename the samples, for example with bcftools reheader.",
        )
    return samples


def _repeats(samples: list[str]) -> bool:
    return len(set(samples)) < len(samples)
