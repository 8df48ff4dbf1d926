"""Looking for traces in every byte of the data folder, and of the cache where that lies elsewhere.

Rows are found by a window of eight bytes each: every place of a file is looked up in a table of 65,536 places by a
product of its eight bytes, and what is there is compared letter by letter. What is compressed with gzip is also
looked at unpacked. Parquet and DuckDB files pack their columns in ways of their own: of each that is left, its record
must say what it was made from, and that must not be what was deleted.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote, quote_plus

import numpy as np
from isal import igzip, igzip_lib

from genoteca.engine import records
from genoteca.engine.files import below
from genoteca.engine.forgetting.apart import Apart
from genoteca.engine.forgetting.journal import Needles
from genoteca.engine.samples import all_samples
from genoteca.model.receipt import Searched
from genoteca.settings import Layout

__all__ = ["search"]

CHUNK = 4 << 20
OVERLAP = 1024
"""Bytes of the chunk before that are looked at again: more than the longest needle."""
WINDOW = 8
BUCKETS = 16
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: Knuth, The Art of Computer Programming 3, 6.4."""
GZIP = b"\x1f\x8b"
DAMAGED: tuple[type[Exception], ...] = (OSError, EOFError, igzip_lib.IsalError)  # type: ignore[assignment]
PRINTABLE = re.compile(rb"[\x00\t\n\r\x20-\x7e]*")
AROUND = 4
"""Bytes beside a short key that must be text as well: three letters are in every large file by chance."""
SHORT = 10
PUBLISHED = ("modules", "references", "catalogue", "cache/fetch", "cache/respelled")
"""Where what publishers wrote lies. What lies in the folder of a genome that stays is that one's own."""
DATABASE = ".db"
"""So it ends, or begins with it: `.db-shm`, too, is locked by those who have the database open."""
TABLES = frozenset({".parquet", ".duckdb"})


def search(layout: Layout, needles: Needles) -> Searched:
    """Look for every trace in every file of the data folder and the cache, but for the deletion's own journal."""
    told = Searched(
        keys=len(needles.keys),
        names=len(needles.names),
        names_too_common=needles.names_too_common,
        rows=len(needles.rows),
        keys_of_rows=len(needles.keys_of_rows),
    )
    rows = Rows([bytes.fromhex(row) for row in (*needles.rows, *needles.keys_of_rows)])
    words = Words(needles)
    sources = {one.source.path for one in all_samples(layout)}
    with Apart() as apart:
        for path in _files(layout):
            place = _place(layout, path)
            told.files += 1
            published = place.startswith(PUBLISHED)
            said, carried = words.stand_in(place.encode()), False
            for chunk, fresh in _chunks(path, apart, unpack=not published):
                told.bytes += fresh
                said = said or words.stand_in(chunk)
                carried = carried or rows.stand_in(chunk)
            theirs = _is_theirs(place, path, sources)
            _judge(told, place, said=said, carried=carried, published=published, theirs=theirs)
    told.found += [f"{place}/" for place in _folders(layout) if words.stand_in(place.encode())]
    _look_at_tables(layout, needles, told)
    told.found = [words.left_out_of(place) for place in told.found]
    told.tables_made_from_it = [words.left_out_of(place) for place in told.tables_made_from_it]
    return told


