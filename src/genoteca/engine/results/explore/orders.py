"""Sort orders of a browse table: computed once, kept beside it, and read from the disk without being loaded."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
from pydantic import JsonValue

from genoteca.engine.files import changed_at
from genoteca.engine.results.sql import Values
from genoteca.errors import DatasetError

__all__ = ["Key", "Order", "Orders", "Rows"]

QUIET = 0.3
"""Seconds without a question after which an order that nobody waits for is computed: questions come first."""
KEPT = 12
"""Orders kept beside a table, those used last: 4 bytes a row each."""

Rows = npt.NDArray[np.uint32]
"""Row numbers, in the order in which they are shown."""


Apart = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]
"""Opens the table once more, for one piece of work."""


class Key(NamedTuple):
    """What rows are sorted by: expressions, each with whether it falls, and the values bound in them."""

    parts: tuple[tuple[str, bool], ...]
    values: Values

    @property
    def alone(self) -> bool:
        """Whether it is one expression: then the falling order is the rising one backwards."""
        return len(self.parts) == 1

    @property
    def falls(self) -> bool:
        """Whether the order is read backwards."""
        return self.alone and self.parts[0][1]

    @property
    def order_by(self) -> str:
        """Give the ORDER BY, without the words: empty cells last, ties by row, so that no two orders are right."""
        parts = [f"{expression} {'DESC' if falls else 'ASC'} NULLS LAST" for expression, falls in self.parts]
        return ", ".join([*parts, f"_row {'DESC' if self.falls else 'ASC'}"])

    @property
    def name(self) -> str:
        """Name its file: the same for both directions of one expression."""
        told = [expression if self.alone else f"{expression} {falls}" for expression, falls in self.parts]
        return blake2b(f"{told!r}{self.values!r}".encode(), digest_size=12).hexdigest()


class Order(NamedTuple):
    """Every row in one order, empty cells last; kept rising, on the disk, and read in its direction."""

    rows: Rows
    filled: int
    """Rows that are not empty."""
    falls: bool

    def stretch(self, start: int, stop: int) -> Rows:
        """Give some of it; nothing else is read."""
        if not self.falls:
            return self.rows[start:stop]
        first, rest = self.rows[: self.filled][::-1], self.rows[self.filled :][::-1]
        return np.concatenate([first[start:stop], rest[max(0, start - self.filled) : max(0, stop - self.filled)]])

    def whole(self) -> Rows:
        """Give all of it."""
        return self.stretch(0, len(self.rows))


class Orders:
    """The orders by one key each, as files; one that is not there is computed while nobody waits.

    One at a time, and only while it is quiet: a question that comes meanwhile ends it, and it is begun again after
    it, unless somebody waits for it. Of those that were asked for meanwhile only the last is computed.
    """

    def __init__(self, folder: Path, total: int, apart: Apart) -> None:
        self._folder, self._total, self._apart = folder, total, apart
        self._lock = threading.Lock()
        self._going: dict[str, threading.Event] = {}
        self._next: Key | None = None
        self._hurry = threading.Event()
        self._waiting = 0
        """How many wait for an order that is being computed."""
        self._asked = monotonic()
        """When a question of the table began or ended last."""
        self._at_work: duckdb.DuckDBPyConnection | None = None
        """What a question may end."""
        self._over = False

    def heed(self) -> None:
        """Put off what nobody waits for: a question is being answered, or was just now."""
        self._asked = monotonic()
        at_work = self._at_work
        if at_work is not None and not self._waiting:
            with suppress(duckdb.Error):  # it has just ended
                at_work.interrupt()

    def known(self, key: Key) -> Order | None:
        """Give every row in this order; None: it is not computed yet."""
        found = next(self._folder.glob(f"order-{key.name}-*.npy"), None)
        if found is None:
            return None
        filled = int(found.stem.rpartition("-")[2])
        try:
            os.utime(found)  # `touch` would make it anew, and empty, where it was swept meanwhile
            order: Rows = np.load(found, mmap_mode="r")
        except (OSError, EOFError, ValueError):  # or it was cut off, as by a power cut
            return None
        return Order(order, filled, key.falls)

    def prepare(self, key: Key) -> None:
        """Compute an order in the background."""
        with self._lock:
            if key.name in self._going or self._over or self.known(key) is not None:
                return
            if self._going:
                self._next = key
                return
            self._begin(key)

    def wait(self, key: Key) -> Rows:
        """Give every row in this order, waiting for it where it is being computed."""
        going = self._going.get(key.name)
        if going is not None:
            self._wait(going)
        found = self.known(key)
        return (self._compute(key) if found is None else found).whole()

    def close(self) -> None:
        """Compute no more, and wait for what is being computed."""
        with self._lock:
            self._over, self._next = True, None
        self.heed()
        self.settle()

    def settle(self) -> None:
        """Wait for what is being computed, and for what is to be."""
        while going := list(self._going.values()):
            self._wait(going[0])

    def _wait(self, going: threading.Event) -> None:
        with self._lock:
            self._waiting += 1
        self._hurry.set()
        going.wait()
        with self._lock:
            self._waiting -= 1

    def _begin(self, key: Key) -> None:
        self._going[key.name] = threading.Event()
        threading.Thread(target=self._computed, args=(key,), name="sorting", daemon=True).start()

    def _computed(self, key: Key) -> None:
        try:
            # who waits computes it again where the table was closed or swept meanwhile
            with suppress(duckdb.Error, OSError, DatasetError):
                while self._is_due(key):
                    with suppress(duckdb.InterruptException):
                        self._compute(key, behind=True)
                        break
        finally:
            with self._lock:
                done = self._going.pop(key.name)
                following, self._next = self._next, None
                if following is not None:
                    self._begin(following)
            done.set()

    def _is_due(self, key: Key) -> bool:
        """Wait until it is quiet, or somebody waits; tell whether the order is still to be computed."""
        while not self._waiting and (left := self._asked + QUIET - monotonic()) > 0:
            self._hurry.wait(left)
            self._hurry.clear()
        return not self._over and self.known(key) is None

    @contextmanager
    def _interruptible(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        self._at_work = cursor
        try:
            yield
        finally:
            self._at_work = None

    def _compute(self, key: Key, *, behind: bool = False) -> Order:
        """Compute an order; `behind`: a question may end it, which raises `duckdb.InterruptException`."""
        with self._apart() as cursor, self._interruptible(cursor) if behind else nullcontext():
            filled = row_numbers(cursor, _statement(key), key.values)
        rest = np.ones(self._total, np.bool_)
        rest[filled] = False
        order = np.concatenate([filled, np.flatnonzero(rest).astype(np.uint32)])
        path = self._folder / f"order-{key.name}-{len(filled)}.npy"
        part = path.with_name(f".{uuid.uuid4().hex}.tmp.npy")
        np.save(part, order)
        part.replace(path)
        self._sweep()
        found = self.known(key)
        return Order(order, len(filled), key.falls) if found is None else found

    def _sweep(self) -> None:
        """Drop the orders that were not used for longest; who reads one keeps it until then."""
        with self._lock:  # of two at once, one would miss what the other has dropped
            files = sorted(self._folder.glob("order-*.npy"), key=changed_at, reverse=True)
            for file in files[KEPT:]:
                file.unlink(missing_ok=True)


def row_numbers(cursor: duckdb.DuckDBPyConnection, statement: str, values: list[JsonValue]) -> Rows:
    """Give the row numbers that a query tells, in its order."""
    found = cursor.sql(statement, params=values).to_arrow_table().column(0)
    # joined by NumPy: Arrow's own memory is not given back
    return np.concatenate([np.zeros(0, np.uint32), *(part.to_numpy() for part in found.chunks)], dtype=np.uint32)


def _statement(key: Key) -> str:
    """Give the query for the rows in rising order; of one expression only those where it is not empty."""
    if not key.alone:
        return f"SELECT _row FROM answers ORDER BY {key.order_by}"
    return f"SELECT _row FROM (SELECT _row, {key.parts[0][0]} AS k FROM answers) WHERE k IS NOT NULL ORDER BY k, _row"
