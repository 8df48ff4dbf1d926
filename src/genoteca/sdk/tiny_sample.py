"""A sample from a few lines of VCF, for the tests of module authors."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.reading import Limits, read_genome
from genoteca.model.build import Build
from genoteca.model.intake import Intake
from genoteca.model.sample import Sample, SampleId, SampleKind, Sex, SourceFile
from genoteca.sdk.progress import report

__all__ = ["TinySample", "default_vcf", "read_tiny_sample"]

_RECORDS = {
    Build.GRCH37: (("2", 136608646, "rs4988235", "G", "A", "0/1"), ("16", 48258198, "rs17822931", "C", "T", "0/0")),
    Build.GRCH38: (("2", 135851076, "rs4988235", "G", "A", "0/1"), ("16", 48224287, "rs17822931", "C", "T", "0/0")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TinySample:
    """A sample that was read: what is known of it, its tables, and its intake."""

    sample: Sample
    tables: SampleTables
    intake: Intake
    folder: Path

    @property
    def inputs(self) -> dict[str, str]:
        """Give the sha256 of the tables, by asset."""
        tables = {"variants": self.tables.variants, "coverage": self.tables.coverage}
        tables |= {"structural": self.tables.structural} if self.tables.structural else {}
        return {f"sample/{name}": sha256(path.read_bytes()).hexdigest() for name, path in tables.items()}


def default_vcf(build: Build) -> str:
    """Write the sample an author gets without asking: one heterozygous and one asserted reference site."""
    records = _RECORDS[build]
    contigs = [f"##contig=<ID={chrom},length={build.lengths[chrom]}>" for chrom, *_ in records]
    formats = [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Reads">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Genotype quality">',
    ]
    head = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTINY"
    rows = [
        "\t".join([chrom, str(pos), rsid, ref, alt, "60", "PASS", ".", "GT:DP:GQ", f"{genotype}:30:99"])
        for chrom, pos, rsid, ref, alt, genotype in records
    ]
    return "\n".join(["##fileformat=VCFv4.2", *contigs, *formats, head, *rows, ""])


def read_tiny_sample(vcf: str | None, folder: Path, *, build: Build, sex: Sex, kind: SampleKind | None) -> TinySample:
    """Read a VCF, given as text, into a sample that lies in a new folder under `folder`.

    Raises:
        GenomeFileError: the text is no VCF with genotypes.

    """
    place = Path(tempfile.mkdtemp(prefix="sample-", dir=folder))
    source = place / "tiny.vcf"
    variants, coverage, structural = (place / f"{name}.parquet" for name in ("variants", "coverage", "structural"))
    source.write_text(default_vcf(build) if vcf is None else vcf, "utf-8")
    intake = read_genome(
        source,
        pick=None,
        build=build,
        sex=sex,
        limits=Limits(),
        variants=variants,
        coverage=coverage,
        structural=structural,
        progress=report,
    )
    sample = Sample(
        id=SampleId(user="author", sample="tiny"),
        user_name="Author",
        sample_name="Tiny",
        source=SourceFile(path=str(source), name=source.name, kept="in place", bytes=source.stat().st_size),
        build=build,
        build_evidence="stated by the test",
        kind=kind or intake.kind,
        sex=sex,
        synthetic=True,
        added=datetime.now(UTC),
    )
    tables = SampleTables(
        variants=variants,
        coverage=coverage,
        structural=structural,
        build=build,
        kind=sample.kind,
        plus_strand=intake.plus_strand,
        sex=sex,
    )
    return TinySample(sample=sample, tables=tables, intake=intake, folder=place)
