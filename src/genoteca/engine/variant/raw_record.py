"""One record of the file that a genome was read from, found again by its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from genoteca.engine.files import sha256_of
from genoteca.errors import GenomeFileError
from genoteca.genome.arrays import START, ArrayLayout, layout_of
from genoteca.genome.header import parse_header
from genoteca.genome.stream import GenomeText
from genoteca.model.sample import Sample

__all__ = ["RawField", "RawRecord", "raw_record", "require_same_file"]

Part = Literal["place", "info", "sample", "other"]

LONGEST = 2000
"""Characters of one value that are shown."""
MOST_OTHERS = 12
"""Columns of other people that are shown beside the sample's own."""
FIXED = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER")
_DECLARED = re.compile(rb'##(INFO|FORMAT)=<.*?ID=([^,>]+).*?Description="((?:[^"\\]|\\.)*)"')

Progress = Callable[[float], None]
"""Hears how far the reading is, 0 to 1; what it raises ends it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawField:
    """One value of a record, as the file writes it."""

    part: Part
    name: str
    value: str
    about: str = ""
    """What the file's own header says of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawRecord:
    """One record, cut into its fields."""

    record: int
    """Its number, header not counted."""
    line: int
    """Its line in the file's text."""
    fields: list[RawField]
    person: str
    """Whose column is read; empty: the file names nobody."""
    not_shown: int
    """Columns of other people that are not shown."""
    compression: str
    format: str


def require_same_file(sample: Sample, digest: str) -> Path:
    """Give the path of a sample's source file; `digest`: the sha256 that it had when it was read.

    Raises:
        GenomeFileError: it is gone, or is another one now.

    """
    path = Path(sample.source.path)
    if not path.is_file():
        raise GenomeFileError(
            f"{path} is gone; {sample.id.key} was read from it.",
            title="The genome file is gone",
            hint="Put it back where it was. What was read of it is kept, and every answer stands.",
        )
    found = path.stat()
    if found.st_size != sample.source.bytes or _digest(path, found.st_size, found.st_mtime_ns) != digest:
        raise GenomeFileError(
            f"{path} is not the file any more that {sample.id.key} was read from.",
            title="The genome file was changed",
            hint="Its records may stand elsewhere now. Put the old file back, or read the genome again.",
        )
    return path


def raw_record(path: Path, sample: Sample, number: int, progress: Progress) -> RawRecord:
    """Read record `number` (from 1, header not counted) of a VCF, BCF or array; the file is read up to it.

    Raises:
        GenomeFileError: it cannot be read, or has no such record.

    """
    with GenomeText(path, sample.source.member) as text:
        if layout := layout_of(text.start(START), path.name):
            line = _found(_without_header(text.blocks(), layout), text, number, progress)
            return _of_array(line, number, layout, text)
        header = text.header()
        line = _found(text.blocks(), text, number, progress)
        return _of_vcf(line, number, header, text, sample)


@lru_cache(maxsize=32)
def _digest(path: Path, _size: int, _modified: int) -> str:
    """Give the sha256 of a file, once while its size and time stay: a second per gigabyte."""
    return sha256_of(path)


def _found(blocks: Iterator[bytes], text: GenomeText, number: int, progress: Progress) -> str:
    first = 1
    for block in blocks:
        lines = block.count(b"\n") + (not block.endswith(b"\n") and bool(block))
        if first <= number < first + lines:
            return block.split(b"\n", number - first + 1)[number - first].rstrip(b"\r").decode("utf-8", "replace")
        first += lines
        progress(text.fraction)
    raise GenomeFileError(
        f"{text.path.name} has {first - 1:,} records; record {number:,} was asked for.",
        hint="Read the genome again from the Genomes page.",
    )


def _without_header(blocks: Iterator[bytes], layout: ArrayLayout) -> Iterator[bytes]:
    first = next(blocks, b"").removeprefix(b"\xef\xbb\xbf")
    yield first.split(b"\n", layout.header_lines)[-1] if first.count(b"\n") >= layout.header_lines else b""
    yield from blocks


def _of_array(line: str, number: int, layout: ArrayLayout, text: GenomeText) -> RawRecord:
    cells = line.split(None if layout.separator == " " else layout.separator)
    names = {index: name for name, index in layout.columns.items()}
    told = {"id": "Identifier", "chrom": "Chromosome", "pos": "Position", "genotype": "Genotype"}
    fields = []
    for index, cell in enumerate(cells):
        name = names.get(index, f"column {index + 1}")
        call = name in ("genotype", "allele1", "allele2")
        fields.append(
            RawField(
                part="sample" if call else "place",
                name=told.get(name, name.replace("allele", "Allele ")),
                value=_cut(cell.strip().strip('"')),
            )
        )
    return RawRecord(
        record=number,
        line=number + layout.header_lines,
        fields=fields,
        person="",
        not_shown=0,
        compression=text.compression,
        format=layout.format,
    )


def _of_vcf(line: str, number: int, header: Sequence[bytes], text: GenomeText, sample: Sample) -> RawRecord:
    names = parse_header(header, text.path.name).samples
    mine = names.index(sample.pick) if sample.pick in names else 0
    cells = line.split("\t")
    told = _declared(header)
    fields = [RawField(part="place", name=name, value=_cut(cell)) for name, cell in zip(FIXED, cells, strict=False)]
    fields += _info(cells[7] if len(cells) > 7 else "", told)
    keys = cells[8].split(":") if len(cells) > 8 else []
    own = cells[9 + mine].split(":") if len(cells) > 9 + mine else []
    own += [""] * (len(keys) - len(own))  # values left out at the end are missing
    fields += [
        RawField(part="sample", name=key, value=_cut(value), about=told.get(("FORMAT", key), ""))
        for key, value in zip(keys, own, strict=False)
    ]
    others = [(name, cell) for at, (name, cell) in enumerate(zip(names, cells[9:], strict=False)) if at != mine]
    shown = others if len(others) <= MOST_OTHERS else []
    fields += [RawField(part="other", name=name, value=_cut(cell)) for name, cell in shown]
    return RawRecord(
        record=number,
        line=number + len(header),
        fields=fields,
        person=names[mine] if names else "",
        not_shown=len(others) - len(shown),
        compression=text.compression,
        format=text.format,
    )


def _info(cell: str, told: dict[tuple[str, str], str]) -> list[RawField]:
    if cell in ("", "."):
        return []
    parts = (one.partition("=") for one in cell.split(";") if one)
    return [
        RawField(part="info", name=key, value=_cut(value) if sign else "yes", about=told.get(("INFO", key), ""))
        for key, sign, value in parts
    ]


def _declared(header: Sequence[bytes]) -> dict[tuple[str, str], str]:
    found = (_DECLARED.match(line) for line in header)
    return {
        (one[1].decode(), one[2].decode("utf-8", "replace")): one[3].decode("utf-8", "replace").replace('\\"', '"')
        for one in found
        if one
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text):,} characters in the file)"
