"""Whether records keep what the header and their own FORMAT declare; a file that does not was badly edited."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from genoteca.genome.header import Header

__all__ = ["beyond_format", "broken_promises"]

LOOKED_AT = 1000
"""Records."""
_TOLD = re.compile(r"<ID=([^,>]+),.*?\bType=(Integer|Float)\b")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]?(nan|inf(inity)?)|\.?", re.IGNORECASE)


def broken_promises(header: Header, head: bytes, sample: int) -> Iterator[str]:
    """Say of each FORMAT key that is declared a number where its first value that is none stands.

    `head`: text of the first records; `sample`: index of the one that is read.
    """
    numbers = {told[1] for kind, value in header.meta if kind == "FORMAT" and (told := _TOLD.match(value))}
    seen: set[str] = set()
    for record, line in enumerate(head.split(b"\n", LOOKED_AT)[:LOOKED_AT], start=1):
        columns = line.decode("utf-8", "replace").rstrip("\r").split("\t")
        if len(columns) <= 9 + sample:
            continue
        for key, value in zip(columns[8].split(":"), columns[9 + sample].split(":"), strict=False):
            if key in numbers and key not in seen and not all(map(_NUMBER.fullmatch, value.split(","))):
                seen.add(key)
                yield f"The header declares {key} to be a number; record {record:,} says {value[:30]!r}."


def beyond_format(frame: pl.DataFrame) -> dict[str, int]:
    """Count the records whose sample has more values than FORMAT names, by a warning's words."""
    more = int(frame.get_column("beyond_format").sum())
    return {"records have more values than FORMAT names; those beyond were ignored": more}
