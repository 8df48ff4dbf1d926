"""What the tests of this module share: chromosome files in the shape that the dataset has, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

FLAGS = ("dbSNP_156", "E_Freq", "E_1000G", "E_TOPMed", "E_gnomAD", "E_Cited", "CLIN_pathogenic", "CLIN_benign")
SHAPE = {
    "chrom": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "id": pl.String,
    "ref": pl.String,
    "alt": pl.String,
    "qual": pl.Float64,
    "filter": pl.String,
    "TSA": pl.String,
    "MA": pl.String,
    "MAF": pl.Float32,
    "MAC": pl.Int32,
    "AA": pl.String,
    **dict.fromkeys(FLAGS, pl.Boolean),
}
"""Columns as polars-bio reads Ensembl's VCF: 1-based start and end, both included; several ALTs joined by |."""

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def record(chrom: str, start: int, ids: str | None, ref: str, alt: str | None, **more: Any) -> dict[str, Any]:
    """One record of the dataset."""
    told = {"chrom": chrom, "start": start, "end": start + len(ref) - 1, "id": ids, "ref": ref, "alt": alt, **more}
    return {name: told.get(name, False if name in FLAGS else None) for name in SHAPE}


def chromosome(folder: Path, chrom: str, records: Sequence[dict[str, Any]]) -> Path:
    """Write a chromosome's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"homo_sapiens-chr{chrom}.parquet"
    pl.DataFrame(records, schema=SHAPE).write_parquet(path)
    return path


RECORDS = {
    "1": [
        # factor V Leiden with its frequency; ALT C>T in GRCh38 (dbSNP rs6025)
        record(
            "1", 169_549_811, "rs6025", "C", "A|T", TSA="SNV", MA="T", MAF=0.006, AA="C", E_Freq=True, E_1000G=True,
            CLIN_pathogenic=True,
        ),
    ],
    "21": [
        record("21", 5_025_532, "rs1879593094", "G", "C", TSA="SNV", AA="G", E_Freq=True),
        record("21", 33_248_751, "rs549962048", "A", "C|G", TSA="SNV", MA="A", MAF=0.01, AA="A"),
        # one allele under two identifiers: the rsID comes first, its facts stay together
        record("21", 40_000_000, "CS012345", "T", "C", TSA="SNV"),
        record("21", 40_000_000, "rs900001", "T", "C|G", TSA="SNV", MA="C", MAF=0.25, E_gnomAD=True),
        # indels as Ensembl spells them: a base in front, MA without it
        record("21", 41_000_000, "rs900002", "CA", "C|CAA", TSA="indel", MA="-", MAF=0.3),
        record("21", 41_000_100, "rs900003", "G", "GT", TSA="insertion", MA="T", MAF=0.2),
        record("21", 41_000_200, "rs900004", "GTGG", "GGG", TSA="indel"),
        # what is set aside
        record("21", 42_000_000, "CM990001", "N", "N", TSA="SNV"),
        record("21", 42_000_001, "CM990002", "N", "<INS>", TSA="insertion"),
        record("21", 42_000_002, "rs900005", "A", None),
        record("21", 42_000_003, "rs900006", "A", "A|G", TSA="SNV"),
    ],
}  # fmt: skip


class Shapes:
    """Makes chromosome files; a test's own module cannot import this one."""

    flags = FLAGS
    record = staticmethod(record)
    chromosome = staticmethod(chromosome)


@pytest.fixture
def shapes() -> Shapes:
    return Shapes()


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A folder with the files of chromosomes 1 and 21."""
    folder = tmp_path / "ensembl" / "data"
    for chrom, records in RECORDS.items():
        chromosome(folder, chrom, records)
    return folder


@pytest.fixture
def shared_data() -> Path:
    """Folder of real genomes and references; a test that needs it says so when it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the real files do not lie beside this checkout")
    return SHARED
