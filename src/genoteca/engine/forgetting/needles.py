"""What is looked for when a genome is gone: its key, its names, and rows of its own file.

A row is the text of one line of the file as it stands there: at least `LEAST_ROW` bytes, so that bytes of another
kind are the same by chance in one of 2^128 places. Of all blocks of the file a few lines are looked at; those are
taken that carry something, are in no list of known variants (no rsID), and are longest: such lines are hardly in
anybody else's file. Where another genome that stays was read from the same file, its own copy holds them rightly; see
`search`.

The keys of the tables are numbers of 8 bytes, which references hold as well. Looked for are therefore pairs of
neighbours, 16 bytes: that these two follow each other says what the genome carries, and that it has nothing between.
"""

from __future__ import annotations

import functools
import heapq
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import genoteca
from genoteca.engine import records
from genoteca.engine.forgetting.journal import Needles
from genoteca.engine.samples import all_samples
from genoteca.errors import GenotecaError
from genoteca.genome.arrays import START, layout_of
from genoteca.genome.header import parse_header
from genoteca.genome.stream import GenomeText
from genoteca.model.sample import Sample, SampleId, SampleKind
from genoteca.settings import Layout

__all__ = ["needles_of"]

ROWS = 50
"""Rows, and pairs of keys, that are looked for."""
LEAST_ROW = 16
LONGEST_ROW = 240
"""Bytes of a long line that are taken, up to the end of the person's own column."""
LOOKS = 64
"""Lines that are looked at in each block of the file."""
LEAST_NAME = 6
"""Letters from which on a name is a trace by itself; a shorter one is found as part of the key."""
NOTE = 60
"""Letters of a note that are looked for."""
NO_CALL = re.compile(rb"(?:^|\t)(?:\./\.|0/0|0\|0|\.|0|--)(?::|\t|$)")


def needles_of(layout: Layout, samples: Sequence[SampleId], people: frozenset[str]) -> Needles:
    """Gather what is looked for; `people`: users who go with their last genome.

    Of a genome whose own file cannot be read, the key is all there is.
    """
    going = [one for one in all_samples(layout) if one.id in samples]
    staying = [one for one in all_samples(layout) if one.id not in samples]
    theirs = {name for one in staying for name in _names(layout, one, frozenset({one.id.user}))}
    same = {name.lower() for name in theirs}
    told = {name for one in going for name in _names(layout, one, people)}
    usual = {name for name in told if len(name) < LEAST_NAME or name.lower() in same or _is_usual(name)}
    return Needles(
        keys=sorted(one.key for one in samples),
        names=sorted(told - usual),
        names_too_common=len(usual),
        longer=sorted(one for one in theirs if any(name.lower() in one.lower() for name in told - usual)),
        rows=sorted({row.hex() for one in going for row in _rows(one)}),
        keys_of_rows=sorted({pair.hex() for one in going for pair in _pairs(layout, one)}),
        tables=sorted(_digests(layout, {one.key for one in samples})),
    )


def _names(layout: Layout, sample: Sample, people: frozenset[str]) -> Iterator[str]:
    yield from (sample.sample_name, sample.id.sample, sample.source.name, Path(sample.source.name).name.split(".")[0])
    if sample.pick:
        yield sample.pick
    if sample.id.user in people:
        yield from (sample.user_name, sample.id.user)
    yield from filter(None, [sample.details.note[:NOTE].strip()])
    yield from _notes(layout, sample.id)


def _notes(layout: Layout, sample: SampleId) -> Iterator[str]:
    """Give the beginnings of what was noted about variants."""
    path = layout.sample(sample.user, sample.sample) / "notes.json"
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # none, or damaged: the file goes all the same
        return
    for note in told.get("notes", []) if isinstance(told, dict) else []:
        text = str(note.get("text", "")) if isinstance(note, dict) else ""
        if text.strip():
            yield text[:NOTE].strip()


def _is_usual(name: str) -> bool:
    """Whether the app itself says a name: a genome called `genome` leaves no trace by its name."""
    return name.lower() in _own_text()


