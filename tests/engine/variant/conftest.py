"""Small genomes read into tables, without a run: what is looked up on demand needs no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.sample import Sample, SampleId, SampleKind, Sex, SourceFile

Tables = Callable[..., SampleTables]

HEADER = """##fileformat=VCFv4.2
##INFO=<ID=AC,Number=A,Type=Integer,Description="How often">
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads, \\"all\\" of them">
##contig=<ID=chr1,length=248956422>
##contig=<ID=chr2,length=242193529>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tmum\tme
"""


def sample_of(path: Path, *, pick: str | None = None, member: str | None = None) -> Sample:
    """Describe a file as a sample's source."""
    return Sample(
        id=SampleId(user="anna", sample="g1"),
        user_name="Anna",
        sample_name="g1",
        source=SourceFile(path=str(path), name=path.name, kept="in place", bytes=path.stat().st_size, member=member),
        pick=pick,
        build=Build.GRCH38,
        build_evidence="",
        kind=SampleKind.WHOLE_GENOME,
        added=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Read records, written with spaces for tabs, into a sample's tables."""

    def read(*records: str, kind: SampleKind = SampleKind.GVCF, sex: Sex = Sex.UNSTATED) -> SampleTables:
        lines = [record.replace(" ", "\t") for record in records]
        source = tmp_path / "genome.vcf"
        source.write_text(HEADER.replace("\tmum", "") + "".join(f"{line}\n" for line in lines))
        variants, coverage, structural = (
            tmp_path / f"{name}.parquet" for name in ("variants", "coverage", "structural")
        )
        read_genome(
            source,
            pick=None,
            build=Build.GRCH38,
            sex=sex,
            limits=Limits(),
            progress=lambda _fraction, _message: None,
            variants=variants,
            coverage=coverage,
            structural=structural,
        )
        return SampleTables(
            build=Build.GRCH38, kind=kind, sex=sex, variants=variants, coverage=coverage, structural=structural
        )

    return read
