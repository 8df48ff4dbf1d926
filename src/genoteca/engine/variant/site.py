"""What a sample has at one site, decided by the very rules that answer for a module's sites."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.publish import publish_alleles, write_published
from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.engine.files import private_folder
from genoteca.engine.resources import RunPaths, Scope
from genoteca.genome.schema import CHROM
from genoteca.model.evidence import EVIDENCE_ORDER, Evidence
from genoteca.model.variant import VariantName
from genoteca.settings import Settings

__all__ = ["SiteAnswer", "asserted_at", "sample_tables", "site_answer"]

Row = dict[str, Any]
MEMORY = 1 << 30


class SiteAnswer(NamedTuple):
    """How it is known what a sample has at a site, and what that is."""

    evidence: Evidence
    genotype: str | None
    dosage: int | None
    filtered: bool | None
    line: int | None
    """Record of the file that says so."""


@contextmanager
def sample_tables(settings: Settings, key: str) -> Iterator[SampleTables]:
    """Give a sample's tables, with its own limits, and a scratch folder that is gone afterwards.

    Raises:
        DatasetError: a table is absent or was changed.

    """
    paths = RunPaths(settings, Scope(run_id=f"look-{uuid.uuid4().hex}"))
    try:
        yield paths.sample_tables(key)
    finally:
        paths.remove_scratch()


def site_answer(tables: SampleTables, name: VariantName, *, infer: bool) -> SiteAnswer:
    """Decide what a sample has at a site; of several alternatives the one that is known best.

    `infer`: silence of a whole genome may mean the reference base here.
    """
    sites = pl.DataFrame(
        {"chrom": name.chrom, "pos": name.pos, "ref": name.ref, "alt": name.alts},
        schema_overrides={"pos": pl.UInt32},
    ).with_columns(infer=pl.lit(infer), always=pl.lit(not infer))
    folder = private_folder(tables.room.scratch) if tables.room.scratch else None
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "site.parquet"
        write_published(publish_alleles(sites), path)
        alone = replace(tables, room=Room(memory=MEMORY))
        told = annotate_alleles(path, alone, columns=(), dense=True, engine="polars").frame()
    rows = told.with_columns(pl.col("evidence").cast(pl.String)).to_dicts()
    if not rows:
        return SiteAnswer(Evidence.NOT_COVERED, None, None, None, None)
    best = min(rows, key=lambda row: EVIDENCE_ORDER.index(Evidence(row["evidence"])))
    return SiteAnswer(Evidence(best["evidence"]), best["genotype"], best["dosage"], best["filtered"], best["line"])


def asserted_at(coverage: Path, chrom: str, pos: int) -> list[Row]:
    """Give what the file asserts of a position where nothing differs: its reference blocks and no-calls there."""
    here = (pl.col("chrom").cast(CHROM) == pl.lit(chrom, CHROM)) & (pl.col("start") <= pos) & (pl.col("end") >= pos)
    found = pl.scan_parquet(coverage).filter(here).head(10).collect()
    return found.with_columns(pl.col("chrom", "evidence").cast(pl.String)).to_dicts()
