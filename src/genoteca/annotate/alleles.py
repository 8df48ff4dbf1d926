"""Annotating alleles: for every allele of a reference, whether the sample carries it and how that is known.

The sites are answered some at a time, in their order, and the answers written as they are made: what is held does not
grow with the reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.agreement import Agreement, compared
from genoteca.annotate.answer import Answer, made_answer, shaped
from genoteca.annotate.arrays import calls_beside, published_alleles
from genoteca.annotate.asserted import Asserted
from genoteca.annotate.covering import OTHER_REFERENCE, contradicting
from genoteca.annotate.matching import Engine, match_alleles
from genoteca.annotate.meeting import SITE, Meeting, places_of
from genoteca.annotate.respelling import respelling
from genoteca.annotate.result_table import ResultTable
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.silence import CODE, Silence, Sites, nothing_asserted, silence
from genoteca.annotate.spans import Rows, distinct, index_in
from genoteca.annotate.sparse_agreement import sparse_agreement
from genoteca.annotate.table_rows import TableRows
from genoteca.annotate.writing_out import with_answers
from genoteca.errors import DatasetError
from genoteca.model.column import Column
from genoteca.model.evidence import Evidence

__all__ = ["annotate_alleles"]

FLAGS = ("infer", "always")
READING, MATCHING, ANSWERING = 0.0, 0.1, 0.3
"""Where on the way to 1 each part begins."""

Progress = Callable[[float, str], None]


def annotate_alleles(
    reference: Path,
    sample: SampleTables,
    *,
    columns: Sequence[Column],
    dense: bool,
    engine: Engine,
    progress: Progress = lambda _fraction, _message: None,
) -> Answer:
    """Annotate a sample with a published reference of alleles (`publish.ALLELE_SITE`) of the sample's build.

    Dense: every site is counted; one row per site that is not `not_covered`, and per `always` site. Sparse: one row
    per site whose allele is carried; REF is compared at the sample's other changes of one base too, and those
    that contradict the reference's are counted. The engine and the sample's `room` change speed and memory, never the
    answer; a large table is left as a file in the room's scratch folder.

    Raises:
        DatasetError: the reference is not as published, or lacks a declared column.

    """
    progress(READING, "reading the sample's variants")
    calls = calls_beside(sample, published_alleles(reference))
    progress(MATCHING, "matching alleles")
    moved = respelling(reference, sample)
    exact = moved.exact(match_alleles(reference, calls, engine=engine), calls)
    meeting = Meeting(calls=calls, exact=exact, moved=moved)
    asked = _count_of(reference) if dense else distinct(exact.left)
    progress(ANSWERING, "writing out the answers")
    table = ResultTable(sample.room)
    work = _Work(
        meeting=meeting,
        sites=TableRows(reference, [*SITE, *(FLAGS if dense else ()), *(column.name for column in columns)]),
        columns=columns,
        table=table,
    )
    try:
        for part in _parts(asked, sample.room.step, progress):
            (work.dense if dense else work.sparse)(part)
        if not dense:
            work.compare_all(reference)
        return work.answer(asked if isinstance(asked, int) else None)
    except BaseException:
        table.discard()
        raise


@dataclass(kw_only=True)
class _Work:
    """Answers parts of a reference, and counts."""

    meeting: Meeting
    sites: TableRows
    columns: Sequence[Column]
    table: ResultTable
    evidence: Counter[str] = field(default_factory=Counter)
    """Dense: sites by evidence."""
    promised: int = 0

    def __post_init__(self) -> None:
        self.calls = self.meeting.calls
        self._asserted = Asserted(self.calls)
        self._last_key = 0
        self._against = 0
        self._bases = Agreement(0, 0)
        self._open: pl.DataFrame | None = None

    def dense(self, numbers: Rows) -> None:
        """Answer every one of some sites."""
        frame = self._read(numbers)
        told = self.meeting.tell(frame)
        sites = _arrays(frame)
        quiet = silence(sites, self.calls, recorded=told.recorded, asserted=self._asserted)
        against = contradicting(told.met)
        quiet.contradicted(np.searchsorted(numbers, against["site"].to_numpy()), against["line"].to_numpy())
        self._against += len(against)
        at = np.searchsorted(numbers, told.rows["site"].to_numpy())
        quiet.evidence[at] = told.rows["evidence"].to_physical().to_numpy()
        kept = np.flatnonzero((quiet.evidence != CODE[Evidence.NOT_COVERED]) | sites.always)
        counts = np.bincount(quiet.evidence, minlength=len(CODE)).tolist()
        self.evidence.update({kind.value: counts[code] for kind, code in CODE.items()})
        self._compare(told.comparable())
        self._write(frame.drop(FLAGS)[kept], told.rows, quiet.at(kept))

    def sparse(self, numbers: Rows) -> None:
        """Answer those of some sites whose allele is carried."""
        frame = self._read(numbers)
        told = self.meeting.tell(frame).rows.filter(pl.col("hit") & pl.col("exact"))
        kept = index_in(numbers, told["site"].to_numpy())
        held = frame if len(kept) == len(frame) else frame[kept]
        self._write(held, told, nothing_asserted(told["evidence"].to_physical().to_numpy()))

    def compare_all(self, reference: Path) -> None:
        """Sparse: count the REF bases that are the reference's, and those that contradict it; an array has none."""
        if self.calls.supplied is None:
            self._bases = sparse_agreement(reference, self.calls)
            self._against = self._bases.compared - self._bases.agreeing

    def answer(self, sites: int | None) -> Answer:
        """Close the table; `sites`: how many were asked for, None: sparse."""
        if self._open is not None:
            self._count(compared(self._open), sign=1)
        own = self.calls.supplied.agreement if self.calls.supplied and sites is not None else self._bases
        return made_answer(
            self.table.close(),
            promised=self.promised,
            written=self.table.rows,
            evidence=self.table.evidence if sites is None else self.evidence,
            filtered=self.table.filtered,
            sites=sites,
            agreement=own,
            unusable=self.calls.unusable | ({OTHER_REFERENCE: self._against} if self._against else {}),
        )

    def _read(self, numbers: Rows) -> pl.DataFrame:
        frame = self.sites.take_sites(numbers)
        key = frame["key"].to_numpy()
        if len(key) and (key[0] < self._last_key or (key[1:] < key[:-1]).any()):
            raise DatasetError(f"{self.sites.name}: its sites are not sorted by key.")
        self._last_key = key[-1] if len(key) else self._last_key
        return frame

    def _compare(self, bases: pl.DataFrame) -> None:
        """Count REF bases once per record and position; those of the last position may go on in the next part."""
        bases = bases if self._open is None else pl.concat([self._open, bases])
        self._open = bases.join(bases.tail(1), on=["chrom", "pos"], how="semi", maintain_order="left")
        self._count(compared(bases), sign=1)
        self._count(compared(self._open), sign=-1)

    def _count(self, found: Agreement, *, sign: int) -> None:
        before = self._bases
        self._bases = Agreement(before.compared + sign * found.compared, before.agreeing + sign * found.agreeing)

    def _write(self, sites: pl.DataFrame, told: pl.DataFrame, quiet: Silence) -> None:
        self.promised += len(sites)
        answered = with_answers(sites, self.calls.in_file(told), quiet, self.calls.sample)
        self.table.add(shaped(answered, self.columns))


def _count_of(reference: Path) -> int:
    return int(pl.scan_parquet(reference).select(pl.len()).collect().item())


def _parts(asked: int | Rows, step: int, progress: Progress) -> Iterator[Rows]:
    """Cut the numbers asked for (all of so many, or these) into parts; of nothing, one empty part."""
    total = asked if isinstance(asked, int) else len(asked)
    for start in range(0, max(total, 1), step):
        end = min(start + step, total)
        yield np.arange(start, end) if isinstance(asked, int) else asked[start:end]
        progress(ANSWERING + (1 - ANSWERING) * (end / max(total, 1)), f"{end:,} of {total:,} sites")


def _arrays(sites: pl.DataFrame) -> Sites:
    place = places_of(sites)
    shape = sites.select(length=pl.col("ref").str.len_bytes(), longer=pl.col("alt").str.len_bytes())
    length = shape["length"].to_numpy().astype(np.int64)
    return Sites(
        place=place,
        end=place + length - 1,
        single=(length == 1) & (shape["longer"].to_numpy() == 1),
        infer=sites["infer"].to_numpy(),
        always=sites["always"].to_numpy(),
    )
