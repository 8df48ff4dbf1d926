"""Annotating alleles: for every allele of a reference, whether the sample carries it and how that is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.agreement import reference_agreement
from genoteca.annotate.answer import Answer, answer_of, shaped
from genoteca.annotate.arrays import calls_beside, published_alleles
from genoteca.annotate.assembly import assemble
from genoteca.annotate.calls import Calls
from genoteca.annotate.covering import OTHER_REFERENCE, contradicting, meet, speaking_rows
from genoteca.annotate.deciding import decided
from genoteca.annotate.matching import Engine, match_alleles
from genoteca.annotate.respelling import Respelling, respelling
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.silence import CODE, Silence, Sites, nothing_asserted, silence
from genoteca.annotate.spans import KEY_SHIFT, Pairs, Places, Rows
from genoteca.annotate.table_rows import take_rows
from genoteca.annotate.writing_out import with_answers
from genoteca.errors import DatasetError
from genoteca.genome.schema import EVIDENCE
from genoteca.model.column import Column
from genoteca.model.evidence import Evidence

__all__ = ["annotate_alleles"]

SITE = ("site", "key", "chrom", "pos", "ref", "alt")

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
    per site whose allele is carried. The engine changes speed and memory, never the answer.

    Raises:
        DatasetError: the reference is not as published, or lacks a declared column.

    """
    progress(0.0, "reading the sample's variants")
    calls = calls_beside(sample, published_alleles(reference))
    progress(0.2, "matching alleles")
    moved = respelling(reference, sample.reference_sequence())
    exact = moved.exact(match_alleles(reference, calls, engine=engine), calls)
    if dense:
        return _dense(reference, calls, columns, exact, moved, progress)
    return _sparse(reference, calls, columns, exact, moved, progress)


def _dense(
    reference: Path, calls: Calls, columns: Sequence[Column], exact: Pairs, moved: Respelling, progress: Progress
) -> Answer:
    sites = _read_sites(reference)
    progress(0.4, "assembling genotypes")
    pairs = moved.cover(np.arange(len(sites.place)), sites.place, calls)
    met = _meet_reference(reference, calls, pairs, exact, moved)
    told = decided(assemble(speaking_rows(met)))
    recorded = np.zeros(len(sites.place), np.bool_)
    recorded[met["site"].to_numpy()] = True
    quiet = silence(sites, calls, recorded=recorded)
    against = contradicting(met)
    quiet.contradicted(against["site"].to_numpy().astype(np.int64), against["line"].to_numpy())
    quiet.evidence[told["site"].to_numpy()] = told["evidence"].to_physical().to_numpy()
    kept = np.flatnonzero((quiet.evidence != CODE[Evidence.NOT_COVERED]) | sites.always)
    progress(0.7, "writing out the answers")
    table = _table(reference, calls.sample, columns, calls.in_file(told), kept, quiet.at(kept))
    return answer_of(
        table,
        promised=len(kept),
        evidence=pl.Series(quiet.evidence, dtype=pl.UInt8).cat.to(EVIDENCE),
        sites=len(recorded),
        agreement=calls.supplied.agreement if calls.supplied else reference_agreement(met),
        unusable=calls.unusable | ({OTHER_REFERENCE: len(against)} if len(against) else {}),
    )


def _sparse(
    reference: Path, calls: Calls, columns: Sequence[Column], exact: Pairs, moved: Respelling, progress: Progress
) -> Answer:
    numbers = np.unique(exact.left)
    place = _places(take_rows(reference, numbers, ("key",)))
    progress(0.5, "assembling genotypes")
    met = _meet_reference(reference, calls, moved.cover(numbers, place, calls), exact, moved)
    told = decided(assemble(speaking_rows(met))).filter(pl.col("hit") & pl.col("exact"))
    kept = told["site"].to_numpy().astype(np.int64)
    progress(0.8, "writing out the answers")
    quiet = nothing_asserted(told["evidence"].to_physical().to_numpy())
    table = _table(reference, calls.sample, columns, calls.in_file(told), kept, quiet)
    return answer_of(
        table, promised=len(kept), evidence=told["evidence"], sites=None, agreement=None, unusable=calls.unusable
    )


def _places(frame: pl.DataFrame) -> Places:
    return (frame["key"].to_numpy() >> np.uint64(KEY_SHIFT)).astype(np.int64)


def _read_sites(reference: Path) -> Sites:
    length, single = pl.col("ref").str.len_bytes(), pl.col("alt").str.len_bytes() == 1
    frame = (
        pl.scan_parquet(reference)
        .select("site", "key", "infer", "always", length=length, single=(length == 1) & single)
        .collect(engine="streaming")
    )
    if not (frame["site"].to_numpy() == np.arange(len(frame))).all():
        raise DatasetError(f"{reference.name}: its sites are not numbered from 0 without a gap.")
    key = frame["key"].to_numpy()
    if (key[1:] < key[:-1]).any():
        raise DatasetError(f"{reference.name}: its sites are not sorted by key.")
    place = _places(frame)
    infer, always, single_base = (frame[name].to_numpy() for name in ("infer", "always", "single"))
    end = place + frame["length"].to_numpy().astype(np.int64) - 1
    return Sites(place=place, end=end, single=single_base, infer=infer, always=always)


def _meet_reference(reference: Path, calls: Calls, pairs: Pairs, exact: Pairs, moved: Respelling) -> pl.DataFrame:
    numbers, left = np.unique(pairs.left, return_inverse=True)
    sites = moved.spelled(take_rows(reference, numbers, SITE))
    loci = sites.select(
        "site", base="ref", label="alt", framed=pl.lit(value=True), s_pos="pos", s_ref="ref", s_alt="alt"
    )
    near = np.searchsorted(numbers, exact.left)
    return meet(loci, calls, Pairs(left.astype(np.int64), pairs.right), Pairs(near, exact.right))


def _table(
    reference: Path, sample: SampleTables, columns: Sequence[Column], told: pl.DataFrame, kept: Rows, quiet: Silence
) -> pl.DataFrame:
    sites = take_rows(reference, kept, [*SITE, *(column.name for column in columns)])
    called = told.with_columns(genotype="text")
    return shaped(with_answers(sites, called, quiet, sample), columns)
