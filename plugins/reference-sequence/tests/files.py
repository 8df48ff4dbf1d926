"""Sequence files, written for the tests: a made-up mitochondrion is short enough to be whole."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Mapping
from pathlib import Path

LENGTH = 16569
CODE = {"T": 0, "C": 1, "A": 2, "G": 3, "N": 0}

BASES = "N" * 7 + "".join(random.Random(1).choices("ACGT", k=LENGTH - 17)) + "NACGTNNNNC"  # noqa: S311 - no secret


def fasta(path: Path, contigs: Mapping[str, str], *, width: int = 60, end: str = "\n") -> Path:
    """Write a FASTA; the names may be followed by a description."""
    lines = []
    for name, bases in contigs.items():
        lines += [f">{name}", *(bases[start : start + width] for start in range(0, len(bases), width))]
    path.write_text(end.join(lines) + end, newline="")
    return path


def zipped(path: Path, *, member: int = 1 << 30) -> Path:
    """Compress a file; with a small `member` in many members, as bgzip does."""
    data, made = path.read_bytes(), path.with_name(f"{path.name}.gz")
    made.write_bytes(b"".join(gzip.compress(data[at : at + member]) for at in range(0, len(data), member)))
    return made


def twobit(path: Path, contigs: Mapping[str, str], *, order: str = "<", version: int = 0) -> Path:
    """Write a 2bit file after https://genome.ucsc.edu/FAQ/FAQformat.html#format7, with a masked stretch in each."""
    wide = "Q" if version else "I"
    index = 16 + sum(1 + len(name) + struct.calcsize(f"<{wide}") for name in contigs)
    records, places = b"", []
    for bases in contigs.values():
        places.append(index + len(records))
        records += _record(bases, order)
    named = zip(contigs, places, strict=True)
    names = b"".join(bytes([len(n)]) + n.encode() + struct.pack(f"{order}{wide}", place) for n, place in named)
    path.write_bytes(struct.pack(f"{order}4I", 0x1A412743, version, len(contigs), 0) + names + records)
    return path


def _record(bases: str, order: str) -> bytes:
    gaps = []
    for at, base in enumerate(bases):
        if base == "N" and (at == 0 or bases[at - 1] != "N"):
            gaps.append([at, 1])
        elif base == "N":
            gaps[-1][1] += 1
    packed = bytearray(-(-len(bases) // 4))
    for at, base in enumerate(bases):
        packed[at // 4] |= CODE[base] << (6 - 2 * (at % 4))
    words = [len(bases), len(gaps), *(start for start, _ in gaps), *(size for _, size in gaps), 1, 100, 50, 0]
    return struct.pack(f"{order}{len(words)}I", *words) + bytes(packed)