class Rows:
    """Long needles, looked for all at once."""

    def __init__(self, needles: Iterable[bytes]) -> None:
        self._by_window: dict[bytes, list[tuple[int, bytes]]] = {}
        for needle in needles:
            at = max(range(len(needle) - WINDOW + 1), key=lambda at: len(set(needle[at : at + WINDOW])))
            self._by_window.setdefault(needle[at : at + WINDOW], []).append((at, needle))
        windows = np.frombuffer(b"".join(self._by_window), dtype="<u8")
        self._known = np.zeros(1 << BUCKETS, dtype=bool)
        self._known[_bucket(windows)] = True

    def stand_in(self, text: bytes) -> bool:
        """Whether one of them stands there."""
        if not self._by_window:
            return False
        for shift in range(min(WINDOW, len(text) - WINDOW + 1)):
            values = np.frombuffer(text, dtype="<u8", offset=shift, count=(len(text) - shift) // WINDOW)
            for index in np.flatnonzero(self._known[_bucket(values)]):
                if self._stands_at(text, shift + int(index) * WINDOW):
                    return True
        return False

    def _stands_at(self, text: bytes, place: int) -> bool:
        found = self._by_window.get(text[place : place + WINDOW], ())
        return any(text.startswith(needle, place - at) for at, needle in found if place >= at)


class Words:
    """Keys and names, looked for as whole words in capitals and small letters; not within longer names of others."""

    def __init__(self, needles: Needles) -> None:
        told = [_both(key, slug=True) for key in needles.keys] + [_both(name, slug=False) for name in needles.names]
        longer = [way for name in needles.longer for way, _ in _both(name, slug=False)]
        self._words = [(word, slug, _within(word, longer)) for ones in told for word, slug in ones]

    def stand_in(self, text: bytes) -> bool:
        """Whether one of them stands there."""
        lower = text.lower()
        return any(
            _is_word(lower, found, len(word), slug=slug)
            and not any(_is_other(lower, found - at, other) for other, at in within)
            for word, slug, within in self._words
            for found in _places(lower, word)
        )

    def left_out_of(self, place: str) -> str:
        """Give a path without them: a receipt names nobody."""
        for word, *_ in self._words:
            place = re.sub(re.escape(word.decode("utf-8")), "…", place, flags=re.IGNORECASE)
        return place


def _both(word: str, *, slug: bool) -> set[tuple[bytes, bool]]:
    """Give a word as it may be written: in UTF-8, as JSON or a page escapes it, in an address, as another's path.

    `bytes.lower()` leaves letters beyond ASCII as they are, and some systems write them in parts.
    """
    cases = {normalize(form, case) for form in ("NFC", "NFD") for case in (word, word.lower(), word.upper())}
    told: tuple[Callable[[str], str], ...] = (str, escape, quote, partial(quote, safe=""), quote_plus)
    ways = {way(case) for case in cases for way in told}
    ways |= {json.dumps(case, ensure_ascii=plain)[1:-1] for case in cases for plain in (True, False)}
    ways |= {case.replace("/", other) for case in cases for other in ("\\/", "\\")}
    return {(way.encode("utf-8").lower(), slug) for way in ways}


def _places(text: bytes, word: bytes) -> Iterator[int]:
    found = text.find(word)
    while found >= 0:
        yield found
        found = text.find(word, found + 1)


def _within(word: bytes, longer: Iterable[bytes]) -> list[tuple[bytes, int]]:
    """Give the longer words that hold a word, each with where."""
    return [(other, at) for other in longer if len(other) > len(word) for at in _places(other, word)]


def _is_other(text: bytes, place: int, longer: bytes) -> bool:
    """Whether a longer name of somebody who stays stands at a place; in a database the next value may touch it."""
    return place >= 0 and text.startswith(longer, place)


def _is_word(text: bytes, place: int, length: int, *, slug: bool) -> bool:
    """Whether what was found is no part of a longer word; a short one must stand in text."""
    beside = text[max(0, place - 1) : place] + text[place + length : place + length + 1]
    if re.search(rb"[a-z0-9._-]" if slug else rb"[a-z0-9]", beside):
        return False
    around = text[max(0, place - AROUND) : place + length + AROUND]
    return length >= SHORT or PRINTABLE.fullmatch(around) is not None


def _bucket(values: np.ndarray) -> np.ndarray:
    return (values * FACTOR) >> np.uint64(64 - BUCKETS)


def _all(layout: Layout) -> Iterator[Path]:
    """Give all that lies in the data folder, then in a cache elsewhere; not the journal of the deletion."""
    apart = [] if layout.cache.is_relative_to(layout.home) else [layout.cache]
    for path in (path for root in (layout.home, *apart) for path in below(root)):
        if not path.is_symlink() and not path.is_relative_to(layout.forgetting):
            yield path


def _files(layout: Layout) -> Iterator[Path]:
    yield from (path for path in _all(layout) if path.is_file())


def _folders(layout: Layout) -> Iterator[str]:
    """Give the places of empty folders: of others, their files tell the names."""
    yield from (_place(layout, path) for path in _all(layout) if path.is_dir() and not any(path.iterdir()))


def _place(layout: Layout, path: Path) -> str:
    """Say where a file lies, as if a cache elsewhere lay in the data folder."""
    if path.is_relative_to(layout.home):
        return path.relative_to(layout.home).as_posix()
    return f"cache/{path.relative_to(layout.cache).as_posix()}"


def _chunks(path: Path, apart: Apart, *, unpack: bool) -> Iterator[tuple[bytes, int]]:
    """Give a file piece by piece with some of the piece before, and how many bytes are new; then it unpacked."""
    if path.suffix.startswith(DATABASE):
        yield from _pieces(io.BytesIO(apart.read(path)))
        if path.suffix == DATABASE:
            yield from _values(path)
        return
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        yield from _pieces(file)
    if packed and unpack:
        with igzip.open(path, "rb") as text:  # type: ignore[no-untyped-call]
            try:
                yield from _pieces(text)
            except DAMAGED:  # damaged from there on: its bytes were looked at
                return


def _values(path: Path) -> Iterator[tuple[bytes, int]]:
    """Give every value of a database on a line of its own: in the file, the end of one touches the next."""
    lines = bytearray()
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as db:  # damaged: its bytes were looked at
        db.text_factory = bytes
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE V%'")
        for (table,) in tables.fetchall():
            for row in db.execute(f'SELECT * FROM "{table.decode()}"'):
                lines += b"".join(value + b"\n" for value in row if isinstance(value, bytes))
                if len(lines) > CHUNK:
                    yield bytes(lines), 0
                    lines.clear()
    yield bytes(lines), 0


def _pieces(file: Any) -> Iterator[tuple[bytes, int]]:
    before = b""
    while piece := file.read(CHUNK):
        yield before + piece, len(piece)
        before = (before + piece)[-OVERLAP:]


def _judge(told: Searched, place: str, *, said: bool, carried: bool, published: bool, theirs: bool) -> None:
    """Say what it means that a file holds a word, or a row."""
    if (said or carried) and theirs:
        told.in_files_of_others += 1
    elif said and published and not carried:
        told.in_published_files += 1
    elif said or carried:
        told.found.append(place)


def _is_theirs(place: str, path: Path, sources: set[str]) -> bool:
    """Whether the owner of a genome that stays put a file there: its own file, or notes.

    It may be of the same file, and a note may name the other one: that is theirs.
    """
    parts = place.split("/")
    kept = len(parts) > 3 and parts[0] == "users" and (parts[3] == "source" or parts[3:] == ["notes.json"])
    return kept or str(path) in sources


def _look_at_tables(layout: Layout, needles: Needles, told: Searched) -> None:
    """See of every table that is left what it was made from."""
    keys, gone = set(needles.keys), set(needles.tables)
    known = {
        stored.path: stored.record.partition not in keys and gone.isdisjoint(stored.record.inputs.values())
        for older in (False, True)
        for stored in records.all_records(layout, older=older)
    }
    for path in _files(layout):
        place = _place(layout, path)
        if path.suffix in TABLES:
            told.tables += 1
            if not known.get(path, place.startswith((*PUBLISHED, "users"))):
                told.tables_made_from_it.append(place)
