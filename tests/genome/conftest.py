"""Small VCFs, written from their records and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from genoteca.genome.reading import Limits, read_genome
from genoteca.genome.sequence import ReferenceSequence
from genoteca.model.build import Build
from genoteca.model.intake import Intake
from genoteca.model.sample import Sex


class Read(NamedTuple):
    """What came out of one reading."""

    intake: Intake
    variants: pl.DataFrame
    coverage: pl.DataFrame
    structural: pl.DataFrame


Reader = Callable[..., Read]
Writer = Callable[..., Path]


@pytest.fixture
def write_vcf(tmp_path: Path) -> Writer:
    """Write a VCF: records as texts with spaces for tabs; extra header lines; sample names."""

    def write(
        *records: str, header: tuple[str, ...] = (), samples: tuple[str, ...] = ("S",), end: str = "\n"
    ) -> Path:
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
        columns += ["FORMAT", *samples] if samples else []
        lines = [
            "##fileformat=VCFv4.2",
            *header,
            "\t".join(columns),
            *(record.replace(" ", "\t") for record in records),
        ]
        path = tmp_path / "genome.vcf"
        path.write_bytes((end.join(lines) + end).encode())
        return path

    return write


@pytest.fixture
def read_file(tmp_path: Path) -> Reader:
    """Read a file, GRCh38 unless told."""

    def read(
        path: Path,
        *,
        pick: str | None = None,
        build: Build = Build.GRCH38,
        sex: Sex = Sex.UNSTATED,
        member: str | None = None,
        limits: Limits | None = None,
        sequence: ReferenceSequence | None = None,
        decompose: bool = False,
    ) -> Read:
        variants, coverage, structural = (
            tmp_path / f"{name}.parquet" for name in ("variants", "coverage", "structural")
        )
        intake = read_genome(
            path,
            pick=pick,
            build=build,
            sex=sex,
            limits=limits or Limits(),
            variants=variants,
            coverage=coverage,
            structural=structural,
            progress=lambda fraction, message: None,
            member=member,
            sequence=sequence,
            decompose=decompose,
        )
        return Read(intake, pl.read_parquet(variants), pl.read_parquet(coverage), pl.read_parquet(structural))

    return read


@pytest.fixture
def read_records(write_vcf: Writer, read_file: Reader) -> Reader:
    """Read records given as texts (`chrom pos ref alt format sample`, or all ten columns)."""

    def read(
        *records: str,
        header: tuple[str, ...] = (),
        build: Build = Build.GRCH38,
        sex: Sex = Sex.UNSTATED,
        sequence: ReferenceSequence | None = None,
        decompose: bool = False,
    ) -> Read:
        path = write_vcf(*map(_whole, records), header=header)
        return read_file(path, build=build, sex=sex, sequence=sequence, decompose=decompose)

    return read


def _whole(record: str) -> str:
    fields = record.split(" ")
    if len(fields) != 6:
        return record
    chrom, pos, ref, alt, form, sample = fields
    return f"{chrom} {pos} . {ref} {alt} 50 PASS . {form} {sample}"