@functools.cache
def _own_text() -> str:
    here = Path(genoteca.__file__).parent
    return "\n".join(path.read_text("utf-8").lower() for path in here.rglob("*.py"))


def _rows(sample: Sample) -> list[bytes]:
    """Give the rows that are looked for; none where the file is gone or cannot be read."""
    path = Path(sample.source.path)
    try:
        with GenomeText(path, sample.source.member) as text:
            if layout_of(text.start(START), path.name):
                lines = _lines(text.blocks(), whole=True)
                return _rarest((_rank_of_array(line), line) for line in lines if line[:1] not in (b"#", b""))
            header = text.header()
            names = parse_header(header, path.name).samples
            column = 9 + (names.index(sample.pick) if sample.pick in names else 0)
            found = ((line, _own_cell(line, column)) for line in _lines(text.blocks(), whole=False))
            return _rarest(
                (_rank(line), _cut(line, cell)) for line, cell in found if cell and not _silent(line, cell)
            )
    except (OSError, GenotecaError, EOFError):
        return []


def _rarest(ranked: Iterator[tuple[int, bytes]]) -> list[bytes]:
    usable = (one for one in ranked if len(one[1]) >= LEAST_ROW)
    return [line for _, line in heapq.nlargest(ROWS, set(usable))]


def _lines(blocks: Iterator[bytes], *, whole: bool) -> Iterator[bytes]:
    """Give some whole lines of each block, spread evenly; the first one may be a header's (`whole`: left out)."""
    for block in blocks:
        for look in range(LOOKS):
            begin = block.find(b"\n", len(block) * look // LOOKS) + 1
            end = block.find(b"\n", begin)
            if (begin or not whole) and end > begin:
                yield block[begin:end].rstrip(b"\r")


def _own_cell(line: bytes, column: int) -> tuple[int, int] | None:
    """Give where the person's own column begins and ends; None: the line is too short."""
    begin = -1
    for _ in range(column):
        begin = line.find(b"\t", begin + 1)
        if begin < 0:
            return None
    end = line.find(b"\t", begin + 1)
    return begin + 1, end if end >= 0 else len(line)


def _silent(line: bytes, cell: tuple[int, int]) -> bool:
    return NO_CALL.match(line[cell[0] : cell[1]]) is not None


def _cut(line: bytes, cell: tuple[int, int]) -> bytes:
    return line[max(0, cell[1] - LONGEST_ROW) : cell[1]]


def _rank(line: bytes) -> int:
    """Rank a record: without an rsID first, then by length."""
    known = line.split(b"\t", 3)[2:3] != [b"."]
    return len(line) - (1 << 20 if known else 0)


def _rank_of_array(line: bytes) -> int:
    """Rank a row of an array: two different letters first, then by length."""
    letters = re.findall(rb"[ACGT]", line.upper())[-2:]
    return len(line) + (1 << 20 if len(set(letters)) == 2 else 0)


def _pairs(layout: Layout, sample: Sample) -> list[bytes]:
    """Give pairs of neighbouring keys; none of an array, whose rows are the same for everybody's."""
    if sample.kind is SampleKind.ARRAY:
        return []
    try:
        stored = records.current(layout, ["sample", "variants"], sample.id.key)
    except GenotecaError:
        return []
    if stored is None:
        return []
    import polars as pl  # loaded by whoever deletes, never by the desktop

    keys = pl.read_parquet(stored.path, columns=["key"])["key"].unique().sort().to_numpy().astype("<u8")
    count = len(keys) - 1
    places = {count * part // ROWS for part in range(ROWS)} if count > 0 else set()
    return [keys[place : place + 2].tobytes() for place in sorted(places)]


def _digests(layout: Layout, keys: set[str]) -> set[str]:
    """Give the sha256 of the tables that go and of which nobody else has the same."""
    mine, theirs = set[str](), set[str]()
    for stored in records.all_records(layout, older=True):
        if stored.record.file is not None:
            (mine if stored.record.partition in keys else theirs).add(stored.record.sha256)
    return mine - theirs
